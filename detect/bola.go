package detect

import (
	"fmt"
	"math"

	"goshawk/event"
)

// BOLA reports a principal that reads objects which belong to others.
//
// It judges only endpoints whose objects nearly all have one owner, as the
// stream has shown. Source: OWASP API1:2023.
var BOLA = register(Detector{
	Name:    "bola",
	Title:   "One principal reads objects of others",
	Doc:     "On endpoints whose objects have one owner each, counts objects of other owners that were returned, and attempts that were refused.",
	Threat:  "broken-object-level-authorization",
	Family:  "enumeration",
	Scopes:  []event.Scope{event.User, event.Key}, // a person has many sessions: their objects only look foreign
	At:      OnObject,
	Needs:   event.HasPath | event.HasStatus,
	Impact:  High,
	Succeed: High,
	Since:   "0.1",
}, bolaParams{Owners: 3}, judgeBOLA, tellBOLA)

type bolaParams struct {
	Owners int `doc:"other owners whose objects were touched before anything is said"`
}

func judgeBOLA(p *bolaParams, c *Case) (s Signal) {
	o := c.Objects
	if o == nil || !c.View.Endpoint(o.Template).Private || o.Owners.Count() < p.Owners {
		return s
	}
	// Staff and partners read what many own; they also keep coming back to it.
	// A thief's objects are mostly foreign.
	foreign := int(o.Foreign) + int(o.ForeignMiss)
	share := float64(foreign) / float64(foreign+int(o.Own)) // of those whose owner is known
	if share < 0.6 || c.Scope == event.Key && (o.ForeignMiss < 3 || uint32(o.ForeignMiss)*3 < o.N) {
		return s
	}
	s.LLR = 4 + float64(1.5*math.Log(float64(foreign)/float64(p.Owners)))
	if o.Misses*100 > o.N*20 {
		s.LLR++
	}
	role := c.Rec != nil || c.View.Endpoint(o.Template).Readers >= 3 // or too early to tell
	if (role || float64(foreign) < 0.85*float64(o.N)) && o.ForeignMiss < 3 && c.Record.Flags&Tool == 0 && float64(o.HourPeak) <= c.View.Limits[0].Distinct {
		s.LLR = min(s.LLR, 4) // unhurried, never refused, and not the only one or with other objects besides, as support is
	}
	s.LLR = clip(s.LLR)
	s.Success = o.Foreign > 0
	s.Target = o.Template + 1
	s.V = [8]float64{float64(o.Foreign), float64(o.ForeignMiss), float64(o.N), 100 * share}
	return s
}

func tellBOLA(p *bolaParams, c *Case, s Signal) Evidence {
	return Evidence{
		Summary: fmt.Sprintf("%.0f objects that another principal owns were returned, %.0f were refused; %.0f %% of what it touched is not its own.", s.V[0], s.V[1], s.V[3]),
		Facts: []Fact{
			{Name: "foreign objects returned", Value: s.V[0], Unit: "objects", Limit: float64(p.Owners), HasLimit: true},
			{Name: "foreign objects refused", Value: s.V[1], Unit: "objects"},
			{Name: "objects touched", Value: s.V[2], Unit: "objects"},
		},
		Counter: []string{"Support staff and resellers read objects of many owners too; allow them by user or key."},
	}
}
