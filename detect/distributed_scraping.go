package detect

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"

	"goshawk/enrich"
	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// DistributedScraping reports many accounts or addresses that copy a catalogue
// together.
//
// Each reads little enough. But they use one program or one network, and share
// the catalogue out: where as many people who read as much would read the same
// popular things over and over, these hardly ever read what another of them has
// read. Source: OWASP OAT-011.
var DistributedScraping = registerCrowd(Detector{
	Name:   "distributed_scraping",
	Title:  "Several clients copy the catalogue together",
	Doc:    "Groups those that read an endpoint by program and by network, and compares how little they overlap, what part of all there is they read together, and whether others read it too, with as many other readers.",
	Threat: "scraping",
	Family: "enumeration",
	Scopes: []event.Scope{event.Group},
	Needs:  event.HasPath | event.HasStatus,
	Impact: Medium,
	Since:  "0.2",
}, sharingParams{Members: 4, Things: 150}, lookSharing)

type sharingParams struct {
	Members int `doc:"clients below which there is no group"`
	Things  int `doc:"different things read together below which nobody is reported"`
}

// reader is a client as part of a group of readers of one endpoint.
type reader struct {
	template   uint32
	print, net uint32
	member     int32 // index in the crowd's members; -1 a stranger
	stranger   int32 // index of its first entry
	reads      uint32
	things     int
	warm, cold uint32
	library    bool
	trusted    bool // a programme for which volume is nothing unusual
	first      int64
	last       int64
	seen       [32]uint8
}

// pooled is what readers read together.
type pooled struct {
	n, reads, sum int
	warm, cold    uint32
	library       int
	first, last   int64
	seen          [32]uint8
}

func (g *pooled) add(r *reader) {
	g.n++
	g.reads += int(r.reads)
	g.sum += r.things
	g.warm += r.warm
	g.cold += r.cold
	if r.library {
		g.library++
	}
	if g.first == 0 || r.first < g.first {
		g.first = r.first
	}
	g.last = max(g.last, r.last)
	for i, b := range r.seen {
		a := g.seen[i]
		g.seen[i] = max(a&15, b&15) | max(a>>4, b>>4)<<4
	}
}

// things is how many different ones.
func (g *pooled) things() int { return min(countSeen(&g.seen), g.sum) }

// both is the grouping by program and network together. A partner has one account
// or a few there: those of manyAccounts are trusted no more than anybody.
const both, manyAccounts = 2, 8

func lookSharing(p *sharingParams, c *Crowd) []Claim {
	all := readers(c)
	var claims []Claim
	taken := map[int]bool{} // readers already claimed, by index in all
	for k, by := range [...]func(*reader) uint32{
		func(r *reader) uint32 { return r.print },
		func(r *reader) uint32 { return r.net },
		func(r *reader) uint32 { return r.print ^ r.net*0x9E3779B1 },
	} {
		for _, group := range groupsOf(p, c.Room, all, by, func(i int) bool { return taken[i] || k != both && all[i].trusted }) {
			if k == both && len(group) < manyAccounts {
				continue
			}
			if x, ok := shared(p, c, all, group); ok {
				r := &all[group[0]]
				x.Key = uint64(by(r))<<32 | uint64(r.template)
				claims = append(claims, x)
				for _, i := range group {
					taken[i] = true
				}
			}
		}
	}
	return claims
}

// groupsOf are the readers of one endpoint by program or network, where they are
// enough and read enough, and where that program or network is hardly used for
// anything else; without those that out leaves out. In order.
func groupsOf(p *sharingParams, room *Room, all []reader, by func(*reader) uint32, out func(int) bool) (groups [][]int) {
	number, whole := &room.numbers[0], &room.numbers[1]
	number.reset(len(all) / 2)
	whole.reset(1024)
	tallies, at := room.tallies[:0], resized(room.at, len(all)) // at: of each reader's tally, plus one
	var of []uint32                                             // readers of each program or network
	for i := range all {
		x := by(&all[i])
		if x == 0 || out(i) {
			continue
		}
		k, isNew := number.of(uint64(all[i].template)<<32 | uint64(x))
		if isNew {
			tallies = append(tallies, tally{})
		}
		at[i] = k + 1
		tallies[k].n++
		tallies[k].reads += all[i].reads
		j, isNew := whole.of(uint64(x))
		if isNew {
			of = append(of, 0)
		}
		of[j]++
	}
	room.tallies, room.at = tallies, at
	in := map[int32]int{}
	for i, k := range at {
		if k == 0 || int(tallies[k-1].n) < p.Members || int(tallies[k-1].reads) < p.Things {
			continue
		}
		g, ok := in[k]
		if !ok {
			if j, _ := whole.of(uint64(by(&all[i]))); tallies[k-1].n*5 < of[j]*4 {
				tallies[k-1].n = 0
				continue
			}
			g = len(groups)
			in[k] = g
			groups = append(groups, make([]int, 0, tallies[k-1].n))
		}
		groups[g] = append(groups[g], i)
	}
	slices.SortFunc(groups, func(a, b []int) int {
		x, y := &all[a[0]], &all[b[0]]
		return cmp.Or(cmp.Compare(x.template, y.template), cmp.Compare(by(x), by(y)))
	})
	return groups
}

// tally is how many readers a group has, and how much they read.
type tally struct{ n, reads uint32 }

