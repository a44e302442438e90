package simulate

import "time"

// Administrators use all their functions all day, and new ones are refused
// until somebody grants them their role.
var Administrators = register(Kind{
	Name:  "administrators",
	Title: "Administrators at work, and new ones who are refused until they have their role",
	Share: 0.015,
	start: func(c *cast) {
		office := c.crowd.address(c.dice, residential)
		staff := c.count(2, 6)
		for i := range staff {
			p := c.crowd.person(c.crowd.people + 81000 + i)
			who := identity{addr: office, agent: browser(c.dice, false), staff: true}
			if c.chance(0.4) {
				who.addr = c.crowd.address(c.dice, residential)
			}
			granted := c.Start
			if c.chance(0.5) { // the role comes later in this log
				granted = c.Start + int64(c.between(0.1, 0.9)*float64(c.end-c.Start))
			}
			session := token(c.dice, 24)
			favourites := []string{c.pick(adminRoutes), c.pick(adminRoutes), c.pick(adminRoutes)}
			key := c.api.keyed && c.chance(0.2) // a programme whose scope was too narrow
			name := identity{key: c.newKey()}
			c.arrivals(c.lines/float64(staff)/7, func(c *cast) {
				c.enter(c.now, who, func(cl *client) {
					cl.user, cl.session, cl.person = p.user, session, p.index
					if key {
						cl.identity = identity{addr: who.addr, agent: "python-requests/2.32.3", key: name.key}
					}
					for range 1 + int(cl.ExpFloat64()*6) {
						route := cl.pick(favourites)
						if cl.chance(0.2) {
							route = cl.pick(adminRoutes)
						}
						if cl.manage(route, cl.at > granted && !cl.chance(0.03), false) >= 400 && cl.chance(0.4) {
							return
						}
						cl.think(15 * time.Second)
					}
				})
			})
		}
	},
})
