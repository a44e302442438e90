package detect

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"net/netip"
	"slices"
	"strings"

	"goshawk/enrich"
	"goshawk/event"
	"goshawk/sketch"
)

// UnusualRequest reports an actor that uses an endpoint as nobody else does.
//
// A route of one's own is no offence: a nightly job has one. One that was found
// by guessing is. Parameters, sizes and refusals unlike everybody's are worth
// knowing beside something else, and no accusation alone: a new version of an
// app has them too. Source: OWASP API9:2023.
var UnusualRequest = registerBoth(Detector{
	Name:    "unusual_request",
	Title:   "Routes and parameters that nobody else uses, found by trying",
	Doc:     "Compares what an actor asks with what is usual on each endpoint: a route that few use and that was found after several misses, alone or by many addresses together; names of parameters that fewer than one in a thousand send, sizes, malformed requests and methods.",
	Threat:  "undocumented-routes",
	Family:  "probing",
	Scopes:  []event.Scope{event.IP, event.User, event.Key, event.Session, event.Group},
	At:      OnProfile,
	Needs:   event.HasPath | event.HasStatus,
	Impact:  Medium,
	Succeed: High,
	Since:   "0.2",
}, unusualParams{Events: 5000, Misses: 6, Odd: 8, Addresses: 4}, judgeUnusual, tellUnusual, lookRoutes)

// few is how many callers a route may have that is nobody's own: those who found
// it, and apps of years ago.
const few = 20

type unusualParams struct {
	Events    int `doc:"requests of everybody that must have been seen before something is unusual"`
	Misses    int `doc:"different paths missed before a route counts as found by trying"`
	Odd       int `doc:"requests unlike what their endpoints are asked before anything is said of them"`
	Addresses int `doc:"addresses that must have found a route together"`
}

// Tests of a signal.
const (
	foundRoute = iota
	oddForm
)

func judgeUnusual(p *unusualParams, c *Case) (s Signal) {
	if x := c.Probe; x == nil || c.View.Events < uint64(p.Events) || c.stale() {
		return s
	}
	s = judgeRoutes(p, c)
	if f := judgeForm(p, c); f.LLR > s.LLR {
		return f
	}
	return s
}

// judgeForm weighs requests that are unlike what their endpoints are asked.
func judgeForm(p *unusualParams, c *Case) (s Signal) {
	x := c.Probe
	odd, sets, verbs := float64(x.Forms.Odd), x.Forms.Sets.Count(), x.Verbs.Count()
	if x.Forms.Odd < uint16(p.Odd) || c.Record.Sharers() >= 4 {
		return s
	}
	ways := bits.OnesCount8(x.Forms.Ways)
	if verbs >= 2 {
		ways++
	}
	s.LLR = 1 + float64(0.5*math.Log(odd/float64(p.Odd))) + float64(ways-1)
	if sets >= p.Odd {
		s.LLR++ // it tries names of parameters
	}
	most := 2.0 // a note, which must not tip the scales of what has the same innocent cause
	if x.Payloads != 0 || x.Sensitive != 0 || x.Missed.Count() >= p.Misses && x.Rare(c.View) >= float64(p.Misses) {
		s.LLR, most = s.LLR+1, 6
	}
	s.LLR, s.Test = min(s.LLR, most), oddForm
	s.V = [8]float64{odd, float64(sets), float64(verbs), float64(c.Profile.N), float64(x.Forms.Ways)}
	return s
}

