package simulate

import "time"

// Watchers read the same few objects again and again, to show their price or
// state somewhere else.
var Watchers = register(Kind{
	Name:   "watchers",
	Title:  "Partners that read the same objects again and again",
	Share:  0.02,
	Shapes: []string{"shop", "b2b"},
	start: func(c *cast) {
		col := c.api.public[0]
		watchers := c.count(1, 4)
		for range watchers {
			who := c.partner()
			var watched []int
			for range c.many(10, 200) {
				watched = append(watched, col.popular(c.dice))
			}
			rounds := max(1, c.lines/float64(watchers)/float64(len(watched)))
			every := time.Duration(c.Hours * float64(time.Hour) / rounds)
			pace := c.span(100*time.Millisecond, 5*time.Second)
			c.enter(c.Start+int64(c.Float64()*float64(every)), who, func(cl *client) {
				for {
					began := cl.at
					for _, id := range watched {
						cl.open(col, id)
						cl.pace(pace, 0.1)
					}
					cl.until(began + int64(every))
				}
			})
		}
	},
})
