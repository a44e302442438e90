package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"goshawk/correlate"
	"goshawk/detect"
	"goshawk/engine"
	"goshawk/enrich"
	"goshawk/event"
	"goshawk/internal/hostile"
)

// followed is the footprints of abuse, from requests made up to fit it: one
// address that fails to log in, and a key that walks through orders.
func followed(r *engine.Result, prices *Prices) *Footprints {
	p := NewFootprints(r, prices, enrich.NewTagger([32]byte{}, true))
	from := at("2026-11-20 09:14:03")
	for i := range int64(420) {
		e := event.Event{Time: from + i*10e9, Client: netip.MustParseAddr("203.0.113.7"), Template: "POST /api/v1/auth/login", Status: 401, BytesOut: 52, Carries: event.HasTime | event.HasClient | event.HasPath | event.HasMethod | event.HasStatus}
		if i%60 == 59 {
			e.Status = 200
		}
		p.Observe(&e, 0, 0)
	}
	from = at("2026-11-20 10:30:12")
	for i := range int64(1900) {
		e := event.Event{Time: from + i*1e9, Key: "ak_live_·9f2c41d07be88a13", Template: "GET /api/v1/orders/{id}", Status: 200, BytesOut: 8000, IDs: []event.ID{{Kind: event.Number, Number: uint64(48000 + i*3)}}}
		if i%9 == 8 {
			e.Status = 403
		}
		p.Observe(&e, 1, 0)
	}
	return p
}

// elements are what a page may be made of, with their attributes.
var elements = map[string]string{
	"html": "lang", "head": "", "meta": "charset name content http-equiv", "title": "", "style": "", "body": "", "header": "", "footer": "", "section": "class id",
	"h1": "", "h2": "", "h3": "", "h4": "", "p": "class", "b": "", "i": "", "br": "", "code": "", "small": "class", "span": "class", "div": "class", "a": "href",
	"dl": "class", "dt": "", "dd": "", "ul": "class", "ol": "class", "li": "", "table": "class", "thead": "", "tbody": "", "tr": "", "th": "class", "td": "class",
	"details": "open", "summary": "", "figure": "class", "figcaption": "", "svg": "viewBox preserveAspectRatio aria-hidden", "path": "class d", "rect": "class width height rx",
}

// shape is the page's elements without its text; it fails on one that is not
// in elements, and on an attribute's value that is not ours.
func shape(t *testing.T, page string) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Entity = xml.HTMLEntity
	var b strings.Builder
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatalf("%v", err)
		}
		x, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		allowed, known := elements[x.Name.Local]
		if !known {
			t.Fatalf("an element %s", x.Name.Local)
		}
		b.WriteString(x.Name.Local + " ")
		for _, a := range x.Attr {
			name := strings.TrimPrefix(a.Name.Local, ":")
			if !slices.Contains(strings.Fields(allowed), name) {
				t.Fatalf("an attribute %s of %s", name, x.Name.Local)
			}
			if name == "href" && !strings.HasPrefix(a.Value, "#incident-") || name == "class" && strings.Trim(a.Value, "abcdefghijklmnopqrstuvwxyz123 ") != "" {
				t.Fatalf("%s=%q", name, a.Value)
			}
		}
	}
}

// Whatever a log says, a page has the elements that it has for a harmless one:
// nothing that loads, runs or leads out.
func TestHTMLHostile(t *testing.T) {
	n := 0
	var want string
	for _, s := range append([]string{"harmless"}, hostile.Strings()...) {
		if strings.Trim(s, " ") == "" {
			continue // what is empty is left out
		}
		r := hostileResult(s)
		p := followed(abuse(), &Prices{Currency: s, GB: 1})
		for i := range p.Incidents {
			for k := range p.Incidents[i].Lanes {
				p.Incidents[i].Lanes[k].Actor.Value = s
			}
		}
		page := written(t, HTML, r, Options{Version: s, Footprints: p})
		if err := hostile.Plain(page); err != nil {
			t.Errorf("%q: %v", s, err)
		}
		got := shape(t, page)
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("%q changes the page", s)
		}
		n++
	}
	if n < 80 {
		t.Errorf("only %d pages", n)
	}
}

// A page holds no script and no address that a browser would ask, and its
// policy names its style alone.
func TestHTMLAlone(t *testing.T) {
	r := abuse()
	page := written(t, HTML, r, Options{Footprints: followed(r, nil)})
	for _, s := range []string{"<script", "http:", "https:", "//", "url(", "@import", " src=", "style="} {
		if i := strings.Index(strings.ToLower(page), s); i >= 0 {
			t.Errorf("%q in %.80s", s, page[i:])
		}
	}
	if !strings.Contains(page, "default-src 'none'; style-src 'sha256-") {
		t.Error("no policy")
	}
	for _, s := range []string{"Who and when", "Answers over time", "Numbers asked for", "Pauses between requests", "not logged: "} {
		if !strings.Contains(page, s) {
			t.Errorf("no %q", s)
		}
	}
}

