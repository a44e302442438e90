package detect

import (
	"math/rand/v2"
	"testing"
	"unsafe"

	"goshawk/event"
)

// play lets an actor make n requests: the script's, or with a chance of noise
// any other.
func play(r *rand.Rand, script []uint32, n int, noise float64) *routine {
	var s Style
	p := &Profile{}
	for i := range n {
		t := script[i%len(script)]
		if r.Float64() < noise {
			t = uint32(r.IntN(12))
		}
		s.observe(p, &event.Rec{Template: t, Status: 200, ID: uint64(i)}, nil)
	}
	g := &routine{}
	g.add(&s)
	return g
}

// TestProgrammes: two runs of one programme are alike however noisy they are,
// and two programmes that make the same requests in another order are not.
func TestProgrammes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	one, other := []uint32{1, 2, 3, 3, 4, 3}, []uint32{5, 1, 6, 7, 7, 8}
	f := func(a, b []uint32, noise float64, same bool) {
		t.Helper()
		hits := 0
		for range 200 {
			likeness, excess := play(r, a, 80, noise).unlike(play(r, b, 80, noise))
			if likeness >= 0.9 && excess <= excessive {
				hits++
			}
		}
		if same && hits < 150 || !same && hits > 5 {
			t.Errorf("%v and %v with noise %.1f: %d of 200 are one programme", a, b, noise, hits)
		}
	}
	f(one, one, 0, true)
	f(one, one, 0.1, true)
	f(one, one, 0.2, true)
	f(one, other, 0, false)
	f(one, other, 0.3, false)
}

func TestWalk(t *testing.T) {
	f := func(low, high uint64, ids ...uint64) {
		t.Helper()
		var s Style
		for _, id := range ids {
			s.walk(id)
		}
		if s.Low != low || s.High != high {
			t.Errorf("%d: walked from %d to %d, want %d to %d", ids, s.Low, s.High, low, high)
		}
	}
	f(10, 13, 10, 11, 12, 13)
	f(10, 13, 10, 11, 9000, 12, 13)    // one beside the walk
	f(500, 502, 10, 500, 501, 502)     // the first was beside it
	f(10, 11, 10, 11, 7000, 300, 8000) // no other walk
}

// TestOneTimer: arrivals of a jittered timer are surprising, those of addresses
// that do not know of each other are not.
func TestOneTimer(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	weigh := func(gap func() float64) float64 {
		c := &Crowd{}
		now := 1e9
		for i := range 200 {
			c.Strangers = append(c.Strangers, Entry{Rec: event.Rec{Time: int64(now * 1e9), Client: uint64(i%100+1) << 20, ID: uint64(i), Class: event.Object}})
			now += 5 * gap()
		}
		b := &beat{}
		for i := range c.Strangers {
			b.at = append(b.at, int32(i))
		}
		for i := range 100 { // others, later
			c.Strangers = append(c.Strangers, Entry{Rec: event.Rec{Time: int64(now * 1e9), Client: uint64(i+1000) << 20}})
		}
		c.First = c.Strangers[0].Time - 3600e9
		b.weigh(&intervalParams{Addresses: 8, Arrivals: 32}, c)
		return b.llr
	}
	timers, chance := 0, 0
	for range 300 {
		if weigh(func() float64 { return 0.5 + r.Float64() }) >= 5.5 {
			timers++
		}
		if weigh(r.ExpFloat64) >= 2 {
			chance++
		}
	}
	if timers < 290 || chance > 0 {
		t.Errorf("%d of 300 timers are seen, and %d of 300 crowds are taken for one", timers, chance)
	}
}

func TestWithoutOverlap(t *testing.T) {
	actors := func(from, to int) (l []event.Actor) {
		for i := from; i < to; i++ {
			l = append(l, event.Actor{Scope: event.User, Value: string(rune('a' + i))})
		}
		return l
	}
	l := withoutOverlap([]Claim{
		{Key: 1, LLR: 5, Members: actors(0, 9), At: 3},
		{Key: 2, LLR: 6, Members: actors(0, 10), At: 7},
		{Key: 3, LLR: 5, Members: actors(0, 2), At: 1},
		{Key: 4, LLR: 5, Actor: event.Actor{Scope: event.IP, Value: "192.0.2.1"}},
	})
	if len(l) != 3 || l[0].Key != 2 || l[0].At != 3 || l[1].Key != 3 || l[2].Key != 4 {
		t.Errorf("kept %+v", l)
	}
}

// TestSizes holds what every active actor costs.
func TestSizes(t *testing.T) {
	if n := unsafe.Sizeof(Style{}); n > 160 {
		t.Errorf("a style has %d bytes", n)
	}
	if n := unsafe.Sizeof(Timing{}); n > 64 {
		t.Errorf("a rhythm has %d bytes", n)
	}
}
