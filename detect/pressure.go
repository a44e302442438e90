package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Pressure is how an actor answers to being told to wait, and how evenly it asks
// where nobody tells it to. 88 bytes.
type Pressure struct {
	Asked   int64  // Unix nanoseconds of the last request
	Gap     uint32 // usual time between requests that were not refused, milliseconds
	After   uint32 // usual time after a refusal
	Client  uint32 // address that asked last
	Refused bool   // the last request was
	In      bool   // within a window that a refusal opened
	Whole   bool   // the current five minutes were entered from those before

	Ignored, Heeded uint16 // windows after a refusal without a longer pause, and with one
	Moved, Stayed   uint16 // requests after a refusal from another address, and from the same
	Shifted         uint16 // the same after other answers: from another address
	N, K            uint16 // of the window: requests, refusals
	Longest         uint32 // of the window: the longest pause, milliseconds
	Opened          uint32 // of the window, Unix seconds
	Things          uint32 // refused things: bits of a count
	Over            uint32 // requests since the first refusal

	Window, Count uint32  // the current five minutes, and its requests
	Even, Best    evenRun // windows in a row without an empty one: now, and the longest
}

// evenRun is a run of windows.
type evenRun struct {
	N       uint16 // windows
	Sum     uint32 // requests
	Squares uint32 // sum of squares
}

// Dispersion is the variance of the windows' counts over their mean: one or
// more for people, who come by chance and in sittings.
func (e evenRun) Dispersion() float64 {
	n := float64(e.N)
	if e.N < 2 || e.Sum == 0 {
		return 1
	}
	mean := float64(e.Sum) / n
	return max(float64(e.Squares)-float64(n*mean*mean), 0) / (n - 1) / mean
}

func (x *Pressure) observe(p *Profile, r *event.Rec, s *inventory.Sums) {
	refused := r.Status == 429 || r.Class&event.Throttled != 0
	if x.even(uint32(r.Time/(window*1e9))) && (x.Best.N == 1 || x.Best.Dispersion() < 0.5) {
		s.Even.Vote(casteOf(r), uint32(x.Best.N))
	}
	client := uint32(r.Client >> 32)
	if x.Asked != 0 {
		ms := uint32(min((r.Time-x.Asked)/1e6, 3600_000))
		if x.Refused {
			x.waited(r, ms, client)
		} else if ms < 600_000 {
			x.Gap = (7*x.Gap + ms) / 8
			if x.Client != client {
				x.Shifted = saturate(x.Shifted)
			}
		}
		if x.In {
			x.Longest = max(x.Longest, ms)
		}
	}
	x.Asked, x.Client, x.Refused = r.Time, client, refused
	if p.Throttled > 0 {
		x.Over++
		x.told(r, refused)
	}
}

// waited takes the pause after a refusal.
func (x *Pressure) waited(r *event.Rec, ms uint32, client uint32) {
	if x.After == 0 {
		x.After = ms
	} else {
		x.After = (7*x.After + ms) / 8
	}
	if x.Client != client {
		x.Moved = saturate(x.Moved)
	} else {
		x.Stayed = saturate(x.Stayed)
	}
}

// A window opens at a refusal and closes a minute later, but not before as many
// requests; it tells of somebody who would not wait if it holds refusals more
// and no pause longer than usual.
const (
	windowSeconds = 60
	windowAsks    = 16
	windowMost    = 1800
)

func (x *Pressure) told(r *event.Rec, refused bool) {
	sec := uint32(r.Time / 1e9)
	if refused {
		x.Things |= 1 << (inventory.Thing(r) >> 59)
	}
	if x.In {
		x.N++
		if refused {
			x.K++
		}
		if age := sec - x.Opened; age >= windowSeconds && x.N >= windowAsks || age > windowMost || x.Longest > windowMost*1000 {
			x.close()
		}
		return
	}
	if refused {
		x.In, x.Opened, x.N, x.K, x.Longest = true, sec, 0, 1, 0
	}
}

// close judges the window: whoever waits makes at least one pause that is long
// for him.
func (x *Pressure) close() {
	x.In = false
	switch {
	case x.Longest >= max(6*x.Gap, 5000):
		x.Heeded = saturate(x.Heeded)
	case x.K >= 4 && x.N >= windowAsks:
		x.Ignored = saturate(x.Ignored)
	}
}

// even counts an event for the run of windows; the first of a run is no whole one
// and does not count. It says whether the longest run has become longer.
func (x *Pressure) even(w uint32) (longer bool) {
	if w == x.Window {
		x.Count++
		return false
	}
	if w != x.Window+1 {
		x.Even, x.Whole = evenRun{}, false
	} else {
		if x.Whole {
			x.Even.add(x.Count)
			if x.Even.N > x.Best.N {
				x.Best, longer = x.Even, true
			}
		}
		x.Whole = true
	}
	x.Window, x.Count = w, 1
	return longer
}

func (e *evenRun) add(n uint32) {
	n = min(n, 3000)
	e.N, e.Sum = saturate(e.N), e.Sum+n
	e.Squares = uint32(min(uint64(e.Squares)+uint64(n)*uint64(n), 1<<32-1))
}
