package engine

import (
	"testing"

	"goshawk/event"
)

const second = int64(1e9)

// attempts plays log-ins to an outage and says how many failures it excused.
type attempts struct {
	outage
	now     int64
	excused int
}

func (a *attempts) success(times int, gap int64) {
	for range times {
		a.now += gap
		a.fails(&event.Rec{Time: a.now, Class: event.Login | event.Succeeded})
	}
}

func (a *attempts) failure(times int, gap int64, addresses uint64) {
	for i := range uint64(times) {
		a.now += gap
		if a.fails(&event.Rec{Time: a.now, Client: i%addresses + 1, Class: event.Login | event.Failed}) {
			a.excused++
		}
	}
}

func TestOutage(t *testing.T) {
	f := func(what string, excused int, play func(a *attempts)) {
		t.Helper()
		a := attempts{now: 1_800_000_000 * second}
		play(&a)
		if a.excused != excused {
			t.Errorf("%s: %d failures excused, want %d", what, a.excused, excused)
		}
	}
	f("an ordinary day", 0, func(a *attempts) {
		for range 100 {
			a.success(3, 10*second)
			a.failure(1, second, 1)
		}
	})
	// One in ten seconds gets in; for a minute nobody has.
	f("many fail and nobody gets in", 34, func(a *attempts) {
		a.success(20, 10*second)
		a.failure(40, 10*second, 12)
	})
	f("one address fails, however often", 0, func(a *attempts) {
		a.success(20, 10*second)
		a.failure(400, 10*second, 1)
	})
	f("five addresses fail", 0, func(a *attempts) {
		a.success(20, 10*second)
		a.failure(400, 10*second, 5)
	})
	// An attack keeps nobody out.
	f("many fail while others get in", 0, func(a *attempts) {
		a.success(20, 10*second)
		for range 50 {
			a.failure(30, second/5, 30)
			a.success(1, 4*second)
		}
	})
	f("too few successes to know the usual gap", 0, func(a *attempts) {
		a.success(7, 10*second)
		a.failure(100, 10*second, 50)
	})
	f("somebody got in: it is over", 34, func(a *attempts) {
		a.success(20, 10*second)
		a.failure(40, 10*second, 12)
		a.success(1, second)
		a.failure(6, second, 6)
	})
}

// A drought does not make the next one normal.
func TestOutageDoesNotTeach(t *testing.T) {
	a := attempts{now: 1_800_000_000 * second}
	a.success(100, 10*second)
	before := a.gap
	a.success(1, 86400*second)
	if a.gap > before*5/4 {
		t.Errorf("the usual gap went from %d to %d s", before/second, a.gap/second)
	}
}

func TestOutageCovers(t *testing.T) {
	a := attempts{now: 0}
	a.success(20, 10*second) // the last at 200
	a.failure(40, 10*second, 12)
	f := func(from, to int64, want bool) {
		t.Helper()
		if a.covers(from*second, to*second) != want {
			t.Errorf("%d to %d: %v", from, to, !want)
		}
	}
	f(210, 500, true) // it lasts
	f(190, 500, false)
	a.success(1, 10*second) // over, at 610
	f(210, 500, true)
	f(210, 620, false)
	f(100, 150, false)
	for range 3 * maxOutages {
		a.failure(40, 10*second, 12)
		a.success(9, 10*second)
	}
	if len(a.past) != maxOutages {
		t.Errorf("%d outages are remembered", len(a.past))
	}
}
