package simulate

import (
	"fmt"
	"time"
)

// Workshop is thirty people in a room, each with a new account or key, who run
// the same notebook, cell by cell, on the exercise's things.
var Workshop = register(Kind{
	Name:   "workshop",
	Title:  "A workshop where everybody runs the same script with a key of their own",
	Share:  0.02,
	Shapes: []string{"shop", "b2b", "saas"},
	start: func(c *cast) {
		n := max(6, int(c.lines/c.wide(15, 60)))
		rooms := max(1, n/c.count(12, 60))
		agent := c.pick([]string{"python-requests/2.32.3", "python-httpx/0.27.0", "acme-sdk-python/2.4.1", "axios/1.7.2", "PostmanRuntime/7.39.0"})
		var cells []int
		for range c.many(3, 12) {
			cells = append(cells, c.IntN(5))
		}
		for room := range rooms {
			addr := c.crowd.address(c.dice, residential)
			lasts := c.span(30*time.Minute, 4*time.Hour)
			at := c.begin(lasts)
			signs := c.chance(0.5)
			runs := c.count(1, 4)
			each := c.chance(0.5) // everybody gets a part of the exercise
			first := 0
			if len(c.api.public) > 0 {
				first = c.IntN(c.api.public[0].n)
			}
			for i := range n / rooms {
				p := c.crowd.person(c.crowd.people + 3000000 + room*1000 + i)
				who := identity{addr: addr, agent: agent, person: p.index}
				if c.chance(0.15) {
					who.addr = c.crowd.address(c.dice, residential) // by telephone
				}
				if c.api.keyed {
					who.key = c.newKey()
				} else {
					who.user, who.session = p.user, token(c.dice, 24)
				}
				c.enter(at+int64(c.Float64()*float64(lasts)/4), who, func(cl *client) {
					if signs {
						cl.agent = p.agent
						cl.join(p, p.account)
						cl.identity = who
					}
					for range runs {
						for k, cell := range cells {
							switch {
							case cell == 0:
								cl.get(cl.api.me, "", 640)
							case cell == 1:
								cl.get(cl.api.search, fmt.Sprintf("q=%s", words[k]), 2500)
							case cell == 2 && len(cl.api.public) > 0:
								cl.list(cl.api.public[0], k%3)
							case cell < 4 && len(cl.api.public) > 0:
								col := cl.api.public[0]
								from := first
								if each {
									from += i * 10
								}
								for j := range 6 {
									cl.open(col, (from+j)%col.n)
									cl.wait(time.Duration(cl.about(150, 0.3) * 1e6))
								}
							default:
								if cl.send(ask{method: "POST", path: cl.api.owned[0].path, status: 201, in: 500, out: 120, slow: 4}) == 201 {
									id := cl.api.owned[0].create(cl.person)
									cl.wait(time.Duration(cl.about(200, 0.3) * 1e6))
									cl.open(cl.api.owned[0], id)
								}
							}
							cl.think(20 * time.Second) // until the next cell
						}
						cl.wait(time.Duration(cl.ExpFloat64() * float64(lasts) / 6))
					}
				})
			}
		}
	},
})
