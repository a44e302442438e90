package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Cost is what an actor's requests cost the server.
type Cost struct{}

func (x *Cost) observe(p *Profile, r *event.Rec, s *inventory.Sums) {}
