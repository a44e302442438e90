package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Pressure is how an actor answers to being told to wait.
type Pressure struct{}

func (x *Pressure) observe(p *Profile, r *event.Rec, s *inventory.Sums) {}
