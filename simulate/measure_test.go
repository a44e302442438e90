package simulate

import (
	"fmt"
	"net/netip"
	"testing"

	"goshawk/event"
)

// Values of Clopper and Pearson's interval from R's binom.test.
func TestInterval(t *testing.T) {
	f := func(k, n int, want string) {
		t.Helper()
		lo, hi := Interval(k, n)
		if got := fmt.Sprintf("%.4f %.4f", lo, hi); got != want {
			t.Errorf("%d of %d: %s, want %s", k, n, got, want)
		}
	}
	f(0, 0, "0.0000 1.0000")
	f(0, 10, "0.0000 0.3085")
	f(5, 10, "0.1871 0.8129")
	f(10, 10, "0.6915 1.0000")
	f(98, 100, "0.9296 0.9976")
	f(950, 1000, "0.9346 0.9627")
}

func TestMeasure(t *testing.T) {
	truth := Truth{
		Campaigns: []Campaign{
			{ID: 1, Behaviour: "rate", Variant: "easy", Events: 50, First: 1e9, Members: []event.Actor{ip("192.0.2.1")}},
			{ID: 2, Behaviour: "rate", Variant: "medium", Events: 500, First: 1e9, Members: []event.Actor{ip("192.0.2.2")}},
			{ID: 3, Behaviour: "bola", Variant: "easy", Members: []event.Actor{}}, // never began
		},
		Benign:   map[event.Actor]string{ip("198.51.100.7"): "office", ip("198.51.100.8"): "office", {Scope: event.Account, Value: "eva"}: "victim"},
		Requests: 1000, Days: 2,
		Times: [][]int64{{1e9, 2e9, 3e9, 4e9}, nil, nil},
	}
	r := Score([]Claim{
		{Actor: ip("192.0.2.1"), Score: 0.9, Detector: "rate", DetectedAt: 3e9},
		{Actor: ip("192.0.2.2"), Score: 0.6, Detector: "rate"},
		{Actor: ip("198.51.100.7"), Score: 0.99, Detector: "bola"},
		{Actor: ip("198.51.100.8"), Score: 0.4, Detector: "bola"},
	}, truth)
	r = Sum(r, r)
	n, found, typed := r.Count("rate", "")
	requests, seconds, known := r.Delay()
	bins, ece := r.Calibration()
	got := fmt.Sprint(n, found, typed, r.Behaviours(), requests, seconds, known, r.ActorDays, r.Hits(), r.Rules(), r.Response()[:4])
	want := "4 2 2 [bola rate] [2 2] [2 2] 2 8 [{office 2}] [{bola 2}] [{1 30 0 0} {30 100 2 2} {100 300 0 0} {300 1000 2 0}]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	got, want = "", "0.50–0.80 2 2, 0.80–0.95 2 2, 0.95–0.99 0 0, 0.99–1.00 2 0, 0.497"
	for _, b := range bins {
		got += fmt.Sprintf("%.2f–%.2f %d %d, ", b.From, b.To, b.N, b.True)
	}
	if got += fmt.Sprintf("%.3f", ece); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestBaselines(t *testing.T) {
	f := func(name string, n int, gap int64, status int, want int) {
		t.Helper()
		for _, b := range Baselines() {
			if b.Name != name {
				continue
			}
			see, claims := b.Judge()
			for i := range n {
				see(&event.Event{Time: int64(i) * gap, Status: status, Client: netip.MustParseAddr("192.0.2.1")})
				see(&event.Event{Time: int64(i) * gap, Status: 200, Client: netip.MustParseAddr("192.0.2.2")})
			}
			if got := len(claims()); got != want {
				t.Errorf("%s: %d claims, want %d", name, got, want)
			}
			return
		}
		t.Errorf("no baseline %s", name)
	}
	f("awk", 20, 1e9, 401, 0)
	f("awk", 21, 3600e9, 401, 1)
	f("jail", 4, 1e9, 403, 0)
	f("jail", 5, 100e9, 401, 1)
	f("jail", 50, 151e9, 401, 0)
	f("threshold", 99, 0, 401, 0)
	f("threshold", 100, 5e8, 401, 2)
	f("threshold", 200, 1e9, 401, 0)
}
