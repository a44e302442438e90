package detect

import (
	"fmt"
	"math"

	"goshawk/event"
)

// BFLA reports a caller of one role that tries the functions of another.
//
// A function is a method on a route. One that the menu of an app asks for and
// does not get is refused to everybody alike; one that is for others is granted
// to few and refused to who should not know it. Source: OWASP API5:2023.
var BFLA = register(Detector{
	Name:    "bfla",
	Title:   "A caller tries functions of administrators and other roles",
	Doc:     "Counts the different functions that a caller was refused and that are for others: administrators' routes, and those on which most are refused; and functions granted after three refusals.",
	Threat:  "unauthorized-api-access",
	Family:  "probing",
	Scopes:  []event.Scope{event.IP, event.User, event.Key, event.Session},
	At:      OnProbe,
	Needs:   event.HasPath | event.HasStatus,
	Impact:  Medium,
	Succeed: Critical,
	Since:   "0.2",
}, bflaParams{Functions: 8}, judgeBFLA, tellBFLA)

type bflaParams struct {
	Functions int `doc:"different functions refused before a caller is claimed"`
}

func judgeBFLA(p *bflaParams, c *Case) (s Signal) {
	x := c.Probe
	if x.RefusedN < 3 || x.FunctionN.Count() < 3 || c.stale() {
		return s
	}
	kept, others, shared := 0, 0.0, 0
	for _, f := range x.Functions {
		if f.Template == 0 {
			continue
		}
		kept++
		e := c.View.Endpoint(f.Template - 1)
		switch {
		case c.View.Paths.Missers(f.Path) >= broken || e.Denied >= 50 && e.Visitors >= 2*broken:
			shared++ // everybody's app asks for it
		case e.Traits&event.Admin != 0 || e.Good > 0 && (e.Good <= e.Denied+e.Missing+e.Faulty || e.Users <= 3):
			others++
		case e.Good == 0:
			others += 0.25 // nobody may: perhaps it does not even exist
		}
	}
	if kept == 0 {
		return s
	}
	functions := min(float64(x.FunctionN.Count()), float64(x.RefusedN)) * others / float64(kept)
	writes := float64(x.Writes.Count())
	if functions < 3 {
		return s
	}
	asked := float64(max(c.Profile.N-min(c.Profile.Assets+uint32(x.Grants), c.Profile.N), uint32(x.RefusedN)))
	share := float64(x.RefusedN) / asked
	if share < 0.15 && functions < float64(2*p.Functions) {
		return s
	}
	s.LLR = min(5.5+float64(4*math.Log(functions/float64(p.Functions))), 7.5)
	switch {
	case functions >= float64(p.Functions):
	case functions >= 5 && x.RefusedN >= 12 && share >= 0.6 && x.Last-x.First < 60*uint32(x.RefusedN):
		s.LLR = max(s.LLR, 5.6) // a person who is refused gives up; a programme goes on
	default:
		s.LLR = min(s.LLR, 3.5)
	}
	if writes < 2 && x.Offices.Count() < p.Functions {
		s.LLR = min(s.LLR, 3.5) // what a menu offers is read, and a new release may ask too much
	}
	switch {
	case share < 0.3:
		s.LLR -= 4 // who tries an API out is refused now and then, and otherwise works with it
	case share < 0.4, share < 0.5 && c.Record.Flags&Tool != 0:
		s.LLR -= 3
	}
	if c.Record.Sharers() >= 4 {
		s.LLR -= 3 // refusals of several people
	}
	switch {
	case x.Granted.Count() >= 2 && x.After < x.Grants/4+1, x.Entitled >= 2, x.Doors.own():
		s.LLR -= 4 // has a role there, or was given one
	case x.Grants >= 3 && (functions >= float64(p.Functions) || c.scattered()):
		s.LLR += 1
		s.Success, s.Target = true, x.Hole
	}
	if c.Profile.Clients.Count() <= 2 && c.Profile.Agents.Count() <= 2 && x.pace() < 1 && functions < float64(2*p.Functions) {
		return Signal{} // somebody new, whose role was not granted yet, tries what his menu shows
	}
	if c.scattered() {
		if s.LLR += 1.5; s.Success && x.Entitled == 0 && functions >= 4 {
			s.LLR = max(s.LLR, 5.5) // refused here and there, then let in again and again
		}
	}
	s.V = [8]float64{functions, writes, float64(x.RefusedN), float64(x.Granted.Count()), float64(shared), float64(x.Entitled)}
	return s
}

func tellBFLA(p *bflaParams, c *Case, s Signal) Evidence {
	e := Evidence{
		Summary: fmt.Sprintf("%.0f requests for about %.0f different functions of other roles were refused; %.0f of them would have changed something.", s.V[2], s.V[0], s.V[1]),
		Facts: []Fact{
			{Name: "functions of others refused", Value: math.Round(s.V[0]), Unit: "functions", Limit: float64(p.Functions), HasLimit: true},
			{Name: "of them, that change something", Value: s.V[1], Unit: "functions"},
			{Name: "refusals", Value: s.V[2], Unit: "requests"},
		},
		Counter: []string{"Functions that many callers are refused were taken for a menu that asks too much, and not counted."},
	}
	if s.V[3] > 0 {
		e.Summary += fmt.Sprintf(" %.0f functions were granted after three refusals or more.", s.V[3])
		e.Facts = append(e.Facts, Fact{Name: "functions granted after refusals", Value: s.V[3], Unit: "functions", Limit: 0, HasLimit: true})
		e.Counter = append(e.Counter, "A role that was given in between explains that too: ask who gave it.")
	}
	if s.V[5] > 0 {
		e.Counter = append(e.Counter, fmt.Sprintf("%.0f functions of administrators were granted before the third refusal.", s.V[5]))
	}
	return e
}
