package detect

import (
	"testing"

	"goshawk/event"
	"goshawk/inventory"
)

// A proxy's clients differ and come back; one client's addresses are new each
// time, and all else stays.
func TestForwarded(t *testing.T) {
	f := func(name string, agents, values int, proxy, alike bool) {
		t.Helper()
		var p Profile
		var s inventory.Sums
		for i := range 200 {
			r := event.Rec{Time: int64(i) * 1e9, Template: 3, Forwarded: uint32(i%values)*0x9E3779B1 | 1, Client: 7}
			r.Say(event.Chromium, event.Looks(i%agents))
			p.Guise.observe(&p, &r, &s)
		}
		x := &p.Guise
		if got := x.Proxy(); got != proxy {
			t.Errorf("%s: a proxy: %v", name, got)
		}
		if got := x.Alike >= 180; got != alike {
			t.Errorf("%s: %d of %d changes with all else the same", name, x.Alike, x.Swaps)
		}
	}
	f("an edge", 7, 40, true, false)
	f("one who makes them up", 1, 1000, false, true)
	f("a desk behind a proxy", 1, 1, false, false)
}

// Roam counts addresses exactly up to eleven, then within a third, and tells
// who asks on across a change of address from who pauses.
func TestRoam(t *testing.T) {
	f := func(addresses, each int, pause int64, even bool) {
		t.Helper()
		var p Profile
		var x Roam
		now := int64(0)
		for i := range addresses * each {
			now += 5e9
			if i%each == 0 {
				now += pause
			}
			x.Observe(&p, &event.Rec{Time: now, Client: uint64(i/each+1) * 0x9E3779B97F4A7C15})
		}
		k := x.Addresses() - int(x.Early)
		if low, high := addresses*6/10, addresses*16/10; k < low || k > high || addresses < 12 && k != addresses {
			t.Errorf("%d addresses are counted as %d", addresses, k)
		}
		if got := x.Even(); got != even {
			t.Errorf("%d addresses, %d requests each, a pause of %d s: even %v", addresses, each, pause/1e9, got)
		}
	}
	f(1, 40, 0, false)
	f(8, 5, 0, true)
	f(200, 3, 0, true)
	f(200, 1, 0, true)
	f(40, 5, 600e9, false)
}
