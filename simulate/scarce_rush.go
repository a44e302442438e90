package simulate

import "time"

// Rush is a sale of few things to many people: they hold, hesitate, hold
// again, come too late; most pay. Agencies and groups hold many at once.
var Rush = register(Kind{
	Name:   "scarce_rush",
	Title:  "People who hold scarce things, hesitate and mostly buy; groups hold many",
	Share:  0.03,
	Shapes: []string{"shop"},
	start: func(c *cast) {
		buys := c.between(0.3, 0.9)
		stubborn := c.between(0.3, 0.9)
		lasts := c.span(time.Hour, 12*time.Hour)
		at := c.begin(lasts)
		hot := c.api.scarce[0]
		visit := func(c *cast) {
			p := c.crowd.anyone(c.dice)
			who := p.at(c.dice)
			who.session = token(c.dice, 24)
			if c.chance(0.6) {
				who.user, who.person = p.user, p.index
			}
			thing := c.api.scarce[c.IntN(len(c.api.scarce))]
			if c.chance(0.5) {
				thing = hot
			}
			c.enter(c.now, who, func(cl *client) {
				want := 1 + cl.IntN(3)
				if cl.chance(0.05) {
					want = cl.many(6, 40)
				}
				rounds := 1
				if cl.chance(0.15) {
					rounds = cl.many(2, 8) // asks the others first, and keeps the seats meanwhile
				}
				for r := range rounds {
					var held []*hold
					for range want {
						h := cl.put(thing)
						cl.think(4 * time.Second)
						// Some press the button until somebody gives up a seat.
						for h == nil && cl.chance(stubborn) {
							cl.think(20 * time.Second)
							h = cl.put(thing)
						}
						if h == nil && cl.chance(0.7) {
							break
						}
						if h != nil {
							held = append(held, h)
						}
					}
					if len(held) == 0 || r == rounds-1 && !cl.chance(buys) {
						return
					}
					if r < rounds-1 {
						cl.wait(time.Duration(float64(cl.api.aside) * cl.between(0.8, 1.5)))
						continue
					}
					if cl.through(cl.journey(), 2, 0.3, 15*time.Second) {
						for _, h := range held {
							thing.sell(h, cl.at)
						}
					}
				}
			})
		}
		c.arrivals(c.lines/2/9, visit)
		c.arrivalsWithin(at, min(at+int64(lasts), c.end), c.lines/2/9, visit)
	},
})
