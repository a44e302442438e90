package detect

import (
	"fmt"
	"math"
	"strings"

	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// Rate reports an actor that asks far more often than a documented limit, or
// than its peers do: two minutes or two hours running, or five times as often in
// one.
//
// A shared address is held to the limit of as many people as are seen behind
// it. Source: OWASP OAT-015, API4:2023.
var Rate = register(Detector{
	Name:   "rate",
	Title:  "Requests far above what one client does",
	Doc:    "Counts each actor's requests a minute and an hour, and compares them with a documented limit or with what others do. Two windows in a row must be above it, or one five times.",
	Threat: "request-rate-abuse",
	Family: "rate",
	Scopes: []event.Scope{event.IP, event.User, event.Key, event.Session},
	Needs:  event.HasTime,
	Impact: Medium,
	Since:  "0.1",
}, rateParams{Floor: 30}, judgeRate, tellRate)

type rateParams struct {
	Limit int `doc:"documented requests a minute of one client; 0 learns it from peers"`
	Floor int `doc:"requests a minute below which nobody is reported"`
}

// single is how many times above the limit one window alone must be: a burst
// may be an accident, so it weighs as if it were this much smaller.
const single = 5

func judgeRate(p *rateParams, c *Case) (s Signal) {
	if c.Volume == nil {
		return s
	}
	a, sharers := c.Record, float64(c.Record.Sharers())
	if a.Scope == event.IP && c.Profile == nil && a.Principals.Count() == 1 {
		return s // its one principal is judged, of whom more is remembered
	}
	l, work := c.View.Limits[a.Class()], works(c)
	switch programs := c.View.Limits[1]; {
	case work >= atWork:
		l = programs
	case a.Scope == event.Key && a.Class() == 0: // an app's, or a program's that does not say so
		l.Minute, l.Hour = math.Sqrt(l.Minute*programs.Minute), math.Sqrt(l.Hour*programs.Hour)
	}
	minute, hour := max(l.Minute, float64(p.Floor))*sharers, max(l.Hour, float64(p.Floor)*10)*sharers
	if p.Limit > 0 {
		minute, hour = float64(p.Limit), float64(p.Limit)*60
	}
	t, share := c.Volume.Main()
	said, part := p.Limit > 0, 1.0
	if l := c.documented(t); l.Requests > 0 && !said && share >= 0.5 { // its owner's word goes before what peers do
		said, part = true, share
		minute, hour = l.In(60)*sharers, l.In(3600)*sharers
	}
	two, one, long := float64(float64(min(a.Cur, a.Prev))*part), float64(float64(a.Cur)*part), float64(float64(min(a.HourN, c.Volume.Hour))*part)
	x, count, limit := two/minute, two, minute
	if y := one / minute / single; y > x {
		x, count, s.Test = y, one, 2
	}
	if y := long / hour; y > x {
		x, count, limit, s.Test = y, long, hour, 1
	}
	if x <= 1 {
		return s
	}
	s.LLR = 4.4 + float64(1.5*math.Log(x))
	if p.Limit > 0 {
		s.LLR = 5.5 + float64(1.5*math.Log(x))
	}
	s.LLR += min(0.15*float64(c.Volume.Run), 2)
	if !said {
		s.LLR -= work
	}
	if a.Scope == event.IP && share < 0.5 && !said {
		s.LLR -= 1.5 // many people behind one address look at many things
	}
	if x := c.Profile; x != nil && x.Assets*3 > x.N && !said {
		s.LLR -= 1.5 // pages, with what belongs to them
	}
	if t > 0 && a.Class() == 1 && !said && strings.Contains(c.View.Endpoint(t-1).Name, "{") {
		s.LLR -= 1.5 // an export reads one object after the other, and as fast as it may
	}
	s.Target = t
	s.V = [8]float64{count, limit, x, sharers, share, float64(c.Volume.Peak)}
	return s
}

// atWork is what works says of an import or an export.
const atWork = 2.5

// works is how much less an actor's rate weighs because it looks like a programme
// at its work: an import, an export or a job is as fast as it may be, does
// something new with each request, and gets what it asks for. One that repeats a
// refused request is a fault of the programme's.
func works(c *Case) float64 {
	x := c.Profile
	if x == nil || !c.scripted() {
		return 0
	}
	w := &x.Walk
	switch {
	case (x.Good+x.Moved)*10 >= (x.N-x.Throttled)*9 && (x.Writes+x.Objects+x.Lists)*10 >= x.N*7 && (x.Writes*2 > x.N || w.Things()*2 > int(w.Reads)):
		return atWork
	case x.Throttled*2 > x.Pressure.Over && sketch.Few(x.Pressure.Things).Count() <= 2:
		return 2
	}
	return 0
}

func tellRate(p *rateParams, c *Case, s Signal) Evidence {
	unit, peer := "requests/min", c.View.Peers.Minute
	if s.Test == 1 {
		unit, peer = "requests/h", c.View.Peers.Hour
	}
	when := "twice in a row"
	if s.Test == 2 {
		when = "in one burst"
	}
	e := Evidence{
		Summary: fmt.Sprintf("%.0f %s %s, %.1f times the limit of %.0f; %.0f %% of them on one endpoint.", s.V[0], unit, when, s.V[0]/s.V[1], s.V[1], 100*s.V[4]),
		Facts: []Fact{
			{Name: "rate", Value: s.V[0], Unit: unit, Limit: round(s.V[1]), HasLimit: true, Peer: round(peer), HasPeer: peer > 0},
			{Name: "busiest minute", Value: float64(max(c.Volume.Peak, uint32(c.Record.Cur))), Unit: "requests"},
			{Name: "share of the main endpoint", Value: round(100 * s.V[4]), Unit: "%"},
		},
	}
	if c.Volume.Throttle > 0 {
		e.Facts = append(e.Facts, Fact{Name: "answers 429", Value: float64(c.Volume.Throttle), Unit: "requests"})
	}
	if l := c.documented(s.Target); l.Requests > 0 && p.Limit == 0 && s.V[4] >= 0.5 {
		o := c.View.Described(s.Target - 1).Operation
		e.Summary = fmt.Sprintf("%.0f %s %s on %s %s, %.1f times what its documented limit of %v allows.", s.V[0], unit, when, o.Method, o.Path, s.V[0]/s.V[1], l)
	}
	if s.V[3] > 1 {
		e.Counter = append(e.Counter, fmt.Sprintf("About %.0f people seem to share this address; the limit was raised as many times.", s.V[3]))
	}
	return e
}

// documented is the limit that the owner of the API documents for one client on
// a template (plus one, 0 none).
func (c *Case) documented(t uint32) inventory.Limit {
	if t == 0 {
		return inventory.Limit{}
	}
	if o := c.View.Described(t - 1).Operation; o != nil {
		return o.Limit
	}
	return inventory.Limit{}
}

func round(x float64) float64 { return math.Round(x*100) / 100 }
