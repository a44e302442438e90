package simulate

import "time"

// Readers page through a list and open what stands beside each other.
var Readers = register(Kind{
	Name:  "readers",
	Title: "People who page through a list and open neighbours",
	Share: 0.07,
	start: func(c *cast) {
		c.arrivals(c.lines/75, func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, p.at(c.dice), func(cl *client) {
				if cl.api.members && !cl.signIn(p, p.clumsy) {
					return
				}
				cols := cl.api.public
				if len(cols) == 0 {
					cols = cl.api.owned
				}
				col := cols[0]
				if cl.chance(0.3) && cl.api.public != nil {
					// The way from one to the next has a button, too.
					id := col.popular(cl.dice)
					for range cl.many(4, 60) {
						cl.openWith(col, id)
						cl.think(6 * time.Second)
						for id++; id < col.n && !col.exists(id); id++ {
						}
						if id >= col.n {
							return
						}
					}
					return
				}
				appetite := cl.wide(0.2, 0.9)
				for page := range cl.many(2, 14) {
					shown := cl.list(col, page)
					for _, id := range shown {
						if cl.chance(appetite) {
							cl.think(4 * time.Second)
							cl.openWith(col, id)
						}
					}
					cl.think(8 * time.Second)
				}
			})
		})
	},
})

// Support staff open what customers call about: many objects of many people,
// all day long, from one office.
var Support = register(Kind{
	Name:  "support",
	Title: "Support staff opening many people's objects",
	Share: 0.03,
	start: func(c *cast) {
		staff := c.count(1, 8)
		addr := c.crowd.address(c.dice, residential)
		agent := browser(c.dice, false)
		for i := range staff {
			p := c.crowd.person(c.crowd.people + 80000 + i)
			who := identity{addr: addr, agent: agent, staff: true}
			if c.chance(0.3) {
				who.addr, who.agent = p.home, p.agent
			}
			desk := token(c.dice, 24)
			// A call every so often; a world at night has few.
			c.arrivals(c.lines/float64(staff)/9, func(c *cast) {
				c.enter(c.now, who, func(cl *client) {
					cl.person, cl.user, cl.session = p.index, p.user, desk
					customer := cl.crowd.anyone(cl.dice)
					cl.get(cl.api.search, "q="+customer.account, 900)
					for _, col := range cl.api.owned {
						own := col.of(customer.index)
						for _, id := range own[max(0, len(own)-4):] {
							cl.think(12 * time.Second)
							cl.open(col, id)
						}
					}
					if cl.chance(0.3) {
						cl.think(5 * time.Second)
						cl.open(cl.api.owned[0], cl.api.owned[0].random(cl.dice))
					}
				})
			})
		}
	},
})
