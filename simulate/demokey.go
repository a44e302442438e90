package simulate

import "time"

// DemoKey is the key of the documentation: everybody who reads it tries it,
// from anywhere, with whatever tool is at hand, and some go on for a while.
var DemoKey = register(Kind{
	Name:   "demo_key",
	Title:  "The documentation's key, used by many strangers",
	Share:  0.02,
	Shapes: []string{"shop", "b2b", "saas"},
	start: func(c *cast) {
		if !c.api.keyed {
			return
		}
		who := identity{key: "demo_" + token(c.dice, 20), limit: c.wide(60, 600)}
		if c.api.members {
			who.person = c.crowd.people + 98000
		}
		each := c.wide(6, 60)
		c.arrivals(max(3, c.lines/each), func(c *cast) {
			who := who
			who.agent = c.pick(tools)
			switch x := c.Float64(); {
			case x < 0.35:
				who.addr = c.crowd.far(c.dice)
			case x < 0.6:
				who.addr = residence(c.dice, false)
			default:
				who.addr = c.crowd.address(c.dice, hosting)
			}
			c.enter(c.now, who, func(cl *client) {
				col := cl.api.owned[0]
				if len(cl.api.public) > 0 {
					col = cl.api.public[0]
				}
				cl.get(cl.api.me, "", 640)
				for k := range int(cl.ExpFloat64() * each) {
					cl.think(4 * time.Second)
					switch {
					case cl.chance(0.2):
						cl.list(col, k%5)
					case cl.chance(0.2):
						cl.get(cl.api.search, "q="+cl.pick(words), 2500)
					case col.mine == nil:
						cl.open(col, (k+7)%col.n)
					default:
						cl.get(cl.api.polls[0], "", 300)
					}
				}
			})
		})
	},
})
