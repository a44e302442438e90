package engine

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/zeebo/xxh3"

	"goshawk/correlate"
	"goshawk/detect"
	"goshawk/enrich"
	"goshawk/event"
	"goshawk/sketch"
)

// attempt is one log-in attempt, as the journal remembers it: 64 bytes without
// a pointer.
type attempt struct {
	time     int64
	client   uint64
	print    uint64
	addr     [16]byte
	account  uint32
	template uint32
	net      uint32
	source   uint32
	line     uint32
	failed   bool
	ok       bool
}

// journalSize bounds the journal; the oldest attempts make room. It is what
// work spread over many addresses is found from: each of them does too little
// to be seen in its own record.
const journalSize = 1 << 17

// failure is the line of a failed attempt: the latest are kept as evidence.
type failure struct {
	client uint64
	keptLine
}

const failuresKept = 2048

// journal notes the block's log-in attempts.
func (g *Engine) journal() {
	b := &g.block
	for i := range b.recs {
		r := &b.recs[i]
		if r.Class&event.Login == 0 || r.Client == 0 || r.Mark&(event.MarkOutage|event.MarkAllowed) != 0 || r.Class&(event.Failed|event.Succeeded) == 0 {
			continue
		}
		c, s := b.line(i)
		a := attempt{r.Time, r.Client, r.Print, c.addr[b.where[i].rec], r.Account, r.Template, r.Net, uint32(c.source), uint32(c.line) + s.line,
			r.Class&event.Failed != 0, r.Class&event.Succeeded != 0}
		g.attempts = keepLatest(g.attempts, g.attempted, journalSize, a)
		g.attempted++
		if a.failed {
			f := failure{r.Client, keepLine(c, s)}
			g.failures = keepLatest(g.failures, g.failed, failuresKept, f)
			g.failed++
		}
	}
}

// keepLatest puts the n-th thing, from 0, into a ring of the latest size.
func keepLatest[T any](ring []T, n, size int, x T) []T {
	if len(ring) < size {
		return append(ring, x)
	}
	ring[n%size] = x
	return ring
}

// source is what the journal says of one address.
type source struct {
	addr        [16]byte
	client      uint64
	print       uint64
	first, last int64
	n, fails    int
	oks         int
	returning   bool // tried an account that somebody entered
	accounts    sketch.Few
	line        attempt
}

// sources sums the journal up by address, in the order of first attempts.
func (g *Engine) sources() []*source {
	entered := map[uint32]bool{}
	for i := range g.attempts {
		if a := &g.attempts[i]; a.ok && a.account != 0 {
			entered[a.account] = true
		}
	}
	by := map[uint64]*source{}
	var list []*source
	start := 0
	if g.attempted > journalSize {
		start = g.attempted % journalSize
	}
	for k := range g.attempts {
		a := &g.attempts[(start+k)%len(g.attempts)]
		if g.outage.covers(a.time, a.time) {
			continue
		}
		s := by[a.client]
		if s == nil {
			s = &source{addr: a.addr, client: a.client, print: a.print, first: a.time, line: *a}
			by[a.client] = s
			list = append(list, s)
		}
		s.n++
		s.last = a.time
		if a.failed {
			s.fails++
			s.accounts.Add(uint64(a.account) * 0x9E3779B97F4A7C15)
			s.returning = s.returning || entered[a.account]
		}
		if a.ok {
			s.oks++
		}
	}
	return list
}

// hollow says whether an address does nothing but fail to log in: it never got
// in, tried no account that anybody enters, and asked for nothing else. Few
// people leave it at that.
func (g *Engine) hollow(s *source) bool {
	if s.fails == 0 || s.oks > 0 || s.returning || s.n > maxHollow && s.accounts.Count() <= 1 {
		return false // the last: a client stuck on one old password
	}
	return g.onlyLogsIn(s.client, s.n)
}

