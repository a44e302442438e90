package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"goshawk/correlate"
	"goshawk/detect"
	"goshawk/enrich"
	"goshawk/event"
)

// worth is the weight from which a signal is remembered, though it may never
// be reported: other families may add to it.
const worth = 2

// maxSubjects bounds the suspicious actors of a shard, maxMembers the members
// of one.
const maxSubjects, maxMembers = 512, 10_000

// subject is an actor that some detector has something to say about.
type subject struct {
	actor   event.Actor
	key     uint64
	scope   event.Scope
	print   uint64 // key of a group's fingerprint
	open    []*opened
	best    float64 // highest probability reached
	half    int64   // when it first reached 0.5, 0 not yet
	claim   int64   // when it first reached 0.8
	members map[event.Actor]uint32
	seen    []sighting
	weak    []event.Actor
	allowed bool        // the allow list names it
	as      event.Actor // as whom
	lost    []string    // accounts entered while it was suspected
}

// maxLost bounds the accounts named as lost to one actor.
const maxLost = 100

// lose remembers the account that a suspicious actor has just entered.
func (p *pass) lose(sh *shard, i int, a *detect.Record) {
	sub := sh.subjects[a.Key]
	if sub == nil || sub.best < 0.5 || len(sub.lost) == maxLost {
		return
	}
	e := p.evidence(i)
	if sub.group() && sub.members[event.Actor{Scope: event.IP, Value: enrich.IPValue(e.Client)}] == 0 {
		return // it did not fail before
	}
	if e.Account != "" && !slices.Contains(sub.lost, e.Account) {
		sub.lost = append(sub.lost, strings.Clone(e.Account))
	}
}

// opened is a finding while it grows.
type opened struct {
	det         int
	sig         detect.Signal // the strongest
	told        float64       // weight at which the evidence was last put into words
	toldOf      int           // events at that time
	evidence    detect.Evidence
	first, last int64
	at          int64 // first signal
	sufficed    int   // events at that time, 0 if no event gave it
	events      int
	target      string
	refs        []keptLine
}

// notice is news of a finding, told after the block in the order of events.
type notice struct {
	at    int
	state string
	shard int
	sub   *subject
	f     *opened
}

// suspect keeps a signal.
func (p *pass) suspect(sh *shard, i int, a *detect.Record, det int, c *detect.Case, s detect.Signal) {
	sub := sh.subjects[a.Key]
	if sub == nil {
		if len(sh.subjects) >= maxSubjects {
			return
		}
		actor, ok := p.name(sh, i, a, c)
		if !ok {
			return
		}
		sub = &subject{actor: actor, key: a.Key, scope: a.Scope, print: p.w.rec.Print, allowed: a.Flags&detect.Allowed != 0}
		if k, ok := p.w.allowed(); ok && sub.allowed {
			sub.as = k.actor
		}
		sh.subjects[a.Key] = sub
		a.Flags |= detect.Watched
	}
	f := sub.finding(det)
	if f == nil {
		f = &opened{det: det, first: firstOf(c), at: c.Now}
		// At an epoch's end it was everybody else that changed; and a profile is asked
		// now and then only: less might have done.
		if i >= 0 && c.Moment != detect.OnProfile {
			f.sufficed = eventsOf(c)
		}
		sub.open = append(sub.open, f)
		for _, ref := range refsOf(c) {
			if l, ok := sh.kept.get(ref); ok {
				f.refs = append(f.refs, l)
			}
		}
	}
	f.last = int64(a.Last) * 1e9
	f.events = eventsOf(c)
	if i >= 0 && (len(f.refs) < 5 || f.events&(f.events-1) == 0) {
		f.show(p.raw(i))
		sub.meet(p.evidence(i), &p.b.recs[i], p.tagger)
	}
	if s.LLR >= f.sig.LLR {
		f.sig = s
		if s.Target > 0 {
			f.target = p.templates.names[s.Target-1]
		}
		if f.told == 0 || s.LLR >= f.told+0.5 || f.events >= 2*f.toldOf || i < 0 {
			f.told, f.toldOf, f.evidence = s.LLR, f.events, p.detectors[det].Tell(c, s)
		}
	}
	if i >= 0 && sub.group() {
		sub.join(p.evidence(i), &p.b.recs[i])
	}
	if state := sub.weigh(p.Engine, c.Now); state != "" && p.OnFinding != nil && !sub.allowed {
		p.notices = append(p.notices, notice{i, state, shardOf(a.Key), sub, f})
	}
}

