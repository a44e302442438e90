package enrich

import (
	"encoding/binary"
	"math"
	"net/netip"
	"strings"
	"testing"
)

// writeMMDB writes a database of IPv4 networks as the format's specification
// (2.0) says: a binary tree with records of 24 bits, what it points to, and a
// description.
func writeMMDB(kind string, data map[string][]byte) []byte {
	type node [2]int // a node's number, or minus the place in the data, plus one; 0 nothing
	tree := []node{{}}
	var section []byte
	for prefix, value := range data {
		p := netip.MustParsePrefix(prefix)
		b, at := p.Addr().As4(), 0
		for i := range p.Bits() {
			bit := int(b[i/8] >> (7 - i%8) & 1)
			if i == p.Bits()-1 {
				tree[at][bit] = -1 - len(section)
				break
			}
			if tree[at][bit] == 0 {
				tree = append(tree, node{})
				tree[at][bit] = len(tree) - 1
			}
			at = tree[at][bit]
		}
		section = append(section, value...)
	}
	var out []byte
	for _, n := range tree {
		for _, x := range n {
			switch {
			case x == 0:
				x = len(tree)
			case x < 0:
				x = len(tree) + 16 - x - 1
			}
			out = append(out, byte(x>>16), byte(x>>8), byte(x))
		}
	}
	out = append(append(out, make([]byte, 16)...), section...)
	return append(append(out, "\xab\xcd\xefMaxMind.com"...), mmap(
		"binary_format_major_version", mmuint(5, 2), "binary_format_minor_version", mmuint(5, 0), "build_epoch", "\x04\x02\x65\x00\x00\x00",
		"database_type", mmtext(kind), "description", mmap(), "ip_version", mmuint(5, 4), "languages", "\x00\x04",
		"node_count", mmuint(6, len(tree)), "record_size", mmuint(5, 24))...)
}

func mmtext(s string) string { return string([]byte{2<<5 | byte(len(s))}) + s }

func mmuint(kind byte, n int) string {
	b := binary.BigEndian.AppendUint32([]byte{kind<<5 | 4}, uint32(n))
	if kind == 5 {
		b = binary.BigEndian.AppendUint16([]byte{kind<<5 | 2}, uint16(n))
	}
	return string(b)
}

func mmdouble(f float64) string {
	return "\x68" + string(binary.BigEndian.AppendUint64(nil, math.Float64bits(f)))
}

func mmap(kv ...string) string {
	s := string([]byte{7<<5 | byte(len(kv)/2)})
	for i, x := range kv {
		if i%2 == 0 {
			x = mmtext(x)
		}
		s += x
	}
	return s
}

func TestGeoMMDB(t *testing.T) {
	city := writeMMDB("Test-City", map[string][]byte{
		"192.0.2.0/24":    []byte(mmap("country", mmap("iso_code", mmtext("NL")), "location", mmap("latitude", mmdouble(52.37), "longitude", mmdouble(4.9)))),
		"198.51.100.0/24": []byte(mmap("country", mmap("iso_code", mmtext("JP")))),
	})
	as := writeMMDB("Test-ASN", map[string][]byte{"192.0.2.0/25": []byte(mmap("autonomous_system_number", "\xc4\x00\x00\xfb\xf4"))})
	lite := writeMMDB("lite", map[string][]byte{"203.0.113.0/24": []byte(mmap("asn", mmtext("AS64501"), "country_code", mmtext("BR")))})
	var g Geo
	for i, text := range [][]byte{city, as, lite} {
		if err := g.AddMMDB("db", text); err != nil {
			t.Fatal(i, err)
		}
	}
	f := func(addr string, want Place) {
		t.Helper()
		if got := g.Lookup(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %+v, want %+v", addr, got, want)
		}
	}
	f("192.0.2.1", Place{64500, 5237, 490, [2]byte{'N', 'L'}})
	f("192.0.2.200", Place{0, 5237, 490, [2]byte{'N', 'L'}})
	f("198.51.100.1", Place{Country: [2]byte{'J', 'P'}})
	f("203.0.113.1", Place{ASN: 64501, Country: [2]byte{'B', 'R'}})
	f("198.51.101.1", Place{})
	f("2001:db8::1", Place{})

	bad := func(text []byte, want string) {
		t.Helper()
		before := len(g.tables)
		if err := g.AddMMDB("db", text); err == nil || !strings.Contains(err.Error(), want) || len(g.tables) != before {
			t.Errorf("%v, want %s", err, want)
		}
	}
	bad(city[200:], "damaged")
	bad(writeMMDB("Test-Domain", map[string][]byte{"192.0.2.0/24": []byte(mmap("domain", mmtext("example.com")))}), "neither countries nor")
}
