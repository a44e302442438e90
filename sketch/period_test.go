package sketch

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestTick(t *testing.T) {
	for ms := uint64(1); ms < 1<<40; ms += ms/7 + 1 {
		if got := TickOf(ms).Milliseconds(); math.Abs(got-float64(ms)) > 0.032*float64(ms) {
			t.Errorf("%d ms read back as %g", ms, got)
		}
		if TickOf(ms) > TickOf(ms+1) {
			t.Errorf("%d ms is longer than %d", ms, ms+1)
		}
	}
}

// TestRegularity: timers score above 0.75 up to a quarter of jitter, arrivals at
// random hardly ever.
func TestRegularity(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	f := func(gap func() float64, least, most int) {
		t.Helper()
		n := 0
		for range 1000 {
			var p Period
			for range 24 {
				p.Add(uint64(60_000 * gap()))
			}
			if _, even := p.Regularity(); even >= 0.75 {
				n++
			}
		}
		if n < least || n > most {
			t.Errorf("%d of 1000 are regular, want %d to %d", n, least, most)
		}
	}
	f(func() float64 { return 1 }, 1000, 1000)
	f(func() float64 { return 0.75 + 0.5*r.Float64() }, 950, 1000)
	f(r.ExpFloat64, 0, 10)
}
