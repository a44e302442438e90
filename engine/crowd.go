package engine

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"github.com/zeebo/xxh3"

	"goshawk/correlate"
	"goshawk/detect"
	"goshawk/event"
)

// crowd is what detectors need that look at everybody at once, and what they
// said so far.
type crowd struct {
	strangers []detect.Entry // in order, at most strangersKept
	strange   int            // how many there were
	journal   []detect.Entry // in order, at most journalKept
	noted     int
	members   []detect.Member `state:"-"` // buffer of a look
	room      detect.Room     `state:"-"` // likewise
	looked    int             // strange and noted at the last look
	looks     int
	shown     []keptLine // lines of strangers, the latest of each kind
	age       []int      // strange and noted when they were kept
	claims    []*claim
}

// claim is a finding about several actors, while it grows.
type claim struct {
	det     int
	key     uint64
	members map[event.Actor]uint32
	said    detect.Finding // but for what is made up at the end
	llr     float64
	refs    []keptLine
	target  string
}

const (
	strangersKept = 1 << 16
	journalKept   = 1 << 15
	shownKept     = 1 << 12
	lookEvery     = 1 << 15 // strangers and journal entries between two looks
	maxClaims     = 1024
)

// journaled says whether an event goes into the journal.
func journaled(r *event.Rec) bool {
	return detect.SignsUp(r) || r.Traits&(event.Coupon|event.GiftCard) != 0 || r.Traits&(event.Referral|event.Cart|event.Message) != 0 && r.Class&event.Write != 0
}

// note keeps the block's strangers and trades for the next look.
func (g *Engine) note() {
	b, k := &g.block, &g.crowd
	for i := range b.recs {
		r := &b.recs[i]
		if r.Client == 0 || r.Mark&event.MarkAllowed != 0 {
			continue
		}
		if r.Caller&(event.AsRoot|event.AsUser) != 0 {
			g.logins.observe(g, i, r)
		}
		if g.isOpened(r) {
			g.opened(i, r)
		}
		trade := journaled(r)
		if !b.strange[i] && !trade {
			continue
		}
		c, s := b.line(i)
		e := detect.Entry{Rec: *r, Addr: c.addr[b.where[i].rec], Source: uint32(c.source), Line: uint32(c.line) + s.line}
		if trade {
			k.journal = keepNewest(k.journal, journalKept, &e)
			k.noted++
		}
		if b.strange[i] {
			k.strangers = keepNewest(k.strangers, strangersKept, &e)
			k.strange++
		}
		if k.shown == nil {
			k.shown, k.age = make([]keptLine, shownKept), make([]int, shownKept)
		}
		if at := shownAt(&e); k.age[at] <= k.looked { // once between two looks
			k.shown[at].put(c, s)
			k.age[at] = k.strange + k.noted
		}
	}
}

// shownAt is where a stranger's line is kept: four for each fingerprint on each
// endpoint.
func shownAt(e *detect.Entry) int {
	return int((spread(e.Print^uint64(e.Template)<<1|1, event.Group)>>8 + e.Client>>3%4) % shownKept)
}

// keepNewest appends e; where that would be more than most, the oldest quarter
// goes first.
func keepNewest(l []detect.Entry, most int, e *detect.Entry) []detect.Entry {
	switch {
	case len(l) == most:
		l = l[:copy(l, l[most/4:])]
	case len(l) == cap(l) && len(l) >= most/16:
		l = slices.Grow(l, most-len(l)) // at once: what it grew out of would be garbage
	}
	return append(l, *e)
}

// lookAround asks the detectors that look at everybody, if there is enough news.
func (g *Engine) lookAround(end bool) {
	k := &g.crowd
	if n := k.strange + k.noted; !end && n-k.looked < lookEvery {
		return
	}
	k.looked = k.strange + k.noted
	k.looks++
	seldom := end || bits.OnesCount(uint(k.looks)) == 1
	c := &detect.Crowd{Strangers: k.strangers, Journal: k.journal,
		View: g.view, Now: g.last, First: g.start, Outcomes: g.view.Outcomes, Room: &k.room}
	c.Members = k.members[:0]
	for _, sh := range g.shards {
		c.Members = sh.members(c.Members)
	}
	k.members = c.Members
	slices.SortFunc(c.Members, func(a, b detect.Member) int { return cmp.Compare(a.Record.Key, b.Record.Key) })
	for i := range g.detectors {
		d := &g.detectors[i]
		if d.Look == nil || !d.enabled || d.Seldom && !seldom {
			continue
		}
		for _, x := range d.Look(c) {
			g.hear(i, c, &x)
		}
	}
}

// members appends the active actors of a shard.
func (sh *shard) members(l []detect.Member) []detect.Member {
	t := sh.table
	for i := range t.slots {
		a := &t.slots[i]
		if a.Key == 0 || a.Profile == 0 || a.N < active || a.Flags&detect.Allowed != 0 {
			continue
		}
		var c detect.Case
		t.remember(&c, a)
		actor, ok := sh.nameOf(a, c.Profile)
		if !ok {
			continue
		}
		m := detect.Member{Actor: actor, Record: a, Profile: c.Profile, Identity: c.Identity, Trade: c.Trade, Probe: c.Probe}
		if a.Auth != 0 {
			m.Tries = t.auths.at(a.Auth)
		}
		if sub := sh.subjects[a.Key]; sub != nil {
			m.Score = sub.best
		}
		l = append(l, m)
	}
	return l
}

