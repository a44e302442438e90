package detect

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"

	"goshawk/enrich"
	"goshawk/event"
	"goshawk/sketch"
)

// UniformInterval reports requests from many addresses that keep one beat:
// either one timer whose requests leave by ever other addresses, so that
// arrivals are more even than chance allows, or addresses that each repeat at
// the same interval and ask for something else each time.
//
// An interval that many share proves nothing: every copy of an app asks at the
// interval that its author chose. Copies do not know of each other, though, so
// their arrivals together are as uneven as any, and each repeats its own
// question.
// Sources: RITA, analysis/beacons.go; Hu et al., "BAYWATCH: Robust Beaconing
// Detection", DSN 2016.
var UniformInterval = registerCrowd(Detector{
	Name:   "uniform_interval",
	Title:  "Requests from many addresses on one timer",
	Doc:    "Pools the arrivals of addresses that share a client, an endpoint or a network, and compares how even they are with arrivals at random. Addresses with a steady interval of their own are compared with each other.",
	Threat: "distributed-automation",
	Family: "coordination",
	Scopes: []event.Scope{event.Group},
	Needs:  event.HasTime | event.HasClient | event.HasPath,
	Impact: Medium,
	Since:  "0.2",
}, intervalParams{Addresses: 8, Arrivals: 32}, lookForTimers)

type intervalParams struct {
	Addresses int `doc:"addresses that keep one beat before anything is said"`
	Arrivals  int `doc:"arrivals whose evenness is judged together"`
}

func lookForTimers(p *intervalParams, c *Crowd) []Claim {
	return withoutOverlap(slices.Concat(oneTimer(p, c), sameTimers(p, c, false), sameTimers(p, c, true)))
}

// thing is what a request is about, as far as a record shows: an object, or what
// its query asks.
func thing(r *event.Rec) uint64 {
	x := uint64(r.Asked)
	if r.Class&event.Object != 0 {
		x = r.ID
	}
	return (x ^ uint64(r.Template)<<44) * 0x9E3779B97F4A7C15
}

// beat is a group of arrivals that may be one timer's.
type beat struct {
	key      uint64
	what     string
	template uint32  // plus one
	at       []int32 // of the strangers, in order, the first of each visit
	times    []int64 // of the arrivals
	from, to int     // the even part
	gap      float64
	cv       float64
	llr      float64
}

// sides are the groups that an arrival may belong to.
const sides = 4

// beatsOf groups the arrivals of strangers by client, client and endpoint,
// endpoint, and network, and drops groups of fewer than least.
func beatsOf(c *Crowd, least int) []*beat {
	v, number := c.visits(), &c.Room.numbers[0]
	number.reset(4096)
	in := resized(c.Room.sides, len(c.Strangers)) // the groups of each arrival, plus one
	c.Room.sides = in
	type group struct{ n, last int32 } // arrivals, and the address of the latest, plus one
	var groups []group
	for i := range c.Strangers {
		e := &c.Strangers[i]
		x := v.visitor(i)
		if e.Class&event.Asset != 0 || x.assets || e.Traits&(event.Health|event.Declared|event.Crawler) != 0 || e.Mark&event.MarkNoTime != 0 {
			continue // crawlers that say who they are spread their requests out of courtesy
		}
		for side, key := range sidesOf(e, x) {
			if key == 0 {
				continue
			}
			k, isNew := number.of(key)
			if isNew {
				groups = append(groups, group{})
			}
			if g := &groups[k]; g.last != v.who[i]+1 { // what follows at once is one visit
				g.last = v.who[i] + 1
				g.n++
				in[i][side] = k + 1
			}
		}
	}
	var beats []*beat
	at := make([]*beat, len(groups))
	for i := range in {
		for side, k := range in[i] {
			if k == 0 || int(groups[k-1].n) < least {
				continue
			}
			b := at[k-1]
			if b == nil {
				e := &c.Strangers[i]
				b = &beat{key: sidesOf(e, v.visitor(i))[side], what: sideNames[side], at: make([]int32, 0, groups[k-1].n)}
				if side == 1 || side == 2 {
					b.template = e.Template + 1
				}
				at[k-1] = b
				beats = append(beats, b)
			}
			b.at = append(b.at, int32(i))
		}
	}
	return beats
}

