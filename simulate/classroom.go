package simulate

import (
	"fmt"
	"time"
)

// Classroom signs up in ten minutes, from one address, with one sort of
// computer and names that the school gave out.
var Classroom = register(Kind{
	Name:  "classroom",
	Title: "A class that signs up in ten minutes behind one address",
	start: func(c *cast) {
		for range c.count(1, 2) {
			n := min(c.many(12, 120), max(12, c.Lines/250))
			addr := c.crowd.address(c.dice, residential)
			managed := browser(c.dice, false)
			lasts := c.span(3*time.Minute, 25*time.Minute)
			at := c.morning() + int64(c.between(0, 3)*float64(time.Hour))
			if at > c.end-int64(lasts) {
				at = c.begin(lasts)
			}
			school := fmt.Sprintf("school-%s.example", c.pick(words))
			scheme := c.IntN(3)
			first := c.crowd.people + 520000 + c.IntN(50)*200
			for i := range n {
				p := c.crowd.person(first + i)
				account := fmt.Sprintf("student%02d", i+1)
				switch scheme {
				case 1:
					account = p.account
				case 2:
					account = fmt.Sprintf("%s%d", c.pick(lastNames), 26000+i)
				}
				if c.api.logs.mail && scheme != 1 {
					account += "@" + school
				}
				c.enter(at+int64(c.Float64()*float64(lasts)), identity{addr: addr, agent: managed}, func(cl *client) { cl.join(p, account) })
			}
		}
	},
})
