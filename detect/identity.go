package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Identity is kept of principals (users, keys, sessions): where they are used
// from, and with what.
type Identity struct {
	First, Last uint32 // Unix seconds
	N           uint32 // events
	Client      uint64 // latest
	Print       uint64
	Lines       Refs
}

// Observe counts an event of the principal and says whether anything about its
// whereabouts changed.
func (x *Identity) Observe(p *Profile, r *event.Rec, s *inventory.Sums) (moved bool) {
	sec := uint32(r.Time / 1e9)
	if x.N == 0 {
		x.First = sec
	}
	moved = x.N > 0 && (r.Client != x.Client || r.Print != x.Print)
	x.Client, x.Print = r.Client, r.Print
	x.N++
	x.Last = sec
	return moved
}
