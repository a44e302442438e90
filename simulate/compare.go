package simulate

import (
	"fmt"
	"time"
)

// Compare is price-comparison partners: each night, or each hour, they read a
// large part of the catalogue under their own name, some with a key, at a pace
// that was agreed.
var Compare = register(Kind{
	Name:   "price_comparison",
	Title:  "Price-comparison partners that read the catalogue",
	Share:  0.06,
	Shapes: []string{"shop", "b2b", "site"},
	start: func(c *cast) {
		col := c.api.public[0]
		partners := c.count(1, 3)
		for range partners {
			who := identity{agent: fmt.Sprintf("%sBot/%d.%d (+https://%s.example/bot)", c.pick([]string{"PriceSpider", "Idealist", "CheapFinder", "Shopwise"}), 1+c.IntN(3), c.IntN(9), c.pick(words))}
			if c.chance(0.2) {
				who.agent = c.pick(tools) // nobody told them to say who they are
			}
			if c.api.keyed && c.chance(0.7) || c.api.members {
				who.key, who.staff = c.newKey(), true
			}
			addrs := c.crowd.addresses(c.dice, c.count(1, 6), hosting)
			runs := c.count(1, 6)
			each := max(10, int(c.lines/float64(partners*runs)))
			pace := c.span(150*time.Millisecond, 4*time.Second)
			pace = min(pace, time.Duration(c.Hours*0.8*float64(time.Hour)/float64(runs*each)))
			jitter := c.between(0, 0.5)
			way := c.IntN(3)
			first := c.IntN(col.n)
			for run := range runs {
				at := c.Start + int64((float64(run)+c.between(0, 0.2))/float64(runs)*float64(c.end-c.Start))
				c.enter(at, who, func(cl *client) {
					cl.retries = 3
					id := first
					if way == 2 {
						id = first + run*each // a part at a time
					}
					var shown []int
					for k := range each {
						cl.addr = addrs[cl.IntN(len(addrs))]
						switch {
						case way == 0 && len(shown) == 0:
							shown = cl.list(col, k/col.perPage)
						case way == 0:
							cl.open(col, shown[0])
							shown = shown[1:]
						default:
							for id++; !col.exists(id % col.n); id++ {
							}
							cl.open(col, id%col.n)
						}
						cl.pace(pace, jitter)
					}
				})
			}
		}
	},
})
