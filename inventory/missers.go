package inventory

import (
	"goshawk/event"
	"goshawk/sketch"
)

// PathSums count who asks for paths that are not there, by the path's hash,
// since a folded template does not tell one path from another: a broken link
// is missed by many, a word of a scanner's list by few.
type PathSums struct {
	Missers []sketch.Few  // addresses, in two rows of pathRow each; nil: none
	Failed  sketch.Coarse // votes: how many of its first sixteen requests an actor missed
}

// pathRow is how many counters a row has.
const pathRow = 4096

// MissesOf is how many requests an actor's vote on misses is about.
const MissesOf = 16

// Missed counts r, which asked for what is not there.
func (s *PathSums) Missed(r *event.Rec) {
	if s.Missers == nil {
		s.Missers = make([]sketch.Few, 2*pathRow)
	}
	a, b := pathCells(r.Path)
	s.Missers[a].Add(r.Client)
	s.Missers[b].Add(r.Client)
}

func pathCells(path uint32) (a, b uint32) {
	return path * 0x9E3779B1 >> 20, pathRow + path*0x85EBCA77>>20
}

func (s *PathSums) merge(o *PathSums) {
	s.Failed.Merge(&o.Failed)
	if o.Missers == nil {
		return
	}
	if s.Missers == nil {
		s.Missers = make([]sketch.Few, 2*pathRow)
	}
	for i, f := range o.Missers {
		s.Missers[i] |= f
	}
	clear(o.Missers)
}

// PriorFailed is how much of what an actor asks for is not there.
var PriorFailed = sketch.Beta{A: 1, B: 39}

// Paths is what is known of paths that are missed.
type Paths struct {
	missers []sketch.Few
	Failed  sketch.Beta // share of requests that miss
}

func (s *PathSums) solve() Paths {
	var k, n uint64
	for i, votes := range s.Failed.N {
		// A quarter of all, those who missed most, do not vote: they may be attacks.
		if done := n + uint64(votes); i <= 4 {
			k += uint64(votes) * uint64(i)
			n = done
		}
	}
	return Paths{append([]sketch.Few(nil), s.Missers...), learned(PriorFailed, k, n*MissesOf)}
}

// Missers estimates how many addresses have missed a path.
func (p *Paths) Missers(path uint32) int {
	if p.missers == nil {
		return 0
	}
	a, b := pathCells(path)
	return min(p.missers[a].Count(), p.missers[b].Count())
}

// FormSums are an endpoint's integer sums of how it is asked, and by whom.
type FormSums struct {
	Users   sketch.Few // who succeeded: principals, else addresses
	Params  [16]uint32 // requests, by the hash of their parameters' names
	Ploys   uint64     // requests with a payload
	Ployers sketch.Few // addresses that sent one, and were answered with success
}

// Form counts an event.
func (t *FormSums) Form(r *event.Rec) {
	ok := r.Status/100 == 2 || r.Status/100 == 3
	if ok {
		who := r.Principal
		if who == 0 {
			who = r.Client
		}
		t.Users.Add(who)
		t.Params[r.Params>>28]++
	}
	if r.Ploy != event.NoPloy {
		t.Ploys++
		if ok {
			t.Ployers.Add(r.Client)
		}
	}
}

func (t *FormSums) merge(o *FormSums) {
	t.Users |= o.Users
	t.Ployers |= o.Ployers
	t.Ploys += o.Ploys
	for i, n := range o.Params {
		t.Params[i] += n
	}
}

// Form is how an endpoint is asked, and by whom.
type Form struct {
	Users   int // principals, else addresses, that succeeded, up to some sixty
	Ploys   uint64
	Ployers int
	params  [16]uint32
}

func (t *FormSums) solve() Form {
	return Form{t.Users.Count(), t.Ploys, t.Ployers.Count(), t.Params}
}

// ParamShare is the share of an endpoint's successes that had such parameters,
// at most: names are told apart by a few bits of their hash.
func (f *Form) ParamShare(params uint32) float64 {
	total := uint64(0)
	for _, n := range f.params {
		total += uint64(n)
	}
	return float64(f.params[params>>28]) / float64(max(total, 1))
}

// Speaks says whether an endpoint's own language looks like payloads: most of
// what it is sent does, many send it, and are answered.
func (e *Endpoint) Speaks() bool {
	return e.Ployers >= 8 && e.Ploys*2 >= e.Events
}
