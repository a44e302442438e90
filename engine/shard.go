package engine

import (
	"strings"

	"goshawk/decode"
	"goshawk/detect"
	"goshawk/event"
	"goshawk/inventory"
)

// shard owns the records of a sixty-fourth of all actors. One goroutine works
// on it at a time, in sequence order, so it needs no lock and its state is the
// same for any number of workers.
type shard struct {
	table    *table
	owners   *owners
	journeys journeys
	voted    [512]uint64 // a filter of the actors that have cast a vote
	subjects map[uint64]*subject
	kept     keptLines
	odd      []uint64 // keys of records that were ever judged
}

// pass is what one worker carries through the shards of a block.
type pass struct {
	*Engine
	w    *worker
	b    *block
	view *inventory.View
	sums *inventory.Sums // where votes go: votes, or void for allowed actors

	votes *inventory.Sums // this worker's
	void  inventory.Sums

	c       detect.Case
	notices []notice
	sink    uint32 // keeps the compiler from dropping loads made ahead
}

// own finds out, for one shard of objects, whose object each record touches.
func (p *pass) own(sh *shard, list []uint32) {
	for _, i := range list {
		r := &p.b.recs[i]
		ok, who := r.Status/100 == 2, uint32(r.Principal>>20)|1
		was := sh.owners.touch(objectKey(r), who, ok)
		t := p.sums.Template(r.Template)
		switch {
		case was.count == 0:
			r.Owner = event.OwnerFirst
			t.Owned++
		case was.who == who:
			r.Owner = event.OwnerSelf
		case was.other:
			r.Owner = event.OwnerShared
			t.Shared++
		default:
			r.Owner, r.Holder = event.OwnerOther, was.who
			if ok {
				t.Foreign++
			}
		}
	}
}

// work counts one shard's records of a block and judges who gives cause.
func (p *pass) work(sh *shard, list []touch) {
	for len(list) > 0 {
		batch := list[:min(len(list), touchAhead)]
		list = list[len(batch):]
		// Loads that do not wait for each other: the misses overlap.
		var sum uint32
		for _, t := range batch {
			a := &sh.table.slots[sh.table.home(t.key)]
			sum += a.N + p.b.recs[t.at>>4].Bytes
			if a.Key != t.key {
				continue
			}
			if a.Profile != 0 {
				x := sh.table.profiles.at(a.Profile)
				sum += x.N + x.Walk.Reads + x.Style.Hits + x.Identity
			}
			if a.Objects != 0 {
				sum += sh.table.glimpses.at(a.Objects).full
			}
		}
		p.sink += sum
		for _, t := range batch {
			i := int(t.at >> 4)
			p.sums = p.votes
			if p.b.recs[i].Mark&event.MarkAllowed != 0 {
				p.sums = &p.void
			}
			p.count(sh, i, &p.b.recs[i], event.Scope(t.at&15), t.key)
		}
	}
}

// touchAhead is how many records are fetched before they are worked on.
const touchAhead = 32

// floor is the number of requests in a minute from which an actor's volume is
// remembered.
const floor = 20

