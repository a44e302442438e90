package simulate

import "time"

// Power readers read for hours: hundreds of pages and objects, tabs opened by
// the dozen, the best things again and again. Collectors, buyers, journalists.
var Power = register(Kind{
	Name:  "power_readers",
	Title: "People who read hundreds of things in a sitting",
	Share: 0.04,
	start: func(c *cast) {
		sitting := c.wide(60, 500)
		c.arrivals(max(2, c.lines/sitting), func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, p.at(c.dice), func(cl *client) {
				if cl.api.members {
					cl.user, cl.person, cl.session = p.user, p.index, token(cl.dice, 24)
				}
				col := cl.api.owned[0]
				if len(cl.api.public) > 0 {
					col = cl.api.public[0]
				}
				cl.land()
				if cl.chance(0.8) {
					cl.referer = "https://" + cl.api.host + "/"
				}
				left := int(cl.about(sitting, 0.7))
				var liked []int
				for page := 0; left > 0; page++ {
					shown := cl.list(col, page%(1+col.n/col.perPage))
					left--
					if len(shown) == 0 {
						if page == 0 && col.mine != nil {
							for range min(left, 20) {
								cl.think(5 * time.Second)
								cl.get(cl.api.search, "q="+cl.pick(words), 2500)
							}
							return
						}
						page = -1
					}
					cl.think(5 * time.Second)
					tabs := cl.chance(0.5)
					for _, id := range shown {
						if !cl.chance(0.6) {
							continue
						}
						cl.openWith(col, id)
						left--
						if cl.chance(0.1) {
							liked = append(liked, id)
						}
						if tabs {
							cl.wait(time.Duration(cl.between(0.2, 2) * 1e9))
						} else {
							cl.think(11 * time.Second)
						}
					}
					for range cl.IntN(3) {
						if len(liked) > 0 {
							cl.think(8 * time.Second)
							cl.open(col, liked[cl.IntN(len(liked))])
							left--
						}
					}
					if cl.chance(0.08) {
						cl.wait(time.Duration(cl.ExpFloat64() * float64(15*time.Minute)))
					}
				}
			})
		})
	},
})
