package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Forms is what an actor asks most, and in which form: 72 bytes. It is compared
// with how others ask: a route that nobody else uses, parameters that nobody
// else sends.
type Forms struct {
	Of [6]form
}

type form struct {
	Template uint32 // plus one, 0 none
	Params   uint32
	N        uint16 // successes
	After    uint16 // requests that had missed before the first
}

func (x *Forms) observe(p *Profile, r *event.Rec, s *inventory.Sums) {
	if p.N == inventory.MissesOf {
		s.Paths.Failed.N[min(p.Missing+p.Denied+p.Faulty, inventory.MissesOf)]++
	}
	if r.Path == 0 || r.Class&event.Asset != 0 || r.Status/100 != 2 {
		return
	}
	least := 0
	for i := range x.Of {
		f := &x.Of[i]
		if f.Template == r.Template+1 && f.Params == r.Params {
			f.N = saturate(f.N)
			return
		}
		if f.N < x.Of[least].N {
			least = i
		}
	}
	if f := &x.Of[least]; f.N > 1 {
		f.N-- // the least used wears off
	} else {
		*f = form{Template: r.Template + 1, Params: r.Params, N: 1, After: uint16(min(p.Missing, 1<<16-1))}
	}
}
