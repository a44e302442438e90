package detect

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"time"

	"goshawk/enrich"
	"goshawk/event"
)

// SpreadProbing reports addresses that each ask for little that is not there,
// or send few payloads, and together go through a list.
//
// A person mistypes one address. Nobody but a prober asks for a file of
// credentials; when many do, once each, they are one. Source: OWASP OAT-014.
var SpreadProbing = registerCrowd(Detector{
	Name:   "spread_probing",
	Title:  "Many addresses together look for holes",
	Doc:    "Puts together the addresses that asked for what only a search for holes asks for, or sent a payload, and counts the different paths and payloads of them all.",
	Threat: "reconnaissance",
	Family: "probing",
	Scopes: []event.Scope{event.Group},
	Needs:  event.HasPath | event.HasStatus,
	Impact: Low,
	Since:  "0.2",
}, spreadParams{Addresses: 4, Paths: 8, Hours: 24}, lookSpread)

type spreadParams struct {
	Addresses int `doc:"addresses that must take part"`
	Paths     int `doc:"different paths and payloads that they must have asked for together"`
	Hours     int `doc:"hours without a probe after which a new group begins"`
}

// prober is what an address did, as a crowd shows it.
type prober struct {
	actor       event.Actor
	print       uint64
	first, last int64
	n, good     int
	tool        bool
	sure        []uint32 // sensitive paths and payloads
	at          []int64  // of each
	office      []bool   // it is a function of administrators
	entries     []int
	key         uint64 // of a member
}

// suspicious says whether an address is one of those who look for holes, and
// for little else.
func (b *prober) suspicious() bool {
	if b.sure == nil {
		return false
	}
	if !slices.Contains(b.office, false) {
		if b.tool {
			return 4*b.good <= b.n // a function of others now and then is a developer's
		}
		return 2*b.good <= b.n
	}
	return 4*b.good <= 3*b.n
}

func lookSpread(p *spreadParams, c *Crowd) (out []Claim) {
	all := probers(c)
	if len(all) < p.Addresses {
		return nil
	}
	slices.SortFunc(all, func(a, b prober) int {
		return cmp.Or(cmp.Compare(a.first, b.first), a.actor.Compare(b.actor))
	})
	// First those with one programme, then the rest of any.
	byPrint := map[uint64][]int{}
	for i := range all {
		byPrint[all[i].print] = append(byPrint[all[i].print], i)
	}
	var prints []uint64
	for print := range byPrint {
		prints = append(prints, print)
	}
	slices.Sort(prints)
	var rest []int
	for _, print := range prints {
		if l := byPrint[print]; print != 0 && len(l) >= p.Addresses {
			if x, ok := p.together(c, all, l, print); ok {
				out = append(out, x)
				continue
			}
		}
		rest = append(rest, byPrint[print]...)
	}
	slices.Sort(rest)
	if x, ok := p.together(c, all, rest, 0); ok {
		out = append(out, x)
	}
	return out
}

// probers are the suspicious addresses, but for those that are claimed anyway.
// An active address's first events are remembered among the strangers'.
func probers(c *Crowd) (all []prober) {
	index, told := map[event.Actor]int{}, map[event.Actor]bool{}
	all = activeProbers(c)
	for i := range all {
		index[all[i].actor] = i
	}
	for i := range c.Members {
		told[c.Members[i].Actor] = c.Members[i].Score >= 0.95
	}
	for _, b := range strangeProbers(c) {
		if i, ok := index[b.actor]; ok {
			a := &all[i]
			a.sure, a.at, a.office = append(a.sure, b.sure...), append(a.at, b.at...), append(a.office, b.office...)
			a.n, a.good, a.first = a.n+b.n, a.good+b.good, min(a.first, b.first)
			if a.print != b.print {
				a.print = 0
			}
		} else {
			all = append(all, b)
		}
	}
	return slices.DeleteFunc(all, func(b prober) bool { return told[b.actor] || !b.suspicious() })
}

// strangeProbers are the addresses among the strangers that looked for a hole.
func strangeProbers(c *Crowd) (all []prober) {
	index := map[uint64]int{}
	for i := range c.Strangers {
		e := &c.Strangers[i]
		at, ok := index[e.Client]
		if !ok {
			at = len(all)
			index[e.Client] = at
			all = append(all, prober{actor: event.Actor{Scope: event.IP, Value: enrich.IPValue(netip.AddrFrom16(e.Addr))}, print: e.Print, first: e.Time, tool: e.Mark&event.MarkTool != 0})
		}
		b := &all[at]
		b.last = e.Time
		b.n++
		switch {
		case e.Ploy != event.NoPloy && !c.View.Endpoint(e.Template).Speaks(), e.Traits&event.Sensitive != 0 && e.Status/100 != 2,
			office(&e.Rec) && c.View.Paths.Missers(e.Path) < broken:
			b.sure, b.at = append(b.sure, e.Path), append(b.at, e.Time)
			b.office = append(b.office, office(&e.Rec))
			b.entries = append(b.entries, i)
		case Misses(&e.Rec) && c.View.Paths.Missers(e.Path) < broken:
			b.entries = append(b.entries, i)
		case e.Status/100 == 2 || e.Status/100 == 3:
			b.good++
		}
		if e.Print != b.print {
			b.print = 0
		}
	}
	return slices.DeleteFunc(all, func(b prober) bool { return b.sure == nil })
}

