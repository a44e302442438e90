package simulate

import (
	"fmt"
	"time"

	"goshawk/event"
)

// Travel uses people's sessions, taken by malware or a look-alike login page,
// far from where their owners go on using them.
var Travel = register(Kind{
	Name:   "impossible_travel",
	Title:  "People's sessions used far away while their owners use them",
	Attack: true,
	start: func(c *cast) {
		owners := c.run.regulars
		n := pick3(c, c.many(3, 30), c.many(2, 20), c.many(1, 12))
		var loot []identity
		for range n {
			if len(owners) > 0 {
				loot = append(loot, owners[c.IntN(len(owners))])
				continue
			}
			p := c.crowd.anyone(c.dice) // the owner is away
			loot = append(loot, identity{person: p.index, user: p.user, session: token(c.dice, 24), agent: p.agent, addr: p.home})
		}
		addrs := pick3(c, c.count(1, 2), c.many(1, n+1), n)
		h := c.hide(addrs)
		near := c.chance(pick3(c, 0, 0.15, 0.5)) // an exit in the owner's country
		if !near {
			for i := range h.addrs {
				if c.chance(0.8) {
					h.addrs[i] = c.crowd.far(c.dice)
				}
			}
		}
		same := c.chance(pick3(c, 0.05, 0.4, 0.8)) // the browser is copied with the cookies
		perVisit := pick3(c, c.many(15, 150), c.many(8, 80), c.many(5, 40))
		visits := c.count(1, pick3(c, 2, 4, 6))
		for n*perVisit*visits > c.budget() {
			perVisit = perVisit*3/4 + 1
			if perVisit <= 4 {
				visits = 1
				break
			}
		}
		pause := pick3(c, c.span(200*time.Millisecond, 3*time.Second), c.span(time.Second, 12*time.Second), c.span(3*time.Second, 40*time.Second))
		motives := []string{"goods", "data", "foothold", "sale", "data"}
		motive := c.pick(motives)
		lasts := time.Duration(c.Hours * c.between(0.2, 0.9) * float64(time.Hour))
		c.note(fmt.Sprintf("%d sessions, for %s, %d visits of about %d requests, from %d addresses, near %v, same browser %v, pause %s, over %s, the log names them %v",
			n, motive, visits, perVisit, addrs, near, same, pause.Round(time.Millisecond), lasts.Round(time.Minute), c.api.logs.session || c.api.logs.user))
		at := c.begin(lasts)
		for i, who := range loot {
			c.stole(event.Session, who.session)
			c.stole(event.User, who.user)
			account := c.crowd.person(who.person).account
			for v := range visits {
				c.enter(c.sometime(at, lasts), identity{}, func(cl *client) {
					cl.wear(h, i)
					if same {
						cl.agent = who.agent
					}
					cl.user, cl.person, cl.session = who.user, who.person, who.session
					for range cl.many(2, perVisit) {
						switch cl.IntN(4) {
						case 0:
							cl.pretend()
						case 1:
							cl.list(cl.api.owned[0], cl.IntN(3))
						default:
							if own := cl.api.owned[0].of(cl.person); len(own) > 0 {
								cl.open(cl.api.owned[0], own[cl.IntN(len(own))])
							} else {
								cl.get(cl.api.search, "q="+cl.pick(words), 900)
							}
						}
						cl.think(pause)
					}
					if v == visits-1 {
						cl.rob(account, motive, pause)
					}
				})
			}
		}
	},
})