func (p *pass) count(sh *shard, i int, r *event.Rec, scope event.Scope, key uint64) {
	a := sh.table.get(key)
	a.Scope = scope
	if r.Mark&event.MarkAllowed != 0 {
		a.Flags |= detect.Allowed
	}
	minute, hour := a.Observe(r)
	switch scope {
	case event.IP:
		a.Prints.Add(r.Print)
		if r.Principal != 0 {
			a.Principals.Add(r.Principal)
		}
		p.endpoint(r)
		p.sums.Meet(r, a.N)
	case event.User, event.Key, event.Session:
		a.Principals.Add(r.Client)
	case event.Net:
		a.Prints.Add(r.Print)
		a.Principals.Add(r.Client)
	default:
		a.Principals.Add(r.Client)
	}
	if r.Class&event.Login != 0 {
		p.login(sh, i, r, a)
	}
	if scope == event.IP && a.N < active {
		p.b.strange[i] = true
	}
	if (scope == event.IP || scope == r.Who) && (a.N >= active || a.Profile != 0 || detect.Urgent(scope, r)) && !(scope == event.IP && r.Principal != 0 && a.Principals.Count() <= 1) {
		p.profile(sh, i, r, a)
	}
	if scope == event.IP && detect.Trades(r) {
		p.traded(sh, r, a)
	}
	if scope == event.IP || scope == r.Who {
		p.passed(sh, i, r, a)
	}
	c := a.Class()
	if minute > 0 && scope != event.Group {
		p.sums.Minute[c].Add(max(minute/uint32(a.Sharers()), 1))
	}
	if hour > 0 && scope != event.Group {
		p.sums.Hour[c].Add(max(hour/uint32(a.Sharers()), 1))
	}
	if scope == event.IP || r.Principal != 0 && scope == r.Who {
		if r.Traits&event.Cloud == 0 { // a provider throttles its own API, and programs ask it whatever it lets them
			p.volume(sh, i, r, a, minute, hour)
		}
		if r.Class&event.List != 0 {
			a.List, a.Credit = uint16(min(r.Template+1, 1<<16-1)), listCredit
		}
	}
	switch {
	case r.Class&event.Object == 0:
	case scope == event.IP && r.Principal != 0 && a.Principals.Count() <= 1:
		// One principal's objects are kept with the principal.
	case scope == event.IP || scope == event.Group || scope == r.Who:
		p.object(sh, i, r, a)
	}
}

// listCredit is how many objects a list read just before excuses.
const listCredit = 50

// endpoint counts an event for its endpoint, once: under its address.
func (p *pass) endpoint(r *event.Rec) {
	t := p.sums.Template(r.Template)
	p.sums.Events++
	t.Events++
	t.Count(r)
	p.sums.Volume(t, r)
	t.Form(r)
	if detect.Misses(r) {
		p.sums.Paths.Missed(r)
	}
	p.sums.Carry(r)
	if r.Status > 0 && r.Status < 400 || r.Status == 0 && r.Class&event.Succeeded != 0 {
		p.sums.Successes++
	}
	if r.Class&event.Object != 0 {
		t.Objects++
		if r.Kind == event.Number && r.Status/100 == 2 {
			if t.Max == 0 || r.ID < t.Min {
				t.Min = r.ID
			}
			t.Max = max(t.Max, r.ID+1)
		}
	}
	if r.Account != 0 {
		p.sums.Accounts++
	}
}

func (p *pass) volume(sh *shard, i int, r *event.Rec, a *detect.Record, minute, hour uint32) {
	if a.Volume == 0 {
		if a.Cur < floor || r.Mark&event.MarkNoTime != 0 {
			return
		}
		if a.Volume = sh.table.volumes.take(); a.Volume == 0 {
			return
		}
		sh.table.volumes.at(a.Volume).Since = a.Last / 60 * 60
	}
	v := sh.table.volumes.at(a.Volume)
	v.Observe(r.Template, r.Class&event.Throttled != 0)
	v.Peak = max(v.Peak, uint32(a.Cur))
	if minute > 0 {
		if float64(minute) > p.view.Limits[a.Class()].Minute*float64(a.Sharers()) {
			v.Run = min(v.Run+1, 1<<15)
		} else {
			v.Run = 0
		}
	}
	if hour > 0 {
		v.Hour = hour
	}
	if min(a.Cur, a.Prev) >= floor || a.Cur >= 5*floor || v.Hour >= floor*10 {
		p.judge(sh, i, a, detect.OnVolume, detect.Case{Volume: v, Now: r.Time})
	}
}

