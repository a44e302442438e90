package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"goshawk/internal/hostile"
)

// Every hostile string comes through a spreadsheet's reader as one cell, and no
// cell of text is a formula.
func TestCSVCells(t *testing.T) {
	for _, s := range hostile.Strings() {
		rows, err := csv.NewReader(strings.NewReader(written(t, CSV, hostileResult(s), Options{}))).ReadAll()
		if err != nil || len(rows) != 5 {
			t.Fatalf("%q: %d rows, %v", s, len(rows), err)
		}
		for _, cell := range rows[1] {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("%q gives the cell %q", s, cell)
			}
		}
		if got := rows[1][slices.Index(csvColumns, "title")]; got != Clean(s) && got != "'"+Clean(s) {
			t.Errorf("%q comes back as %q", s, got)
		}
	}
	f := func(s string, want bool) {
		t.Helper()
		if formula(s) != want {
			t.Errorf("%q is a formula: %v", s, !want)
		}
	}
	f("=1+1", true)
	f("  =1+1", true)
	f(`"=1+1`, true)
	f("＝1", true)
	f("-2", true)
	f("@SUM(1)", true)
	f("1+1", false)
	f("203.0.113.7", false)
}

// A reader of CEF finds eight parts of a record, and each extension as it was
// meant.
func TestCEFRecords(t *testing.T) {
	for _, s := range hostile.Strings() {
		for line := range strings.Lines(written(t, CEF, hostileResult(s), Options{Version: s})) {
			parts, ext := cefParts(strings.TrimSuffix(line, "\n"))
			if len(parts) != 7 || parts[0] != "CEF:0" || parts[3] != Clean(s) || parts[5] != Clean(s) {
				t.Fatalf("%q gives %q", s, parts)
			}
			for _, key := range []string{"externalId", "cnt", "cs1Label", "cn1", "cfp1"} {
				if !slices.ContainsFunc(ext, func(kv [2]string) bool { return kv[0] == key }) {
					t.Errorf("%q: no %s in %q", s, key, ext)
				}
			}
		}
	}
}

var cefKey = regexp.MustCompile(`(^|[^\\]) ?([A-Za-z0-9]+)=`)

// cefParts splits a record as ArcSight describes it.
func cefParts(line string) (header []string, extension [][2]string) {
	var part strings.Builder
	i := 0
	for ; i < len(line) && len(header) < 7; i++ {
		switch c := line[i]; {
		case c == '\\' && i+1 < len(line):
			i++
			part.WriteByte(line[i])
		case c == '|':
			header = append(header, part.String())
			part.Reset()
		default:
			part.WriteByte(c)
		}
	}
	rest := line[i:]
	at := cefKey.FindAllStringSubmatchIndex(rest, -1)
	for k, m := range at {
		end := len(rest)
		if k+1 < len(at) {
			end = at[k+1][4] - 1
		}
		extension = append(extension, [2]string{rest[m[4]:m[5]], rest[m[1]:max(m[1], end)]})
	}
	return header, extension
}

