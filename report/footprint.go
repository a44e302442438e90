package report

import (
	"cmp"
	"math/bits"
	"net/netip"
	"slices"

	"goshawk/detect"
	"goshawk/engine"
	"goshawk/enrich"
	"goshawk/event"
)

// Footprints are what those who were found did, request by request: a result
// says who they are, and a second reading of the same logs fills this in. It is
// bounded by what a report can show, not by the logs.
type Footprints struct {
	Incidents []Footprint // one for each of the result's, in its order
	Findings  []Spent     // likewise
	Sources   []Coverage  // likewise
	Total     Spent       // of all requests that belong to any finding, each once

	prices *Prices
	tag    *enrich.Tagger
	r      *engine.Result
	claims map[event.Actor][]int // findings by the actors whose requests they are about
	scopes []event.Scope         // of these actors
	home   []int                 // incident of each finding, -1 for none
	index  map[string]int        // of findings by their id

	// What an event's values were claimed by, lest each be tagged again.
	memo   map[event.Actor][]int
	byAddr map[netip.Addr][]int
	hits   []int // findings of the event at hand
}

// Spent is what requests took.
type Spent struct {
	Requests int64
	Bytes    int64   // sent in answer
	Cost     float64 // by the prices
}

// Footprint is how an incident went.
type Footprint struct {
	Spent
	From, To int64
	Lanes    []Lane
	Mix      [columnsOfTime][outcomes]int64
	Pauses   [pauses]int64 // between requests of one lane, by their length
	IDs      []Touch       // numbers that were asked for, in their order, thinned out
	stride   int64         // every so many are kept
	touched  int64
}

// Lane is one actor of an incident.
type Lane struct {
	Actor    event.Actor
	Requests int64
	When     [columnsOfTime]int64
	last     int64
}

// Touch is a request for the object of a number.
type Touch struct {
	At      int64
	Number  uint64
	Outcome Outcome
}

// Outcome is what came of a request.
type Outcome uint8

// Outcomes.
const (
	Answered Outcome = iota // 2xx and 3xx
	Refused                 // 401, 403, or a failed attempt to log in
	Missing                 // 404, 410 and other 4xx: nothing of that name, or no sense
	Slowed                  // 429, or blocked by a filter in front
	Faulty                  // 5xx
	Untold                  // the log does not say
	outcomes
)

const (
	columnsOfTime = 72  // of a plot
	pauses        = 28  // the first up to 2 ms, each twice the one before
	someLanes     = 8   // of an incident
	someTouches   = 360 // of an incident
	someGaps      = 8   // of a source
)

// Coverage is what a source told, and when it told nothing.
type Coverage struct {
	Carries event.Fields
	Gaps    []Gap // the longest, in the order of time
	Events  int64
	first   int64
	last    int64
}

// Gap is a stretch of time without an event.
type Gap struct{ From, To int64 }

