package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"io"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"goshawk/detect"
	"goshawk/engine"
	"goshawk/enrich"
	"goshawk/event"
	"goshawk/internal/hostile"
)

var update = flag.Bool("update", false, "rewrite the reports in testdata")

func written(t *testing.T, f Format, r *engine.Result, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := f.Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// golden are the reports that testdata shows, by format: sections named
// "sample" or "sample columns".
var golden = map[string][]string{
	"cef": {"abuse"}, "ecs": {"abuse"}, "ocsf": {"abuse"}, "sarif": {"abuse", "empty"}, "stix": {"abuse", "empty"},
	"html":     {"plots", "clean"},
	"csv":      {"abuse", "empty"},
	"markdown": {"abuse", "plots", "insufficient", "empty"},
	"text":     {"abuse 100", "abuse 60", "plots 80", "many 80", "insufficient 80", "clean 80", "empty 80"},
	"json":     {"abuse", "empty"},
	"jsonl":    {"abuse"},
	"events":   {"abuse", "lines"},
}

func TestGolden(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	if len(files) != len(Formats()) || len(files) == 0 {
		t.Errorf("%d formats have %d samples", len(Formats()), len(files))
	}
	for _, f := range Formats() {
		t.Run(f.Name, func(t *testing.T) {
			name := "testdata/" + f.Name + ".txtar"
			a := &txtar.Archive{Comment: []byte("The format " + f.Name + ". go test ./report -update rewrites this file.\n")}
			for _, section := range golden[f.Name] {
				sample, width, _ := strings.Cut(section, " ")
				o := Options{Version: "0.1.0"}
				fmt.Sscan(width, &o.Width)
				text := eventLines()
				switch sample {
				case "lines":
				case "plots": // abuse with its footprints, priced
					r := abuse()
					o.Footprints = followed(r, &Prices{Currency: "EUR", GB: 0.08, Requests: []Price{{"POST /api/v1/auth/login", 0.002}}})
					text = written(t, f, r, o)
				default:
					text = written(t, f, samples()[sample], o)
				}
				a.Files = append(a.Files, txtar.File{Name: section, Data: []byte(text)})
			}
			if len(a.Files) == 0 {
				t.Fatal("no sample")
			}
			if *update {
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if got := txtar.Format(a); !bytes.Equal(got, want) {
				g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
				for i := range g {
					if i >= len(w) || g[i] != w[i] {
						t.Fatalf("line %d\n got %s\nwant %s", i+1, g[i], append(w, "")[min(i, len(w))])
					}
				}
				t.Fatalf("%d lines, want %d", len(g), len(w))
			}
		})
	}
}

func TestLookup(t *testing.T) {
	for _, f := range Formats() {
		if g, ok := Lookup(f.Name); !ok || g.Name != f.Name || f.Title == "" || f.Doc == "" {
			t.Errorf("%s: %+v", f.Name, f)
		}
	}
	if _, ok := Lookup("jsn"); ok {
		t.Error("found jsn")
	}
}

var sgr = regexp.MustCompile(`\x1b\[[0-9;]+m`)

// Colour adds colour and nothing else, every line fits, and all widths say the same.
func TestTextWidths(t *testing.T) {
	words := func(s string) string { return strings.Join(strings.Fields(s), "") }
	for name, r := range samples() {
		for _, width := range []int{0, 40, 60, 80, 100, 120, 200} {
			text := written(t, Text, r, Options{Width: width})
			colour := written(t, Text, r, Options{Width: width, Color: true})
			if got := sgr.ReplaceAllString(colour, ""); got != text || got == colour {
				t.Errorf("%s in %d columns: colour changes the text", name, width)
			}
			if err := hostile.Plain(text); err != nil {
				t.Errorf("%s in %d columns: %v", name, width, err)
			}
			if width == 0 {
				width = 100
			}
			for line := range strings.Lines(text) {
				if n := columns(strings.TrimSuffix(line, "\n")); n > width {
					t.Errorf("%s: %d columns instead of %d: %s", name, n, width, line)
				}
				if strings.HasSuffix(line, " \n") {
					t.Errorf("%s in %d columns: blanks at the end of %q", name, width, line)
				}
			}
			if strings.Contains(text, "\n\n\n") {
				t.Errorf("%s in %d columns: two blank lines", name, width)
			}
			if (name == "clean" || name == "empty") && words(text) != words(written(t, Text, r, Options{Width: 300})) {
				t.Errorf("%s in %d columns says something else", name, width)
			}
		}
	}
}

func TestHostile(t *testing.T) {
	n := 0
	for _, s := range hostile.Strings() {
		r := hostileResult(s)
		for _, f := range Formats() {
			out := written(t, f, r, Options{Width: 80, Version: s})
			if err := hostile.Plain(out); err != nil {
				t.Errorf("%s of %q: %v", f.Name, s, err)
			}
			n++
		}
		out := written(t, Text, r, Options{Width: 80, Color: true})
		if err := hostile.Plain(sgr.ReplaceAllString(out, "")); err != nil {
			t.Errorf("coloured text of %q: %v", s, err)
		}
		var doc struct{ Findings []struct{ Title string } }
		if err := json.Unmarshal([]byte(written(t, JSON, r, Options{})), &doc); err != nil {
			t.Errorf("%q: %v", s, err)
		} else if got, want := doc.Findings[0].Title, undecodable(s); got != want {
			t.Errorf("%q comes back as %q", want, got)
		}
		e := hostileEvent(s)
		line := AppendEvent(nil, &e, s, 1, enrich.NewTagger([32]byte{}, false))
		if err := hostile.Plain(string(line)); err != nil || !json.Valid(line) {
			t.Errorf("%q in an event: %v: %s", s, err, line)
		}
	}
	if n < 4*80 {
		t.Errorf("only %d outputs tested", n)
	}
}

// undecodable is s with what is no UTF-8 written \xff.
func undecodable(s string) string {
	var b strings.Builder
	for i, r := range s {
		if r == '\uFFFD' && !strings.HasPrefix(s[i:], "\uFFFD") {
			fmt.Fprintf(&b, `\x%02x`, s[i])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hostileEvent(s string) event.Event {
	return event.Event{
		Time: 1, Method: s, Host: s, Path: s, Query: s, UserAgent: s, Referer: s, User: s, Account: s, Key: s, Session: s, TLS: s, Template: s, Format: s,
		Client: netip.MustParseAddr("2001:db8::1"),
	}
}

// No credential stands in an event in clear, whichever field carries it.
func TestEventSecrets(t *testing.T) {
	tag := enrich.NewTagger([32]byte{7}, false)
	f := func(e event.Event, clear string) {
		t.Helper()
		if out := string(AppendEvent(nil, &e, "-", 1, tag)); strings.Contains(out, clear) {
			t.Errorf("%q in %s", clear, out)
		}
	}
	n := 0
	for _, s := range hostile.Secrets() {
		f(event.Event{Path: s.Line}, s.Clear)
		f(event.Event{Query: s.Line}, s.Clear)
		f(event.Event{Referer: s.Line}, s.Clear)
		f(event.Event{UserAgent: s.Line}, s.Clear)
		f(event.Event{Path: "/by/" + s.Clear, Template: "GET /by/" + s.Clear, Key: s.Clear}, s.Clear)
		f(event.Event{Query: "q=" + s.Clear, Session: s.Clear}, s.Clear)
		n++
	}
	if n == 0 {
		t.Error("no secrets in the corpus")
	}
	e := event.Event{Key: "k-12345678"}
	if out := string(AppendEvent(nil, &e, "-", 1, enrich.NewTagger([32]byte{}, true))); !strings.Contains(out, `"key":"k-12345678"`) {
		t.Errorf("not revealed: %s", out)
	}
}

// eventLines are two events: one that says everything, one that says nothing.
func eventLines() string {
	var nothing event.Event
	nothing.Reset()
	nothing.Flags = event.NoTime
	all := event.Event{
		Time: at("2026-11-20 09:14:03") + 5e6, Client: netip.MustParseAddr("203.0.113.7"), Method: "GET", Host: "api.example", Path: "/orders/48213",
		Query: "api_key=ak_live_7Gk2mP9xQw&page=2", Status: 200, BytesOut: 1843, Duration: 34_500_000, UserAgent: "curl/8.1.2", Referer: "https://shop.example/",
		User: "alice", Account: "alice@example.com", Key: "ak_live_7Gk2mP9xQw", Session: "q1w2e3r4t5y6", TLS: "t13d1516h2_8daaf6152771_02713d6af862",
		Auth: event.AuthOK, Action: event.Allow, Template: "GET /orders/{id}", Format: "json",
	}
	tag := enrich.NewTagger([32]byte{1}, false)
	return string(AppendEvent(AppendEvent(nil, &all, "access.log", 17, tag), &nothing, "access.log", 18, tag))
}

// The JSON holds what the contract names, with lists where it names lists.
func TestContract(t *testing.T) {
	keys := func(m any) string {
		var l []string
		for k := range m.(map[string]any) {
			l = append(l, k)
		}
		slices.Sort(l)
		return strings.Join(l, " ")
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(written(t, JSON, abuse(), Options{})), &doc); err != nil {
		t.Fatal(err)
	}
	first := func(k string) any { return doc[k].([]any)[0] }
	f := func(x any, want string) {
		t.Helper()
		if got := keys(x); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	f(doc, "actors allowed catalogues detectors findings incidents input openapi posture schema signatures summary verdict")
	f(doc["openapi"], "files operations operations_seen shadow shadow_total")
	f(doc["openapi"].(map[string]any)["shadow"].([]any)[0], "answered endpoint method_only requests")
	input := doc["input"].(map[string]any)
	f(input, "bytes events evicted late lines notes repeated samples seconds skewed sources unparsed")
	f(input["sources"].([]any)[1], "error events first format last lines name unparsed")
	f(input["samples"].([]any)[0], "line reason source text")
	f(first("incidents"), "blast confidence findings first_seen id last_seen members members_total probability severity stages tags title")
	f(first("incidents").(map[string]any)["stages"].([]any)[0], "at finding stage")
	f(first("incidents").(map[string]any)["blast"], "accounts bytes objects")
	finding := first("findings").(map[string]any)
	f(finding, "actor advice confidence detected_at detector events evidence first_seen id last_seen llr members members_total score severity standards target threat title would_not_fire_if")
	f(finding["evidence"], "counter facts lines summary")
	f(finding["evidence"].(map[string]any)["facts"].([]any)[0], "limit name unit value")
	f(finding["evidence"].(map[string]any)["facts"].([]any)[1], "name peer unit value")
	f(finding["evidence"].(map[string]any)["lines"].([]any)[0], "line source text")
	f(finding["standards"], "attack cwe oat owasp_api")
	f(finding["target"], "scope value")
	f(finding["members"].([]any)[0], "scope value")
	f(first("actors"), "confidence findings scope score severity value")
	f(first("signatures"), "client line name note source text threat")
	f(first("detectors"), "name ran")
	f(first("allowed"), "events reason scope value would")
	f(first("allowed").(map[string]any)["would"], "detector score")
	if got := finding["first_seen"]; got != "2026-11-20T03:00:00Z" {
		t.Errorf("first seen %v", got)
	}

	doc = nil
	empty := written(t, JSON, &engine.Result{}, Options{})
	if err := json.Unmarshal([]byte(empty), &doc); err != nil || strings.Contains(empty, "null") {
		t.Errorf("%v: %s", err, empty)
	}
	f(doc, "actors allowed catalogues detectors findings incidents input posture schema signatures")
}

func TestJSONNumbers(t *testing.T) {
	f := func(x float64, want string) {
		t.Helper()
		w := jsonWriter{b: []byte{'{'}}
		if w.float("x", x); string(w.b[1:]) != want {
			t.Errorf("%v is written %s", x, w.b)
		}
	}
	f(0, `"x":0`)
	f(0.9984, `"x":0.9984`)
	f(1204331, `"x":1204331`)
	f(1e300, `"x":1e+300`)
	f(math.NaN(), "")
	f(math.Inf(1), "")
}

// A result larger than the writer's buffer arrives whole; a full disk is told.
func TestJSONLarge(t *testing.T) {
	r := abuse()
	for range 12 {
		r.Findings = append(r.Findings, r.Findings...)
	}
	var doc struct{ Findings []any }
	if err := json.Unmarshal([]byte(written(t, JSON, r, Options{})), &doc); err != nil || len(doc.Findings) != len(r.Findings) {
		t.Errorf("%v, %d findings of %d", err, len(doc.Findings), len(r.Findings))
	}
	for _, f := range Formats() {
		if err := f.Write(full{}, abuse(), Options{}); err != io.ErrShortWrite && f.Name != "events" {
			t.Errorf("%s to a full disk: %v", f.Name, err)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestJSONL(t *testing.T) {
	r := abuse()
	line := JSONL([]byte("before\n"), "opened", &r.Findings[0])
	line, ok := bytes.CutPrefix(line, []byte("before\n"))
	var doc map[string]any
	if err := json.Unmarshal(line, &doc); !ok || err != nil || doc["event"] != "opened" || doc["id"] != "f-c4e8a911" || bytes.Count(line, []byte("\n")) != 1 {
		t.Errorf("%v: %s", err, line)
	}
	// More members than a buffer: nothing is handed on, all is appended.
	for range 8 {
		r.Findings[0].Members = append(r.Findings[0].Members, r.Findings[0].Members...)
	}
	if line := JSONL(nil, "closed", &r.Findings[0]); !json.Valid(line) || len(line) < 64<<10 {
		t.Errorf("%d bytes", len(line))
	}
}

func TestWords(t *testing.T) {
	f := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	f(number(0), "0")
	f(number(-1234.5), "-1,235")
	f(number(98.394), "98.39")
	f(number(0.0421), "0.042")
	f(number(1204331), "1,204,331")
	f(number(999.7), "1,000")
	f(number(3e18), "3e+18")
	f(number(math.NaN()), "?")
	f(amount(98, "%"), "98 %")
	f(count(1, "line"), "1 line")
	f(count(0, "line"), "0 lines")
	f(size(999), "999 B")
	f(size(214_310_552), "214 MB")
	f(size(1500), "1.5 kB")
	f(duration(40e6), "40 ms")
	f(duration(2_417_000_000), "2.4 s")
	f(duration(59e9), "59 s")
	f(duration(4320e9), "1 h 12 min")
	f(duration(180e9), "3 min")
	f(duration(100*3600e9), "4 d 4 h")
	f(certainty(0.9999), "certain (99.9 %)")
	f(certainty(0.8), "likely (80 %)")
	f(amount(2048, "bytes"), "2 kB")
	f(amount(1, "addresses"), "1 address")
	f(amount(1, "log-ins"), "1 log-in")
	f(amount(1, "parties"), "1 party")
	f(amount(1, "ms"), "1 ms")
	f(terse(5, "accounts"), "5")
	f(terse(6.1, "%"), "6.1 %")
	f(certainty(0.3), "30 %")
	f(span(0, 0), "at an unknown time")
	f(span(at("2026-11-20 09:14:03"), at("2026-11-20 09:14:03")), "2026-11-20 09:14:03 UTC")
	f(span(at("2026-11-20 09:14:03"), at("2026-11-20 10:26:09")), "2026-11-20 09:14:03 to 10:26:09 UTC (1 h 12 min)")
	f(span(at("2026-11-20 23:00:00"), at("2026-11-21 01:00:00")), "2026-11-20 23:00:00 to 2026-11-21 01:00:00 UTC (2 h)")
}

func TestClean(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	f("plain text \\ and \"quotes\"", "plain text \\ and \"quotes\"")
	f("Zoë, 東京, e\u0301, ☃", "Zoë, 東京, e\u0301, ☃")
	f("a\x1b[31m", `a\x1b[31m`)
	f("a\nb\rc\td\x00\x7f", `a\nb\rc\td\x00\x7f`)
	f("\u009b1m", `\u009b1m`)
	f("\u202eabc\u200b\ufeff", `\u202eabc\u200b\ufeff`)
	f("\U000e0041", `\U000e0041`)
	f("caf\xe9", `caf\xe9`)
	f("\uFFFD", "\uFFFD")
}

func TestColumns(t *testing.T) {
	f := func(s string, want int) {
		t.Helper()
		if got := columns(s); got != want {
			t.Errorf("%q has %d columns, want %d", s, got, want)
		}
	}
	f("abc", 3)
	f("東京", 4)
	f("e\u0301", 1)
	if got := cut("東京都庁", 5); got != "東京…" {
		t.Errorf("cut to %q", got)
	}
	if got := cut("abc", 3); got != "abc" {
		t.Errorf("cut to %q", got)
	}
}

// withoutCode takes the code spans out of a line of Markdown, as CommonMark
// finds them: from a run of backticks to the next run of the same length.
func withoutCode(t *testing.T, s string) string {
	var out strings.Builder
	for {
		i := strings.IndexByte(s, '`')
		if i < 0 {
			return out.String() + s
		}
		out.WriteString(s[:i])
		fence := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		rest := s[i+fence:]
		for at := 0; ; {
			k := strings.IndexByte(rest[at:], '`')
			if k < 0 {
				t.Errorf("a code span without an end: %s", s)
				return out.String()
			}
			at += k
			run := len(rest[at:]) - len(strings.TrimLeft(rest[at:], "`"))
			if at += run; run == fence {
				s = rest[at:]
				break
			}
		}
	}
}

// Whatever the text, it is shown as text, and JSON gives it back.
func FuzzEscape(f *testing.F) {
	for _, s := range hostile.Strings() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := Clean(s)
		if err := hostile.Plain(c); err != nil || strings.Contains(c, "\n") || Clean(c) != c {
			t.Errorf("Clean(%q) = %q: %v", s, c, err)
		}
		q := appendQuoted(nil, s)
		var back string
		if err := json.Unmarshal(q, &back); err != nil || back != undecodable(s) {
			t.Errorf("%q is written %s, read %q: %v", s, q, back, err)
		}
		if err := hostile.Plain(string(q)); err != nil {
			t.Errorf("%q is written %s: %v", s, q, err)
		}
		if e := string(escape(s)); strings.ContainsAny(e, "<>\"'") || html.UnescapeString(e) != c {
			t.Errorf("%q is written %s in HTML", s, e)
		}
		for w := range strings.FieldsSeq(withoutCode(t, prose(s))) {
			if !plainWord(w) && strings.Trim(w, ",;:.") != "" {
				t.Errorf("%q leaves %q outside of code: %s", s, w, prose(s))
			}
		}
		if back := withoutCode(t, code(s)); strings.TrimSpace(back) != "" {
			t.Errorf("%q leaves its code span: %q", s, back)
		}
		r := &engine.Result{Summary: s, Findings: []detect.Finding{{Title: s, Actor: event.Actor{Scope: event.User, Value: s}, Evidence: detect.Evidence{Lines: []detect.Line{{Text: s}}}}}}
		for line := range strings.Lines(written(t, Text, r, Options{Width: 60})) {
			if n := columns(strings.TrimSuffix(line, "\n")); n > 60 {
				t.Errorf("%d columns: %q", n, line)
			}
		}
	})
}
