package detect

import (
	"fmt"
	"math"

	"goshawk/event"
	"goshawk/sketch"
)

// Reconnaissance reports an actor that looks for what nobody linked to.
//
// It counts different paths, not failures: a broken link fails often on one
// path, and on it many fail. Source: OWASP OAT-014 and OAT-018.
var Reconnaissance = register(Detector{
	Name:   "reconnaissance",
	Title:  "One client looks for files, routes and methods that nobody meant to show",
	Doc:    "Counts the different paths that were not there for an actor and that few others miss, those that only a search for holes asks for, and odd methods, against how often its peers miss.",
	Threat: "reconnaissance",
	Family: "probing",
	Scopes: []event.Scope{event.IP, event.User, event.Key, event.Session},
	At:     OnProbe,
	Needs:  event.HasPath | event.HasStatus,
	Impact: Low,
	Since:  "0.2",
}, reconnaissanceParams{Paths: 8, Sensitive: 3}, judgeReconnaissance, tellReconnaissance)

type reconnaissanceParams struct {
	Paths     int `doc:"different paths missed before anything is said of them"`
	Sensitive int `doc:"different paths that only a search for holes asks for before an actor is claimed"`
}

// handy is how many requests a minute somebody may well send by hand.
const handy = 20

func judgeReconnaissance(p *reconnaissanceParams, c *Case) (s Signal) {
	x, a := c.Probe, c.Profile
	sensitive, missed := float64(x.Sensitive.Count()), float64(x.Missed.Count())
	if sensitive == 0 && missed < float64(p.Paths) || c.stale() {
		return s
	}
	if sensitive > 0 {
		sensitive += float64(x.Exposed.Count())
	}
	rare, inside, verbs := x.Rare(c.View), float64(x.Inside.Count()), float64(x.Verbs.Count())
	guesses := max(inside-float64(x.Offices.Count()), 0) // functions of administrators are on many a menu
	asked := float64(a.N - min(a.Assets, a.N))
	// What only a search for holes asks for needs no comparison.
	if sensitive > 0 {
		s.LLR = min(1.5+float64((sensitive-1)*4/float64(max(p.Sensitive-1, 1))), 5.5+float64(0.3*max(sensitive-float64(p.Sensitive), 0)))
		s.LLR += min(0.1*(inside+verbs), 1)
	}
	if rare >= float64(p.Paths) {
		// A prober hides among requests that succeed: from a third on anything goes.
		bf := sketch.BayesFactor(sketch.Beta{A: 2, B: 2}, c.View.Paths.Failed, rare, max(asked, rare)) - 3
		// Stale links are many too, and a crawler follows them all. They are
		// pages; a prober's paths are of the kind that one hopes to find open.
		tempting := 2*sensitive + inside + verbs + float64(2*min(x.Schema, 1))
		bf = min(bf, 1.5+float64(0.5*tempting), 1.5+float64(12*tempting/rare))
		if sensitive == 0 && 5*tempting < rare {
			bf = min(bf, 1.5)
		}
		if n := float64(p.Paths); sensitive == 0 && rare < 4*n && (rare < 2*n || x.pace() < handy && 3*guesses < 2*rare) {
			most := 3.5 // somebody who learns the API tries things too
			if c.scattered() && 2*guesses >= rare {
				most = 5.5 // but not from everywhere at once
			}
			bf = min(bf, most)
		}
		if bf > s.LLR {
			s.LLR, s.Test = bf, 1
		} else if bf > 2 {
			s.LLR += 0.5
		}
	}
	if n := c.Record.Sharers(); n >= 4 && (missed+sensitive)*10 < asked {
		s.LLR -= 2 // one of many behind the address, who are not to be blamed
	}
	s.LLR = min(s.LLR, 9)
	s.Success = x.Exposed != 0
	s.V = [8]float64{rare, sensitive, inside, verbs, asked, 100 * c.View.Paths.Failed.Mean(), float64(x.Exposed.Count()), float64(x.Schema)}
	return s
}

func tellReconnaissance(p *reconnaissanceParams, c *Case, s Signal) Evidence {
	share := 100 * math.Min(s.V[0]/math.Max(s.V[4], 1), 1)
	e := Evidence{
		Summary: fmt.Sprintf("%.0f different paths were not there, of %.0f requests (%.0f %%, where peers miss %.1f %%); %.0f are paths that only a search for holes asks for, %.0f more lie in parts for administrators and developers.",
			s.V[0], s.V[4], share, s.V[5], s.V[1], s.V[2]),
		Facts: []Fact{
			{Name: "different paths missed", Value: math.Round(s.V[0]), Unit: "paths", Limit: float64(p.Paths), HasLimit: true},
			{Name: "sensitive paths", Value: s.V[1], Unit: "paths", Limit: float64(p.Sensitive), HasLimit: true},
			{Name: "share missed", Value: round(share), Unit: "%", Peer: round(s.V[5]), HasPeer: true},
		},
		Counter: []string{fmt.Sprintf("Paths that %d or more addresses miss were taken for broken links and not counted.", broken),
			"A scan that the owner ordered looks the same: name its addresses in the allow list."},
	}
	if s.V[3] > 0 {
		e.Facts = append(e.Facts, Fact{Name: "odd or refused methods", Value: s.V[3], Unit: "paths"})
	}
	if s.V[6] > 0 {
		e.Facts = append(e.Facts, Fact{Name: "sensitive paths answered", Value: s.V[6], Unit: "paths"})
	}
	if s.V[7] > 0 {
		e.Facts = append(e.Facts, Fact{Name: "schemas asked for", Value: s.V[7], Unit: "requests"})
	}
	return e
}