// name says who an actor is: as record i tells, or what is remembered of it.
func (p *pass) name(sh *shard, i int, a *detect.Record, c *detect.Case) (event.Actor, bool) {
	p.w.rec.Print = 0
	if e := p.origin(sh, i, c); e != nil {
		scope := a.Scope
		if scope == event.Group {
			scope = event.Fingerprint
		}
		return enrich.Actor(e, scope, p.tagger)
	}
	if c.Profile == nil {
		return event.Actor{}, false
	}
	return sh.nameOf(a, c.Profile)
}

// origin decodes a line that names the actor: record i's, or at an epoch's end
// one that was kept. It returns nil if there is none any more.
func (p *pass) origin(sh *shard, i int, c *detect.Case) *event.Event {
	if i >= 0 {
		return p.evidence(i)
	}
	for _, ref := range refsOf(c) {
		if l, ok := sh.kept.get(ref); ok && len(l.text) < maxEvidence {
			ch := chunk{text: l.text, in: l.in}
			return p.w.event(&ch, span{len: uint32(len(l.text))})
		}
	}
	return nil
}

// show keeps a line as evidence: the first four and the latest.
func (f *opened) show(l keptLine) {
	if n := len(f.refs); n == 0 || f.refs[n-1].line != l.line || f.refs[n-1].source != l.source {
		f.refs = append(f.refs[:min(n, 4)], l)
	}
}

func (s *subject) finding(det int) *opened {
	for _, f := range s.open {
		if f.det == det {
			return f
		}
	}
	return nil
}

// replaced says whether a finding says less than another of the same subject.
func (s *subject) replaced(g *Engine, f *opened) bool {
	for _, o := range s.open {
		if g.detectors[o.det].Over == g.detectors[f.det].Name {
			return true
		}
	}
	return false
}

// sighting is an identity of another scope in the events of a subject.
type sighting struct {
	actor event.Actor
	key   uint64
}

// maxSeen bounds the identities of other scopes remembered with a subject.
const maxSeen = 8

// meet remembers who else a suspicious event names: the address of a
// principal, the principal of an address, and with what and from where it was
// used. It joins findings into incidents.
func (s *subject) meet(e *event.Event, r *event.Rec, t *enrich.Tagger) {
	if s.group() {
		return
	}
	for _, scope := range [...]event.Scope{event.IP, event.User, event.Key, event.Session} {
		a, ok := enrich.Actor(e, scope, t)
		if !ok || a == s.actor || len(s.seen) == maxSeen || slices.ContainsFunc(s.seen, func(x sighting) bool { return x.actor == a }) {
			continue
		}
		x := sighting{actor: a}
		if scope == event.IP || scope == r.Who {
			x.key = keyOf(r, scope)
		}
		s.seen = append(s.seen, x)
	}
	for _, scope := range [...]event.Scope{event.Fingerprint, event.Net} {
		if a, ok := enrich.Actor(e, scope, t); ok && len(s.weak) < maxSeen && !slices.Contains(s.weak, a) {
			s.weak = append(s.weak, a)
		}
	}
}

// crowded is how many people behind an address make it nobody's own: it does
// not join their findings.
const crowded = 5

// seenWith are the identities that join a subject's findings with others'.
func (g *Engine) seenWith(sub *subject) (l []event.Actor) {
	for _, x := range sub.seen {
		if x.actor.Scope == event.IP && x.key != 0 {
			if a := g.shards[shardOf(x.key)].table.find(x.key); a != nil && a.Sharers() >= crowded {
				continue
			}
		}
		l = append(l, x.actor)
	}
	return l
}

// group says whether the actor stands for others, its members.
func (s *subject) group() bool { return standsForMany(s.scope) }

