package simulate

import "time"

// Monitors ask the same thing at exact intervals, day and night, some by
// logging in to an account kept for it.
var Monitors = register(Kind{
	Name:  "monitor",
	Title: "Uptime monitors and health checks",
	start: func(c *cast) {
		for range c.count(1, 5) {
			who := identity{addr: c.crowd.address(c.dice, hosting), agent: c.pick([]string{
				"Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
				"kube-probe/1.29", "ELB-HealthChecker/2.0", "Blackbox Exporter/0.25.0", "Better Uptime Bot Mozilla/5.0"})}
			// Lines for health checks must not swamp the rest.
			every := []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, time.Minute, 5 * time.Minute}[c.IntN(5)]
			for time.Duration(c.Hours*float64(time.Hour))/every > time.Duration(c.Lines/30) {
				every *= 2
			}
			path := c.pick([]string{"/health", "/healthz", "/", "/api/status", "/ping"})
			synthetic := c.chance(0.25)
			account := c.crowd.person(c.crowd.people + 90000 + c.IntN(1000))
			c.enter(c.Start+int64(c.Float64()*float64(every)), who, func(cl *client) {
				for {
					if synthetic {
						cl.session = ""
						if cl.try(account.account, true) {
							cl.get(cl.api.me, "", 640)
						}
					} else {
						cl.get(path, "", 17)
					}
					cl.pace(every, 0.002)
				}
			})
		}
	},
})
