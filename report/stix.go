package report

import (
	"crypto/sha1"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"goshawk/correlate"
	"goshawk/detect"
	"goshawk/engine"
	"goshawk/event"
)

// STIX is for threat intelligence platforms.
var STIX = register(Format{
	Name:  "stix",
	Title: "A STIX 2.1 bundle, for threat intelligence platforms",
	Doc: "Addresses, networks and users that findings name are observables with an indicator each; techniques of ATT&CK are attack patterns that the indicators indicate; " +
		"a finding is a sighting of its indicator with the observed data, an incident a grouping. Ids follow from the content (UUID version 5), so the same log gives the same bundle. " +
		"Keys, sessions, fingerprints and groups are no observables of STIX: their findings are notes. At most 1,000 members of a finding are listed.",
	Write: writeSTIX,
})

// stixNamespace is what version 5 ids of observables are made in. Source: STIX
// 2.1, 2.9.
var stixNamespace = [16]byte{0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7}

// ownNamespace is what those of all else are made in: the version 5 id of
// "goshawk" in stixNamespace.
var ownNamespace = uuid5(stixNamespace, "goshawk")

// uuid5 makes an id from a name. Source: RFC 9562, 5.5.
func uuid5(space [16]byte, name string) (id [16]byte) {
	sum := sha1.Sum(append(space[:], name...))
	copy(id[:], sum[:])
	id[6] = id[6]&0x0f | 0x50
	id[8] = id[8]&0x3f | 0x80
	return id
}

func stixID(kind string, space [16]byte, name string) string {
	x := uuid5(space, name)
	s := fmt.Sprintf("%x", x)
	return kind + "--" + s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// bundle is a bundle as it grows.
type bundle struct {
	*jsonWriter
	written map[string]bool // objects by id
	self    string          // the identity of this program
	since   int64           // of the first event: when what has no time of its own was made
}

func writeSTIX(out io.Writer, r *engine.Result, o Options) error {
	b := &bundle{jsonWriter: &jsonWriter{b: []byte{'{'}, out: out}, written: map[string]bool{}, self: stixID("identity", ownNamespace, "goshawk")}
	for _, s := range r.Input.Sources {
		if s.First != 0 && (b.since == 0 || s.First < b.since) {
			b.since = s.First
		}
	}
	b.text("type", "bundle")
	b.text("id", stixID("bundle", ownNamespace, bundleName(r)))
	b.open("objects", '[')
	b.object("identity", b.self, b.since, b.since, func() {
		b.text("name", "Goshawk")
		b.text("identity_class", "system")
	})
	refs := map[string][]string{} // what says something of a finding, by its id
	for i := range r.Findings {
		f := &r.Findings[i]
		refs[f.ID] = b.finding(f)
		b.flush()
	}
	for i := range r.Incidents {
		b.incident(&r.Incidents[i], refs)
		b.flush()
	}
	b.close(']')
	b.b = append(b.b, '}', '\n')
	if b.err != nil {
		return b.err
	}
	_, err := out.Write(b.b)
	return err
}

// bundleName is what tells a bundle from others: its findings.
func bundleName(r *engine.Result) string {
	var l []string
	for i := range r.Findings {
		l = append(l, r.Findings[i].ID)
	}
	return "bundle " + strings.Join(l, " ")
}

// object writes an object once, with what all but observables have.
func (b *bundle) object(kind, id string, created, modified int64, rest func()) {
	if b.written[id] {
		return
	}
	b.written[id] = true
	b.line()
	b.item('{')
	b.text("type", kind)
	b.text("spec_version", "2.1")
	b.text("id", id)
	if id != b.self {
		b.text("created_by_ref", b.self)
	}
	b.text("created", stixTime(created))
	b.text("modified", stixTime(max(created, modified)))
	rest()
	b.close('}')
}

// stixTime is a time in milliseconds, as created and modified must be.
func stixTime(ns int64) string {
	return time.Unix(0, max(ns, 0)).UTC().Format("2006-01-02T15:04:05.000Z")
}

// finding writes a finding and whatever it names, and returns the ids of what
// its incident groups.
func (b *bundle) finding(f *detect.Finding) (refs []string) {
	patterns := b.techniques(f)
	var seen []string
	for _, a := range append([]event.Actor{f.Actor}, f.Members[:min(len(f.Members), someRelated)]...) {
		sco, pattern := b.observable(a)
		if sco == "" || slices.Contains(seen, sco) {
			continue
		}
		seen = append(seen, sco)
		refs = append(refs, b.indicator(f, a, pattern, patterns))
	}
	if len(seen) == 0 {
		return append(refs, b.note(f, b.self))
	}
	data := stixID("observed-data", ownNamespace, f.ID)
	b.object("observed-data", data, f.DetectedAt, f.LastSeen, func() {
		b.text("first_observed", stixTime(f.FirstSeen))
		b.text("last_observed", stixTime(f.LastSeen))
		b.int("number_observed", int64(min(max(f.Events, 1), 999_999_999)))
		b.texts("object_refs", seen)
	})
	sighting := stixID("sighting", ownNamespace, f.ID)
	b.object("sighting", sighting, f.DetectedAt, f.LastSeen, func() {
		b.text("description", f.Title+": "+f.Evidence.Summary)
		b.text("first_seen", stixTime(f.FirstSeen))
		b.text("last_seen", stixTime(f.LastSeen))
		b.int("count", int64(min(f.Events, 999_999_999)))
		b.text("sighting_of_ref", refs[0])
		b.texts("observed_data_refs", []string{data})
		b.texts("where_sighted_refs", []string{b.self})
	})
	return append(refs, data, sighting, b.note(f, sighting))
}

// note writes what a finding says beyond what STIX has properties for.
func (b *bundle) note(f *detect.Finding, about string) string {
	id := stixID("note", ownNamespace, f.ID)
	b.object("note", id, f.DetectedAt, f.LastSeen, func() {
		b.text("abstract", f.Title+", "+f.Actor.String())
		l := append([]string{f.Evidence.Summary}, f.Advice...)
		b.text("content", strings.Join(append(l, ids(&f.Standards)...), "\n")+"\n")
		b.texts("object_refs", []string{about})
	})
	return id
}

// techniques writes the attack patterns of a finding and returns their ids.
func (b *bundle) techniques(f *detect.Finding) (l []string) {
	for _, t := range f.Standards.Attack {
		id := stixID("attack-pattern", ownNamespace, t)
		b.object("attack-pattern", id, b.since, b.since, func() {
			b.text("name", t)
			b.open("external_references", '[')
			b.item('{')
			b.text("source_name", "mitre-attack")
			b.text("external_id", t)
			b.text("url", attackPage(t))
			b.close('}')
			b.close(']')
		})
		l = append(l, id)
	}
	return l
}

// observable writes an actor as an observable and returns its id and the
// pattern that matches it, empty where STIX has none of the kind.
func (b *bundle) observable(a event.Actor) (id, pattern string) {
	kind, key := "", "value"
	switch a.Scope {
	case event.IP, event.Net:
		ip, err := netip.ParsePrefix(a.Value)
		if err != nil {
			single, err := netip.ParseAddr(a.Value)
			if err != nil {
				return "", ""
			}
			ip = netip.PrefixFrom(single, single.BitLen())
		}
		kind = "ipv6-addr"
		if ip.Addr().Is4() {
			kind = "ipv4-addr"
		}
	case event.User, event.Account:
		kind, key = "user-account", "user_id"
	default:
		return "", ""
	}
	if a.Value == "" {
		return "", ""
	}
	id = stixID(kind, stixNamespace, string(appendCanonical([]byte(`{"`+key+`":`), a.Value))+"}")
	if !b.written[id] {
		b.written[id] = true
		b.line()
		b.item('{')
		b.text("type", kind)
		b.text("spec_version", "2.1")
		b.text("id", id)
		b.text(key, a.Value)
		b.close('}')
	}
	return id, "[" + kind + ":" + key + " = '" + stixQuoted.Replace(Clean(a.Value)) + "']"
}

// stixQuoted escapes text between the quotes of a pattern. Source: STIX 2.1, 9.2.
var stixQuoted = strings.NewReplacer(`\`, `\\`, "'", `\'`)

// appendCanonical appends a JSON string in the one way that all programs write
// it, of which ids of observables are made. Source: RFC 8785, 3.2.2.2.
func appendCanonical(b []byte, s string) []byte {
	b = append(b, '"')
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"): // as appendQuoted writes it
			b = append(b, '\\', '\\', 'x', hex[s[i]>>4], hex[s[i]&15])
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case strings.ContainsRune("\b\t\n\f\r", r):
			b = append(b, '\\', "btn_fr"[r-'\b'])
		case r < ' ':
			b = appendUnit(b, r)
		default:
			b = append(b, string(r)...)
		}
	}
	return append(b, '"')
}

