package detect

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"goshawk/event"
)

// KeyFarm reports accounts, keys or sessions that run one programme for one
// purpose, so that none of them exceeds what one may.
//
// That many run one programme is the rule: everybody has the same app, and
// every customer of an integrator the same plug-in. A farm is a programme that
// hardly anybody else runs, whose actors are tied together besides, by their
// addresses or by working in step, and that share out what they fetch instead of
// looking after things of their own.
// Sources: Cao et al., "Uncovering Large Groups of Active Malicious Accounts in
// Online Social Networks", CCS 2014; Wang et al., "You Are How You Click",
// USENIX Security 2013.
var KeyFarm = registerCrowd(Detector{
	Name:   "key_farm",
	Title:  "Many accounts or keys run one programme",
	Doc:    "Compares what active accounts, keys and sessions do by the frequencies of their requests and of pairs of requests. A group that is alike, and unlike all others, is reported if its members share addresses or networks, or work in step, and if they share out a collection.",
	Threat: "account-farm",
	Family: "coordination",
	Scopes: []event.Scope{event.Group},
	Needs:  event.HasPath | event.HasClient,
	Impact: Medium,
	Seldom: true,
	Since:  "0.2",
}, farmParams{Members: 5, Requests: 12, Likeness: 0.9}, lookForFarms)

type farmParams struct {
	Members  int     `doc:"accounts or keys of a group before anything is said"`
	Requests int     `doc:"requests of each before it is compared"`
	Likeness float64 `doc:"likeness of two programmes, 0 to 1, from which they count as one"`
}

// cohort is a group of actors with one programme.
type cohort struct {
	routine
	members []*Member
	alike   float64 // sum of likenesses to the programme
	others  int     // actors who do nearly the same
}

// resembles is the likeness from which an actor outside of a cohort does nearly
// the same.
const resembles = 0.9

// compare counts who else does nearly the same: where many do, the cohort is a
// part of a crowd.
func (g *cohort) compare(l []*Member, outlines []outline) {
	in := map[*Member]bool{}
	for _, m := range g.members {
		in[m] = true
	}
	g.prepare()
	for i, m := range l {
		if in[m] || !outlines[i].like(&g.outline, resembles) {
			continue
		}
		var one routine
		if one.add(&m.Profile.Style); one.pairs < 8 {
			continue
		}
		if likeness, excess := one.unlike(&g.routine); likeness >= resembles && excess < 2*excessive {
			g.others++
		}
	}
}

func lookForFarms(p *farmParams, c *Crowd) (claims []Claim) {
	var l []*Member
	for i := range c.Members {
		m := &c.Members[i]
		if (m.Actor.Scope != event.IP || m.Record.Principals == 0) && int(m.Profile.N) >= p.Requests && 3*m.Profile.Assets < m.Profile.N {
			l = append(l, m)
		}
	}
	// Who did most says best what its programme is.
	slices.SortStableFunc(l, func(a, b *Member) int { return cmp.Compare(b.Profile.N, a.Profile.N) })
	outlines := resized(c.room().outlines, len(l))
	c.Room.outlines = outlines
	for _, g := range cohorts(p, l, outlines) {
		if len(g.members) < p.Members {
			continue
		}
		if g.breadth() < 1.5 { // all that they do is one thing, as pollers of many makes do
			g.members = slices.DeleteFunc(g.members, func(m *Member) bool { return !m.Profile.Style.walks() })
			for _, part := range g.parts(p, c) {
				if t := part.ties(c); !t.shares(p, len(part.members)) && (t.address < 0.6 || t.overlap >= 0.6) {
					continue
				}
				part.others = 0 // that others do it too says nothing: how they share it out does
				if x := part.weigh(p, c, len(l)); x.LLR >= 2 {
					claims = append(claims, x)
				}
			}
			continue
		}
		g.compare(l, outlines)
		if 4*g.others > 3*len(g.members) || 2*len(g.members) > len(l) {
			continue // what most do is no farm's programme, and leaves nobody to compare with
		}
		if x := g.weigh(p, c, len(l)); x.LLR >= 5.5 {
			claims = append(claims, x)
			continue
		}
		for _, part := range g.parts(p, c) {
			if x := part.weigh(p, c, len(l)); x.LLR >= 2 {
				claims = append(claims, x)
			}
		}
	}
	return claims
}

