package inventory

import (
	"math"
	"testing"

	"goshawk/sketch"
)

// However much of the stream is an attack, it cannot teach its own rate as the
// normal one: the mean stays within half and twice the prior's.
func TestAttackCannotTeachNormal(t *testing.T) {
	f := func(k, n uint64, want float64) {
		t.Helper()
		s := Sums{LoginK: k, LoginN: n}
		*s.Template(0) = TemplateSums{MissK: k, MissN: n, NeighbourK: k, NeighbourN: n}
		v := s.Solve([]string{"GET /a/{id}"})
		for what, pair := range map[string][2]sketch.Beta{
			"login": {v.Login, PriorLogin}, "miss": {v.Endpoint(0).Miss, PriorMiss}, "neighbour": {v.Endpoint(0).Neighbour, PriorNeighbour}} {
			got, prior := pair[0], pair[1]
			if r := got.Mean() / prior.Mean(); math.Abs(r-want) > 1e-9 {
				t.Errorf("%d of %d: %s is %.3f times its prior, want %v", k, n, what, r, want)
			}
			if strength := got.A + got.B; math.Abs(strength-prior.A-prior.B) > 1e-9 {
				t.Errorf("%s: strength %v, want the prior's", what, strength)
			}
		}
	}
	f(0, 0, 2)         // nobody seen: the upper bound
	f(8, 8, 2)         // the first source
	f(1<<40, 1<<40, 2) // nothing but failures
	f(0, 1<<40, 0.5)   // nothing but successes
	f(1<<39, 1<<40, 2) // half
	f(1e6, 1e9, 0.5)   // a thousandth
}

// In between the mean moves with the peers, and more votes move it further.
func TestPeersTeachNormal(t *testing.T) {
	mean := func(k, n uint64) float64 { return (&Sums{LoginK: k, LoginN: n}).Solve(nil).Login.Mean() }
	if few, many := mean(4, 40), mean(400, 4000); !(many < few && few < 2*PriorLogin.Mean() && many > 0.1) {
		t.Errorf("one in ten fails: %.3f after 40 tries, %.3f after 4000", few, many)
	}
}

func TestLimitsHaveFloors(t *testing.T) {
	f := func(values []uint32, times int, want Limits) {
		t.Helper()
		var s Sums
		for range times {
			for _, v := range values {
				s.Minute[0].Add(v)
				s.Hour[0].Add(v)
				s.Distinct[0].Add(v)
			}
		}
		if got := s.Solve(nil).Limits[0]; got.Minute != want.Minute || got.Hour != want.Hour || got.Distinct != want.Distinct {
			t.Errorf("%v, %d times: %+v, want %+v", values, times, got, want)
		}
	}
	f(nil, 0, PriorPeople)
	f([]uint32{1}, 1_000_000, Limits{20, 1000, 25}) // slow people: the floors
}

// Busy peers raise the limits; one who shouts among them does not.
func TestLimitsFollowPeers(t *testing.T) {
	var s Sums
	for range 10_000 {
		s.Minute[0].Add(100)
	}
	busy := s.Solve(nil).Limits[0].Minute
	for range 9 {
		s.Minute[0].Add(1_000_000)
	}
	if loud := s.Solve(nil).Limits[0].Minute; busy < 200 || loud > 1.1*busy {
		t.Errorf("limit %v among peers of 100 a minute, %v once nine shout", busy, loud)
	}
}

// Merging workers' votes in any order gives one worker's.
func TestMerge(t *testing.T) {
	one := func(i uint64) *Sums {
		s := &Sums{LoginN: i, LoginK: i / 2, Successes: i, Accounts: 1}
		s.Minute[0].Add(uint32(i))
		*s.Template(uint32(i)) = TemplateSums{Events: i, Objects: i, MissN: i, MissK: 1, NeighbourN: i, NeighbourK: 1, GroupN: i, GroupK: 1, Owned: i, Foreign: 1, Min: 10 - i, Max: 100 + i}
		*s.Template(0) = TemplateSums{Events: 1, Min: 10 - i, Max: 100 + i}
		return s
	}
	var a, b Sums
	for i := range uint64(5) {
		s := one(i + 1)
		a.Merge(s)
		if s.LoginN != 0 || len(s.Templates) != 0 {
			t.Error("what was merged is not cleared")
		}
		b.Merge(one(5 - i))
	}
	if len(a.Templates) != 6 || a.Templates[0] != (TemplateSums{Events: 5, Min: 5, Max: 105}) {
		t.Errorf("templates %+v", a.Templates)
	}
	for i := range a.Templates {
		if a.Templates[i] != b.Templates[i] {
			t.Errorf("template %d: %+v one way, %+v the other", i, a.Templates[i], b.Templates[i])
		}
	}
	if a.LoginN != 15 || a.Minute != b.Minute || a.LoginK != b.LoginK || a.Successes != b.Successes || a.Accounts != 5 {
		t.Errorf("%+v, %+v", a.LoginN, b.LoginN)
	}
}

func TestEndpoint(t *testing.T) {
	s := Sums{Successes: 19}
	*s.Template(1) = TemplateSums{Owned: 60, Foreign: 29, Shared: 5, Min: 1000, Max: 1301}
	*s.Template(2) = TemplateSums{Owned: 60, Foreign: 30}
	*s.Template(3) = TemplateSums{Owned: 60, Shared: 6}
	*s.Template(4) = TemplateSums{Owned: 49}
	v := s.Solve([]string{"a", "b", "c", "d", "e"})
	if v.Outcomes || v.Accounts {
		t.Errorf("19 successes and no account: %+v", v)
	}
	for i, private := range []bool{false, true, false, false, false} {
		if v.Endpoint(uint32(i)).Private != private {
			t.Errorf("%+v: private %v", s.Templates[i], !private)
		}
	}
	if e := v.Endpoint(1); e.Name != "b" || e.Chance < 0.85 || e.Neighbour.Mean() < e.Chance-1e-9 {
		t.Errorf("ids 1000 to 1300 are neighbours by chance: %+v", e)
	}
	if e := v.Endpoint(99); e.Miss.Mean() != 2*PriorMiss.Mean() {
		t.Errorf("an endpoint not seen yet: %+v", e)
	}
	if early := NewView(); early.Login.Mean() != 2*PriorLogin.Mean() || early.Limits[1] != PriorPrograms {
		t.Errorf("before the first epoch: %+v", early)
	}
}

// One fingerprint is judged by what others do, not by itself.
func TestOthers(t *testing.T) {
	e := Endpoint{GroupN: 1000, GroupK: 900}
	if m := e.Others(900, 1000).Mean(); math.Abs(m-0.2) > 1e-9 {
		t.Errorf("alone: %v, want the prior's bound", m)
	}
	if m := e.Others(100, 200).Mean(); math.Abs(m-840./1000) > 1e-9 {
		t.Errorf("among others: %v", m)
	}
	e.Chance = 0.5
	if m := e.Others(900, 1000).Mean(); m != 0.5 {
		t.Errorf("never below chance: %v", m)
	}
}