// NewFootprints prepares for the events that r was found in; prices may be nil.
// Tags must be those of r.
func NewFootprints(r *engine.Result, prices *Prices, tag *enrich.Tagger) *Footprints {
	p := &Footprints{
		Incidents: make([]Footprint, len(r.Incidents)), Findings: make([]Spent, len(r.Findings)), Sources: make([]Coverage, len(r.Input.Sources)),
		prices: prices, tag: tag, r: r, claims: map[event.Actor][]int{}, memo: map[event.Actor][]int{}, index: map[string]int{}, byAddr: map[netip.Addr][]int{},
	}
	incidents := map[string]int{}
	for i := range r.Incidents {
		x := &r.Incidents[i]
		p.Incidents[i] = Footprint{From: x.FirstSeen, To: x.LastSeen, stride: 1}
		for _, id := range x.Findings {
			incidents[id] = i
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		home, ok := incidents[f.ID]
		if !ok {
			home = -1
		}
		p.home = append(p.home, home)
		p.index[f.ID] = i
		for _, a := range doers(f) {
			p.claims[a] = append(p.claims[a], i)
			if !slices.Contains(p.scopes, a.Scope) {
				p.scopes = append(p.scopes, a.Scope)
			}
		}
	}
	for _, single := range []bool{true, false} { // who acts alone is told first
		for i := range r.Findings {
			if l := doers(&r.Findings[i]); p.home[i] >= 0 && (len(l) == 1) == single {
				for _, a := range l {
					p.Incidents[p.home[i]].lane(a)
				}
			}
		}
	}
	return p
}

// doers are the actors whose requests a finding is about: the members of what
// others share, else the actor alone, whose members may have done more.
func doers(f *detect.Finding) []event.Actor {
	switch f.Actor.Scope {
	case event.IP, event.Key, event.User, event.Session, event.Account:
		return []event.Actor{f.Actor}
	}
	if len(f.Members) > 0 {
		return f.Members
	}
	return []event.Actor{f.Actor}
}

func (x *Footprint) lane(a event.Actor) {
	if len(x.Lanes) < someLanes && !slices.ContainsFunc(x.Lanes, func(l Lane) bool { return l.Actor == a }) {
		x.Lanes = append(x.Lanes, Lane{Actor: a})
	}
}

// Observe takes the next event, as engine.Options.OnEvent gives it.
func (p *Footprints) Observe(e *event.Event, source, _ int) {
	timed := e.Flags&event.NoTime == 0
	if source >= 0 && source < len(p.Sources) {
		p.Sources[source].observe(e, timed)
	}
	if !timed {
		return
	}
	p.hits = p.hits[:0]
	for _, s := range p.scopes {
		for _, i := range p.claimed(e, s) {
			if f := &p.r.Findings[i]; f.FirstSeen <= e.Time && e.Time <= f.LastSeen && p.at(e, f.Target) && !slices.Contains(p.hits, i) {
				p.hits = append(p.hits, i)
			}
		}
	}
	if len(p.hits) == 0 {
		return
	}
	one := p.prices.of(e)
	p.Total.add(one)
	slices.Sort(p.hits)
	for k, i := range p.hits {
		p.Findings[i].add(one)
		h := p.home[i]
		if h < 0 || slices.ContainsFunc(p.hits[:k], func(j int) bool { return p.home[j] == h }) {
			continue // the incident has it already
		}
		p.Incidents[h].observe(e, one, p.tag)
	}
}

func (s *Spent) add(o Spent) {
	s.Requests += o.Requests
	s.Bytes += o.Bytes
	s.Cost += o.Cost
}

// at says whether an event is at a finding's target; no target is everywhere.
func (p *Footprints) at(e *event.Event, target event.Actor) bool {
	switch target.Scope {
	case event.Endpoint:
		return e.Template == target.Value
	case event.Account:
		return e.Account == target.Value
	}
	return true
}

// memory bounds what is remembered of values.
const memory = 1 << 16

// claimed are the findings about an event's actor of a scope.
func (p *Footprints) claimed(e *event.Event, s event.Scope) []int {
	if s == event.IP {
		l, ok := p.byAddr[e.Client]
		if !ok && e.Client.IsValid() {
			if len(p.byAddr) >= memory {
				clear(p.byAddr)
			}
			l = p.claims[event.Actor{Scope: s, Value: enrich.IPValue(e.Client)}]
			p.byAddr[e.Client] = l
		}
		return l
	}
	clearText := ""
	switch s {
	case event.Key:
		clearText = e.Key
	case event.Session:
		clearText = e.Session
	default:
		a, ok := enrich.Actor(e, s, p.tag)
		if !ok {
			return nil
		}
		return p.claims[a]
	}
	if clearText == "" {
		return nil
	}
	l, ok := p.memo[event.Actor{Scope: s, Value: clearText}]
	if !ok {
		if len(p.memo) >= memory {
			clear(p.memo)
		}
		l = p.claims[event.Actor{Scope: s, Value: p.tag.Tag(clearText)}]
		p.memo[event.Actor{Scope: s, Value: string([]byte(clearText))}] = l // the event's text is not ours
	}
	return l
}

func (x *Footprint) observe(e *event.Event, one Spent, tag *enrich.Tagger) {
	x.add(one)
	at := min(int(columnsOfTime*scale(e.Time, x.From, x.To)), columnsOfTime-1)
	o := outcomeOf(e)
	x.Mix[at][o]++
	var who event.Actor
	for i := range x.Lanes {
		l := &x.Lanes[i]
		if l.Actor.Scope != who.Scope {
			who, _ = enrich.Actor(e, l.Actor.Scope, tag)
			who.Scope = l.Actor.Scope
		}
		if l.Actor != who {
			continue
		}
		if l.last != 0 && e.Time >= l.last {
			x.Pauses[pause(e.Time-l.last)]++
		}
		l.last = e.Time
		l.Requests++
		l.When[at]++
	}
	for _, id := range e.IDs {
		if id.Kind == event.Number && !id.InQuery {
			x.touch(Touch{At: e.Time, Number: id.Number, Outcome: o})
			break
		}
	}
}

// touch keeps every so many touches, and twice as few whenever they become too
// many: evenly spread over time, with no chance in it.
func (x *Footprint) touch(t Touch) {
	if x.touched++; (x.touched-1)%x.stride != 0 {
		return
	}
	if len(x.IDs) == someTouches {
		for i := range someTouches / 2 {
			x.IDs[i] = x.IDs[2*i]
		}
		x.IDs = x.IDs[:someTouches/2]
		if x.stride *= 2; (x.touched-1)%x.stride != 0 {
			return
		}
	}
	x.IDs = append(x.IDs, t)
}

// pause is the place of a pause among their lengths.
func pause(ns int64) int {
	return min(max(bits.Len64(uint64(max(ns, 0)/1e6))-1, 0), pauses-1)
}

func outcomeOf(e *event.Event) Outcome {
	switch {
	case e.Status == 429 || e.Action == event.Throttle || e.Action == event.Block:
		return Slowed
	case e.Status == 401 || e.Status == 403 || e.Auth == event.AuthFail || e.Class&event.Failed != 0:
		return Refused
	case e.Status >= 500:
		return Faulty
	case e.Status >= 400:
		return Missing
	case e.Status >= 200 || e.Auth == event.AuthOK:
		return Answered
	}
	return Untold
}

func (c *Coverage) observe(e *event.Event, timed bool) {
	c.Carries |= e.Carries
	if !timed {
		return
	}
	c.Events++
	switch {
	case c.first == 0:
		c.first = e.Time
	case e.Time-c.last >= longGap:
		c.gap(Gap{c.last, e.Time})
	}
	c.last = max(c.last, e.Time)
}

// longGap is how long a log must be silent for it to be told: five minutes.
const longGap = int64(5 * 60e9)

// gap keeps the longest.
func (c *Coverage) gap(g Gap) {
	if len(c.Gaps) < someGaps {
		c.Gaps = append(c.Gaps, g)
		return
	}
	shortest := slices.MinFunc(c.Gaps, func(a, b Gap) int { return cmp.Compare(a.To-a.From, b.To-b.From) })
	if g.To-g.From <= shortest.To-shortest.From {
		return
	}
	i := slices.Index(c.Gaps, shortest)
	c.Gaps = append(slices.Delete(c.Gaps, i, i+1), g)
}

// priced says whether what the abuse cost can be told.
func (p *Footprints) priced() bool { return p != nil && p.prices != nil }

// of is the footprint of an incident, nil for none.
func (p *Footprints) of(incident int) *Footprint {
	if p == nil || incident >= len(p.Incidents) {
		return nil
	}
	return &p.Incidents[incident]
}

// Silent are the gaps worth telling: ten times as long as the source's mean
// time between events.
func (c *Coverage) Silent() (l []Gap) {
	if c.Events < 2 {
		return nil
	}
	mean := (c.last - c.first) / (c.Events - 1)
	for _, g := range c.Gaps {
		if g.To-g.From >= 10*mean {
			l = append(l, g)
		}
	}
	return l
}

// Lacks are the fields that no line of the source carries.
func (c *Coverage) Lacks() event.Fields { return allFields &^ c.Carries }

const allFields = event.HasBytesIn<<1 - 1
