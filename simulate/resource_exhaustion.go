package simulate

import (
	"fmt"
	"strings"
)

// Exhaustion is few requests of great cost: enormous pages, exports of
// everything, searches that match everything, bodies that never end, graphs
// that nest and repeat.
// Source: OWASP API4:2023, unrestricted resource consumption.
var Exhaustion = register(Kind{
	Name:   "resource_exhaustion",
	Title:  "Few requests, each of great cost",
	Attack: true,
	start: func(c *cast) {
		t := c.tempo([3]int{1, 8, 60}, [4]float64{10, 240, 100, 2500}, [4]float64{2, 30, 50, 600}, [4]float64{0.4, 6, 30, 350})
		ways := []string{"page", "export", "search", "body", "image"}
		if c.api.graphql != "" {
			ways = append(ways, "depth", "aliases", "batch")
		}
		way := c.pick(ways)
		cost := pick3(c, c.wide(3, 50), c.wide(3, 50), c.wide(8, 45)) // seconds of the server each
		growing := c.chance(pick3(c, 0.2, 0.4, 0.5))                  // begins small
		workers := pick3(c, c.many(1, 20), c.many(1, 8), c.many(1, 4))
		who := identity{}
		switch {
		case c.api.keyed && c.chance(0.3):
			who = identity{key: c.newKey()}
		case c.api.members || c.chance(0.5):
			who = c.account(0)
		}
		c.note(fmt.Sprintf("%s, %.0f s each, growing %v, %d workers, %s", way, cost, growing, workers, t))
		at := c.begin(t.lasts)
		each := t
		each.perMinute /= float64(workers)
		for w := range workers {
			c.enter(at+int64(c.Float64()*60e9), who, func(cl *client) {
				cl.wear(t.disguise, w)
				if w == 0 {
					cl.arrive()
				}
				for i := w; i < t.n; i += workers {
					cl.wear(t.disguise, cl.IntN(len(t.addrs)))
					size := 1.0
					if growing {
						size = min(1, 0.1+float64(i)/float64(t.n)*1.5)
					}
					cl.costly(way, cost*size*cl.between(0.6, 1.4))
					each.next(cl)
				}
			})
		}
	},
})

// costly asks for something that takes the server about so many seconds.
func (c *client) costly(way string, seconds float64) int {
	a := ask{method: "GET", status: 200, out: 30000 * seconds}
	col := c.api.owned[c.IntN(len(c.api.owned))]
	switch way {
	case "page":
		a.path = col.path
		if col.listAt != "" {
			a.path = col.listAt
		}
		a.query = fmt.Sprintf("%s=%d", []string{"limit", "per_page", "page_size", "size"}[c.api.seed%4], int(seconds*c.wide(400, 5000)))
		a.out *= 10
	case "export":
		a.path, a.query = c.api.export, fmt.Sprintf("from=%d-01-01&to=2026-12-31&format=%s", 2026-int(min(seconds, 30)), c.pick([]string{"csv", "xlsx", "pdf"}))
		a.out *= 30
	case "search":
		a.path, a.query = c.api.search, "q="+c.pick([]string{"*", "%25", "a", "e%2A", ".%2A.%2A.%2A", "%25%25%25", "a+OR+b+OR+c+OR+d"})+fmt.Sprintf("&sort=%s&page=%d", c.pick([]string{"name", "relevance", "created_at", "price"}), 1+c.IntN(int(seconds*200)))
	case "body":
		a.method, a.path, a.status, a.out = "POST", c.api.upload, c.pickInt(200, 201, 408, 413), 90
		a.in = int64(seconds * c.wide(3e2, 3e6))
	case "image":
		a.path, a.query = "/images/"+c.pick(words)+".png", fmt.Sprintf("w=%d&h=%d&format=avif", int(300*seconds), int(300*seconds))
		a.out *= 5
	case "depth":
		n := int(min(seconds, 25)) + 3
		a.path, a.query = c.api.graphql, "query=%7B"+strings.Repeat("team%7Bmembers%7B", n)+"id"+strings.Repeat("%7D%7D", n)+"%7D"
	case "aliases":
		var b strings.Builder
		b.WriteString("query=%7B")
		for i := range int(min(seconds*4, 90)) + 8 {
			fmt.Fprintf(&b, "a%d:search(q:%%22a%%22)%%7Bid%%7D", i)
		}
		a.path, a.query = c.api.graphql, b.String()+"%7D"
	default: // a batch: only its size shows
		a.method, a.path, a.query = "POST", c.api.graphql, "operationName="+c.pick([]string{"Search", "Report", "Members"})
		a.in = int64(seconds * c.wide(2000, 40000))
	}
	if seconds > 28 && c.chance(0.6) {
		a.status, a.out = c.pickInt(504, 504, 503, 499), 160
	}
	a.slow = seconds * 1000 / c.api.latency
	return c.sendOnce(a)
}
