package detect_test

import (
	"math/rand/v2"
	"testing"

	"goshawk/detect"
	"goshawk/event"
	"goshawk/inventory"
)

// TestThings: the estimate of different things read is within three standard
// errors, and repeats change nothing.
func TestThings(t *testing.T) {
	for _, n := range []int{10, 60, 300, 5000} {
		var p detect.Profile
		var s inventory.Sums
		for range 2 {
			for i := range n {
				p.Observe(&event.Rec{Time: int64(i) * 1e9, ID: uint64(i), Template: 3, Status: 200, Class: event.Object}, &s)
			}
		}
		if got := p.Walk.Things(); float64(got) < 0.6*float64(n) || float64(got) > 1.4*float64(n) {
			t.Errorf("%d things count as %d", n, got)
		}
	}
}

// TestDispersion: windows of a pacer vary far less than those of requests that
// come by chance, whatever the pace.
func TestDispersion(t *testing.T) {
	run := func(gap func() float64) float64 {
		var p detect.Profile
		var s inventory.Sums
		for at := 0.0; at < 6*3600; at += gap() {
			p.Observe(&event.Rec{Time: int64(at * 1e9), ID: uint64(at), Status: 200}, &s)
		}
		return p.Pressure.Best.Dispersion()
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, gap := range []float64{5, 12} {
		if d := run(func() float64 { return gap * (0.5 + r.Float64()) }); d > 0.3 {
			t.Errorf("a pacer every %.0f s has dispersion %.2f", gap, d)
		}
		if d := run(func() float64 { return gap * r.ExpFloat64() }); d < 0.6 {
			t.Errorf("chance every %.0f s has dispersion %.2f", gap, d)
		}
	}
}

// TestPauses: a client that waits longer after each refusal heeds them, and one
// that goes on as before does not.
func TestPauses(t *testing.T) {
	run := func(pause func(refusals int) int64) *detect.Pressure {
		var p detect.Profile
		var s inventory.Sums
		at, refusals := int64(0), 0
		for i := range 600 {
			status := uint16(200)
			if i%20 >= 10 {
				status, refusals = 429, refusals+1
			} else {
				refusals = 0
			}
			p.Observe(&event.Rec{Time: at * 1e9, ID: uint64(i), Status: status}, &s)
			at += pause(refusals)
		}
		return &p.Pressure
	}
	if x := run(func(int) int64 { return 2 }); x.Ignored < 3 || x.Heeded > 0 {
		t.Errorf("one that does not wait: %d windows ignored, %d heeded", x.Ignored, x.Heeded)
	}
	if x := run(func(n int) int64 { return 2 << min(n, 6) }); x.Ignored > 0 || x.Heeded < 3 {
		t.Errorf("one that backs off: %d windows ignored, %d heeded", x.Ignored, x.Heeded)
	}
}
