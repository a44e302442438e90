package detect

import (
	"testing"

	"goshawk/event"
	"goshawk/inventory"
)

// probed plays requests to a probe; each is a path, a method, a status and traits.
func probed(t *testing.T, rs ...event.Rec) (x Probe) {
	t.Helper()
	var p Profile
	var s inventory.Sums
	for i, r := range rs {
		r.Time = int64(1_800_000_000+i) * 1e9
		if r.Verb == event.Post || r.Verb == event.Delete {
			r.Class |= event.Write
		}
		p.Observe(&r, &s)
		if Probes(&r, nil) || Misses(&r) {
			x.Observe(&p, &r, &s)
		}
	}
	return x
}

func TestProbeCountsPathsNotFailures(t *testing.T) {
	miss := func(path uint32, traits event.Traits) event.Rec {
		return event.Rec{Path: path, Verb: event.Get, Status: 404, Class: event.Refusal, Traits: traits}
	}
	x := probed(t, miss(1, 0), miss(1, 0), miss(1, 0), miss(2, event.Sensitive), miss(3, event.Inside), miss(3, event.Inside))
	if x.Missed.Count() != 3 || x.Sensitive.Count() != 1 || x.Inside.Count() != 1 {
		t.Errorf("%d paths, %d sensitive, %d inside", x.Missed.Count(), x.Sensitive.Count(), x.Inside.Count())
	}
	// What many miss is a broken link.
	var s inventory.Sums
	for who := range uint64(200) {
		s.Paths.Missed(&event.Rec{Path: 1, Client: who * 0x9E3779B97F4A7C15})
	}
	s.Paths.Missed(&event.Rec{Path: 2, Client: 7})
	v := s.Solve(nil)
	if got := x.Rare(v); got != 2 {
		t.Errorf("%v of 3 paths are rare, want 2", got)
	}
}

func TestProbeCountsFunctions(t *testing.T) {
	call := func(path uint32, verb event.Verb, status uint16) event.Rec {
		r := event.Rec{Path: path, Template: path, Verb: verb, Status: status, Traits: event.Admin, Principal: 9}
		if status >= 400 {
			r.Class = event.Refusal
		}
		return r
	}
	f := func(what string, x Probe, functions, writes, granted, entitled int) {
		t.Helper()
		if x.FunctionN.Count() != functions || x.Writes.Count() != writes || x.Granted.Count() != granted || int(x.Entitled) != entitled {
			t.Errorf("%s: %d functions, %d of them writes, %d granted, entitled to %d", what, x.FunctionN.Count(), x.Writes.Count(), x.Granted.Count(), x.Entitled)
		}
	}
	f("one function, often", probed(t, call(1, event.Get, 403), call(1, event.Get, 403), call(1, event.Get, 403)), 1, 0, 0, 0)
	f("a method is a function", probed(t, call(1, event.Get, 403), call(1, event.Delete, 403), call(1, event.Post, 401)), 3, 2, 0, 0)
	f("staff", probed(t, call(1, event.Get, 200), call(2, event.Get, 200), call(3, event.Get, 403)), 1, 0, 0, 2)
	var l []event.Rec
	for range 3 {
		l = append(l, call(1, event.Get, 403), call(2, event.Post, 403))
	}
	f("a hole", probed(t, append(l, call(2, event.Post, 201))...), 2, 1, 1, 0)
}
