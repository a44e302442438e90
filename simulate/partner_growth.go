package simulate

// Growing partners change as attackers do: a new customer, a launch, a new
// feature that calls what was never called, a move to other servers.
var Growing = register(Kind{
	Name:  "partner_growth",
	Title: "Partners that grow, by a launch or week by week, and call new things",
	Share: 0.02,
	start: func(c *cast) {
		partners := c.count(2, 4)
		for range partners {
			factor := c.wide(1.5, 12)
			turn := c.between(0.3, 0.85)
			sudden := c.chance(0.5)
			h := c.habit(max(c.lines/float64(partners)/c.Hours/(1+(factor-1)*(1-turn)*0.7), 0.5))
			fresh := c.chance(0.5)
			moves := c.chance(0.3)
			next := c.crowd.address(c.dice, hosting)
			c.enter(c.Start, h.who, func(cl *client) {
				for {
					gone := float64(cl.at-c.Start)/float64(c.end-c.Start) - turn
					strength := 0.0
					if gone > 0 {
						strength = min(1, gone/(1-turn)*1.5)
						if sudden {
							strength = 1
						}
						if moves {
							cl.addr = next
						}
					}
					if fresh && cl.chance(strength*0.5) {
						other := cl.api.owned[0]
						cl.list(other, cl.IntN(8))
					} else {
						h.work(cl)
					}
					h.pause(cl, 1+(factor-1)*strength)
				}
			})
		}
	},
})
