package simulate

import (
	"net/netip"
	"time"
)

// Previews are the bots of messengers and networks that fetch a link when
// somebody posts it: a burst from many addresses for one thing, declared, with
// no referer and no asset; readers follow.
var Previews = register(Kind{
	Name:   "link_previews",
	Title:  "Link-preview bots, and the readers who follow",
	Share:  0.02,
	Shapes: []string{"shop", "site"},
	start: func(c *cast) {
		bots := []struct {
			agent string
			net   [2]byte
		}{
			{"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", [2]byte{69, 171}},
			{"Twitterbot/1.0", [2]byte{199, 16}}, {"Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", [2]byte{54, 172}},
			{"WhatsApp/2.24.6.77 A", [2]byte{157, 240}}, {"TelegramBot (like TwitterBot)", [2]byte{149, 154}}, {"Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", [2]byte{35, 190}},
			{"LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)", [2]byte{108, 174}},
		}
		each := c.many(3, 60)
		c.arrivals(max(2, c.lines/float64(each)/1.6), func(c *cast) {
			col := c.api.public[0]
			id := col.popular(c.dice)
			for range c.many(1, each) {
				b := bots[c.IntN(len(bots))]
				who := identity{agent: b.agent, addr: netip.AddrFrom4([4]byte{b.net[0], b.net[1], byte(c.IntN(64)), byte(1 + c.IntN(254))})}
				at := c.now + int64(c.ExpFloat64()*float64(10*time.Minute))
				c.enter(at, who, func(cl *client) {
					if cl.chance(0.1) {
						cl.get("/robots.txt", "", 240)
					}
					cl.open(col, id)
				})
				for range c.IntN(3) {
					p := c.crowd.anyone(c.dice)
					c.enter(at+int64(c.ExpFloat64()*float64(20*time.Minute)), p.at(c.dice), func(cl *client) {
						cl.referer = cl.pick([]string{"https://t.co/", "https://l.facebook.com/", "", "https://out.reddit.com/"})
						cl.open(col, id)
					})
				}
			}
		})
	},
})
