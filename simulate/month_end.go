package simulate

import (
	"fmt"
	"time"
)

// MonthEnd is the night in which accounts are closed: programmes that ask for
// a little all month ask for everything.
var MonthEnd = register(Kind{
	Name:  "month_end",
	Title: "Partners that close their accounts: a quiet month and one long night",
	Share: 0.02,
	start: func(c *cast) {
		partners := c.count(1, 3)
		lasts := c.span(30*time.Minute, 6*time.Hour)
		at := c.begin(lasts) // for all of them
		for range partners {
			h := c.habit(max(c.lines/3/float64(partners)/c.Hours, 0.3))
			n := int(c.lines * 2 / 3 / float64(partners))
			c.enter(c.Start, h.who, func(cl *client) {
				for cl.at < at {
					h.work(cl)
					h.pause(cl, 1)
				}
				first := max(0, h.col.n-2*n-1)
				for i := range n {
					switch {
					case i%50 == 0:
						cl.get(cl.api.export, fmt.Sprintf("from=2026-02-01&to=2026-02-28&format=csv&page=%d", i/50+1), 90000)
					case i%9 == 0:
						cl.list(h.col, i/9)
					default:
						cl.open(h.col, first+i)
					}
					cl.pace(lasts/time.Duration(n+1), 0.4)
				}
				for {
					h.work(cl)
					h.pause(cl, 1)
				}
			})
		}
	},
})