// judgeRoutes weighs routes that were found by trying.
func judgeRoutes(p *unusualParams, c *Case) (s Signal) {
	x, a := c.Probe, c.Profile
	if a.Denied > a.Missing || x.Missed.Count()-x.Offices.Count() < p.Misses { // whoever is refused functions has a role in view, not a route
		return s
	}
	rare := x.Rare(c.View)
	if rare < float64(p.Misses) {
		return s
	}
	routes, uses, params := 0, 0, 0
	for _, f := range x.Forms.Of {
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
	if x.Sensitive.Count()+x.Inside.Count() < x.Offices.Count()+2 {
		s.LLR = min(s.LLR, 3) // no guesses: parts of its own work that are not there, or not yet
	}
	s.LLR = min(s.LLR, 7)
	s.Success = uses >= 8
	s.V = [8]float64{float64(routes), float64(uses), float64(params), rare, asked}
	return s
}

func tellUnusual(p *unusualParams, c *Case, s Signal) Evidence {
	if s.Test == oddForm {
		return Evidence{
			Summary: fmt.Sprintf("%.0f of %.0f requests are unlike what their endpoints are asked: %s.", s.V[0], s.V[3], waysOf(uint8(s.V[4]))),
			Facts: []Fact{
				{Name: "requests unlike others'", Value: s.V[0], Unit: "requests", Limit: float64(p.Odd), HasLimit: true},
				{Name: "unusual sets of parameters", Value: s.V[1], Unit: "sets"},
				{Name: "unusual methods", Value: s.V[2], Unit: "paths"},
			},
			Counter: []string{"The first to use a new version, and a feature that hardly anybody uses, look the same."},
		}
	}
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

// waysOf names the ways in which requests are unlike others.
func waysOf(ways uint8) string {
	var l []string
	for i, name := range []string{"names of parameters that nobody else sends", "far longer than the usual", "malformed where hardly any is"} {
		if ways>>i&1 != 0 {
			l = append(l, name)
		}
	}
	return strings.Join(l, ", ")
}

// lookRoutes looks for a route that many addresses found together: they tried
// different names, a few each, and then used one route that nobody else uses.
func lookRoutes(p *unusualParams, c *Crowd) (out []Claim) {
	if c.View.Events < uint64(p.Events) {
		return nil
	}
	type try struct {
		path uint32
		at   int64
	}
	type use struct {
		n, found int
		who      map[uint64]bool
		members  []event.Actor
		entries  []int
		times    []int64
		at       int64
	}
	tries, paths, everybody, uses := map[uint64][]try{}, map[uint32]bool{}, map[uint64]bool{}, map[uint32]*use{}
	for i := range c.Strangers {
		e := &c.Strangers[i]
		everybody[e.Client] = true
		if e.Status == 404 && e.Traits&(event.Inside|event.Sensitive) != 0 && Misses(&e.Rec) && c.View.Paths.Missers(e.Path) < broken/2 {
			paths[e.Path] = true
			tries[e.Client] = append(tries[e.Client], try{e.Path, e.Time})
		}
	}
	if len(paths) < p.Misses || len(tries) < p.Addresses {
		return nil
	}
	for i := range c.Strangers {
		e := &c.Strangers[i]
		if e.Status/100 != 2 || e.Path == 0 || e.Class&(event.Asset|event.Login) != 0 || e.Traits&(event.Health|event.Search) != 0 {
			continue
		}
		v := c.View.Endpoint(e.Template)
		if v.Good > 100 && (v.Good*200 >= c.View.Events || v.Good > 2000) {
			continue
		}
		u := uses[e.Template]
		if u == nil {
			u = &use{who: map[uint64]bool{}}
			uses[e.Template] = u
		}
		u.n, u.times = u.n+1, append(u.times, e.Time)
		if !u.who[e.Client] {
			u.who[e.Client] = true
			if len(tries[e.Client]) > 0 { // others may have used it all along
				u.found++
				u.members = append(u.members, event.Actor{Scope: event.IP, Value: enrich.IPValue(netip.AddrFrom16(e.Addr))})
			}
		}
		if len(u.entries) < 8 && len(tries[e.Client]) > 0 {
			u.entries = append(u.entries, i)
		}
		if u.at == 0 && u.n >= 8 && len(u.who) >= p.Addresses && u.found >= 3 {
			u.at = e.Time
		}
	}
	chance := float64(len(tries)+1) / float64(len(everybody)+1)
	for template, u := range uses {
		v := c.View.Endpoint(template)
		if u.at == 0 || u.found*5 < len(u.who) || int(v.Good) > 3*u.n {
			continue
		}
		// Those who search try different names, and then use what they found; an
		// app of years ago has its own route and its own dead ones all the time.
		half := u.times[u.n/2]
		pairs, before, names := 0, 0, map[uint32]bool{}
		for who := range u.who {
			for _, t := range tries[who] {
				pairs++
				names[t.path] = true
				if t.at < half {
					before++
				}
			}
		}
		if len(names) < p.Misses-1 || 3*len(names) < 2*pairs || 4*before < 3*pairs {
			continue
		}
		llr := float64(u.found)*math.Log(float64(u.found)/float64(len(u.who))/chance) - 2
		x := Claim{Key: uint64(template)<<1 | 1, LLR: min(llr, 6.5), Members: u.members, Target: template + 1, Success: true, Events: u.n, First: u.times[0], Last: u.times[u.n-1], At: u.at, Entries: u.entries}
		x.Evidence = Evidence{
			Summary: fmt.Sprintf("%d addresses used a route that hardly anybody else does, %d times; %d of them had tried other names before, which were not there, where %.1f %% of all such addresses do.", len(u.who), u.n, u.found, 100*chance),
			Facts: []Fact{
				{Name: "addresses", Value: float64(len(u.who)), Unit: "addresses", Limit: float64(p.Addresses), HasLimit: true},
				{Name: "of them, that had tried other names", Value: float64(u.found), Unit: "addresses"},
				{Name: "different names tried", Value: float64(len(names)), Unit: "paths", Limit: float64(p.Misses), HasLimit: true},
			},
			Counter: []string{"Apps of old versions share a route too; they all miss the same paths, which were not counted."},
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b Claim) int { return cmp.Compare(a.Key, b.Key) })
	return out
}
