package detect

import (
	"fmt"
	"math"

	"goshawk/event"
	"goshawk/inventory"
)

// InventoryHoarding reports an actor that puts the same thing aside again and
// again and never pays, so that others find nothing.
//
// People hesitate, and hold a seat once more while they ask the others. How many
// of them do is learned; to come back ten times without buying, all would have
// to do so each time. Source: OWASP OAT-021, denial of inventory.
var InventoryHoarding = registerBoth(Detector{
	Name:   "inventory_hoarding",
	Title:  "One client holds stock again and again and never pays",
	Doc:    "The same thing is put into a cart or reserved, released and taken again, without a purchase, far more often than by people who hesitate; or far more of it than one person needs.",
	Threat: "inventory-hoarding",
	Family: "sequence",
	Scopes: []event.Scope{event.IP, event.User, event.Key, event.Session},
	At:     OnTrade,
	Needs:  event.HasPath | event.HasStatus,
	Impact: Medium,
	Since:  "0.2",
}, hoardingParams{Held: 50}, judgeHoarding, tellHoarding, hoardingCrowd)

type hoardingParams struct {
	Held int `doc:"times that one person may put the same thing aside in a day without buying it"`
}

// returning is how often a hoarder comes back to what it holds.
const returning = 0.95

func judgeHoarding(p *hoardingParams, c *Case) (s Signal) {
	if c.Trade == nil || c.many() {
		return s
	}
	h := &c.Trade.Hold
	x := h.most()
	if x.Bouts < 5 && int(x.N) < p.Held || c.View.Trade.Paid == 0 {
		return s
	}
	people := float64(c.Record.Sharers())
	if x.Thing != 0 && people <= 1 {
		// Several in each round are more than one who hesitates wants.
		s.LLR, s.Test = holdFactor(c.View, x)-3+float64(0.5*math.Log(float64(x.N)/float64(x.Bouts))), 1
	}
	limit := float64(p.Held) * people
	if x.Thing == 0 {
		limit *= 3 // it may be a cart with many things
	}
	if over := float64(x.N) / limit; over > 1 {
		if llr := 4 + float64(1.5*math.Log(over)); llr > s.LLR {
			s.LLR, s.Test = llr, 2
		}
	}
	if s.LLR = clip(s.LLR); s.LLR <= 0 {
		return Signal{}
	}
	if c.Rec != nil {
		s.Target = c.Rec.Template + 1
	}
	s.V = [8]float64{float64(x.N), float64(x.Bouts), float64(h.Got), float64(h.Full), limit, c.View.Trade.Again.Mean(), float64(h.Paid), float64(x.Thing)}
	return s
}

// holdFactor weighs how often a thing was taken again: somebody who hesitates
// stops each time with the same chance.
func holdFactor(v *inventory.View, x *held) float64 {
	return float64(float64(x.Bouts-1) * math.Log(returning/v.Trade.Again.Mean()))
}

// hoardingCrowd looks for many hands that hold one thing, each a little.
func hoardingCrowd(p *hoardingParams, c *Crowd) (l []Claim) {
	if c.View.Trade.Paid == 0 {
		return nil
	}
	var who []suspect
	for i := range c.Members {
		m := &c.Members[i]
		if m.Trade == nil || m.Record.Sharers() > 1 {
			continue
		}
		x := m.Trade.Hold.most()
		if x.Bouts == 0 || x.Thing == 0 {
			continue
		}
		bf := holdFactor(c.View, x)
		if x.Bouts == 1 {
			bf = -1 // it may come back, or not
		}
		who = append(who, suspect{m, bf, x.N, x.Bouts, 0})
	}
	x, ok := joint(c, who)
	if !ok {
		return nil
	}
	x.Title = fmt.Sprintf("%d clients together hold stock again and again and never pay", len(x.Members))
	x.Evidence = Evidence{
		Summary: fmt.Sprintf("%d actors took the same things %d times in %d rounds without paying; %.0f %% of those who put something aside do so again before they buy.", len(x.Members), x.Events, x.hits, 100*c.View.Trade.Again.Mean()),
		Facts: []Fact{
			{Name: "actors", Value: float64(len(x.Members)), Unit: "actors"},
			{Name: "rounds each without a purchase", Value: round(float64(x.hits) / float64(len(x.Members))), Unit: "rounds", Peer: 1, HasPeer: true},
			{Name: "holds", Value: float64(x.Events), Unit: "holds"},
		},
		Counter: []string{"In a rush many hold, hesitate and hold again; so many rounds without one purchase are unlike even them."},
	}
	return []Claim{x.Claim}
}

func tellHoarding(p *hoardingParams, c *Case, s Signal) Evidence {
	e := Evidence{
		Summary: fmt.Sprintf("Put the same thing aside %.0f times in %.0f rounds without paying; %.0f %% of those who put something aside do so again before they buy.", s.V[0], s.V[1], 100*s.V[5]),
		Facts: []Fact{
			{Name: "rounds without a purchase", Value: s.V[1], Unit: "rounds", Peer: 1, HasPeer: true},
			{Name: "holds of the same thing", Value: s.V[0], Unit: "holds", Limit: s.V[4], HasLimit: true},
			{Name: "refused, as none was left", Value: s.V[3], Unit: "holds"},
			{Name: "purchases before", Value: s.V[6], Unit: "purchases"},
		},
		Counter: []string{"Shoppers who abandon a cart come back to it a few times at most, and each time may be the last; buying ends the count."},
	}
	if s.V[7] == 0 {
		e.Counter = append(e.Counter, "The log does not show what was put aside, so three times as much is allowed.")
	}
	return e
}
