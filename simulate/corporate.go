package simulate

import (
	"fmt"
	"net/netip"
	"time"
)

// Corporate proxies add X-Forwarded-For with the desks' addresses, a chain of
// them where proxies stand in a row; they break TLS open, so that every
// browser behind one has its handshake, and some strip the referer.
var Corporate = register(Kind{
	Name:  "corporate_proxy",
	Title: "Firms behind proxies that add X-Forwarded-For chains and open TLS",
	Share: 0.03,
	start: func(c *cast) {
		firms := c.count(1, 4)
		for range firms {
			exits := c.crowd.addresses(c.dice, c.count(1, 4), residential)
			desks := c.many(8, 250)
			inner := byte(c.IntN(250))
			middle := ""
			if c.chance(0.4) {
				middle = fmt.Sprintf(", 10.%d.0.%d", inner, 1+c.IntN(250))
			}
			public := c.chance(0.3) // desks have public addresses of their own
			net := c.crowd.address(c.dice, residential).As4()
			tls := ""
			if c.chance(0.6) {
				tls = fmt.Sprintf("proxy%d", c.IntN(99))
			}
			strips := c.chance(0.5)
			random := c.chance(0.2) // anonymises: another inner address each time
			first := c.IntN(c.crowd.people)
			c.arrivals(max(3, c.lines/float64(firms)/12), func(c *cast) {
				desk := c.IntN(desks)
				p := c.crowd.person(1 + (first+desk)%c.crowd.people)
				who := identity{addr: exits[c.IntN(len(exits))], agent: p.agent, tls: tls}
				forward := func(d dice) string {
					k := desk
					if random {
						k = d.IntN(60000)
					}
					from := netip.AddrFrom4([4]byte{10, inner, byte(k >> 8), byte(k)})
					if public {
						from = netip.AddrFrom4([4]byte{net[0], net[1], net[2], byte(1 + k%254)})
					}
					return from.String() + middle
				}
				who.forwarded = forward(c.dice)
				c.enter(c.now, who, func(cl *client) {
					if !strips {
						cl.referer = "https://" + cl.api.host + "/"
					}
					if cl.api.members || cl.chance(0.5) {
						if !cl.signIn(p, p.clumsy) {
							return
						}
					}
					for range 1 + int(cl.ExpFloat64()*2) {
						cl.forwarded = forward(cl.dice)
						if cl.chance(0.2) {
							cl.addr = exits[cl.IntN(len(exits))]
						}
						cl.browse(0)
						cl.think(10 * time.Second)
					}
					if cl.person != 0 && cl.chance(0.4) {
						cl.ownThings()
					}
				})
			})
		}
	},
})
