package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Cloud is kept of actors that call a cloud provider's own API.
type Cloud struct {
	First, Last uint32 // Unix seconds
	N           uint32 // events that are counted here
	Lines       Refs
}

// Clouds says whether an event is counted here.
func Clouds(r *event.Rec) bool { return r.Traits&event.Cloud != 0 }

// Observe counts an event and casts the actor's votes.
func (x *Cloud) Observe(p *Profile, r *event.Rec, s *inventory.Sums) {
	sec := uint32(r.Time / 1e9)
	if x.N == 0 {
		x.First = sec
	}
	x.N++
	x.Last = sec
}

// Odd says whether it is worth a closer look: cheap, and true of all that a
// detector would report.
func (x *Cloud) Odd() bool { return x.N >= 3 }
