package simulate

import (
	"fmt"
	"time"
)

// BruteForce tries many passwords on one account or a few.
var BruteForce = register(Kind{
	Name:   "brute_force",
	Title:  "Many passwords on one account or a few",
	Attack: true,
	start: func(c *cast) {
		perMinute := pick3(c, c.wide(20, 300), c.wide(4, 50), c.wide(0.4, 6))
		n := min(c.budget(), pick3(c, c.many(150, 4000), c.many(100, 1500), c.many(60, 500)))
		n = min(n, int(perMinute*c.Hours*60*0.8))
		lasts := time.Duration(float64(n) / perMinute * float64(time.Minute))
		h := c.hide(pick3(c, 1, c.many(2, 20), c.many(5, 120)))
		var targets []person
		for range c.many(1, pick3(c, 2, 3, 5)) {
			targets = append(targets, c.crowd.anyone(c.dice))
		}
		jitter := pick3(c, c.between(0, 0.2), c.between(0.1, 0.6), c.between(0.5, 0.95))
		pretend := pick3(c, 0, c.between(0, 0.1), c.between(0, 0.4))
		cracked := -1
		if c.chance(0.15) {
			cracked = c.IntN(n)
		}
		c.note(fmt.Sprintf("%d tries on %d accounts from %d addresses, %.1f/min, %s, decoys %.0f%%, lock after %d", n, len(targets), len(h.addrs), perMinute, h.agentsName(), pretend*100, c.api.login.lockAfter))
		c.enter(c.begin(lasts), identity{}, func(cl *client) {
			for i := range n {
				cl.identity = identity{}
				cl.wear(h, cl.IntN(len(h.addrs)))
				if cl.chance(pretend) {
					cl.openOrLand()
					cl.wait(time.Duration(cl.between(0.2, 4) * 1e9))
				}
				p := targets[cl.IntN(len(targets))]
				if cl.try(p.account, i == cracked) {
					cl.person, cl.user = p.index, p.user
					cl.get(cl.api.me, "", 640)
					return
				}
				cl.pace(time.Duration(float64(time.Minute)/perMinute), jitter)
			}
		})
	},
})
