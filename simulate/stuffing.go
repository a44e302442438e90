package simulate

import (
	"fmt"
	"time"
)

// Stuffing tries leaked pairs, one or two for each account, on many accounts.
// Few work. Who works from thousands of addresses tries once from each.
var Stuffing = register(Kind{
	Name:   "credential_stuffing",
	Title:  "Leaked pairs tried on many accounts",
	Attack: true,
	start: func(c *cast) {
		var n, addrs int
		switch mode := c.IntN(3); c.label.Variant {
		case "easy":
			n, addrs = c.many(200, 4000), 1
		case "medium":
			n = c.many(200, 4000)
			addrs = []int{c.many(2, 8), c.many(5, 40), max(10, n/c.count(8, 40))}[mode]
		default:
			n = c.many(250, 12000)
			addrs = []int{max(20, n/c.count(2, 6)), n, c.many(60, 600)}[mode]
		}
		n = min(n, c.budget())
		addrs = min(addrs, n)
		perMinute := pick3(c, c.wide(20, 400), c.wide(5, 120), c.wide(0.8, 25))
		perMinute = max(perMinute, float64(n)/(c.Hours*60*0.85))
		lasts := time.Duration(float64(n) / perMinute * float64(time.Minute))
		h := c.hide(addrs)
		success := c.between(0, 0.02)
		known := c.wide(0.05, 0.8) // share of the list that has an account here
		onward := c.between(0, 1)
		jitter := pick3(c, c.between(0, 0.2), c.between(0.1, 0.6), c.between(0.5, 0.95))
		pretend := pick3(c, 0, c.between(0, 0.1), c.between(0, 0.5))
		perAddr := (n + addrs - 1) / addrs
		inTurn := c.chance(0.5) // one address after the other, else all at once
		c.note(fmt.Sprintf("%d tries from %d addresses, %.1f/min, %s, success %.1f%%, known %.0f%%, decoys %.0f%%", n, addrs, perMinute, h.agentsName(), success*100, known*100, pretend*100))
		c.enter(c.begin(lasts), identity{}, func(cl *client) {
			for i := range n {
				where := i % addrs
				if inTurn {
					where = i / perAddr
				}
				cl.identity = identity{}
				cl.wear(h, where)
				if cl.chance(pretend) {
					cl.openOrLand()
					cl.wait(time.Duration(cl.between(0.2, 4) * 1e9))
				}
				p := cl.crowd.person(cl.crowd.people + 200000 + i)
				has := cl.chance(known)
				if has {
					p = cl.crowd.person(1 + cl.IntN(cl.crowd.people))
				}
				if cl.try(p.account, has && cl.Float64() < success/known) {
					cl.person, cl.user = p.index, p.user
					if cl.chance(onward) {
						cl.wait(time.Duration(cl.between(0.2, 5) * 1e9))
						cl.get(cl.api.me, "", 640)
						cl.list(cl.api.owned[0], 0)
					}
				}
				cl.pace(time.Duration(float64(time.Minute)/perMinute), jitter)
			}
		})
	},
})

// openOrLand opens the page that a person would see before logging in.
func (c *client) openOrLand() {
	switch {
	case c.api.login.form != "":
		c.get(c.api.login.form, "", 5200)
	case len(c.api.pages) > 0:
		c.get(c.pick(c.api.pages), "", 14000)
	case len(c.api.public) > 0 && !c.api.members:
		c.open(c.api.public[0], c.api.public[0].popular(c.dice))
	}
}
