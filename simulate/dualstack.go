package simulate

import (
	"net/netip"
	"time"
)

// Dual-stack clients race IPv4 against IPv6 at each connection, so one session
// shows at two addresses that seem to lie in different places; on a train the
// carrier adds a third and a fourth.
var DualStack = register(Kind{
	Name:  "dual_stack",
	Title: "Clients that alternate between IPv4 and IPv6",
	Share: 0.02,
	start: func(c *cast) {
		visitsEach := c.wide(1, 8)
		c.arrivals(max(4, c.lines/visitsEach/11), func(c *cast) {
			p := c.crowd.anyone(c.dice)
			who := identity{agent: p.agent, user: p.user, person: p.index, session: token(c.dice, 24)}
			pair := []netip.Addr{residence(c.dice, false), residence(c.dice, true)}
			if c.chance(0.4) { // a telephone
				pair = append(pair, c.crowd.carriers[c.IntN(len(c.crowd.carriers))])
				who.agent = p.app
			}
			stays := c.between(0.3, 0.97) // on the connection it has
			c.enter(c.now, who, func(cl *client) {
				cl.retries = 2
				cl.addr = pair[cl.IntN(len(pair))]
				for range 1 + int(cl.ExpFloat64()*visitsEach) {
					cl.get(cl.api.me, "", 640)
					for range 1 + int(cl.ExpFloat64()*2) {
						if !cl.chance(stays) {
							cl.addr = pair[cl.IntN(len(pair))]
						}
						cl.think(5 * time.Second)
						cl.browse(0)
					}
					cl.wait(time.Duration(cl.ExpFloat64() * float64(40*time.Minute)))
				}
			})
		})
	},
})
