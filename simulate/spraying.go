package simulate

import (
	"fmt"
	"time"
)

// Spraying tries a few common passwords on everybody, one round after the
// other, slow enough that no account locks.
var Spraying = register(Kind{
	Name:   "password_spraying",
	Title:  "A few common passwords on many accounts",
	Attack: true,
	start: func(c *cast) {
		accounts := min(c.crowd.people, pick3(c, c.many(100, 1500), c.many(80, 800), c.many(60, 400)))
		rounds := pick3(c, c.count(1, 5), c.count(1, 4), c.count(1, 3))
		for accounts*rounds > c.budget() {
			accounts /= 2
		}
		perMinute := pick3(c, c.wide(15, 200), c.wide(3, 40), c.wide(0.5, 6))
		n := accounts * rounds
		perMinute = max(perMinute, float64(n)/(c.Hours*60*0.75))
		rest := c.span(time.Minute, time.Hour)
		rest = min(rest, time.Duration(c.Hours*0.15/float64(rounds)*float64(time.Hour)))
		lasts := time.Duration(float64(n)/perMinute*float64(time.Minute)) + rest*time.Duration(rounds)
		h := c.hide(pick3(c, 1, c.many(2, 25), c.many(10, 250)))
		jitter := pick3(c, c.between(0, 0.2), c.between(0.1, 0.6), c.between(0.5, 0.95))
		weak := c.between(0, 0.015)
		pretend := pick3(c, 0, c.between(0, 0.1), c.between(0, 0.4))
		var list []person
		first := c.IntN(c.crowd.people)
		for i := range accounts {
			list = append(list, c.crowd.person(1+(first+i*7)%c.crowd.people))
		}
		c.note(fmt.Sprintf("%d accounts, %d rounds, rest %s, from %d addresses, %.1f/min, %s, decoys %.0f%%", accounts, rounds, rest.Round(time.Second), len(h.addrs), perMinute, h.agentsName(), pretend*100))
		c.enter(c.begin(lasts), identity{}, func(cl *client) {
			for range rounds {
				for _, p := range list {
					cl.identity = identity{}
					cl.wear(h, cl.IntN(len(h.addrs)))
					if cl.chance(pretend) {
						cl.openOrLand()
						cl.wait(time.Duration(cl.between(0.2, 4) * 1e9))
					}
					if cl.try(p.account, cl.chance(weak)) {
						cl.person, cl.user = p.index, p.user
						cl.get(cl.api.me, "", 640)
					}
					cl.pace(time.Duration(float64(time.Minute)/perMinute), jitter)
				}
				cl.wait(rest)
			}
		})
	},
})
