package simulate

import "time"

// OddSearchers type what looks like an attack and is none: names with an
// apostrophe, code, formulas, addresses, errors copied from a screen.
var OddSearchers = register(Kind{
	Name:  "odd_searchers",
	Title: "People who search for code, formulas and names with apostrophes",
	Share: 0.015,
	start: func(c *cast) {
		c.arrivals(max(c.lines/6, 2), func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, p.at(c.dice), func(cl *client) {
				if cl.api.members {
					cl.user, cl.person, cl.session = p.user, p.index, token(cl.dice, 24)
				}
				for range 1 + int(cl.ExpFloat64()*4) {
					q := "q=" + escape(cl.pick(oddQueries))
					switch cl.IntN(5) {
					case 0:
						q = "redirect=" + escape("https://"+cl.api.host+"/account?tab=orders&next=/a/../b")
					case 1:
						q += "&filter=" + escape("price >= 10 AND (size = 'M' OR size = 'L')")
					}
					status := 200
					if cl.api.waf && cl.chance(0.2) {
						status = 403
					}
					cl.send(ask{method: "GET", path: cl.api.search, query: q, status: status, out: 2300, slow: 2})
					cl.think(12 * time.Second)
				}
			})
		})
	},
})

var oddQueries = []string{"O'Reilly SQL in a nutshell", "D'Angelo & sons; drop shipping", "select * from where to start", "union select committee report", "how to use <script> tags", "vector<int> c++", "if (a > b) alert",
	"1' 6\" x 2' 4\" table", "50% off; or 1=1 deal", "{{ mustache }} template", "${HOME} variable t-shirt", "../../ relative path linux", "/etc/passwd explained", "C:\\Windows\\System32 error", "rock 'n' roll -- best of", "drop table lamp",
	"order by price asc", "sleep(5) song", "javascript: the good parts", "http://localhost:3000 not working", "Error: ORA-00933: SQL command not properly ended", "x' = 2x solve", "AND OR NOT gate", "onerror= handler", "cat | grep mug", "$(document).ready"}
