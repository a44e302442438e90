package detect

import (
	"math"

	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// Style is what an actor's routine does, by which programmes are compared: how
// often it makes each kind of request, and which kind follows which; what it
// asks for most, and which part of that; and from where. 152 bytes.
//
// Frequencies tell programmes apart where sets of shingles no longer do: whoever
// leaves out a third of the steps, and does something else in between, has few
// sequences in common with its own twin, but makes each request as often.
type Style struct {
	Kind   [32]uint8  // requests by a hash of their kind; halved when one is full
	Pair   [48]uint8  // two kinds in a row, likewise
	Low    uint64     // on the endpoint that it asks most, the numbers of objects that it walked through
	High   uint64     //
	Odd    uint64     // the latest number beside them: where a walk may begin
	Print  uint64     // its latest client
	Client uint32     // its latest address
	Net    uint32     // the network of that
	Main   uint32     // that endpoint, plus one
	Last   uint32     // the latest kind
	Hits   uint32     // votes for Main
	Things sketch.Few // distinct objects, pages and searches
	Dress  uint8      // 1 its latest agent is a browser, 2 a library or a tool
	Walks  uint16     // its objects that were the next after the one before
	Strays uint16     // those that were not
	Own    uint16     // objects that nobody else had touched
	Others uint16     // objects that others have touched, too
}

func (x *Style) observe(p *Profile, r *event.Rec, s *inventory.Sums) {
	if r.Class&event.Asset != 0 {
		return
	}
	kind := (r.Template*0x9E3779B1 ^ r.Params ^ uint32(r.Status/100)*0x85EBCA6B) * 0xC2B2AE35
	kind ^= kind >> 15
	count(x.Kind[:], kind*0x9E3779B1)
	if x.Last != 0 {
		count(x.Pair[:], (x.Last*31+kind)*0x85EBCA6B)
	}
	x.Last, x.Print, x.Client, x.Net = kind|1, r.Print, uint32(r.Client>>20)|1, r.Net
	x.Dress = uint8(r.Traits / event.Browser & 1)
	if r.Mark&event.MarkTool != 0 {
		x.Dress = 2
	}
	switch {
	case r.Class&event.Object == 0:
	case r.Owner == event.OwnerOther || r.Owner == event.OwnerShared:
		x.Others = saturate(x.Others)
	default:
		x.Own = saturate(x.Own)
	}
	x.Things.Add(thing(r))
	t := r.Template + 1
	switch {
	case x.Main == t:
		x.Hits++
	case x.Hits == 0:
		*x = Style{Print: x.Print, Things: x.Things, Dress: x.Dress, Client: x.Client, Net: x.Net, Kind: x.Kind, Pair: x.Pair, Last: x.Last, Own: x.Own, Others: x.Others, Main: t, Hits: 1}
	default:
		x.Hits--
		return
	}
	if r.Class&event.Object != 0 && r.Kind == event.Number {
		x.walk(r.ID)
	}
}

// walk follows a walk through numbers. What lies beside it is left out, unless
// the walk goes on from there.
func (x *Style) walk(id uint64) {
	switch {
	case x.Low == 0:
		x.Low, x.High = id, id
	case id > x.High && id-x.High < near:
		x.High = id
		x.Walks = saturate(x.Walks)
	case id > x.Odd && id-x.Odd < near && x.Odd != 0:
		x.Low, x.High, x.Odd = x.Odd, id, 0
		x.Walks = saturate(x.Walks)
	case id != x.High:
		x.Odd = id
		x.Strays = saturate(x.Strays)
	}
}

// walks says whether the objects of its endpoint follow each other.
func (x *Style) walks() bool { return x.Walks >= 6 && x.Walks >= x.Strays }

// near is how far apart two numbers of a walk are at most.
const near = 64

// count adds to one of some counters, by the upper bits of h.
func count(c []uint8, h uint32) {
	n := &c[uint64(h)*uint64(len(c))>>32]
	if *n == 255 {
		for i := range c {
			c[i] /= 2
		}
	}
	*n++
}

// routine is what one or several actors do.
type routine struct {
	kind         [32]float64
	pair         [48]float64
	kinds, pairs float64 // sums

	outline outline // see prepare
}

// outline is what tells quickly that two programmes are not alike: the roots of
// the shares of kinds, then of pairs.
type outline [80]float32

// prepare computes the outline, once for many comparisons.
func (g *routine) prepare() {
	for i, n := range g.kind {
		g.outline[i] = float32(math.Sqrt(n / max(g.kinds, 1)))
	}
	for i, n := range g.pair {
		g.outline[len(g.kind)+i] = float32(math.Sqrt(n / max(g.pairs, 1)))
	}
}

// like says whether two programmes are alike to at least some likeness, as
// unlike tells it but for rounding. Most are not by their kinds alone.
func (g *outline) like(o *outline, least float64) bool {
	const kinds = len(routine{}.kind)
	sum := float32(0)
	for i := range kinds {
		sum += float32(g[i] * o[i])
	}
	if float64(sum+1)/2 < least-1e-5 {
		return false
	}
	for i := kinds; i < len(g); i++ {
		sum += float32(g[i] * o[i])
	}
	return float64(sum)/2 >= least-1e-5
}

func (g *routine) add(x *Style) {
	for i, n := range x.Kind {
		g.kind[i] += float64(n)
		g.kinds += float64(n)
	}
	for i, n := range x.Pair {
		g.pair[i] += float64(n)
		g.pairs += float64(n)
	}
}

func (g *routine) join(o *routine) {
	for i, n := range o.kind {
		g.kind[i] += n
	}
	for i, n := range o.pair {
		g.pair[i] += n
	}
	g.kinds += o.kinds
	g.pairs += o.pairs
}

// unlike measures how different two programmes are: likeness is the mean
// Bhattacharyya coefficient of kinds and of pairs, 1 for the same, and excess
// how many times more they differ than two samples of one routine do.
// Source: the test of Freeman and Tukey, for two samples.
func (g *routine) unlike(o *routine) (likeness, excess float64) {
	a, x := affinity(g.kind[:], o.kind[:], g.kinds, o.kinds)
	b, y := affinity(g.pair[:], o.pair[:], g.pairs, o.pairs)
	return (a + b) / 2, (x + y) / 2
}

func affinity(a, b []float64, m, n float64) (same, excess float64) {
	if m == 0 || n == 0 {
		return 0, 1
	}
	cells := -1.0
	for i := range a {
		if p := a[i] * b[i]; p > 0 {
			same += math.Sqrt(p)
		}
		if a[i]+b[i] > 0 {
			cells++
		}
	}
	same = min(same/math.Sqrt(m*n), 1)
	return same, 8 * m * n / (m + n) * (1 - same) / max(cells, 1)
}

// breadth is how many kinds of requests a routine makes, where rare ones count
// for less: the exponential of the entropy.
func (g *routine) breadth() float64 {
	h := 0.0
	for _, k := range g.kind {
		if k > 0 {
			h -= float64(k / g.kinds * math.Log(k/g.kinds))
		}
	}
	return math.Exp(h)
}
