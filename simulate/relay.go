package simulate

import (
	"fmt"
	"net/netip"
	"time"
)

// Relays are why one session has many addresses without anybody's doing: a
// privacy relay leaves by another exit at each connection, a carrier spreads
// one telephone over its pool, a browser that saves data fetches through its
// maker's proxies, which name the true address in X-Forwarded-For.
var Relays = register(Kind{
	Name:  "relays",
	Title: "Sessions that leave by another exit at each connection: privacy relays, carriers' pools, data savers",
	Share: 0.05,
	start: func(c *cast) {
		exits := c.crowd.addresses(c.dice, c.many(20, 800), hosting)
		pool := make([]netip.Addr, c.many(8, 250))
		pool[0] = c.crowd.address(c.dice, residential)
		for i := range pool {
			b := pool[0].As4()
			b[2], b[3] = b[2]+byte(c.IntN(8)), byte(1+c.IntN(254))
			pool[i] = netip.AddrFrom4(b)
		}
		savers := c.crowd.addresses(c.dice, c.count(1, 4), hosting)
		stays := c.between(0, 0.8) // on the connection it has
		mini := fmt.Sprintf("Opera/9.80 (Android; Opera Mini/%d.0.2254/191.%d; U; en) Presto/2.12.423 Version/12.16", c.count(30, 70), c.IntN(300))
		c.arrivals(max(4, c.lines/14), func(c *cast) {
			p := c.crowd.anyone(c.dice)
			who := identity{agent: p.agent, user: p.user, person: p.index, session: token(c.dice, 24)}
			places := exits
			switch c.IntN(3) {
			case 1:
				places, who.agent = pool, browser(c.dice, true)
			case 2:
				places, who.agent = savers, mini
				who.forwarded = p.where(c.dice).String()
			}
			long := c.chance(0.15)
			c.enter(c.now, who, func(cl *client) {
				cl.addr = places[cl.IntN(len(places))]
				if cl.chance(0.7) {
					cl.referer = "https://" + cl.api.host + "/"
				}
				visits := 1 + int(cl.ExpFloat64()*2)
				if long {
					visits *= 6
				}
				for range visits {
					if !cl.chance(stays) {
						cl.addr = places[cl.IntN(len(places))]
					}
					cl.get(cl.pick(cl.api.polls), "", 300)
					cl.think(5 * time.Second)
					if !cl.chance(stays) {
						cl.addr = places[cl.IntN(len(places))]
					}
					cl.browse(0)
				}
			})
		})
	},
})