// parts divides a cohort by clients, for two farms may do the same, or a farm and
// people. The parts whose members do not share addresses count as others that do
// the same.
func (g *cohort) parts(p *farmParams, c *Crowd) (all []*cohort) {
	n := map[uint64]int{}
	for _, m := range g.members {
		n[m.Profile.Style.Print]++
	}
	at := map[uint64]*cohort{}
	for _, m := range g.members {
		k := m.Profile.Style.Print
		if n[k] < p.Members {
			k = 0
		}
		o := at[k]
		if o == nil {
			o = &cohort{others: g.others}
			at[k] = o
			all = append(all, o)
		}
		o.members = append(o.members, m)
		var one routine
		one.add(&m.Profile.Style)
		o.join(&one)
	}
	all = slices.DeleteFunc(all, func(o *cohort) bool { return len(o.members) < p.Members })
	loose := 0
	free := make([]bool, len(all))
	for i, o := range all {
		if free[i] = o.ties(c).address < 0.6; free[i] {
			loose += len(o.members)
		}
	}
	for i, o := range all {
		if o.others += loose; free[i] {
			o.others -= len(o.members)
		}
		for _, m := range o.members {
			var one routine
			one.add(&m.Profile.Style)
			likeness, _ := one.unlike(&o.routine)
			o.alike += likeness
		}
	}
	return all
}

// maxCohorts bounds the programmes that an actor's is compared with.
const maxCohorts = 256

// excessive is how many times more than by chance programmes of one cohort may
// differ.
const excessive = 2

// cohorts groups actors by what they do, and fills in their outlines.
func cohorts(p *farmParams, l []*Member, outlines []outline) (all []*cohort) {
	for i, m := range l {
		var one routine
		one.add(&m.Profile.Style)
		if one.pairs < 8 {
			continue
		}
		var best *cohort
		most := p.Likeness
		one.prepare()
		outlines[i] = one.outline
		for _, g := range all {
			if !outlines[i].like(&g.outline, most) {
				continue
			}
			if likeness, excess := one.unlike(&g.routine); likeness >= most && excess <= excessive {
				best, most = g, likeness
			}
		}
		if best == nil {
			if len(all) == maxCohorts {
				continue
			}
			best, most = &cohort{}, 1
			all = append(all, best)
		}
		best.routine.join(&one)
		best.routine.prepare()
		best.members = append(best.members, m)
		best.alike += most
	}
	return merged(all)
}

// merged joins cohorts that do nearly the same: noise has torn them apart.
func merged(all []*cohort) (l []*cohort) {
	slices.SortStableFunc(all, func(a, b *cohort) int { return cmp.Compare(len(b.members), len(a.members)) })
	for _, g := range all {
		i := slices.IndexFunc(l, func(o *cohort) bool {
			return g.outline.like(&o.outline, twin)
		})
		if i < 0 {
			l = append(l, g)
			continue
		}
		o := l[i]
		likeness, _ := g.unlike(&o.routine)
		o.join(&g.routine)
		o.prepare()
		o.members = append(o.members, g.members...)
		o.alike += likeness * g.alike
	}
	return l
}

// twin is the likeness from which two cohorts are one.
const twin = 0.95

// ties are what members have in common besides their programme.
type ties struct {
	address, net, client float64 // share of members who share one with another
	addresses, clients   int
	rooms                int     // addresses of two members or more
	writes               float64 // share of requests that change something
	requests             int     // of the median member
	things               int     // distinct things that the median member fetched
	own                  float64 // share of objects that nobody else had touched
	width                uint64  // how far the median walk goes
	walkers              int     // members who walk through numbers
	overlap              float64 // share of neighbouring walks that overlap
	browsers             float64 // share of members whose agent says browser
	early                float64 // share of members who were there when the log began
	within               float64 // time between the first tenth and the last tenth to begin, in hours
}

// shares says whether most of so many members walk through ranges of numbers that
// do not overlap.
func (t ties) shares(p *farmParams, members int) bool {
	return t.walkers >= p.Members && 2*t.walkers >= members && t.overlap <= 0.15 && t.width >= 15
}

