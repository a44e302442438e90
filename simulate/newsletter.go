package simulate

import (
	"fmt"
	"time"
)

// Newsletter readers each follow a link with an id of their own, within hours
// of the mailing; some links have expired, some are opened by mail filters.
var Newsletter = register(Kind{
	Name:  "newsletter",
	Title: "Thousands of personal links from a mailing",
	Share: 0.02,
	start: func(c *cast) {
		path := c.pick([]string{"/n/", "/r/", "/offers/claim/", "/unsubscribe/", "/api/v1/invitations/"})
		expired := c.wide(0.005, 0.15)
		filter := c.crowd.addresses(c.dice, c.count(1, 6), hosting)
		sent := c.begin(8 * time.Hour)
		c.enter(sent, identity{}, func(cl *client) {
			stage := cl.cast()
			for range int(c.lines / 1.6) {
				p := cl.crowd.anyone(cl.dice)
				link := path + uuid(cl.Uint64(), cl.Uint64())
				status := 200
				if cl.chance(expired) {
					status = []int{404, 410}[cl.IntN(2)]
				}
				if cl.chance(0.25) {
					who := identity{addr: filter[cl.IntN(len(filter))], agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"}
					stage.enter(cl.at+int64(cl.ExpFloat64()*60e9), who, func(cl *client) {
						cl.send(ask{method: "GET", path: link, status: status, out: 900})
					})
				}
				stage.enter(cl.at+int64(cl.ExpFloat64()*2*float64(time.Hour)), p.at(cl.dice), func(cl *client) {
					cl.referer = "https://mail.google.com/"
					cl.send(ask{method: "GET", path: link, status: status, out: 900})
					if cl.chance(0.4) {
						cl.think(10 * time.Second)
						cl.get("/", fmt.Sprintf("utm_source=mail&utm_campaign=%s", cl.api.login.path[1:3]), 14000)
					}
				})
				cl.wait(time.Duration(cl.ExpFloat64() * float64(20*time.Millisecond)))
			}
		})
	},
})
