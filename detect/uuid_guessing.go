package detect

import (
	"fmt"

	"goshawk/event"
)

// UUIDGuessing reports an actor that asks for ids without an order, of which
// nearly none is there. Source: OWASP OAT-011.
var UUIDGuessing = register(Detector{
	Name:    "uuid_guessing",
	Title:   "One client guesses object ids",
	Doc:     "Distinct UUIDs, hashes or tokens of which far more are refused or missing than among peers.",
	Threat:  "uuid-guessing",
	Family:  "enumeration",
	Scopes:  []event.Scope{event.IP, event.User, event.Key, event.Session, event.Net, event.Group},
	At:      OnObject,
	Needs:   event.HasPath | event.HasStatus,
	Impact:  Medium,
	Succeed: High,
	Since:   "0.1",
}, guessParams{Distinct: 10}, judgeGuess, tellGuess)

type guessParams struct {
	Distinct int `doc:"distinct ids before anything is said"`
}

func judgeGuess(p *guessParams, c *Case) (s Signal) {
	o := c.Objects
	if o == nil || c.mixed() || o.Kind == event.Number || c.Scope == event.Group && o.Clients.Count() < 3 {
		return s
	}
	distinct := o.Distinct.Count()
	if stale(c, o, distinct) {
		return s
	}
	if distinct < p.Distinct || distinct*2 < int(o.N) {
		return s
	}
	if s.LLR = clip(misses(c, o)); s.LLR <= 0 {
		return Signal{}
	}
	if c.Scope == event.Key {
		s.LLR = min(s.LLR, 5) // a programme with a list of what was deleted since
	}
	s.Success = o.Returned >= 3
	s.Target = o.Template + 1
	s.V = [8]float64{float64(distinct), float64(o.Misses), float64(o.N), float64(o.Returned)}
	return s
}

func tellGuess(p *guessParams, c *Case, s Signal) Evidence {
	peer := c.View.Endpoint(c.Objects.Template).Miss.Mean()
	return Evidence{
		Summary: fmt.Sprintf("%.0f distinct ids, %.0f of %.0f requests refused or not there (%.0f %%), where peers miss %.0f %%.", s.V[0], s.V[1], s.V[2], 100*s.V[1]/s.V[2], 100*peer),
		Facts: []Fact{
			{Name: "distinct ids", Value: s.V[0], Unit: "ids", Limit: float64(p.Distinct), HasLimit: true},
			{Name: "refused or missing", Value: round(100 * s.V[1] / s.V[2]), Unit: "%", Peer: round(100 * peer), HasPeer: true},
			{Name: "returned", Value: s.V[3], Unit: "objects"},
		},
	}
}
