package simulate

import (
	"net/netip"
	"time"
)

// Crawlers of search engines read public pages without end, each a few times
// a minute from a handful of addresses.
var Crawlers = register(Kind{
	Name:   "crawler",
	Title:  "Search engines' crawlers",
	Share:  0.07,
	Shapes: []string{"shop", "site"},
	start: func(c *cast) {
		bots := []struct {
			agent string
			net   [3]byte
		}{
			{"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", [3]byte{66, 249, 66}},
			{"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", [3]byte{157, 55, 39}},
			{"Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", [3]byte{87, 250, 224}},
			{"Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", [3]byte{54, 36, 148}},
			{"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", [3]byte{20, 171, 207}},
		}
		n := c.count(1, len(bots))
		for i := range n {
			b := bots[(i+c.IntN(2))%len(bots)]
			addrs := c.many(1, 12)
			gap := float64(c.end-c.Start) / (c.lines / float64(n))
			missing := c.wide(0.005, 0.08)
			inOrder := c.chance(0.3) // as the site map lists them
			who := identity{agent: b.agent}
			c.enter(c.Start, who, func(cl *client) {
				next := 0
				for k := 0; ; k++ {
					cl.addr = netip.AddrFrom4([4]byte{b.net[0], b.net[1], b.net[2], byte(1 + cl.IntN(addrs)*7)})
					cl.wait(time.Duration(cl.ExpFloat64() * gap))
					col := cl.api.public[cl.IntN(len(cl.api.public))]
					switch {
					case k%500 == 0:
						cl.get("/robots.txt", "", 240)
					case k%900 == 1:
						cl.get("/sitemap.xml", "", 90000)
					case cl.chance(missing):
						cl.missing(col.path + "/old-" + cl.pick(words))
					case cl.chance(0.15):
						cl.list(col, cl.IntN(1+col.n/col.perPage/2))
					case inOrder:
						for next++; !col.exists(next % col.n); next++ {
						}
						cl.open(col, next%col.n)
					default:
						cl.open(col, col.random(cl.dice))
					}
				}
			})
		}
	},
})
