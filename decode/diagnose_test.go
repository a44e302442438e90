package decode

import (
	"fmt"
	"strings"
	"testing"
)

func diagnosed(t *testing.T, log string, o Options) string {
	t.Helper()
	g, err := Diagnose(log, 0, o)
	if err != nil {
		t.Fatal(err)
	}
	s := fmt.Sprintf("%d lines, %d events, %d skipped, %v", g.Lines, g.Events, g.Skipped, g.Formats)
	for _, f := range g.Failures {
		s += fmt.Sprintf("; %d:%d %s: %s", f.Line, f.Offset, f.Format, f.Reason)
	}
	if p := g.Proposed; p != nil {
		s += fmt.Sprintf("; %d with %s%v", p.Events, p.LogFormat, p.JSON)
	}
	return s
}

func TestDiagnose(t *testing.T) {
	f := func(log, want string) {
		t.Helper()
		if got := diagnosed(t, log, Options{}); got != want {
			t.Errorf("%.60s\n got %s\nwant %s", log, got, want)
		}
	}
	f(nginxLine+"\n\n"+jsonLine+"\n", "2 lines, 2 events, 0 skipped, [{combined 1} {json 1}]")
	f("", "0 lines, 0 events, 0 skipped, []")
	f(`{"msg":"listening"}`, "1 lines, 0 events, 1 skipped, []")
	f(nginxLine+"\n203.0.113.9 - - [12/Oct/2023:14:32:45 +0000] nothing\n", "2 lines, 1 events, 0 skipped, [{combined 1}]; 2:44 combined: no request after the date")
	f(`2023-10-12T14:32:45Z | 203.0.113.9 | GET | /api/items/7 | 200 | 512 | "curl/8.1.2"`+"\n"+
		`2023-10-12T14:32:46Z | 203.0.113.9 | GET | /api/items/8 | 404 | 51 | "curl/8.1.2"`,
		"2 lines, 0 events, 0 skipped, []; 1:21 text: too little to be a request; 2:21 text: too little to be a request; "+
			`2 with $time_local | $remote_addr | $request_method | $request_uri | $status | $body_bytes_sent | "$http_user_agent"map[]`)
	f(`ok 203.0.113.9 took=12 code=200 "GET /a HTTP/1.1" x`+"\n"+`no 203.0.113.9 took=7 code=404 "GET /b HTTP/1.1" y`,
		"2 lines, 0 events, 0 skipped, []; 1:0 text: too little to be a request; 2:0 text: too little to be a request; "+
			`2 with $field1 $remote_addr took=$field2 code=$status "$request" $field3map[]`)
	f(`{"evt":{"begin":"2023-10-12T14:32:45Z"},"who":"203.0.113.9","what":{"v":"GET","p":"/api/x"},"rc":200}`,
		"1 lines, 0 events, 1 skipped, []; 1 with map[client:who method:what.v path:what.p status:rc time:evt.begin]")
	f("just words\nand more of them\n", "2 lines, 0 events, 0 skipped, []; 1:0 text: neither client nor path nor status; 2:0 text: neither client nor path nor status")
}

// FuzzDiagnose holds that what is proposed is a configuration that works, and
// that the faults named lie in their lines.
func FuzzDiagnose(f *testing.F) {
	for _, line := range append(hostile, nginxLine, jsonLine, errorLine, `a | 203.0.113.9 | "GET /x HTTP/1.1" | 200`, `{"who":"203.0.113.9","p":"/x","rc":200}`) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, log string) {
		g, err := Diagnose(log, 0, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range g.Failures {
			if x.Offset < 0 || x.Offset > len(x.Text) || x.Line < 1 || x.Line > 1+strings.Count(log, "\n") {
				t.Fatalf("%+v", x)
			}
		}
		if p := g.Proposed; p != nil {
			got, err := Diagnose(log, 0, Options{LogFormat: p.LogFormat, JSON: p.JSON})
			if err != nil || got.Events != p.Events || got.Events <= g.Events {
				t.Fatalf("proposed %+v for %d events: %d events, %v", p, p.Events, got.Events, err)
			}
		}
	})
}

// TestDiagnoseIsQuick holds that no line takes time beyond its length: twice
// the line, about twice the work. It counts lines that a quadratic reader would
// not finish in the time that a test has.
func TestDiagnoseIsQuick(t *testing.T) {
	for _, part := range []string{`"`, `\"`, "[", "[1", "{", `{"a":`, "a=", "a = ", "/", "from 1.2.3.4 ", "203.0.113.9 ", "user-agent:", `" 200 `, "12/Oct/2023:14:32:45 +0000]", ", ", "|", ":", "-", "GET /", "\\", "[12/Oct/2023:14:32:45 +0000] "} {
		for _, head := range []string{"", `{"a":"`, "203.0.113.9 - - ", "x "} {
			line := head + strings.Repeat(part, (1<<20)/len(part))
			Diagnose(line, 0, Options{})
		}
	}
}
