package simulate

import (
	"fmt"
	"time"
)

// ReferralFarming invites itself: made-up accounts join by the farmer's own
// link, do the least that earns the reward, and are not seen again.
// Source: OWASP OAT-019, account creation, and API6:2023.
var ReferralFarming = register(Kind{
	Name:   "referral_farming",
	Title:  "One's own referrals by many made-up accounts",
	Attack: true,
	Shapes: []string{"shop", "saas"},
	start: func(c *cast) {
		t := c.tempo([3]int{1, 20, 150}, [4]float64{1, 12, 30, 300}, [4]float64{0.15, 2, 20, 150}, [4]float64{0.02, 0.4, 12, 90})
		codes := make([]string, pick3(c, 1, c.many(1, 4), c.many(1, 8)))
		for i := range codes {
			codes[i] = token(c.dice, 7)
		}
		farmer := c.account(0)
		qualify := pick3(c, c.between(0, 1), c.between(0.6, 1), c.between(0.8, 1))
		stay := pick3(c, 0, c.between(0, 0.3), c.between(0.2, 0.9)) // looks around, as people do who have joined
		think := pick3(c, 400*time.Millisecond, 4*time.Second, 20*time.Second)
		c.note(fmt.Sprintf("%s; %d codes, %.0f%% qualify, %.0f%% look around", t, len(codes), qualify*100, stay*100))
		c.perform(t, farmer, func(cl *client, i int) {
			code := cl.pick(codes)
			where := cl.identity
			cl.identity = identity{addr: where.addr, agent: where.agent, tls: where.tls}
			cl.joinBy(code, think, cl.account(1+i), stay)
			if cl.chance(qualify) {
				cl.qualify(think)
			}
			if i%pick3(c, 40, 15, 8) == 3 || i == t.n-1 {
				cl.identity = farmer
				cl.wear(t.disguise, 0)
				cl.get(cl.api.rewards, "", 900)
				cl.think(think)
				cl.send(ask{method: "POST", path: cl.api.rewards + "/redeem", status: 200, out: 180, in: 60})
			}
		})
	},
})

// account returns the identity of an account that an attacker makes.
func (c *client) account(i int) identity { return c.cast().account(i) }

// joinBy follows a referral link and registers.
func (c *client) joinBy(code string, think time.Duration, who identity, stay float64) {
	c.send(ask{method: "GET", path: c.api.invite + code, status: 302, out: 0})
	c.think(think)
	if c.chance(stay) {
		c.openOrLand()
		c.think(think)
	}
	if c.chance(stay) {
		c.exists(who.own, false)
		c.think(think)
	}
	if c.send(ask{method: "POST", path: c.api.join, query: "ref=" + code, status: 201, out: 360, in: 240, slow: 4}) != 201 {
		return
	}
	c.user, c.session, c.person, c.own = who.user, who.session, who.person, who.own
	c.think(think)
	c.get(c.api.me, "", 600)
	for c.chance(stay) {
		c.think(think)
		c.pretend()
	}
}

// qualify does the least for which a referral is paid.
func (c *client) qualify(think time.Duration) {
	c.think(think)
	if c.api.members {
		c.list(c.api.owned[0], 0)
		c.order()
		return
	}
	c.through(c.journey(), 0, 0.6, think)
}