func (p *pass) login(sh *shard, i int, r *event.Rec, a *detect.Record) {
	if r.Mark&event.MarkOutage != 0 && (standsForMany(a.Scope) || a.Logins > 0 && int(a.Logins)*10 >= int(a.Attempts)) {
		return // everybody, or somebody who usually gets in
	}
	failed := r.Class&event.Failed != 0
	a.Attempts++
	if r.Class&event.Succeeded != 0 {
		a.Logins++
	}
	if a.Scope == event.IP && a.Attempts <= 8 {
		p.sums.LoginN++
		if failed {
			p.sums.LoginK++
		}
	}
	if a.Auth == 0 {
		if !failed {
			return
		}
		if a.Auth = sh.table.auths.take(); a.Auth == 0 {
			return
		}
	}
	u := sh.table.auths.at(a.Auth)
	other := r.Account
	if a.Scope == event.Account {
		other = uint32(r.Client >> 8)
	}
	u.Observe(r, other)
	if failed && u.Streak >= 2 && u.Lines.Wants() {
		u.Lines.Keep(p.keep(sh, i))
	}
	if u.Odd() {
		p.judge(sh, i, a, detect.OnLogin, detect.Case{Auth: u, Now: r.Time})
		if r.Class&event.Succeeded != 0 {
			p.lose(sh, i, a)
		}
	}
}

// glimpse counts an actor's first objects on up to six endpoints, so that only
// those who come back are remembered in full.
type glimpse struct {
	template [6]uint16 // plus one
	n        [6]uint8
	last     [6]uint32 // id
	full     uint32    // detect.Objects of the endpoints come back to
}

// glimpses is how many objects of an endpoint an actor touches before it is
// remembered, misses and neighbours counting as three; maxEndpoints bounds the
// endpoints remembered of one actor.
const glimpses, maxEndpoints = 8, 4

// objects returns what is remembered of an actor on an endpoint, nil while
// that is nothing.
func (sh *shard) objects(a *detect.Record, r *event.Rec) *detect.Objects {
	t, template := sh.table, r.Template
	if a.Objects == 0 {
		if a.Objects = t.glimpses.take(); a.Objects == 0 {
			return nil
		}
	}
	g := t.glimpses.at(a.Objects)
	depth := 0
	for ref := g.full; ref != 0; depth++ {
		o := t.objects.at(ref)
		if o.Template == template {
			return o
		}
		ref = o.Next
	}
	at := -1
	for i, x := range g.template {
		if x == uint16(template+1) {
			at = i
			break
		}
		if at < 0 || g.n[i] < g.n[at] {
			at = i
		}
	}
	if g.template[at] != uint16(template+1) {
		g.template[at], g.n[at] = uint16(template+1), 0
	}
	step, d := uint8(1), int32(uint32(r.ID)-g.last[at])
	if r.Status/100 == 4 || g.n[at] > 0 && d != 0 && d >= -8 && d <= 8 {
		step = 3
	}
	g.last[at] = uint32(r.ID)
	if g.n[at] += step; g.n[at] < glimpses || depth == maxEndpoints {
		g.n[at] = min(g.n[at], glimpses)
		return nil
	}
	ref := t.objects.take()
	if ref == 0 {
		return nil
	}
	g.template[at], g.n[at] = 0, 0
	o := t.objects.at(ref)
	o.Next, g.full, o.Template = g.full, ref, template
	return o
}

func (p *pass) object(sh *shard, i int, r *event.Rec, a *detect.Record) {
	credited := a.Credit > 0 && r.Status/100 == 2 && p.templates.child(a.List, r.Template)
	if credited {
		a.Credit--
	}
	o := sh.objects(a, r)
	if o == nil {
		if scope := a.Scope; scope == r.Who && r.Status/100 == 2 {
			p.sums.Template(r.Template).Touch(r.Owner)
		}
		return
	}
	near, missed := o.Near, o.Misses
	if !o.Observe(r, credited) {
		return
	}
	t := p.sums.Template(r.Template)
	if !o.Reads && a.Scope == r.Who && o.Owners.Count() >= 3 {
		o.Reads = true
		t.Readers++
	}
	switch {
	case a.Scope == event.Group:
		t.GroupN++
		t.GroupK += uint64(o.Near - near)
	case o.N == 8:
		t.MissN += 8
		t.MissK += uint64(o.Misses)
		t.NeighbourN += 8
		t.NeighbourK += uint64(o.Near)
	}
	if (o.Near > near || o.Misses > missed || o.N%16 == 0) && o.Odd() {
		if o.Lines.Wants() {
			o.Lines.Keep(p.keep(sh, i))
		}
		p.judge(sh, i, a, detect.OnObject, detect.Case{Objects: o, Now: r.Time})
	}
}

