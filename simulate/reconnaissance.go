package simulate

import "fmt"

// Reconnaissance looks for what is there: files left behind, administrators'
// pages, documents of the API, methods that nobody meant to allow. Nearly all
// of it misses.
// Sources: OWASP OAT-014, vulnerability scanning, and OAT-018, footprinting;
// MITRE ATT&CK T1595.003, wordlist scanning.
var Reconnaissance = register(Kind{
	Name:   "reconnaissance",
	Title:  "A search for files, routes and methods that nobody meant to show",
	Attack: true,
	start: func(c *cast) {
		t := c.tempo([3]int{1, 12, 80}, [4]float64{40, 900, 150, 4000}, [4]float64{2, 60, 60, 800}, [4]float64{0.3, 3, 40, 300})
		if c.label.Variant == "evasive" && c.chance(0.4) && len(t.addrs) < 50 {
			t.disguise = c.hide(c.count(40, 70)) // each does a handful
		}
		introspects := c.api.graphql != "" && c.chance(0.5)
		methods := c.chance(0.4)
		own := c.chance(pick3(c, 0.3, 0.5, 0.8)) // words of this API's own
		shuffled := c.chance(pick3(c, 0.2, 0.5, 0.9))
		from := c.IntN(40)
		turn := 1 // requests from one address before the next
		if c.chance(0.5) {
			turn = max(1, t.n/len(t.addrs))
		}
		c.note(fmt.Sprintf("%s, shuffled %v, methods %v, introspection %v, own words %v", t, shuffled, methods, introspects, own))
		who := identity{}
		if c.api.members && c.chance(0.3) {
			who = c.account(0)
		}
		c.perform(t, who, func(cl *client, i int) {
			cl.wear(t.disguise, i/turn)
			k := i + from
			if shuffled {
				k = cl.IntN(len(wordlist) * 2)
			}
			switch {
			case methods && cl.chance(0.15):
				path := cl.api.owned[0].path
				if cl.chance(0.5) {
					path = probed(cl.dice, k)
				}
				m := cl.pick([]string{"OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "HEAD", "DEBUG"})
				if m == "OPTIONS" || m == "HEAD" {
					cl.send(ask{method: m, path: path, status: cl.pickInt(200, 204, 405), slow: 0.3})
				} else {
					cl.send(ask{method: m, path: path, status: cl.pickInt(405, 405, 403, 401), out: 80, slow: 0.3})
				}
			case introspects && (i == t.n/3 || cl.chance(0.01)):
				cl.send(ask{method: "GET", path: cl.api.graphql, query: "query=%7B__schema%7Btypes%7Bname%20fields%7Bname%20type%7Bname%7D%7D%7D%7D%7D", status: cl.pickInt(200, 200, 400, 403), out: 48000, slow: 3})
			case own && cl.chance(0.3):
				col := cl.api.owned[cl.IntN(len(cl.api.owned))]
				cl.probe("GET", col.path+"/"+cl.pick(leaves))
			default:
				cl.probe("GET", probed(cl.dice, k))
			}
		})
	},
})
