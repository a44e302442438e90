// Package inventory knows what the API looks like and what is normal on it:
// its endpoints, and how often people fail, miss and hurry there.
package inventory

import (
	"math"

	"goshawk/event"
	"goshawk/sketch"
)

// Priors of what peers do, before any peer was seen.
var (
	PriorLogin     = sketch.Beta{A: 1.2, B: 8.8}
	PriorMiss      = sketch.Beta{A: 1, B: 19}
	PriorNeighbour = sketch.Beta{A: 1, B: 9}
)

// Limits is how much one actor does in a window before it is unlike its peers.
type Limits struct {
	Minute   float64 // requests
	Hour     float64 // requests
	Distinct float64 // objects of one endpoint in an hour
}

// Prior limits of people and of programs that say they are one.
var (
	PriorPeople   = Limits{60, 1000, 50}
	PriorPrograms = Limits{300, 6000, 500}
)

// View is what detectors know of the whole stream: frozen at the last epoch's
// end, the same for all shards, read-only.
type View struct {
	Login    sketch.Beta // share of log-in attempts, or accounts, that fail from one source
	Limits   [2]Limits   // people, programs
	Peers    Peers
	Outcomes bool // the stream has shown 20 successes: ratios mean something
	Accounts bool // the stream names the accounts that log-ins aim at

	Events    uint64
	Carries   event.Fields  // what events have been seen to carry
	Templates []Endpoint    // by template id
	Heat      *[heats]uint8 // reads of each thing, by hash; frozen
	Reach     [6]Reach      // actors that read so many things, turned so many pages, asked so many heavy requests, kept the server busy for so many seconds of five minutes, were even for so many windows, read nothing but one endpoint's things
	Time      float64       // milliseconds of all answers
	Sent      float64       // KiB of all answers
	Clients   Clients
	Places
	Cloud Cloud
	Trade Trade
	Flow  Flow
	Paths Paths
	Docs  []Description // by template id, of all templates there are by now; none where nobody described the API: ask Described
}

// Peers are the figures shown beside an actor's own.
type Peers struct {
	Minute, Hour, Distinct float64 // medians
	LoginFailure           float64 // share
}

// Endpoint is what is normal on one template.
type Endpoint struct {
	Name      string
	Miss      sketch.Beta // share of touched ids that are not there, or not for the one who asks
	Neighbour sketch.Beta // share of new ids next to one touched just before
	Chance    float64     // share of new ids that are neighbours by chance, so small is the range of ids
	Events    uint64
	Last      uint64 // the highest id that was there, where they are numbers; 0 none
	GroupN    uint64 // new ids within fingerprints, and how many were neighbours
	GroupK    uint64
	Readers   int     // principals that read what three others own: its owner's staff, if there are several
	Private   bool    // most of its objects have one owner
	Follow    float64 // share of those who have a message sent here that go on to another call of that sort
	Traffic
	Volume
	Guise
	Form
}

// Described returns what is documented of template t.
func (v *View) Described(t uint32) Description {
	if int(t) < len(v.Docs) {
		return v.Docs[t]
	}
	return Description{}
}

// Endpoint returns template t's normal; priors for one not yet seen.
func (v *View) Endpoint(t uint32) *Endpoint {
	if int(t) < len(v.Templates) {
		return &v.Templates[t]
	}
	return &unknown
}

var unknown = Endpoint{Miss: PriorMiss.WithMean(2 * PriorMiss.Mean()), Neighbour: PriorNeighbour.WithMean(2 * PriorNeighbour.Mean())}

// NewView returns what is known before the first epoch: priors at the upper
// bound to which peers could move them, so that no early verdict depends on
// peers not yet seen.
func NewView() *View {
	return &View{Login: PriorLogin.WithMean(2 * PriorLogin.Mean()), Limits: [2]Limits{PriorPeople, PriorPrograms},
		Peers: Peers{LoginFailure: PriorLogin.Mean()}, Places: priorPlaces,
		Cloud: Cloud{Refused: PriorRefused.WithMean(2 * PriorRefused.Mean())}, Trade: (&TradeSums{}).solve(),
		Paths: Paths{Failed: PriorFailed.WithMean(2 * PriorFailed.Mean())}}
}

