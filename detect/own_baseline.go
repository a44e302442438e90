package detect

import (
	"fmt"
	"strings"

	"goshawk/event"
)

// OwnBaseline reports a key, an account or a programme's address that stops
// behaving like itself: most of what it asks for now, and gets, is what it hardly
// ever asked for, by endpoint, or things of long ago where it asked for the newest.
//
// More requests, another network and other hours have dull reasons, alone and
// together: a customer grows, moves and closes its books. They are told, and add
// to what is asked for; they do not convict without it. The past that counts is
// the older part of the actor's life, so that a change of a little every day is
// seen as what it comes to. How much an actor varies by itself, from hour to hour
// before, is taken off.
var OwnBaseline = register(Detector{
	Name:   "own_baseline",
	Title:  "A key or an account stops behaving like itself",
	Doc:    "Compares what an actor asks for now with the older part of its own past, by endpoint, things of long ago apart from the newest: which share of its requests would not have been made. Volume by the hour, networks and hours of the week are compared with that past too, and add to it.",
	Threat: "leaked-key",
	Family: "identity",
	Scopes: []event.Scope{event.Key, event.User, event.Session, event.IP},
	At:     OnProfile,
	Needs:  event.HasTime | event.HasStatus,
	Impact: Medium,
	Since:  "0.2",
}, ownParams{Hours: 4, Events: 48, Share: 0.67, Things: 10}, judgeOwn, tellOwn)

type ownParams struct {
	Hours  int     `doc:"active hours of its own before anything is said"`
	Events int     `doc:"requests in them"`
	Share  float64 `doc:"share of its requests that must be unlike its past, beyond what varies anyhow"`
	Things int     `doc:"different things it must have got, of 64; fewer is a poller"`
}

func judgeOwn(p *ownParams, c *Case) (s Signal) {
	x := c.Habits
	if x == nil || int(x.Ref.Hours) < p.Hours || int(x.Ref.N) < p.Events || x.NowN < enoughNow {
		return s
	}
	share, main := x.Shift(c.View)
	usual := float64(x.Usual)
	moved := (share - usual) / (1 - usual)
	if moved < p.Share-0.1 || x.Variety() < p.Things || x.Programmes() >= severalUse || c.Scope == event.IP && c.shared() {
		return s
	}
	volume, strange, odd := x.distance(), float64(x.Strange)/float64(x.NowN), 0.0
	if x.Days >= 14 {
		odd = float64(x.Odd) / float64(x.NowN)
	}
	more := 0.0
	if float64(x.HourN) >= 4*max(x.usual(), 5) && volume > 3 || x.Up > 8 {
		more += 0.5
	}
	if strange >= 0.5 && c.Profile.Nets.Count() <= 12 { // who roams always comes from somewhere else
		more += 0.5
	}
	if odd >= 0.5 {
		more += 0.5
	}
	s.LLR = min(5.5+float64(10*(moved-p.Share)), 7)
	most := 7.0
	switch {
	case moved < p.Share: // a customer that grows does a little of everything
		most = 4
	case 4*uint32(x.Others) >= x.NowN && 4*float64(x.OwnWas) >= x.usual(): // a programme more for the same account: what it had goes on
		most = 3
	case float64(x.Before) < usual+float64((1-usual)*p.Share/2): // a job that may be over soon
		most = 4
	}
	s.LLR = min(s.LLR+more, most)
	if s.Target = main &^ longAgo; main&longAgo != 0 {
		s.Test = 1
	}
	s.V = [8]float64{share, usual, float64(x.NowN), float64(x.Ref.Hours), float64(x.HourN), x.usual(), strange, odd}
	return s
}

// severalUse is how many programmes make an account one that several use: what
// it asks for depends on which of them is at work.
const severalUse = 3

// shared says whether several people or programmes seem to use an address.
func (c *Case) shared() bool {
	return c.Record.Principals.Count() > 0 || c.Profile.Agents.Count() > 2
}

func tellOwn(p *ownParams, c *Case, s Signal) Evidence {
	var also []string
	if n, usual := s.V[4], s.V[5]; n >= 2*usual {
		also = append(also, fmt.Sprintf("%.0f requests this hour where %.0f are its usual", n, usual))
	}
	if s.V[6] >= 0.5 {
		also = append(also, fmt.Sprintf("%.0f %% come from networks where it never was", 100*s.V[6]))
	}
	if s.V[7] >= 0.5 {
		also = append(also, fmt.Sprintf("%.0f %% at hours of the week when it never was active", 100*s.V[7]))
	}
	e := Evidence{
		Summary: fmt.Sprintf("%.0f %% of its last %.0f requests are unlike the first %.0f hours of its own past; %.0f %% is how much it varied then.", 100*s.V[0], s.V[2], s.V[3], 100*s.V[1]),
		Facts: []Fact{
			{Name: "requests unlike its own past", Value: round(100 * s.V[0]), Unit: "%", Limit: round(100 * (s.V[1] + float64((1-s.V[1])*p.Share))), HasLimit: true, Peer: round(100 * s.V[1]), HasPeer: true},
			{Name: "requests this hour", Value: s.V[4], Unit: "requests", Peer: round(s.V[5]), HasPeer: true},
			{Name: "from networks new to it", Value: round(100 * s.V[6]), Unit: "%"},
			{Name: "hours it is compared with", Value: s.V[3], Unit: "hours"},
		},
		Counter: []string{
			"Endpoints that the whole API began with since, refused requests and the same few things over and over were not counted.",
			"A customer whose program is put to quite another use looks the same: ask its owner.",
		},
	}
	if s.Test == 1 {
		e.Summary += " Now it asks for things of long ago, where it used to ask for the newest."
	}
	if len(also) > 0 {
		e.Summary += " " + upper(strings.Join(also, ", ")) + "."
	}
	return e
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