// office says whether an event is a function of administrators refused.
func office(r *event.Rec) bool {
	return r.Traits&(event.Admin|event.Sensitive) == event.Admin && r.Ploy == event.NoPloy && r.Class&event.Write != 0 && Misses(r)
}

// activeProbers are those among the active addresses.
func activeProbers(c *Crowd) (all []prober) {
	for i := range c.Members {
		m := &c.Members[i]
		x, a := m.Probe, m.Profile
		if x == nil || m.Actor.Scope != event.IP || m.Record.Sharers() >= 4 {
			continue
		}
		sensitive, payloads := x.Sensitive.Count(), x.Payloads.Count()+x.Writes.Count()
		b := prober{actor: m.Actor, print: x.Print, tool: m.Record.Flags&Tool != 0, first: int64(x.First) * 1e9, last: int64(x.Last) * 1e9, n: int(a.N - min(a.Assets, a.N)), good: int(a.Good + a.Moved), key: m.Record.Key}
		for k := range sensitive + payloads {
			path := uint32(m.Record.Key>>8) + uint32(k) // neither payloads nor functions are remembered one by one
			if k < min(sensitive, int(x.Recents)) {
				path = x.Recent[k]
			}
			b.sure, b.at, b.office = append(b.sure, path), append(b.at, b.last), append(b.office, k >= sensitive+x.Payloads.Count())
		}
		if b.sure != nil {
			all = append(all, b)
		}
	}
	return all
}

// together weighs a group of addresses.
func (p *spreadParams) together(c *Crowd, all []prober, group []int, print uint64) (x Claim, ok bool) {
	type probe struct {
		at   int64
		path uint32
		who  int
	}
	var probes []probe
	for _, i := range group {
		for k, path := range all[i].sure {
			if print == 0 && all[i].office[k] {
				continue // developers and staff without a role, who have nothing in common
			}
			probes = append(probes, probe{all[i].at[k], path, i})
		}
	}
	slices.SortFunc(probes, func(a, b probe) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.path, b.path), cmp.Compare(a.who, b.who))
	})
	// The latest stretch without a pause.
	from := 0
	for i := 1; i < len(probes); i++ {
		if probes[i].at-probes[i-1].at > int64(p.Hours)*int64(time.Hour) {
			from = i
		}
	}
	probes = probes[from:]
	paths, who := map[uint32]bool{}, map[int]bool{}
	var members []int
	at := int64(0)
	for _, b := range probes {
		paths[b.path] = true
		if !who[b.who] {
			who[b.who] = true
			members = append(members, b.who)
		}
		if at == 0 && len(paths) >= p.Paths && len(who) >= p.Addresses {
			at = b.at
		}
	}
	if at == 0 {
		return x, false
	}
	llr := 5.5 + float64(0.7*math.Log2(float64(len(paths))/float64(p.Paths)))
	if print != 0 {
		llr += 0.5
	}
	x = Claim{Key: print | 1, LLR: min(llr, 8), Events: len(probes), First: probes[0].at, Last: probes[len(probes)-1].at, At: at}
	slices.Sort(members)
	for _, i := range members {
		b := &all[i]
		x.Members = append(x.Members, b.actor)
		if b.key != 0 {
			x.Shown = append(x.Shown, b.key)
		} else if len(x.Entries) < 8 {
			x.Entries = append(x.Entries, b.entries...)
		}
	}
	same := "with different programmes"
	if print != 0 {
		same = "with one programme"
	}
	x.Evidence = Evidence{
		Summary: fmt.Sprintf("%d addresses, %s, asked for %d different paths that nobody links to or sent payloads, a few each, in %s.", len(x.Members), same, len(paths),
			time.Duration(x.Last-x.First).Round(time.Minute)),
		Facts: []Fact{
			{Name: "addresses", Value: float64(len(x.Members)), Unit: "addresses", Limit: float64(p.Addresses), HasLimit: true},
			{Name: "different paths and payloads", Value: float64(len(paths)), Unit: "paths", Limit: float64(p.Paths), HasLimit: true},
		},
		Counter: []string{"Scanners of the whole internet come to every server; they are several, and no less hostile."},
	}
	return x, true
}
