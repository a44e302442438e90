package simulate

import (
	"fmt"
	"time"
)

// Pacing stays just under the documented limit for as long as it can, with one
// key or a few, and takes what the limit was there to protect.
var Pacing = register(Kind{
	Name:   "limit_pacing",
	Title:  "Just under the documented limit, for hours",
	Attack: true,
	start: func(c *cast) {
		limit := c.wide(4, 120) // of the plan, a minute
		close := pick3(c, c.between(0.93, 1), c.between(0.8, 0.98), c.between(0.6, 0.95))
		callers := pick3(c, 1, c.count(1, 3), c.count(1, 8))
		hours := c.Hours * c.between(0.4, 0.9)
		most := int(float64(c.budget()) * c.wide(0.3, 1))
		callers = max(1, min(callers, most/500))
		limit = min(limit, float64(most)/hours/60/close/float64(callers)*3) // at least a third of that time
		limit = max(limit, 2)
		perMinute := limit * close
		n := min(most/callers, int(perMinute*hours*60))
		lasts := time.Duration(float64(n) / perMinute * float64(time.Minute))
		window := c.chance(pick3(c, 0.2, 0.3, 0.4)) // spends each minute's share at once, then waits for the next
		jitter := pick3(c, c.between(0, 0.05), c.between(0, 0.3), c.between(0.2, 0.8))
		pretend := pick3(c, 0, c.between(0, 0.1), c.between(0, 0.4))
		rests := pick3(c, 0, 0, c.between(0, 0.004))
		h := c.hide(pick3(c, 1, callers, c.many(callers, callers*6)))
		job := c.errand()
		var who []identity
		for i := range callers {
			id := c.passes(i, 0.5)
			if id.key == "" && id.session == "" && callers > 1 {
				id = c.account(i)
			}
			id.limit = limit
			who = append(who, id)
		}
		over := pick3(c, c.between(0, 0.01), c.between(0, 0.005), 0) // now and then one too many
		c.note(fmt.Sprintf("limit %.0f/min, at %.0f%% of it, %d callers, %d requests each for %s over %s, in windows %v, jitter %.0f%%, decoys %.0f%%, %d addresses, %s",
			limit, close*100, callers, n, job.name, lasts.Round(time.Minute), window, jitter*100, pretend*100, len(h.addrs), h.agentsName()))
		at := c.begin(lasts)
		for i, id := range who {
			c.enter(at+int64(c.Float64()*60e9), id, func(cl *client) {
				gap := time.Duration(float64(time.Minute) / perMinute)
				per := max(1, int(perMinute/2)) // what the bucket holds
				for k := range n {
					cl.identity = id
					cl.wear(h, i)
					if len(h.addrs) > callers {
						cl.wear(h, i+k/50*callers)
					}
					if cl.chance(pretend) {
						cl.pretend()
					} else {
						job.do(cl, i*n+k)
					}
					switch {
					case cl.chance(over):
						cl.wait(gap / 10)
					case !window:
						cl.pace(gap, jitter)
					case (k+1)%per == 0:
						cl.wait(time.Duration(float64(gap) * float64(per) * (1 - 0.3*cl.Float64()*jitter)))
					default:
						cl.pace(min(gap/4, 300*time.Millisecond), jitter)
					}
					cl.lull(rests, 20*time.Minute)
				}
			})
		}
	},
})
