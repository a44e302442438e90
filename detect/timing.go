package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Timing is the rhythm of an actor's requests.
type Timing struct{}

func (x *Timing) observe(p *Profile, r *event.Rec, s *inventory.Sums) {}