var sideNames = [sides]string{"one client", "one client on one endpoint", "addresses that ask one endpoint", "one network"}

// sidesOf are the keys of the groups that an arrival belongs to, 0 for none.
func sidesOf(e *Entry, x *visitor) (keys [sides]uint64) {
	t := uint64(e.Template+1) * 0x9E3779B97F4A7C15
	if e.Print != 0 {
		keys[0], keys[1] = e.Print, e.Print^t
	}
	if x.intent() && x.template == e.Template+1 {
		keys[2] = t
	}
	keys[3] = uint64(e.Net) * 0xC2B2AE3D27D4EB4F
	return keys
}

// oneTimer pools the arrivals of strangers.
func oneTimer(p *intervalParams, c *Crowd) (claims []Claim) {
	for _, b := range beatsOf(c, p.Arrivals*3/4) {
		if b.weigh(p, c); b.llr >= 2 {
			claims = append(claims, b.claim(p, c))
		}
	}
	return claims
}

// weigh finds the stretch of arrivals that is most surprisingly even.
func (b *beat) weigh(p *intervalParams, c *Crowd) {
	v := c.visits()
	if b.repeats(v) {
		b.at = v.firstVisits(b.at)
	}
	at, n := b.at, len(b.at)
	if n < p.Arrivals*3/4 {
		return
	}
	whole := true
	b.times = make([]int64, n)
	for k, i := range at {
		b.times[k] = c.Strangers[i].Time
		whole = whole && b.times[k]%1e9 == 0
	}
	// Stamps in whole seconds hide short intervals: several arrivals are taken
	// together, so that what is measured is long enough.
	step := 1
	if whole {
		mean := float64(b.times[n-1]-b.times[0]) / 1e9 / float64(n-1)
		step = max(1, int(math.Ceil(4/max(mean, 0.02))))
	}
	size := p.Arrivals * step
	if n < size*3/4 {
		return
	}
	best := 0.0
	for lo := 0; lo+size*3/4 <= n; {
		all, cv := moments{}, 0.0
		sum, top, end, hi := 0.0, 0.0, lo, lo
		for hi < n && (n-hi)*4 >= 3*size {
			to := min(hi+size, n)
			m := momentsOf(b.times[hi:to], step)
			x := surprise(m.variation(step), int(m.n))
			if (x > 0 || hi > lo) && v.addresses(at[hi:to], p.Addresses) < p.Addresses {
				x = -3
			}
			joint := all.with(m)
			if hi > lo { // and the interval between the two
				joint = joint.with(momentsOf(b.times[hi-step:hi+1], step))
			}
			if x <= 0 && hi == lo || joint.variation(step) > 0.8 || sum+x < 0 {
				break
			}
			all, hi = joint, to
			if sum += x; sum > top {
				top, end, cv = sum, hi, all.variation(step)
			}
		}
		if top > best {
			best, b.from, b.to, b.cv, b.gap = top, lo, end, cv, all.mean()/float64(step)
		}
		lo = max(hi, lo+max(size/4, 1))
	}
	if best == 0 {
		return
	}
	things, objects := sketch.Few(0), 0
	for _, i := range at[b.from:b.to] {
		e := &c.Strangers[i]
		things.Add(thing(&e.Rec))
		if e.Class&event.Object != 0 {
			objects++
		}
	}
	b.llr = clip(best - searched)
	if things.Count() < max(4, min((b.to-b.from)/8, 24)) {
		b.llr = min(b.llr, 3.5) // a probe asks for a few things from many places
		if objects*2 > b.to-b.from && b.gap < 10 {
			b.llr = clip(min(best-searched, 5.6)) // but not for an object every few seconds
		}
	}
	if v.addresses(at[b.from:b.to], n)*5 > 4*len(v.of) {
		b.llr = min(b.llr, 3.5) // everybody: so this log was made, or thinned out
	}
	if first := b.times[b.from]; float64(first-c.First) < 5e9*b.gap {
		b.llr = min(b.llr, 3.5) // there before the log begins: synthetic checks, and nothing to compare with
	}
	if b.cv > jittered {
		b.llr = min(b.llr, 4) // more uneven than a timer that is shaken by half: people in a row may be as even
	}
	b.llr = min(b.llr, 7)
}

