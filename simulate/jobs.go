package simulate

import "time"

// Jobs run on the hour and ask the same few things.
var Jobs = register(Kind{
	Name:  "jobs",
	Title: "Hourly jobs",
	start: func(c *cast) {
		for range c.count(1, 4) {
			who := c.partner()
			every := []time.Duration{15 * time.Minute, time.Hour, time.Hour, 6 * time.Hour}[c.IntN(4)]
			var steps []string
			for range c.count(3, 12) {
				steps = append(steps, c.pick([]string{c.api.me, c.api.search, c.api.polls[0], c.api.owned[0].path}))
			}
			late := int64(c.between(0, 120) * 1e9)
			c.enter(c.Start+late, who, func(cl *client) {
				cl.retries = 2
				for {
					cl.until(cl.at - cl.at%int64(every) + int64(every) + late)
					for _, path := range steps {
						cl.get(path, "", 2200)
						cl.wait(time.Duration(cl.about(400, 0.3) * 1e6))
					}
				}
			})
		}
	},
})
