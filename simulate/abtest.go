package simulate

import "time"

// Experiments send half of the people another way: a page that asks
// everything at once, a wallet that knows the address, a step more.
var Experiment = register(Kind{
	Name:  "ab_test",
	Title: "A test of a shorter way to buy: half of the people skip steps as they should",
	Share: 0.02,
	start: func(c *cast) {
		from := c.begin(time.Duration(c.Hours * c.between(0.3, 0.9) * float64(time.Hour)))
		c.arrivals(c.lines/6, func(c *cast) {
			p := c.crowd.anyone(c.dice)
			arm := c.now > from && c.chance(0.5)
			c.enter(c.now, p.at(c.dice), func(cl *client) {
				f := &cl.api.flow
				cl.user, cl.person, cl.session = p.user, p.index, token(cl.dice, 24)
				j := cl.journey()
				if !arm {
					cl.through(j, 0, 0.1, 14*time.Second)
					return
				}
				for _, i := range []int{0, f.paid, f.goal} {
					if i == f.paid && cl.chance(0.3) {
						// A wallet pays outside; its callback is not the person's.
						cl.get(cl.api.at+"/wallet/session", "", 240)
						j.done |= 1 << f.paid
					} else if !cl.take(j, i) {
						return
					}
					cl.think(5 * time.Second)
				}
			})
		})
	},
})
