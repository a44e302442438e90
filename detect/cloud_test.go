package detect_test

import (
	"testing"
	"unsafe"

	"goshawk/detect"
	"goshawk/event"
	"goshawk/inventory"
)

func TestCloudIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(detect.Cloud{}); n > 384 {
		t.Errorf("%d bytes", n)
	}
}

// TestCloudPlace holds that only calls from elsewhere that are new count, and
// that a journey without new calls is none.
func TestCloudPlace(t *testing.T) {
	f := func(away func(i int) uint32, want bool) {
		t.Helper()
		var x detect.Cloud
		var p detect.Profile
		var s inventory.Sums
		call := func(net, template uint32) {
			x.Observe(&p, &event.Rec{Principal: 1, Net: net, Template: template, Status: 200, Traits: event.Cloud, Caller: event.AsUser | event.LongKey}, &s)
		}
		for i := range 60 {
			call(1, uint32(i%3))
		}
		for i := range 10 {
			call(2, away(i))
		}
		d, _ := detect.Lookup("aws_leaked_key")
		b, err := d.Configure(nil)
		if err != nil {
			t.Fatal(err)
		}
		c := detect.Case{Scope: event.User, Cloud: &x, View: inventory.NewView()}
		if got := b.Judge(&c).LLR >= 5.5; got != want {
			t.Errorf("weight %.2f, want a claim %v", b.Judge(&c).LLR, want)
		}
	}
	f(func(i int) uint32 { return uint32(i % 3) }, false)
	f(func(i int) uint32 { return uint32(10 + i) }, true)
	f(func(i int) uint32 { return uint32(9+i/9) % 10 }, false)
}
