package detect

import (
	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// Timing is the rhythm of an actor's requests: its latest intervals. 64 bytes.
type Timing struct {
	Last   int64 // Unix milliseconds
	Period sketch.Period
}

func (x *Timing) observe(p *Profile, r *event.Rec, s *inventory.Sums) {
	ms := r.Time / 1e6
	if x.Last != 0 && r.Class&event.Asset == 0 && r.Mark&event.MarkNoTime == 0 {
		x.Period.Add(uint64(ms - x.Last))
	}
	x.Last = ms
}
