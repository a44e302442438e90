package simulate

import "time"

// Resumed purchases begin on one day and one device and end on another: the
// log holds the end without the beginning, or the beginning elsewhere.
var Resumed = register(Kind{
	Name:  "resumed_checkout",
	Title: "Purchases taken up again from a mail's link, on another device, days later",
	Share: 0.02,
	start: func(c *cast) {
		free := c.between(0.02, 0.2) // nothing to pay: a voucher covered it, or an invoice follows
		c.arrivals(c.lines/6, func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, p.at(c.dice), func(cl *client) {
				f := &cl.api.flow
				cl.user, cl.person, cl.session = p.user, p.index, token(cl.dice, 24)
				j := cl.journey()
				from := 1 + cl.IntN(f.paid)
				if cl.chance(0.4) { // the beginning is in this log, too
					for i := range from {
						cl.take(j, i)
						cl.think(15 * time.Second)
					}
					cl.wait(time.Duration(cl.wide(5*60, 30*3600) * 1e9))
					if cl.chance(0.6) {
						cl.agent, cl.session = p.app, token(cl.dice, 24)
						cl.addr = cl.crowd.carriers[cl.IntN(len(cl.crowd.carriers))]
					}
				}
				cl.referer = cl.pick([]string{"https://mail.google.com/", "https://outlook.live.com/", ""})
				if cl.chance(free) {
					j.done |= 1 << f.paid
					if from <= f.paid {
						from = f.paid + 1
					}
				}
				cl.through(j, from, 0.4, 12*time.Second)
			})
		})
	},
})
