package simulate

import (
	"fmt"
	"time"
)

// Phones are people who prove their number: they wait, ask once more, mistype;
// a firm proves all its phones in one morning, and their numbers are neighbours.
var Phones = register(Kind{
	Name:   "phone_verification",
	Title:  "People and firms that prove their telephone numbers by a message",
	Share:  0.015,
	Shapes: []string{"shop", "saas", "site"},
	start: func(c *cast) {
		lost := c.between(0.05, 0.5) // messages that do not come
		country := c.pick([]string{"%2B4915", "%2B447", "%2B336", "%2B1415", "%2B9198"})
		c.arrivals(c.lines/2/4, func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, p.at(c.dice), func(cl *client) {
				cl.prove(fmt.Sprintf("%s%07d", country, cl.IntN(1e7)), lost, 20*time.Second)
			})
		})
		for range 1 + int(c.lines/2/4/60) {
			who := identity{addr: c.crowd.address(c.dice, residential), agent: browser(c.dice, false), session: token(c.dice, 24)}
			block := c.IntN(99000)
			phones := c.many(8, 60)
			c.enter(c.morning()+int64(c.span(time.Minute, 5*time.Hour)), who, func(cl *client) {
				for i := range phones {
					cl.prove(fmt.Sprintf("%s%02d%05d", country, 17, block+i), lost, 25*time.Second)
				}
			})
		}
	},
})

// prove has a message sent to a number and types what it says.
func (c *client) prove(number string, lost float64, think time.Duration) {
	for range 4 {
		c.message(number)
		c.think(think)
		if !c.chance(lost) {
			break
		}
		if c.chance(0.3) {
			return
		}
	}
	status, out := 200, 120.0
	if c.chance(0.1) {
		status, out = 422, 90
	}
	if c.api.at == "" {
		c.send(ask{method: "POST", path: c.api.proof, query: "wc-ajax=check_otp", status: 200, out: out, in: 40})
		return
	}
	c.send(ask{method: "POST", path: c.api.proof, status: status, out: out, in: 40})
}

// message has a message sent to a number.
func (c *client) message(number string) { c.enterCode(&c.api.sms, number, true) }
