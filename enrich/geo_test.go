package enrich

import (
	"net/netip"
	"strings"
	"testing"

	"goshawk/event"
)

func TestGeoCSV(t *testing.T) {
	var g Geo
	text := "prefix,country,asn,lat,lon\n192.0.2.0/24,NL,AS64500,52.37,4.90\n192.0.2.128/25,de,64501,,\n2001:db8::/32,JP,64502,35.68,139.77\n203.0.113.9,,64503,,\n"
	if err := g.AddCSV("a.csv", []byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := g.AddCSV("b.csv", []byte("asn,prefix\n64999,192.0.2.0/24\n64510,198.51.100.0/24\n")); err != nil {
		t.Fatal(err)
	}
	f := func(addr string, want Place) {
		t.Helper()
		if got := g.Lookup(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %+v, want %+v", addr, got, want)
		}
	}
	nl := Place{64500, 5237, 490, [2]byte{'N', 'L'}}
	f("192.0.2.0", nl)
	f("192.0.2.127", nl)
	f("192.0.2.128", Place{64501, 0, 0, [2]byte{'D', 'E'}})
	f("192.0.2.255", Place{64501, 0, 0, [2]byte{'D', 'E'}})
	f("192.0.3.0", Place{})
	f("192.0.1.255", Place{})
	f("2001:db8:ffff::1", Place{64502, 3568, 13977, [2]byte{'J', 'P'}})
	f("203.0.113.9", Place{ASN: 64503})
	f("203.0.113.10", Place{})
	f("198.51.100.7", Place{ASN: 64510})
}

func TestGeoFaults(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		var g Geo
		err := g.AddCSV("t.csv", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || len(g.tables) != 0 {
			t.Errorf("%q: %v, %d tables, want %s", text, err, len(g.tables), want)
		}
	}
	f("", "t.csv: no table of networks")
	f("prefix\n", "t.csv:1: the header must name")
	f("prefix,lat\n", "lat with lon")
	f("prefix,land\n", `t.csv:1: unknown column "land"`)
	f("prefix,asn\n192.0.2.0/24,64500\n192.0.2.0/33,1\n", `t.csv:3: "192.0.2.0/33" is no network`)
	f("prefix,asn\n192.0.2.0/24\n", "t.csv:2: wrong number of fields")
	f("prefix,asn\n192.0.2.0/24,x\n", `t.csv:2: "x" is no number of an autonomous system`)
	f("prefix,country\n192.0.2.0/24,Holland\n", `t.csv:2: "Holland" is no country`)
	f("prefix,lat,lon\n192.0.2.0/24,91,0\n", "is no latitude")
	f("prefix,asn\n", "holds no network")
	var g Geo
	if err := g.AddMMDB("x.mmdb", []byte("no such thing")); err == nil || !strings.HasPrefix(err.Error(), "x.mmdb: ") || len(g.tables) != 0 {
		t.Errorf("%v, %d tables", err, len(g.tables))
	}
}

func TestPrefixes(t *testing.T) {
	var p Prefixes
	published := `{"creationTime": "2026-11-01T00:00:00", "prefixes": [{"ipv6Prefix": "2001:db8:4860::/64"}, {"ipv4Prefix": "192.0.2.64/27"}]}`
	if err := p.Add("bot.json", []byte(published)); err != nil {
		t.Fatal(err)
	}
	if err := p.Add("more", []byte("# ours\n203.0.113.0/24 # all\n\n198.51.100.7\n")); err != nil {
		t.Fatal(err)
	}
	for addr, want := range map[string]bool{"192.0.2.64": true, "192.0.2.95": true, "192.0.2.96": false, "192.0.2.63": false,
		"2001:db8:4860::9": true, "2001:db8:4861::9": false, "203.0.113.200": true, "198.51.100.7": true, "198.51.100.8": false} {
		if p.Contains(netip.MustParseAddr(addr)) != want {
			t.Errorf("%s: want %v", addr, want)
		}
	}
	f := func(text, want string) {
		t.Helper()
		var p Prefixes
		if err := p.Add("f", []byte(text)); err == nil || !strings.Contains(err.Error(), want) || len(p.list) != 0 {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	f("", "there is no network")
	f("192.0.2.0/24\nnobody\n", `f:2: "nobody" is no network`)
	f("{\n\"prefixes\": [{\"ipv4Prefix\": \"192.0.2.0/24\"}", "f:2: the document ends early")
	f("{\"prefixes\": [\n{\"ipv4Prefix\": \"192.0.2/24\"}]}", `f:2: "192.0.2/24" is no network`)
	f("{\"prefixes\": []}", "there is no network")
}

// A line's place comes from the log where it says so, else from the tables.
func TestPlace(t *testing.T) {
	var g Geo
	if err := g.AddCSV("a.csv", []byte("prefix,country,asn\n192.0.2.0/24,NL,64500\n")); err != nil {
		t.Fatal(err)
	}
	var p Prefixes
	if err := p.Add("p", []byte("192.0.2.8")); err != nil {
		t.Fatal(err)
	}
	n := New(Options{Geo: &g, Crawlers: &p}, 1)
	f := func(addr, said string, country string, as uint32, crawler bool) {
		t.Helper()
		var r event.Rec
		e := event.Event{Client: netip.MustParseAddr(addr), Path: "/", Method: "GET", Country: said}
		n.Do(&e, &r)
		if string(r.Country[:]) != country || r.ASN != as || r.Traits&event.Crawler != 0 != crawler {
			t.Errorf("%s: %q %d %v", addr, r.Country, r.ASN, r.Traits&event.Crawler != 0)
		}
	}
	for range 2 {
		f("192.0.2.7", "", "NL", 64500, false)
		f("192.0.2.7", "de", "DE", 64500, false)
		f("192.0.2.8", "XX", "NL", 64500, true)
		f("203.0.113.1", "T1", "\x00\x00", 0, false)
	}
}
