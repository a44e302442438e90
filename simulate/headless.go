package simulate

import (
	"fmt"
	"time"
)

// Headless apps look like scripts: a desktop program with a browser inside, a
// television, a kiosk. They send no referer and fetch no asset, for theirs are
// on board; strict browsers send no referer either, and everything is cached.
var Headless = register(Kind{
	Name:  "headless_app",
	Title: "Apps and strict browsers without referer or assets",
	Share: 0.04,
	start: func(c *cast) {
		v := c.count(98, 132) // the engine that the program was built with, years ago
		name := c.pick([]string{"ShopDesk", "Workbench", "TVShow", "Lobby"})
		agents := []string{
			fmt.Sprintf("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) %s/3.%d.0 Chrome/%d.0.4664.110 Electron/16.0.7 Safari/537.36", name, c.IntN(9), v),
			fmt.Sprintf("Mozilla/5.0 (SMART-TV; Linux; Tizen 5.5) AppleWebKit/537.36 (KHTML, like Gecko) Version/5.5 TV Safari/537.36 Chrome/%d.0", v-30),
			fmt.Sprintf("Mozilla/5.0 (X11; Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36", v),
		}
		c.arrivals(max(4, c.lines/14), func(c *cast) {
			p := c.crowd.anyone(c.dice)
			who := p.at(c.dice)
			strict := c.chance(0.4)
			if !strict {
				who.agent = agents[c.IntN(len(agents))]
			} else if c.chance(0.3) {
				who.tls = "Firefox/hardened" // randomises its handshake
			}
			poll := c.span(2*time.Second, 90*time.Second)
			c.enter(c.now, who, func(cl *client) {
				cl.user, cl.person, cl.session = p.user, p.index, token(cl.dice, 24)
				if strict && cl.chance(0.5) && len(cl.api.pages) > 0 {
					cl.get(cl.pick(cl.api.pages), "", 14000)
				}
				for range 2 + int(cl.ExpFloat64()*3) {
					if cl.chance(0.4) && !strict {
						for range cl.many(2, 12) {
							cl.get(cl.api.polls[0], "", 300)
							cl.pace(poll, 0.05)
						}
						continue
					}
					cl.browse(0)
				}
				if cl.chance(0.3) {
					cl.get(cl.api.search, "q="+cl.pick(words), 2500)
				}
			})
		})
	},
})
