package simulate

import "time"

// Runners are a CI farm: each push starts some of them, on fresh rented
// addresses, with one or a few keys and the same steps.
var Runners = register(Kind{
	Name:  "ci_farm",
	Title: "CI runners: the same steps from fresh addresses at each push",
	Share: 0.02,
	start: func(c *cast) {
		keys := make([]identity, c.count(1, 5))
		agent := c.pick([]string{"python-requests/2.32.3", "axios/1.7.2", "Go-http-client/2.0", "node-fetch/1.0", "curl/8.5.0", "ci-runner/17.2"})
		for i := range keys {
			p := c.crowd.person(c.crowd.people + 96000 + i)
			keys[i] = identity{agent: agent, person: p.index}
			if c.api.keyed {
				keys[i].key = c.newKey()
			} else {
				keys[i].user, keys[i].session = p.user, token(c.dice, 24)
			}
		}
		pool := c.crowd.addresses(c.dice, c.many(8, 200), hosting)
		steps := c.many(4, 25)
		matrix := c.many(1, 12) // runners a push
		pace := c.span(50*time.Millisecond, 2*time.Second)
		c.arrivals(max(1, c.lines/float64(matrix)/float64(steps+1)), func(c *cast) {
			who := keys[c.IntN(len(keys))]
			for range matrix {
				who.addr = pool[c.IntN(len(pool))]
				c.enter(c.now+int64(c.ExpFloat64()*15e9), who, func(cl *client) {
					cl.retries = 2
					cl.get(cl.api.me, "", 640)
					var made []int
					for i := range steps {
						cl.pace(pace, 0.4)
						switch {
						case i%5 == 1:
							if cl.send(ask{method: "POST", path: cl.api.owned[0].path, status: 201, in: 500, out: 120, slow: 4}) == 201 {
								made = append(made, cl.api.owned[0].create(cl.person))
							}
						case i%5 == 2 && len(made) > 0:
							cl.open(cl.api.owned[0], made[len(made)-1])
						case i%5 == 3 && cl.chance(0.2):
							cl.mint() // for the next stage
						case i%5 == 3:
							cl.openID(cl.api.owned[0], -1, cl.api.owned[0].id(1<<30)) // the test of a miss
						case i%5 == 4 && len(cl.api.public) > 0:
							cl.open(cl.api.public[0], i%cl.api.public[0].n)
						default:
							cl.list(cl.api.owned[0], 0)
						}
					}
				})
			}
		})
	},
})
