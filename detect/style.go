package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Style is a signature of what an actor's programme does, by which programmes are compared.
type Style struct{}

func (x *Style) observe(p *Profile, r *event.Rec, s *inventory.Sums) {}
