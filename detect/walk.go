package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Walk is how an actor goes through a catalogue.
type Walk struct{}

func (x *Walk) observe(p *Profile, r *event.Rec, s *inventory.Sums) {}
