package simulate

import (
	"net/netip"
	"time"
)

// Travellers are one day here and the next on another continent, with the
// session that they took along; others switch a VPN on and off, and seem to
// fly within a minute. A colleague in the office abroad may use the same key.
var Travellers = register(Kind{
	Name:  "travellers",
	Title: "Travellers and people who switch a VPN on and off",
	Share: 0.02,
	start: func(c *cast) {
		exits := c.crowd.addresses(c.dice, c.count(2, 10), hosting) // of a VPN that many use
		for i := range exits {
			if c.chance(0.5) {
				exits[i] = c.crowd.far(c.dice)
			}
		}
		n := max(4, int(c.lines/c.wide(25, 120)))
		for range n {
			p := c.crowd.anyone(c.dice)
			who := p.at(c.dice)
			who.user, who.person, who.session = p.user, p.index, token(c.dice, 24)
			away := []netip.Addr{c.crowd.far(c.dice), c.crowd.far(c.dice)} // the hotel, the local SIM
			leaves := c.Start + int64(c.between(0, 1)*float64(c.end-c.Start))
			toggles := c.chance(0.5)
			often := c.between(0.05, 0.5)
			on, exit := false, exits[c.IntN(len(exits))]
			c.arrivals(max(2, c.lines/float64(n)/11), func(c *cast) {
				c.enter(c.now, who, func(cl *client) {
					place := func() {
						switch {
						case toggles && on:
							cl.addr = exit
						case !toggles && cl.at > leaves:
							cl.addr = away[cl.IntN(2)]
						default:
							cl.addr = p.where(cl.dice)
						}
					}
					place()
					cl.referer = "https://" + cl.api.host + "/"
					cl.get(cl.api.me, "", 640)
					for range 2 + int(cl.ExpFloat64()*2) {
						if toggles && cl.chance(often) {
							on = !on
							exit = exits[cl.IntN(len(exits))]
							place()
						}
						cl.think(6 * time.Second)
						cl.browse(0)
					}
					if cl.chance(0.4) {
						cl.ownThings()
					}
					if cl.chance(0.05) {
						cl.think(20 * time.Second)
						cl.alter(cl.api.settings.addresses)
					}
				})
			})
		}
		// One account that a family on two continents shares.
		c.arrivals(max(2, c.lines/60), func(c *cast) {
			p := c.crowd.anyone(c.dice)
			for i, who := range []identity{p.at(c.dice), {addr: c.crowd.far(c.dice), agent: browser(c.dice, true)}} {
				c.enter(c.now+int64(i)*int64(c.ExpFloat64()*float64(time.Hour)), who, func(cl *client) {
					if !cl.signIn(p, p.clumsy) {
						return
					}
					cl.get(cl.api.me, "", 640)
					cl.browse(0)
					cl.ownThings()
				})
			}
		})
		// A firm's key in two regions at once.
		who := c.partner()
		regions := []netip.Addr{who.addr, c.crowd.far(c.dice), c.crowd.address(c.dice, hosting), c.crowd.address(c.dice, hosting)}[:c.count(2, 4)]
		every := time.Duration(float64(c.end-c.Start) / max(10, c.lines/6))
		what := c.api.owned[0]
		c.enter(c.begin(every), who, func(cl *client) {
			for {
				cl.addr = regions[cl.IntN(len(regions))]
				if cl.chance(0.3) {
					cl.list(what, cl.IntN(3))
				} else {
					cl.open(what, max(0, what.n-1-cl.IntN(200)))
				}
				cl.wait(time.Duration(cl.ExpFloat64() * float64(every)))
			}
		})
	},
})
