package simulate

import "time"

// Paced clients have a limiter of their own, set to the documented limit: the
// provider's library does that by itself. They take turns on a queue of work,
// and stop when it is empty.
var Paced = register(Kind{
	Name:  "paced_client",
	Title: "Clients with a limiter set to the documented limit",
	Share: 0.07,
	start: func(c *cast) {
		n := c.count(1, 3)
		for range n {
			who := c.partner()
			each := max(20, c.lines/float64(n))
			limit := c.wide(6, 240)
			limit = max(limit, each/(c.Hours*60*0.8)) // the work gets done
			who.limit = limit
			share := c.between(0.7, 1)
			jobs := c.count(1, 6)
			col := c.api.owned[c.IntN(len(c.api.owned))]
			if len(c.api.public) > 0 && c.chance(0.5) {
				col = c.api.public[0]
			}
			jitter := c.wide(0.005, 0.3)
			for job := range jobs {
				at := c.Start + int64((float64(job)+c.between(0, 0.5))/float64(jobs)*float64(c.end-c.Start))
				if jobs == 1 {
					at = c.Start + int64(c.between(0, 0.2)*float64(c.end-c.Start))
				}
				c.enter(at, who, func(cl *client) {
					id := cl.IntN(col.n)
					for range int(cl.about(each/float64(jobs), 0.4)) {
						if cl.chance(0.1) {
							cl.list(col, cl.IntN(20))
						} else {
							for id++; !col.exists(id % col.n); id++ {
							}
							cl.open(col, id%col.n)
						}
						cl.pace(time.Duration(float64(time.Minute)/limit/share), jitter)
					}
				})
			}
		}
	},
})
