package simulate

import (
	"fmt"
	"time"
)

// Hammer goes on after 429 as if nothing had been said, for whatever gets
// through. The careful slow down a little, come back at once by another
// address or under another key, and never wait as long as they are told.
var Hammer = register(Kind{
	Name:   "ignored_throttling",
	Title:  "Hammering on after 429",
	Attack: true,
	start: func(c *cast) {
		limit := c.wide(10, 200) // of the plan, a minute
		times := pick3(c, c.wide(2, 30), c.wide(1.5, 8), c.wide(1.2, 3))
		perMinute := min(limit*times, 1500)
		callers := pick3(c, 1, c.count(1, 2), c.count(1, 5))
		n, _ := c.spread(pick3(c, c.many(400, 12000), c.many(150, 4000), c.many(100, 2000)), perMinute)
		// What a bucket holds is spent early, so that most of the time is refusals.
		limit = min(limit, float64(n/callers)*(1-1/times)/c.between(1.5, 6))
		perMinute = limit * times
		n, lasts := c.spread(n, perMinute*float64(callers))
		h := c.hide(pick3(c, 1, c.many(1, 10), c.many(1, 60)))
		moves := len(h.addrs) > 1 && c.chance(pick3(c, 0, 0.4, 0.6))               // by another address after a refusal
		eases := pick3(c, c.between(0.5, 1.1), c.between(0.9, 2), c.between(1, 5)) // the gap after a refusal, in gaps
		jitter := pick3(c, c.between(0, 0.2), c.between(0.1, 0.6), c.between(0.4, 0.95))
		pretend := pick3(c, 0, c.between(0, 0.1), c.between(0, 0.3))
		again := c.chance(0.5) // repeats what was refused
		rests := pick3(c, 0, 0, c.between(0, 0.004))
		job := c.errand()
		var who []identity
		for i := range callers {
			id := c.passes(i, 0.5)
			if id.key == "" && id.session == "" && (moves || callers > 1) {
				id = c.account(i) // a limit that an address could shake off refuses nobody
			}
			id.limit = limit
			who = append(who, id)
		}
		c.note(fmt.Sprintf("limit %.0f/min, asks %.1f times that, %d callers, %d requests for %s, repeats %v, another address %v, gap after 429 ×%.1f, decoys %.0f%%, %d addresses, %s",
			limit, times, callers, n, job.name, again, moves, eases, pretend*100, len(h.addrs), h.agentsName()))
		at := c.begin(lasts)
		for i, id := range who {
			c.enter(at+int64(c.Float64()*float64(lasts)/10), id, func(cl *client) {
				gap := time.Duration(float64(time.Minute) / perMinute)
				where, next := i, 0
				for range n / callers {
					cl.identity = id
					cl.wear(h, where)
					if cl.chance(pretend) {
						cl.pretend()
						cl.pace(gap, jitter)
						continue
					}
					was := cl.refused
					job.do(cl, i*n+next)
					if cl.refused == was {
						next++
						cl.pace(gap, jitter)
						cl.lull(rests, 10*time.Minute)
						continue
					}
					if !again {
						next++
					}
					if moves {
						where = cl.IntN(len(h.addrs))
					}
					cl.pace(time.Duration(float64(gap)*eases), jitter)
				}
			})
		}
	},
})