// indicator writes what recognises an actor, and what it indicates. An actor
// who is in several findings has one indicator, of the first.
func (b *bundle) indicator(f *detect.Finding, a event.Actor, pattern string, techniques []string) string {
	id := stixID("indicator", ownNamespace, pattern)
	b.object("indicator", id, f.DetectedAt, f.DetectedAt, func() {
		b.text("name", f.Title+": "+a.String())
		b.texts("indicator_types", []string{"malicious-activity"})
		b.text("pattern", pattern)
		b.text("pattern_type", "stix")
		b.text("valid_from", stixTime(f.FirstSeen))
		b.int("confidence", int64(f.Score*100))
	})
	for _, t := range techniques {
		b.object("relationship", stixID("relationship", ownNamespace, id+" "+t), f.DetectedAt, f.DetectedAt, func() {
			b.text("relationship_type", "indicates")
			b.text("source_ref", id)
			b.text("target_ref", t)
		})
	}
	return id
}

// incident writes an incident as a grouping of what its findings wrote.
func (b *bundle) incident(x *correlate.Incident, refs map[string][]string) {
	var all []string
	for _, id := range x.Findings {
		all = append(all, refs[id]...)
	}
	if all = distinct(all); len(all) == 0 {
		return
	}
	b.object("grouping", stixID("grouping", ownNamespace, x.ID), x.FirstSeen, x.LastSeen, func() {
		b.text("name", x.Title)
		b.text("context", "suspicious-activity")
		b.int("confidence", int64(x.Probability*100))
		if len(x.Tags) > 0 {
			b.texts("labels", x.Tags)
		}
		b.texts("object_refs", all)
	})
}
