package simulate

import (
	"fmt"
	"time"
)

// Provisioning is a firm's directory that makes an account for everybody who
// works there, in an hour, through the sign-up, with mail at one domain.
var Provisioning = register(Kind{
	Name:  "provisioning",
	Title: "A firm's directory makes accounts for all its staff",
	Share: 0.02,
	start: func(c *cast) {
		firms := c.count(1, 3)
		for firm := range firms {
			n := max(5, int(c.lines/float64(firms)/1.8))
			addr := c.crowd.addresses(c.dice, c.count(1, 2), hosting)
			agent := c.pick([]string{"AzureAD-Provisioning/1.0", "Okta SCIM Client 1.0.0", "python-requests/2.32.3", "Workday-Integration/2.1", "Java/17.0.10"})
			domain := fmt.Sprintf("%s-%s.example", c.pick(words), c.pick(words))
			gap := c.span(500*time.Millisecond, time.Minute)
			gap = min(gap, time.Duration(c.Hours*0.8*float64(time.Hour)/float64(n)))
			jitter := c.wide(0.02, 0.7)
			at := c.morning() + int64(c.between(0, 4)*float64(time.Hour))
			if lasts := time.Duration(n) * gap; at+int64(lasts) > c.end {
				at = c.begin(lasts)
			}
			c.enter(at, identity{agent: agent}, func(cl *client) {
				for i := range n {
					p := cl.crowd.person(cl.crowd.people + 4000000 + firm*100000 + i)
					name := p.account
					if cl.api.logs.mail {
						name = fmt.Sprintf("%s.%s%d@%s", cl.pick(firstNames), cl.pick(lastNames), i, domain)
					}
					cl.addr = addr[cl.IntN(len(addr))]
					cl.session, cl.user, cl.person = "", "", 0
					if cl.signUp(p, name) && cl.chance(0.5) {
						cl.pace(gap/4, jitter)
						cl.alter(cl.api.settings.profile)
					}
					cl.pace(gap, jitter)
				}
			})
		}
	},
})
