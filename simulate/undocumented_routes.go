package simulate

import "fmt"

// Undocumented finds routes that work and are in no document: the version
// before, the one for the firm's own staff, what a developer left to look at.
// Source: OWASP API9:2023, improper inventory management.
var Undocumented = register(Kind{
	Name:   "undocumented_routes",
	Title:  "Old, internal and forgotten routes found and used",
	Attack: true,
	Shapes: []string{"shop", "b2b", "saas"},
	start: func(c *cast) {
		t := c.tempo([3]int{1, 8, 40}, [4]float64{20, 300, 100, 2500}, [4]float64{2, 30, 50, 600}, [4]float64{0.2, 3, 40, 300})
		who := c.account(0)
		if c.api.keyed && c.chance(0.3) {
			who = identity{key: c.newKey()}
		}
		found := c.hiddenRoutes()
		search := c.between(0.1, 0.5) // of the campaign is the search, the rest is use
		c.note(fmt.Sprintf("%s, %d routes after %.0f%% search", t, len(found), search*100))
		c.perform(t, who, func(cl *client, i int) {
			if float64(i) < search*float64(t.n) && !cl.chance(0.05) {
				col := cl.api.owned[cl.IntN(len(cl.api.owned))]
				base := cl.pick(oldBases)
				cl.probe("GET", base+"/"+cl.pick([]string{col.name, cl.pick(leaves), "users", "config"}))
				return
			}
			col := cl.api.owned[cl.IntN(len(cl.api.owned))]
			cl.send(ask{method: "GET", path: cl.pick(found) + "/" + col.id(col.random(cl.dice)), status: 200, out: col.size * 2})
		})
	},
})

// oldBases are where an API was, or might be.
var oldBases = []string{"/v0", "/v3", "/beta", "/internal", "/api/v0", "/api/internal", "/debug", "/legacy", "/api/mobile/v1", "/private"}

// hiddenRoutes are those that this API has and does not tell of.
func (c *cast) hiddenRoutes() []string {
	d := dice{rng(c.api.seed, "hidden")}
	var found []string
	for range 1 + d.IntN(3) {
		col := c.api.owned[d.IntN(len(c.api.owned))]
		found = append(found, d.pick([]string{"/v0/", "/beta/", "/internal/", "/api/v0/", "/legacy/", "/debug/"})+col.name)
	}
	return found
}
