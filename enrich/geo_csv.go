package enrich

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
)

// AddCSV adds a table of networks: a header that names the columns, prefix
// among them and at least one of country, asn, lat and lon, and a line for each
// network. name stands for the file in errors, which name the line too; on an
// error nothing is added.
func (g *Geo) AddCSV(name string, text []byte) error {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	r := csv.NewReader(bytes.NewReader(text))
	r.ReuseRecord, r.TrimLeadingSpace, r.Comment = true, true, '#'
	head, err := r.Read()
	if err != nil {
		return fmt.Errorf("%s: no table of networks: it has no header such as prefix,country,asn,lat,lon", name)
	}
	columns := map[string]int{}
	for i, c := range head {
		c = strings.ToLower(strings.TrimSpace(c))
		switch c {
		case "prefix", "country", "asn", "lat", "lon":
			columns[c] = i
		default:
			return fmt.Errorf("%s:1: unknown column %q; there are prefix, country, asn, lat, lon", name, c)
		}
	}
	_, lat := columns["lat"]
	_, lon := columns["lon"]
	if _, ok := columns["prefix"]; !ok || len(columns) < 2 || lat != lon {
		return fmt.Errorf("%s:1: the header must name prefix and some of country, asn, and lat with lon", name)
	}
	var list []network[Place]
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			var p *csv.ParseError
			if errors.As(err, &p) {
				return fmt.Errorf("%s:%d: %w", name, p.Line, p.Err)
			}
			return fmt.Errorf("%s: %w", name, err)
		}
		n, err := csvRow(row, columns)
		if err != nil {
			line, _ := r.FieldPos(0)
			return fmt.Errorf("%s:%d: %w", name, line, err)
		}
		list = append(list, n)
	}
	if len(list) == 0 {
		return fmt.Errorf("%s: the table holds no network", name)
	}
	g.tables = append(g.tables, csvTable{flatten(list)})
	return nil
}

func csvRow(row []string, columns map[string]int) (n network[Place], err error) {
	field := func(name string) string {
		if i, ok := columns[name]; ok {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	if n.prefix, err = networkOf(field("prefix")); err != nil {
		return n, err
	}
	p := &n.value
	if s := field("country"); s != "" {
		if p.Country = country(s); p.Country[0] == 0 {
			return n, fmt.Errorf("%q is no country of two letters", s)
		}
	}
	if s := field("asn"); s != "" {
		x, err := asn(s)
		if err != nil {
			return n, err
		}
		p.ASN = x
	}
	if lat, lon := field("lat"), field("lon"); lat != "" || lon != "" {
		x, err1 := strconv.ParseFloat(lat, 64)
		y, err2 := strconv.ParseFloat(lon, 64)
		if err1 != nil || err2 != nil || !(x >= -90 && x <= 90 && y >= -180 && y <= 180) {
			return n, fmt.Errorf("%q, %q is no latitude and longitude", lat, lon)
		}
		p.Lat, p.Lon = degrees(x), degrees(y)
	}
	return n, nil
}

// asn reads the number of an autonomous system: 64500 or AS64500.
func asn(s string) (uint32, error) {
	d := s
	if len(d) > 2 && strings.EqualFold(d[:2], "as") {
		d = d[2:]
	}
	x, err := strconv.ParseUint(d, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%q is no number of an autonomous system", s)
	}
	return uint32(x), nil
}

// networkOf reads a network, or an address, which is a network of one.
func networkOf(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil || p.Addr().Is4In6() {
		return p, fmt.Errorf("%q is no network such as 203.0.113.0/24", s)
	}
	return p.Masked(), nil
}

type csvTable struct{ *ranges[Place] }

func (t csvTable) find(a netip.Addr) Place {
	p, _ := t.ranges.find(a)
	return p
}
