package simulate

import (
	"net/netip"
	"time"
)

// Campus is a university, or a carrier's telephones, whose hosts have public
// addresses side by side: a /24 full of people, a /48 with a /64 each.
var Campus = register(Kind{
	Name:  "campus",
	Title: "Networks with hundreds of public addresses side by side",
	Share: 0.04,
	start: func(c *cast) {
		nets := c.count(1, 3)
		for range nets {
			v6 := c.chance(0.5)
			base4 := c.crowd.address(c.dice, residential).As4()
			base6 := residence(c.dice, true).As16()
			hosts := c.many(20, 600)
			managed := browser(c.dice, c.chance(0.4))
			same := c.between(0, 0.8)
			salt := c.Uint64()
			first := c.IntN(c.crowd.people)
			c.arrivals(max(4, c.lines/float64(nets)/11), func(c *cast) {
				host := c.IntN(hosts)
				p := c.crowd.person(1 + (first+host)%c.crowd.people)
				who := identity{agent: p.agent}
				if c.chance(same) {
					who.agent = managed
				}
				if v6 {
					b := base6
					h := mix(salt, uint64(host))
					b[6], b[7] = byte(h), byte(h>>8)
					for i := 8; i < 16; i++ {
						b[i] = byte(c.Uint32())
					}
					who.addr = netip.AddrFrom16(b)
				} else {
					who.addr = netip.AddrFrom4([4]byte{base4[0], base4[1], base4[2] + byte(host/254), byte(1 + host%254)})
				}
				c.enter(c.now, who, func(cl *client) {
					cl.land()
					cl.referer = "https://" + cl.api.host + "/"
					if (cl.api.members || cl.chance(0.3)) && !cl.signIn(p, p.clumsy) {
						return
					}
					for range 1 + int(cl.ExpFloat64()*1.5) {
						cl.think(6 * time.Second)
						cl.browse(0)
					}
					if cl.person != 0 && cl.chance(0.4) {
						cl.ownThings()
					}
				})
			})
		}
	},
})
