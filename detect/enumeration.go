package detect

import (
	"fmt"
	"math"
	"strings"

	"goshawk/event"
	"goshawk/sketch"
)

// Enumeration reports a walk over numeric identifiers.
//
// Four tests on one actor and one endpoint add up: new ids that are neighbours
// of those just touched, whichever way and however interleaved; one stride; a
// dense block of ids, shuffled or not; and more distinct objects than peers
// touch, of which many are refused or not there. Objects of a list just read
// are not counted. Source: OWASP OAT-011, API1:2023.
var Enumeration = register(Detector{
	Name:    "enumeration",
	Title:   "One client walks through object ids",
	Doc:     "Neighbouring ids, one stride, a dense block, and more distinct objects and misses than peers, each weighed against what is normal on that endpoint.",
	Threat:  "resource-enumeration",
	Family:  "enumeration",
	Scopes:  []event.Scope{event.IP, event.User, event.Key, event.Session, event.Net, event.Group},
	At:      OnObject,
	Needs:   event.HasPath,
	Impact:  Medium,
	Succeed: High,
	Since:   "0.1",
}, enumerationParams{Distinct: 20}, judgeEnumeration, tellEnumeration)

type enumerationParams struct {
	Distinct int `doc:"distinct objects an hour below which their number says nothing"`
}

// What a walk looks like: most new ids lie beside one just touched.
var walk = sketch.Beta{A: 6, B: 3}

// What guessing looks like: most ids are not there, or nearly none is.
var (
	guess     = sketch.Beta{A: 19, B: 1}
	mostGuess = sketch.Beta{A: 6, B: 3}
)

// misses weighs refused and missing objects against peers.
func misses(c *Case, o *Objects) float64 {
	k, n := float64(o.Misses), float64(o.N)
	if !c.Outcomes {
		return 0
	}
	h0 := c.View.Endpoint(o.Template).Miss
	return max(sketch.BayesFactor(guess, h0, k, n), sketch.BayesFactor(mostGuess, h0, k, n)) - 3
}

func judgeEnumeration(p *enumerationParams, c *Case) (s Signal) {
	o := c.Objects
	if o == nil || c.mixed() || o.N < 8 || c.Scope == event.Group && o.Clients.Count() < 3 || c.View.Endpoint(o.Template).Traits&(event.Coupon|event.GiftCard) != 0 {
		return s // codes are guessed, not walked: they have detectors of their own
	}
	if c.Profile != nil && 2*o.Misses > o.N && moved(c.Profile) && strings.HasSuffix(c.View.Endpoint(o.Template).Name, ".html") {
		return s // pages of before a move
	}
	distinct := o.Distinct.Count()
	hour := float64(min(int(o.HourPeak), distinct))
	limit := c.View.Limits[c.Record.Class()].Distinct * float64(c.Record.Sharers())
	if o.Kind == event.Number {
		s.LLR, s.Test = order(c, o, distinct)
		if s.LLR > 0 && hour > limit && distinct >= p.Distinct {
			s.LLR += 2
		}
		if s.LLR = clip(s.LLR); knows(c, o) || outOfRange(c, o) {
			s.LLR = 0
		}
	}
	if x := hour / (3 * limit); x > 1 && c.Record.Class() == 0 && c.View.Endpoint(o.Template).Private {
		s.LLR = clip(s.LLR + 4 + float64(1.5*math.Log(x)))
		s.Test = 5
	}
	if s.LLR <= 0 {
		return Signal{}
	}
	s.Success = o.Returned*2 > o.N
	s.Target = o.Template + 1
	s.V = [8]float64{float64(distinct), float64(o.Near), float64(o.N), float64(o.Misses), hour, limit}
	return s
}

// order weighs what the ids' order and absence show.
func order(c *Case, o *Objects, distinct int) (llr float64, test uint8) {
	end := c.View.Endpoint(o.Template)
	normal := end.Neighbour
	if c.hands() {
		normal = normal.WithMean(max(normal.Mean(), 0.7)) // each looks at a few, one after the other
	}
	if c.Scope == event.Group {
		normal = end.Others(o.Near, o.N)
	}
	if near := sketch.BayesFactor(walk, normal, float64(o.Near), float64(o.N)) - 3; near > 0 {
		llr, test = near, 1
	}
	if c.Scope != event.Group {
		size, share := o.Stride()
		if o.StepN >= 20 && share >= 0.5 && size > 8 && float64(distinct) >= 0.8*float64(o.N) {
			llr, test = llr+5, 2
		}
		if o.Dense >= 0.5 && end.Neighbour.Mean() < 0.5 && distinct >= 30 {
			llr, test = llr+3, 3
		}
	}
	if m := misses(c, o); m > 0 && distinct >= 10 && !stale(c, o, distinct) {
		llr, test = llr+min(m, 6), 4
	}
	if o.Foreign+o.ForeignMiss >= 3 {
		llr += 1.5
	}
	return llr, test
}

