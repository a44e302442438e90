package simulate

import (
	"fmt"
	"time"

	"goshawk/event"
)

// Takeover enters accounts with passwords that were stuffed or phished before,
// or with stolen cookies, and robs them.
var Takeover = register(Kind{
	Name:   "account_takeover",
	Title:  "Somebody else's accounts are entered and robbed",
	Attack: true,
	start: func(c *cast) {
		n := min(c.crowd.people, pick3(c, c.many(8, 90), c.many(5, 50), c.many(3, 25)))
		addrs := pick3(c, 1, c.many(1, n), n)
		h := c.hide(addrs)
		lists := pick3(c, c.wide(1, 20), c.wide(0.3, 8), c.wide(0.05, 3)) // wrong pairs for each right one
		lists = min(lists, float64(c.budget())/2/float64(n))
		phished := c.chance(pick3(c, 0.2, 0.4, 0.6))
		cookies := c.chance(pick3(c, 0.1, 0.15, 0.25))
		motives := []string{"goods", "data", "foothold", "sale"}
		motive := c.pick(motives)
		mixed := c.chance(0.3)
		pause := pick3(c, c.span(300*time.Millisecond, 4*time.Second), c.span(time.Second, 15*time.Second), c.span(5*time.Second, time.Minute))
		later := pick3(c, 0, c.between(0, 0.3), c.between(0.1, 0.8)) // share that is robbed hours after it was entered
		lasts := time.Duration(c.Hours * pick3(c, c.wide(0.02, 0.5), c.wide(0.1, 0.8), c.wide(0.3, 0.9)) * float64(time.Hour))
		decoys := pick3(c, 0, c.between(0, 2), c.between(0, 6))
		how := "stuffed"
		if phished {
			how = "phished"
		}
		if cookies {
			how = "with stolen cookies"
		}
		c.note(fmt.Sprintf("%d accounts %s, for %s, from %d addresses, %.1f wrong pairs each, %s, pause %s, later %.0f%%, over %s",
			n, how, motive, addrs, lists, h.agentsName(), pause.Round(time.Millisecond), later*100, lasts.Round(time.Minute)))
		at := c.begin(lasts)
		first := c.IntN(c.crowd.people)
		for i := range n {
			p := c.crowd.person(1 + (first+i*11)%c.crowd.people)
			what := motive
			if mixed {
				what = c.pick(motives)
			}
			c.enter(c.sometime(at, lasts), identity{}, func(cl *client) {
				cl.wear(h, i)
				stage := cl.cast()
				if cookies {
					cl.user, cl.person, cl.session = p.user, p.index, token(cl.dice, 24)
				} else {
					if !phished {
						for range int(cl.ExpFloat64() * lists) { // the rest of the list goes by the same way
							other := cl.crowd.person(cl.crowd.people + 200000 + cl.IntN(50000))
							if cl.chance(0.3) {
								other = cl.crowd.anyone(cl.dice)
							}
							cl.try(other.account, false)
							cl.pace(4*pause, 0.8)
						}
					} else if cl.chance(0.25) {
						cl.try(p.account, false) // as the victim mistyped it
						cl.think(pause)
					}
					if cl.chance(pick3(stage, 0, 0.3, 0.8)) {
						cl.openOrLand()
						cl.think(pause)
					}
					if !cl.try(p.account, true) {
						cl.think(10 * pause)
						if !cl.try(p.account, true) {
							return
						}
					}
					cl.user, cl.person = p.user, p.index
				}
				stage.stole(event.Session, cl.session)
				stage.stole(event.User, p.user)
				stage.stole(event.Account, p.account)
				if cl.chance(later) {
					cl.get(cl.api.me, "", 640) // it works; put aside
					cl.wait(time.Duration(cl.between(0.5, 12) * float64(time.Hour)))
				}
				for range int(cl.ExpFloat64() * decoys) {
					cl.think(2 * pause)
					cl.pretend()
				}
				cl.think(pause)
				cl.rob(p.account, what, pause)
			})
		}
	},
})
