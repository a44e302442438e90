package simulate

import "fmt"

// AWSConsole tries passwords on the console's form.
var AWSConsole = register(Kind{
	Name:   "aws_console",
	Title:  "Passwords tried on the console's form",
	Attack: true,
	Shapes: []string{"aws"},
	start: func(c *cast) {
		t := c.tempo([3]int{1, 20, 100}, [4]float64{5, 100, 60, 1000}, [4]float64{1, 15, 40, 300}, [4]float64{0.05, 2, 20, 150})
		targets := c.many(1, 40)
		t.referer, t.decoys = "", 0
		right := -1
		if c.chance(0.4) {
			right = t.n*3/4 + c.IntN(t.n/4+1)
		}
		c.note(fmt.Sprintf("%d users, right at %d, %s", targets, right, t))
		var in identity
		c.perform(t, identity{}, func(cl *client, i int) {
			p := cl.crowd.person(cl.crowd.people + 84000 + i%targets)
			if in.key != "" {
				where := cl.identity
				cl.identity = in
				cl.addr, cl.agent = where.addr, where.agent
				cl.call(cl.pick(lookCalls), !cl.chance(0.2))
				cl.identity = where
				return
			}
			cl.session = ""
			if cl.try(p.named(), i == right) {
				in = cl.cast().someUser(p.named())
				in.key = "ASIA" + in.key[4:]
			}
		})
	},
})
