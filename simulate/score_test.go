package simulate

import (
	"testing"

	"goshawk/event"
)

func ip(v string) event.Actor { return event.Actor{Scope: event.IP, Value: v} }

// An oracle that names every campaign scores 1, silence scores 0.
func TestOracleAndSilence(t *testing.T) {
	truth := play(t, small("shop", 11), func(*event.Event, Label) {})
	var claims []Claim
	for _, c := range truth.Campaigns {
		claims = append(claims, Claim{Actor: c.Members[0], Score: 0.99, Detector: c.Behaviour, DetectedAt: c.First})
	}
	f := func(claims []Claim, precision, recall float64) {
		t.Helper()
		r := Score(claims, truth)
		got, n := r.Recall("", "")
		if r.Precision() != precision || got != recall || n != len(truth.Campaigns) || r.FalsePerMillion() != 0 {
			t.Errorf("precision %v, recall %v of %d, false %v; want %v, %v", r.Precision(), got, n, r.FalsePerMillion(), precision, recall)
		}
	}
	f(claims, 1, 1)
	f(nil, 0, 0)
	for i := range claims {
		claims[i].Score = Certain - 0.01
	}
	f(claims, 0, 0)
	if p := Score(nil, Truth{Requests: 10}).Precision(); p != 1 {
		t.Errorf("silence where nothing happens has precision %v", p)
	}
}

func TestScore(t *testing.T) {
	truth := Truth{
		Campaigns: []Campaign{
			{ID: 1, Behaviour: "rate", Variant: "easy", Events: 9, Members: []event.Actor{ip("192.0.2.1"), ip("192.0.2.2"), ip("192.0.2.3"), ip("192.0.2.4")}},
			{ID: 2, Behaviour: "brute_force", Variant: "evasive", Events: 9, Members: []event.Actor{ip("2001:db8:1:2::/64")}},
		},
		Benign:   map[event.Actor]string{ip("198.51.100.7"): "office", {Scope: event.Account, Value: "eva"}: "victim"},
		Requests: 1000,
		Declared: []event.Actor{ip("203.0.113.77")},
		Times:    [][]int64{{10, 20, 30}, {10, 20, 30}},
	}
	f := func(want string, claims ...Claim) {
		t.Helper()
		r := Score(claims, truth)
		got := ""
		for _, o := range r.Campaigns {
			switch {
			case o.Typed:
				got += "typed "
			case o.Found:
				got += "found "
			default:
				got += "missed "
			}
		}
		for _, a := range r.False {
			got += "accused " + a.Kind
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	all := event.Actor{Scope: event.Group, Value: "a group"}
	victim := event.Actor{Scope: event.Account, Value: "eva"}
	f("missed missed ")
	f("typed missed ", Claim{Actor: ip("192.0.2.1"), Score: 0.9, Detector: "rate"})
	f("found missed ", Claim{Actor: ip("192.0.2.1"), Score: 0.9, Detector: "scraping"})
	f("missed typed ", Claim{Actor: ip("2001:db8:1:2:3::4"), Score: 0.9, Detector: "brute_force"})
	f("missed missed accused office", Claim{Actor: ip("198.51.100.7"), Score: 0.9, Detector: "brute_force"})
	f("missed missed accused unknown", Claim{Actor: ip("203.0.113.9"), Score: 0.9, Detector: "rate"})
	f("missed missed ", Claim{Actor: ip("203.0.113.77"), Score: 0.9, Detector: "reconnaissance"})
	f("typed missed ", Claim{Actor: all, Score: 0.9, Detector: "rate", Members: []event.Actor{ip("192.0.2.1"), ip("192.0.2.2"), ip("192.0.2.3"), ip("192.0.2.4"), ip("198.51.100.7")}})
	f("missed missed accused office", Claim{Actor: all, Score: 0.9, Detector: "rate", Members: []event.Actor{ip("192.0.2.1"), ip("198.51.100.7")}})
	f("missed missed accused victim", Claim{Actor: victim, Score: 0.9, Detector: "brute_force"})
	f("missed typed ", Claim{Actor: victim, Score: 0.9, Detector: "brute_force", Members: []event.Actor{ip("2001:db8:1:2::1")}})

	r := Score([]Claim{
		{Actor: ip("192.0.2.1"), Score: 0.9, Detector: "rate", DetectedAt: 20},
		{Actor: ip("192.0.2.1"), Score: 0.9, Detector: "bola"},
		{Actor: ip("198.51.100.7"), Score: 0.9, Detector: "rate"},
	}, truth)
	if r.Claims != 2 || r.True != 1 || r.Typed != 1 || r.Precision() != 0.5 || r.FalsePerMillion() != 1000 || r.Campaigns[0].After != 1 {
		t.Errorf("%+v", r)
	}
}
