package simulate

import "time"

// Importers make many objects and read each back, so the ids they read follow
// each other; each is their own.
var Importers = register(Kind{
	Name:   "importer",
	Title:  "A bulk import that reads back what it made",
	Share:  0.02,
	Shapes: []string{"shop", "b2b", "saas"},
	start: func(c *cast) {
		runs := c.count(1, 3)
		for range runs {
			n := int(c.lines/2/float64(runs)) + 1
			pace := c.span(100*time.Millisecond, 4*time.Second)
			who := c.partner()
			who.person, who.staff = c.crowd.people+70000+c.IntN(1000), false
			col := c.api.owned[0]
			after := c.chance(0.5) // reads back at the end, not one by one
			c.enter(c.begin(time.Duration(n)*2*pace), who, func(cl *client) {
				cl.retries = 5
				var made []int
				for range n {
					if cl.send(ask{method: "POST", path: col.path, status: 201, in: 700, out: 120, slow: 4}) == 201 {
						made = append(made, col.create(cl.person))
					}
					cl.pace(pace, 0.3)
					if !after && len(made) > 0 {
						cl.open(col, made[len(made)-1])
						cl.pace(pace, 0.3)
					}
				}
				for _, id := range made {
					if !after {
						return
					}
					cl.open(col, id)
					cl.pace(pace, 0.3)
				}
			})
		}
	},
})
