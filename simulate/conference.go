package simulate

import "time"

// Conference puts hundreds of people, each with a device of their own, behind
// one address for a day: all look at the same things when the break begins.
var Conference = register(Kind{
	Name:  "conference",
	Title: "A conference behind one address",
	Share: 0.02,
	start: func(c *cast) {
		addr := c.crowd.address(c.dice, residential)
		lasts := c.span(2*time.Hour, 10*time.Hour)
		at := c.begin(lasts)
		end := min(at+int64(lasts), c.end)
		people := max(10, int(c.lines/c.wide(8, 20)))
		first := c.IntN(c.crowd.people)
		shown := 0
		if len(c.api.public) > 0 {
			shown = c.api.public[0].popular(c.dice)
		}
		breaks := c.count(1, 5)
		new := c.between(0, 0.4)
		for i := range people {
			p := c.crowd.person(1 + (first+i)%c.crowd.people)
			who := identity{addr: addr, agent: browser(c.dice, c.chance(0.5))}
			when := at + int64((float64(c.IntN(breaks))+c.between(0, 0.3))/float64(breaks)*float64(end-at))
			if c.chance(new) {
				p = c.crowd.person(c.crowd.people + 540000 + i)
				c.enter(when, who, func(cl *client) { cl.join(p, p.account) })
				continue
			}
			c.enter(when, who, func(cl *client) {
				cl.land()
				cl.think(5 * time.Second)
				if cl.api.members || cl.chance(0.4) {
					if !cl.signIn(p, p.clumsy) {
						return
					}
				}
				if len(cl.api.public) > 0 {
					cl.openWith(cl.api.public[0], shown) // what the speaker shows
					cl.think(20 * time.Second)
				}
				for range 1 + cl.IntN(3) {
					cl.browse(0)
				}
			})
		}
	},
})
