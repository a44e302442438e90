package simulate

import "time"

// Shoppers go the whole way, most of them: some leave before they pay, some
// type a coupon, some press the last button twice.
var Shoppers = register(Kind{
	Name:  "shoppers",
	Title: "People who go through a purchase or a registration step by step",
	Share: 0.06,
	start: func(c *cast) {
		leaves := c.between(0.1, 0.7)
		coupons := c.between(0.02, 0.3)
		twice := c.between(0.01, 0.1)
		c.arrivals(c.lines/11, func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, p.at(c.dice), func(cl *client) {
				if cl.chance(0.6) {
					cl.browse(0)
				}
				if cl.api.members && cl.chance(0.2) { // first the name, then the password
					cl.exists(p.account, cl.chance(0.85))
					cl.think(5 * time.Second)
				}
				if (cl.api.members || cl.chance(0.5)) && !cl.signIn(p, p.clumsy) {
					return
				}
				if cl.person != 0 && cl.chance(0.04) {
					cl.changeMail()
				}
				if cl.session == "" {
					if cl.api.at != "" && cl.chance(0.4) { // types an address, sometimes one that has an account
						for range 1 + cl.IntN(3) {
							cl.exists(p.account, cl.chance(0.4))
							cl.think(4 * time.Second)
						}
					}
					cl.session = token(cl.dice, 24)
				}
				j := cl.journey()
				f := &cl.api.flow
				if cl.chance(leaves) {
					for i := range 1 + cl.IntN(f.paid) {
						cl.take(j, i)
						cl.think(18 * time.Second)
					}
					return
				}
				for range cl.IntN(3) {
					cl.take(j, 0)
					cl.think(25 * time.Second)
				}
				if cl.chance(coupons) {
					for range 1 + cl.IntN(3) {
						_, worked := cl.enterCode(&cl.api.coupon, cl.api.coupon.text(cl.IntN(cl.api.coupon.n)), cl.chance(0.5))
						if worked {
							break
						}
						cl.think(9 * time.Second)
					}
				}
				if cl.through(j, 0, 0.25, 15*time.Second) && cl.chance(twice) {
					for range 1 + cl.IntN(2) {
						cl.take(j, f.goal) // pressed again, or the page loaded anew
						cl.think(2 * time.Second)
					}
				}
			})
		})
	},
})
