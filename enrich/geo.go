package enrich

import (
	"net/netip"

	"goshawk/event"
)

// Place is where an address is, as far as tables say. The zero value is nowhere.
type Place struct {
	ASN      uint32
	Lat, Lon int16 // hundredths of a degree; both 0 unknown
	Country  [2]byte
}

// Geo looks up where addresses are, in tables that were read from files. It is
// safe for concurrent use.
type Geo struct{ tables []places }

// places is one table.
type places interface {
	find(netip.Addr) Place
}

// Lookup returns what the tables know of an address: of each fact, what the
// first table says that has it.
func (g *Geo) Lookup(a netip.Addr) (p Place) {
	for _, t := range g.tables {
		q := t.find(a)
		if p.ASN == 0 {
			p.ASN = q.ASN
		}
		if p.Country[0] == 0 {
			p.Country = q.Country
		}
		if p.Lat == 0 && p.Lon == 0 {
			p.Lat, p.Lon = q.Lat, q.Lon
		}
	}
	return p
}

// placed is a cache of the places of addresses; a line costs a comparison.
type placed [4096]struct {
	client  uint64
	place   Place
	crawler bool
}

// place fills in where r's client is, from what the log says of it and from
// tables, and whether it is a crawler whose operator publishes its addresses.
func (n *Enricher) place(e *event.Event, r *event.Rec) {
	r.ASN = e.ASN
	if len(e.Country) == 2 {
		r.Country = country(e.Country)
	}
	if !e.Client.IsValid() || n.geo == nil && n.crawlers == nil {
		return
	}
	t := &n.placed[r.Client>>1%uint64(len(n.placed))]
	if t.client != r.Client {
		t.client, t.place, t.crawler = r.Client, Place{}, n.crawlers.Contains(e.Client)
		if n.geo != nil {
			t.place = n.geo.Lookup(e.Client)
		}
	}
	if r.ASN == 0 {
		r.ASN = t.place.ASN
	}
	if r.Country[0] == 0 {
		r.Country = t.place.Country
	}
	r.Lat, r.Lon = t.place.Lat, t.place.Lon
	if t.crawler {
		r.Traits |= event.Crawler
	}
}

// country reads an ISO 3166-1 code of two letters; XX and T1, which some logs
// write for an unknown country and for Tor, are none.
func country(s string) (c [2]byte) {
	if len(s) != 2 {
		return c
	}
	for i := range c {
		x := s[i] &^ 0x20
		if x < 'A' || x > 'Z' {
			return [2]byte{}
		}
		c[i] = x
	}
	if c == [2]byte{'X', 'X'} {
		return [2]byte{}
	}
	return c
}

// degrees is an angle in hundredths of a degree.
func degrees(d float64) int16 {
	if d < 0 {
		return int16(d*100 - 0.5)
	}
	return int16(d*100 + 0.5)
}
