package simulate

import "time"

// Checks are a team's own test suite: after each change it logs in to a few
// accounts made for it, on purpose also with wrong passwords.
var Checks = register(Kind{
	Name:  "test_suite",
	Title: "A test suite with its own accounts, wrong passwords included",
	start: func(c *cast) {
		who := identity{addr: c.crowd.address(c.dice, hosting), agent: c.pick([]string{"axios/1.7.2", "PostmanRuntime/7.39.0", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36", "k6/0.51.0 (https://k6.io/)", "node"})}
		accounts := c.count(2, 8)
		wrong := c.count(1, 6)
		every := c.span(10*time.Minute, 6*time.Hour)
		every = max(every, time.Duration(c.Hours*float64(time.Hour)*float64(accounts*3+wrong)/(float64(c.Lines)/25)))
		c.enter(c.Start+int64(c.Float64()*float64(every)), who, func(cl *client) {
			for {
				for i := range accounts {
					p := cl.crowd.person(cl.crowd.people + 95000 + i)
					cl.session, cl.user = "", ""
					if i == 0 {
						for range wrong {
							cl.try(p.account, false)
							cl.pace(300*time.Millisecond, 0.5)
						}
					}
					if cl.try(p.account, true) {
						cl.user, cl.person = p.user, p.index
						cl.get(cl.api.me, "", 640)
						cl.wait(time.Duration(cl.about(2e8, 0.4)))
						cl.list(cl.api.owned[0], 0)
					}
					cl.pace(time.Second, 0.4)
				}
				// People push changes by day.
				cl.wait(time.Duration(cl.ExpFloat64() * float64(every) / (0.2 + cl.api.rhythm(cl.at))))
			}
		})
	},
})