// onlyLogsIn says whether at least four fifths of an address's requests are the
// n log-in attempts known of it.
func (g *Engine) onlyLogsIn(client uint64, n int) bool {
	a := g.shards[shardOf(client)].table.find(client)
	return a == nil || (a.N-uint32(n))*5 <= a.N
}

// maxHollow is how often a campaign's address tries one account, at most.
const maxHollow = 5

// What share of the addresses that log in are hollow: few of people's, many
// while a list is worked through.
var (
	fewHollow  = sketch.Beta{A: 1.5, B: 28.5}
	manyHollow = sketch.Beta{A: 2, B: 2}
)

// minHollow is the least number of addresses that make a campaign.
const minHollow = 12

// campaign looks for log-in attempts spread so thin that no address, network or
// account stands out: among all sources, and within each fingerprint, far more
// addresses than usual do nothing but fail. Source: Javed and Paxson, CCS 2013.
func (g *Engine) campaign() {
	g.campaigns = g.campaigns[:0]
	var open []*source
	for _, s := range g.sources() {
		sub := g.shards[shardOf(s.client)].subjects[s.client]
		if sub == nil || sub.best < 0.8 {
			open = append(open, s)
		}
	}
	named := map[*source]bool{}
	byPrint := map[uint64][]*source{}
	var prints []uint64
	for _, s := range open {
		if byPrint[s.print] == nil {
			prints = append(prints, s.print)
		}
		byPrint[s.print] = append(byPrint[s.print], s)
	}
	for _, p := range prints {
		g.spread(byPrint[p], named)
	}
	// What is left hides in everybody's browsers: look at it hour by hour, where
	// its share is highest, then as a whole.
	for _, hour := range []int64{3600e9, 6 * 3600e9, 1 << 62} {
		byHour := map[int64][]*source{}
		var hours []int64
		for _, s := range open {
			if named[s] {
				continue
			}
			h := s.first / hour
			if byHour[h] == nil {
				hours = append(hours, h)
			}
			byHour[h] = append(byHour[h], s)
		}
		for _, h := range hours {
			g.spread(byHour[h], named)
		}
	}
}

// spread judges one set of sources and reports its hollow ones together.
func (g *Engine) spread(set []*source, named map[*source]bool) {
	var hollow []*source
	total := 0
	for _, s := range set {
		if named[s] {
			continue
		}
		total++
		if g.hollow(s) {
			hollow = append(hollow, s)
		}
	}
	n := len(hollow)
	if n < minHollow || !g.view.Outcomes {
		return
	}
	llr := sketch.BayesFactor(manyHollow, fewHollow, float64(n), float64(total)) - 3
	// Of the hollow ones as many are innocent as are hollow on an ordinary day.
	innocent := fewHollow.Mean() * float64(total-n) / float64(n)
	if llr < 4 || innocent > 0.25 {
		return
	}
	for _, s := range hollow {
		named[s] = true
	}
	g.campaigns = append(g.campaigns, g.campaignFinding(hollow, total, min(llr, 9)))
}

