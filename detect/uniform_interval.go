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

// visitor is an address of which only a few events are known.
type visitor struct {
	n        int
	template uint32 // of most of its events, plus one
	most     int    // how many, at least
	assets   bool
	last     int64
	period   sketch.Period
	things   sketch.Few
	at       []int // of the strangers
}

// intent says whether it asks for hardly anything but one endpoint: a vote that
// leads by half of all votes was cast by three quarters.
func (v *visitor) intent() bool { return 2*v.most >= v.n }

func visitorsOf(c *Crowd) (map[uint64]*visitor, []uint64) {
	at := map[uint64]*visitor{}
	var order []uint64
	for i := range c.Strangers {
		e := &c.Strangers[i]
		v := at[e.Client]
		if v == nil {
			v = &visitor{}
			at[e.Client] = v
			order = append(order, e.Client)
		}
		switch {
		case v.template == e.Template+1:
			v.most++
		case v.most == 0:
			v.template, v.most = e.Template+1, 1
		default:
			v.most--
		}
		if v.n > 0 {
			v.period.Add(uint64((e.Time - v.last) / 1e6))
		}
		v.n++
		v.last = e.Time
		v.assets = v.assets || e.Class&event.Asset != 0
		v.things.Add(thing(&e.Rec))
		v.at = append(v.at, i)
	}
	return at, order
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
	template uint32 // plus one
	last     uint64 // client of the latest arrival
	at       []int  // of the strangers, in order, the first of each visit
	from, to int    // the even part
	gap      float64
	cv       float64
	llr      float64
}

// oneTimer pools the arrivals of strangers.
func oneTimer(p *intervalParams, c *Crowd) (claims []Claim) {
	known, _ := visitorsOf(c)
	at := map[uint64]*beat{}
	var beats []*beat
	add := func(i int, what string, key uint64, template uint32) {
		b := at[key]
		if b == nil {
			b = &beat{key: key, what: what, template: template}
			at[key] = b
			beats = append(beats, b)
		}
		if k := c.Strangers[i].Client; k != b.last { // what follows at once is one visit
			b.at = append(b.at, i)
			b.last = k
		}
	}
	for i := range c.Strangers {
		e := &c.Strangers[i]
		v := known[e.Client]
		if e.Class&event.Asset != 0 || v.assets || e.Traits&event.Health != 0 || e.Mark&event.MarkNoTime != 0 {
			continue
		}
		t := uint64(e.Template+1) * 0x9E3779B97F4A7C15
		if e.Print != 0 {
			add(i, "one client", e.Print, 0)
			add(i, "one client on one endpoint", e.Print^t, e.Template+1)
		}
		if v.intent() && v.template == e.Template+1 {
			add(i, "addresses that ask one endpoint", t, e.Template+1)
		}
		add(i, "one network", uint64(e.Net)*0xC2B2AE3D27D4EB4F, 0)
	}
	for _, b := range beats {
		if len(b.at) < p.Arrivals*3/4 {
			continue
		}
		if b.weigh(p, c, known); b.llr >= 2 {
			claims = append(claims, b.claim(p, c, known))
		}
	}
	return claims
}