// A page of however many incidents stays below 5 MB and is written fast.
func TestHTMLBounded(t *testing.T) {
	r := abuse()
	long := strings.Repeat("x<&>", 2000)
	lines := make([]detect.Line, 10)
	for i := range lines {
		lines[i].Text = long
	}
	r.Findings, r.Incidents = nil, nil
	for i := range 400 {
		x := correlate.Incident{ID: fmt.Sprint("inc-", i), Title: "One source fails to log in to many accounts", Severity: detect.High, FirstSeen: 1e18, LastSeen: 2e18}
		for k := range 20 {
			f := detect.Finding{ID: fmt.Sprint(i, " ", k), Title: "One source fails to log in to many accounts", Actor: event.Actor{Scope: event.User, Value: fmt.Sprint("u", i)}, FirstSeen: 1e18, LastSeen: 2e18}
			f.Evidence.Lines = lines
			r.Findings, x.Findings = append(r.Findings, f), append(x.Findings, f.ID)
		}
		r.Incidents = append(r.Incidents, x)
	}
	p := NewFootprints(r, nil, enrich.NewTagger([32]byte{}, true))
	for i := range p.Incidents {
		x := &p.Incidents[i]
		x.Requests = 1e6
		for c := range x.Mix {
			for o := range x.Mix[c] {
				x.Mix[c][o] = int64(1 + (c*7+o*13+i)%50)
			}
		}
		for c := range someTouches {
			x.IDs = append(x.IDs, Touch{At: 1e18 + int64(c)*1e15, Number: uint64(c * c % 997), Outcome: Outcome(c % 6)})
		}
	}
	start := time.Now()
	page := written(t, HTML, r, Options{Footprints: p})
	t.Logf("%d bytes in %v", len(page), time.Since(start))
	if len(page) > 5e6 {
		t.Errorf("%d bytes", len(page))
	}
	shape(t, page)
	if !strings.Contains(page, "more incidents not shown in full") {
		t.Error("what was left out is not told")
	}
}

func TestFootprints(t *testing.T) {
	r := abuse()
	p := followed(r, &Prices{Currency: "EUR", GB: 0.1, Requests: []Price{{"POST /api/v1/auth/*", 0.002}, {"*", 0.001}}})
	// The findings of abuse are stuffing by a group, stuffing, bola, rate.
	f := func(got Spent, requests, bytes int64, cost float64) {
		t.Helper()
		if got.Requests != requests || got.Bytes != bytes || cents(got.Cost) != cents(cost) {
			t.Errorf("%+v, want %d, %d, %v", got, requests, bytes, cost)
		}
	}
	f(p.Findings[0], 0, 0, 0)
	f(p.Findings[1], 420, 420*52, 420*0.002+420*52/1e9*0.1)
	f(p.Findings[2], 1900, 1900*8000, 1900*0.001+1900*8000/1e9*0.1)
	f(p.Incidents[0].Spent, 2320, 420*52+1900*8000, 420*0.002+1900*0.001+(420*52+1900*8000)/1e9*0.1)
	f(p.Total, 2320, 420*52+1900*8000, p.Incidents[0].Cost)
	x := &p.Incidents[0]
	if len(x.Lanes) != 2 || x.Lanes[0].Requests != 420 || x.Lanes[1].Requests != 1900 {
		t.Errorf("lanes %+v", x.Lanes)
	}
	if x.Pauses[9] != 1899 || x.Pauses[13] != 419 { // a second, ten seconds
		t.Errorf("pauses %v", x.Pauses)
	}
	if len(x.IDs) > someTouches || len(x.IDs) < someTouches/2 || x.touched != 1900 || !slices.IsSortedFunc(x.IDs, func(a, b Touch) int { return int(a.At - b.At) }) {
		t.Errorf("%d touches of %d", len(x.IDs), x.touched)
	}
	var refused int64
	for _, c := range x.Mix {
		refused += c[Refused]
	}
	if refused != 413+211 {
		t.Errorf("%d refused", refused)
	}
	if got := p.Sources[0].Lacks().String(); !strings.HasPrefix(got, "bytes, duration") {
		t.Errorf("lacks %s", got)
	}
}

// A log of many years has its columns too.
func TestFootprintYears(t *testing.T) {
	x := Footprint{From: 0, To: 2e18, stride: 1}
	for _, at := range []int64{0, 1e18, 2e18} {
		x.observe(&event.Event{Time: at, Status: 200}, Spent{Requests: 1}, nil)
	}
	if x.Mix[0][Answered] != 1 || x.Mix[columnsOfTime/2][Answered] != 1 || x.Mix[columnsOfTime-1][Answered] != 1 {
		t.Errorf("%v", x.Mix)
	}
}

func TestCoverage(t *testing.T) {
	var c Coverage
	for _, minute := range []int64{0, 1, 2, 3, 120, 121, 122, 123, 124, 125, 126, 127} {
		c.observe(&event.Event{Time: 1e18 + minute*60e9}, true)
	}
	if l := c.Silent(); len(l) != 1 || l[0].To-l[0].From != 117*60e9 {
		t.Errorf("%v", l)
	}
	for i := range int64(100) {
		c.observe(&event.Event{Time: 2e18 + i*(i+10)*60e9}, true)
	}
	if len(c.Gaps) != someGaps || !slices.IsSortedFunc(c.Gaps, func(a, b Gap) int { return int(min(max(a.From-b.From, -1), 1)) }) {
		t.Errorf("%v", c.Gaps)
	}
}

func TestMatches(t *testing.T) {
	f := func(pattern, s string, want bool) {
		t.Helper()
		if Matches(pattern, s) != want {
			t.Errorf("%q matches %q: %v", pattern, s, !want)
		}
	}
	f("*", "GET /a", true)
	f("GET /a", "GET /a", true)
	f("GET /a", "GET /ab", false)
	f("GET /a*", "GET /ab", true)
	f("* /a/*/c", "GET /a/b/c", true)
	f("* /a/*/c", "GET /a/b/d", false)
	f("*a*b*", "xaxbx", true)
	f("a*a", "a", false)
}
