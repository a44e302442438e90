package detect

import (
	"fmt"
	"math"

	"goshawk/event"
)

// BFLA reports an actor that tries functions of a role that it does not have.
//
// One refused function may be a menu item that an application shows to
// everybody; several different ones, which hardly anybody of its kind is let
// into, are a search. A function that refuses three times and then lets in is a
// hole, or a role that was granted meanwhile. Source: OWASP API5:2023.
var BFLA = register(Detector{
	Name:    "bfla",
	Title:   "Tries functions that are not for it",
	Doc:     "Counts different endpoints that answered 401 or 403, those of administration and changes above all, and endpoints that let it in after three refusals.",
	Threat:  "unauthorized-api-access",
	Family:  "probing",
	Scopes:  []event.Scope{event.IP, event.User, event.Key, event.Session},
	At:      OnProbe,
	Needs:   event.HasPath | event.HasStatus,
	Impact:  Medium,
	Succeed: Critical,
	Since:   "0.2",
}, bflaParams{Functions: 5}, judgeBFLA, tellBFLA)

type bflaParams struct {
	Functions int `doc:"different endpoints that refuse it before anything is said"`
}

func judgeBFLA(p *bflaParams, c *Case) (s Signal) {
	w := &c.Probe.Wander
	refused := w.Refused.Count()
	if refused < p.Functions || w.Denials < 10 || c.hands() && c.Scope == event.IP {
		return s
	}
	s.LLR = 2.5 + float64(2*math.Log(float64(refused)/float64(p.Functions)))
	if w.Changes >= 3 {
		s.LLR++
	}
	if w.Opened > 0 && refused >= 2*p.Functions {
		s.LLR++
	}
	share := float64(w.Denials) / float64(max(c.Profile.N, 1))
	switch {
	case share < 0.05:
		s.LLR -= 2 // it does its work, and some of it is not for it
	case share >= 0.5:
		s.LLR++
	}
	if w.Opened >= 2 && int(w.Opened)*3 >= refused {
		s.LLR = min(s.LLR, 4) // a role that was granted meanwhile
	}
	if s.LLR = clip(s.LLR); s.LLR <= 0 {
		return Signal{}
	}
	s.Success = w.Opened > 0 && refused >= 2*p.Functions
	s.V = [8]float64{float64(refused), float64(w.Denials), float64(w.Changes), float64(w.Opened), 100 * share}
	return s
}

func tellBFLA(p *bflaParams, c *Case, s Signal) Evidence {
	e := Evidence{
		Summary: fmt.Sprintf("%.0f different endpoints refused it, %.0f times in all (%.0f %% of its requests), %.0f of them changes; %.0f let it in afterwards.", s.V[0], s.V[1], s.V[4], s.V[2], s.V[3]),
		Facts: []Fact{
			{Name: "endpoints that refused it", Value: s.V[0], Unit: "endpoints", Limit: float64(p.Functions), HasLimit: true},
			{Name: "refusals", Value: s.V[1], Unit: "requests"},
			{Name: "refused changes", Value: s.V[2], Unit: "requests"},
			{Name: "endpoints that let it in afterwards", Value: s.V[3], Unit: "endpoints"},
		},
		Counter: []string{"Somebody new whose role was not granted yet is refused as well, at the few functions of his work."},
	}
	return e
}
