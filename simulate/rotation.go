package simulate

import (
	"fmt"
	"net/netip"
	"time"
)

// Rotation is one key, session or program that leaves by a fresh address after
// every request or few, so that limits for each address count nothing. Source:
// Chiapponi et al., "BADPASS: Bots Taking ADvantage of Proxy as a Service".
var Rotation = register(Kind{
	Name:   "ip_rotation",
	Title:  "One caller, a fresh address every few requests",
	Attack: true,
	start: func(c *cast) {
		perMinute := pick3(c, c.wide(40, 600), c.wide(10, 150), c.wide(1, 40))
		n, lasts := c.spread(pick3(c, c.many(500, 10000), c.many(300, 5000), c.many(200, 3000)), perMinute)
		each := pick3(c, c.count(1, 2), c.count(1, 6), c.many(1, 30))
		used := max(4, (n+each-1)/each)
		pool := used
		if c.chance(0.5) { // a pool that comes round again
			pool = max(4, min(used, c.many(20+n/25, 20+n)))
		}
		h := c.hide(pool)
		if c.chance(pick3(c, 0.3, 0.6, 0.9)) { // homes, all over the world
			for i := range h.addrs {
				if h.addrs[i] = c.crowd.address(c.dice, residential); c.chance(0.4) {
					h.addrs[i] = c.crowd.far(c.dice)
				}
			}
		} else if c.chance(0.3) {
			h.addrs = c.crowd.prefix(c.dice, pool) // an IPv6 network of its own
		}
		// What stays the same.
		who, stays := identity{}, "a program"
		switch {
		case c.api.keyed && c.chance(0.45):
			who, stays = identity{key: c.newKey()}, "a key"
		case c.api.members || (c.api.logs.session || c.api.logs.user) && c.chance(0.5):
			who, stays = c.account(0), "a session"
		default:
			h.agents = h.agents[:1] // rare enough to be known again
			if c.chance(0.7) {
				h.agents[0] = fmt.Sprintf("Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.%d.%d Safari/537.36", c.pick(desktops), c.count(88, 140), c.count(4300, 7400), c.count(60, 220))
				h.tls = ""
			}
		}
		jitter := pick3(c, c.between(0, 0.2), c.between(0.1, 0.6), c.between(0.4, 0.95))
		pretend := pick3(c, 0, c.between(0, 0.2), c.between(0, 0.5))
		rests := pick3(c, 0, c.between(0, 0.004), c.between(0, 0.01))
		job := c.errand()
		c.note(fmt.Sprintf("%s, %d requests an address, %d addresses, %.1f/min, %d requests for %s, %s, decoys %.0f%%", stays, each, pool, perMinute, n, job.name, h.agentsName(), pretend*100))
		at := c.begin(lasts)
		c.enter(at, who, func(cl *client) {
			cl.wear(h, 0)
			if who.own != "" {
				cl.arrive()
			}
			var addr netip.Addr
			for i := range n {
				cl.identity = who
				cl.wear(h, i/each)
				cl.agent = h.agents[0]
				if len(h.agents) > 1 && addr != cl.addr && cl.chance(0.5) {
					cl.agent = h.agents[i/each%len(h.agents)]
				}
				addr = cl.addr
				if cl.chance(pretend) {
					cl.pretend()
				} else {
					job.do(cl, i)
				}
				cl.pace(time.Duration(float64(time.Minute)/perMinute), jitter)
				cl.lull(rests, 15*time.Minute)
			}
		})
	},
})
