package simulate

import (
	"fmt"
	"time"
)

// Migration is a day on which many keys change together: a new version of the
// connector that all use, or a cloud that all move to.
var Migration = register(Kind{
	Name:  "migration",
	Title: "A migration: many keys change network, programme and calls within hours",
	Share: 0.02,
	start: func(c *cast) {
		keys := c.many(4, 16)
		lasts := c.span(30*time.Minute, 12*time.Hour)
		at := c.begin(lasts)
		cloud := c.crowd.addresses(c.dice, c.many(1, 6), hosting)
		agent := fmt.Sprintf("connector/%d.0.0", c.count(2, 9))
		newAt := c.pick([]string{"/v3/sync", "/bulk", "/changes"})
		backfill := c.wide(1, 10)
		for range keys {
			h := c.habit(max(c.lines/float64(keys)/c.Hours*0.8, 0.3))
			mine := at + int64(c.Float64()*float64(lasts))
			c.enter(c.Start, h.who, func(cl *client) {
				for cl.at < mine {
					h.work(cl)
					h.pause(cl, 1)
				}
				cl.addr, cl.agent = cloud[cl.IntN(len(cloud))], agent
				if cl.api.keyed && cl.chance(0.3) {
					cl.key = cl.cast().newKey()
				}
				until := cl.at + int64(time.Hour)
				for cl.at < until { // fetches again what it has
					cl.get(cl.api.at+newAt, "cursor="+token(cl.dice, 12), 12000)
					h.pause(cl, backfill)
				}
				for {
					if cl.chance(0.5) {
						cl.get(cl.api.at+newAt, "cursor="+token(cl.dice, 12), 3000)
					} else {
						h.work(cl)
					}
					h.pause(cl, 1.2)
				}
			})
		}
	},
})