// jittered is the coefficient of variation of a timer's intervals that are shaken
// by half of their length, uniformly: 0.5/√3, and a little for the network.
const jittered = 0.33

// searched is what the search for the most even of many groups costs.
const searched = 5

// surprise weighs the coefficient of variation of n intervals, which is normal
// around 1 with a deviation of 1/√n where arrivals are at random, and mostly
// between 0.2 and 0.7 where a timer makes them, or makes most of them.
func surprise(cv float64, n int) float64 {
	if n < 8 {
		return 0
	}
	root := math.Sqrt(float64(n))
	under := func(mean, sd float64) float64 {
		z := (cv - mean) / sd
		return -math.Log(sd) - float64(z*z)/2
	}
	timer := max(under(0.15, 0.15), under(0.45, 0.15))
	return min(max(timer-under(1, 1/root)-0.7, -4), 12)
}

// moments are sums over intervals, in seconds, of some arrivals each.
type moments struct{ n, sum, squares float64 }

func momentsOf(times []int64, step int) (m moments) {
	for i := step; i < len(times); i += step {
		d := float64(times[i]-times[i-step]) / 1e9
		m.n++
		m.sum += d
		m.squares += float64(d * d)
	}
	return m
}

func (m moments) with(o moments) moments {
	return moments{m.n + o.n, m.sum + o.sum, m.squares + o.squares}
}

func (m moments) mean() float64 { return m.sum / max(m.n, 1) }

// variation is the coefficient of variation of single intervals, where each of m
// is of step arrivals.
func (m moments) variation(step int) float64 {
	if m.n < 2 || m.sum == 0 {
		return 1
	}
	mean := m.mean()
	return math.Sqrt(max(m.squares/m.n-float64(mean*mean), 0)*m.n/(m.n-1)*float64(step)) / mean
}