func standsForMany(s event.Scope) bool {
	return s == event.Group || s == event.Net || s == event.Account
}

// join counts the address behind an event as a member, if the event is one of
// those that the group is suspected for.
func (s *subject) join(e *event.Event, r *event.Rec) {
	if r.Class&event.Login != 0 && r.Class&event.Failed == 0 {
		return
	}
	v := enrich.IPValue(e.Client)
	if v == "" {
		return
	}
	if s.members == nil {
		s.members = map[event.Actor]uint32{}
	}
	m := event.Actor{Scope: event.IP, Value: v}
	if _, ok := s.members[m]; ok || len(s.members) < maxMembers {
		s.members[m]++
	}
}

// weigh fuses what is known of the subject and says what news that is.
func (s *subject) weigh(g *Engine, now int64) (state string) {
	w := make([]correlate.Weight, 0, 8)
	for _, f := range s.open {
		w = append(w, correlate.Weight{Family: g.detectors[f.det].Family, LLR: f.sig.LLR})
	}
	p := correlate.Probability(w)
	if p <= s.best {
		return ""
	}
	s.best = p
	if p >= 0.5 && s.half == 0 {
		s.half, state = now, "opened"
	}
	if p >= 0.8 && s.claim == 0 {
		s.claim = now
		if state == "" {
			state = "updated"
		}
	}
	return state
}

// evidence decodes record i's line once more.
func (p *pass) evidence(i int) *event.Event {
	c, s := p.b.line(i)
	return p.w.event(c, s)
}

func firstOf(c *detect.Case) int64 {
	switch {
	case c.Auth != nil:
		return int64(c.Auth.First) * 1e9
	case c.Objects != nil:
		return int64(c.Objects.First) * 1e9
	case c.Volume != nil:
		return int64(c.Volume.Since) * 1e9
	}
	if m := c.Memory(); m.First != 0 {
		return int64(m.First) * 1e9
	}
	return int64(c.Record.First) * 1e9
}

func eventsOf(c *detect.Case) int {
	switch {
	case c.Auth != nil:
		return int(c.Auth.N)
	case c.Objects != nil:
		return int(c.Objects.Touches)
	case c.Volume != nil:
		return int(c.Volume.Total)
	}
	if m := c.Memory(); m.N != 0 {
		return int(m.N)
	}
	return int(c.Record.N)
}

func refsOf(c *detect.Case) []uint32 {
	switch {
	case c.Auth != nil:
		return c.Auth.Lines.At[:]
	case c.Objects != nil:
		return c.Objects.Lines.At[:]
	}
	return c.Memory().Lines
}

// announce tells of findings in the order of the events that made them news.
func (g *Engine) announce() {
	slices.SortStableFunc(g.pending, func(a, b notice) int { return cmp.Or(a.at-b.at, a.shard-b.shard, a.f.det-b.f.det) })
	for _, n := range g.pending {
		if f := g.finding(n.sub, n.f); g.stands(n.sub, &f) {
			g.OnFinding(n.state, &f)
		}
	}
	g.pending = g.pending[:0]
}

// stands says whether a finding may be reported: not that of a group that is
// one address, which is judged by itself, nor one that an outage explains.
func (g *Engine) stands(sub *subject, f *detect.Finding) bool {
	if sub.group() && len(f.Members) < 2 {
		return false
	}
	if f.Family != "auth" || !g.outage.covers(f.FirstSeen, f.LastSeen) {
		return true
	}
	return !sub.group() && int64(f.Events)*60e9 > hasty*(f.LastSeen-f.FirstSeen)
}

// hasty is how many log-ins a minute an office full of people locked out by an
// outage does not reach.
const hasty = 12

