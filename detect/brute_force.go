package detect

import (
	"fmt"

	"goshawk/event"
)

// BruteForce reports many guesses at one account, or at a few: from one
// source, or, seen from the account, from many.
//
// A client that was never told of a new password repeats itself at one
// interval and is spared; so is a person who fails and then gets in.
// Source: OWASP OAT-007.
var BruteForce = register(Detector{
	Name:    "brute_force",
	Title:   "Many guesses at one account",
	Doc:     "Counts failures in ten minutes, and in a day, on one account or a few. Attempts at one steady interval of five seconds or more are a stale client's and are spared.",
	Threat:  "brute-force",
	Family:  "auth",
	Scopes:  []event.Scope{event.IP, event.Net, event.Group, event.Account, event.Key, event.Session},
	At:      OnLogin,
	Needs:   event.HasStatus | event.HasPath,
	Impact:  High,
	Succeed: Critical,
	Since:   "0.1",
}, bruteParams{Burst: 20, Day: 40}, judgeBrute, tellBrute)

type bruteParams struct {
	Burst int `doc:"failures in ten minutes that make a claim; half as many are watched"`
	Day   int `doc:"failures in a day that make a claim"`
}

func judgeBrute(p *bruteParams, c *Case) (s Signal) {
	a := c.Auth
	if a == nil || c.alone() || a.Metronome() {
		return s
	}
	tried := a.Tried.Count()
	switch {
	case c.Scope == event.Account:
		if tried < 3 {
			return s // one source is its own actor; two are two devices of one person
		}
	case tried > 4, tried == 0 && !guessing(c), c.many() && a.Clients.Count() < 3:
		return s
	}
	rounds := 1 + int(a.OKs) // somebody who gets in again and again is at home
	switch {
	case int(a.WinPeak) >= p.Burst*rounds:
		s.LLR = 5.5
	case c.Scope == event.Account && a.Nets.Count() >= 3 && int(a.Fails) >= 30*rounds:
		s.LLR, s.Test = 5.5, 1
	case a.Last-a.First < 86400 && a.WinPeak > 5 && int(a.Fails) >= p.Day*rounds:
		s.LLR, s.Test = 5.5, 1
	case int(a.WinPeak) >= p.Burst/2*rounds:
		s.LLR = 4
	default:
		return s
	}
	if n := float64(a.WinPeak) / float64(p.Burst); n > 2 {
		s.LLR += min(n/2, 2)
	}
	if float64(a.Fails) < 0.8*float64(a.N) {
		s.LLR -= 2
	}
	s.Success = a.OKs > 0
	s.Target = a.Template + 1
	s.V = [8]float64{float64(a.Fails), float64(a.WinPeak), float64(a.OKs), float64(max(tried, 1)), float64(a.Clients.Count()), float64(a.N)}
	return s
}

func tellBrute(p *bruteParams, c *Case, s Signal) Evidence {
	e := Evidence{
		Summary: fmt.Sprintf("%.0f failed log-ins of %.0f, up to %.0f in ten minutes; %.0f succeeded.", s.V[0], s.V[5], s.V[1], s.V[2]),
		Facts: []Fact{
			{Name: "failures", Value: s.V[0], Unit: "attempts", Limit: float64(p.Day), HasLimit: s.Test == 1},
			{Name: "failures in ten minutes", Value: s.V[1], Unit: "attempts", Limit: float64(p.Burst), HasLimit: true},
			{Name: "successes", Value: s.V[2], Unit: "log-ins"},
		},
		Counter: []string{"The gaps between attempts vary: a client that repeats an old password would keep one interval."},
	}
	if s.Success {
		e.Counter = append(e.Counter, "A log-in succeeded after the failures: the owner, or the guess that was right.")
	}
	return e
}
