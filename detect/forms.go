package detect

import (
	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// Forms is what an actor asks with success once it has a Probe, and in which
// form: 80 bytes. It is compared with how others ask.
type Forms struct {
	Of   [6]form
	Odd  uint16     // requests unlike what their endpoints are asked
	Ways uint8      // in which ways: see unlike
	Sets sketch.Few // of them, different sets of parameters
}

type form struct {
	Template uint32 // plus one, 0 none
	Params   uint32
	N        uint16 // successes
	After    uint16 // requests that had missed before the first
}

// Ways in which a request may be unlike what its endpoint is asked and answers.
const (
	oddParams = 1 << iota // names of parameters that fewer than one in a thousand send
	oddSize               // eight times as long as hardly any
	oddStatus             // refused as malformed, as fewer than one in five hundred are
)

// An endpoint's usual form is known from that many successes and addresses on.
const formGood, formPeers = 1000, 30

// unlike says in which ways a request is unlike what is usual on its endpoint.
// Methods are endpoints of their own: see Probe.Verbs.
func unlike(r *event.Rec, v *inventory.View) (ways uint8) {
	if v == nil || r.Path == 0 || r.Ploy != event.NoPloy || r.Class&(event.Asset|event.Login) != 0 {
		return 0
	}
	e := v.Endpoint(r.Template)
	if e.Good < formGood || e.Visitors < formPeers {
		return 0
	}
	if r.Params != 0 && e.ParamShare(r.Params) < 0.001 {
		ways |= oddParams
	}
	if e.SentHigh > 0 && r.BytesIn > 4096 && float64(r.BytesIn) > 8*e.SentHigh {
		ways |= oddSize
	}
	switch r.Status {
	case 400, 406, 411, 412, 413, 414, 415, 416, 417, 422, 431:
		if e.Faulty*500 < e.Events {
			ways |= oddStatus
		}
	}
	return ways
}

// odd counts a request that is unlike others.
func (x *Forms) odd(r *event.Rec, ways uint8) {
	x.Odd = saturate(x.Odd)
	x.Ways |= ways
	if ways&oddParams != 0 {
		x.Sets.Add(scatter(r.Params^r.Template*0x9E3779B1, 0))
	}
}

func (x *Forms) observe(p *Profile, r *event.Rec) {
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
