package detect

import (
	"fmt"
	"math"

	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// Reconnaissance reports an actor that looks for what may be there.
//
// It counts different paths that are not there and that hardly anybody else
// asks for, against everything else it asked; a broken link is missed by many,
// a bookmark by its owner again and again. Source: OWASP OAT-014, OAT-018.
var Reconnaissance = register(Detector{
	Name:    "reconnaissance",
	Title:   "Looks for paths, methods and files that are not there",
	Doc:     "Compares, with a Bayes factor, the share of different, rare paths that were refused or missing with what clients usually miss. Paths that only those ask for who look for a hole, schemas and odd methods weigh more.",
	Threat:  "reconnaissance",
	Family:  "probing",
	Scopes:  []event.Scope{event.IP, event.User, event.Key, event.Session},
	At:      OnProbe,
	Needs:   event.HasPath | event.HasStatus,
	Impact:  Low,
	Succeed: Medium,
	Since:   "0.2",
}, reconParams{Paths: 15}, judgeRecon, tellRecon)

type reconParams struct {
	Paths int `doc:"different paths missed before anything is said"`
}

// prober is how somebody looks who tries what may be there: most is not.
var (
	prober  = sketch.Beta{A: 7, B: 3}
	careful = sketch.Beta{A: 4, B: 6} // with honest requests between
)

// many is how many different paths nobody misses by mistake.
const many = 20

func judgeRecon(p *reconParams, c *Case) (s Signal) {
	w := &c.Probe.Wander
	missed := w.Missed.Count()
	if missed < p.Paths && (int(w.Sensitive) < 3 || missed < 3) || c.hands() && c.Scope == event.IP {
		return s
	}
	if w.Sensitive < 3 && (polite(c.Profile) || c.Profile.Moved*3 >= w.Misses) {
		return s // a crawler whose list is older than the site, or a site that moved
	}
	k := float64(missed)
	others := max(float64(c.Profile.N)-float64(w.Misses), 0)
	normal := inventory.PriorMiss.WithMean(2 * inventory.PriorMiss.Mean())
	s.LLR = max(sketch.BayesFactor(prober, normal, k, k+others), sketch.BayesFactor(careful, normal, k, k+others)-0.7) - 3
	if k >= many && k >= 0.15*(k+others) {
		s.LLR = max(s.LLR, 4.5+float64(2*math.Log(k/many))) // nobody mistypes so many
	}
	if w.Sensitive >= 3 {
		s.LLR = max(s.LLR, 0) + 2 + float64(math.Log(float64(w.Sensitive)/3))
	}
	if w.Schema > 0 {
		s.LLR++
	}
	if w.Odd > 1 {
		s.LLR++
	}
	if s.LLR = clip(s.LLR); s.LLR <= 0 {
		return Signal{}
	}
	s.Success = w.Opened > 0
	s.V = [8]float64{k, float64(c.Profile.N), float64(w.Sensitive), float64(w.Refused.Count()), float64(w.Odd), float64(w.Schema), float64(w.Misses)}
	return s
}

func tellRecon(p *reconParams, c *Case, s Signal) Evidence {
	e := Evidence{
		Summary: fmt.Sprintf("%.0f different paths that are not there, or not for it, in %.0f requests; hardly anybody else asks for them. %.0f are of the kind that only a search for holes asks for.", s.V[0], s.V[1], s.V[2]),
		Facts: []Fact{
			{Name: "different paths missed", Value: s.V[0], Unit: "paths", Limit: float64(p.Paths), HasLimit: true},
			{Name: "share of its requests", Value: round(100 * s.V[6] / max(s.V[1], 1)), Unit: "%", Peer: round(100 * inventory.PriorMiss.Mean()), HasPeer: true},
			{Name: "sensitive paths", Value: s.V[2], Unit: "requests"},
			{Name: "endpoints that refused it", Value: s.V[3], Unit: "endpoints"},
		},
		Counter: []string{"Paths that many miss are broken links, and what a page linked to was not guessed: neither was counted."},
	}
	if s.V[4] > 0 {
		e.Facts = append(e.Facts, Fact{Name: "odd methods", Value: s.V[4], Unit: "requests"})
	}
	if s.V[5] > 0 {
		e.Facts = append(e.Facts, Fact{Name: "schemas asked for", Value: s.V[5], Unit: "requests"})
	}
	return e
}
