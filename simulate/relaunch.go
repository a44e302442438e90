package simulate

import (
	"fmt"
	"time"
)

// Relaunch is the days after a site got new addresses for everything: search
// engines and link checkers ask for hundreds of old ones, each once, and
// programmes nobody looks at ask for the same missing one for ever.
var Relaunch = register(Kind{
	Name:  "relaunch",
	Title: "After a relaunch: robots that ask for hundreds of old paths, clients that never learn",
	Share: 0.03,
	start: func(c *cast) {
		robots := c.count(1, 4)
		gone := c.between(0.5, 0.98) // the rest leads on
		old := c.pick([]string{"/old", "/shop", "/catalog", "/de", "/archive", "/node"})
		for range robots {
			n := int(c.lines*0.7/float64(robots)) + 3
			who := identity{addr: c.crowd.address(c.dice, hosting), agent: c.pick([]string{"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "W3C-checklink/4.81", "LinkChecker/10.2", "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)"})}
			gap := min(c.span(300*time.Millisecond, 3*time.Minute), time.Duration(c.Hours*0.7*float64(time.Hour)/float64(n)))
			c.enter(c.begin(gap*time.Duration(n)), who, func(cl *client) {
				for i := range n {
					path := fmt.Sprintf("%s/%s/%s-%s", old, cl.pick(roots), cl.pick(words), cl.pick(words))
					if cl.chance(0.3) {
						path = fmt.Sprintf("%s/index.php/%s/%d.html", old, cl.pick(words), 100+i)
					}
					if cl.chance(gone) {
						cl.send(ask{method: cl.pick([]string{"GET", "GET", "HEAD"}), path: path, status: cl.pickInt(404, 404, 410), out: 146, slow: 0.3})
					} else {
						cl.send(ask{method: "GET", path: path, status: 301, out: 0, slow: 0.3})
					}
					cl.pace(gap, 0.7)
				}
			})
		}
		clients := c.count(1, 5)
		for range clients {
			p := c.crowd.anyone(c.dice)
			path := c.api.at + "/" + c.pick(roots) + "/" + c.pick([]string{"config.json", "feed", "version", "status"})
			gap := time.Duration(c.Hours * float64(time.Hour) * float64(clients) / (c.lines*0.3 + 1))
			c.enter(c.Start, identity{addr: p.where(c.dice), agent: p.app}, func(cl *client) {
				for {
					cl.missing(path)
					cl.pace(gap, 0.05)
				}
			})
		}
	},
})
