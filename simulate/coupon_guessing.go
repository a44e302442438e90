package simulate

import "fmt"

// CouponGuessing tries made-up discount codes until some work.
// Source: OWASP OAT-002, token cracking.
var CouponGuessing = register(Kind{
	Name:   "coupon_guessing",
	Title:  "Made-up coupons tried until some work",
	Attack: true,
	Shapes: []string{"shop", "site"},
	start:  func(c *cast) { startCodes(c, &c.api.coupon, "coupons") },
})

func startCodes(c *cast, k *code, what string) {
	t := c.tempo([3]int{2, 30, 500}, [4]float64{30, 600, 300, 8000}, [4]float64{4, 60, 150, 3000}, [4]float64{0.3, 8, 60, 900})
	hits := pick3(c, c.wide(0.0005, 0.01), c.wide(0.001, 0.03), c.wide(0.005, 0.12)) // the careful know how codes are made
	own := pick3(c, 0, c.between(0, 0.02), c.between(0, 0.1))                        // codes that it knows to work, to look usual
	var who []identity
	as := "nobody"
	switch {
	case c.chance(pick3(c, 0.3, 0.5, 0.6)):
		who = c.throwaways(pick3(c, 1, c.many(1, 10), c.many(3, 120)))
		as = fmt.Sprintf("%d accounts", len(who))
	case c.api.keyed && c.chance(0.15):
		who, as = []identity{{key: c.newKey()}}, "one key"
	}
	sequential := c.chance(pick3(c, 0.5, 0.3, 0.15))
	cart := c.chance(pick3(c, 0, 0.3, 0.6)) // keeps a cart, so that it looks like a purchase
	from := c.IntN(k.n)
	c.note(fmt.Sprintf("%s of %s, as %s, hits %.2f%%, known %.1f%%, sequential %v, carts %v", t, what, as, hits*100, own*100, sequential, cart))
	c.perform(t, identity{}, func(cl *client, i int) {
		if len(who) > 0 {
			cl.act(who, t.disguise, cl.IntN(len(who)))
		} else {
			cl.identity.session = ""
		}
		if cart && cl.chance(0.15) {
			cl.take(cl.journey(), 0)
			cl.think(3e9)
		}
		switch {
		case cl.chance(own):
			cl.enterCode(k, k.text(from), true)
		case cl.chance(hits):
			if _, worked := cl.enterCode(k, k.text(cl.IntN(k.n)), true); worked && cl.chance(0.7) {
				cl.through(cl.journey(), 0, 0.5, 2e9)
			}
		case sequential:
			cl.enterCode(k, k.mark+fmt.Sprintf("%0*d", k.length, i+from), false)
		default:
			cl.enterCode(k, k.text(k.n+1+cl.IntN(1<<40)), false)
		}
	})
}