func (g *cohort) ties(c *Crowd) (t ties) {
	address, net, client := map[uint32]int{}, map[uint32]int{}, map[uint64]int{}
	var things, requests []int
	var walks []*Style
	var begun []uint32
	own, objects, writes, all := 0, 0, 0, 0
	span := float64(c.Now-c.First) / 1e9
	for _, m := range g.members {
		s := &m.Profile.Style
		address[s.Client]++
		net[s.Net]++
		client[s.Print]++
		things = append(things, s.Things.Count())
		requests = append(requests, int(m.Profile.N))
		own += int(s.Own)
		writes += int(m.Profile.Writes)
		all += int(m.Profile.N)
		objects += int(s.Own) + int(s.Others)
		if s.walks() {
			walks = append(walks, s)
		}
		if s.Dress == 1 {
			t.browsers++
		}
		begun = append(begun, m.Record.First)
		if float64(m.Record.First)-float64(c.First)/1e9 < 0.05*span && float64(m.Record.Last-m.Record.First) > 0.7*span {
			t.early++
		}
	}
	n := float64(len(g.members))
	for _, m := range g.members {
		s := &m.Profile.Style
		if address[s.Client] > 1 {
			t.address += 1 / n
		}
		if net[s.Net] > 1 {
			t.net += 1 / n
		}
		if client[s.Print] > 1 {
			t.client += 1 / n
		}
	}
	t.early /= n
	t.browsers /= n
	for _, k := range address {
		if k > 1 {
			t.rooms++
		}
	}
	t.writes = float64(writes) / float64(max(all, 1))
	t.addresses, t.clients = len(address), len(client)
	slices.Sort(things)
	slices.Sort(requests)
	t.things, t.requests = things[len(things)/2], requests[len(requests)/2]
	t.own = float64(own) / float64(max(objects, 1))
	slices.Sort(begun)
	t.within = float64(begun[len(begun)-1-len(begun)/10]-begun[len(begun)/10]) / 3600
	slices.SortFunc(walks, func(a, b *Style) int {
		return cmp.Or(cmp.Compare(a.Main, b.Main), cmp.Compare(a.Low, b.Low), cmp.Compare(a.High, b.High))
	})
	t.walkers = len(walks)
	var widths []uint64
	for _, s := range walks {
		widths = append(widths, s.High-s.Low)
	}
	if slices.Sort(widths); len(widths) > 0 {
		t.width = widths[len(widths)/2]
	}
	high := uint64(0)
	for i, s := range walks {
		if i > 0 && s.Main == walks[i-1].Main {
			if s.Low < high {
				t.overlap++
			}
		} else {
			high = 0
		}
		high = max(high, s.High)
	}
	t.overlap /= float64(max(len(walks)-1, 1))
	return t
}

