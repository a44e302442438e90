package simulate

import (
	"fmt"
	"time"
)

// Pretender is a script that says it is the browser or the app: no referer,
// nothing fetched that a page needs, a TLS handshake and an HTTP version that
// the name does not have. The careful forge a referer, fetch a style sheet now
// and then, and miss the rest. Source: Li et al., "Good Bot, Bad Bot" (S&P
// 2021), whose bots were mostly simple libraries under a browser's name.
var Pretender = register(Kind{
	Name:   "missing_headers",
	Title:  "A script that claims to be the browser or the app",
	Attack: true,
	start: func(c *cast) {
		perMinute := pick3(c, c.wide(20, 300), c.wide(4, 60), c.wide(0.5, 15))
		n, lasts := c.spread(pick3(c, c.many(300, 6000), c.many(200, 3000), c.many(120, 1500)), perMinute)
		h := c.hide(pick3(c, 1, c.many(1, 20), c.many(1, 150)))
		h.referer, h.agents = "", nil
		claims := []string{"an old browser", "browsers at random", "one new browser", "the app"}
		if !c.api.logs.tls || !Apps.Fits(c.Shape) {
			claims = claims[:3] // nothing would tell it from the app
		}
		says := c.pick(claims)
		switch says {
		case "an old browser":
			h.agents = []string{c.pick([]string{
				"Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" + fmt.Sprint(c.count(41, 99)) + ".0.2228.0 Safari/537.36",
				"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:" + fmt.Sprint(c.count(40, 90)) + ".0) Gecko/20100101 Firefox/" + fmt.Sprint(c.count(40, 90)) + ".0",
				"Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.0)", "Mozilla/5.0"})}
		case "browsers at random":
			for range 1 + len(h.addrs) {
				h.agents = append(h.agents, browser(c.dice, c.chance(0.4)))
			}
		case "one new browser":
			h.agents = []string{browser(c.dice, false)}
		default:
			h.agents = []string{app(c.dice)}
		}
		h.tls = c.pick(tools)
		if says != "the app" && len(c.api.pages) > 0 && c.chance(pick3(c, 0, 0.1, 0.4)) {
			h.tls = "" // imitates the handshake, too
		}
		forged := pick3(c, 0, c.between(0, 0.3), c.between(0.2, 1)) // share with a referer, always the same
		assets := pick3(c, 0, c.between(0, 0.03), c.between(0, 0.12))
		jitter := pick3(c, c.between(0, 0.2), c.between(0.1, 0.6), c.between(0.4, 0.95))
		pretend := pick3(c, 0, c.between(0, 0.2), c.between(0.05, 0.5))
		job := c.errand()
		who := c.passes(0, 0)
		pages := c.chance(0.4) && len(c.api.pages) > 0 // also parses pages
		c.note(fmt.Sprintf("says %s, %.1f/min, %d requests for %s, %d addresses, handshake of %q, forged referer %.0f%%, assets %.0f%%, decoys %.0f%%", says, perMinute, n, job.name, len(h.addrs), h.tls, forged*100, assets*100, pretend*100))
		c.enter(c.begin(lasts), who, func(cl *client) {
			cl.wear(h, 0)
			if who.own != "" {
				cl.arrive()
			}
			for i := range n {
				cl.wear(h, cl.IntN(len(h.addrs)))
				if cl.chance(forged) {
					cl.referer = "https://" + cl.api.host + "/"
				}
				switch {
				case cl.chance(pretend):
					cl.pretend()
				case cl.chance(assets) && len(cl.api.assets) > 0:
					cl.get(cl.pick(cl.api.assets), "", 20000)
				case pages && i%3 == 0:
					cl.get(cl.pick(cl.api.pages), "", 14000)
				default:
					job.do(cl, i)
				}
				cl.pace(time.Duration(float64(time.Minute)/perMinute), jitter)
			}
		})
	},
})
