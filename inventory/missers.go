package inventory

import (
	"slices"

	"goshawk/event"
	"goshawk/sketch"
)

// PathSums count who asks for paths that are not there, by the path's hash,
// since a folded template does not tell one path from another: a broken link
// is missed by many, a word of a scanner's list by few.
type PathSums struct {
	Missers []sketch.Few  // addresses, in two rows of pathRow each; nil: none
	Before  []sketch.Few  // those of the generation before; in the stream's sums only
	Failed  sketch.Coarse // votes: how many of its first sixteen requests an actor missed
}

// pathRow is how many counters a row has.
const pathRow = 1 << 13

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
	return path * 0x9E3779B1 >> 19, pathRow + path*0x85EBCA77>>19
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

// Age begins a new generation when half of the counters are in use: of a month
// of guesses each would hold many addresses, and every path seem a broken link.
// It is for the end of an epoch, when all votes are in.
func (s *PathSums) Age() {
	used := 0
	for _, f := range s.Missers {
		if f != 0 {
			used++
		}
	}
	if used > pathRow {
		s.Before, s.Missers = s.Missers, make([]sketch.Few, 2*pathRow)
	}
}

// PriorFailed is how much of what an actor asks for is not there.
var PriorFailed = sketch.Beta{A: 1, B: 39}

// Paths is what is known of paths that are missed.
type Paths struct {
	missers [2][]sketch.Few // of two generations
	Failed  sketch.Beta     // share of requests that miss
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
	return Paths{[2][]sketch.Few{slices.Clone(s.Missers), s.Before}, learned(PriorFailed, k, n*MissesOf)}
}

// Missers estimates how many addresses have missed a path.
func (p *Paths) Missers(path uint32) (n int) {
	a, b := pathCells(path)
	for _, m := range p.missers {
		if m != nil {
			n = max(n, min(m[a].Count(), m[b].Count()))
		}
	}
	return n
}
