package simulate

import (
	"fmt"
	"time"
)

// Overuse makes one function that costs its owner money work for the abuser:
// messages to numbers of a carrier who shares the fee, or free trials without
// end. The messages' codes are never typed, the trials are left when empty.
// Sources: OWASP API6:2023 and API4:2023; Twilio on SMS pumping.
var Overuse = register(Kind{
	Name:   "function_overuse",
	Title:  "One costly function, such as messages or free trials, used without end",
	Attack: true,
	Shapes: []string{"shop", "saas", "site"},
	start: func(c *cast) {
		t := c.tempo([3]int{2, 40, 400}, [4]float64{20, 400, 200, 5000}, [4]float64{3, 40, 100, 2000}, [4]float64{0.3, 6, 60, 800})
		think := pick3(c, 500*time.Millisecond, 4*time.Second, 15*time.Second)
		if c.api.members && c.chance(0.5) || c.chance(0.35) && c.api.at != "" {
			t.n = max(6, t.n/6)
			uses := c.many(2, 12)
			c.note(fmt.Sprintf("%d trials with %d uses each, %s", t.n, uses, t))
			c.perform(t, identity{}, func(cl *client, i int) {
				who := cl.account(i % 900)
				cl.user, cl.person, cl.session = who.user, who.person, token(cl.dice, 24)
				cl.startTrial(max(1, uses+cl.IntN(3)-1), think)
			})
			return
		}
		ranges := make([]string, pick3(c, 1, c.many(1, 4), c.many(2, 30)))
		for i := range ranges {
			ranges[i] = c.pick([]string{"%2B88", "%2B993", "%2B992", "%2B216", "%2B94", "%2B62", "%2B252", "%2B371", "%2B44770", "%2B998"}) + fmt.Sprintf("%04d", c.IntN(10000))
		}
		sequential := c.chance(pick3(c, 0.8, 0.5, 0.2))
		repeat := c.between(0, 0.6)
		proves := pick3(c, 0, c.between(0, 0.05), c.between(0, 0.3)) // types a code that its own phone received
		c.note(fmt.Sprintf("messages, %d ranges, in order %v, %.0f%% again, %.0f%% proved, %s", len(ranges), sequential, repeat*100, proves*100, t))
		number := ""
		c.perform(t, identity{}, func(cl *client, i int) {
			if number == "" || !cl.chance(repeat) {
				n := cl.IntN(100000)
				if sequential {
					n = i
				}
				number = fmt.Sprintf("%s%05d", cl.pick(ranges), n)
			}
			cl.session = ""
			if cl.chance(pick3(c, 0, 0.3, 0.8)) {
				cl.session = token(cl.dice, 24)
			}
			if cl.chance(proves) {
				cl.prove(number, 0.3, think)
				return
			}
			cl.message(number)
		})
	},
})
