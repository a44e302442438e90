package detect

import (
	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// Guise is what an actor says it is, and where from: 96 bytes.
type Guise struct {
	Forwarded            uint32     // leftmost X-Forwarded-For of its latest event that had one
	Sources, SourceNets  sketch.Few // of them, and their networks
	Handed               uint16     // events with one
	Swaps, Alike, Onward uint16     // changes of it; of them with the same agent and principal; of these on the same endpoint
	Bogons               uint16     // impossible ones
	Fresh                uint16     // changes to one not among the latest two dozen
	Latest               [2]uint64  // a bit for each of those
	Odd                  uint16     // requests under an odd spelling
	Spellings            sketch.Few

	Hands [2]hand
	Asks  [3]ask

	Browsers uint16 // requests as a browser of today
	Stale    uint16 // as one that is out of date by years, or that never was
	Turns    uint16 // changes from one browser to another at one address, as one principal
	Makes    uint16 // a bit for each make
	Template uint16 // of the latest event, plus one
	Looks    uint8  // agent of the latest event that had a forwarded address
	Agent    uint8  // agent of the latest event
	Who      uint16 // principal and address of the latest event
	As       uint16 // principal of the latest event that had a forwarded address
}

// hand is a handshake, and what showed it said it is.
type hand struct {
	Print uint32
	N     uint16
	Maker event.Maker
}

// ask is how often a browser asked an endpoint, and how often with a referer.
type ask struct {
	Template, N, Sent uint16 // Template plus one
}

func (x *Guise) observe(p *Profile, r *event.Rec, s *inventory.Sums) {
	agent := uint8(r.Looks() & event.AgentBits)
	x.Makes |= 1 << r.Maker()
	who := uint16(r.Principal>>40) ^ uint16(r.Client>>24)
	if r.Maker().Engine() {
		x.Browsers = saturate(x.Browsers)
		if r.Looks()&(event.Stale|event.Impossible) != 0 {
			x.Stale = saturate(x.Stale)
		}
		if agent != x.Agent && who == x.Who && r.Principal != 0 && x.Browsers > 1 {
			x.Turns = saturate(x.Turns)
		}
		if r.Class&event.Asset == 0 {
			x.ask(r)
		}
		if x.Browsers == 16 || x.Browsers == 64 {
			s.Dressed(int(x.Browsers/64), p.Referred == 0 && p.Assets == 0)
		}
	} else if r.Looks()&event.Impossible != 0 {
		x.Stale = saturate(x.Stale)
	}
	x.Agent, x.Who = agent, who
	if r.Looks()&event.Handshake != 0 {
		x.shake(r)
	}
	if r.Spelling != 0 {
		x.Odd = saturate(x.Odd)
		x.Spellings.Add(uint64(r.Spelling) * 0x9E3779B97F4A7C15)
	}
	if r.Forwarded != 0 {
		x.forward(r, agent)
	}
	x.Template = uint16(min(r.Template+1, 1<<16-1))
}

// ask counts a request of a browser for its endpoint, if that is one of the
// first three.
func (x *Guise) ask(r *event.Rec) {
	t := uint16(min(r.Template+1, 1<<16-1))
	for i := range x.Asks {
		a := &x.Asks[i]
		if a.Template != t && a.Template != 0 {
			continue
		}
		a.Template = t
		if a.N = saturate(a.N); r.Traits&event.Referred != 0 {
			a.Sent = saturate(a.Sent)
		}
		return
	}
}

// shake counts a handshake and what showed it; the rarer of two gives way.
func (x *Guise) shake(r *event.Rec) {
	print := uint32(r.Print >> 32)
	least := &x.Hands[0]
	for i := range x.Hands {
		h := &x.Hands[i]
		if h.N > 0 && h.Print == print && h.Maker == r.Maker() {
			h.N = saturate(h.N)
			return
		}
		if h.N < least.N {
			least = h
		}
	}
	if least.N == 0 {
		*least = hand{print, 1, r.Maker()}
		return
	}
	least.N--
}

// forward counts a forwarded address. What goes on under another as the same
// client on the same endpoint is one client that changes what it writes there.
func (x *Guise) forward(r *event.Rec, agent uint8) {
	x.Handed = saturate(x.Handed)
	if r.Traits&event.Bogon != 0 {
		x.Bogons = saturate(x.Bogons)
	}
	x.Sources.Add(uint64(r.Forwarded) * 0x9E3779B97F4A7C15)
	x.SourceNets.Add(uint64(r.Forwarded>>16) * 0x9E3779B97F4A7C15)
	as := uint16(r.Principal >> 40)
	if x.Forwarded != 0 && r.Forwarded != x.Forwarded {
		if x.Swaps = saturate(x.Swaps); x.Swaps%24 == 0 {
			x.Latest = [2]uint64{}
		}
		bit := (r.Forwarded ^ r.Forwarded>>16) * 0x9E3779B1 >> 25
		if x.Latest[bit>>6]>>(bit&63)&1 == 0 {
			x.Fresh = saturate(x.Fresh)
			x.Latest[bit>>6] |= 1 << (bit & 63)
		}
		if agent == x.Looks && as == x.As {
			if x.Alike = saturate(x.Alike); x.Template == uint16(min(r.Template+1, 1<<16-1)) {
				x.Onward = saturate(x.Onward)
			}
		}
	}
	x.Forwarded, x.Looks, x.As = r.Forwarded, agent, as
}

// Proxy says whether the actor's forwarded addresses are clients of a proxy:
// five or more, most of whom differ in more than their address.
func (x *Guise) Proxy() bool {
	return x.Handed >= 20 && x.Sources.Count() >= 5 && x.Swaps >= 10 && 3*x.Alike <= 2*x.Swaps
}
