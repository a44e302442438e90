package engine

import (
	"math"
	"math/bits"
	"unsafe"

	"goshawk/detect"
)

// table is one shard's records: open addressing with linear probing, grown by
// half until the budget, after that by eviction. One goroutine at a time.
type table struct {
	slots   []detect.Record
	n       int
	max     int // records the budget allows
	hand    uint64
	evicted int64

	volumes  slab[detect.Volume]
	auths    slab[detect.Auth]
	objects  slab[detect.Objects]
	glimpses slab[glimpse]

	profiles   slab[detect.Profile]
	probes     slab[detect.Probe]
	identities slab[detect.Identity]
	trades     slab[detect.Trade]
	clouds     slab[detect.Cloud]
	roams      slab[detect.Roam]
	habits     slab[detect.Habits]
	oldest     uint32            // hand over the profiles
	names      map[uint64]string // of principals with a profile, by key
}

const firstSlots = 64

func newTable(budget int64) *table {
	const active = 4 // a quarter of the budget for records, the rest for what they point to
	most := int(budget / active / 64)
	return &table{slots: make([]detect.Record, firstSlots), max: max(most, firstSlots/2), names: map[uint64]string{},
		volumes:    room[detect.Volume](budget / 16),
		auths:      room[detect.Auth](budget / 12),
		objects:    room[detect.Objects](budget / 6),
		glimpses:   room[glimpse](budget / 16),
		profiles:   room[detect.Profile](budget / 6),
		probes:     room[detect.Probe](budget / 24),
		identities: room[detect.Identity](budget / 24),
		trades:     room[detect.Trade](budget / 24),
		clouds:     room[detect.Cloud](budget / 24),
		roams:      room[detect.Roam](budget / 64),
		habits:     room[detect.Habits](budget / 32)}
}

func (t *table) home(key uint64) int {
	// The top six bits are the shard's: the next ones spread over the slots.
	hi, _ := bits.Mul64(key<<6, uint64(len(t.slots)))
	return int(hi)
}

// find returns the record of key, or nil.
func (t *table) find(key uint64) *detect.Record {
	for i := t.home(key); ; {
		s := &t.slots[i]
		if s.Key == key {
			return s
		}
		if s.Key == 0 {
			return nil
		}
		if i++; i == len(t.slots) {
			i = 0
		}
	}
}

// get returns the record of key, made if need be; it may move all others.
func (t *table) get(key uint64) *detect.Record {
	for i := t.home(key); ; {
		s := &t.slots[i]
		if s.Key == key {
			return s
		}
		if s.Key == 0 {
			if t.n*5 >= len(t.slots)*4 || t.n >= t.max {
				t.room()
				return t.get(key)
			}
			t.n++
			s.Key = key
			return s
		}
		if i++; i == len(t.slots) {
			i = 0
		}
	}
}

// room grows the table, or evicts where the budget is spent.
func (t *table) room() {
	if t.n >= t.max {
		t.evict()
		return
	}
	old := t.slots
	t.slots = make([]detect.Record, min(len(old)*3/2, t.max*5/4+16))
	for k := range old {
		if old[k].Key == 0 {
			continue
		}
		i := t.home(old[k].Key)
		for t.slots[i].Key != 0 {
			if i++; i == len(t.slots) {
				i = 0
			}
		}
		t.slots[i] = old[k]
	}
}

// evict forgets the least of eight records after the hand: few events and no
// suspicion.
func (t *table) evict() {
	best, least := -1, math.Inf(1)
	for seen := 0; seen < 8; {
		t.hand++
		i := int(t.hand % uint64(len(t.slots)))
		s := &t.slots[i]
		if s.Key == 0 {
			continue
		}
		seen++
		if w := weight(s); w < least {
			best, least = i, w
		}
	}
	t.drop(best)
	t.evicted++
}

