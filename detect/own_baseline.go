package detect

import (
	"fmt"
	"math"

	"goshawk/event"
)

// OwnBaseline reports a key or an account that stops behaving like itself: far
// more requests than in its own hours before, on endpoints that it never asked,
// from networks where it never was.
//
// Each of the three has dull reasons (a busy night, a new release, a move), and
// two of them together still have; it takes all three to convict. Nothing is said
// before the actor has several hours of its own to be compared with.
var OwnBaseline = register(Detector{
	Name:   "own_baseline",
	Title:  "A key or an account stops behaving like itself",
	Doc:    "Compares an actor's hour with its own hours before: how much it asks, how much of that on endpoints that are new to it, and how much from networks that are. Hours unlike the usual teach little.",
	Threat: "leaked-key",
	Family: "identity",
	Scopes: []event.Scope{event.Key, event.User},
	At:     OnProfile,
	Needs:  event.HasTime,
	Impact: Medium,
	Since:  "0.2",
}, ownParams{Hours: 4, Events: 50}, judgeOwn, tellOwn)

type ownParams struct {
	Hours  int `doc:"active hours of its own before anything is said"`
	Events int `doc:"events in them"`
}

func judgeOwn(p *ownParams, c *Case) (s Signal) {
	x := &c.Profile.Habits
	if int(x.Hours) < p.Hours || int(x.Learned) < p.Events || x.N < 100 {
		return s
	}
	n, usual := float64(x.N), max(x.usual(), 1)
	z, fresh, strange := x.distance(), float64(x.Fresh)/n, float64(x.Strange)/n
	features := 0
	if z > 4 && n >= 4*usual {
		s.LLR += 2.5 + min(math.Log(n/usual/4), 1)
		features++
	}
	if fresh >= 0.5 {
		s.LLR += 1.5
		features++
	}
	if strange >= 0.5 && c.Profile.Nets.Count() <= 12 { // who roams always comes from somewhere else
		s.LLR += 1.5
		features++
	}
	if features < 2 {
		return Signal{}
	}
	if s.LLR = min(s.LLR, 5.5); features < 3 {
		s.LLR = min(s.LLR, 3)
	}
	s.V = [8]float64{n, usual, z, 100 * fresh, 100 * strange, float64(x.Hours)}
	return s
}

func tellOwn(p *ownParams, c *Case, s Signal) Evidence {
	return Evidence{
		Summary: fmt.Sprintf("%.0f requests in an hour where %.0f are its usual, %.0f %% of them on endpoints that it never asked before, %.0f %% from networks where it never was.", s.V[0], s.V[1], s.V[3], s.V[4]),
		Facts: []Fact{
			{Name: "requests this hour", Value: s.V[0], Unit: "requests", Limit: round(4 * s.V[1]), HasLimit: true, Peer: round(s.V[1]), HasPeer: true},
			{Name: "on endpoints new to it", Value: round(s.V[3]), Unit: "%", Limit: 50, HasLimit: true},
			{Name: "from networks new to it", Value: round(s.V[4]), Unit: "%", Limit: 50, HasLimit: true},
			{Name: "hours of its own", Value: s.V[5], Unit: "hours"},
		},
		Counter: []string{"A customer that moves its program to another host and has it do more looks the same: ask its owner."},
	}
}
