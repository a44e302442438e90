package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Trail is the order of an actor's requests.
type Trail struct{}

func (x *Trail) observe(p *Profile, r *event.Rec, s *inventory.Sums) {}
