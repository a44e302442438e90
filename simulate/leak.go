package simulate

import (
	"fmt"
	"net/netip"
	"time"

	"goshawk/event"
)

// Leak is a key that got out, in a public repository or an app: within minutes
// strangers try it, then use it, each with a tool of their own, while its
// owner's programme goes on. Sources: experiments with planted keys by
// Comparitech, Orca Security and Project Spacecrab.
var Leak = register(Kind{
	Name:   "leaked_key",
	Title:  "Strangers use a leaked key beside its owner",
	Attack: true,
	start: func(c *cast) {
		who := identity{person: 0, staff: true, key: c.newKey()}
		if !c.api.keyed {
			who.key, who.user, who.session = "", "svc-"+c.pick(words), token(c.dice, 24)
		}
		idle := true
		if owners := c.run.partners; len(owners) > 0 && c.chance(0.85) {
			who, idle = owners[c.IntN(len(owners))], false
		}
		strangers := pick3(c, c.many(3, 40), c.many(2, 20), c.many(1, 8))
		copies := c.chance(pick3(c, 0, 0.2, 0.6)) // call themselves what the owner does
		agent := who.agent
		perMinute := pick3(c, c.wide(10, 200), c.wide(2, 40), c.wide(0.2, 8)) // each
		n, _ := c.spread(pick3(c, c.many(100, 2500), c.many(60, 800), c.many(50, 250)), perMinute)
		n = max(10, min(n, c.budget()/strangers))
		lasts := time.Duration(c.Hours * c.between(0.2, 0.9) * float64(time.Hour))
		var places []netip.Addr
		for range strangers {
			switch {
			case c.chance(pick3(c, 0.4, 0.4, 0.2)):
				places = append(places, c.crowd.far(c.dice))
			case c.chance(0.7):
				places = append(places, c.crowd.address(c.dice, hosting))
			default:
				places = append(places, c.crowd.address(c.dice, residential))
			}
		}
		pretend := pick3(c, 0, c.between(0, 0.2), c.between(0, 0.5))
		jitter := pick3(c, c.between(0, 0.3), c.between(0.1, 0.6), c.between(0.4, 0.95))
		c.note(fmt.Sprintf("%d strangers, about %d requests each at %.1f/min, owner idle %v, same agent %v, decoys %.0f%%, over %s, the log shows it %v", strangers, n, perMinute, idle, copies, pretend*100, lasts.Round(time.Minute), who.key != "" || c.api.logs.session || c.api.logs.user))
		c.stole(event.Key, who.key)
		c.stole(event.Session, who.session)
		c.stole(event.User, who.user)
		at := c.begin(lasts)
		for i, addr := range places {
			found := at + int64(c.ExpFloat64()*20*float64(time.Minute))
			if i > 0 {
				found = at + int64(c.Float64()*float64(lasts))
			}
			tool := c.pick(tools)
			c.enter(found, who, func(cl *client) {
				cl.addr, cl.agent = addr, tool
				if copies && agent != "" {
					cl.agent, cl.tls = agent, tool
				}
				cl.get(cl.api.me, "", 640) // does it work?
				if i > 0 && cl.chance(0.3) {
					return // only tried
				}
				cl.wait(time.Duration(cl.ExpFloat64() * 90e9))
				col := cl.api.owned[cl.IntN(len(cl.api.owned))]
				next := cl.IntN(col.n)
				for k := range cl.many(max(5, n/3), n) {
					switch {
					case cl.chance(pretend):
						cl.pretend()
					case k%7 == 0:
						cl.list(col, k/7)
					case k%50 == 3:
						cl.mint()
					default:
						next = (next + 1) % col.n
						cl.open(col, next)
					}
					cl.pace(time.Duration(float64(time.Minute)/perMinute), jitter)
				}
			})
		}
	},
})
