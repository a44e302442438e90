package simulate

import (
	"fmt"
	"time"
)

// UUIDGuessing asks for UUIDs that were never given out. Nearly all miss.
var UUIDGuessing = register(Kind{
	Name:   "uuid_guessing",
	Title:  "Guessing UUIDs",
	Attack: true,
	Shapes: []string{"saas"},
	start:  startGuessing,
})

func startGuessing(c *cast) {
	col := c.api.owned[c.IntN(2)]
	perMinute := pick3(c, c.wide(60, 900), c.wide(8, 90), c.wide(0.7, 10))
	n := min(c.budget(), int(pick3(c, c.wide(400, 6000), c.wide(150, 2000), c.wide(60, 500))))
	n = min(n, int(perMinute*c.Hours*60*0.8))
	lasts := time.Duration(float64(n) / perMinute * float64(time.Minute))
	h := c.hide(pick3(c, 1, c.many(1, 8), c.many(3, 80)))
	who := c.account(0)
	as := "one account"
	if c.api.keyed && c.chance(0.4) {
		who, as = identity{key: c.newKey()}, "one key"
	}
	jitter := pick3(c, 0.1, 0.4, 0.9)
	pretend := pick3(c, 0, c.between(0, 0.3), c.between(0.1, 0.6))
	hits := pick3(c, 0, c.between(0, 0.03), c.between(0, 0.08)) // ids that leaked
	c.note(fmt.Sprintf("%s, %.1f/min, %d ids of %s, %d addresses, %s, decoys %.0f%%, leaked %.0f%%", as, perMinute, n, col.path, len(h.addrs), h.agentsName(), pretend*100, hits*100))
	c.enter(c.begin(lasts), who, func(cl *client) {
		cl.wear(h, 0)
		cl.arrive()
		for i := 0; i < n; {
			cl.wear(h, cl.IntN(len(h.addrs)))
			switch {
			case cl.chance(pretend):
				cl.pretend()
			case cl.chance(hits):
				cl.open(col, col.random(cl.dice))
				i++
			default:
				cl.openID(col, -1, uuid(cl.Uint64(), cl.Uint64()))
				i++
			}
			cl.pace(time.Duration(float64(time.Minute)/perMinute), jitter)
		}
	})
}
