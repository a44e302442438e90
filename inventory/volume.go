package inventory

import (
	"math"
	"math/bits"

	"goshawk/event"
	"goshawk/sketch"
)

// VolumeSums are an endpoint's integer sums of what is read of it and at what
// cost.
type VolumeSums struct {
	Things     sketch.Visitors // different things returned
	Reads      uint64          // successful reads
	Warm, Cold uint64          // of them, of things that many read, and of others
	Heavy      uint64          // requests that cost far more than the endpoint's median
	Sizes      sketch.Coarse   // of pages asked for
	In         sketch.Coarse   // lengths of requests
}

func (t *VolumeSums) merge(o *VolumeSums) {
	t.Things.Merge(&o.Things)
	t.Reads += o.Reads
	t.Warm += o.Warm
	t.Cold += o.Cold
	t.Heavy += o.Heavy
	t.Sizes.Merge(&o.Sizes)
	t.In.Merge(&o.In)
}

// Volume is what is read of an endpoint, by how many, and what that asks of the
// server.
type Volume struct {
	Things         float64 // different things returned so far
	Reads          uint64
	Warm, Cold     uint64
	Bar            uint8 // reads from which a thing is one that many read; 255 none is known to be
	Heavy          uint64
	Size, SizeHigh float64 // page asked for: median and 99 % quantile; 0 none
	In, InHigh     float64 // length of requests, likewise
}

func (t *VolumeSums) solve() Volume {
	v := Volume{Things: t.Things.Count(), Reads: t.Reads, Warm: t.Warm, Cold: t.Cold, Heavy: t.Heavy, Bar: 255,
		Size: t.Sizes.Quantile(0.5), SizeHigh: t.Sizes.Quantile(0.99), In: t.In.Quantile(0.5), InHigh: t.In.Quantile(0.99)}
	if v.Things > 0 {
		v.Bar = uint8(min(max(2*float64(v.Reads)/v.Things, 2), 255))
	}
	return v
}

// Reach counts the actors that went as far as each power of two: votes of which
// each actor has one a step, so that a few who go far teach little. The kinds are
// people, programs, and keys.
type Reach [3][33]uint64

// Vote casts an actor's vote for having come to n, if n is a power of two.
func (r *Reach) Vote(kind int, n uint32) {
	if n&(n-1) == 0 && n > 0 {
		r[kind][bits.Len32(n)-1]++
	}
}

func (r *Reach) merge(o *Reach) {
	for k := range r {
		for i := range r[k] {
			r[k][i] += o[k][i]
		}
	}
}

// Beyond is the share of actors, of those that came to least, that came to n too:
// at most one in as many as there are.
func (r *Reach) Beyond(kind int, least, n uint32) float64 {
	if n < least || least == 0 {
		return 1
	}
	all := float64(r[kind][bits.Len32(least)-1])
	return min((float64(r[kind][bits.Len32(n)-1])+1)/(all+1), 1)
}

// Total is how many actors of a kind voted at all.
func (r *Reach) Total(kind int) uint64 { return r[kind][0] }

// heats is how many cells count the reads of things.
const heats = 1 << 15

// ReachSums are votes about how far actors go, and what everybody's requests
// cost together.
type ReachSums struct {
	Things, Pages, Heavy, Busy, Even Reach
	Pure                             Reach  // 1: actors with sixteen requests; 2: of them, those that read one endpoint's things, each once, and nothing else
	Time, Sent                       uint64 // milliseconds and KiB of all answers
	Heat                             [heats]uint8
}

func (s *ReachSums) merge(o *ReachSums) {
	s.Things.merge(&o.Things)
	s.Pages.merge(&o.Pages)
	s.Heavy.merge(&o.Heavy)
	s.Busy.merge(&o.Busy)
	s.Even.merge(&o.Even)
	s.Pure.merge(&o.Pure)
	s.Time += o.Time
	s.Sent += o.Sent
	for i := range s.Heat {
		s.Heat[i] = uint8(min(int(s.Heat[i])+int(o.Heat[i]), 255))
	}
}

// Thing is a hash of what a record reads: an object, or a list or search as it
// was asked for.
func Thing(r *event.Rec) uint64 {
	x := (r.ID ^ uint64(r.Template)<<40) * 0x9E3779B97F4A7C15
	x ^= x >> 32
	x *= 0xD6E8FEB86659FD93
	return x ^ x>>32
}

// Reads says whether a record is a successful read of content: no static file
// and no health check.
func Reads(r *event.Rec) bool {
	return r.Status/100 == 2 && r.Class&(event.Asset|event.Write|event.Login) == 0 && r.Traits&event.Health == 0
}

// Volume counts an event of everybody's.
func (s *Sums) Volume(t *TemplateSums, r *event.Rec) {
	s.Time += uint64(r.Duration) / 1000
	s.Sent += uint64(r.Bytes) >> 10
	if r.Size > 0 {
		t.Sizes.Add(uint32(r.Size))
	}
	if r.BytesIn > 0 {
		t.In.Add(r.BytesIn)
	}
	if s.Heavier(r) {
		t.Heavy++
	}
	if !Reads(r) {
		return
	}
	x := Thing(r)
	t.Reads++
	t.Things.Add(x)
	if warm, known := s.Warm(r, x); known && warm {
		t.Warm++
	} else if known {
		t.Cold++
	}
	if h := &s.Heat[x%heats]; *h < 255 {
		*h++
	}
}

// Named says whether a record reads a thing that has a name or a number of its
// own: an object, a page of a list, a document. Searches have none.
func Named(r *event.Rec) bool { return r.Class&event.Object != 0 || r.Page != 0 || r.Params == 0 }

// Warm says whether a thing is one that many read, and whether that is known: of
// searches it is not, for each is worded anew.
func (s *Sums) Warm(r *event.Rec, thing uint64) (warm, known bool) {
	v := s.View
	if !Named(r) || v == nil || v.Heat == nil || int(r.Template) >= len(v.Templates) {
		return false, false
	}
	e := &v.Templates[r.Template]
	if e.Reads < 100 || e.Bar == 255 {
		return false, false
	}
	return v.Heat[thing%heats] >= e.Bar, true
}

// Hot says whether a thing of an endpoint is one that many read.
func (v *View) Hot(e *Endpoint, thing uint64) bool {
	return v.Heat != nil && v.Heat[thing%heats] >= e.Bar
}

// What makes a request heavy: many times what its endpoint's requests cost, and
// more than any small one does.
const (
	heavier   = 8
	heavyTime = 1_000_000 // microseconds
	heavySent = 2 << 20   // bytes
	visited   = 20        // addresses that make an endpoint's median everybody's
)

// Heavier says whether a request costs far more than is usual on its endpoint,
// or on most where that one is new or has few visitors, whose cost would be its
// median.
func (s *Sums) Heavier(r *event.Rec) bool {
	if r.Duration < heavyTime && r.Bytes < heavySent {
		return false
	}
	time, sent := 100_000.0, 100_000.0
	if s.View != nil && int(r.Template) < len(s.View.Templates) {
		if e := &s.View.Templates[r.Template]; e.Good >= 20 && e.Visitors >= visited {
			time, sent = min(max(e.Duration, 10_000), 500_000), max(e.Bytes, 10_000)
		}
	}
	return r.Duration >= heavyTime && float64(r.Duration) >= heavier*time || r.Bytes >= heavySent && float64(r.Bytes) >= heavier*sent
}

// Alpha turns a share of innocent actors into a weight: what so few do is
// evidence against who does it.
func Alpha(share float64) float64 { return min(max(-math.Log(share)-6, 0), 7) }