func weight(s *detect.Record) float64 {
	w := math.Log(1 + float64(s.N))
	if s.Flags&detect.Watched != 0 {
		w += 4
	}
	if s.Auth != 0 {
		w += 2
	}
	if s.Objects != 0 || s.Volume != 0 {
		w++
	}
	return w
}

// drop removes slot i and closes the gap (Knuth 6.4, algorithm R).
func (t *table) drop(i int) {
	s := &t.slots[i]
	t.volumes.release(s.Volume)
	t.auths.release(s.Auth)
	t.forget(s)
	if s.Objects != 0 {
		for o := t.glimpses.at(s.Objects).full; o != 0; {
			next := t.objects.at(o).Next
			t.objects.release(o)
			o = next
		}
		t.glimpses.release(s.Objects)
	}
	t.n--
	for j := i; ; {
		t.slots[i] = detect.Record{}
		for {
			if j++; j == len(t.slots) {
				j = 0
			}
			if t.slots[j].Key == 0 {
				return
			}
			if h := t.home(t.slots[j].Key); i <= j && (h <= i || h > j) || i > j && h <= i && h > j {
				break
			}
		}
		t.slots[i] = t.slots[j]
		i = j
	}
}

// room is a slab for as many as fit into a share of the budget.
func room[T any](share int64) slab[T] {
	var zero T
	return slab[T]{max: max(int(share/int64(unsafe.Sizeof(zero))), 16)}
}

// slab holds what some records remember beyond their 64 bytes. References are
// indexes plus one; 0 is none.
type slab[T any] struct {
	pages [][]T
	free  []uint32
	n     uint32
	max   int
}

const pageSize = 64

func (s *slab[T]) at(ref uint32) *T { return &s.pages[(ref-1)/pageSize][(ref-1)%pageSize] }

// take returns a zero T, or 0 when the budget is spent.
func (s *slab[T]) take() uint32 {
	if k := len(s.free); k > 0 {
		ref := s.free[k-1]
		s.free = s.free[:k-1]
		return ref
	}
	if int(s.n) >= s.max {
		return 0
	}
	if s.n%pageSize == 0 {
		s.pages = append(s.pages, make([]T, pageSize))
	}
	s.n++
	return s.n
}

func (s *slab[T]) release(ref uint32) {
	if ref == 0 {
		return
	}
	var zero T
	*s.at(ref) = zero
	s.free = append(s.free, ref)
}

// owners remembers who touched an object first, and whether others got it
// too: sets of four, the least used making room.
type owners struct {
	sets [][4]owner
	n    int
	max  int
}

type owner struct {
	key   uint64 // of the object; 0 none
	who   uint32 // first principal
	count uint16 // touches
	other bool   // somebody else got it too
}

func newOwners(budget int64) *owners {
	return &owners{sets: make([][4]owner, 16), max: max(int(budget/64), 16)}
}

// touch counts principal who on an object and returns its entry as it was.
func (o *owners) touch(object uint64, who uint32, ok bool) (was owner) {
	if o.n > 2*len(o.sets) && 2*len(o.sets) <= o.max {
		old := o.sets
		o.sets, o.n = make([][4]owner, 2*len(old)), 0
		for i := range old {
			for _, e := range old[i] {
				if e.key != 0 {
					*o.place(e.key) = e
				}
			}
		}
	}
	e := o.place(object)
	was = *e
	if was.key != object {
		*e = owner{key: object, who: who, count: 1}
		return owner{}
	}
	if e.count < 1<<16-1 {
		e.count++
	}
	if e.who != who && ok {
		e.other = true
	}
	return was
}

// place returns the entry of an object, or the one it may take.
func (o *owners) place(object uint64) *owner {
	hi, _ := bits.Mul64(object<<6, uint64(len(o.sets)))
	set := &o.sets[hi]
	least := 0
	for i := range set {
		if set[i].key == object {
			return &set[i]
		}
		if set[i].key == 0 {
			o.n++
			return &set[i]
		}
		if set[i].count < set[least].count {
			least = i
		}
	}
	return &set[least]
}
