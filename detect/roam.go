package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Roam is where a principal comes from, once it had RoamFrom addresses: 120
// bytes. It counts from then on.
type Roam struct {
	N                         uint32     // events
	Early                     uint16     // addresses before
	Sample                    [12]uint32 // of all its addresses, those whose hashes are least
	Len                       uint8
	At                        uint8
	Recent                    [8]uint32 // addresses used latest
	Switches, Returns, Stays  uint16    // changes of address; of them to one of the latest but the last; events without
	Fresh, Peak               uint16    // changes to another than the latest eight in this ten minutes; the most in any
	Window                    uint32    // start of them, Unix seconds
	SwitchGap, StayGap, Since uint32    // seconds before changes, and before other events, half an hour each at most; time of the latest event
}

// sizes are the numbers of events at which principals are compared.
var sizes = [...]uint32{16, 64, 256}

// RoamFrom is how many addresses of a principal are worth remembering.
const RoamFrom = 3

// Observe counts an event.
func (x *Roam) Observe(p *Profile, r *event.Rec) {
	sec, h := uint32(r.Time/1e9), uint32(r.Client>>24)
	x.N++
	if x.N == 1 {
		x.Window, x.Since, x.Early = sec, sec, RoamFrom-1
	}
	gap := min(sec-x.Since, 1800)
	x.Since = sec
	if sec-x.Window >= 600 {
		x.Window, x.Fresh = sec, 0
	}
	switch known, last := x.recent(h); {
	case last:
		if x.Stays < 1<<16-1 {
			x.Stays++
			x.StayGap += gap
		}
	default:
		if x.N > 1 && x.Switches < 1<<16-1 {
			x.Switches++
			x.SwitchGap += gap
		}
		if known {
			x.Returns = saturate(x.Returns)
			break
		}
		x.sample(h)
		x.Fresh = saturate(x.Fresh)
		x.Peak = max(x.Peak, x.Fresh)
	}
}

// CountRoam casts a principal's votes: how many addresses it has used by now.
func CountRoam(p *Profile, x *Roam, s *inventory.Sums) {
	for i, n := range sizes {
		if p.N == n {
			k := p.Clients.Count()
			if x != nil {
				k = x.Addresses()
			}
			s.Roamed(i, k)
		}
	}
}

// recent says whether an address is among those used latest, and whether it is
// the last of them, which it is from now on.
func (x *Roam) recent(h uint32) (known, last bool) {
	if x.N > 1 && x.Recent[x.At] == h {
		return true, true
	}
	for i, y := range x.Recent {
		if y == h && x.N > 1 {
			x.Recent[i], x.Recent[x.At] = x.Recent[x.At], h
			return true, false
		}
	}
	x.At = (x.At + 1) % uint8(len(x.Recent))
	x.Recent[x.At] = h
	return false, false
}

// sample keeps the least hashes, in order.
func (x *Roam) sample(h uint32) {
	i := int(x.Len)
	for i > 0 && x.Sample[i-1] >= h {
		if x.Sample[i-1] == h {
			return
		}
		i--
	}
	if i == len(x.Sample) {
		return
	}
	if int(x.Len) < len(x.Sample) {
		x.Len++
	}
	copy(x.Sample[i+1:x.Len], x.Sample[i:])
	x.Sample[i] = h
}

// Addresses estimates how many addresses there were: exactly up to eleven, then
// by how close together the least hashes lie (± 30 %).
func (x *Roam) Addresses() int {
	if int(x.Len) < len(x.Sample) {
		return int(x.Len) + int(x.Early)
	}
	return max(int(float64(len(x.Sample)-1)*(1<<32)/float64(x.Sample[len(x.Sample)-1]+1)), len(x.Sample)) + int(x.Early)
}

// Own is the share of its addresses that nobody else was seen to use.
func (x *Roam) Own(v *inventory.View) float64 {
	own := 0
	for _, h := range x.Sample[:x.Len] {
		if !v.Clients.Shared(uint64(h) << 24) {
			own++
		}
	}
	return float64(own) / float64(max(x.Len, 1))
}

// Even says whether it asks on as if nothing had happened when its address
// changes: people move between visits, and a programme in the middle of its
// work.
func (x *Roam) Even() bool {
	if x.Stays < 8 || x.Switches == 0 {
		return x.Peak >= 6
	}
	return float64(x.SwitchGap)/float64(x.Switches) <= float64(3*x.StayGap)/float64(x.Stays)+3
}