// rejudge weighs, in one shard, everybody who gave cause in the epoch against
// the new view; at the end of the input, everybody who ever did, and everybody
// who is active.
func (p *pass) rejudge(sh *shard, since uint32, end bool) {
	if end {
		for i := range sh.table.slots {
			a := &sh.table.slots[i]
			if a.Profile != 0 && a.Flags&detect.Judged == 0 && int64(a.Last)*1e9 >= p.since {
				p.consider(sh, -1, a, sh.table.profiles.at(a.Profile), everything)
			}
		}
	}
	for _, key := range sh.odd {
		a := sh.table.find(key)
		if a == nil || a.Last < since || int64(a.Last)*1e9 < p.since {
			continue
		}
		if a.Auth != 0 {
			if u := sh.table.auths.at(a.Auth); u.Odd() {
				p.judge(sh, -1, a, detect.OnLogin, detect.Case{Auth: u, Now: p.last})
			}
		}
		if a.Objects != 0 {
			for ref := sh.table.glimpses.at(a.Objects).full; ref != 0; {
				o := sh.table.objects.at(ref)
				if o.Odd() {
					p.judge(sh, -1, a, detect.OnObject, detect.Case{Objects: o, Now: p.last})
				}
				ref = o.Next
			}
		}
		if a.Profile != 0 {
			p.consider(sh, -1, a, sh.table.profiles.at(a.Profile), everything)
		}
	}
}

// finding makes the report's form of an open finding.
func (g *Engine) finding(sub *subject, f *opened) detect.Finding {
	d := g.detectors[f.det].Detector
	actor, members := sub.actor, sub.sorted()
	if d.At == detect.OnLogin && sub.group() {
		members = g.entrants(sub)
	}
	total := len(members)
	if sub.group() {
		actor = g.standsFor(sub)
	}
	impact := d.Impact
	if f.sig.Success {
		impact = max(impact, d.Succeed)
	}
	sev := impact
	if sub.best < 0.8 {
		sev = max(sev-1, detect.Low)
	}
	at := sub.claim
	if at == 0 {
		at = sub.half
	}
	x := detect.Finding{
		Detector: d.Name, Threat: d.Threat, Title: d.Title, Family: d.Family, Severity: sev, Impact: impact,
		Score: sub.best, LLR: round2(f.sig.LLR), Actor: actor, Members: members, MembersTotal: total,
		Seen: g.seenWith(sub), Weak: sub.weak, Sufficed: f.sufficed, SufficedAt: f.at, FirstSeen: f.first, LastSeen: f.last, DetectedAt: max(at, f.at), Events: f.events, Evidence: f.evidence,
	}
	if f.target != "" {
		x.Target = event.Actor{Scope: event.Endpoint, Value: f.target}
	}
	if sub.scope == event.Account {
		x.Target = sub.actor
	}
	for _, l := range f.refs {
		x.Evidence.Lines = append(x.Evidence.Lines, detect.Line{Source: l.source, Line: l.line, Text: g.mask(l.text, l.in)})
	}
	if d.At == detect.OnLogin && len(sub.lost) > 0 {
		x.Evidence.Facts = append(slices.Clone(x.Evidence.Facts), detect.Fact{Name: "accounts entered", Value: float64(len(sub.lost)), Unit: "accounts"})
		x.Evidence.Summary += " Accounts entered after the failures: " + strings.Join(sub.lost, ", ") + "."
	}
	x.ID = fmt.Sprintf("%016x", xxh3.HashString(fmt.Sprintf("%s|%s|%s|%d", d.Name, actor, x.Target, f.first)))
	detect.Advise(&x)
	return x
}

// standsFor names a group: by its fingerprint where at least four fifths of
// that fingerprint's requests are the group's, else by a number of its own, so
// that nobody bans a browser.
func (g *Engine) standsFor(sub *subject) event.Actor {
	if sub.scope == event.Group {
		group := g.shards[shardOf(sub.key)].table.find(sub.key)
		if all := g.prints[sub.print>>printShift]; group != nil && group.N*5 >= all*4 {
			return sub.actor
		}
	}
	return event.Actor{Scope: event.Group, Value: fmt.Sprintf("%012x", sub.key>>16)}
}

func (s *subject) sorted() []event.Actor {
	l := make([]event.Actor, 0, len(s.members))
	for m := range s.members {
		l = append(l, m)
	}
	slices.SortFunc(l, event.Actor.Compare)
	return l
}
