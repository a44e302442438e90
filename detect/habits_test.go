package detect

import (
	"testing"
	"unsafe"

	"goshawk/event"
	"goshawk/inventory"
)

// TestHabits: an actor that takes up something else all at once, a little more
// of it every hour, or in one loud hour is as unlike its past in the end; one
// that asks for the same all the time, or ever more of it, is not.
func TestHabits(t *testing.T) {
	if n := unsafe.Sizeof(Habits{}); n > 384 {
		t.Errorf("%d bytes", n)
	}
	view := inventory.NewView()
	for range 40 {
		view.Templates = append(view.Templates, inventory.Endpoint{Events: 1000, Traffic: inventory.Traffic{First: 1, Visitors: 50}})
	}
	// per says how many requests an hour has, and how many of ten are for something new.
	f := func(what string, hours int, per func(h int) (n, fresh int), least, most float64) *Habits {
		t.Helper()
		x := &Habits{}
		for h := range hours {
			n, fresh := per(h)
			for i := range n {
				r := event.Rec{Time: int64(h)*3600e9 + int64(i)*3600e9/int64(n), Status: 200, Template: uint32(i % 3), ID: uint64(i)}
				if i%10 < fresh {
					r.Template = uint32(10 + i%2)
				}
				x.Observe(&r, view)
			}
		}
		if s, _ := x.Shift(view); s < least || s > most {
			t.Errorf("%s: %.2f of it is unlike its past, want %.2f to %.2f", what, s, least, most)
		}
		return x
	}
	f("the same", 24, func(int) (int, int) { return 40, 0 }, 0, 0.1)
	f("ever more of the same", 24, func(h int) (int, int) { return 20 + 10*h, 0 }, 0, 0.1)
	f("all at once", 24, func(h int) (int, int) { return 40, map[bool]int{true: 10}[h >= 18] }, 0.9, 1)
	f("a little more every hour", 24, func(h int) (int, int) { return 40, max(0, h-13) }, 0.75, 1)
	f("a little more every day", 30*24, func(h int) (int, int) { return 40, h / 72 }, 0.55, 1)
	f("loud, before the past is taken anew", 10, func(h int) (int, int) {
		return map[bool]int{false: 20, true: 900}[h >= 7], map[bool]int{true: 10}[h >= 7]
	}, 0.8, 1)
	x := f("a refused search", 24, func(h int) (int, int) { return 40, 0 }, 0, 0.1)
	for i := range 100 {
		x.Observe(&event.Rec{Time: 24*3600e9 + int64(i)*1e9, Status: 404, Template: 20}, view)
	}
	if s, _ := x.Shift(view); s > 0.1 {
		t.Errorf("what is refused counts: %.2f", s)
	}
}
