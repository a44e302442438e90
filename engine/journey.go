package engine

import (
	"goshawk/detect"
	"goshawk/event"
	"goshawk/inventory"
)

// journeys remember which steps were made, in which order: of an object, such
// as a checkout, whoever makes them and from wherever, and of an actor. Sets of
// four, the one left longest making room.
type journeys struct {
	sets [][4]journey
	n    int
	max  int
}

// journey is 64 bytes.
type journey struct {
	key   uint64 // 0 none
	last  uint32 // Unix seconds
	cart  uint32 // when something was put into the cart
	clock uint8  // steps so far
	at    [inventory.MaxGuards - 8]uint8
}

// stamps is how many steps a journey can tell apart.
const stamps = inventory.MaxGuards - 8

func newJourneys(budget int64) journeys { return journeys{max: max(int(budget/256), 16)} }

// step is one guard passed, in a block.
type step struct {
	at    uint32 // record
	guard uint8
	actor bool // of the actor's journey, not the object's
	key   uint64
}

// follow files record i under the journeys whose step it is.
func (g *Engine) follow(i int) {
	b, r, f := &g.block, &g.block.recs[i], &g.view.Flow
	at := f.At(r.Template)
	cart := r.Traits&event.Cart != 0 && r.Class&event.Write != 0 && r.Status/100 == 2
	if at == 0 && !cart || at > stamps || r.Mark&event.MarkAllowed != 0 || !detect.Steps(r.Status) {
		return
	}
	if at > 0 && f.Guards[at-1].Of != 0 && r.Class&event.Object != 0 {
		k := spread(r.ID*0xD6E8FEB86659FD93^f.Guards[at-1].Of, event.Endpoint)
		b.steps[shardOf(k)] = append(b.steps[shardOf(k)], step{uint32(i), uint8(at), false, k})
	}
	who := r.Principal
	if who == 0 {
		who = r.Client
	}
	if who != 0 {
		k := spread(who, event.All)
		b.steps[shardOf(k)] = append(b.steps[shardOf(k)], step{uint32(i), uint8(at), true, k})
	}
}

// walk passes through one shard's steps of a block and notes what went before
// each.
func (p *pass) walk(sh *shard, list []step) {
	for _, s := range list {
		r, w := &p.b.recs[s.at], &p.b.walks[s.at]
		e := sh.journeys.place(s.key)
		sec := uint32(r.Time / 1e9)
		if s.actor {
			w.Cart = e.cart
			if r.Traits&event.Cart != 0 && r.Class&event.Write != 0 && r.Status/100 == 2 {
				e.cart = sec
			}
		} else {
			w.Last = e.last
		}
		if s.guard > 0 {
			seen, again := e.before(int(s.guard - 1))
			if s.actor {
				w.Actor, w.ActorAgain = seen, again
			} else {
				w.Object, w.ObjectAgain, w.HasObject = seen, again, true
			}
			if r.Status < 400 {
				e.make(int(s.guard - 1))
			}
		}
		e.last = sec
	}
}

// before tells which steps were made since the last time that b was, and
// whether it ever was.
func (e *journey) before(b int) (seen uint64, again bool) {
	for a, t := range e.at {
		if t > e.at[b] {
			seen |= 1 << a
		}
	}
	return seen, e.at[b] > 0
}

// make notes a step.
func (e *journey) make(b int) {
	if e.clock == 255 {
		for a, t := range e.at { // the oldest become one
			e.at[a] = uint8(max(int(t)-128, min(int(t), 1)))
		}
		e.clock = 127
	}
	e.clock++
	e.at[b] = e.clock
}

// place returns the journey of a key, new if there was none.
func (j *journeys) place(key uint64) *journey {
	if j.sets == nil {
		j.sets = make([][4]journey, 16)
	}
	if j.n > 2*len(j.sets) && 2*len(j.sets) <= j.max {
		old := j.sets
		j.sets, j.n = make([][4]journey, 2*len(old)), 0
		for i := range old {
			for _, e := range old[i] {
				if e.key != 0 {
					*j.slot(e.key) = e
				}
			}
		}
	}
	e := j.slot(key)
	if e.key != key {
		*e = journey{key: key}
	}
	return e
}

func (j *journeys) slot(key uint64) *journey {
	set := &j.sets[key<<6>>32*uint64(len(j.sets))>>32]
	least := 0
	for i := range set {
		if set[i].key == key {
			return &set[i]
		}
		if set[i].key == 0 {
			j.n++
			return &set[i]
		}
		if set[i].last < set[least].last {
			least = i
		}
	}
	return &set[least]
}

// votes says whether an actor has a vote for something: its first.
func (sh *shard) votes(actor uint64, what uint64) bool {
	h := spread(actor^what*0x9E3779B97F4A7C15, event.Group)
	w, bit := &sh.voted[h>>6%uint64(len(sh.voted))], uint64(1)<<(h&63)
	if *w&bit != 0 {
		return false
	}
	*w |= bit
	return true
}

// traded casts an address's votes on what is traded.
func (p *pass) traded(sh *shard, r *event.Rec, a *detect.Record) {
	detect.TradeVotes(r, p.sums, func(matter uint64) bool { return sh.votes(a.Key, matter+128) })
}

// passed counts a step for its actor.
func (p *pass) passed(sh *shard, i int, r *event.Rec, a *detect.Record) {
	f := &p.view.Flow
	at := f.At(r.Template)
	if at == 0 || at > stamps || r.Mark&event.MarkAllowed != 0 || !detect.Steps(r.Status) {
		return
	}
	w := &p.b.walks[i]
	if mine := r.Principal == 0 && a.Scope == event.IP || r.Principal != 0 && a.Scope == r.Who; mine && r.Status < 400 {
		b, s := at-1, &p.sums.FlowSums
		seen, again := w.Seen(f, b)
		if !again && sh.votes(a.Key, uint64(b)) {
			s.Done[b]++
			for g := range f.Guards {
				s.Before[b][g] += uint32(seen >> g & 1)
			}
			if w.Late() {
				s.Late[b]++
			}
		}
		if again && seen&f.Steps[b].Needs == 0 && sh.votes(a.Key, uint64(b)+64) {
			s.Again[b]++
		}
	}
	if a.Profile != 0 {
		sh.table.profiles.at(a.Profile).Trail.Count(f, at-1, w, r)
	}
}
