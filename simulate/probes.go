package simulate

import (
	"fmt"
	"time"
)

// Probes are monitoring services that ask from many cities in turn, and fleets
// of devices that report on one firmware's timer: exact intervals from several
// places.
var Probes = register(Kind{
	Name:  "probes",
	Title: "Monitors at exact intervals from several places, devices on a firmware's timer",
	Share: 0.02,
	start: func(c *cast) {
		// One service, its locations in turn.
		places := c.many(3, 30)
		addrs := c.crowd.addresses(c.dice, places, hosting)
		for i := range addrs {
			if c.chance(0.5) {
				addrs[i] = c.crowd.address(c.dice, hosting)
			}
		}
		who := identity{agent: c.pick([]string{
			"Mozilla/5.0 (compatible; StatusCake)", "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "DatadogSynthetics", "checkly/1.0",
			"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36"})}
		if c.api.members {
			p := c.crowd.person(c.crowd.people + 97000)
			who.person, who.user, who.session = p.index, p.user, token(c.dice, 24)
		}
		checks := []string{c.api.polls[0]}
		if len(c.api.pages) > 0 {
			checks = append(checks, c.api.pages[0])
		}
		if len(c.api.public) > 0 {
			for range c.many(1, 40) { // synthetic checks of the best sellers
				checks = append(checks, c.api.public[0].path+"/"+c.api.public[0].id(c.api.public[0].popular(c.dice)))
			}
		}
		every := time.Duration(float64(c.end-c.Start) / max(20, c.lines/2))
		jitter := c.wide(0.001, 0.1)
		random := c.chance(0.4)
		c.enter(c.Start+int64(c.Float64()*float64(every)), who, func(cl *client) {
			for i := 0; ; i++ {
				cl.addr = addrs[i%places]
				if random {
					cl.addr = addrs[cl.IntN(places)]
				}
				cl.get(checks[i%len(checks)], "", 900)
				cl.pace(every, jitter)
			}
		})
		// Devices.
		devices := max(3, int(c.lines/c.wide(20, 120)))
		period := time.Duration(float64(c.end-c.Start) * float64(devices) / max(20, c.lines/2))
		agent := fmt.Sprintf("%s/%d.%d (ESP32)", c.pick([]string{"ThermoNode", "PriceTag", "KioskBox", "SolarLink"}), 1+c.IntN(3), c.IntN(20))
		drift := c.wide(0.0005, 0.02)
		for range devices {
			p := c.crowd.anyone(c.dice)
			who := identity{addr: p.home, agent: agent, user: p.user, person: p.index, session: token(c.dice, 24)}
			c.enter(c.Start+int64(c.Float64()*float64(period)), who, func(cl *client) {
				for {
					cl.get(cl.api.polls[len(cl.api.polls)-1], "", 300)
					cl.pace(period, drift)
				}
			})
		}
	},
})
