package simulate

import (
	"slices"
	"time"
)

// Exports copy a whole collection each night: every object that exists, in
// order of its number, at a steady pace, under a key of their own.
var Exports = register(Kind{
	Name:  "export",
	Title: "A partner's nightly export of every object",
	Share: 0.07,
	start: func(c *cast) {
		days := max(1, c.Hours/24)
		partners := c.count(1, 3)
		for range partners {
			col := c.api.public
			if len(col) == 0 || c.api.keyed && c.chance(0.5) {
				col = c.api.owned
			}
			what := col[c.IntN(len(col))]
			if what.n < 200 {
				what = col[0]
			}
			who := c.partner()
			pace := c.span(200*time.Millisecond, 5*time.Second)
			jitter := c.between(0, 0.3)
			objects := int(min(c.lines/float64(partners)/days, float64(c.end-c.Start)*0.8/float64(pace)))
			listed := c.chance(0.5)
			hour := c.between(0, 0.6) * min(24, c.Hours)
			workers := []int{1, 1, 1, 2, 4}[c.IntN(5)]
			for day := 0.0; day*24 < c.Hours; day++ {
				at := c.Start + int64((day*24+hour)*float64(time.Hour))
				c.enter(at, who, func(cl *client) {
					cl.retries = 5
					first := max(0, what.n-int(float64(objects)/(1-what.gaps)))
					var ids []int
					if listed {
						for page := 0; len(ids) < objects; page++ {
							shown := cl.list(what, page)
							if shown == nil {
								break
							}
							ids = append(ids, shown...)
							cl.pace(pace, jitter)
						}
						slices.Sort(ids)
					} else {
						for i := first; i < what.n; i++ {
							if what.exists(i) {
								ids = append(ids, i)
							}
						}
					}
					stage := cl.cast()
					for w := range workers {
						stage.enter(cl.at+int64(w)*int64(pace)/3, who, func(cl *client) {
							cl.retries = 5
							for i := w; i < len(ids); i += workers {
								cl.open(what, ids[i])
								cl.pace(pace*time.Duration(workers), jitter)
							}
						})
					}
				})
			}
		}
	},
})
