package simulate

import "time"

// SignInOutage is an hour in which nobody can log in: the identity provider is
// down, or everybody's password was reset. People try, and try again.
var SignInOutage = register(Kind{
	Name:  "sign_in_outage",
	Title: "A sign-in outage or forced reset: everybody fails",
	start: func(c *cast) {
		lasts := c.span(10*time.Minute, 90*time.Minute)
		from := c.begin(lasts)
		w := window{from, min(from+int64(lasts), c.end)}
		c.api.locked = append(c.api.locked, w)
		people := c.wide(0.3, 1.5) * float64(c.Lines) * 0.05 * lasts.Hours() / min(c.Hours, 4)
		c.arrivalsWithin(w.from, w.to, max(20, people), func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, p.at(c.dice), func(cl *client) {
				for range 1 + cl.IntN(5) {
					if cl.try(p.account, true) {
						return
					}
					cl.think(25 * time.Second)
				}
			})
		})
	},
})

// RetryStorm is minutes of 5xx, during which impatient programmes ask again
// and again, and what they do after it.
var RetryStorm = register(Kind{
	Name:  "retry_storm",
	Title: "Minutes of 5xx, and clients that retry",
	start: func(c *cast) {
		lasts := c.span(time.Minute, 12*time.Minute)
		from := c.begin(lasts)
		c.api.outages = append(c.api.outages, window{from, from + int64(lasts)})
		n := c.many(5, 80)
		every := c.span(300*time.Millisecond, 10*time.Second)
		// What the storm may cost, so that a small world is not all storm.
		every = max(every, time.Duration(float64(lasts)*float64(n)/(0.08*float64(c.Lines))))
		for range n {
			p := c.crowd.anyone(c.dice)
			who := identity{addr: p.where(c.dice), agent: p.app, user: p.user, session: token(c.dice, 24), person: p.index}
			path := c.pick(c.api.polls)
			c.enter(from+int64(c.Float64()*float64(lasts)), who, func(cl *client) {
				for range 600 {
					if cl.get(path, "", 300) < 500 && cl.chance(0.3) {
						return
					}
					cl.pace(every, 0.4)
				}
			})
		}
	},
})
