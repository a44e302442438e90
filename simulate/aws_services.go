package simulate

import (
	"fmt"
	"time"
)

// Services are programmes of the account itself: each copy has a key of its
// own for some hours, and there are more copies by day.
var Services = register(Kind{
	Name:   "aws_services",
	Title:  "Services that scale up and down, each copy with a short-lived key",
	Share:  0.4,
	Shapes: []string{"aws"},
	start: func(c *cast) {
		services := c.count(3, 9)
		for range services {
			role := fmt.Sprintf("%s-%s", c.pick([]string{"ecs", "ec2", "lambda"}), c.pick(words))
			nat := c.crowd.addresses(c.dice, c.count(1, 3), hosting)
			calls := c.habitCalls(workCalls, c.count(2, 5))
			starts := []string{"sts:GetCallerIdentity", "secretsmanager:GetSecretValue", "ssm:GetParameters"}[:c.count(0, 3)]
			agent := c.pick(cliAgents[3:])
			each := c.wide(15, 200)
			batch := c.wide(1, 40) // many at once, when work came
			c.arrivals(max(c.lines/float64(services)/(each+2), 1), func(c *cast) {
				who := c.someRole(role, "i-0"+fmt.Sprintf("%016x", c.Uint64()))
				who.addr, who.agent = nat[c.IntN(len(nat))], agent
				lives := c.span(10*time.Minute, 6*time.Hour)
				c.enter(c.now, who, func(cl *client) {
					cl.retries = 2
					for _, s := range starts {
						cl.call(s, true)
						cl.wait(time.Duration(cl.between(20, 400) * 1e6))
					}
					left := int(cl.about(each, 0.4))
					for left > 0 {
						n := 1 + int(cl.ExpFloat64()*batch)
						for range min(n, left) {
							cl.call(calls[cl.IntN(1+cl.IntN(len(calls)))], true)
							cl.wait(time.Duration(cl.between(5, 300) * 1e6))
						}
						left -= n
						cl.wait(time.Duration(cl.ExpFloat64() * float64(lives) * batch / each))
					}
				})
			})
		}
	},
})
