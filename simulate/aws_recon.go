package simulate

import "fmt"

// AWSRecon is a key's first use: who am I, and what is there?
var AWSRecon = register(Kind{
	Name:   "aws_recon",
	Title:  "Discovery with a key that nobody used before: who am I, what is there",
	Attack: true,
	Shapes: []string{"aws"},
	start: func(c *cast) {
		t := c.tempo([3]int{1, 4, 15}, [4]float64{20, 300, 40, 600}, [4]float64{2, 30, 30, 250}, [4]float64{0.05, 2, 15, 100})
		denied := c.between(0.1, 0.9)
		asks := c.chance(pick3(c, 1, 0.8, 0.4))
		c.intrude(t, c.chance(0.4), fmt.Sprintf("discovery, %.0f%% denied, who-am-I %v", denied*100, asks), func(cl *client, i int) {
			if i == 0 && asks {
				cl.call("sts:GetCallerIdentity", true)
				return
			}
			cl.call(cl.pick(lookCalls), !cl.chance(denied))
		})
	},
})
