package simulate

import "time"

// Developers explore the API by hand: a client built for that, a document, a
// path typed wrongly, a token forgotten, a method tried.
var Developers = register(Kind{
	Name:  "developers",
	Title: "Developers who try the API out by hand",
	Share: 0.02,
	start: func(c *cast) {
		c.arrivals(max(c.lines/30, 1), func(c *cast) {
			p := c.crowd.anyone(c.dice)
			who := identity{addr: p.where(c.dice), agent: c.pick([]string{"PostmanRuntime/7.39.0", "PostmanRuntime/7.43.0", "insomnia/9.3.2", "curl/8.5.0", "HTTPie/3.2.2", "vscode-restclient"})}
			key := c.api.keyed && c.chance(0.5)
			if key {
				who.key = c.newKey()
			}
			c.enter(c.now, who, func(cl *client) {
				for _, path := range []string{"/", "/docs", "/openapi.json", "/swagger.json", "/api-docs"}[:cl.IntN(6)] {
					cl.probe("GET", path)
					cl.think(8 * time.Second)
				}
				for range cl.many(5, 70) {
					col := cl.api.owned[cl.IntN(len(cl.api.owned))]
					if len(cl.api.public) > 0 && cl.chance(0.4) {
						col = cl.api.public[0]
					}
					switch cl.IntN(9) {
					case 0:
						cl.probe("GET", cl.api.at+"/"+cl.pick([]string{col.name[:len(col.name)-1], "list" + col.name, cl.pick(leaves), "v1", "Users", "me/" + col.name}))
					case 1:
						cl.send(ask{method: cl.pick([]string{"PUT", "DELETE", "PATCH", "OPTIONS"}), path: col.path, status: cl.pickInt(405, 405, 401, 403), out: 80})
					case 2:
						cl.send(ask{method: "POST", path: col.path, status: cl.pickInt(400, 401, 415, 422), out: 240, in: 90})
					case 3:
						cl.openID(col, -1, cl.pick([]string{"1", "123", "test", "abc", "{id}", "%7Bid%7D", "null", "undefined"}))
					case 4: // now with a token
						if !key && cl.session == "" && cl.try(p.account, cl.chance(0.7)) {
							cl.user, cl.person = p.user, p.index
						}
					case 5:
						if cl.api.graphql != "" {
							cl.send(ask{method: "GET", path: cl.api.graphql, query: "query=%7B__typename%20__schema%7Btypes%7Bname%7D%7D%7D", status: 200, out: 30000, slow: 2})
						}
					case 6:
						cl.manage(cl.pick(adminRoutes), false, false)
					default:
						if shown := cl.list(col, cl.IntN(2)); len(shown) > 0 {
							cl.think(9 * time.Second)
							cl.open(col, shown[0])
						}
					}
					cl.think(14 * time.Second)
				}
			})
		})
	},
})
