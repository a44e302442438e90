package simulate

import "time"

// Expired clients keep asking with a session that ended: 401 for hours, and
// nobody looks at the screen.
var Expired = register(Kind{
	Name:   "expired_session",
	Title:  "Clients that keep asking with a session that ended",
	Share:  0.01,
	Shapes: []string{"shop", "b2b", "saas"},
	start: func(c *cast) {
		n := c.many(1, 12)
		every := time.Duration(c.Hours * 0.5 * float64(time.Hour) / (c.lines / float64(n)))
		every = max(every, 4*time.Second)
		for range n {
			p := c.crowd.anyone(c.dice)
			who := p.at(c.dice)
			if c.chance(0.6) {
				who.agent = p.app
			}
			who.session = token(c.dice, 24)
			path := c.pick(c.api.polls)
			every := time.Duration(float64(every) * c.wide(0.4, 2.5))
			from := c.Start + int64(c.Float64()*float64(c.end-c.Start))
			lasts := int64(c.span(20*time.Minute, 12*time.Hour))
			c.enter(from, who, func(cl *client) {
				for cl.at < from+lasts {
					cl.send(ask{method: "GET", path: path, status: 401, out: 61})
					cl.pace(every, 0.05)
				}
			})
		}
	},
})
