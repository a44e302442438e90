package detect

import (
	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// Profile is kept of every active actor, one with eight or more events: what it
// asks for, how much it costs, in which order and rhythm. It has no pointer; its
// parts have a file each. An address used by one principal alone has none: the
// principal's tells the same.
type Profile struct {
	Key         uint64 // of the actor's record
	Addr        [16]byte
	First, Last uint32 // Unix seconds
	N           uint32 // events since the profile began
	Told        uint32 // events when it was last judged

	Good, Moved, Denied, Missing, Faulty, Failing, Throttled uint32 // answers 2xx, 3xx, 401 and 403, 404 and 410, other 4xx, 5xx, and 429
	Writes, Lists, Objects, Assets, Pages, Referred          uint32 // what was asked for
	Anonymous                                                uint32 // asked as nobody
	Holds, Rushed                                            uint32 // changes of what keeps hold of an account; of them, within seconds of the request before
	Bytes                                                    uint64 // sent to it
	Templates                                                sketch.Few
	Agents, Clients, Nets                                    sketch.Few
	Sessions, Keys                                           sketch.Few

	Probe, Identity, Trade, Cloud, Roam, Habits uint32 // references, 0 none

	Timing   Timing
	Walk     Walk
	Cost     Cost
	Pressure Pressure
	Trail    Trail
	Style    Style
	Guise    Guise

	Lines Refs
}

// Observe counts an event and casts the actor's votes.
func (p *Profile) Observe(r *event.Rec, s *inventory.Sums) {
	sec := uint32(r.Time / 1e9)
	if p.N == 0 {
		p.First = sec
	}
	p.N++
	switch {
	case r.Status == 429 || r.Class&event.Throttled != 0:
		p.Throttled++
	case r.Status/100 == 2:
		p.Good++
	case r.Status/100 == 3:
		p.Moved++
	case r.Status == 401 || r.Status == 403:
		p.Denied++
	case r.Status == 404 || r.Status == 410:
		p.Missing++
	case r.Status/100 == 4:
		p.Faulty++
	case r.Status/100 == 5:
		p.Failing++
	}
	if r.Class&event.Write != 0 {
		p.Writes++
	}
	if r.Class&event.List != 0 {
		p.Lists++
	}
	if r.Class&event.Object != 0 {
		p.Objects++
	}
	if r.Class&event.Asset != 0 {
		p.Assets++
	}
	if r.Traits&event.WebPage != 0 {
		p.Pages++
	}
	if r.Traits&event.Referred != 0 {
		p.Referred++
	}
	if r.Principal == 0 {
		p.Anonymous++
	}
	if Holds(r) {
		p.Holds++
		if sec-p.Last <= rushedWithin {
			p.Rushed++
		}
	}
	p.Bytes += uint64(r.Bytes)
	p.Templates.Add(uint64(r.Template) * 0x9E3779B97F4A7C15)
	p.Agents.Add(r.Print)
	p.Clients.Add(r.Client)
	p.Nets.Add(uint64(r.Net) << 32)
	if r.Session != 0 {
		p.Sessions.Add(uint64(r.Session) << 32)
	}
	if r.Key != 0 {
		p.Keys.Add(uint64(r.Key) << 32)
	}
	p.Timing.observe(p, r, s)
	p.Walk.observe(p, r, s)
	p.Cost.observe(p, r, s)
	p.Pressure.observe(p, r, s)
	p.Trail.observe(p, r, s)
	p.Style.observe(p, r, s)
	p.Guise.observe(p, r, s)
	if p.N == inventory.MissesOf {
		s.Paths.Failed.N[min(p.Missing+p.Denied+p.Faulty, inventory.MissesOf)]++
	}
	if p.N == firstRequests {
		s.Pure.Vote(casteOf(r), 1)
		if p.pure() {
			s.Pure.Vote(casteOf(r), 2)
		}
	}
	p.Last = sec
}

// firstRequests is after how many requests an actor votes on how it began.
const firstRequests = 16

// pure says whether an actor reads one endpoint's things, each once, and does
// nothing else: it came with a list of its own.
func (p *Profile) pure() bool {
	x := &p.Walk
	return x.Main != 0 && 10*x.Reads >= 9*p.N && 10*x.MainN >= 9*x.Reads && x.Worded == 0 && x.PageOf == 0 && 10*x.Things() >= 8*int(x.Reads)
}

// Due says whether the profile has changed enough to be judged again: at 8, 12,
// 16 and 24 events, then every sixteen.
func (p *Profile) Due() bool {
	n := p.N
	return n&15 == 0 || n < 32 && (n == 8 || n == 12 || n == 24)
}
