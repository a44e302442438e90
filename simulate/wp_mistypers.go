package simulate

import "time"

// Mistypers have an account on the site and forgot its password: the form
// comes back again and again, then it works, or they ask for a new one.
var Mistypers = register(Kind{
	Name:   "wp_mistypers",
	Title:  "People who mistype on wp-login, some many times",
	Share:  0.03,
	Shapes: []string{"site"},
	start: func(c *cast) {
		c.arrivals(max(c.lines/8, 2), func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, p.at(c.dice), func(cl *client) {
				cl.get("/wp-login.php", "", 6800)
				for range 1 + int(cl.ExpFloat64()*4) {
					cl.think(8 * time.Second)
					cl.try(p.account, false)
				}
				cl.think(9 * time.Second)
				if cl.chance(0.4) {
					cl.get("/wp-login.php", "action=lostpassword", 5800)
					cl.think(10 * time.Second)
					cl.send(ask{method: "POST", path: "/wp-login.php", query: "action=lostpassword", status: 302, in: 60})
					cl.think(90 * time.Second)
					cl.get("/wp-login.php", "action=rp", 6000)
				}
				if cl.try(p.account, true) {
					cl.get("/wp-admin/profile.php", "", 40000)
				}
			})
		})
	},
})
