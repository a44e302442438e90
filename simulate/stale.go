package simulate

import "time"

// Stale clients know one old password and try it for hours: a mail programme,
// a tablet in a drawer, a job nobody looks at.
var Stale = register(Kind{
	Name:  "stale_client",
	Title: "A forgotten client that repeats one wrong password",
	start: func(c *cast) {
		for range c.count(1, 5) {
			p := c.crowd.anyone(c.dice)
			who := p.at(c.dice)
			who.agent = c.pick([]string{p.app, p.agent, "Microsoft Office/16.0 (Windows NT 10.0; Outlook 16.0)", "okhttp/4.9.3", "python-requests/2.28.1", "SyncAgent/3.1"})
			every := c.span(5*time.Second, 10*time.Minute)
			backs := c.chance(0.4)
			lasts := c.span(time.Hour, 60*time.Hour)
			most := c.Lines / 25
			from := c.Start + int64(c.between(-0.3, 0.8)*float64(c.end-c.Start))
			c.enter(from, who, func(cl *client) {
				gap := every
				for n := 0; n < most && cl.at < from+int64(lasts); n++ {
					cl.try(p.account, false)
					cl.pace(gap, 0.03)
					if backs {
						gap = min(gap*2, time.Hour)
						if cl.chance(0.05) {
							gap = every // restarted
						}
					}
				}
			})
		}
	},
})
