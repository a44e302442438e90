package simulate

import "time"

// Movers change much about their account at once: a new telephone, a new
// address, a password that they had to guess at first. After news of a breach
// hundreds change their passwords in an evening; a telephone shop does it for
// its customers, one after the other.
var Movers = register(Kind{
	Name:  "movers",
	Title: "Owners who change password, mail and address of their accounts",
	Share: 0.04,
	start: func(c *cast) {
		counter := identity{addr: c.crowd.address(c.dice, residential), agent: browser(c.dice, false)} // the telephone shop's
		helped := c.between(0, 0.6)
		visit := func(c *cast, news bool) {
			p := c.crowd.anyone(c.dice)
			who := p.at(c.dice)
			if c.chance(helped) {
				who = counter
			}
			if !news && who != counter && c.chance(0.6) { // the new home, the new phone
				who.addr = residence(c.dice, c.chance(c.crowd.v6))
				who.agent = browser(c.dice, c.chance(0.6))
			}
			c.enter(c.now, who, func(cl *client) {
				s := cl.api.settings
				cl.openOrLand()
				for range int(cl.ExpFloat64() * 1.2) { // what was it?
					cl.think(9 * time.Second)
					cl.try(p.account, false)
				}
				cl.think(8 * time.Second)
				if !cl.try(p.account, true) {
					return
				}
				cl.user, cl.person = p.user, p.index
				cl.referer = "https://" + cl.api.host + "/"
				cl.get(cl.api.me, "", 640)
				steps := []string{s.profile, s.addresses, s.mail, s.password}
				cl.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
				steps = steps[:1+cl.IntN(len(steps))]
				if news {
					steps = []string{s.password}
				}
				for _, path := range steps {
					cl.think(18 * time.Second)
					cl.alter(path)
				}
				if cl.chance(0.5) {
					cl.think(6 * time.Second)
					cl.look(s.cards, 420)
				}
				if cl.chance(0.15) {
					cl.look(s.export, 60000)
				}
				if cl.chance(0.1) {
					cl.think(9 * time.Second)
					cl.mint()
				}
				for range cl.IntN(3) {
					cl.think(12 * time.Second)
					cl.ownThings()
				}
			})
		}
		c.arrivals(max(c.lines/18, 6), func(c *cast) { visit(c, false) })
		if c.chance(0.4) { // the news
			at := c.begin(4 * time.Hour)
			c.arrivalsWithin(at, min(at+int64(c.span(40*time.Minute, 6*time.Hour)), c.end), max(8, c.lines/12), func(c *cast) { visit(c, true) })
		}
	},
})
