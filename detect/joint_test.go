package detect

import (
	"testing"

	"goshawk/event"
)

// TestJoint: a crowd is convicted by many who each show a little, and not by
// one who shows much, or by chance among many.
func TestJoint(t *testing.T) {
	f := func(name string, n int, factor, score float64, others int, want bool) {
		t.Helper()
		var who []suspect
		add := func(factor, score float64) {
			i := uint64(len(who))
			who = append(who, suspect{Member: &Member{Actor: event.Actor{Scope: event.IP}, Record: &Record{Key: i + 1}, Profile: &Profile{First: 1, Last: 2}, Score: score}, factor: factor, n: 10, hits: 9})
		}
		for range n {
			add(factor, score)
		}
		for range others {
			add(-2, 0)
		}
		if x, ok := joint(&Crowd{}, who); ok != want || ok && len(x.Members) != n {
			t.Errorf("%s: %v with %d members, want %v with %d", name, ok, len(x.Members), want, n)
		}
	}
	f("eight of a hundred", 8, 6, 0, 100, true)
	f("one alone", 1, 20, 0, 100, false)
	f("eight convicted alone", 8, 20, 0.9, 100, false)
	f("a few by chance", 4, 2.5, 0, 400, false)
	f("nobody", 0, 0, 0, 100, false)
}

// TestTrail: steps are counted each for itself, and the step most often out of
// order keeps its place.
func TestTrail(t *testing.T) {
	var x Trail
	for step := range uint8(9) {
		for range 5 {
			p := Passed{N: 1, Usual: 20}
			if step == 3 {
				p.Skipped = 1
			}
			x.add(step+1, &p)
		}
	}
	worst, factor := x.worst(3)
	if worst == nil || worst.Step != 4 || worst.N != 5 || factor < 5 {
		t.Errorf("worst is %+v with %.1f", worst, factor)
	}
}