// A bundle's ids are of their kinds, each object stands once, all references
// are to objects of the bundle, and each kind has what STIX 2.1 requires.
func TestSTIXBundle(t *testing.T) {
	id := regexp.MustCompile(`^[a-z0-9-]+--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	required := map[string][]string{
		"identity": {"name"}, "indicator": {"pattern", "pattern_type", "valid_from"}, "attack-pattern": {"name"}, "relationship": {"relationship_type", "source_ref", "target_ref"},
		"observed-data": {"first_observed", "last_observed", "number_observed", "object_refs"}, "sighting": {"sighting_of_ref"}, "note": {"content", "object_refs"},
		"grouping": {"context", "object_refs"}, "ipv4-addr": {"value"}, "ipv6-addr": {"value"}, "user-account": {},
	}
	check := func(name, text string) (kinds map[string]int) {
		kinds = map[string]int{}
		var b struct {
			ID      string
			Objects []map[string]any
		}
		if err := json.Unmarshal([]byte(text), &b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all := map[string]bool{}
		for _, o := range b.Objects {
			kind, key := fmt.Sprint(o["type"]), fmt.Sprint(o["id"])
			if all[key] || !id.MatchString(key) || !strings.HasPrefix(key, kind+"--") || o["spec_version"] != "2.1" {
				t.Errorf("%s: %s %s, again: %v", name, kind, key, all[key])
			}
			all[key] = true
			kinds[kind]++
			need, known := required[kind]
			if !strings.Contains(kind, "addr") && kind != "user-account" {
				need = append([]string{"created", "modified"}, need...)
			}
			for _, k := range need {
				if v, ok := o[k]; !ok || v == "" {
					t.Errorf("%s: %s has no %s", name, kind, k)
				}
			}
			if !known {
				t.Errorf("%s: an object of type %s", name, kind)
			}
		}
		for _, o := range b.Objects {
			for k, v := range o {
				refs, _ := v.([]any)
				if strings.HasSuffix(k, "_ref") {
					refs = []any{v}
				} else if !strings.HasSuffix(k, "_refs") {
					continue
				}
				if len(refs) == 0 {
					t.Errorf("%s: %s is empty", name, k)
				}
				for _, r := range refs {
					if !all[fmt.Sprint(r)] {
						t.Errorf("%s: %s of %s names nothing", name, k, o["id"])
					}
				}
			}
		}
		return kinds
	}
	kinds := check("abuse", written(t, STIX, abuse(), Options{}))
	if kinds["ipv4-addr"] != 65 || kinds["indicator"] != 65 || kinds["grouping"] != 2 || kinds["sighting"] != 3 || kinds["attack-pattern"] != 1 {
		t.Errorf("%v", kinds)
	}
	if a, b := written(t, STIX, abuse(), Options{}), written(t, STIX, abuse(), Options{Version: "other"}); a != b {
		t.Error("the same result gives another bundle")
	}
	for _, s := range hostile.Strings() {
		if s == "" {
			continue // nothing that has no id or name comes from the engine
		}
		check(s, written(t, STIX, hostileResult(s), Options{}))
	}
}

// Ids of observables are those that every other producer makes. Source: RFC
// 9562, A.4, and the ids that the examples of STIX 2.1 have.
func TestSTIXIDs(t *testing.T) {
	dns := [16]byte{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}
	if got, want := stixID("x", dns, "www.example.com"), "x--2ed6657d-e927-568b-95e1-2665a8aea6a2"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := stixID("ipv4-addr", stixNamespace, `{"value":"198.51.100.3"}`), "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := string(appendCanonical(nil, "a\"b\\c\nd\x01é\xff")), "\"a\\\"b\\\\c\\nd\\u0001é\\\\xff\""; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Findings and incidents have the attributes that their classes require in
// OCSF 1.6.0, and none that base and class do not have.
func TestOCSFClasses(t *testing.T) {
	base := "activity_id activity_name category_name category_uid class_name class_uid count end_time message metadata observables severity severity_id start_time status status_id time type_name type_uid unmapped"
	f := func(doc map[string]any, required, optional string) {
		t.Helper()
		for _, k := range strings.Fields("activity_id category_uid class_uid metadata severity_id time type_uid " + required) {
			if doc[k] == nil {
				t.Errorf("no %s: %v", k, doc)
			}
		}
		for k := range doc {
			if !slices.Contains(strings.Fields(base+" "+required+" "+optional), k) {
				t.Errorf("%s is no attribute of %v", k, doc["class_name"])
			}
		}
		if doc["type_uid"] != doc["class_uid"].(float64)*100+doc["activity_id"].(float64) {
			t.Errorf("type_uid %v", doc["type_uid"])
		}
		if m := doc["metadata"].(map[string]any); m["version"] != "1.6.0" || m["product"] == nil {
			t.Errorf("metadata %v", m)
		}
	}
	classes := map[float64]int{}
	for _, s := range append(hostile.Strings(), "plain") {
		for line := range strings.Lines(written(t, OCSF, hostileResult(s), Options{})) {
			var doc map[string]any
			if err := json.Unmarshal([]byte(line), &doc); err != nil {
				t.Fatal(err)
			}
			class := doc["class_uid"].(float64)
			classes[class]++
			switch class {
			case detectionFinding:
				f(doc, "finding_info", "anomaly_analyses confidence confidence_id confidence_score evidences impact_id is_alert remediation")
				for _, e := range doc["evidences"].([]any) {
					if e.(map[string]any)["data"] == nil {
						t.Error("evidence without data")
					}
				}
			case incidentFinding:
				f(doc, "finding_info_list status_id assignee_group", "attacks confidence confidence_id confidence_score desc is_suspected_breach priority_id")
			}
		}
	}
	if classes[detectionFinding] == 0 || classes[incidentFinding] == 0 || len(classes) != 2 {
		t.Errorf("classes %v", classes)
	}
}

func TestFileURI(t *testing.T) {
	f := func(path, want string) {
		t.Helper()
		if got := fileURI(path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	f("access.log", "access.log")
	f("-", "stdin")
	f("/var/log/my app.log", "file:///var/log/my%20app.log")
	f("a#b?c%.log", "a%23b%3Fc%25.log")
}

func TestProse(t *testing.T) {
	f := func(s, want string) {
		t.Helper()
		if got := prose(s); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
	f("412 of 420 refused (98 %), where peers are refused 6 %; 8 succeeded.", "412 of 420 refused (98 %), where peers are refused 6 %; 8 succeeded.")
	f("End the sessions of user bob@example.com and ask.", "End the sessions of user `bob@example.com` and ask.")
	f("see https://evil.example/x, now", "see `https://evil.example/x`, now")
	f("www.evil.example", "`www.evil.example`")
	f("[a](b) c", "`[a](b)` c")
	f("1. no list", "`1`. no list")
	f("- no list", "`-` no list")
	f("a `b`", "a `` `b` ``")
	f("<script> <b>", "`<script> <b>`")
	f("@everyone #1", "`@everyone #1`")
	f("", "")
}
