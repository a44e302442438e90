package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Cost is what an actor's requests cost the server, in all and in the busiest
// five minutes. 72 bytes.
type Cost struct {
	Time, Sent uint64 // milliseconds and KiB of all answers
	Heavy      uint32 // requests that cost many times what is usual on their endpoints
	HeavyTime  uint32 // milliseconds of those
	Cut        uint32 // requests given up after a long time with next to no answer
	Large      uint32 // pages asked for, or requests, far beyond the endpoint's
	Template   uint32 // of most heavy ones, plus one
	Lead       uint32
	Window     uint32 // five minutes
	Busy       uint32 // milliseconds of heavy answers in them
	Peak       uint32 // most in five minutes
	PeakAt     uint32
	Asked      uint16 // heavy requests in the window
	PeakAsked  uint16
	Voted      uint16
}

// window is how long a window of Cost and Pressure lasts, in seconds.
const window = 300

func (x *Cost) observe(p *Profile, r *event.Rec, s *inventory.Sums) {
	ms := r.Duration / 1000
	x.Time += uint64(ms)
	x.Sent += uint64(r.Bytes) >> 10
	large := x.large(r, s)
	cut := r.Duration >= 5e6 && r.Bytes < 1000 && (r.Status == 408 || r.Status == 499 || r.Status == 413 || r.Status == 400)
	if cut {
		x.Cut++
	}
	if !large && !s.Heavier(r) {
		return
	}
	x.Heavy++
	s.Heavy.Vote(casteOf(r), x.Heavy)
	x.HeavyTime = uint32(min(uint64(x.HeavyTime)+uint64(ms), 1<<32-1))
	switch {
	case x.Lead == 0:
		x.Template, x.Lead = r.Template+1, 1
	case x.Template == r.Template+1:
		x.Lead++
	default:
		x.Lead--
	}
	if w := uint32(r.Time / (window * 1e9)); w != x.Window {
		x.Window, x.Busy, x.Asked = w, 0, 0
	}
	x.Busy = uint32(min(uint64(x.Busy)+uint64(ms), 1<<32-1))
	x.Asked = saturate(x.Asked)
	if x.Busy > x.Peak {
		x.Peak, x.PeakAt = x.Busy, x.Window
		for v := uint32(1) << x.Voted; x.Peak/1000 >= v; v <<= 1 {
			s.Busy.Vote(casteOf(r), v)
			x.Voted++
		}
	}
	x.PeakAsked = max(x.PeakAsked, x.Asked)
}

// large counts requests for far more at once than others ask for.
func (x *Cost) large(r *event.Rec, s *inventory.Sums) bool {
	if r.Size < 100 && r.BytesIn < 20_000 || s.View == nil || int(r.Template) >= len(s.View.Templates) {
		return false
	}
	e := &s.View.Templates[r.Template]
	if r.Size >= 100 && e.Size > 0 && float64(r.Size) >= 4*e.Size || e.Good >= 20 && e.In > 0 && float64(r.BytesIn) >= 20*max(e.In, 500) {
		x.Large++
		return true
	}
	return false
}
