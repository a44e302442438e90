package detect

import (
	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// Wander is what an actor looked for and did not find, or was not let into:
// 190 bytes.
type Wander struct {
	Missed    sketch.Distinct // paths that are not there and that hardly anybody else asks for
	Refused   sketch.Few      // endpoints that answered 401 or 403
	Misses    uint32          // requests for what is missed
	Denials   uint32
	Sensitive uint16 // paths that only those ask for who look for a hole
	Odd       uint16 // methods that APIs do not use
	Schema    uint16 // schemas and descriptions asked for
	Payloads  uint16 // requests with an attack in them
	Changes   uint16 // refused changes: DELETE, PUT, PATCH, POST
	Opened    uint16 // endpoints that refused it three times or more, and then let it in
	Doors     [6]door
	Targets   sketch.Few // endpoints that payloads were sent to
	Ploys     uint16     // what they try: a bit for each event.Ploy
}

// door is an endpoint that refused an actor.
type door struct {
	Template uint16 // plus one
	Refused  uint8
	Open     bool
}

// common is how many addresses miss a path that is a broken link rather than a
// guess.
const common = 8

func (w *Wander) observe(r *event.Rec, s *inventory.Sums) {
	if r.Traits&event.Sensitive != 0 && r.Status >= 300 {
		w.Sensitive = saturate(w.Sensitive)
	}
	if r.Traits&event.OddVerb != 0 {
		w.Odd = saturate(w.Odd)
	}
	if r.Traits&event.Introspection != 0 {
		w.Schema = saturate(w.Schema)
	}
	if r.Traits&event.Payload != 0 && !quoted(r, s) {
		w.Payloads = saturate(w.Payloads)
		w.Ploys |= 1 << min(r.Ploy, 15)
		w.Targets.Add(uint64(r.Template) * 0x9E3779B97F4A7C15)
	}
	switch {
	case r.Class&event.Login != 0 || r.Traits&event.Health != 0 && r.Traits&event.Sensitive == 0 || r.Class&event.Asset != 0 || r.Verb == event.OptionsVerb:
		return
	case r.Status == 401 || r.Status == 403:
		if privileged(r, s) {
			w.Denials++
			w.Refused.Add(uint64(r.Template) * 0x9E3779B97F4A7C15)
			if r.Class&event.Write != 0 {
				w.Changes = saturate(w.Changes)
			}
			w.door(r)
		}
	case r.Status != 404 && r.Status != 405 && r.Status != 410 && r.Status != 400:
		return
	}
	if r.Class&event.Object != 0 && r.Traits&event.Sensitive == 0 || r.Traits&event.Referred != 0 {
		return // whoever walks ids is enumeration's; who follows a link did not guess
	}
	if r.Status == 400 && r.Traits&(event.Payload|event.Sensitive) == 0 {
		return
	}
	if s.View != nil {
		if e := s.View.Endpoint(r.Template); e.Visitors >= common && e.Good*10 < e.Events {
			return
		}
	}
	w.Misses++
	what := r.ID
	if r.Params != 0 || r.ID == 0 {
		what = (uint64(r.Template)<<32 | uint64(r.Params)) * 0x9E3779B97F4A7C15
	}
	w.Missed.Add(fold(what))
}

// quoted says whether many send here what reads as an attack: a language of
// filters, or a search that is used for code.
func quoted(r *event.Rec, s *inventory.Sums) bool {
	if s.View == nil {
		return false
	}
	e := s.View.Endpoint(r.Template)
	return e.Quoters >= 12 && e.Quoters >= 0.03*e.Visitors
}

// privileged says whether a refused request is for a function of few: by its
// path's words, or since it refuses more than it serves. What most may do
// refuses somebody whose token is missing or too old.
func privileged(r *event.Rec, s *inventory.Sums) bool {
	if r.Traits&event.Admin != 0 {
		return true
	}
	if r.Status != 403 || s.View == nil {
		return false
	}
	e := s.View.Endpoint(r.Template)
	return e.Denied > 0 && e.Good*2 < e.Denied
}

// door counts a refusal of an endpoint.
func (w *Wander) door(r *event.Rec) {
	t := uint16(r.Template + 1)
	least := 0
	for i := range w.Doors {
		d := &w.Doors[i]
		if d.Template == t {
			d.Refused = min(d.Refused+1, 255)
			return
		}
		if d.Refused < w.Doors[least].Refused {
			least = i
		}
	}
	if w.Doors[least].Refused <= 1 {
		w.Doors[least] = door{Template: t, Refused: 1}
	}
}

// Enter says whether a success opens an endpoint that had refused the actor at
// least three times, and counts it.
func (x *Probe) Enter(r *event.Rec) bool {
	t := uint16(r.Template + 1)
	for i := range x.Wander.Doors {
		if d := &x.Wander.Doors[i]; d.Template == t && d.Refused >= 3 && !d.Open {
			d.Open = true
			x.Wander.Opened = saturate(x.Wander.Opened)
			return true
		}
	}
	return false
}
