package simulate

import (
	"strings"
	"time"
)

// Keepers are those who may do what attackers want to: they hire people, turn
// keys, move a trail, share snapshots with the other account, copy all data.
var Keepers = register(Kind{
	Name:   "aws_keepers",
	Title:  "Administrators and backups: new users, new keys, moved trails, shared snapshots, mass copies",
	Share:  0.08,
	Shapes: []string{"aws"},
	start: func(c *cast) {
		c.arrivals(max(c.lines/2/9, 2), func(c *cast) {
			p := c.crowd.person(c.crowd.people + 84000 + 1 + 3*c.IntN(2))
			who := c.someRole("AWSReservedSSO_Admin_9a02", p.named())
			who.addr, who.agent = p.home, p.agent
			c.enter(c.now, who, func(cl *client) {
				var steps string
				switch cl.IntN(5) {
				case 0:
					steps = "iam:ListUsers iam:CreateUser iam:AddUserToGroup iam:AttachUserPolicy iam:CreateLoginProfile iam:CreateAccessKey iam:ListMFADevices"
				case 1:
					steps = "iam:ListAccessKeys iam:CreateAccessKey iam:UpdateAccessKey iam:GetAccessKeyLastUsed iam:DeleteAccessKey"
				case 2:
					steps = "cloudtrail:DescribeTrails cloudtrail:GetTrailStatus cloudtrail:CreateTrail cloudtrail:StartLogging cloudtrail:StopLogging cloudtrail:DeleteTrail logs:PutRetentionPolicy"
				case 3:
					steps = "ec2:DescribeSnapshots ec2:CreateSnapshot ec2:ModifySnapshotAttribute rds:CreateDBSnapshot rds:ModifyDBSnapshotAttribute"
				default:
					steps = "iam:ListRoles iam:CreateRole iam:AttachRolePolicy iam:UpdateAssumeRolePolicy sts:AssumeRole iam:DeactivateMFADevice secretsmanager:GetSecretValue"
				}
				if cl.chance(0.4) {
					steps += " " + cl.pick([][]string{riseCalls, blindCalls, takeCalls}[cl.IntN(3)])
				}
				for _, s := range strings.Fields(steps) {
					if cl.chance(0.8) {
						cl.call(s, !cl.chance(0.02))
						cl.think(20 * time.Second)
					}
				}
			})
		})
		n := int(c.lines/2) + 1
		copier := c.someUser("svc-" + c.pick([]string{"backup", "datalake", "etl"}))
		copier.addr, copier.agent = c.crowd.address(c.dice, hosting), c.pick(cliAgents[3:])
		lasts := c.span(20*time.Minute, 5*time.Hour)
		c.enter(c.begin(lasts), copier, func(cl *client) {
			cl.call("sts:GetCallerIdentity", true)
			cl.call("secretsmanager:GetSecretValue", true)
			cl.call("s3:ListBuckets", true)
			for i := range n {
				if i%100 == 0 {
					cl.call("s3:ListObjects", true)
				}
				cl.call("s3:GetObject", true)
				cl.pace(lasts/time.Duration(n), 0.4)
			}
		})
	},
})
