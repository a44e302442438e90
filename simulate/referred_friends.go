package simulate

import "time"

// Friends join by somebody's link: a family at home, a class, an influencer's
// followers, who come by hundreds and from everywhere.
var Friends = register(Kind{
	Name:   "referred_friends",
	Title:  "Friends, families and followers who join by one person's link",
	Share:  0.02,
	Shapes: []string{"shop", "saas"},
	start: func(c *cast) {
		next := 0
		links := c.many(2, 12)
		for range links {
			n := max(2, int(c.lines/float64(links)/9*c.wide(0.2, 2)))
			code := token(c.dice, 7)
			lasts := c.span(20*time.Minute, 20*time.Hour)
			at := c.begin(lasts)
			together := c.chance(0.3) // one address: a family, a school
			home := c.crowd.address(c.dice, residential)
			device := browser(c.dice, true)
			one := c.chance(0.3) // all on the teacher's tablet
			c.arrivalsWithin(at, min(at+int64(lasts), c.end), float64(n), func(c *cast) {
				next++
				p := c.crowd.person(c.crowd.people + 300000 + next)
				who := p.at(c.dice)
				if together {
					who.addr = home
					if one {
						who.agent = device
					}
				}
				c.enter(c.now, who, func(cl *client) {
					cl.joinBy(code, 10*time.Second, identity{user: p.user, session: token(cl.dice, 24), person: p.index, own: p.account}, 0.6)
					cl.own = ""
					if cl.person != 0 && cl.chance(0.5) {
						cl.qualify(15 * time.Second)
					}
				})
			})
			p := c.crowd.anyone(c.dice)
			who := p.at(c.dice)
			who.user, who.session, who.person = p.user, token(c.dice, 24), p.index
			c.enter(at, who, func(cl *client) {
				for range cl.many(2, 10) {
					cl.wait(time.Duration(cl.ExpFloat64() * float64(lasts) / 4))
					cl.get(cl.api.rewards, "", 900)
					if cl.chance(0.3) {
						cl.think(9 * time.Second)
						cl.send(ask{method: "POST", path: cl.api.rewards + "/redeem", status: 200, out: 180, in: 60})
					}
				}
			})
		}
	},
})