// listed is how many objects a job reads for each list that it has read.
const listed = 50

// stale says whether misses have a dull reason: a list of ids that is asked for
// again and again, or an endpoint that refuses somebody whatever he asks for.
func stale(c *Case, o *Objects, distinct int) bool {
	if float64(o.Touches) >= 1.6*float64(distinct) && distinct > 24 || makes(c, o) {
		return true
	}
	return o.Forbidden*20 >= o.Misses*19 && distinct < 30 && c.Scope != event.User
}

// outOfRange says whether most of the ids asked for lie beyond all that exist: they
// are of another system, or of before a migration. A walk goes where objects are.
func outOfRange(c *Case, o *Objects) bool {
	last := c.View.Endpoint(o.Template).Last
	return last > 0 && o.Max > last && o.Returned*4 < o.N && (o.Min > last || (o.Max-last)/2 > (last-o.Min)/2)
}

// makes says whether a program writes at least as often as it misses: it puts in
// what is not there yet, or tests what it has made.
func makes(c *Case, o *Objects) bool {
	return c.Profile != nil && c.Record.Class() == 1 && c.Profile.Writes >= o.Misses && c.Profile.Writes >= 5
}

// gaps is how a walk misses: it cannot know which ids there are.
var gaps = sketch.Beta{A: 2, B: 6}

// knows says whether the ids asked for are there no less often than peers' are,
// as in an export, or for somebody who opens one record after the other: a walk
// finds out what there is by missing.
func knows(c *Case, o *Objects) bool {
	if p := c.Profile; p != nil && c.Record.Class() == 1 && o.Misses*10 < o.N*3 && uint32(o.ForeignMiss)*8 < o.N && (p.Lists*listed >= o.N || p.Writes >= o.Misses && p.Writes*10 > o.N) {
		return true // a job that reads lists as it goes, or puts in what it misses
	}
	h0 := c.View.Endpoint(o.Template).Miss
	return sketch.BayesFactor(gaps, h0, float64(o.Misses), float64(o.N)) < 0 && o.ForeignMiss < 3
}

func tellEnumeration(p *enumerationParams, c *Case, s Signal) Evidence {
	o, end := c.Objects, c.View.Endpoint(c.Objects.Template)
	size, share := o.Stride()
	summary := fmt.Sprintf("%.0f distinct objects, up to %.0f in an hour; %.0f %% are refused or not there.", s.V[0], s.V[4], 100*s.V[3]/s.V[2])
	if o.Kind == event.Number {
		summary = fmt.Sprintf("%.0f distinct ids between %d and %d; %.0f %% of new ids lie beside one just touched, %.0f %% are refused or not there.",
			s.V[0], o.Min, o.Max, 100*s.V[1]/s.V[2], 100*s.V[3]/s.V[2])
	}
	e := Evidence{
		Summary: summary,
		Facts: []Fact{
			{Name: "distinct objects", Value: s.V[0], Unit: "objects"},
			{Name: "objects in the busiest hour", Value: s.V[4], Unit: "objects", Limit: round(s.V[5]), HasLimit: true, Peer: round(c.View.Peers.Distinct), HasPeer: c.View.Peers.Distinct > 0},
			{Name: "neighbouring ids", Value: round(100 * s.V[1] / s.V[2]), Unit: "%", Peer: round(100 * end.Neighbour.Mean()), HasPeer: true},
			{Name: "refused or missing", Value: round(100 * s.V[3] / s.V[2]), Unit: "%", Peer: round(100 * end.Miss.Mean()), HasPeer: true},
		},
	}
	if share >= 0.5 {
		e.Facts = append(e.Facts, Fact{Name: "commonest step", Value: float64(size), Unit: "ids"}, Fact{Name: "share of that step", Value: round(100 * share), Unit: "%"})
	}
	if o.Touches > o.N {
		e.Counter = append(e.Counter, fmt.Sprintf("%d touches were repeats or belonged to a list just read, and were not counted.", o.Touches-o.N))
	}
	if knows(c, o) {
		e.Counter = append(e.Counter, "The objects it asked for were there, as in an export of known ids.")
	}
	return e
}

// moved says whether an actor follows links of before a move: it says whom to ask
// about it, or some of what it asks for leads on.
func moved(x *Profile) bool { return polite(x) || x.Moved > 0 && 5*x.Moved >= x.Missing }
