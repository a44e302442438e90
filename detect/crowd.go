package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Crowd is everybody at one moment, for detectors of what no single actor
// shows. It is valid during the call, and read only.
type Crowd struct {
	Members   []Member // actors with a profile, by key
	Strangers []Entry  // events of addresses with fewer than eight so far, in order: the latest
	Journal   []Entry  // sign-ups and trades, in order: the latest
	View      *inventory.View
	Now       int64 // Unix nanoseconds
	First     int64 // of the stream
	Outcomes  bool  // the log shows successes too

	Room *Room // where detectors work; nil for a new one
}

// Member is an active actor.
type Member struct {
	Actor    event.Actor
	Record   *Record
	Profile  *Profile
	Identity *Identity // each nil if there is none
	Trade    *Trade
	Probe    *Probe
	Tries    *Auth   // log-in attempts, if one failed
	Score    float64 // probability that its own findings give it
}

// Entry is an event as journals remember it.
type Entry struct {
	event.Rec
	Addr   [16]byte // of the client
	Source uint32   // of its line
	Line   uint32
}

// Claim is what a detector says of several actors together.
type Claim struct {
	Key     uint64      // what they have in common: the same at each look, so that one group is one finding
	Actor   event.Actor // whom it is about; zero: a group of the members
	Title   string      // "" for the detector's own
	Members []event.Actor
	Target  uint32 // template, plus one; 0 none
	LLR     float64
	Success bool
	Events  int
	First   int64 // Unix nanoseconds
	Last    int64
	At      int64 // when there was enough to say so, by the events' own times

	Evidence Evidence // without lines
	Shown    []uint64 // keys of members of the crowd whose lines prove it
	Entries  []int    // indexes of strangers whose lines prove it
}

// Room is the memory that detectors work in when they look at everybody, kept
// from one look to the next.
type Room struct {
	of       *Crowd // whose strangers are counted
	visits   visits
	readers  []reader
	tallies  []tally
	at       []int32
	sides    [][sides]int32
	outlines []outline
	numbers  [2]numbers
}

func (c *Crowd) room() *Room {
	if c.Room == nil {
		c.Room = &Room{}
	}
	return c.Room
}

// resized returns n zeros, in l's place if there is room.
func resized[T any](l []T, n int) []T {
	if cap(l) < n {
		return make([]T, n)
	}
	l = l[:n]
	clear(l)
	return l
}
