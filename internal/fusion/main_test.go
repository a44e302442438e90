package main

import (
	"testing"

	"goshawk/detect"
	"goshawk/simulate"
)

// A detector that is always right earns a weight, one that is right as often as
// not earns none, and a threshold keeps to the budget.
func TestFit(t *testing.T) {
	n := len(detect.All())
	s := set{requests: 100_000, campaigns: make([]simulate.Campaign, 1)}
	for i := range 400 {
		r := row{llr: make([]float64, n), guilty: i%2 == 0}
		if r.guilty {
			r.llr[0], r.campaigns = 6, []int{0}
		}
		if i/2%2 == 0 {
			r.llr[1] = 6
		}
		s.rows = append(s.rows, r)
	}
	m := s.fit(nil)
	if m.w[0] < 0.5 || m.w[1] > 0.1 || m.w[1] < -0.1 {
		t.Errorf("weights %.2f and %.2f", m.w[0], m.w[1])
	}
	at, wrong := s.threshold(m.score), 0
	for i := range s.rows {
		if r := &s.rows[i]; !r.guilty && m.score(r) >= at {
			wrong++
		}
	}
	if wrong > budget*s.requests/1_000_000 {
		t.Errorf("%d false claims", wrong)
	}
	if lo, hi := s.compare(m.score, at, m.score, at); lo != 0 || hi != 0 {
		t.Errorf("a model is better than itself by %v to %v", lo, hi)
	}
}
