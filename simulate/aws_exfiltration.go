package simulate

import "fmt"

// AWSExfiltration takes what is there: secrets, objects, snapshots shared with
// another account.
var AWSExfiltration = register(Kind{
	Name:   "aws_exfiltration",
	Title:  "Secrets read, objects fetched in bulk, snapshots shared",
	Attack: true,
	Shapes: []string{"aws"},
	start: func(c *cast) {
		t := c.tempo([3]int{1, 6, 25}, [4]float64{30, 900, 200, 4000}, [4]float64{3, 60, 80, 1200}, [4]float64{0.2, 6, 40, 400})
		what := c.pick([]string{"secrets", "objects", "snapshots", "all"})
		from := map[string][]string{"secrets": takeCalls[:3], "objects": {"s3:GetObject", "s3:GetObject", "s3:GetObject", "s3:ListObjects"}, "snapshots": takeCalls[6:12], "all": takeCalls}[what]
		if what == "snapshots" {
			t.n = max(6, t.n/12)
		}
		denied := c.between(0, 0.3)
		c.intrude(t, c.chance(0.5), fmt.Sprintf("%s, %.0f%% denied", what, denied*100), func(cl *client, i int) {
			if i < 3 {
				cl.call([]string{"sts:GetCallerIdentity", "secretsmanager:ListSecrets", "s3:ListBuckets"}[i], true)
				return
			}
			cl.call(cl.pick(from), !cl.chance(denied))
		})
	},
})
