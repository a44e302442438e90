package simulate

import (
	"fmt"
	"time"

	"goshawk/event"
)

// Stages is one attacker from the first look to the last byte: each stage uses
// what the one before found, and each may come from other addresses.
// Source: MITRE ATT&CK's tactics; public reports on account takeover and on
// keys found in repositories.
var Stages = register(Kind{
	Name:   "campaign",
	Title:  "A campaign of stages: a look around, a way in, and what was wanted",
	Attack: true,
	start: func(c *cast) {
		ways := []string{"stuffing"}
		if c.api.at != "" {
			ways = append(ways, "takeover")
		}
		if c.api.keyed {
			ways = append(ways, "key")
		}
		t := c.tempo([3]int{2, 20, 150}, [4]float64{30, 400, 300, 5000}, [4]float64{3, 50, 120, 1500}, [4]float64{0.4, 6, 80, 700})
		t.decoys = min(t.decoys, 0.3)
		way := c.pick(ways)
		// What the stages take of the requests.
		look, enter := c.between(0.05, 0.3), c.between(0.3, 0.6)
		apart := pick3(c, 0, c.wide(1, 30), c.wide(5, 120)) // minutes between stages
		apart = min(apart, c.Hours*60/20)
		second, third := t.disguise, t.disguise
		if c.chance(pick3(c, 0.2, 0.6, 0.9)) {
			second = c.hide(max(1, len(t.addrs)))
			if c.chance(0.5) {
				third = c.hide(c.many(1, pick3(c, 1, 2, 8)))
			} else {
				third = second
			}
		}
		col := c.listed()
		c.note(fmt.Sprintf("%s of %s: %.0f%% looking, %.0f%% entering, %.0f minutes apart, %s", way, col.path, look*100, enter*100, apart, t))
		who := identity{}
		if way == "key" {
			who.key = c.newKey()
			c.victimOfLeak(who.key)
		}
		c.enter(c.begin(t.lasts+time.Duration(apart*3*float64(time.Minute))), who, func(cl *client) {
			var caught []person
			stage := func(h disguise, n int, deed func(i int)) {
				for i := range max(n, 1) {
					cl.wear(h, cl.IntN(len(h.addrs)))
					deed(i)
					t.next(cl)
				}
				cl.lull(1, time.Duration(apart*float64(time.Minute))+time.Second)
			}
			key := cl.key
			switch way {
			case "key":
				stage(second, int(look*float64(t.n)), func(i int) {
					switch cl.IntN(4) {
					case 0:
						cl.get(cl.api.me, "", 640)
					case 1:
						cl.manage(cl.pick(adminRoutes), false, false)
					case 2:
						cl.list(cl.api.owned[cl.IntN(len(cl.api.owned))], 0)
					default:
						cl.probe("GET", cl.api.at+"/"+cl.pick(leaves))
					}
				})
				page := 0
				stage(third, int((1-look)*float64(t.n)), func(i int) {
					cl.key = key
					if i%5 == 0 {
						cl.send(ask{method: "GET", path: col.path, query: pageQuery(col, page), status: 200, out: 30000, slow: 3})
						page++
						return
					}
					cl.open(col, max(0, col.n-1-i))
				})
				return
			case "stuffing":
				stage(t.disguise, int(look*float64(t.n)), func(i int) { cl.probe("GET", probed(cl.dice, i)) })
			default: // which accounts are there? profiles, or a form that tells
				stage(t.disguise, int(look*2*float64(t.n)), func(i int) {
					p := cl.crowd.person(1 + cl.IntN(cl.crowd.people))
					taken := !cl.chance(0.4)
					if !taken {
						p = cl.crowd.person(cl.crowd.people + 500000 + i)
					}
					cl.exists(p.account, taken)
					if taken && len(caught) < 60 {
						caught = append(caught, p)
					}
				})
			}
			found := caught
			caught = nil
			tries := max(int(enter*float64(t.n)), 12)
			stage(second, tries, func(i int) {
				cl.session, cl.user, cl.person = "", "", 0
				p := cl.crowd.person(1 + cl.IntN(cl.crowd.people))
				if way == "takeover" && len(found) > 0 {
					p = found[i%len(found)]
				}
				// The last ones work, or there would be no campaign.
				if cl.try(p.account, cl.chance(0.02) || i >= tries-2-cl.IntN(2)) {
					caught = append(caught, p)
				}
			})
			if len(caught) == 0 {
				return
			}
			sessions := make([]string, len(caught))
			for i := range sessions {
				sessions[i] = token(cl.dice, 24)
			}
			stage(third, max(10, t.n-tries-int(look*float64(t.n))), func(i int) {
				k := i * len(caught) / t.n % len(caught)
				p := caught[k]
				cl.user, cl.person, cl.session = p.user, p.index, sessions[k]
				switch own := col.of(p.index); {
				case cl.chance(0.1):
					cl.get(cl.api.me, "", 640)
				case cl.chance(0.03):
					cl.changeMail()
				case cl.chance(0.15):
					cl.get(cl.api.export, fmt.Sprintf("from=2020-01-01&to=2026-12-31&format=csv&page=%d", i), 80000)
				case len(own) > 0:
					cl.open(col, own[i%len(own)])
				default:
					cl.order()
				}
			})
		})
	},
})

// victimOfLeak lets the owner of a key work with it, rarely, as before.
func (c *cast) victimOfLeak(key string) {
	c.takeOver(event.Actor{Scope: event.Key, Value: key})
	h := c.habit(c.wide(1, 12) * min(1, 24/c.Hours*2))
	h.who.key, h.who.user, h.who.session = key, "", ""
	innocent := *c
	innocent.label = Label{Kind: "campaign"}
	innocent.enter(c.Start, h.who, func(cl *client) {
		for {
			h.work(cl)
			h.pause(cl, 1)
		}
	})
}
