package simulate

import (
	"fmt"
	"time"
)

// BrokenRelease is hours in which the page asks for what is not there: many
// people miss the same few paths, one person misses several.
var BrokenRelease = register(Kind{
	Name:  "broken_release",
	Title: "A release with broken links: many people miss the same paths",
	Share: 0.025,
	start: func(c *cast) {
		lasts := c.span(20*time.Minute, 6*time.Hour)
		at := c.begin(lasts)
		var gone []string
		for range c.many(2, 14) {
			gone = append(gone, c.pick([]string{
				fmt.Sprintf("/assets/chunk.%06x.js", c.IntN(1<<24)), fmt.Sprintf("/static/%s.%06x.css", c.pick(words), c.IntN(1<<24)),
				"/" + c.pick(words) + "-" + c.pick(words), c.api.at + "/" + c.pick(words), "/old/" + c.pick(roots) + "/" + c.pick(leaves), c.api.at + "/v2/" + c.pick(leaves)}))
		}
		status := c.pickInt(404, 404, 404, 403, 410)
		c.arrivalsWithin(at, min(at+int64(lasts), c.end), max(c.lines/7, 5), func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, p.at(c.dice), func(cl *client) {
				cl.referer = "https://" + cl.api.host + "/"
				for range 1 + cl.IntN(3) {
					cl.openOrLand()
					for _, g := range gone[:1+cl.IntN(len(gone))] {
						cl.wait(time.Duration(cl.between(5, 300) * 1e6))
						cl.send(ask{method: "GET", path: g, status: status, out: 146, slow: 0.3})
					}
					cl.think(12 * time.Second)
				}
			})
		})
	},
})
