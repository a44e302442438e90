package enrich

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/oschwald/maxminddb-golang/v2"
)

// mmdb is a table in MaxMind's format, read where it lies. Which of its values
// say what was found out when it was added.
type mmdb struct {
	r                      *maxminddb.Reader
	country, asn, lat, lon []any
}

// Where tables keep what we want: those of MaxMind and DB-IP, then of IPinfo.
var mmdbPaths = struct{ country, asn, lat, lon [][]any }{
	country: [][]any{{"country", "iso_code"}, {"registered_country", "iso_code"}, {"country_code"}, {"country"}},
	asn:     [][]any{{"autonomous_system_number"}, {"traits", "autonomous_system_number"}, {"asn"}},
	lat:     [][]any{{"location", "latitude"}, {"latitude"}, {"lat"}},
	lon:     [][]any{{"location", "longitude"}, {"longitude"}, {"lng"}},
}

// mmdbTried is how many networks of a table are read before it is believed.
const mmdbTried = 4096

// AddMMDB adds a table in the format of MaxMind's databases: a database of
// countries, cities or autonomous systems. text is kept and must not change.
// name stands for the file in errors; on an error nothing is added.
func (g *Geo) AddMMDB(name string, text []byte) error {
	r, err := maxminddb.OpenBytes(text)
	if err != nil {
		return fmt.Errorf("%s: no database of networks, or a damaged one: %w", name, err)
	}
	t := mmdb{r: r}
	tried := 0
	for x := range r.Networks() {
		if err := x.Err(); err != nil {
			return fmt.Errorf("%s: the database is damaged: %w", name, err)
		}
		var whole any
		if err := x.Decode(&whole); err != nil {
			return fmt.Errorf("%s: the database is damaged at %s: %w", name, x.Prefix(), err)
		}
		t.learn(x)
		if tried++; tried == mmdbTried {
			break
		}
	}
	if t.country == nil && t.asn == nil && (t.lat == nil || t.lon == nil) {
		return fmt.Errorf("%s: the database (%s) tells neither countries nor autonomous systems nor places", name, r.Metadata.DatabaseType)
	}
	g.tables = append(g.tables, t)
	return nil
}

// learn notes where the values of a network are that were not found before.
func (t *mmdb) learn(x maxminddb.Result) {
	find := func(path *[]any, among [][]any, ok func(any) bool) {
		for _, p := range among {
			var v any
			if *path == nil && x.DecodePath(&v, p...) == nil && v != nil && ok(v) {
				*path = p
			}
		}
	}
	find(&t.country, mmdbPaths.country, func(v any) bool { s, ok := v.(string); return ok && country(s)[0] != 0 })
	find(&t.asn, mmdbPaths.asn, func(v any) bool { return asnOf(v) != 0 })
	find(&t.lat, mmdbPaths.lat, func(v any) bool { _, ok := numeral(v); return ok })
	find(&t.lon, mmdbPaths.lon, func(v any) bool { _, ok := numeral(v); return ok })
}

func (t mmdb) find(a netip.Addr) (p Place) {
	x := t.r.Lookup(a)
	if !x.Found() {
		return p
	}
	value := func(path []any) (v any) {
		if path != nil && x.DecodePath(&v, path...) != nil {
			return nil
		}
		return v
	}
	if s, ok := value(t.country).(string); ok {
		p.Country = country(s)
	}
	p.ASN = asnOf(value(t.asn))
	lat, ok1 := numeral(value(t.lat))
	lon, ok2 := numeral(value(t.lon))
	if ok1 && ok2 && lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180 {
		p.Lat, p.Lon = degrees(lat), degrees(lon)
	}
	return p
}

// asnOf reads the number of an autonomous system, 0 if v is none.
func asnOf(v any) uint32 {
	switch v := v.(type) {
	case uint64:
		return uint32(v)
	case uint32:
		return v
	case string:
		x, _ := asn(v)
		return x
	}
	return 0
}

func numeral(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case float32:
		return float64(v), true
	case string:
		x, err := strconv.ParseFloat(v, 64)
		return x, err == nil
	}
	return 0, false
}
