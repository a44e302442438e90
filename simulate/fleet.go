package simulate

import (
	"fmt"
	"net/netip"
	"time"
)

// Fleet is a plugin, or an integrator's cloud: many customers' keys, one
// programme. Each works for its owner alone, at the minute at which it was
// installed or all on the hour.
var Fleet = register(Kind{
	Name:  "plugin_fleet",
	Title: "One plugin with many customers' keys",
	Share: 0.06,
	start: func(c *cast) {
		n := max(4, int(c.lines/c.wide(15, 80)))
		hosted := c.chance(0.35) // all run at the integrator's
		var few []netip.Addr
		if hosted {
			few = c.crowd.addresses(c.dice, c.count(1, 6), hosting)
		}
		name := c.pick([]string{"WooSync", "ShipHelper", "acme-connect", "LedgerBridge", "StockLink"})
		versions := c.count(1, 4)
		bare := c.chance(0.3) // nobody named it
		var script []int
		for range c.many(2, 8) {
			script = append(script, c.IntN(5))
		}
		runs := max(1, c.lines/float64(n)/float64(len(script)+2))
		every := time.Duration(c.Hours * float64(time.Hour) / runs)
		together := c.chance(0.4) // on the hour
		pace := c.span(80*time.Millisecond, 3*time.Second)
		logsIn := c.chance(0.5) // anew for each run
		for range n {
			p := c.crowd.anyone(c.dice)
			who := identity{agent: fmt.Sprintf("%s/%d.%d.%d", name, 2, c.IntN(versions), c.IntN(versions)), person: p.index}
			if bare {
				who.agent = c.pick([]string{"GuzzleHttp/7", "WordPress/6.6.1; https://" + c.pick(words) + ".example"})
			}
			switch {
			case hosted:
				who.addr = few[c.IntN(len(few))]
			case c.chance(0.7):
				who.addr = c.crowd.address(c.dice, hosting)
			default:
				who.addr = p.home
			}
			if c.api.keyed {
				who.key = c.newKey()
			} else {
				who.user, who.session = p.user, token(c.dice, 24)
			}
			late := time.Duration(c.Float64() * float64(every))
			if together {
				late = time.Duration(c.ExpFloat64() * 20e9)
			}
			seen := c.IntN(50)
			c.enter(c.Start+int64(late), who, func(cl *client) {
				cl.retries = 3
				for {
					began := cl.at
					if logsIn && who.key == "" {
						cl.session = ""
						if cl.try(p.account, true) {
							cl.pace(pace, 0.3)
						}
					}
					for _, step := range script {
						switch step {
						case 0:
							cl.get(cl.api.me, "", 640)
						case 1:
							cl.list(cl.api.owned[0], 0)
						case 2:
							own := cl.api.owned[0].of(cl.person)
							for k := range min(len(own), 4) {
								cl.open(cl.api.owned[0], own[len(own)-1-k])
								cl.pace(pace, 0.3)
							}
						case 3:
							cl.get(cl.api.polls[0], "", 300)
						default:
							if len(cl.api.public) > 0 { // its own shelf of the catalogue
								col := cl.api.public[0]
								for k := range 3 {
									cl.open(col, (seen*37+k)%col.n)
									cl.pace(pace, 0.3)
								}
								seen++
							}
						}
						cl.pace(pace, 0.3)
					}
					if together {
						cl.until(began + int64(every) + int64(cl.ExpFloat64()*2e9))
						continue
					}
					cl.wait(time.Duration(cl.about(float64(every), 0.05)))
				}
			})
		}
	},
})
