package engine

import (
	"time"

	"goshawk/event"
)

// twice keeps a request from counting twice that an error log tells of and an
// access log too. What an error log tells waits until the access log has had
// the time to tell the same: then the two are one request, which knows what
// either knew. Servers write the error while they answer and the access line
// once they have, so a moment is enough.
type twice struct {
	on      bool // an error log was met
	waiting []doubt
	gone    int              // doubts that were decided and are no longer in waiting
	by      map[uint64][]int // numbers of those that wait, by their key, in order
	cur     map[uint64]bool  // requests of the access logs in this moment, and in the last
	last    map[uint64]bool
	turned  int64 // when cur was begun
}

// doubt is a record of an error log that may tell of a request counted already.
type doubt struct {
	event.Rec
	feed *feed
	c    *chunk
	at   int
	told bool // by an access log too
}

// moment is how far apart the two lines of a request may be, and maxDoubts how
// many may wait.
const moment, maxDoubts = int64(2 * time.Second), 1 << 12

// same is the key of a request: its client, endpoint and object, or its client
// alone where the line shows no path.
func same(r *event.Rec, client bool) uint64 {
	if client {
		return spread(r.Client, event.IP)
	}
	id := r.ID
	if r.Class&event.Object == 0 {
		id = 0 // an error log need not tell the query
	}
	return spread(r.Client^spread(uint64(r.Template)<<1^id*0xD6E8FEB86659FD93, event.Endpoint), event.IP)
}

// pathless says whether the line of a record shows who, but not what was asked:
// no method, or no path that is one of a request.
func (g *Engine) pathless(r *event.Rec) bool {
	name := g.templates.names[r.Template]
	return name == "" || name[0] < 'A' || name[0] > 'Z'
}

// doubts takes a record of an error log, or pairs one of an access log, which
// then knows what the error log knew.
func (g *Engine) doubts(f *feed, c *chunk, at int, r *event.Rec) (waits, epoch bool) {
	w := &g.twice
	if w.cur == nil || r.Time-w.turned >= moment || r.Time < w.turned || len(w.cur) >= 1<<16 { // a line may have no time, and lie at 0
		w.last, w.cur, w.turned = w.cur, w.last, r.Time
		if w.cur == nil {
			w.cur = map[uint64]bool{}
		}
		clear(w.cur)
	}
	epoch = g.settle(r.Time - moment)
	if r.Client == 0 {
		return false, epoch
	}
	if r.Mark&event.MarkErrorLog == 0 {
		refused := r.Status == 0 || r.Status >= 400
		w.pair(r, same(r, false), refused)
		w.cur[same(r, false)] = true
		if refused {
			w.pair(r, same(r, true), true)
			w.cur[same(r, true)] = true
		}
		return false, epoch
	}
	k := same(r, g.pathless(r))
	if w.cur[k] || w.last[k] {
		g.passOver(c, at, r)
		return true, epoch
	}
	if len(w.waiting) >= maxDoubts {
		epoch = g.decide(1) || epoch
	}
	c.held++
	if w.by == nil {
		w.by = map[uint64][]int{}
	}
	w.by[k] = append(w.by[k], w.gone+len(w.waiting))
	w.waiting = append(w.waiting, doubt{Rec: *r, feed: f, c: c, at: at})
	return true, epoch
}

// pair makes one request of r, of an access log, and all that waits under k.
func (w *twice) pair(r *event.Rec, k uint64, refused bool) {
	for _, n := range w.by[k] {
		d := &w.waiting[n-w.gone]
		if refused {
			r.Class |= d.Class & (event.Throttled | event.Login | event.Failed)
			if r.Account == 0 {
				r.Account = d.Account
			}
		}
		d.told = true
	}
	delete(w.by, k)
}

// settle counts what has waited since until, and says whether an epoch ends
// with it.
func (g *Engine) settle(until int64) bool {
	w, n := &g.twice, 0
	for n < len(w.waiting) && (w.waiting[n].told || w.waiting[n].Time <= until) {
		n++
	}
	return n > 0 && g.decide(n)
}

// decide counts the first n doubts, but for those that an access log has told
// of too.
func (g *Engine) decide(n int) (epoch bool) {
	w := &g.twice
	for i := range n {
		d := &w.waiting[i]
		d.c.held--
		if d.told {
			g.passOver(d.c, d.at, &d.Rec)
			continue
		}
		k := same(&d.Rec, g.pathless(&d.Rec))
		if w.by[k] = w.by[k][1:]; len(w.by[k]) == 0 {
			delete(w.by, k)
		}
		d.Time = max(d.Time, g.last)
		epoch = g.add(d.feed, d.c, d.at, &d.Rec, d.Time, d.Template) || epoch
	}
	w.waiting = append(w.waiting[:0], w.waiting[n:]...)
	w.gone += n
	return epoch
}

// flush decides all doubts: at the end of an epoch, so that nothing waits when
// the state is saved, and of the input.
func (g *Engine) flush() {
	g.decide(len(g.twice.waiting))
	g.twice = twice{}
}

// passOver tells OnEvent of a record that is not counted.
func (g *Engine) passOver(c *chunk, at int, r *event.Rec) {
	g.input.Repeated++
	if g.OnEvent != nil {
		g.tell(c, c.at[at], r)
	}
}
