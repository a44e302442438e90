package simulate

import (
	"fmt"
	"time"
)

// Timer is one scheduler behind many addresses: each request leaves by another
// one, or each address has the same period. Neither people nor their devices
// share a clock.
var Timer = register(Kind{
	Name:   "uniform_interval",
	Title:  "Requests from many addresses on one timer",
	Attack: true,
	start: func(c *cast) {
		perMinute := pick3(c, c.wide(20, 300), c.wide(4, 80), c.wide(0.8, 25))
		n, lasts := c.spread(pick3(c, c.many(400, 6000), c.many(300, 4000), c.many(250, 3000)), perMinute)
		addrs := min(n, pick3(c, c.many(8, 120), c.many(8, 600), c.many(12, 2500)))
		own := c.chance(0.35) // each address has its own timer of the same period
		if own {
			addrs = max(8, min(addrs, n/c.count(6, 40)))
		}
		h := c.hide(addrs)
		jitter := pick3(c, c.between(0, 0.1), c.between(0.02, 0.35), c.between(0.1, 0.6))
		pretend := pick3(c, 0, c.between(0, 0.1), c.between(0, 0.3))
		rests := pick3(c, 0, 0, c.between(0, 0.01))
		sticky := c.count(1, 3) // requests before the next address
		job := c.errand()
		var accounts []identity
		if c.chance(0.3) && (c.api.members || c.label.Variant == "evasive") {
			for i := range min(addrs, 300) {
				accounts = append(accounts, c.account(i))
			}
		}
		who := c.passes(0, 0.3)
		gap := time.Duration(float64(time.Minute) / perMinute)
		how := "one timer for all"
		if own {
			how = "a timer each"
		}
		c.note(fmt.Sprintf("%s, every %s, jitter %.0f%%, %d requests for %s, %d addresses, %d in a row, %s, decoys %.0f%%", how, gap.Round(time.Millisecond), jitter*100, n, job.name, addrs, sticky, h.agentsName(), pretend*100))
		at := c.begin(lasts)
		next := 0
		step := func(cl *client, i int) {
			cl.identity = who
			if len(accounts) > 0 {
				cl.identity = accounts[i%len(accounts)]
			}
			cl.wear(h, i)
			if cl.chance(pretend) {
				cl.pretend()
			} else {
				job.do(cl, next)
				next++
			}
		}
		if own {
			period := gap * time.Duration(addrs)
			for i := range addrs {
				c.enter(at+int64(c.Float64()*float64(period)), identity{}, func(cl *client) {
					for next < n {
						step(cl, i)
						cl.pace(period, jitter)
					}
				})
			}
			return
		}
		c.enter(at, identity{}, func(cl *client) {
			shuffled := cl.chance(0.5)
			for i := 0; next < n; i++ {
				k := i / sticky
				if shuffled {
					k = int(mix(uint64(at), uint64(k)) % uint64(addrs))
				}
				step(cl, k)
				cl.pace(gap, jitter)
				cl.lull(rests, 20*time.Minute)
			}
		})
	},
})
