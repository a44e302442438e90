package threat

import (
	"slices"
	"strings"
	"testing"

	"goshawk/decode"
	"goshawk/event"
)

// TestPagesAreRecognised: the lines of every page, pasted alone, point to it.
func TestPagesAreRecognised(t *testing.T) {
	for _, p := range All() {
		for _, b := range blocks(p.Body, "log") {
			hits := Recognise(strings.Split(strings.TrimSpace(b), "\n"))
			if !slices.ContainsFunc(hits, func(h Hit) bool { return h.Threat == p.Slug }) {
				t.Errorf("%s: recognised as %s:\n%s", p.Slug, threats(hits), b)
			}
		}
	}
}

// TestCluesAreWhole: every clue is of a page and a platform, says what to
// collect, and every page has one.
func TestCluesAreWhole(t *testing.T) {
	for _, c := range clues {
		if _, err := Lookup(c.Threat); err != nil {
			t.Error(err)
		}
		if c.Shows == "" || c.Collect == "" || c.Platform != "" && !slices.Contains(Platforms, c.Platform) {
			t.Errorf("%s: %+v", c.Threat, c)
		}
	}
	if !slices.IsSortedFunc(clues, func(a, b Clue) int {
		if n := strings.Compare(a.Threat, b.Threat); n != 0 {
			return n
		}
		return slices.Index(Platforms, a.Platform) - slices.Index(Platforms, b.Platform)
	}) {
		t.Error("the clues are not in order")
	}
	for _, p := range All() {
		if len(p.Clues) == 0 {
			t.Errorf("%s: nothing recognises it in a paste", p.Slug)
		}
	}
}

// TestInnocentPastes: ten lines of people are nobody's threat.
func TestInnocentPastes(t *testing.T) {
	f := func(lines string) {
		t.Helper()
		if hits := Recognise(strings.Split(strings.TrimSpace(lines), "\n")); len(hits) > 0 {
			t.Errorf("recognised as %s:\n%s", threats(hits), lines)
		}
	}
	f("")
	f("hello\n\n{\n\"a")
	f(`
198.51.100.4 - - [20/Nov/2026:03:14:05 +0000] "GET / HTTP/1.1" 200 5120 "-" "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
198.51.100.4 - - [20/Nov/2026:03:14:05 +0000] "GET /static/app.css HTTP/1.1" 200 812 "https://www.example.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
198.51.100.4 - - [20/Nov/2026:03:14:05 +0000] "GET /static/app.js HTTP/1.1" 200 8812 "https://www.example.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
198.51.100.4 - - [20/Nov/2026:03:14:09 +0000] "POST /api/v1/login HTTP/1.1" 401 58 "https://www.example.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
198.51.100.4 - - [20/Nov/2026:03:14:31 +0000] "POST /api/v1/login HTTP/1.1" 200 312 "https://www.example.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
198.51.100.4 - anna [20/Nov/2026:03:14:32 +0000] "GET /api/v1/orders HTTP/1.1" 200 2210 "https://www.example.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
198.51.100.4 - anna [20/Nov/2026:03:14:40 +0000] "GET /api/v1/orders/7 HTTP/1.1" 200 618 "https://www.example.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
203.0.113.9 - ben [20/Nov/2026:03:15:02 +0000] "GET /api/v1/orders/9 HTTP/1.1" 200 618 "https://www.example.com/" "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
`)
	// What a client writes into a quoted field is no clue.
	f(`203.0.113.7 - - [20/Nov/2026:03:14:07 +0000] "GET /x HTTP/1.1" 404 5 "[error] limiting requests, excess: 9 by zone, client: 198.51.100.1" "wordpress(a) Authentication failure for a from 198.51.100.1"`)
}

// FuzzRecognise: hits name lines that are there, in order, and each once.
func FuzzRecognise(f *testing.F) {
	f.Add(`203.0.113.7 - - [20/Nov/2026:03:14:07 +0000] "POST /login HTTP/1.1" 401 58 "-" "x" 1.5`)
	f.Add(`{"eventName":"GetCallerIdentity","arn":`)
	f.Add(`203.0.113.7 - a [:1:2:3 +0000] "GET /7 HTTP/1.1" 200 "`)
	f.Fuzz(func(t *testing.T, s string) {
		lines := strings.Split(s+"\n"+s+"\n"+s, "\n")
		for _, h := range Recognise(lines) {
			if len(h.Lines) == 0 || !slices.IsSorted(h.Lines) || h.Lines[len(h.Lines)-1] >= len(lines) || len(slices.Compact(slices.Clone(h.Lines))) != len(h.Lines) {
				t.Errorf("%s: lines %v of %d", h.Threat, h.Lines, len(lines))
			}
		}
	})
}

func threats(hits []Hit) string {
	var all []string
	for _, h := range hits {
		all = append(all, h.Threat)
	}
	return strings.Join(all, ", ")
}

// TestLinesAreUnderstood: Goshawk reads every line that a page shows, and knows
// who it was where the line says so.
func TestLinesAreUnderstood(t *testing.T) {
	d, err := decode.New(decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range All() {
		for _, b := range blocks(p.Body, "log") {
			for line := range strings.Lines(b) {
				line = strings.TrimSuffix(line, "\n")
				var e event.Event
				if err := d.Decode(line, &decode.Context{}, &e); err != nil {
					t.Errorf("%s: %v: %s", p.Slug, err, line)
				} else if strings.Contains(line, "203.0.113.") && !strings.HasPrefix(e.Client.String(), "203.0.113.") {
					t.Errorf("%s: the client is %s: %s", p.Slug, e.Client, line)
				}
				n++
			}
		}
	}
	if n < 100 {
		t.Errorf("%d lines were looked at", n)
	}
}
