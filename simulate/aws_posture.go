package simulate

import "time"

// Posture scanners read every setting of every service, night after night.
var Posture = register(Kind{
	Name:   "aws_posture",
	Title:  "Posture scanners that read every setting of every service",
	Share:  0.1,
	Shapes: []string{"aws"},
	start: func(c *cast) {
		runs := max(1, int(c.Hours/24))
		who := c.someRole(c.pick([]string{"prowler-scan", "WizAccess-Role", "SecurityAudit-Vendor", "steampipe"}), "scan")
		who.addr, who.agent = c.crowd.address(c.dice, hosting), c.pick(cliAgents[3:5])
		denied := c.wide(0.005, 0.15)
		n := int(c.lines/float64(runs)) + 1
		pace := min(c.span(50*time.Millisecond, 4*time.Second), time.Duration(c.Hours*float64(time.Hour)/float64(n)/3))
		at := c.begin(time.Duration(n) * pace)
		for day := range runs {
			key := c.someRole("x", "y").key
			c.enter(c.Start+(at-c.Start)%int64(24*time.Hour)+int64(day)*int64(24*time.Hour), who, func(cl *client) {
				cl.key = key
				cl.call("sts:GetCallerIdentity", true)
				for i := range n {
					cl.call(lookCalls[i*len(lookCalls)/n], !cl.chance(denied))
					cl.pace(pace, 0.5)
				}
			})
		}
	},
})
