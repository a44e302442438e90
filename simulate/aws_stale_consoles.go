package simulate

import "time"

// StaleConsoles are a robot that checks the console's form with a password of
// last year, and an office on the Monday after all passwords ran out.
var StaleConsoles = register(Kind{
	Name:   "aws_stale_consoles",
	Title:  "A forgotten robot and an office with expired passwords on the console's form",
	Share:  0.02,
	Shapes: []string{"aws"},
	start: func(c *cast) {
		p := c.crowd.person(c.crowd.people + 84500)
		gap := time.Duration(c.Hours * float64(time.Hour) / (c.lines/2 + 1))
		robot := identity{addr: c.crowd.address(c.dice, hosting), agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36"}
		c.enter(c.Start, robot, func(cl *client) {
			for {
				cl.try(p.named(), false)
				cl.pace(gap, 0.1)
			}
		})
		opens := c.morning()
		addr := c.crowd.address(c.dice, residential)
		managed := browser(c.dice, false)
		for i := range int(c.lines/2/5) + 3 {
			p := c.crowd.person(c.crowd.people + 84501 + i)
			c.enter(opens+int64(c.Float64()*float64(2*time.Hour)), identity{addr: addr, agent: managed}, func(cl *client) {
				for range 1 + int(cl.ExpFloat64()*3) {
					cl.try(p.named(), false)
					cl.think(15 * time.Second)
				}
				if cl.chance(0.7) {
					cl.try(p.named(), true)
				}
			})
		}
	},
})
