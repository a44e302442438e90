package detect_test

import (
	"goshawk/detect"
	"goshawk/event"
	"goshawk/inventory"
)

// guesses is an address that asked for n UUIDs, none of which was there.
func guesses(n int) *detect.Case {
	o := &detect.Objects{}
	for i := range n {
		o.Observe(&event.Rec{Time: int64(i) * 1e9, ID: uint64(i+1) * 0x9E3779B97F4A7C15, Kind: event.UUID, Status: 404, Class: event.Object, Client: 1}, false)
	}
	return &detect.Case{Scope: event.IP, Record: &detect.Record{Scope: event.IP, N: uint32(n)}, Objects: o, View: inventory.NewView(), Outcomes: true}
}