// maxOdd bounds the records of a shard that are judged again at an epoch's end.
const maxOdd = 1 << 14

// judge asks the detectors of a scope and a class about an actor and keeps
// what they say above nothing. i is the record that gave cause, -1 at an
// epoch's end.
func (p *pass) judge(sh *shard, i int, a *detect.Record, at detect.Moment, given detect.Case) {
	if given.Now < p.since {
		return
	}
	p.c = given
	c := &p.c // lives as long as the pass: a judge's argument would be allocated
	asked := p.asked[at][a.Scope]
	if len(asked) == 0 {
		return
	}
	if at <= detect.OnObject {
		sh.again(a)
	}
	c.Scope, c.Record, c.View = a.Scope, a, p.view
	if i >= 0 {
		c.Rec = &p.b.recs[i]
	}
	if a.Profile != 0 {
		sh.table.remember(c, a)
	}
	c.Outcomes = i < 0 && p.view.Outcomes || i >= 0 && p.b.recs[i].Mark&event.MarkOutcomes != 0
	for _, k := range asked {
		if s := p.detectors[k].Judge(c); s.LLR >= worth {
			sh.again(a)
			p.suspect(sh, i, a, k, c, s)
		}
	}
}

// again has an actor judged once more at each epoch's end in which it was seen.
func (sh *shard) again(a *detect.Record) {
	if a.Flags&detect.Judged == 0 && len(sh.odd) < maxOdd {
		a.Flags |= detect.Judged
		sh.odd = append(sh.odd, a.Key)
	}
}

// keptLines is a ring of raw lines that may become evidence.
type keptLines struct {
	ring [keptPerShard]keptLine
	next uint32 // number of the next line, from 1
}

type keptLine struct {
	source, line int
	text         string          `state:"-"` // read again
	in           *decode.Context `state:"-"`
	buf          []byte          `state:"-"` // that text lies in, where its place is used again
}

// put keeps a line in the place of another, whose memory it takes.
func (k *keptLine) put(c *chunk, s span) {
	k.buf = append(k.buf[:0], cut(c.lineText(s))...)
	k.source, k.line, k.text, k.in = c.source, c.line+int(s.line), alias(k.buf), c.in
}

// clone returns a copy that outlives the place.
func (k *keptLine) clone() keptLine {
	return keptLine{source: k.source, line: k.line, text: strings.Clone(k.text), in: k.in}
}

func keepLine(c *chunk, s span) keptLine {
	return keptLine{source: c.source, line: c.line + int(s.line), text: strings.Clone(cut(c.lineText(s))), in: c.in}
}

// keptPerShard and maxEvidence bound what is kept of lines, before masking.
const keptPerShard, maxEvidence = 512, 1024

// keep copies record i's line and returns a reference to it.
func (p *pass) keep(sh *shard, i int) uint32 {
	k := &sh.kept
	k.next++
	c, s := p.b.line(i)
	k.ring[k.next%keptPerShard].put(c, s)
	return k.next
}

// raw copies record i's line.
func (p *pass) raw(i int) keptLine {
	c, s := p.b.line(i)
	return keepLine(c, s)
}

// get returns a kept line unless it was overwritten.
func (k *keptLines) get(ref uint32) (keptLine, bool) {
	if ref == 0 || k.next-ref >= keptPerShard {
		return keptLine{}, false
	}
	return k.ring[ref%keptPerShard].clone(), true
}
