package simulate

import (
	"fmt"
	"time"
)

// RetryBug is one version of a library that does not understand 429: its users
// ask again at once, at one endpoint, until they upgrade. Other versions wait.
var RetryBug = register(Kind{
	Name:  "retry_bug",
	Title: "One version of a library that repeats what was refused, others that wait",
	Share: 0.06,
	start: func(c *cast) {
		name := c.pick([]string{"acme-sdk-python", "acme-sdk-js", "AcmeClient", "acme-go"})
		minor := c.count(2, 30)
		bad := c.IntN(3)
		users := max(3, int(c.lines/c.wide(100, 800)))
		each := c.lines / float64(users+3)
		limit := c.wide(6, 120)
		at := c.begin(time.Duration(c.Hours * 0.5 * float64(time.Hour))) // the release
		pause := c.span(20*time.Millisecond, 2*time.Second)
		gives := c.many(10, 2000) // tries before it gives up
		for i := range users {
			each := each
			if i == 0 {
				each *= 4 // the one whose job it stopped is the busiest
			}
			who := c.partner()
			who.limit = limit
			version := (bad + c.IntN(3)) % 3
			if i == 0 {
				version = bad
			}
			buggy := version == bad
			who.agent = fmt.Sprintf("%s/2.%d.%d", name, minor, version)
			path, query := c.api.polls[0], ""
			if c.chance(0.4) {
				path, query = c.api.search, "q="+c.pick(words)
			}
			burst := c.many(10, 200)
			from := at + int64(c.ExpFloat64()*float64(40*time.Minute))
			if !buggy {
				from = c.Start + int64(c.between(0, 0.4)*float64(c.end-c.Start))
			}
			c.enter(from, who, func(cl *client) {
				left := int(each)
				for left > 0 {
					back := time.Second
					for range burst {
						for range gives {
							left--
							if cl.get(path, query, 300) != 429 || left <= 0 {
								break
							}
							if buggy {
								cl.pace(pause, 0.3)
								continue
							}
							cl.wait(time.Duration(float64(back) * cl.between(0.7, 1.3)))
							back = min(2*back, 2*time.Minute)
						}
						cl.pace(pause/2, 0.5)
						if left <= 0 {
							return
						}
					}
					cl.wait(time.Duration(cl.ExpFloat64() * c.Hours * float64(time.Hour) / 12))
				}
			})
		}
	},
})