func (g *Engine) campaignFinding(hollow []*source, total int, llr float64) detect.Finding {
	d, title := detect.CredentialStuffing, "Many addresses do nothing but fail to log in"
	attempts, accounts, nets := 0, map[uint32]bool{}, map[uint32]bool{}
	for _, s := range hollow {
		accounts[s.line.account] = true
	}
	if len(accounts) <= 3 && !accounts[0] {
		d, title = detect.BruteForce, "Many addresses guess at one account"
	}
	f := detect.Finding{Detector: d.Name, Threat: d.Threat, Family: d.Family, Impact: d.Impact, Severity: d.Impact,
		Title: title, LLR: round2(llr), Score: correlate.Probability([]correlate.Weight{{Family: d.Family, LLR: llr}}),
		FirstSeen: hollow[0].first, LastSeen: hollow[0].last, DetectedAt: hollow[minHollow-1].last}
	for _, s := range hollow {
		attempts += s.n
		nets[s.line.net] = true
		f.FirstSeen, f.LastSeen = min(f.FirstSeen, s.first), max(f.LastSeen, s.last)
		f.Members = append(f.Members, event.Actor{Scope: event.IP, Value: ipOf(s.addr)})
	}
	slices.SortFunc(f.Members, event.Actor.Compare)
	f.MembersTotal = len(f.Members)
	f.Members = f.Members[:min(len(f.Members), maxMembers)]
	f.Events = attempts
	f.Target = event.Actor{Scope: event.Endpoint, Value: g.templates.names[hollow[0].line.template]}
	f.Actor = event.Actor{Scope: event.Group, Value: fmt.Sprintf("%012x", xxh3.HashString(fmt.Sprint(f.Members))>>16)}
	f.ID = fmt.Sprintf("%016x", xxh3.HashString(fmt.Sprintf("%s|%s|%d", f.Detector, f.Actor, f.FirstSeen)))
	share := float64(len(hollow)) / float64(total)
	f.Evidence = detect.Evidence{
		Summary: fmt.Sprintf("%d of %d addresses that tried to log in never got in, asked for nothing else and tried no account that anybody entered: %.0f %%, where %.0f %% is usual; %d attempts from %d networks.",
			len(hollow), total, 100*share, 100*fewHollow.Mean(), attempts, len(nets)),
		Facts: []detect.Fact{
			{Name: "addresses that only fail", Value: float64(len(hollow)), Unit: "addresses", Limit: minHollow, HasLimit: true},
			{Name: "their share of all that log in", Value: round2(100 * share), Unit: "%", Peer: round2(100 * fewHollow.Mean()), HasPeer: true},
			{Name: "attempts", Value: float64(attempts), Unit: "attempts"},
			{Name: "networks", Value: float64(len(nets)), Unit: "networks"},
		},
		Counter: []string{"Some of the addresses may be people who gave up; each alone proves nothing."},
	}
	member := map[uint64]bool{}
	for _, s := range hollow {
		member[s.client] = true
	}
	for i := range g.failures {
		if x := &g.failures[i]; member[x.client] && len(f.Evidence.Lines) < 5 {
			f.Evidence.Lines = append(f.Evidence.Lines, detect.Line{Source: x.source, Line: x.line, Text: g.mask(x.text, x.in)})
		}
	}
	slices.SortFunc(f.Evidence.Lines, func(a, b detect.Line) int { return cmp.Or(a.Source-b.Source, a.Line-b.Line) })
	detect.Advise(&f)
	return f
}

func ipOf(a [16]byte) string { return enrich.IPValue(netip.AddrFrom16(a)) }

// entrants returns, from the journal, the addresses that failed and never got
// in for a group's actor: those that joined before it was suspected too.
func (g *Engine) entrants(sub *subject) []event.Actor {
	type tally struct {
		fails, oks int
		addr       [16]byte
	}
	by := map[uint64]*tally{}
	for i := range g.attempts {
		a := &g.attempts[i]
		r := event.Rec{Print: a.print, Template: a.template, Net: a.net, Account: a.account}
		if keyOf(&r, sub.scope) != sub.key || g.outage.covers(a.time, a.time) {
			continue
		}
		t := by[a.client]
		if t == nil {
			t = &tally{addr: a.addr}
			by[a.client] = t
		}
		if a.failed {
			t.fails++
		} else {
			t.oks++
		}
	}
	least, total, most := 1, 0, 0
	for _, t := range by {
		total += t.fails
		most = max(most, t.fails)
	}
	if most*5 >= total*4 {
		return nil // one address's doing
	}
	if sub.scope == event.Account && most*5 >= total {
		least = max(2, total/20) // its owner may mistype too
	}
	var l []event.Actor
	for client, t := range by {
		if t.fails >= least && t.oks*10 <= t.fails && (t.fails > maxHollow || g.onlyLogsIn(client, t.fails+t.oks)) {
			l = append(l, event.Actor{Scope: event.IP, Value: ipOf(t.addr)})
		}
	}
	slices.SortFunc(l, event.Actor.Compare)
	return slices.Compact(l)
}
