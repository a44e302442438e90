package detect

import (
	"goshawk/event"
	"goshawk/sketch"
)

// Record is what is remembered of every actor: 64 bytes without a pointer.
// Times are Unix seconds and minutes.
type Record struct {
	Key         uint64
	First, Last uint32
	N           uint32 // events
	Cur, Prev   uint16 // events in the current minute, and in the one before it
	HourN       uint32 // events in the current hour
	Prints      sketch.Few
	Principals  sketch.Few // of an address: who used it; of others: the addresses used
	Auth        uint32     // slab reference, 0 none
	Objects     uint32
	Volume      uint32
	Profile     uint32
	List        uint16 // the collection listed last, plus one
	Credit      uint16 // objects that its list may be opened without suspicion
	Scope       event.Scope
	Flags       uint8
	Logins      uint16 // successful log-ins
	Attempts    uint16 // log-in attempts
}

// Flags of a record.
const (
	Tool    uint8 = 1 << iota // its last event came from a library or a tool
	Watched                   // it has an open finding
	Judged                    // it gave cause to be judged
	Allowed                   // the allow list names it
)

// Observe counts r. Minutes without events reset the windows. closed is the
// count of the minute that r has closed, 0 if it closed none; hour likewise.
func (a *Record) Observe(r *event.Rec) (closed, hour uint32) {
	sec := uint32(r.Time / 1e9)
	minute := sec / 60
	if a.N == 0 {
		a.First, a.Last = sec, sec
	}
	if was := a.Last / 60; minute != was {
		closed = uint32(a.Cur)
		a.Prev = 0
		if minute == was+1 {
			a.Prev = a.Cur
		}
		if minute/60 != was/60 {
			hour, a.HourN = a.HourN, 0
		}
		a.Cur = 0
	}
	a.N++
	a.Last = sec
	if a.Cur < 1<<16-1 {
		a.Cur++
	}
	a.HourN++
	a.Flags = a.Flags&^Tool | r.Mark&event.MarkTool
	return closed, hour
}

func saturate(n uint16) uint16 {
	if n == 1<<16-1 {
		return n
	}
	return n + 1
}

// Class is 1 for programs that say they are one, 0 for people and whoever uses
// a person's log-in: the index of their limits. Keys are for programs.
func (a *Record) Class() int {
	if a.Scope == event.Key || a.Flags&Tool != 0 && a.Scope != event.User && a.Scope != event.Session {
		return 1
	}
	return 0
}

// Sharers estimates how many people use an address: the most of its
// principals, its user agents and its successful log-ins.
func (a *Record) Sharers() int {
	if a.Scope != event.IP && a.Scope != event.Net {
		return 1
	}
	return max(a.Principals.Count(), a.Prints.Count(), int(a.Logins), 1)
}
