package simulate

import "fmt"

// AWSEscalation makes more of a key than it was given: policies attached,
// keys for others, roles passed on.
var AWSEscalation = register(Kind{
	Name:   "aws_escalation",
	Title:  "More rights than a key was given: policies attached, keys and roles made",
	Attack: true,
	Shapes: []string{"aws"},
	start: func(c *cast) {
		t := c.tempo([3]int{1, 3, 8}, [4]float64{5, 100, 20, 200}, [4]float64{1, 15, 15, 80}, [4]float64{0.03, 1, 8, 40})
		denied := c.between(0.2, 0.8)
		looks := c.between(0.1, 0.6)
		first := c.many(3, 12) // tries before one works
		c.intrude(t, c.chance(0.5), fmt.Sprintf("escalation, %.0f%% denied, %.0f%% looking", denied*100, looks*100), func(cl *client, i int) {
			switch {
			case i == 0:
				cl.call("sts:GetCallerIdentity", true)
			case cl.chance(looks) && i < t.n-3:
				cl.call(cl.pick(lookCalls[:12]), !cl.chance(denied/2))
			default:
				cl.call(cl.pick(riseCalls), i > min(first, t.n/2) && !cl.chance(denied))
			}
		})
	},
})
