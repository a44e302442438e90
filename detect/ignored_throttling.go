package detect

import (
	"fmt"

	"goshawk/event"
	"goshawk/sketch"
)

// IgnoredThrottling reports a client that is told to wait and does not.
//
// What is judged is the pause, not the number of refusals: a minute or more
// that begins with a refusal, holds others, and has no pause longer than the
// client's usual ones. One that backs off makes such a pause at once. A program
// that repeats one request until it passes is a fault of the client's, and is
// shown but not claimed. Source: RFC 6585, section 4; OWASP API4:2023.
var IgnoredThrottling = register(Detector{
	Name:   "ignored_throttling",
	Title:  "Goes on asking after being told to wait",
	Doc:    "Counts windows that begin with a 429, hold others and have no pause longer than the client's usual ones, and requests that come back from another address after a refusal.",
	Threat: "ignored-throttling",
	Family: "rate",
	Scopes: []event.Scope{event.IP, event.User, event.Key, event.Session},
	At:     OnProfile,
	Needs:  event.HasTime | event.HasStatus,
	Impact: Medium,
	Since:  "0.2",
}, throttlingParams{Windows: 3, Refused: 12}, judgeThrottling, tellThrottling)

type throttlingParams struct {
	Windows int `doc:"windows in a row of refusals without a longer pause"`
	Refused int `doc:"refusals below which nobody is reported"`
}

// Tests of IgnoredThrottling.
const (
	noPause uint8 = iota
	sameAgain
	otherAddress
)

// patience is how many refusals, more than half of all answers, show without a
// whole window that nobody waits.
const patience = 50

// crowded says whether an address is used by several clients, whose requests
// follow each other by chance.
func (c *Case) crowded() bool {
	return c.Scope == event.IP && c.Record.Principals.Count() >= 2
}

func judgeThrottling(p *throttlingParams, c *Case) (s Signal) {
	x := c.Profile
	if int(x.Throttled) < p.Refused || c.crowded() {
		return s
	}
	t := &x.Pressure
	ignored, heeded := float64(t.Ignored), float64(t.Heeded)
	share := float64(x.Throttled) / float64(max(t.Over, 1))
	switch {
	case t.Ignored > 0 && int(t.Ignored) >= p.Windows && ignored >= 2*heeded:
		s.LLR = 5.5 + 0.3*(ignored-float64(p.Windows))
	case t.Ignored >= 1 && t.Heeded == 0:
		s.LLR = 2 + ignored
	}
	if (t.Ignored > 0 || x.Throttled >= 2*patience) && t.Heeded == 0 && share >= 0.5 && x.Throttled >= patience && t.After <= 2*t.Gap+1000 {
		s.LLR = max(s.LLR, 5.5)
	}
	if n := float64(t.Moved) + float64(t.Stayed); t.Moved >= 5 && c.Scope != event.IP {
		usual := float64(t.Shifted) / float64(max(x.N-x.Throttled, 1))
		if move := sketch.BayesFactor(sketch.Beta{A: 6, B: 3}, sketch.Beta{A: 1, B: 9}.WithMean(max(usual*1.5, 0.1)), float64(t.Moved), n) - 3; move > 0 {
			s.LLR, s.Test = s.LLR+min(move, 4), otherAddress
		}
	}
	if s.LLR <= 0 {
		return Signal{}
	}
	if s.LLR = clip(s.LLR); sketch.Few(t.Things).Count() <= 2 && s.Test != otherAddress {
		s.LLR, s.Test = min(s.LLR, 2), sameAgain
	}
	s.Target = x.Walk.Main
	s.V = [8]float64{float64(x.Throttled), 100 * share, ignored, heeded, float64(t.Gap) / 1000, float64(t.After) / 1000, float64(t.Moved), float64(t.Over)}
	return s
}

func tellThrottling(p *throttlingParams, c *Case, s Signal) Evidence {
	e := Evidence{
		Summary: fmt.Sprintf("%.0f of %.0f requests since the first refusal were refused too; in %.0f windows of refusals it made no longer pause than usual, in %.0f it did.", s.V[0], s.V[7], s.V[2], s.V[3]),
		Facts: []Fact{
			{Name: "refusals", Value: s.V[0], Unit: "requests", Limit: float64(p.Refused), HasLimit: true},
			{Name: "refused since the first refusal", Value: round(s.V[1]), Unit: "%"},
			{Name: "windows without a pause", Value: s.V[2], Unit: "windows", Limit: float64(p.Windows) - 1, HasLimit: true},
			{Name: "time between requests", Value: round(s.V[4]), Unit: "s"},
			{Name: "time after a refusal", Value: round(s.V[5]), Unit: "s"},
		},
		Counter: []string{"A client that backs off, or a limiter of its own that is a little off, makes a long pause within each such window."},
	}
	switch s.Test {
	case sameAgain:
		e.Counter = append(e.Counter, "It repeats one request until that passes, as a program with a faulty retry does: tell its maker before blocking it.")
	case otherAddress:
		e.Facts = append(e.Facts, Fact{Name: "came back from another address after a refusal", Value: s.V[6], Unit: "times"})
	}
	return e
}
