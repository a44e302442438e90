package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Habits is how an actor behaves hour by hour, so that it can be compared with itself.
type Habits struct{}

func (x *Habits) observe(p *Profile, r *event.Rec, s *inventory.Sums) {}
