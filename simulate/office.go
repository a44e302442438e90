package simulate

import (
	"fmt"
	"time"
)

// Offices log in on a weekday morning, all from one address, most with the
// same managed browser, many with last week's password.
var Offices = register(Kind{
	Name:  "office",
	Title: "Offices behind one address, logging in in the morning",
	start: func(c *cast) {
		for range c.count(1, 4) {
			opens := c.morning()
			addr := c.crowd.address(c.dice, residential)
			managed := browser(c.dice, false)
			clumsy := c.wide(0.05, 0.35)
			people := min(c.many(30, 300), max(30, c.Lines/150))
			first := c.IntN(c.crowd.people)
			busy := c.span(20*time.Minute, 2*time.Hour)
			habits := newHabits(c)
			for i := range people {
				p := c.crowd.person(1 + (first+i)%c.crowd.people)
				who := identity{addr: addr, agent: managed}
				if c.chance(0.2) {
					who.agent = p.agent
				}
				at := opens + int64(c.NormFloat64()*float64(busy)/4)
				c.enter(at, who, func(cl *client) {
					if !cl.signIn(p, clumsy) {
						return
					}
					cl.get(cl.api.me, "", 640)
					for range cl.IntN(4) {
						cl.browse(habits.prefetch)
						cl.wait(time.Duration(cl.ExpFloat64() * float64(20*time.Minute)))
					}
				})
			}
		}
	},
})

// morning returns a time when offices open, Mondays first, or any time in a
// world too short to hold one: somewhere a shift starts.
func (c *cast) morning() int64 {
	var found []int64
	for t := c.Start; t < c.end; t += int64(15 * time.Minute) {
		local := time.Unix(0, t).UTC().Add(c.api.zone)
		if d := local.Weekday(); local.Hour() == 8 && d != time.Saturday && d != time.Sunday {
			if d == time.Monday {
				return t
			}
			found = append(found, t)
		}
	}
	if len(found) > 0 {
		return found[c.IntN(len(found))]
	}
	return c.Start + int64(c.between(0.1, 0.8)*float64(c.end-c.Start))
}

// partner is a firm's programme with its key, on a rented server.
func (c *cast) partner() identity {
	who := identity{addr: c.crowd.address(c.dice, hosting), agent: c.pick(tools), staff: true}
	if c.chance(0.4) {
		who.agent = fmt.Sprintf("%s-connector/%d.%d", c.pick([]string{"acme", "sap", "erp", "netsuite", "globex"}), 1+c.IntN(4), c.IntN(12))
	}
	if c.api.keyed {
		who.key = c.newKey()
	} else {
		who.user, who.session = "svc-"+c.pick(words), token(c.dice, 24)
	}
	c.run.partners = append(c.run.partners, who)
	return who
}

func (c *cast) newKey() string {
	return c.pick([]string{"ak_live_", "pk_", "sk_live_", "key-"}) + token(c.dice, 28)
}
