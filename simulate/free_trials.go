package simulate

import "time"

// Trials are people who try what is free: a class signs up within minutes from
// one address, and each uses what the trial gives.
var Trials = register(Kind{
	Name:   "free_trials",
	Title:  "People and classes that try what is free, and use it up",
	Share:  0.015,
	Shapes: []string{"shop", "saas"},
	start: func(c *cast) {
		next := 0
		try := func(c *cast, who identity, at int64) {
			next++
			p := c.crowd.person(c.crowd.people + 400000 + next)
			c.enter(at, who, func(cl *client) {
				cl.user, cl.session, cl.person = p.user, token(cl.dice, 24), p.index
				cl.startTrial(1+int(cl.ExpFloat64()*3), 15*time.Second)
			})
		}
		c.arrivals(c.lines/2/8, func(c *cast) { try(c, c.crowd.person(c.crowd.people+450000+next).at(c.dice), c.now) })
		for range 1 + int(c.lines/2/8/40) {
			at, lasts := c.morning()+int64(c.span(time.Minute, 5*time.Hour)), c.span(2*time.Minute, 30*time.Minute)
			who := identity{addr: c.crowd.address(c.dice, residential), agent: browser(c.dice, false)}
			for range c.many(10, 40) {
				try(c, who, at+int64(c.Float64()*float64(lasts)))
			}
		}
	},
})

// startTrial opens a trial and uses the costly thing in it.
func (c *client) startTrial(uses int, think time.Duration) {
	if c.send(ask{method: "POST", path: c.api.trial, status: 201, out: 420, in: 180, slow: 4}) != 201 {
		return
	}
	for range uses {
		c.think(think)
		c.send(ask{method: "POST", path: c.api.credit, status: 200, out: c.about(5200, 0.5), in: int64(c.about(400, 0.6)), slow: 20})
	}
}
