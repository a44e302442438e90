package simulate

import "time"

// OldApps were never updated: they call routes that no document has any more,
// and some that are gone.
var OldApps = register(Kind{
	Name:   "old_apps",
	Title:  "Apps of years ago that call routes nobody documents any more",
	Share:  0.015,
	Shapes: []string{"shop", "saas", "b2b"},
	start: func(c *cast) {
		routes := c.hiddenRoutes()
		agent := c.pick([]string{"ShopApp/2.1.0 (Android 8; SM-G950F)", "okhttp/3.4.1", "ShopApp/1.9 CFNetwork/978.0.7 Darwin/18.7.0", "Acme-Sync/0.9"})
		c.arrivals(max(c.lines/7, 2), func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, identity{addr: p.where(c.dice), agent: agent, user: p.user, session: token(c.dice, 24), person: p.index}, func(cl *client) {
				col := cl.api.owned[0]
				own := col.of(cl.person)
				for range 1 + cl.IntN(10) {
					switch {
					case cl.chance(0.2):
						cl.probe("GET", cl.pick(oldBases)+"/"+cl.pick([]string{"config", "banner", "users", col.name}))
					case len(own) > 0:
						cl.send(ask{method: "GET", path: cl.pick(routes) + "/" + col.id(own[cl.IntN(len(own))]), status: 200, out: col.size * 2})
					default:
						cl.get(cl.api.me, "", 600)
					}
					cl.think(10 * time.Second)
				}
			})
		})
	},
})
