package simulate

import (
	"fmt"
	"time"
)

// Curious people mistype, follow links that broke long ago, and guess a number
// or two.
var Curious = register(Kind{
	Name:  "curious",
	Title: "Broken links, mistyped addresses, a number or two guessed",
	Share: 0.03,
	start: func(c *cast) {
		broken := []string{"/newsletter/2019/spring", "/apple-touch-icon.png", "/favicon.ico", "/old/" + c.pick(words)}
		c.arrivals(c.lines/3, func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, p.at(c.dice), func(cl *client) {
				switch cl.IntN(4) {
				case 0:
					cl.referer = "https://mail.google.com/"
					cl.missing(cl.pick(broken))
				case 1:
					for range 1 + cl.IntN(3) {
						cl.missing(fmt.Sprintf("/%s-%s", cl.pick(words), cl.pick(words)))
						cl.think(9 * time.Second)
					}
				case 2: // what lies beside my order?
					cl.person, cl.user, cl.session = p.index, p.user, token(cl.dice, 24)
					col := cl.api.owned[0]
					own := col.of(p.index)
					if len(own) == 0 {
						return
					}
					id := own[len(own)-1]
					for i := range 1 + cl.IntN(3) {
						cl.open(col, min(id+i, col.n-1))
						cl.think(8 * time.Second)
					}
				default:
					cl.missing(cl.pick(broken))
					cl.think(4 * time.Second)
					cl.get("/", "", 14000)
				}
			})
		})
	},
})
