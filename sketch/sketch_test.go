package sketch

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func hashes(n int, seed uint64) []uint32 {
	r := rand.New(rand.NewPCG(seed, 1))
	seen, l := map[uint32]bool{}, []uint32(nil)
	for len(l) < n {
		if h := r.Uint32(); !seen[h] {
			seen[h] = true
			l = append(l, h)
		}
	}
	return l
}

func TestDistinctIsExactWhileFew(t *testing.T) {
	var d Distinct
	for i, h := range hashes(24, 1) {
		if !d.Add(h) || d.Add(h) {
			t.Errorf("hash %d: not new, or new twice", i)
		}
		if d.Count() != i+1 {
			t.Errorf("%d hashes counted as %d", i+1, d.Count())
		}
	}
}

// The standard error is 9 %: of many sketches the errors' root mean square must
// be that, and none may be off by far.
func TestDistinctIsCloseWhenMany(t *testing.T) {
	f := func(n int) {
		t.Helper()
		const runs = 60
		sum := 0.0
		for seed := range uint64(runs) {
			var d Distinct
			l := hashes(n, seed)
			for _, h := range l {
				d.Add(h)
			}
			for _, h := range l[:n/2] { // a second time changes nothing
				d.Add(h)
			}
			off := float64(d.Count())/float64(n) - 1
			sum += off * off
			if math.Abs(off) > 4*0.092 {
				t.Errorf("%d counted as %d", n, d.Count())
			}
		}
		if rms := math.Sqrt(sum / runs); rms > 0.11 {
			t.Errorf("%d: error %.3f, want 0.09", n, rms)
		}
	}
	f(30)
	f(100)
	f(300)
	f(1000)
	f(10_000)
	f(100_000)
}

// Twenty-five and more are never counted as fewer than the exact part held, and
// the order of adding does not matter.
func TestDistinctDoesNotDependOnOrder(t *testing.T) {
	f := func(n int) {
		t.Helper()
		l := hashes(n, uint64(n))
		var a, b Distinct
		for _, h := range l {
			a.Add(h)
		}
		slices.Reverse(l)
		for _, h := range l {
			b.Add(h)
		}
		if a.Count() != b.Count() || a.Count() < min(n, 25) {
			t.Errorf("%d counted as %d and, in reverse, as %d", n, a.Count(), b.Count())
		}
	}
	f(10)
	f(25)
	f(26)
	f(500)
}

func TestFew(t *testing.T) {
	f := func(n, least, most int) {
		t.Helper()
		var f Few
		r := rand.New(rand.NewPCG(7, uint64(n)))
		for range n {
			h := r.Uint64()
			f.Add(h)
			f.Add(h)
		}
		if got := f.Count(); got < least || got > most {
			t.Errorf("%d counted as %d, want %d to %d", n, got, least, most)
		}
	}
	f(0, 0, 0)
	f(1, 1, 1)
	f(2, 1, 3)
	f(10, 7, 13)
	f(30, 20, 43)
	f(10_000, 128, 128)
}

func TestBeta(t *testing.T) {
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s = %v, want %v", what, got, want)
		}
	}
	b := Beta{1.2, 8.8}
	near("mean", b.Mean(), 0.12)
	near("mean moved", b.WithMean(0.3).Mean(), 0.3)
	near("strength kept", b.WithMean(0.3).A+b.WithMean(0.3).B, 10)
	near("mean too high", b.WithMean(2).Mean(), 0.999)
	near("mean too low", b.WithMean(-1).Mean(), 0.001)
	// Uniform: the probability of one order of k hits in n is 1/((n+1)·C(n,k)).
	near("no tries", Beta{1, 1}.Evidence(0, 0), 0)
	near("one hit", Beta{1, 1}.Evidence(1, 1), math.Log(0.5))
	near("two of three", Beta{1, 1}.Evidence(2, 3), math.Log(1./12))
}

