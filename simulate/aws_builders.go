package simulate

import (
	"fmt"
	"time"
)

// Builders are Terraform and the pipelines: they ask who they are, read all
// there is, then change it, from machines that live for minutes.
var Builders = register(Kind{
	Name:   "aws_builders",
	Title:  "Terraform and CI roles that read all there is and change it, from anywhere",
	Share:  0.17,
	Shapes: []string{"aws"},
	start: func(c *cast) {
		pipelines := c.count(2, 6)
		for i := range pipelines {
			role := c.pick([]string{"github-actions-deploy", "gitlab-ci", "terraform-plan", "terraform-apply", "atlantis"}) + fmt.Sprint(i)
			reads := c.habitCalls(lookCalls, c.many(6, 30))
			builds := c.habitCalls(buildCalls, c.count(2, 9))
			each := c.many(15, 150)
			agent := c.pick([]string{"APN/1.0 HashiCorp/1.0 Terraform/1.9.2 (+https://www.terraform.io) terraform-provider-aws/5.60.0", "aws-cli/2.17.44 md/awscrt#0.21.2 os/linux", "Boto3/1.34.101 md/Botocore#1.34.101"})
			runners := c.crowd.addresses(c.dice, c.many(3, 40), hosting)
			denied := c.wide(0.001, 0.05)
			c.arrivals(max(c.lines/float64(pipelines)/float64(each+6), 1), func(c *cast) {
				who := c.someRole(role, c.pick([]string{"GitHubActions", "runner", fmt.Sprintf("job-%d", c.IntN(1e6))}))
				who.addr, who.agent = runners[c.IntN(len(runners))], agent
				c.enter(c.now, who, func(cl *client) {
					cl.call("sts:GetCallerIdentity", true)
					for range int(cl.about(float64(each), 0.3)) {
						cl.call(cl.pick(reads), !cl.chance(denied))
						cl.wait(time.Duration(cl.between(10, 500) * 1e6))
					}
					for range cl.IntN(8) {
						if cl.call(cl.pick(builds), !cl.chance(denied*4)) == 403 {
							return
						}
						cl.wait(time.Duration(cl.between(200, 9000) * 1e6))
					}
				})
			})
		}
	},
})
