package detect

import (
	"math/bits"

	"goshawk/event"
	"goshawk/inventory"
)

// Trail is the order of an actor's requests: how often it made steps that need
// others before them, and how many of those were out of order. 84 bytes.
type Trail struct {
	Steps [4]Passed // the steps most often out of order
	Last  uint32    // Unix seconds of the last one out of order
}

// Passed is how an actor made one step.
type Passed struct {
	Usual   uint32 // how many would be out of order if the actor were like others, in thousandths
	N       uint16 // times, saturating, and of those:
	Skipped uint16 // made though a needed one was not
	Again   uint16 // made again on what it had brought about
	Late    uint16 // made after the cart was filled once more
	Good    uint16 // out of order, and answered with success
	Step    uint8  // number of the guard, plus one; 0 none
	Missing uint8  // a step that it needs and that was missing last, plus one
}

// odd is how many were out of order.
func (x *Passed) odd() uint32 { return uint32(x.Skipped) + uint32(x.Again) + uint32(x.Late) }

func (x *Trail) observe(p *Profile, r *event.Rec, s *inventory.Sums) {}

// Before is what went before a step: of the object's journey and of the actor's.
type Before struct {
	Object, Actor           uint64 // steps made since the last time that this was, a bit each
	Last                    uint32 // Unix seconds of the object's last step before
	Cart                    uint32 // Unix seconds when the actor last filled the cart
	ObjectAgain, ActorAgain bool   // it was made before
	HasObject               bool
}

// Steps says whether an answer tells that a step was made, or that it may not
// be made yet.
func Steps(status uint16) bool {
	switch status {
	case 400, 402, 403, 409, 412, 422, 428:
		return true
	}
	return status >= 200 && status < 400
}

// Seen are the steps made before b: those of the same object on it, others by
// the actor. again says that b was made before.
func (w *Before) Seen(f *inventory.Flow, b int) (seen uint64, again bool) {
	if !w.HasObject {
		return w.Actor, w.ActorAgain
	}
	same := f.Steps[b].Same
	return w.Object&same | w.Actor&^same, w.ObjectAgain
}

// Late says whether the cart was filled after the object's last step.
func (w *Before) Late() bool { return w.HasObject && w.Last > 0 && w.Cart > w.Last }

// Count counts a step of flow f.
func (x *Trail) Count(f *inventory.Flow, b int, w *Before, r *event.Rec) {
	n := &f.Steps[b]
	if n.Needs == 0 {
		return
	}
	seen, again := w.Seen(f, b)
	missing := n.Needs &^ seen
	t := Passed{N: 1}
	switch {
	case again && !f.Guards[b].Write: // a page looked at again
		return
	case again && missing == n.Needs:
		t.Again = 1
	case !again && missing != 0:
		t.Skipped = 1
	case r.Status < 400 && n.Paid && w.Late():
		t.Late = 1
	case r.Status >= 400:
		return // refused for another reason
	}
	t.Usual = uint32(1000 * n.Usual())
	if t.odd() > 0 {
		if x.Last = uint32(r.Time / 1e9); r.Status < 400 {
			t.Good = 1
		}
		if missing != 0 {
			t.Missing = uint8(bits.TrailingZeros64(missing) + 1)
		}
	}
	x.add(uint8(b+1), &t)
}

// add counts a step in its place, or in that of the step least out of order.
func (x *Trail) add(step uint8, t *Passed) {
	at := &x.Steps[0]
	for i := range x.Steps {
		e := &x.Steps[i]
		if e.Step == step {
			at = e
			break
		}
		if e.odd() < at.odd() || e.odd() == at.odd() && e.N < at.N {
			at = e
		}
	}
	switch {
	case at.Step != step && at.odd() > t.odd():
		return
	case at.Step != step:
		*at = Passed{Step: step}
	case at.N == 1<<16-1:
		return
	}
	at.Usual += t.Usual
	at.N++
	at.Skipped += t.Skipped
	at.Again += t.Again
	at.Late += t.Late
	at.Good += t.Good
	if t.Missing != 0 {
		at.Missing = t.Missing
	}
}