// hear takes in a claim: a new one, or more of one heard before.
func (g *Engine) hear(det int, c *detect.Crowd, x *detect.Claim) {
	if x.LLR < worth || x.Last < g.since {
		return
	}
	k := &g.crowd
	i := slices.IndexFunc(k.claims, func(o *claim) bool { return o.det == det && o.key == x.Key })
	if i < 0 {
		if len(k.claims) == maxClaims {
			return
		}
		i = len(k.claims)
		k.claims = append(k.claims, &claim{det: det, key: x.Key, members: map[event.Actor]uint32{},
			said: detect.Finding{FirstSeen: x.First, DetectedAt: x.At}})
	}
	o := k.claims[i]
	for _, m := range x.Members {
		if _, ok := o.members[m]; ok || len(o.members) < maxMembers {
			o.members[m]++
		}
	}
	f := &o.said
	f.FirstSeen, f.LastSeen, f.DetectedAt = min(f.FirstSeen, x.First), max(f.LastSeen, x.Last), min(f.DetectedAt, x.At)
	f.Events = max(f.Events, x.Events)
	news := ""
	if x.LLR > o.llr || x.LLR == o.llr && x.Events >= f.Events {
		before := correlate.Logistic(o.llr - 4)
		o.llr, f.Evidence, f.Title, f.Actor = x.LLR, x.Evidence, x.Title, x.Actor
		if now := correlate.Logistic(o.llr - 4); before < 0.5 && now >= 0.5 {
			news = "opened"
		} else if before < 0.8 && now >= 0.8 {
			news = "updated"
		}
	}
	if x.Success {
		f.Impact = max(g.detectors[det].Succeed, g.detectors[det].Impact)
	}
	if x.Target > 0 {
		o.target = c.View.Endpoint(x.Target - 1).Name
	}
	g.illustrate(o, c, x)
	if news != "" && g.OnFinding != nil {
		y := g.claimFinding(o)
		g.OnFinding(news, &y)
	}
}

// illustrate keeps lines that prove a claim.
func (g *Engine) illustrate(o *claim, c *detect.Crowd, x *detect.Claim) {
	show := func(l keptLine) {
		if l.line == 0 || len(o.refs) >= 5 || slices.ContainsFunc(o.refs, func(r keptLine) bool { return r.source == l.source && r.line == l.line }) {
			return
		}
		o.refs = append(o.refs, l)
	}
	for _, key := range x.Shown {
		sh := g.shards[shardOf(key)]
		a := sh.table.find(key)
		if a == nil || a.Profile == 0 {
			continue
		}
		for _, ref := range sh.table.profiles.at(a.Profile).Lines.At {
			if l, ok := sh.kept.get(ref); ok {
				show(l)
				break
			}
		}
	}
	for _, i := range x.Entries {
		if i < len(c.Strangers) && g.crowd.shown != nil {
			show(g.crowd.shown[shownAt(&c.Strangers[i])].clone())
		}
	}
}

// lines calls want for all lines that the crowd keeps.
func (k *crowd) lines(want func(*keptLine)) {
	for i := range k.shown {
		want(&k.shown[i])
	}
	for _, o := range k.claims {
		for i := range o.refs {
			want(&o.refs[i])
		}
	}
}

// claimed returns the findings about several actors.
func (g *Engine) claimed() (l []detect.Finding) {
	for _, o := range g.crowd.claims {
		if f := g.claimFinding(o); f.Score >= 0.5 {
			l = append(l, f)
		}
	}
	return l
}

func (g *Engine) claimFinding(o *claim) detect.Finding {
	d, f := g.detectors[o.det].Detector, o.said
	f.Detector, f.Threat, f.Family = d.Name, d.Threat, d.Family
	f.Title = cmp.Or(f.Title, d.Title)
	f.Impact = max(f.Impact, d.Impact)
	f.LLR = round2(o.llr)
	f.Score = correlate.Probability([]correlate.Weight{{Family: d.Family, LLR: f.LLR}})
	if f.Severity = f.Impact; f.Score < 0.8 {
		f.Severity = max(f.Severity-1, detect.Low)
	}
	for m := range o.members {
		f.Members = append(f.Members, m)
	}
	slices.SortFunc(f.Members, event.Actor.Compare)
	f.MembersTotal = len(f.Members)
	if f.Actor == (event.Actor{}) {
		f.Actor = event.Actor{Scope: event.Group, Value: fmt.Sprintf("%012x", xxh3.HashString(fmt.Sprintf("%s|%x", d.Name, o.key))>>16)}
	}
	if o.target != "" {
		f.Target = event.Actor{Scope: event.Endpoint, Value: o.target}
	}
	f.ID = fmt.Sprintf("%016x", xxh3.HashString(fmt.Sprintf("%s|%s|%d", d.Name, f.Actor, f.FirstSeen)))
	f.Evidence.Lines = nil
	for _, l := range o.refs {
		f.Evidence.Lines = append(f.Evidence.Lines, detect.Line{Source: l.source, Line: l.line, Text: g.mask(l.text, l.in)})
	}
	slices.SortFunc(f.Evidence.Lines, func(a, b detect.Line) int { return cmp.Or(a.Source-b.Source, a.Line-b.Line) })
	detect.Advise(&f)
	return f
}
