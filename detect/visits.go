package detect

import (
	"math/bits"

	"goshawk/event"
	"goshawk/sketch"
)

// visits are the strangers' events by address: numbered once a look, for all
// detectors, so that none needs a map of its own.
type visits struct {
	c    *Crowd
	who  []int32   // number of each event's address
	next []int32   // the same address's next event; 0 none
	of   []visitor // by number, in order of their first events

	group []int32 // by address: round in which it was last met
	last  []int32 // where then
	round int32
}

// visitor is an address of which only a few events are known.
type visitor struct {
	n        int32
	first    int32  // of its events
	most     int32  // how many are on template, at least
	template uint32 // of most of its events, plus one
	things   sketch.Few
	assets   bool
}

// intent says whether it asks for hardly anything but one endpoint: a vote that
// leads by half of all votes was cast by three quarters.
func (v *visitor) intent() bool { return 2*v.most >= v.n }

// visits returns the strangers by address. It is made for the first who asks.
func (c *Crowd) visits() *visits {
	v, number := &c.room().visits, &c.Room.numbers[0]
	if c.Room.of == c {
		return v
	}
	c.Room.of, v.c = c, c
	v.who, v.next = resized(v.who, len(c.Strangers)), resized(v.next, len(c.Strangers))
	v.of, v.last = v.of[:0], v.last[:0]
	number.reset(len(c.Strangers) / 4)
	for i := range c.Strangers {
		e := &c.Strangers[i]
		k, isNew := number.of(e.Client)
		v.who[i] = k
		if isNew {
			v.of = append(v.of, visitor{first: int32(i)})
			v.last = append(v.last, int32(i))
		} else {
			v.next[v.last[k]] = int32(i)
			v.last[k] = int32(i)
		}
		x := &v.of[k]
		switch {
		case x.template == e.Template+1:
			x.most++
		case x.most == 0:
			x.template, x.most = e.Template+1, 1
		default:
			x.most--
		}
		x.n++
		x.assets = x.assets || e.Class&event.Asset != 0
		x.things.Add(thing(&e.Rec))
	}
	v.group, v.round = resized(v.group, len(v.of)), 0
	return v
}

// visitor is the address of an event.
func (v *visits) visitor(i int) *visitor { return &v.of[v.who[i]] }

// period is the interval between an address's events, and when the last was.
func (v *visits) period(x *visitor) (p sketch.Period, last int64) {
	last = v.c.Strangers[x.first].Time
	for i := v.next[x.first]; i != 0; i = v.next[i] {
		t := v.c.Strangers[i].Time
		p.Add(uint64((t - last) / 1e6))
		last = t
	}
	return p, last
}

// begin forgets where addresses were met.
func (v *visits) begin() { v.round++ }

// meet notes that an address is at a place, and returns where it was before.
func (v *visits) meet(k int32, at int) (was int, again bool) {
	was, again = int(v.last[k]), v.group[k] == v.round
	v.group[k], v.last[k] = v.round, int32(at)
	return was, again
}

// addresses counts the different addresses of some events, up to most.
func (v *visits) addresses(l []int32, most int) (n int) {
	v.begin()
	for _, i := range l {
		if _, again := v.meet(v.who[i], 0); !again {
			if n++; n == most {
				break
			}
		}
	}
	return n
}

// firstVisits are the first of each address's events.
func (v *visits) firstVisits(l []int32) (first []int32) {
	v.begin()
	for _, i := range l {
		if _, again := v.meet(v.who[i], 0); !again {
			first = append(first, i)
		}
	}
	return first
}

// numbers gives keys numbers from 0, in the order in which they come. 0 is no
// key.
type numbers struct {
	keys  []uint64
	vals  []int32
	n     int32
	shift uint8
}

// reset forgets all keys, and makes room for as many as are expected.
func (m *numbers) reset(expected int) {
	size := max(bits.Len(uint(2*expected)), 6)
	m.keys, m.vals = resized(m.keys, 1<<size), resized(m.vals, 1<<size)
	m.n, m.shift = 0, uint8(64-size)
}

// of returns the number of a key, and whether it is new.
func (m *numbers) of(key uint64) (n int32, isNew bool) {
	mask := uint64(len(m.keys) - 1)
	for i := key * 0x9E3779B97F4A7C15 >> m.shift; ; i = (i + 1) & mask {
		switch m.keys[i] {
		case key:
			return m.vals[i], false
		case 0:
			if 4*int(m.n) >= 3*len(m.keys) {
				m.grow()
				return m.of(key)
			}
			m.keys[i], m.vals[i] = key, m.n
			m.n++
			return m.n - 1, true
		}
	}
}

func (m *numbers) grow() {
	old := *m
	m.keys, m.vals, m.shift = make([]uint64, 2*len(old.keys)), make([]int32, 2*len(old.keys)), m.shift-1
	mask := uint64(len(m.keys) - 1)
	for k, key := range old.keys {
		if key == 0 {
			continue
		}
		i := key * 0x9E3779B97F4A7C15 >> m.shift
		for m.keys[i] != 0 {
			i = (i + 1) & mask
		}
		m.keys[i], m.vals[i] = key, old.vals[k]
	}
}