// readers lists who reads what, strangers' addresses each as one.
func readers(c *Crowd) []reader {
	v, number := c.visits(), &c.Room.numbers[0]
	all := c.Room.readers[:0]
	for i := range c.Members {
		m := &c.Members[i]
		x := &m.Profile.Walk
		if x.Reads < 8 || x.Main == 0 || m.Actor.Scope == event.Key || polite(m.Profile) || m.Actor.Scope == event.IP && m.Record.Principals.Count() >= 2 || x.Worded*2 > x.Reads {
			continue
		}
		trusted := trust(&Case{Scope: m.Actor.Scope, Record: m.Record, Profile: m.Profile, View: c.View}) <= worthLittle
		all = append(all, reader{trusted: trusted, template: x.Main - 1, print: x.Print, net: x.Net, member: int32(i), stranger: -1, reads: x.Reads, things: x.Things(), warm: x.Warm, cold: x.Cold,
			library: uint32(x.Library)*2 > min(m.Profile.N, 1<<15), first: int64(m.Profile.First) * 1e9, last: int64(m.Profile.Last) * 1e9, seen: x.Seen})
	}
	number.reset(len(c.Strangers) / 4)
	strangers := len(all)
	for i := range c.Strangers {
		e := &c.Strangers[i]
		if !inventory.Reads(&e.Rec) || !inventory.Named(&e.Rec) || e.Traits&event.Declared != 0 || e.Who == event.Key {
			continue
		}
		k, isNew := number.of(uint64(v.who[i]+1)<<32 | uint64(e.Template))
		if isNew {
			all = append(all, reader{template: e.Template, print: uint32(e.Print >> 32), net: e.Net, member: -1, stranger: int32(i), library: e.Traits&event.AnyLibrary != 0, first: e.Time})
		}
		r := &all[strangers+int(k)]
		r.reads++
		r.last = e.Time
		w := Walk{Seen: r.seen}
		thing := inventory.Thing(&e.Rec)
		w.add(thing)
		r.seen = w.Seen
		if end := c.View.Endpoint(e.Template); end.Reads >= 100 && end.Bar != 255 {
			if c.View.Hot(end, thing) {
				r.warm++
			} else {
				r.cold++
			}
		}
	}
	for i := strangers; i < len(all); i++ {
		r := &all[i]
		r.things = min(countSeen(&r.seen), int(r.reads))
	}
	c.Room.readers = all
	return all
}

// shared weighs one group.
func shared(p *sharingParams, c *Crowd, all []reader, group []int) (x Claim, ok bool) {
	if len(group) < p.Members {
		return x, false
	}
	var g, rest pooled
	in := map[int]bool{}
	for _, i := range group {
		g.add(&all[i])
		in[i] = true
	}
	t, things := all[group[0]].template, g.things()
	end := c.View.Endpoint(t)
	if things < p.Things || end.Private || float64(g.sum) > 3*float64(things) {
		return x, false
	}
	for i := range all {
		if all[i].template == t && !in[i] && rest.sum < g.sum {
			rest.add(&all[i])
		}
	}
	if rest.sum*3 < g.sum || rest.n < p.Members {
		return x, false // nobody to compare with
	}
	// As many readings of others: how many of them were of something new?
	fresh, usual := float64(things)/float64(g.sum), float64(rest.things())/float64(rest.sum)
	if usual > 0.7 || fresh < 0.85 { // either is known to within a seventh
		return x, false // everybody reads his own, or the group reads the same
	}
	n := min(float64(g.sum), 40)
	apart := min(sketch.BayesFactor(sketch.Beta{A: 18, B: 2}, sketch.Beta{A: 10, B: 10}.WithMean(usual), fresh*n, n), 3)
	walk := Walk{Warm: g.warm, Cold: g.cold}
	taste := tasteless(&walk, end)
	cover := 0.0
	if float64(end.Reads)-float64(g.reads) >= end.Things && end.Things >= 200 {
		cover = min(float64(things)/end.Things, 1)
	}
	llr := apart + taste
	if cover >= 0.05 {
		llr += min(1+math.Log(cover/0.05), 3)
	}
	if g.library*2 > g.n {
		llr++
	}
	if taste < 1 && cover < 0.2 {
		llr = min(llr, 4)
	}
	if llr = clip(llr); llr <= worthLittle || apart <= 0 {
		return x, false
	}
	x = Claim{LLR: llr, Success: true, Target: t + 1, Events: g.reads, First: g.first, Last: g.last, At: c.Now}
	for _, i := range group {
		r := &all[i]
		if r.member >= 0 {
			m := &c.Members[r.member]
			x.Members = append(x.Members, m.Actor)
			x.Shown = append(x.Shown, m.Record.Key)
			continue
		}
		e := &c.Strangers[r.stranger]
		x.Members = append(x.Members, event.Actor{Scope: event.IP, Value: enrich.IPValue(netip.AddrFrom16(e.Addr))})
		x.Entries = append(x.Entries, int(r.stranger))
	}
	x.Evidence = Evidence{
		Summary: fmt.Sprintf("%d clients read %d different things in %d readings, %.0f %% of them new to the group, where %.0f %% are among as many other readers; %.0f %% of the catalogue.",
			g.n, things, g.sum, 100*fresh, 100*usual, 100*cover),
		Facts: []Fact{
			{Name: "clients", Value: float64(g.n), Unit: "clients", Limit: float64(p.Members), HasLimit: true},
			{Name: "different things read together", Value: float64(things), Unit: "things", Limit: float64(p.Things), HasLimit: true},
			{Name: "new to the group", Value: round(100 * fresh), Unit: "%", Peer: round(100 * usual), HasPeer: true},
			{Name: "share of the catalogue", Value: round(100 * cover), Unit: "%"},
		},
		Counter: []string{"Customers of one app read what is popular, and so the same things; these share the catalogue out."},
	}
	return x, true
}