func TestBayesFactor(t *testing.T) {
	guilty, innocent := Beta{19, 1}, Beta{1, 19}
	for n := 0.0; n <= 40; n++ {
		for k := 0.0; k <= n; k++ {
			x := BayesFactor(guilty, innocent, k, n)
			if y := BayesFactor(innocent, guilty, k, n); math.Abs(x+y) > 1e-9 {
				t.Errorf("%v of %v: %v one way, %v the other", k, n, x, y)
			}
			// Hits of one are misses of the other.
			if y := BayesFactor(guilty, innocent, n-k, n); math.Abs(x+y) > 1e-9 {
				t.Errorf("%v of %v: %v, mirrored %v", k, n, x, y)
			}
			if k > 0 && x <= BayesFactor(guilty, innocent, k-1, n) {
				t.Errorf("%v of %v speak no more against somebody than %v", k, n, k-1)
			}
		}
		if x := BayesFactor(guilty, guilty, n, n); x != 0 {
			t.Errorf("a hypothesis against itself: %v", x)
		}
	}
	if x := BayesFactor(guilty, innocent, 10, 10); x < 10 {
		t.Errorf("ten of ten: %v", x)
	}
}

// values are as uneven as real ones: mostly small, some huge.
func values(n int) []uint32 {
	r := rand.New(rand.NewPCG(3, 4))
	l := make([]uint32, n)
	for i := range l {
		l[i] = uint32(math.Exp(r.Float64() * 22))
	}
	return l
}

func TestHistogramMergesInAnyOrder(t *testing.T) {
	l := values(1000)
	var all Histogram
	var parts [7]Histogram
	for i, v := range l {
		all.Add(v)
		parts[i%len(parts)].Add(v)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 5 {
		var sum Histogram
		for _, i := range r.Perm(len(parts)) {
			p := parts[i]
			sum.Merge(&p)
			if p != (Histogram{}) {
				t.Error("what was merged is not cleared")
			}
		}
		if sum != all {
			t.Error("merging parts is not adding all")
		}
	}
}

// A bucket is an eighth of a doubling wide: a quantile is off by less.
func TestQuantile(t *testing.T) {
	l := values(2001)
	var h Histogram
	for _, v := range l {
		h.Add(v)
	}
	if h.Total() != uint64(len(l)) {
		t.Errorf("total %d", h.Total())
	}
	slices.Sort(l)
	for _, q := range []float64{0.001, 0.1, 0.5, 0.9, 0.99, 1} {
		want := float64(l[max(int(math.Ceil(q*float64(len(l))))-1, 0)])
		if got := h.Quantile(q); math.Abs(got-want) > want/8+1e-9 {
			t.Errorf("quantile %v: %v, want %v", q, got, want)
		}
	}
	if (&Histogram{}).Quantile(0.5) != 0 {
		t.Error("an empty histogram has no median")
	}
}

// Buckets cover every value, in order, and each value lies in its own.
func TestBuckets(t *testing.T) {
	prev := -1
	for v := uint64(0); v < 1<<32; v += v/50 + 1 {
		b := bucket(uint32(v))
		if b < prev || b >= 256 {
			t.Fatalf("value %d is in bucket %d, after %d", v, b, prev)
		}
		prev = b
		if bucket(uint32(value(b))) != b {
			t.Fatalf("bucket %d's middle %v is in bucket %d", b, value(b), bucket(uint32(value(b))))
		}
	}
	if b := bucket(1<<32 - 1); b >= 256 {
		t.Errorf("the largest value is in bucket %d", b)
	}
}

func TestSpread(t *testing.T) {
	var h Histogram
	if m, d := h.Spread(); m != 0 || d != 0 {
		t.Errorf("of nothing: %v, %v", m, d)
	}
	for range 10 {
		h.Add(12)
	}
	if m, d := h.Spread(); m != 12 || d != 0 {
		t.Errorf("of one value: %v, %v", m, d)
	}
	for range 6 {
		h.Add(3)
		h.Add(48)
	}
	if m, d := h.Spread(); m != 12 || math.Abs(d-math.Log(4)) > 0.1 {
		t.Errorf("median %v, deviation %v, want 12 and %v", m, d, math.Log(4))
	}
}
