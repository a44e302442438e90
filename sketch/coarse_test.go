package sketch

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A bucket is half a doubling wide: a quantile is off by less.
func TestCoarseQuantile(t *testing.T) {
	l := values(2001)
	var all Coarse
	var parts [5]Coarse
	for i, v := range l {
		all.Add(v)
		parts[i%5].Add(v)
	}
	var sum Coarse
	for i := range parts {
		sum.Merge(&parts[len(parts)-1-i])
	}
	if sum != all || parts[0] != (Coarse{}) {
		t.Error("merging parts is not adding all")
	}
	slices.Sort(l)
	for _, q := range []float64{0.01, 0.1, 0.5, 0.9, 1} {
		want := float64(l[max(int(math.Ceil(q*float64(len(l))))-1, 0)])
		if got := all.Quantile(q); math.Abs(got-want) > want/2+1 {
			t.Errorf("quantile %v: %v, want %v", q, got, want)
		}
	}
	if (&Coarse{}).Quantile(0.5) != 0 {
		t.Error("an empty histogram has no median")
	}
}

func TestVisitors(t *testing.T) {
	f := func(n int) {
		t.Helper()
		sum := 0.0
		for seed := range uint64(50) {
			r := rand.New(rand.NewPCG(seed, 9))
			var v, w Visitors
			for range n {
				h := r.Uint64()
				v.Add(h)
				w.Add(h)
			}
			v.Merge(&w) // the same again changes nothing
			off := v.Count()/float64(n) - 1
			sum += off * off
		}
		if rms := math.Sqrt(sum / 50); rms > 0.2 {
			t.Errorf("%d: error %.3f, want 0.13", n, rms)
		}
	}
	f(5)
	f(50)
	f(500)
	f(50_000)
	if (&Visitors{}).Count() != 0 {
		t.Error("nobody was counted as somebody")
	}
}
