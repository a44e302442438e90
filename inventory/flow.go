package inventory

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"goshawk/event"
)

// MaxGuards is how many steps are watched: endpoints that change something, and
// pages that show that a purchase is done.
const MaxGuards = 48

// Guard is a step that is watched.
type Guard struct {
	Template uint32
	Traits   event.Traits
	Of       uint64 // what its object belongs to: hash of /checkouts in /checkouts/{id}/payment, 0 none
	Dir      uint64 // hash of the folder of a path without an object, 0 if that says nothing
	Write    bool
}

// FlowSums are the votes on what precedes what: one of each actor for each
// step.
type FlowSums struct {
	Guards []Guard // in the stream's sums only; a guard keeps its number
	Done   [MaxGuards]uint32
	Again  [MaxGuards]uint32            // actors that made the step again in one journey, nothing that it needs between
	Late   [MaxGuards]uint32            // actors that filled the cart between paying and this step
	Before [MaxGuards][MaxGuards]uint32 // by step: journeys in which another had been made
}

func (t *FlowSums) merge(o *FlowSums) {
	for b := range MaxGuards {
		t.Done[b] += o.Done[b]
		t.Again[b] += o.Again[b]
		t.Late[b] += o.Late[b]
		for a := range MaxGuards {
			t.Before[b][a] += o.Before[b][a]
		}
	}
}

// Flow is what is known of the order of steps.
type Flow struct {
	Guards []Guard
	Index  []uint8 // by template: number of its guard, plus one; 0 none
	Steps  [MaxGuards]Step
}

// Step is what is normal at a guard.
type Step struct {
	Needs uint64             // steps that nearly all others make before it, a bit each
	Same  uint64             // steps on the same object, a bit each
	Paid  bool               // one of Needs pays
	Skip  [MaxGuards]float64 // share of others that leave a needed step out
	Again float64            // share that make it again
	Late  float64
	N     uint32 // votes
}

// At is the number of a template's guard, plus one; 0 none.
func (f *Flow) At(template uint32) int {
	if int(template) < len(f.Index) {
		return int(f.Index[template])
	}
	return 0
}

// minVotes is how many actors must have made a step before it is known what it
// needs; needed is how many of them made the other before.
const minVotes, needed = 12, 0.8

func (s *Sums) flow(names []string) (f Flow) {
	s.elect(names)
	t := &s.FlowSums
	f.Guards = slices.Clone(t.Guards)
	f.Index = make([]uint8, len(names))
	for i := range f.Guards {
		f.Index[f.Guards[i].Template] = uint8(i + 1)
	}
	for b := range f.Guards {
		x, n := &f.Steps[b], float64(t.Done[b])
		x.N = t.Done[b]
		for a := range f.Guards {
			if f.Guards[a].Of != 0 && f.Guards[a].Of == f.Guards[b].Of {
				x.Same |= 1 << a
			}
			if a == b || x.N < minVotes || !related(&f.Guards[a], &f.Guards[b]) || !f.Guards[a].Write {
				continue
			}
			if share := float64(t.Before[b][a]) / n; share >= needed {
				x.Needs |= 1 << a
				x.Skip[a] = max((n-float64(t.Before[b][a])+0.5)/(n+1), 0.01)
				x.Paid = x.Paid || f.Guards[a].Traits&event.Pay != 0
			}
		}
		x.narrow()
		x.Again = max((float64(t.Again[b])+0.5)/(n+1), 0.01)
		x.Late = max((float64(t.Late[b])+0.5)/(n+1), 0.01)
	}
	return f
}

// Usual is how often others make the step out of order.
func (x *Step) Usual() float64 {
	usual := x.Again
	for m := x.Needs; m != 0; m &= m - 1 {
		usual = max(usual, x.Skip[bits.TrailingZeros64(m)])
	}
	return min(usual+x.Late, 0.5)
}

// narrow keeps the steps that are left out most rarely: what many leave out is
// no way round anything.
func (x *Step) narrow() {
	least := 1.0
	for m := x.Needs; m != 0; m &= m - 1 {
		least = min(least, x.Skip[bits.TrailingZeros64(m)])
	}
	for m := x.Needs; m != 0; m &= m - 1 {
		if a := bits.TrailingZeros64(m); x.Skip[a] > max(2*least, 0.1) {
			x.Needs &^= 1 << a
		}
	}
}

// related says whether two steps belong to one flow: steps of one object, of
// one folder, or of paying.
func related(a, b *Guard) bool {
	const pays = event.Checkout | event.Pay
	return a.Of != 0 && a.Of == b.Of || a.Dir != 0 && (a.Dir == b.Dir || a.Dir == b.Of) || a.Of != 0 && a.Of == b.Dir || a.Traits&pays != 0 && b.Traits&pays != 0
}

// elect makes guards of templates that several people have used, first those
// that look like steps.
func (s *Sums) elect(names []string) {
	t := &s.FlowSums
	if len(t.Guards) == MaxGuards {
		return
	}
	var l []Guard
	for i := range min(len(s.Templates), len(names)) {
		x := &s.Templates[i]
		if x.Good+x.Moved < 12 || slices.ContainsFunc(t.Guards, func(g Guard) bool { return int(g.Template) == i }) {
			continue
		}
		if g, ok := guard(uint32(i), names[i], x.Traits); ok && x.Visitors.Count() >= 6 {
			l = append(l, g)
		}
	}
	slices.SortStableFunc(l, func(a, b Guard) int { return cmp.Compare(b.rank(), a.rank()) })
	t.Guards = append(t.Guards, l[:min(len(l), MaxGuards-len(t.Guards))]...)
}

func (g *Guard) rank() int {
	n := bits.OnesCount64(uint64(g.Traits & (event.Checkout | event.Pay)))
	if g.Of != 0 {
		n++
	}
	return n
}

// guard says whether a template is a step, by its name.
func guard(i uint32, name string, traits event.Traits) (g Guard, ok bool) {
	method, path, _ := strings.Cut(name, " ")
	path, query, _ := strings.Cut(path, "?")
	g = Guard{Template: i, Traits: traits}
	if k := strings.LastIndex(path, "/{"); k >= 0 {
		g.Of = xxh3.HashString(path[:k])
	} else if query == "" {
		if k := strings.LastIndexByte(strings.TrimSuffix(path, "/"), '/'); k > 0 && !generic(path[:k]) {
			g.Dir = xxh3.HashString(path[:k])
		}
	}
	switch {
	case traits&event.Admin != 0:
		return g, false
	case method == "POST" || method == "PUT" || method == "PATCH":
		g.Write = true
		return g, true
	case method == "GET":
		return g, g.Of != 0 && traits&event.Checkout != 0
	}
	return g, false
}

// generic says whether a folder is that of a whole API: /api, /rest/V1.
func generic(dir string) bool {
	last := strings.ToLower(dir[strings.LastIndexByte(dir, '/')+1:])
	switch last {
	case "api", "rest", "public", "services", "rpc", "json":
		return true
	}
	return len(last) >= 2 && last[0] == 'v' && last[1]-'0' < 10
}