// TemplateSums are one endpoint's integer sums.
type TemplateSums struct {
	Events                 uint64
	Objects                uint64 // touches of an object
	MissN, MissK           uint64 // votes: each actor's first eight objects
	NeighbourN, NeighbourK uint64
	GroupN, GroupK         uint64 // neighbours within a fingerprint, all of its clients together
	Owned, Foreign, Shared uint64 // objects with an owner; first got by a second principal; touches by more
	Self, Others           uint64 // votes: each principal's first objects, got before by itself, or by others
	Readers                uint64 // principals that read what three others own
	Min, Max               uint64 // numeric ids, Max+1 so that 0 means none
	TrafficSums
	VolumeSums
	GuiseSums
	FormSums
}

// Others returns how often new ids are neighbours in the fingerprints other
// than one with k in n.
func (e *Endpoint) Others(k, n uint32) sketch.Beta {
	others, hits := float64(e.GroupN)-float64(n), float64(e.GroupK)-float64(k)
	if others < 0 || hits < 0 {
		others, hits = 0, 0
	}
	m := (hits + 40) / (others + 200) // the prior's upper bound weighs 200 ids
	return PriorNeighbour.WithMean(max(m, e.Chance))
}

// Sums are the integer votes of one worker in one epoch, or of the whole
// stream: they commute, so their total is the same for any number of workers.
type Sums struct {
	LoginN, LoginK uint64 // each source's first eight attempts
	Events         uint64
	Carries        event.Fields
	Successes      uint64 // answers below 400
	Accounts       uint64 // log-ins that name an account
	Minute         [2]sketch.Histogram
	Hour           [2]sketch.Histogram
	Distinct       [2]sketch.Histogram
	Templates      []TemplateSums
	Crowd          *CrowdSums // nil until somebody was met
	PlaceSums
	CloudSums
	TradeSums
	FlowSums
	ReachSums
	Paths PathSums

	View *View `state:"-"` // what was normal when the epoch began, for memories that compare
}

// Template returns template t's sums, growing the table.
func (s *Sums) Template(t uint32) *TemplateSums {
	for int(t) >= len(s.Templates) {
		s.Templates = append(s.Templates, TemplateSums{})
	}
	return &s.Templates[t]
}

// Touch casts the vote of a principal that is not yet remembered in full.
func (t *TemplateSums) Touch(o event.Ownership) {
	switch o {
	case event.OwnerSelf:
		t.Self++
	case event.OwnerOther, event.OwnerShared:
		t.Others++
	}
}

// Merge adds o to s and clears o.
func (s *Sums) Merge(o *Sums) {
	s.LoginN += o.LoginN
	s.LoginK += o.LoginK
	s.Successes += o.Successes
	s.Accounts += o.Accounts
	s.TradeSums.merge(&o.TradeSums)
	s.FlowSums.merge(&o.FlowSums)
	for i := range 2 {
		s.Minute[i].Merge(&o.Minute[i])
		s.Hour[i].Merge(&o.Hour[i])
		s.Distinct[i].Merge(&o.Distinct[i])
	}
	s.PlaceSums.merge(&o.PlaceSums)
	for i := range o.Templates {
		a, b := s.Template(uint32(i)), &o.Templates[i]
		a.Events += b.Events
		a.Objects += b.Objects
		a.MissN += b.MissN
		a.MissK += b.MissK
		a.NeighbourN += b.NeighbourN
		a.NeighbourK += b.NeighbourK
		a.GroupN += b.GroupN
		a.GroupK += b.GroupK
		a.Owned += b.Owned
		a.Foreign += b.Foreign
		a.Shared += b.Shared
		a.Self += b.Self
		a.Readers += b.Readers
		a.Others += b.Others
		a.TrafficSums.merge(&b.TrafficSums)
		a.VolumeSums.merge(&b.VolumeSums)
		a.GuiseSums.merge(&b.GuiseSums)
		a.FormSums.merge(&b.FormSums)
		if b.Max > 0 {
			if a.Max == 0 || b.Min < a.Min {
				a.Min = b.Min
			}
			a.Max = max(a.Max, b.Max)
		}
	}
	s.Events += o.Events
	s.Carries |= o.Carries
	if o.Crowd != nil {
		s.crowd().merge(o.Crowd)
		*o.Crowd = CrowdSums{}
	}
	s.CloudSums.merge(&o.CloudSums)
	s.ReachSums.merge(&o.ReachSums)
	s.Paths.merge(&o.Paths)
	t, calls, missers := o.Templates[:0], o.Calls, o.Paths.Missers
	clear(o.Templates)
	*o = Sums{Templates: t, View: o.View, CloudSums: CloudSums{Calls: calls}, Crowd: o.Crowd, Paths: PathSums{Missers: missers}}
}

