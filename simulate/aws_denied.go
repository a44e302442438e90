package simulate

import "fmt"

// AWSDenied tries what a key might be allowed, and mostly is not.
var AWSDenied = register(Kind{
	Name:   "aws_denied",
	Title:  "A burst of denied calls over many services",
	Attack: true,
	Shapes: []string{"aws"},
	start: func(c *cast) {
		t := c.tempo([3]int{1, 4, 15}, [4]float64{30, 600, 60, 1500}, [4]float64{3, 40, 40, 400}, [4]float64{0.1, 3, 25, 150})
		denied := c.between(0.75, 1)
		all := append(append(append([]string{}, lookCalls...), riseCalls...), takeCalls...)
		c.intrude(t, c.chance(0.4), fmt.Sprintf("brute force of permissions, %.0f%% denied", denied*100), func(cl *client, i int) {
			cl.call(cl.pick(all), !cl.chance(denied))
		})
	},
})
