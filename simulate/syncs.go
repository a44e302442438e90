package simulate

import (
	"math/rand/v2"
	"strconv"
	"time"
)

// Syncs are partners' programmes that ask what changed and fetch that: new
// objects, so their numbers follow each other.
var Syncs = register(Kind{
	Name:  "sync",
	Title: "Partners that fetch what changed every few minutes",
	start: func(c *cast) {
		for range c.count(1, 6) {
			who := c.partner()
			every := c.span(2*time.Minute, 30*time.Minute)
			changed := c.wide(1, 25)
			// What all runs together may cost.
			runs := c.Hours * float64(time.Hour) / float64(every)
			changed = min(changed, float64(c.Lines)/25/runs)
			if runs > float64(c.Lines)/50 {
				every = time.Duration(c.Hours * float64(time.Hour) / (float64(c.Lines) / 50))
			}
			what := c.api.owned[c.IntN(len(c.api.owned))]
			c.enter(c.Start+int64(c.Float64()*float64(every)), who, func(cl *client) {
				cl.retries = 4
				// How much changed does not hang on what others made meanwhile.
				plan := dice{rand.New(rand.NewPCG(cl.Uint64(), cl.Uint64()))}
				for {
					n := int(plan.ExpFloat64() * changed * (0.2 + cl.api.rhythm(cl.at)))
					cl.get(what.path, "updated_since="+strconv.FormatInt(cl.at/1e9-int64(every/time.Second), 10), 40+what.size*float64(n)*0.3)
					for _, id := range cl.recent(what, n) {
						cl.wait(time.Duration(cl.about(150, 0.4) * 1e6))
						cl.open(what, id)
					}
					cl.pace(every, 0.01)
				}
			})
		}
	},
})

// recent returns up to n of the newest objects, oldest first, with a few
// older ones that changed.
func (c *client) recent(col *collection, n int) []int {
	var ids []int
	for i := max(0, col.n-int(float64(n)/(1-col.gaps))); i < col.n; i++ {
		if c.chance(0.9) && col.exists(i) {
			ids = append(ids, i)
		}
	}
	for range n / 8 {
		ids = append(ids, col.random(c.dice))
	}
	return ids
}