func (g *cohort) weigh(p *farmParams, c *Crowd, everybody int) Claim {
	n := float64(len(g.members))
	t := g.ties(c)
	llr, tied, shares, apart := min(0.5*math.Log2(n/float64(p.Members)), 1.5), false, false, false
	var signs []string
	switch {
	case t.address >= 0.6 && t.rooms >= 4 && g.alike >= 0.95*n: // several rooms full of people who do what nobody else does
		llr += 3
		tied = true
	case t.address >= 0.6 && t.browsers >= 0.5: // or one office
		llr += 1.5
		tied = true
	case t.address >= 0.6:
		llr += 2
		tied = true
	case t.browsers >= 0.8 && n >= 8 && g.alike >= 0.965*n && g.breadth() >= 3.5:
		// People who sit in browsers of their own are never that alike.
		llr += 3
		tied = true
		signs = append(signs, "say that they are browsers")
	case t.net >= 0.6:
		llr += 1.5
		tied = true
		signs = append(signs, "share networks")
	}
	if t.address >= 0.6 {
		signs = append(signs, "share "+counted(t.addresses, "address", "addresses"))
	}
	if t.clients >= max(3, len(g.members)/3) {
		signs = append(signs, fmt.Sprintf("say that they are %d different clients", t.clients))
	}
	if float64(t.walkers) >= 0.5*n && t.walkers >= p.Members {
		switch {
		case t.shares(p, len(g.members)):
			llr += 3
			shares, apart = true, true
			signs = append(signs, "walk through ranges of numbers that do not overlap")
		case t.overlap >= 0.5:
			llr -= 3 // each looks after the same
		}
	}
	if t.own >= 0.8 && t.writes >= 0.1 {
		t.things = 0 // they made these things themselves
	}
	switch {
	case t.things >= 30:
		llr += 3
	case t.things >= 20:
		llr += 2
	case t.things >= 12:
		llr++
	}
	shares = shares || t.things >= 12
	if t.within < 0.05*float64(c.Now-c.First)/3.6e12 {
		llr += 0.5
		signs = append(signs, fmt.Sprintf("began within %s", length(int64(t.within*3.6e12))))
	}
	if t.early >= 0.5 {
		llr -= 1.5 // they were there before: customers
	}
	if !tied || !shares {
		llr = min(llr, 4)
	}
	if t.browsers >= 0.5 && t.rooms < 4 && t.address >= 0.6 && t.things < 45 && (t.clients > 1 || g.alike < 0.97*n) {
		llr = min(llr, 5) // an office with an application of its own
	}
	if t.rooms > 0 && t.rooms < 4 && t.things < 30 && !apart {
		llr = min(llr, 5) // a class with an exercise
	}
	switch {
	case g.others*2 > len(g.members): // a part of a crowd
		llr = 0
	case g.others*4 > len(g.members):
		llr -= 1.5
	case g.others*8 > len(g.members):
		llr -= 0.5
	}
	return g.claim(p, c, t, min(llr, 7), signs, everybody)
}

func (g *cohort) claim(p *farmParams, c *Crowd, t ties, llr float64, signs []string, everybody int) Claim {
	x := Claim{LLR: llr, Success: t.things >= 30}
	var enough []int64
	lead := g.members[0]
	for _, m := range g.members {
		x.Members = append(x.Members, m.Actor)
		x.Events += int(m.Profile.N)
		first, last := int64(m.Record.First)*1e9, int64(m.Record.Last)*1e9
		if x.First == 0 || first < x.First {
			x.First = first
		}
		x.Last = max(x.Last, last)
		// It had made its sixteenth request about here.
		enough = append(enough, first+(last-first)/int64(max(int(m.Record.N), 1))*int64(min(p.Requests, int(m.Record.N))))
		if m.Record.Key < lead.Record.Key {
			lead = m
		}
		if len(x.Shown) < 5 {
			x.Shown = append(x.Shown, m.Record.Key)
		}
	}
	x.Key = lead.Record.Key
	x.Target = lead.Profile.Style.Main
	slices.Sort(enough)
	x.At = enough[p.Members-1]
	slices.SortFunc(x.Members, event.Actor.Compare)
	text := ""
	for i, s := range signs {
		switch {
		case i == 0:
			text = ", and "
		case i == len(signs)-1:
			text += " and "
		default:
			text += ", "
		}
		text += s
	}
	x.Evidence = Evidence{
		Summary: fmt.Sprintf("%d of %d accounts, keys or sessions do the same, to %.0f %%, and nobody else does%s; the median one fetched %d different things.", len(g.members), everybody, 100*g.alike/float64(len(g.members)), text, t.things),
		Facts: []Fact{
			{Name: "actors with one programme", Value: float64(len(g.members)), Unit: "actors", Limit: float64(p.Members), HasLimit: true},
			{Name: "addresses", Value: float64(t.addresses), Unit: "addresses"},
			{Name: "clients", Value: float64(t.clients), Unit: "clients"},
			{Name: "members who share an address", Value: round(100 * t.address), Unit: "%"},
			{Name: "walks that overlap", Value: round(100 * t.overlap), Unit: "%"},
			{Name: "different things fetched by the median member", Value: float64(t.things), Unit: "things"},
		},
		Counter: []string{"Customers of one plug-in or integrator run one programme, too, but from their own networks, or for things of their own."},
	}
	if t.address >= 0.6 {
		x.Evidence.Counter = append(x.Evidence.Counter, "A class behind one address runs one notebook, but on the same few things.")
	}
	return x
}
