package simulate

import "fmt"

// AWSLoggingOff blinds the owner before or after something else.
var AWSLoggingOff = register(Kind{
	Name:   "aws_logging_off",
	Title:  "Trails stopped and detectors removed, and what is done in the dark",
	Attack: true,
	Shapes: []string{"aws"},
	start: func(c *cast) {
		t := c.tempo([3]int{1, 3, 6}, [4]float64{5, 60, 20, 120}, [4]float64{1, 10, 12, 60}, [4]float64{0.03, 1, 8, 30})
		denied := c.between(0, 0.4)
		share := c.between(0.3, 0.7)
		c.intrude(t, c.chance(0.6), fmt.Sprintf("%.0f%% of it blinding, %.0f%% denied", share*100, denied*100), func(cl *client, i int) {
			switch {
			case i == 1:
				cl.call("cloudtrail:DescribeTrails", true)
			case i == 2 || cl.chance(share):
				cl.call(cl.pick(blindCalls), i == 2 || !cl.chance(denied))
			case cl.chance(0.5):
				cl.call(cl.pick(riseCalls), !cl.chance(denied))
			default:
				cl.call(cl.pick(takeCalls), !cl.chance(denied))
			}
		})
	},
})
