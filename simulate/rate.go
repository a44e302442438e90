package simulate

import (
	"fmt"
	"time"
)

// Rate is one principal that asks far more often than others do: a key, a
// session, or an address alone. The careful spread one key or session over
// addresses, rest between bursts and stay within what a fast machine does.
var Rate = register(Kind{
	Name:   "rate",
	Title:  "One caller asks far more often than everybody else",
	Attack: true,
	start: func(c *cast) {
		perMinute := pick3(c, c.wide(300, 2000), c.wide(120, 500), c.wide(40, 150))
		if c.api.limit > 0 && c.label.Variant == "evasive" {
			perMinute = min(perMinute, c.api.limit*c.between(0.6, 0.95))
		}
		n := min(c.budget(), int(pick3(c, c.wide(1500, 30000), c.wide(1200, 15000), c.wide(1500, 15000))))
		lasts := time.Duration(float64(n) / perMinute * float64(time.Minute))
		h := c.hide(pick3(c, 1, c.count(1, 3), c.many(1, 20)))
		callers := []identity{{}}
		as := "address"
		switch {
		case c.api.keyed && c.chance(0.5):
			callers, as = []identity{{key: c.newKey()}}, "key"
		case c.chance(pick3(c, 0, 0.15, 0.3)):
			h.addrs, as = h.addrs[:1], "address with sessions"
			for i := range c.count(2, 12) {
				callers = append(callers, c.account(i))
			}
			callers = callers[1:]
		case c.api.members || c.chance(0.5):
			callers, as = []identity{c.account(0)}, "session"
		default:
			h.addrs = h.addrs[:1]
		}
		target := c.IntN(3)
		hot := 0
		if len(c.api.public) > 0 {
			hot = c.api.public[0].popular(c.dice)
		}
		jitter := pick3(c, c.between(0, 0.2), c.between(0.1, 0.5), c.between(0.4, 0.95))
		pretend := pick3(c, 0, c.between(0, 0.1), c.between(0.05, 0.35))
		bursts := pick3(c, 0, 0, c.between(0, 0.006))
		c.note(fmt.Sprintf("%s, %.0f/min, %d requests, %d addresses, %s, target %d, decoys %.0f%%", as, perMinute, n, len(h.addrs), h.agentsName(), target, pretend*100))
		c.enter(c.begin(lasts), identity{}, func(cl *client) {
			gap := time.Duration(float64(time.Minute) / perMinute)
			for i := range n {
				cl.identity = callers[cl.IntN(len(callers))]
				cl.wear(h, cl.IntN(len(h.addrs)))
				switch {
				case cl.chance(pretend):
					cl.pretend()
				case target == 0 || len(cl.api.public) == 0:
					cl.send(ask{method: "GET", path: cl.api.search, query: fmt.Sprintf("q=%s+%s", cl.pick(words), cl.pick(words)), status: 200, out: 2600, slow: 3})
				case target == 1:
					cl.open(cl.api.public[0], hot)
				default:
					cl.send(ask{method: "GET", path: cl.api.polls[i%2], status: 200, out: 300})
				}
				cl.pace(gap, jitter)
				cl.lull(bursts, 2*time.Minute)
			}
		})
	},
})
