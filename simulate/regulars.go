package simulate

import (
	"net/netip"
	"time"
)

// Regulars stay logged in for days on one or two devices: at home, at work, on
// the telephone between. The session goes where they go.
var Regulars = register(Kind{
	Name:  "regulars",
	Title: "People who stay logged in for days, at home, at work and between",
	Share: 0.06,
	start: func(c *cast) {
		n := max(4, int(c.lines/c.wide(25, 250)))
		visits := max(1, c.lines/float64(n)/9)
		for range n {
			p := c.crowd.anyone(c.dice)
			who := p.at(c.dice)
			who.user, who.person, who.session = p.user, p.index, token(c.dice, 24)
			c.run.regulars = append(c.run.regulars, who)
			work := c.crowd.carriers[c.IntN(len(c.crowd.carriers))]
			if c.chance(0.5) {
				work = residence(c.dice, false)
			}
			places := []netip.Addr{who.addr, work, c.crowd.carriers[c.IntN(len(c.crowd.carriers))]}
			moves := c.between(0, 0.5)
			second, other := browser(c.dice, c.chance(0.5)), 0.0 // the app's own browser, or the next version
			if c.chance(0.4) {
				other = c.between(0.05, 0.5)
			}
			c.arrivals(visits, func(c *cast) {
				c.enter(c.now, who, func(cl *client) {
					if cl.chance(moves) {
						cl.addr = places[1+cl.IntN(2)]
					} else {
						cl.addr = p.where(cl.dice)
					}
					if cl.chance(other) {
						cl.agent = second
					}
					cl.referer = "https://" + cl.api.host + "/"
					cl.get(cl.api.me, "", 640)
					for range 1 + int(cl.ExpFloat64()*1.5) {
						cl.think(6 * time.Second)
						cl.browse(0)
					}
					if cl.chance(0.4) {
						cl.ownThings()
					}
					if cl.chance(0.03) {
						cl.think(9 * time.Second)
						cl.alter(cl.api.settings.profile)
					}
				})
			})
		}
	},
})
