package simulate

import "time"

// Sale brings eight times the usual visitors within minutes, all to one thing.
var Sale = register(Kind{
	Name:   "flash_sale",
	Title:  "A flash sale: eight times the load for minutes",
	Shapes: []string{"shop"},
	start: func(c *cast) {
		lasts := c.span(5*time.Minute, 20*time.Minute)
		usual := float64(c.Lines) * 0.6 / (c.Hours * 60) // lines a minute
		visitors := c.wide(5, 11) * usual * lasts.Minutes() / 8
		at := c.begin(lasts)
		products := c.api.public[0]
		hot := products.popular(c.dice)
		c.arrivalsWithin(at, min(at+int64(lasts), c.end), max(visitors, 30), func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, p.at(c.dice), func(cl *client) {
				if cl.chance(0.3) {
					cl.land()
				}
				for range 1 + int(cl.ExpFloat64()*3) {
					cl.open(products, hot)
					cl.think(4 * time.Second)
				}
				if cl.chance(0.5) && cl.signIn(p, p.clumsy) {
					cl.think(6 * time.Second)
					cl.order()
				}
			})
		})
	},
})
