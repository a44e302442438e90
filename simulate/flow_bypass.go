package simulate

import (
	"fmt"
	"time"
)

// FlowBypass reaches the goal of a purchase, or of the proof of who one is,
// without the step that costs something: it leaves the step out, uses one
// confirmation again and again, or changes the cart after paying.
// Sources: OWASP API6:2023; OWASP WSTG-BUSL-06, circumvention of work flows.
var FlowBypass = register(Kind{
	Name:   "flow_bypass",
	Title:  "A purchase or a proof of identity without its costly step",
	Attack: true,
	start: func(c *cast) {
		f := &c.api.flow
		t := c.tempo([3]int{1, 12, 60}, [4]float64{4, 60, 60, 600}, [4]float64{0.6, 8, 30, 250}, [4]float64{0.04, 1, 15, 90})
		var ways []string
		for _, w := range []struct {
			name string
			open bool
		}{{"skip", f.skips}, {"replay", f.replays}, {"reorder", f.reorders}} {
			// The careless also try what the server checks.
			if w.open || c.chance(pick3(c, 0.5, 0.2, 0)) {
				ways = append(ways, w.name)
			}
		}
		full := pick3(c, 0, c.between(0, 0.3), c.between(0.1, 0.6)) // of the harmless steps that are made all the same
		honest := pick3(c, 0, c.between(0, 0.1), c.between(0, 0.3)) // journeys that are as they should be
		who := c.throwaways(pick3(c, 1, c.many(1, 8), c.many(2, 30)))
		if c.api.keyed && !c.api.members && c.chance(0.2) {
			who = []identity{{key: c.newKey()}}
		}
		c.note(fmt.Sprintf("%v, %s, %d accounts, honest %.0f%%, steps kept %.0f%%", ways, t, len(who), honest*100, full*100))
		think := pick3(c, 300*time.Millisecond, 2*time.Second, 12*time.Second)
		done := map[int]*journey{} // by account: the one that was paid for
		c.perform(t, who[0], func(cl *client, i int) {
			k := cl.IntN(len(who))
			cl.act(who, t.disguise, k)
			if cl.chance(honest) {
				cl.through(cl.journey(), 0, 0.3, think)
				return
			}
			way := cl.pick(ways)
			if way == "replay" && done[k] != nil {
				cl.take(done[k], f.goal)
				return
			}
			j := cl.journey()
			for s := 0; s <= f.goal; s++ {
				switch {
				case s == f.paid && way == "skip", s != f.paid && s != f.goal && s != 0 && f.steps[s].optional && !cl.chance(full),
					s != f.paid && s != f.goal && way == "skip" && !cl.chance(max(full, 0.4)):
					continue
				case s == f.goal && way == "reorder":
					for range 1 + cl.IntN(4) {
						cl.take(j, 0) // more than was paid for
						cl.think(think)
					}
				}
				cl.take(j, s)
				cl.think(think)
			}
			if way == "replay" {
				done[k] = j
				for range cl.many(1, 6) {
					cl.take(j, f.goal)
					cl.think(think)
				}
			}
		})
	},
})
