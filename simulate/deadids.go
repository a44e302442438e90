package simulate

import (
	"time"

	"goshawk/event"
)

// DeadIDs are programmes with a list of ids that are not here: of the test
// system, of before the migration, of what was purged. Nearly all miss, and
// nobody looks at the programme's own log; the next run asks for them again.
var DeadIDs = register(Kind{
	Name:   "dead_ids",
	Title:  "Programmes whose ids are of another system, or long deleted",
	Shapes: []string{"shop", "b2b", "saas"},
	start: func(c *cast) {
		for range c.count(0, 2) { // not everywhere
			who := c.partner()
			who.staff = c.chance(0.7)
			col := c.api.owned[c.IntN(len(c.api.owned))]
			n := c.many(40, max(60, c.Lines/25))
			dead := c.between(0.4, 1)
			if c.chance(0.4) {
				dead = 1
			}
			elsewhere := c.Uint64() // the other system
			inOrder := c.chance(0.5)
			runs := c.count(1, 4)
			again := c.chance(0.5) // only what failed
			each := c.span(80*time.Millisecond, 40*time.Second)
			each = min(each, time.Duration(c.Hours*0.7*float64(time.Hour)/float64(n*runs)))
			jitter := c.wide(0.02, 0.8)
			ask := func(cl *client, i int) int {
				h := mix(elsewhere, uint64(i))
				if float64(h>>11)/(1<<53) >= dead {
					return cl.open(col, int(h%uint64(col.n)))
				}
				if col.ids == event.UUID {
					return cl.openID(col, -1, uuid(h, mix(h, 1)))
				}
				number := col.number(col.n) + h%100_000*col.step
				if inOrder {
					number = col.number(col.n) + elsewhere%1_000_000 + uint64(i)
				}
				return cl.openID(col, -1, col.text(number))
			}
			from := c.Start + int64(c.between(0, 0.5)*float64(c.end-c.Start))
			every := float64(c.end-from) / float64(runs)
			c.enter(from, who, func(cl *client) {
				list := make([]int, n)
				for i := range list {
					list[i] = i
				}
				for run := range runs {
					var failed []int
					cl.get(cl.api.me, "", 640)
					cl.list(col, 0)
					for _, i := range list {
						if ask(cl, i) >= 400 {
							failed = append(failed, i)
						}
						cl.pace(each, jitter)
					}
					if again {
						list = failed
					}
					cl.until(from + int64(float64(run+1)*every))
				}
			})
		}
	},
})
