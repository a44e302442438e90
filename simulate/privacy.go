package simulate

import (
	"net/netip"
	"time"
)

// Privacy is homes whose IPv6 addresses change: the lower half every few
// hours by themselves, the upper with the provider's nightly renewal. The
// session stays.
var Privacy = register(Kind{
	Name:  "ipv6_privacy",
	Title: "IPv6 homes whose address changes daily",
	Share: 0.02,
	start: func(c *cast) {
		n := max(4, int(c.lines/c.wide(25, 150)))
		for range n {
			p := c.crowd.anyone(c.dice)
			who := identity{agent: p.agent, user: p.user, person: p.index, session: token(c.dice, 24)}
			base := residence(c.dice, true).As16()
			renews := c.span(3*time.Hour, 30*time.Hour)
			hides := c.span(20*time.Minute, 24*time.Hour)
			seed := c.Uint64()
			c.arrivals(max(1, c.lines/float64(n)/11), func(c *cast) {
				c.enter(c.now, who, func(cl *client) {
					place := func() {
						b := base
						up, low := mix(seed, uint64(cl.at/int64(renews))), mix(seed+1, uint64(cl.at/int64(hides)))
						for i := range 3 {
							b[5+i] = byte(up >> (8 * i))
						}
						for i := range 8 {
							b[8+i] = byte(low >> (8 * i))
						}
						cl.addr = netip.AddrFrom16(b)
					}
					place()
					cl.referer = "https://" + cl.api.host + "/"
					cl.get(cl.api.me, "", 640)
					for range 1 + int(cl.ExpFloat64()*2) {
						cl.think(7 * time.Second)
						place()
						cl.browse(0)
					}
					if cl.chance(0.4) {
						cl.ownThings()
					}
				})
			})
		}
	},
})
