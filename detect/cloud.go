package detect

import (
	"fmt"
	"math"
	"math/bits"

	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// Cloud is kept of principals that call a cloud provider's own API, from their
// first call: few calls can be enough there. 368 bytes.
//
// Kinds of calls (service and action) are counted in sets of 128 bits, which
// hold about as many kinds as one principal ever uses.
type Cloud struct {
	First, Last uint32 // Unix seconds
	N           uint32 // events that are counted here

	Asked, Refused    Calls  // kinds of calls; of them, refused at the first try
	Looks, WinLooks   Calls  // WinLooks: in these five minutes
	Probed            Calls  // of Refused, what nothing is built or run with: looks, secrets, rights, guards
	Rises, Blinds     uint64 // kinds, by their number
	RisesRefused      uint64 // refused at any try
	BlindsRefused     uint64
	Dims, Builds      uint64 // lesser forms of Blind and Rise
	Undone            uint64 // kinds of removals
	Shares, Copies    uint64
	Open              uint64     // of data and secrets, allowed when last tried
	Services          sketch.Few // of looks
	Turned            sketch.Few // services that refused
	Objects           sketch.Few // secrets named, up to some sixty
	Home, Again, Away Calls      // asked from where it was first used; twice from there; from elsewhere
	HomeNets          uint64
	HomeAgents        uint32
	HomeN, AwayN      uint32
	HomeAfter         uint32 // from home, after it was first used elsewhere
	AwayOdd           uint32 // from elsewhere, with another program than at home
	HomeLooks         uint32 // looks, from home
	AwayTaken         uint32 // data and secrets, from elsewhere
	Risen, Blinded    uint32 // deeds that succeeded
	Fetches, Reads    uint32 // of data, of secrets
	Taken             uint32 // of them, of shares too, refused
	Relapses          uint32 // of them refused that were allowed the time before
	Deeds, Barred     uint32 // changes of rights and guards tried, refused
	Watches           uint32
	Long, Built       uint32 // calls with a key that does not expire, by infrastructure as code
	Typed             uint32 // on the command line
	OffMachine        uint32 // with a machine's credentials, from a Mac
	Pages, Masked     uint32 // from the console; as from a browser, with a key that no browser has
	Window            uint32 // beginning of these five minutes
	WinPeak           uint8
	WhoAmI            bool
	Grabbed           bool // refused more than looks: secrets, rights or guards
	Role              uint16
	Callers           event.Caller // all seen
	Lines             Refs
}

// Calls is a set of kinds of calls.
type Calls [2]uint64

func (c *Calls) add(bit uint) (fresh bool) {
	w, b := &c[bit>>6&1], uint64(1)<<(bit&63)
	fresh = *w&b == 0
	*w |= b
	return fresh
}

func (c *Calls) has(bit uint) bool { return c[bit>>6&1]>>(bit&63)&1 != 0 }

// Count returns how many kinds there are.
func (c Calls) Count() int { return bits.OnesCount64(c[0]) + bits.OnesCount64(c[1]) }

func (c Calls) without(o Calls) Calls { return Calls{c[0] &^ o[0], c[1] &^ o[1]} }

// Clouds says whether an event is counted here: a call that somebody made, not
// the provider itself.
func Clouds(r *event.Rec) bool {
	return r.Traits&event.Cloud != 0 && r.Caller&event.AsService == 0 && r.Principal != 0
}

// Urgent says whether an actor is remembered from this event on, however few it
// has: in a cloud's API one call can be enough, and who tries functions of
// administrators is refused at first.
func Urgent(scope event.Scope, r *event.Rec) bool {
	return scope != event.IP && (Clouds(r) || r.Status == 403 && r.Traits&event.Admin != 0)
}

// settled is how many calls show where a principal is at home.
const settled = 12

// Observe counts an event and casts the actor's votes.
func (x *Cloud) Observe(p *Profile, r *event.Rec, s *inventory.Sums) {
	sec := uint32(r.Time / 1e9)
	if x.N == 0 {
		x.First, x.Role = sec, r.Role
	}
	x.N++
	x.Last = sec
	x.Callers |= r.Caller
	if r.Caller&event.AsMachine != 0 && r.Caller&event.FromMac != 0 {
		x.OffMachine++
	}
	s.Call(r)
	bit := inventory.CallBit(r.Template)
	refused := r.Status == 401 || r.Status == 403
	if x.Asked.add(bit) && refused {
		x.Refused.add(bit)
		switch r.Deed {
		case event.Secret, event.Rise, event.Blind:
			x.Grabbed = true
			x.Probed.add(bit)
		case event.Look:
			x.Probed.add(bit)
		}
		x.Turned.Add(uint64(r.Service) * 0x9E3779B97F4A7C15)
	}
	if x.N == 16 {
		s.RefusedK += uint64(x.Refused.Count())
		s.RefusedN += uint64(x.Asked.Count())
	}
	if r.Caller&event.LongKey != 0 {
		x.Long++
	}
	if r.Caller&event.FromBuilder != 0 {
		x.Built++
	}
	if r.Caller&event.FromShell != 0 {
		x.Typed++
	}
	if r.Caller&event.FromConsole != 0 {
		if r.Caller&event.LongKey != 0 {
			x.Masked++
		} else {
			x.Pages++
		}
	}
	x.deed(r, bit, sec, refused)
	x.place(r, bit)
}

func (x *Cloud) deed(r *event.Rec, bit uint, sec uint32, refused bool) {
	kind := uint64(1) << (r.Nth & 63)
	switch r.Deed {
	case event.WhoAmI:
		x.WhoAmI = true
	case event.Look:
		x.Looks.add(uint(r.Nth))
		x.Services.Add(uint64(r.Service) * 0x9E3779B97F4A7C15)
		if sec-x.Window >= 300 {
			x.Window, x.WinLooks = sec, Calls{}
		}
		if x.WinLooks.add(uint(r.Nth)) {
			x.WinPeak = max(x.WinPeak, uint8(x.WinLooks.Count()))
		}
	case event.Build:
		x.Builds |= kind
	case event.Dim:
		x.Dims |= kind
	case event.Undo:
		x.Undone |= 1 << (bit & 63)
	case event.Watch:
		x.Watches++
	case event.Rise:
		x.Rises |= kind
		x.Deeds++
		if refused {
			x.RisesRefused |= kind
			x.Barred++
		} else {
			x.Risen++
		}
	case event.Blind:
		x.Blinds |= kind
		x.Deeds++
		if refused {
			x.BlindsRefused |= kind
			x.Barred++
		} else {
			x.Blinded++
		}
	case event.Secret:
		x.take(kind, refused)
		if !refused {
			x.Reads++
			if r.ID != 0 {
				x.Objects.Add(r.ID * 0x9E3779B97F4A7C15)
			}
		}
	case event.Fetch:
		x.take(kind<<16, refused)
		if !refused {
			x.Fetches++
		}
	case event.Copy:
		x.Copies |= kind
	case event.Share:
		x.Shares |= kind
		x.take(bits.RotateLeft64(kind, 32), refused)
	}
}

// take counts how a call that takes data was answered.
func (x *Cloud) take(kind uint64, refused bool) {
	switch {
	case !refused:
		x.Open |= kind
		return
	case x.Open&kind != 0:
		x.Relapses++
		x.Open &^= kind
	}
	x.Taken++
}

// place tells calls from where the principal is at home from others.
func (x *Cloud) place(r *event.Rec, bit uint) {
	if r.Net == 0 {
		return
	}
	net, agent := uint64(1)<<((uint64(r.Net)*0x9E3779B97F4A7C15)>>58), uint32(1)<<(r.Print>>59)
	if x.HomeN == 0 || x.HomeN < settled && x.Home.has(bit) { // at first, where the same is done is home too
		x.HomeNets |= net
	}
	if x.HomeNets&net != 0 {
		x.HomeN++
		if r.Deed == event.Look {
			x.HomeLooks++
		}
		if !x.Home.add(bit) {
			x.Again.add(bit)
		}
		if x.AwayN == 0 || x.HomeN < settled {
			x.HomeAgents |= agent
		} else {
			x.HomeAfter++
		}
		return
	}
	x.AwayN++
	x.Away.add(bit)
	if r.Deed == event.Fetch || r.Deed == event.Secret || r.Deed == event.Share {
		x.AwayTaken++
	}
	if x.HomeAgents&agent == 0 {
		x.AwayOdd++
	}
}

// Odd says whether it is worth a closer look: cheap, and true of all that a
// detector would report.
func (x *Cloud) Odd() bool {
	return x.Blinded > 0 || x.N >= 4 && (x.Rises|x.Blinds|x.Shares|x.Refused[0]|x.Refused[1]|x.Looks[0]|x.Looks[1]) != 0 ||
		x.AwayN >= 3 || x.Reads >= 10 || x.Fetches >= 64
}

// moved weighs that a principal is used elsewhere, and there for other things
// than at home. From home, the chance that the next call is of a new kind is
// the share of kinds asked once among its calls (Good and Turing); calls from
// elsewhere that are new more often are somebody else's.
func (x *Cloud) moved() (llr, fresh, expected float64) {
	if x.AwayN < 3 || x.HomeN < settled {
		return 0, 0, 0
	}
	fresh = float64(x.Away.without(x.Home).Count())
	once := float64(x.Home.without(x.Again).Count())
	expected = float64(x.AwayN)*(once+1)/(float64(x.HomeN)+2) + 0.3
	if fresh > expected {
		llr = float64(fresh*math.Log(fresh/expected)) - (fresh - expected)
	}
	// New kinds come in bursts, the more of them the more a principal does, and
	// a short past tells little.
	llr *= float64(x.HomeN) / float64(x.HomeN+15) / (1 + float64(x.Home.Count())/12)
	if x.HomeLooks*5 > x.HomeN { // a person, rather than a program
		llr /= 2
	}
	if x.Callers&event.AsStaff != 0 || x.Pages*2 > x.N {
		llr /= 4
	}
	return llr, fresh, expected
}

// refusal weighs how many kinds of calls the principal was refused.
func (x *Cloud) refusal(v *inventory.View) float64 {
	k, n := x.Refused.Count(), x.Asked.Count()
	if k < 2 {
		return -float64(min(n, 20)) / 20
	}
	return sketch.BayesFactor(sketch.Beta{A: 3, B: 3}, v.Cloud.Refused, float64(k), float64(n))
}

// caller weighs who it says it is: programs' keys that never expire leak;
// people in the console and programs that build do much that intruders do.
func (x *Cloud) caller() (w float64) {
	switch {
	case x.Callers&event.FromAttacker != 0:
		return 3
	case x.Pages*2 > x.N || x.Callers&event.AsStaff != 0:
		w = -2.5
	case x.Built*2 > x.N:
		w = -2
	case x.Callers&event.AsRoot != 0, x.Callers&event.AsMachine != 0:
		w = 1
	case x.Callers&event.AsRole != 0:
		w = -1.5
	case x.Callers&event.AsUser != 0 || x.Long > 0:
		w = 1
	}
	if x.Callers&event.WithMFA != 0 {
		w--
	}
	if x.Masked*2 > x.N {
		w++
	}
	return w
}

// peers weighs what other sessions of its role do: calls that none of them
// makes are not what the role is for.
func (x *Cloud) peers(v *inventory.View) (llr float64, strange, sessions int) {
	sessions, usual := v.Cloud.Role(x.Role)
	if sessions < 3 {
		return 0, 0, sessions
	}
	n := x.Asked.Count()
	strange = x.Asked.without(usual).Count()
	llr = sketch.BayesFactor(sketch.Beta{A: 3, B: 2}, sketch.Beta{A: 1, B: 9}, float64(strange), float64(n))
	switch {
	case llr <= 0:
	case x.Callers&event.AsStaff != 0 || x.Built*2 > x.N: // people of one role do different things, and so do pipelines
		llr = 0
	default:
		llr /= 1 + float64(Calls(usual).Count())/12
	}
	return min(max(llr, -3), 4), strange, sessions
}

// bearings are what is weighed of a principal, whatever it is suspected of.
type bearings struct{ refusal, moved, peers, caller float64 }

func (w bearings) sum() float64 { return w.refusal + w.moved + w.peers + w.caller }

func (x *Cloud) context(v *inventory.View) (w bearings) {
	w.refusal = min(max(x.refusal(v), -1.5), x.telling(5))
	moved, _, _ := x.moved()
	if moved >= 2 {
		w.moved = min(moved/1.6, 4)
		if x.AwayOdd*2 > x.AwayN {
			w.moved++
		}
		if x.HomeAfter > 2 {
			w.moved += 0.5 // in two places at once
		}
	}
	w.peers, _, _ = x.peers(v)
	w.caller = x.caller()
	return w
}

// telling is how much refusals can weigh: pages of the console ask for much
// that whoever opened them did not want.
func (x *Cloud) telling(most float64) float64 {
	switch {
	case x.Pages*2 > x.N:
		return 1
	case x.Callers&event.AsRole != 0 && x.Callers&event.AsMachine == 0 && !x.Grabbed: // a scanner with too few rights only reads
		return 2
	}
	return most
}

// said is what the bearings are in words.
func (x *Cloud) said(v *inventory.View) (s string) {
	if k := x.Refused.Count(); k > 0 {
		s += fmt.Sprintf(" %d of %d kinds of its calls were refused at the first try, where others are refused %.0f %%.", k, x.Asked.Count(), 100*v.Cloud.Refused.Mean())
	}
	if llr, fresh, expected := x.moved(); llr >= 2 {
		s += fmt.Sprintf(" From new networks it made calls of %.0f new kinds, where its past explains %.1f.", fresh, expected)
	}
	if _, strange, sessions := x.peers(v); strange > 0 && sessions >= 3 {
		s += fmt.Sprintf(" %d kinds of its calls no other session of its role makes.", strange)
	}
	return s
}

// facts are the bearings in numbers.
func (x *Cloud) facts(v *inventory.View) []Fact {
	f := []Fact{
		{Name: "kinds of calls", Value: float64(x.Asked.Count()), Unit: "kinds"},
		{Name: "kinds of calls refused at once", Value: float64(x.Refused.Count()), Unit: "kinds"},
	}
	if x.AwayN > 0 {
		f = append(f, Fact{Name: "calls from other networks", Value: float64(x.AwayN), Unit: "calls"})
	}
	return f
}

// excuses are what speaks for the principal.
func (x *Cloud) excuses(v *inventory.View) (l []string) {
	if x.Pages*2 > x.N {
		l = append(l, "Most calls came through the console, whose pages ask much for themselves: weighed.")
	}
	if x.Built*2 > x.N {
		l = append(l, "Most calls came from a program that builds infrastructure: weighed.")
	}
	if llr, _, sessions := x.peers(v); llr < 0 {
		l = append(l, fmt.Sprintf("About %d sessions of its role do much the same: weighed.", sessions))
	}
	if x.Callers&event.WithMFA != 0 {
		l = append(l, "A second factor was shown: weighed.")
	}
	return l
}