// together is how many are at work at the same time, at most.
func together(l []ticker) (most int) {
	for i := range l {
		n := 0
		for k := range l {
			if l[k].first <= l[i].first && l[k].last >= l[i].first {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// repeats says whether the addresses come back at even intervals, as pollers
// do: then where one arrival lies tells where all of its later ones do, and
// only the first says something.
func (b *beat) repeats(v *visits) bool {
	v.begin()
	people, back := 0, 0
	for k, i := range b.at {
		if _, again := v.meet(v.who[i], k); again {
			back++
		} else {
			people++
		}
	}
	if back < people { // fewer than a quarter came back four times
		return false
	}
	// The arrivals of one address follow each other once sorted.
	at := slices.Clone(b.at)
	slices.SortFunc(at, func(x, y int32) int { return cmp.Or(cmp.Compare(v.who[x], v.who[y]), cmp.Compare(x, y)) })
	even, n := 0, 0
	for len(at) > 0 {
		k := 1
		for k < len(at) && v.who[at[k]] == v.who[at[0]] {
			k++
		}
		if k >= 5 {
			var p sketch.Period
			for j := 1; j < k; j++ {
				p.Add(uint64((v.c.Strangers[at[j]].Time - v.c.Strangers[at[j-1]].Time) / 1e6))
			}
			n++
			if _, x := p.Regularity(); x >= 0.8 {
				even++
			}
		}
		at = at[k:]
	}
	return n*4 >= people && even*2 >= n
}

func (b *beat) claim(p *intervalParams, c *Crowd) Claim {
	v, part := c.visits(), b.at[b.from:b.to]
	first, last := &c.Strangers[part[0]], &c.Strangers[part[len(part)-1]]
	x := Claim{Key: b.key, LLR: b.llr, Events: len(part), First: first.Time, Last: last.Time, Target: b.template}
	x.At = c.Strangers[part[min(p.Arrivals, len(part))-1]].Time
	each, bent := v.firstVisits(part), 0
	for _, i := range each {
		if v.visitor(int(i)).intent() {
			bent++
		}
	}
	strict := 10*bent >= 7*len(each) // then those who do other things, too, are passers-by
	for _, i := range each {
		if strict && !v.visitor(int(i)).intent() {
			continue
		}
		x.Members = append(x.Members, event.Actor{Scope: event.IP, Value: enrich.IPValue(netip.AddrFrom16(c.Strangers[i].Addr))})
		if len(x.Entries) < 5 {
			x.Entries = append(x.Entries, int(i))
		}
	}
	slices.SortFunc(x.Members, event.Actor.Compare)
	x.Evidence = Evidence{
		Summary: fmt.Sprintf("%d requests of %d addresses (%s) came every %s with a variation of %.2f, as from one timer; of addresses that do not know of each other it is about 1.", len(part), len(x.Members), b.what, span(b.gap), b.cv),
		Facts: []Fact{
			{Name: "addresses", Value: float64(len(x.Members)), Unit: "addresses", Limit: float64(p.Addresses), HasLimit: true},
			{Name: "requests in step", Value: float64(len(part)), Unit: "requests"},
			{Name: "mean interval", Value: round(b.gap), Unit: "s"},
			{Name: "evenness of arrivals", Value: round(max(1-b.cv, 0)), Unit: "", Peer: 0, HasPeer: true},
		},
		Counter: []string{"Apps and devices that ask at an interval of their own do not arrive evenly together: each began when it was switched on.",
			"A monitoring service that asks from many places does keep one beat: ask whether you hired one."},
	}
	return x
}

// span is a time in seconds for a sentence.
func span(s float64) string {
	switch {
	case s < 1:
		return fmt.Sprintf("%.0f ms", 1000*s)
	case s < 120:
		return fmt.Sprintf("%.1f s", s)
	}
	return fmt.Sprintf("%.1f min", s/60)
}

// ticker is an actor with a steady interval.
type ticker struct {
	actor  event.Actor
	key    uint64 // of the record, 0 for a stranger
	entry  int    // of the strangers
	print  uint64 // its latest client
	main   uint32
	median float64 // milliseconds
	even   float64
	n      int
	first  int64
	last   int64
}

// ownPace is the shortest interval, in milliseconds, that may be a timer's of
// one's own: shorter ones are the pace of a programme within one run, which all
// its copies have.
const ownPace = 2000

// tickers are addresses, or principals, that keep an interval and ask for
// something else nearly each time: whoever repeats one question polls. The two
// are never mixed, for one may be the other.
func tickers(c *Crowd, principals bool) (l []ticker) {
	have := map[event.Actor]bool{}
	for i := range c.Members {
		m := &c.Members[i]
		s := &m.Profile.Style
		if (m.Actor.Scope != event.IP) != principals || m.Profile.Timing.Period.N < 12 || s.Main == 0 || 3*m.Profile.Assets > m.Profile.N {
			continue
		}
		have[m.Actor] = true
		if asked := min(int(m.Profile.N), 24); s.Hits*2 < m.Profile.N || 2*s.Things.Count() < asked || c.View.Endpoint(s.Main-1).Private || m.Profile.Nets.Count() > 3 || m.Profile.Timing.Period.Rests() {
			continue
		}
		if median, even := m.Profile.Timing.Period.Regularity(); even >= 0.7 && median >= ownPace && 1000*float64(m.Record.Last-m.Record.First) < 3*median*float64(m.Record.N) {
			l = append(l, ticker{actor: m.Actor, key: m.Record.Key, entry: -1, print: s.Print, main: s.Main, median: median, even: even, n: int(m.Profile.N), first: int64(m.Record.First) * 1e9, last: int64(m.Record.Last) * 1e9})
		}
	}
	if principals {
		return l
	}
	known := c.visits()
	for k := range known.of {
		v := &known.of[k]
		if v.n < 5 || !v.intent() || v.assets || 2*v.things.Count() < int(v.n) || c.View.Endpoint(v.template-1).Private {
			continue
		}
		period, last := known.period(v)
		median, even := period.Regularity()
		if even < 0.7 || median < ownPace || period.Rests() {
			continue
		}
		e := &c.Strangers[v.first]
		actor := event.Actor{Scope: event.IP, Value: enrich.IPValue(netip.AddrFrom16(e.Addr))}
		if !have[actor] {
			l = append(l, ticker{actor: actor, entry: int(v.first), print: e.Print, main: v.template, median: median, even: even, n: int(v.n), first: e.Time, last: last})
		}
	}
	return l
}

// sameTimers finds intervals at which far more actors ask an endpoint than at
// those around it.
func sameTimers(p *intervalParams, c *Crowd, principals bool) (claims []Claim) {
	l := tickers(c, principals)
	slices.SortStableFunc(l, func(a, b ticker) int {
		return cmp.Or(cmp.Compare(a.main, b.main), cmp.Compare(a.median, b.median), a.actor.Compare(b.actor))
	})
	for i := 0; i < len(l); {
		end := i
		for end < len(l) && l[end].main == l[i].main {
			end++
		}
		rest := l[i:end]
		for _, width := range [...]float64{1.08, 1.16, 1.32} { // clocks first, then what jitters
			for {
				lo, hi, around := crest(rest, width)
				if hi-lo < p.Addresses || around >= float64(hi-lo) {
					break
				}
				if x := inStep(p, c, rest[lo:hi], around/2); x.LLR >= 2 {
					claims = append(claims, x)
				}
				rest = slices.Concat(rest[:lo], rest[hi:])
			}
		}
		i = end
	}
	return claims
}

// crest is the fullest window of intervals of a width, and how many are in the
// windows of the same width on both of its sides.
func crest(l []ticker, width float64) (lo, hi int, around float64) {
	for i, j := 0, 0; i < len(l); i++ {
		for j < len(l) && l[j].median <= width*l[i].median {
			j++
		}
		if j-i > hi-lo {
			lo, hi = i, j
		}
	}
	for i := range l {
		if x := l[i].median; hi > lo && (i < lo && x >= l[lo].median/width || i >= hi && x <= l[hi-1].median*width) {
			around++
		}
	}
	return lo, hi, around
}

// inStep weighs actors with one interval, where as many as around would have it
// by chance.
func inStep(p *intervalParams, c *Crowd, l []ticker, around float64) Claim {
	var even float64
	for i := range l {
		even += l[i].even
	}
	n := float64(len(l))
	even /= n
	mid := l[len(l)/2].median
	x := Claim{Key: uint64(l[0].main)<<20 | uint64(sketch.TickOf(uint64(mid))>>4), Target: l[0].main, First: l[0].first}
	expected := around + 1
	prints := map[uint64]int{}
	alike := 0
	for i := range l {
		prints[l[i].print]++
		alike = max(alike, prints[l[i].print])
	}
	if even < 0.8 || even < 0.87 && float64(alike) < 0.7*n {
		return x // people who read at one pace
	}
	if together(l)*2 < len(l) {
		return x // runs of a job, one now and one then
	}
	x.LLR = min(clip(float64(n*math.Log(n/expected))-(n-expected)-4), 4.5+min(math.Log2(n/float64(p.Addresses)), 1.5)+min(max(even-0.75, 0)*10, 1.5))
	if even < 0.93 || mid >= 120_000 {
		x.LLR = min(x.LLR, 4) // apps that refresh themselves every few minutes do
	}
	var begins []int64
	for i := range l {
		t := &l[i]
		x.Members = append(x.Members, t.actor)
		x.Events += t.n
		x.First, x.Last = min(x.First, t.first), max(x.Last, t.last)
		begins = append(begins, t.first+int64(12*t.median*1e6))
		if t.key != 0 && len(x.Shown) < 5 {
			x.Shown = append(x.Shown, t.key)
		} else if t.entry >= 0 && len(x.Entries) < 5 {
			x.Entries = append(x.Entries, t.entry)
		}
	}
	if float64(x.First-c.First) < 3e6*mid/n && mid >= 60_000 {
		x.LLR = min(x.LLR, 3.5) // slow, and there before the log begins: synthetic checks
	}
	slices.Sort(begins)
	x.At = min(begins[min(p.Addresses, len(begins))-1], x.Last)
	slices.SortFunc(x.Members, event.Actor.Compare)
	x.Evidence = Evidence{
		Summary: fmt.Sprintf("%d actors each ask %s every %s or nearly so, and for something else nearly every time.", len(l), c.View.Endpoint(l[0].main-1).Name, span(mid/1000)),
		Facts: []Fact{
			{Name: "actors with one interval", Value: n, Unit: "actors", Limit: float64(p.Addresses), HasLimit: true, Peer: around, HasPeer: true},
			{Name: "interval", Value: round(mid / 1000), Unit: "s"},
			{Name: "evenness of each", Value: round(even), Unit: "", Peer: 0.5, HasPeer: true},
		},
		Counter: []string{"Copies of an app share an interval, but each repeats its own question; these share out the questions."},
	}
	return x
}
