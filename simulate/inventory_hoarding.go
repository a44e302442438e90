package simulate

import (
	"fmt"
	"time"
)

// Hoarding puts scarce things into carts and renews that until others find
// nothing; it never pays.
// Source: OWASP OAT-021, denial of inventory.
var Hoarding = register(Kind{
	Name:   "inventory_hoarding",
	Title:  "Carts and seats held and held again until nothing is left",
	Attack: true,
	Shapes: []string{"shop"},
	start: func(c *cast) {
		things := c.api.scarce
		first := 0
		if c.chance(0.25) {
			first = c.IntN(len(things))
		}
		targets := []*scarce{things[first]}
		for i := range c.IntN(min(3, len(things))) {
			targets = append(targets, things[(first+1+i)%len(things)])
		}
		share := c.between(0.85, 1.2)
		units := 0
		for i, s := range targets {
			units += int(float64(s.left)*share) + 1
			if next := things[(first+len(targets))%len(things)]; i == len(targets)-1 && units < 10 && len(targets) < len(things) {
				targets = append(targets, next) // too few to be worth it
				units += int(float64(next.left)*share) + 1
			}
		}
		each := pick3(c, c.many(10, 200), c.many(3, 20), c.many(1, 6)) // by one account or address
		each = min(each, units+units/3)
		hands := (units + each - 1) / each
		hands = min(hands, 400)
		h := c.hide(pick3(c, 1, max(1, hands/c.count(2, 6)), hands))
		who := c.throwaways(hands)
		guests := c.chance(0.5)
		for i := range who {
			if guests {
				who[i].user, who[i].person, who[i].own = "", 0, ""
			}
		}
		every := c.api.aside
		lasts := max(time.Duration(c.wide(2, 16)*float64(time.Hour)), 4*every)
		rounds := max(2, min(int(lasts/every), c.budget()/max(units, 1)))
		slack := pick3(c, c.between(-0.05, 0), c.between(-0.1, 0.15), c.between(-0.2, 0.8)) // renewed in time, or when it ran out
		gap := pick3(c, c.span(50*time.Millisecond, time.Second), c.span(time.Second, 10*time.Second), c.span(4*time.Second, 60*time.Second))
		looks := pick3(c, 0, c.between(0, 0.3), c.between(0.2, 0.8))
		begins := pick3(c, 0, c.between(0, 0.1), c.between(0, 0.4)) // goes on to the checkout, not to the payment
		c.note(fmt.Sprintf("%d units of %d things, %d hands with %d each, %d rounds every %s, %d addresses, %s", units, len(targets), hands, each, rounds, every.Round(time.Second), len(h.addrs), h.agentsName()))
		at := c.begin(time.Duration(rounds) * every)
		for k := range who {
			c.enter(at+int64(c.Float64()*float64(every)*pick3(c, 0.1, 0.5, 1)), identity{}, func(cl *client) {
				cl.act(who, h, k)
				j := cl.journey()
				for range rounds {
					if cl.chance(looks) {
						cl.openOrLand()
						cl.think(gap)
					}
					start := cl.at
					for range each {
						cl.put(targets[cl.IntN(len(targets))])
						cl.pace(gap, 0.7)
					}
					if cl.chance(begins) {
						for i := range cl.api.flow.paid {
							cl.take(j, i)
							cl.think(gap)
						}
					}
					cl.until(start + int64(float64(every)*(1+slack*cl.between(0.3, 1))))
				}
			})
		}
	},
})
