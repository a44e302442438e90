package simulate

import (
	"fmt"
	"time"
)

// FirstDeploys are new services whose role lacks nearly everything: they are
// denied, tried again, given a little more, and denied again.
var FirstDeploys = register(Kind{
	Name:   "aws_first_deploy",
	Title:  "First deploys of new services, full of denials, and the work on their policies",
	Share:  0.05,
	Shapes: []string{"aws"},
	start: func(c *cast) {
		deploys := c.count(1, 4)
		for range deploys {
			n := int(c.lines/float64(deploys)) + 4
			who := c.someRole("deploy-"+c.pick(words), fmt.Sprintf("job-%d", c.IntN(1e6)))
			who.addr, who.agent = c.crowd.address(c.dice, hosting), c.pick(cliAgents)
			calls := c.habitCalls(append(append([]string{}, buildCalls...), workCalls...), c.count(5, 20))
			p := c.crowd.person(c.crowd.people + 84000 + c.IntN(5))
			admin := c.someRole("AWSReservedSSO_Admin_9a02", p.named())
			admin.addr, admin.agent = p.home, p.agent
			lasts := c.span(30*time.Minute, 8*time.Hour)
			at := c.begin(lasts)
			granted := 0
			c.enter(at, who, func(cl *client) {
				cl.call("sts:GetCallerIdentity", true)
				for i := range n {
					k := i % len(calls)
					for cl.call(calls[k], k < granted) == 403 && cl.chance(0.3) {
						cl.pace(2*time.Second, 0.5) // tries again
					}
					cl.pace(lasts/time.Duration(n), 0.8)
				}
			})
			c.enter(at, admin, func(cl *client) {
				for granted < len(calls) {
					cl.wait(time.Duration(cl.ExpFloat64() * float64(lasts) / float64(len(calls))))
					cl.call(cl.pick([]string{"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:CreatePolicyVersion"}), true)
					granted += 1 + cl.IntN(3)
				}
			})
		}
	},
})
