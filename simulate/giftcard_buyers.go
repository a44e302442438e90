package simulate

import "time"

// CardHolders look how much is left on a card, some on a drawer full of them.
var CardHolders = register(Kind{
	Name:   "giftcard_buyers",
	Title:  "People and firms that check the balances of their gift cards",
	Share:  0.02,
	Shapes: []string{"shop", "site"},
	start: func(c *cast) {
		k := &c.api.card
		typos := c.between(0.1, 0.4)
		c.arrivals(c.lines/6, func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, p.at(c.dice), func(cl *client) {
				cards := 1 + cl.IntN(2)
				if cl.chance(0.04) {
					cards = cl.many(8, 70) // a firm's presents: bought together, so the numbers are neighbours
				}
				first := cl.IntN(k.n)
				for i := range cards {
					for cl.chance(typos) {
						cl.enterCode(k, k.text(k.n+1+cl.IntN(1<<40)), false)
						cl.think(8 * time.Second)
					}
					cl.enterCode(k, k.text((first+i)%k.n), true)
					cl.think(7 * time.Second)
				}
				if cl.chance(0.3) {
					cl.session = token(cl.dice, 24)
					cl.through(cl.journey(), 0, 0.3, 15*time.Second)
				}
			})
		})
	},
})
