package detect

import (
	"fmt"
	"math"

	"goshawk/event"
	"goshawk/sketch"
)

// UnusualRequest reports an actor that uses an endpoint as nobody else does.
//
// A route of one's own is no offence: a nightly job has one. One that was found
// by guessing is. Source: OWASP API9:2023.
var UnusualRequest = register(Detector{
	Name:    "unusual_request",
	Title:   "Routes and parameters that nobody else uses, found by trying",
	Doc:     "Compares the routes and the sets of parameters that succeed for an actor with those of everybody: a route that few use and that was found after several misses, parameters that fewer than one in five hundred send.",
	Threat:  "undocumented-routes",
	Family:  "probing",
	Scopes:  []event.Scope{event.IP, event.User, event.Key, event.Session},
	At:      OnProfile,
	Needs:   event.HasPath | event.HasStatus,
	Impact:  Medium,
	Succeed: High,
	Since:   "0.2",
}, unusualParams{Events: 5000, Misses: 6}, judgeUnusual, tellUnusual)

// few is how many callers a route may have that is nobody's own: those who found
// it, and apps of years ago.
const few = 20

type unusualParams struct {
	Events int `doc:"requests of everybody that must have been seen before something is unusual"`
	Misses int `doc:"different paths missed before a route counts as found by trying"`
}

func judgeUnusual(p *unusualParams, c *Case) (s Signal) {
	x, a := c.Probe, c.Profile
	if x == nil || a == nil || polite(a) || x.Granted != 0 || x.Entitled > 0 || c.View.Events < uint64(p.Events) || x.Missed.Count() < p.Misses {
		return s
	}
	rare := x.Rare(c.View)
	if rare < float64(p.Misses) {
		return s
	}
	routes, uses, params := 0, 0, 0
	for _, f := range a.Forms.Of {
		if f.Template == 0 {
			continue
		}
		e := c.View.Endpoint(f.Template - 1)
		switch {
		case f.N < 2:
		case e.Users <= few && (e.Good-min(e.Good, uint64(f.N)))*200 < c.View.Events && (e.Denied+e.Missing)*2 <= e.Good && e.Traits&(event.GraphQL|event.Search|event.Health) == 0 && (int(f.After) >= p.Misses || rare >= float64(p.Misses+2)):
			routes++
			uses += int(f.N)
			s.Target = f.Template
		case e.Good >= 1000 && e.ParamShare(f.Params) < 0.002:
			params++
		}
	}
	asked := float64(a.N - min(a.Assets, a.N))
	if uses < 5 && params < 2 || routes == 0 && sketch.BayesFactor(sketch.Beta{A: 2, B: 2}, c.View.Paths.Failed, rare, max(asked, rare)) < 3 {
		return s
	}
	s.LLR = 2 + float64(0.5*min(float64(params), 3))
	if uses >= 8 && float64(uses)*5 >= asked {
		s.LLR += 3 + min(float64(0.5*math.Log(float64(uses)/8)), 1)
	}
	if rare >= float64(p.Misses+2) {
		s.LLR += 0.5
	}
	if tempting := float64(2*x.Sensitive.Count() + x.Inside.Count()); tempting*3 >= rare {
		s.LLR += 0.5
	}
	if n := c.Record.Sharers(); n >= 4 {
		s.LLR -= 3 // one searched, others use
	}
	s.LLR = min(s.LLR, 7)
	s.Success = uses >= 8
	s.V = [8]float64{float64(routes), float64(uses), float64(params), rare, asked}
	return s
}

func tellUnusual(p *unusualParams, c *Case, s Signal) Evidence {
	return Evidence{
		Summary: fmt.Sprintf("After %.0f different paths that were not there, %.0f requests succeeded on %.0f routes that few others use; %.0f sets of parameters are unlike anybody's.", s.V[3], s.V[1], s.V[0], s.V[2]),
		Facts: []Fact{
			{Name: "different paths missed", Value: math.Round(s.V[3]), Unit: "paths", Limit: float64(p.Misses), HasLimit: true},
			{Name: "successes on routes of nobody else", Value: s.V[1], Unit: "requests"},
			{Name: "unusual sets of parameters", Value: s.V[2], Unit: "sets"},
		},
		Counter: []string{"A job with a route of its own does not look for it first; apps of old versions share theirs with many."},
	}
}