// Solve turns the stream's sums into a view. names gives the templates' names.
func (s *Sums) Solve(names []string) *View {
	v := &View{Outcomes: s.Successes >= 20, Accounts: s.Accounts > 0, Events: s.Events, Carries: s.Carries, Clients: Clients{s.Crowd}}
	v.Places = s.PlaceSums.solve()
	v.Cloud = s.CloudSums.solve()
	v.Paths = s.Paths.solve()
	v.Login = learned(PriorLogin, s.LoginK, s.LoginN)
	v.Peers.LoginFailure = v.Login.Mean()
	v.Trade, v.Flow = s.TradeSums.solve(), s.flow(names)
	for i, prior := range [2]Limits{PriorPeople, PriorPrograms} {
		v.Limits[i] = Limits{limit(&s.Minute[i], prior.Minute, [2]float64{20, 300}[i]), limit(&s.Hour[i], prior.Hour, prior.Hour), limit(&s.Distinct[i], prior.Distinct, prior.Distinct/2)}
	}
	v.Peers.Minute, v.Peers.Hour, v.Peers.Distinct = s.Minute[0].Quantile(0.5), s.Hour[0].Quantile(0.5), s.Distinct[0].Quantile(0.5)
	heat := s.Heat
	v.Heat, v.Time, v.Sent = &heat, float64(s.Time), float64(s.Sent)
	v.Reach = [6]Reach{s.Things, s.Pages, s.Heavy, s.Busy, s.Even, s.Pure}
	v.Templates = make([]Endpoint, len(names))
	for i := range v.Templates {
		t := &TemplateSums{}
		if i < len(s.Templates) {
			t = &s.Templates[i]
		}
		e := &v.Templates[i]
		e.Name, e.Events = names[i], t.Events
		e.Miss = learned(PriorMiss, t.MissK, t.MissN)
		e.Neighbour = learned(PriorNeighbour, t.NeighbourK, t.NeighbourN)
		if t.Max > 0 {
			// Sixteen remembered ids cover up to 16·16 of the endpoint's range by chance.
			e.Chance = min(272/float64(t.Max-t.Min+1), 0.95)
			e.Last = t.Max - 1
			e.Neighbour = e.Neighbour.WithMean(max(e.Neighbour.Mean(), e.Chance))
		}
		e.Readers = int(t.Readers)
		e.GroupN, e.GroupK = t.GroupN, t.GroupK
		e.Traffic = t.TrafficSums.solve()
		e.Guise = Guise(t.GuiseSums)
		// One thief gets many objects a second owner, but none a third; many thieves
		// do, but do not outvote the people who come back to what is theirs.
		e.Private = t.Owned >= 50 && (t.Foreign*2 < t.Owned && t.Shared*10 < t.Owned || t.Self >= 20 && t.Self*2 >= t.Others)
		e.Volume = t.VolumeSums.solve()
		e.Form = t.FormSums.solve()
	}
	follow(v.Templates, s.Templates)
	return v
}

// peerVotes is how many tries outweigh a prior: 50 peers of eight tries each.
const peerVotes = 50 * 8

// learned moves a prior's mean towards what peers show, within [½, 2] of it, so
// that an attack cannot teach its own rate as the normal one.
func learned(prior sketch.Beta, k, n uint64) sketch.Beta {
	m := prior.Mean()
	upper := 2 * m
	if n == 0 {
		return prior.WithMean(upper)
	}
	seen, w := float64(k)/float64(n), float64(n)/float64(n+peerVotes)
	return prior.WithMean(min(max(float64(w*seen)+float64((1-w)*upper), m/2), upper))
}

// limit is max(logMAD, min(p99.9, 8·p90)) of the votes, moved from the prior as
// votes come in and never below least.
func limit(h *sketch.Histogram, prior, least float64) float64 {
	n := float64(h.Total())
	if n == 0 {
		return prior
	}
	median, mad := h.Spread()
	l := max(median*math.Exp(3.5*1.4826*max(mad, 0.3)), min(h.Quantile(0.999), 8*h.Quantile(0.9)))
	w := n / (n + 200)
	return max(float64(w*l)+float64((1-w)*prior), least)
}
