package simulate

import "time"

// Apps are people with the mobile app: still logged in, on carriers' addresses
// or at home; the app asks for news by itself.
var Apps = register(Kind{
	Name:   "apps",
	Title:  "People with the mobile app, hundreds behind each carrier address",
	Share:  0.22,
	Shapes: []string{"shop", "saas"},
	start: func(c *cast) {
		poll := c.span(15*time.Second, 3*time.Minute)
		lines := 9 + 5*float64(time.Minute)/float64(poll)
		c.arrivals(c.lines/lines, func(c *cast) {
			p := c.crowd.anyone(c.dice)
			who := identity{addr: p.where(c.dice), agent: p.app}
			if c.chance(0.3) {
				who.addr = c.crowd.carriers[c.IntN(len(c.crowd.carriers))]
			}
			c.enter(c.now, who, func(cl *client) {
				cl.retries = 3
				if cl.chance(0.06) {
					if !cl.signIn(p, p.clumsy) {
						return
					}
				} else {
					cl.user, cl.person, cl.session = p.user, p.index, token(cl.dice, 24)
				}
				leaves := cl.at + int64(cl.about(float64(4*time.Minute), 0.8))
				cl.get(cl.pick(cl.api.polls), "", 300)
				for cl.at < leaves {
					if cl.chance(0.3) {
						cl.pace(poll, 0.1)
						cl.get(cl.api.polls[0], "", 300)
						continue
					}
					cl.browse(0)
				}
				if cl.chance(0.3) {
					cl.ownThings()
				}
			})
		})
	},
})