// weigh finds the stretch of arrivals that is most surprisingly even.
func (b *beat) weigh(p *intervalParams, c *Crowd, known map[uint64]*visitor) {
	at := b.at
	if b.repeats(c) {
		at = firstVisits(c, at)
	}
	n := len(at)
	if n < p.Arrivals*3/4 {
		return
	}
	// Stamps in whole seconds hide short intervals: several arrivals are taken
	// together, so that what is measured is long enough.
	step := 1
	if whole(c, at) {
		mean := float64(c.Strangers[at[n-1]].Time-c.Strangers[at[0]].Time) / 1e9 / float64(n-1)
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
			part := at[hi:min(hi+size, n)]
			m := momentsOf(c, part, step)
			x := surprise(m.variation(step), int(m.n))
			if distinctClients(c, part) < p.Addresses {
				x = -3
			}
			joint := all.with(m)
			if hi > lo { // and the interval between the two
				joint = joint.with(momentsOf(c, at[hi-step:hi+1], step))
			}
			if x <= 0 && hi == lo || joint.variation(step) > 0.8 || sum+x < 0 {
				break
			}
			all, hi = joint, min(hi+size, n)
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
	b.at = at
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
	if first := c.Strangers[at[b.from]].Time; float64(first-c.First) < 5e9*b.gap {
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

func momentsOf(c *Crowd, at []int, step int) (m moments) {
	for i := step; i < len(at); i += step {
		d := float64(c.Strangers[at[i]].Time-c.Strangers[at[i-step]].Time) / 1e9
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

func whole(c *Crowd, at []int) bool {
	for _, i := range at {
		if c.Strangers[i].Time%1e9 != 0 {
			return false
		}
	}
	return true
}

func distinctClients(c *Crowd, at []int) int {
	var d sketch.Distinct
	for _, i := range at {
		d.Add(uint32(c.Strangers[i].Client >> 20))
	}
	return d.Count()
}

// repeats says whether the addresses come back at even intervals, as pollers
// do: then where one arrival lies tells where all of its later ones do, and
// only the first says something.
func (b *beat) repeats(c *Crowd) bool {
	last := map[uint64]int64{}
	var periods = map[uint64]*sketch.Period{}
	for k, i := range b.at {
		e := &c.Strangers[i]
		if t, ok := last[e.Client]; ok && (k == 0 || c.Strangers[b.at[k-1]].Client != e.Client) {
			p := periods[e.Client]
			if p == nil {
				p = &sketch.Period{}
				periods[e.Client] = p
			}
			p.Add(uint64((e.Time - t) / 1e6))
		}
		last[e.Client] = e.Time
	}
	even, n := 0, 0
	for _, p := range periods {
		if p.N < 4 {
			continue
		}
		n++
		if _, x := p.Regularity(); x >= 0.8 {
			even++
		}
	}
	return n*4 >= len(last) && even*2 >= n
}

func firstVisits(c *Crowd, at []int) (first []int) {
	seen := map[uint64]bool{}
	for _, i := range at {
		if k := c.Strangers[i].Client; !seen[k] {
			seen[k] = true
			first = append(first, i)
		}
	}
	return first
}

func (b *beat) claim(p *intervalParams, c *Crowd, known map[uint64]*visitor) Claim {
	part := b.at[b.from:b.to]
	first, last := &c.Strangers[part[0]], &c.Strangers[part[len(part)-1]]
	x := Claim{Key: b.key, LLR: b.llr, Events: len(part), First: first.Time, Last: last.Time, Target: b.template}
	x.At = c.Strangers[part[min(p.Arrivals, len(part))-1]].Time
	seen, bent := map[uint64]bool{}, 0
	for _, i := range part {
		if k := c.Strangers[i].Client; !seen[k] {
			if seen[k] = true; known[k].intent() {
				bent++
			}
		}
	}
	strict := 10*bent >= 7*len(seen) // then those who do other things, too, are passers-by
	clear(seen)
	for _, i := range part {
		e := &c.Strangers[i]
		if seen[e.Client] || strict && !known[e.Client].intent() {
			continue
		}
		seen[e.Client] = true
		x.Members = append(x.Members, event.Actor{Scope: event.IP, Value: enrich.IPValue(netip.AddrFrom16(e.Addr))})
		if len(x.Entries) < 5 {
			x.Entries = append(x.Entries, i)
		}
	}
	slices.SortFunc(x.Members, event.Actor.Compare)
	x.Evidence = Evidence{
		Summary: fmt.Sprintf("%d requests of %d addresses (%s) came every %s with a variation of %.2f, as from one timer; of addresses that do not know of each other it is about 1.", len(part), len(seen), b.what, span(b.gap), b.cv),
		Facts: []Fact{
			{Name: "addresses", Value: float64(len(seen)), Unit: "addresses", Limit: float64(p.Addresses), HasLimit: true},
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
	known, order := visitorsOf(c)
	for _, k := range order {
		v := known[k]
		if v.n < 5 || !v.intent() || v.assets || 2*v.things.Count() < v.n || c.View.Endpoint(v.template-1).Private || v.period.Rests() {
			continue
		}
		e := &c.Strangers[v.at[0]]
		actor := event.Actor{Scope: event.IP, Value: enrich.IPValue(netip.AddrFrom16(e.Addr))}
		if have[actor] {
			continue
		}
		if median, even := v.period.Regularity(); even >= 0.7 && median >= ownPace {
			l = append(l, ticker{actor: actor, entry: v.at[0], print: e.Print, main: v.template, median: median, even: even, n: v.n, first: e.Time, last: v.last})
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
