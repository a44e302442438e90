package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Probe is kept of actors that ask for what is not there, not theirs, or not right.
type Probe struct {
	First, Last uint32 // Unix seconds
	N           uint32 // events that are counted here
	Lines       Refs
	Site        Site
	Wander      Wander
}

// Probes says whether an event is counted here.
func Probes(r *event.Rec) bool {
	if r.Traits&event.Cloud != 0 {
		return false // see Cloud
	}
	return r.Class&event.Refusal != 0 || r.Status == 400 || r.Traits&(event.Sensitive|event.Payload|event.OddVerb|event.Introspection|event.WPUsers|event.XMLRPC|event.WPPart) != 0 || r.Traits&event.WordPress != 0 && r.Class&(event.Login|event.Write) != 0
}

// Observe counts an event and casts the actor's votes.
func (x *Probe) Observe(p *Profile, r *event.Rec, s *inventory.Sums) {
	sec := uint32(r.Time / 1e9)
	if x.N == 0 {
		x.First = sec
	}
	x.N++
	x.Site.observe(r)
	x.Wander.observe(r, s)
	x.Last = sec
}

// Odd says whether it is worth a closer look: cheap, and true of all that a
// detector would report.
func (x *Probe) Odd() bool { return x.N >= 3 }
