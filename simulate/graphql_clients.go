package simulate

import (
	"fmt"
	"time"
)

// Graphs are apps whose every screen is one large query, or a batch of them.
var Graphs = register(Kind{
	Name:  "graphql_clients",
	Title: "Apps whose screens are large GraphQL queries and batches",
	Share: 0.03,
	start: func(c *cast) {
		at := c.api.graphql
		if at == "" {
			at = c.api.at + "/query" // as good, by another name
		}
		operations := []string{"Home", "ProductList", "OrderHistory", "Dashboard", "Search", "Members", "Report"}
		heavy := c.wide(1, 25)
		deep := c.count(2, 7)
		c.arrivals(max(c.lines/12, 2), func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, identity{addr: p.where(c.dice), agent: p.app, user: p.user, session: token(c.dice, 24), person: p.index}, func(cl *client) {
				get := cl.chance(0.4)
				for range 1 + int(cl.ExpFloat64()*11) {
					if cl.chance(0.15) {
						cl.costly("image", cl.wide(0.1, 3))
					}
					name := cl.pick(operations)
					a := ask{method: "POST", path: at, query: "operationName=" + name, status: 200, in: int64(cl.about(1500, 0.9)), out: cl.about(9000, 1), slow: cl.about(heavy, 0.5)}
					if get {
						nest := ""
						for range deep {
							nest += "edges%7Bnode%7B"
						}
						a.method, a.in = "GET", 0
						a.query = fmt.Sprintf("operationName=%s&query=%%7Bviewer%%7B%sid%%7D%%7D&extensions=%016x", name, nest, mix(cl.api.seed, uint64(len(name))))
					}
					cl.send(a)
					cl.think(7 * time.Second)
				}
			})
		})
	},
})
