package simulate

import "time"

// Sharers all type the one coupon of a newsletter or an influencer, within
// minutes: many tries, many of them too late.
var Sharers = register(Kind{
	Name:   "coupon_sharers",
	Title:  "Flash sale shoppers who all type one shared coupon",
	Share:  0.02,
	Shapes: []string{"shop", "site"},
	start: func(c *cast) {
		lasts := c.span(10*time.Minute, 4*time.Hour)
		at := c.begin(lasts)
		k := &c.api.coupon
		shared := k.mark + c.pick([]string{"LUCY20", "BLACKFRI", "FLASH50", "HELLO10"})
		works := c.between(0.3, 0.95) // before it ran out, for this cart
		c.arrivalsWithin(at, min(at+int64(lasts), c.end), max(c.lines/5, 8), func(c *cast) {
			p := c.crowd.anyone(c.dice)
			who := p.at(c.dice)
			if c.chance(0.4) {
				who.addr = c.crowd.carriers[c.IntN(len(c.crowd.carriers))]
			}
			c.enter(c.now, who, func(cl *client) {
				cl.session = token(cl.dice, 24)
				j := cl.journey()
				cl.take(j, 0)
				cl.think(12 * time.Second)
				for range 1 + int(cl.ExpFloat64()*1.5) { // typed wrongly, with the brackets, in lower case
					once := *k
					once.once = false
					if _, worked := cl.enterCode(&once, shared, cl.chance(works)); worked {
						break
					}
					cl.think(6 * time.Second)
					if cl.chance(0.3) { // what other codes does the web know?
						cl.enterCode(k, k.text(k.n+cl.IntN(400)), false)
						cl.think(9 * time.Second)
					}
				}
				if cl.chance(0.5) {
					cl.through(j, 1, 0.3, 15*time.Second)
				}
			})
		})
	},
})
