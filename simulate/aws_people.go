package simulate

import "time"

// Consoles are people at work in the console and on the command line: each
// page makes a dozen calls, some are denied, and people travel.
var Consoles = register(Kind{
	Name:   "aws_people",
	Title:  "People in the console and on the command line, at home and away",
	Share:  0.2,
	Shapes: []string{"aws"},
	start: func(c *cast) {
		people := c.many(5, 60)
		away := c.between(0.02, 0.2)
		denied := c.wide(0.005, 0.08)
		office := c.crowd.address(c.dice, residential)
		key := map[int]identity{}
		c.arrivals(c.lines/28, func(c *cast) {
			i := c.IntN(people)
			p := c.crowd.person(c.crowd.people + 84000 + i)
			role := []string{"AWSReservedSSO_Developer_4f1c", "AWSReservedSSO_Admin_9a02", "AWSReservedSSO_ReadOnly_77de"}[i%3]
			who := c.someRole(role, p.named())
			if i%4 == 3 { // a key of their own
				if key[i].key == "" {
					key[i] = c.someUser(p.named())
				}
				who = key[i]
			}
			who.addr, who.agent = office, p.agent
			switch {
			case c.chance(away):
				who.addr = c.crowd.address(c.dice, residential)
			case i%2 == 0:
				who.addr = p.home
			}
			cli := who.session == "" || c.chance(0.35)
			if cli {
				who.agent = cliAgents[i%len(cliAgents)]
			}
			favourite := []int{i % 5, (i*7 + 3) % 9}
			c.enter(c.now, who, func(cl *client) {
				if cli && cl.chance(0.4) {
					cl.call("sts:GetCallerIdentity", true)
				}
				for range 1 + int(cl.ExpFloat64()*5) { // pages
					at := (favourite[cl.IntN(2)]*6 + cl.IntN(8)) % len(lookCalls)
					if cl.chance(0.15) {
						at = cl.IntN(len(lookCalls))
					}
					for k := range 1 + int(cl.ExpFloat64()*4) {
						cl.call(lookCalls[(at+k)%len(lookCalls)], !cl.chance(denied))
						cl.wait(time.Duration(cl.between(20, 900) * 1e6))
					}
					switch {
					case cl.chance(0.1) && i%3 != 2:
						cl.call(cl.pick(buildCalls), !cl.chance(denied*3))
					case cl.chance(0.05):
						cl.call(cl.pick(takeCalls[:6]), !cl.chance(denied*2))
					}
					cl.think(40 * time.Second)
				}
			})
		})
		// Those who have a user type its password, and a code.
		clumsy := c.between(0.1, 0.4)
		c.arrivals(max(c.lines/60, 3), func(c *cast) {
			p := c.crowd.person(c.crowd.people + 84000 + 3 + 4*c.IntN(max(1, people/4)))
			c.enter(c.now, identity{addr: p.where(c.dice), agent: p.agent}, func(cl *client) {
				for cl.chance(clumsy) {
					cl.try(p.named(), false)
					cl.think(15 * time.Second)
				}
				cl.try(p.named(), true)
			})
		})
	},
})
