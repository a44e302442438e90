package simulate

import (
	"fmt"
	"time"
)

// BOLA is one valid principal that opens objects of many others. It knows the
// ids from elsewhere, so they exist, and it opens them in no order.
var BOLA = register(Kind{
	Name:   "bola",
	Title:  "A valid caller opens many other people's objects",
	Attack: true,
	start: func(c *cast) {
		col := c.api.owned[c.IntN(len(c.api.owned))]
		perMinute := pick3(c, c.wide(30, 400), c.wide(4, 60), c.wide(0.4, 8))
		n := min(c.budget(), int(pick3(c, c.wide(300, 4000), c.wide(120, 1500), c.wide(60, 500))))
		n = min(n, int(perMinute*c.Hours*60*0.8))
		lasts := time.Duration(float64(n) / perMinute * float64(time.Minute))
		h := c.hide(pick3(c, 1, c.many(1, 4), c.many(1, 40)))
		who := c.account(0)
		as := "one account"
		if c.api.keyed && c.chance(0.3) {
			who, as = identity{key: c.newKey()}, "one key"
		}
		jitter := pick3(c, c.between(0, 0.3), c.between(0.2, 0.7), c.between(0.4, 0.95))
		pretend := pick3(c, 0, c.between(0, 0.3), c.between(0.1, 0.6))
		again := pick3(c, 0, c.between(0, 0.1), c.between(0, 0.3))
		sessions := c.chance(pick3(c, 0, 0.1, 0.4)) // logs in anew now and then
		c.note(fmt.Sprintf("%s, %.1f/min, %d objects of %s (%s), %d addresses, %s, decoys %.0f%%", as, perMinute, n, col.path, col.guard, len(h.addrs), h.agentsName(), pretend*100))
		c.enter(c.begin(lasts), who, func(cl *client) {
			cl.wear(h, 0)
			cl.arrive()
			last := col.random(cl.dice)
			for k := 0; k < n; {
				cl.wear(h, cl.IntN(len(h.addrs)))
				if sessions && cl.session != "" && cl.chance(0.02) {
					cl.session = token(cl.dice, 24)
				}
				switch {
				case cl.chance(pretend):
					cl.pretend()
				case cl.chance(again):
					cl.open(col, last)
				default:
					last = col.random(cl.dice)
					cl.open(col, last)
					k++
				}
				cl.pace(time.Duration(float64(time.Minute)/perMinute), jitter)
			}
		})
	},
})
