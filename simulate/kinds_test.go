package simulate

import (
	"math"
	"net/netip"
	"slices"
	"testing"
	"time"

	"goshawk/event"
)

// played is what a world with one campaign showed of it.
type played struct {
	Campaign
	asks      int // requests
	refused   int // with 429
	addrs     map[netip.Addr]int
	forwarded map[string]bool
	targets   map[string]bool
	joined    int                  // sign-ups that succeeded
	owners    map[event.Actor]bool // who else used the keys and sessions that it used
	benign    map[event.Actor]string
	api       *api
}

func campaign(t *testing.T, shape, behaviour, variant string, seed uint64) played {
	t.Helper()
	w := World{Shape: shape, Seed: seed, Hours: 12, Lines: 2000, People: []string{"visitors", "regulars", "sync", "export"}, Attacks: []Attack{{behaviour, variant}}, Start: time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC).UnixNano()}
	p := played{addrs: map[netip.Addr]int{}, forwarded: map[string]bool{}, targets: map[string]bool{}, owners: map[event.Actor]bool{}, api: shapes[shape](rng(seed, shape))}
	people := map[event.Actor]bool{}
	truth := play(t, w, func(e *event.Event, l Label) {
		if l.Campaign == 0 {
			people[event.Actor{Scope: event.Key, Value: e.Key}] = true
			people[event.Actor{Scope: event.Session, Value: e.Session}] = true
			return
		}
		p.asks++
		p.addrs[e.Peer]++
		p.forwarded[e.Forwarded] = true
		p.targets[e.Path+"?"+e.Query] = true
		if e.Status == 429 {
			p.refused++
		}
		if s := p.api.signup; e.Path == s.path && e.Method == "POST" && e.Status == s.ok || e.Path == s.oauth+"/callback" {
			p.joined++
		}
	})
	p.Campaign = truth.Campaigns[0]
	p.benign = truth.Benign
	for _, a := range p.Members {
		if people[a] {
			p.owners[a] = true
		}
	}
	if p.asks == 0 || len(p.Members) == 0 {
		t.Errorf("%s %s on a %s, seed %d: %d requests, %d members; %s", behaviour, variant, shape, seed, p.asks, len(p.Members), p.Note)
	}
	return p
}

// Each campaign does what its threat is.
func TestHarm(t *testing.T) {
	f := func(behaviour string, holds func(p played) bool) {
		t.Helper()
		n := 0
		for _, shape := range Shapes() {
			if !kinds[behaviour].Fits(shape) {
				continue
			}
			for _, variant := range Variants {
				for seed := range uint64(2) {
					p := campaign(t, shape, behaviour, variant, seed)
					n++
					if !holds(p) {
						t.Errorf("%s %s on a %s, seed %d: %d requests, %d refused, %d addresses, %d targets, %d joined; %s", behaviour, variant, shape, seed, p.asks, p.refused, len(p.addrs), len(p.targets), p.joined, p.Note)
					}
				}
			}
		}
		if n < 24 {
			t.Errorf("%d worlds", n)
		}
	}
	f("account_takeover", func(p played) bool { return p.asks >= 15 && len(p.Members) >= 2 })
	f("key_farm", func(p played) bool { return p.asks >= 100 && len(p.targets) >= 10 })
	f("uniform_interval", func(p played) bool { return p.asks >= 60 && len(p.addrs) >= 8 })
	f("bulk_registration", func(p played) bool { return p.joined >= 25 })
	f("impossible_travel", func(p played) bool { return p.asks >= 5 })
	f("leaked_key", func(p played) bool { return p.asks >= 10 })
	f("missing_headers", func(p played) bool { return p.asks >= 60 })
	f("scraping", func(p played) bool { return p.asks >= 30 && len(p.targets)*12 >= p.asks })
	f("ip_rotation", func(p played) bool { return len(p.addrs) >= 4 && len(p.addrs)*40 >= p.asks })
	f("forwarded_spoofing", func(p played) bool { return p.asks >= 60 && (len(p.forwarded) >= 2 || !p.api.logs.forwarded) })
	f("limit_pacing", func(p played) bool { return p.refused*20 <= p.asks && p.Last-p.First > int64(time.Hour) })
	f("ignored_throttling", func(p played) bool { return p.refused*25 >= p.asks && p.refused >= 20 })
}

// What a campaign stole is among its members although the owner uses it; whom
// it framed is not.
func TestStolenAndFramed(t *testing.T) {
	shared, framed := 0, 0
	for seed := range uint64(6) {
		if p := campaign(t, "b2b", "leaked_key", "medium", seed); len(p.owners) > 0 {
			shared++
		}
		if p := campaign(t, "saas", "impossible_travel", "easy", seed); len(p.owners) > 0 {
			shared++
		}
	}
	for seed := uint64(0); seed < 60 && framed == 0; seed++ {
		p := campaign(t, "shop", "forwarded_spoofing", "evasive", seed)
		for a, kind := range p.benign {
			if kind != "framed" {
				continue
			}
			framed++
			if slices.Contains(p.Members, a) {
				t.Errorf("framed %v is a member", a)
			}
		}
	}
	if shared < 6 || framed == 0 {
		t.Errorf("%d campaigns share what they stole, %d actors framed", shared, framed)
	}
}

// The careful are quieter: they ask less often, and spread it.
func TestVariantsDiffer(t *testing.T) {
	for _, k := range Kinds() {
		if !k.Attack || !k.Fits("shop") {
			continue
		}
		loud := map[string]float64{}
		for _, variant := range []string{"easy", "evasive"} {
			for seed := range uint64(6) {
				p := campaign(t, "shop", k.Name, variant, seed)
				hours := float64(p.Last-p.First)/3.6e12 + 0.05
				loud[variant] += math.Log(float64(p.asks) / hours / math.Sqrt(float64(len(p.addrs))))
			}
		}
		if loud["easy"] <= loud["evasive"] {
			t.Errorf("%s: easy %.1f, evasive %.1f", k.Name, loud["easy"], loud["evasive"])
		}
	}
}
