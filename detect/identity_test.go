package detect

import (
	"testing"
	"unsafe"

	"goshawk/event"
	"goshawk/inventory"
)

func TestIdentitySize(t *testing.T) {
	if n := unsafe.Sizeof(Identity{}); n > 384 {
		t.Errorf("an identity takes %d bytes, more than 384", n)
	}
}

// life plays events of one user: a letter is a device, a digit a network, and a
// star after them a change of what keeps hold of the account. A minute lies
// between two.
func life(story ...string) *Identity {
	x, p, s := &Identity{}, &Profile{}, &inventory.Sums{}
	for i, e := range story {
		r := event.Rec{Time: int64(1e9) * int64(1_000_000+60*i), Who: event.User, Principal: 1, Status: 200, Session: 5,
			Device: uint32(e[0])<<1 | 1, Net: uint32(e[1])<<1 | 1, Client: uint64(e[1])}
		if len(e) > 2 {
			r.Class, r.Traits = event.Write, event.Hold
		}
		if e[1] >= '5' {
			r.Lat, r.Lon = 3568, 13977 // Tokyo
		} else {
			r.Lat, r.Lon = 5237, 490 // Amsterdam
		}
		x.Observe(p, &r, s)
	}
	return x
}

func TestStrangers(t *testing.T) {
	f := func(x *Identity, strangers, between, back, holding, far, linked uint16) {
		t.Helper()
		got := [6]uint16{x.Strangers, x.Between, x.Back, x.Holding, x.Far, x.Linked}
		if want := [6]uint16{strangers, between, back, holding, far, linked}; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	home := []string{"a1", "a1", "a1", "a1"}
	with := func(more ...string) *Identity { return life(append(home[:4:4], more...)...) }
	f(with(), 0, 0, 0, 0, 0, 0)
	f(with("a2", "a7", "a1", "a8"), 0, 0, 0, 0, 0, 0)        // a train, a VPN
	f(with("b1", "c1", "b2", "b1"), 0, 0, 0, 0, 0, 0)        // a household
	f(with("b2", "a1", "b2", "b1"), 0, 0, 1, 0, 0, 1)        // a telephone on the way, and then at home
	f(with("b2", "b2*", "a1", "b2", "a1"), 1, 1, 2, 1, 0, 0) // a thief
	f(with("b2", "c3", "d4", "a1"), 3, 3, 3, 0, 0, 0)        // three
	f(with("b7", "a1"), 1, 1, 1, 0, 1, 0)                    // a thief in Tokyo, a minute later
}

func TestDistance(t *testing.T) {
	if d := distance(5237, 490, 3568, 13977); d < 9200 || d > 9350 {
		t.Errorf("Amsterdam and Tokyo are %.0f km apart", d)
	}
	if d := distance(0, 17999, 0, -17999); d > 3 {
		t.Errorf("two places at the date line are %.0f km apart", d)
	}
}
