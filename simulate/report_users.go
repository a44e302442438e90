package simulate

import "time"

// Reporters ask for much because it is their work: the month as a table, all
// customers on one page, the same report again because it took so long.
var Reporters = register(Kind{
	Name:  "report_users",
	Title: "Controllers and programmes that ask for large reports and long pages",
	Share: 0.01,
	start: func(c *cast) {
		users := c.count(2, 6)
		for i := range users {
			p := c.crowd.person(c.crowd.people + 82000 + i)
			who := p.at(c.dice)
			who.user, who.session, who.person = p.user, token(c.dice, 24), p.index
			if c.chance(0.4) {
				who = c.partner()
			}
			way := c.pick([]string{"export", "export", "page", "search", "body"})
			cost := c.wide(1, 40)
			c.arrivals(max(c.lines/float64(users)/5, 1), func(c *cast) {
				c.enter(c.now, who, func(cl *client) {
					for range 1 + int(cl.ExpFloat64()*4) {
						cl.costly(way, cost*cl.wide(0.2, 1.5))
						cl.wait(time.Duration(cost * 1e9))
						cl.think(20 * time.Second)
					}
				})
			})
		}
	},
})
