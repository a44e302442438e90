package simulate

import (
	"fmt"
	"time"

	"goshawk/event"
)

// habit is what one partner's programme does when nothing is wrong: the same
// few calls, so many an hour, at its hours.
type habit struct {
	who     identity
	perHour float64
	col     *collection
	calls   []string
	days    bool // at work by day only
	near    int  // how far it reaches from the newest object
}

func (c *cast) habit(perHour float64) habit {
	h := habit{who: c.partner(), perHour: perHour, col: c.api.owned[c.IntN(len(c.api.owned))], days: c.chance(0.5), near: c.many(20, 600)}
	for range c.count(1, 3) {
		h.calls = append(h.calls, c.pick([]string{c.api.me, c.api.search, c.api.polls[0], c.api.polls[len(c.api.polls)-1]}))
	}
	return h
}

// listed draws a collection of somebody's objects that has a list.
func (c *cast) listed() *collection {
	for {
		if col := c.api.owned[c.IntN(len(c.api.owned))]; !col.private {
			return col
		}
	}
}

// pause waits for the programme's next call.
func (h habit) pause(c *client, factor float64) {
	gap := float64(time.Hour) / h.perHour / factor
	if h.days {
		gap *= min(0.7/(0.1+c.api.rhythm(c.at)), 5)
	}
	c.wait(time.Duration(c.ExpFloat64() * gap))
}

// work makes one of its usual calls.
func (h habit) work(c *client) {
	if c.chance(0.4) {
		c.get(c.pick(h.calls), "", 1500)
		return
	}
	id := h.col.n - 1 - c.IntN(min(h.near, h.col.n))
	for id > 0 && !h.col.exists(id) {
		id--
	}
	c.open(h.col, id)
}

// OwnBaseline is a key that worked innocently for most of the log and then
// serves somebody else, or its owner for something else: more, other things,
// at other hours, from elsewhere; at once, day by day, or so slowly that each
// day looks like the one before.
var OwnBaseline = register(Kind{
	Name:   "own_baseline",
	Title:  "A partner's key that stops behaving like itself",
	Attack: true,
	start: func(c *cast) {
		total := float64(c.end - c.Start)
		h := c.habit(max(c.wide(0.08, 3)*float64(c.budget())/6, 250) / c.Hours)
		how := c.pick([]string{"step", "ramp", "boil"})
		turn := map[string]float64{"step": c.between(0.6, 0.85), "ramp": c.between(0.45, 0.7), "boil": c.between(0.3, 0.5)}[how]
		factor := pick3(c, c.wide(6, 40), c.wide(3, 12), c.wide(1.5, 5))
		factor = min(factor, max(1.5, float64(c.budget())/(h.perHour*c.Hours*(1-turn))))
		changes := map[string]bool{}
		for len(changes) < pick3(c, 3, 2, 1) {
			changes[c.pick([]string{"volume", "objects", "calls", "night", "network"})] = true
		}
		if !changes["objects"] && !changes["calls"] && (c.label.Variant == "evasive" || !changes["volume"]) {
			changes[c.pick([]string{"objects", "calls"})] = true // or nothing is taken
		}
		if !changes["volume"] {
			factor = min(factor, 1.5)
		}
		said := ""
		for _, x := range []string{"volume", "objects", "calls", "night", "network"} {
			if changes[x] {
				said += " " + x
			}
		}
		elsewhere := c.hide(pick3(c, 1, c.many(1, 4), c.many(1, 12)))
		if h.who.key != "" {
			c.takeOver(event.Actor{Scope: event.Key, Value: h.who.key})
		} else {
			if c.api.logs.user {
				c.takeOver(event.Actor{Scope: event.User, Value: h.who.user})
			}
			c.takeOver(event.Actor{Scope: event.Session, Value: h.who.session})
		}
		if !changes["network"] {
			c.takeOver(event.Actor{Scope: event.IP, Value: addrName(h.who.addr)})
			c.takeOver(event.Actor{Scope: event.Net, Value: netName(h.who.addr)})
		}
		c.note(fmt.Sprintf("%s after %.0f%% of the log, %.0f an hour before, ×%.1f, changes:%s; what went before is innocent, by the same key", how, turn*100, h.perHour, factor, said))
		c.enter(c.Start, h.who, func(cl *client) {
			guilty := cl.label
			cl.label = Label{Kind: "own_baseline"}
			for float64(cl.at-c.Start) < turn*total {
				h.work(cl)
				h.pause(cl, 1)
			}
			cl.label = guilty
			home := cl.identity
			target := c.listed()
			for {
				gone := (float64(cl.at-c.Start)/total - turn) / (1 - turn) // of the campaign
				strength := 1.0
				switch how {
				case "ramp":
					strength = min(1, 0.15+gone*1.6)
				case "boil":
					strength = min(1, 0.05+gone)
				}
				cl.identity = home
				if changes["network"] && cl.chance(strength) {
					cl.wear(elsewhere, cl.IntN(len(elsewhere.addrs)))
				}
				switch {
				case !cl.chance(max(strength, 0.1)):
					h.work(cl)
				case changes["objects"] && cl.chance(0.8):
					cl.open(target, target.random(cl.dice))
				case changes["calls"]:
					if cl.chance(0.5) {
						cl.list(target, cl.IntN(40))
					} else {
						cl.get(cl.api.export, fmt.Sprintf("from=2024-%02d-01&to=2026-12-31&format=csv", 1+cl.IntN(12)), 60000)
					}
				default:
					h.work(cl)
				}
				beat := h
				beat.days = h.days && !changes["night"]
				beat.pause(cl, 1+(factor-1)*strength)
			}
		})
	},
})
