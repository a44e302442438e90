package simulate

import "fmt"

// AWSLeakedKey is a key that works at home and, meanwhile, for somebody in
// another network.
var AWSLeakedKey = register(Kind{
	Name:   "aws_leaked_key",
	Title:  "A key used from another network while its owner works on",
	Attack: true,
	Shapes: []string{"aws"},
	start: func(c *cast) {
		t := c.tempo([3]int{1, 6, 25}, [4]float64{10, 200, 40, 800}, [4]float64{1, 20, 30, 300}, [4]float64{0.05, 2, 15, 120})
		wants := c.pick([]string{"mail", "machines", "models", "data"})
		use := map[string][]string{
			"mail":     {"ses:GetSendQuota", "ses:GetAccount", "ses:ListIdentities", "ses:SendEmail", "ses:SendRawEmail", "ses:UpdateAccountSendingEnabled"},
			"machines": {"ec2:DescribeRegions", "servicequotas:ListServiceQuotas", "ec2:RunInstances", "ec2:RequestSpotInstances", "ec2:CreateKeyPair", "ec2:AuthorizeSecurityGroupIngress"},
			"models":   {"bedrock:ListFoundationModels", "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "bedrock:GetModelInvocationLoggingConfiguration", "bedrock:PutUseCaseForModelAccess"},
			"data":     {"s3:ListBuckets", "s3:ListObjects", "s3:GetObject", "s3:GetObject", "dynamodb:Scan"},
		}[wants]
		denied := c.between(0.05, 0.6)
		c.intrude(t, true, fmt.Sprintf("%s wanted, %.0f%% denied", wants, denied*100), func(cl *client, i int) {
			if i == 0 && cl.chance(0.8) {
				cl.call("sts:GetCallerIdentity", true)
				return
			}
			cl.call(cl.pick(use), !cl.chance(denied))
		})
	},
})
