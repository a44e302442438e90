package engine_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"goshawk/decode"
	"goshawk/engine"
	"goshawk/event"
)

// Two headers with as many columns: under the wrong one every row would still be
// one, of another client.
const (
	serverFirst = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query cs-username c-ip cs(User-Agent) cs(X-Api-Key) sc-status sc-bytes\n"
	clientFirst = "#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query cs-username s-ip cs(X-Api-Key) cs(User-Agent) sc-status sc-bytes\n"
)

// w3c appends an event as a row under one of them.
func w3c(dst []byte, e *event.Event, client bool) []byte {
	or := func(s string) string {
		if s == "" {
			return "-"
		}
		return strings.ReplaceAll(s, " ", "+")
	}
	from, to, agent, key := "192.0.2.80", e.Client.String(), or(e.UserAgent), or(e.Key)
	if client {
		from, to, agent, key = to, from, key, agent
	}
	return fmt.Appendf(dst, "%s %s %s %s %s %s %s %s %s %d %d", time.Unix(0, e.Time).UTC().Format("2006-01-02 15:04:05"),
		from, e.Method, or(e.Path), or(e.Query), or(e.User), to, agent, key, e.Status, max(e.BytesOut, 0))
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func csv(dst []byte, e *event.Event) []byte {
	return fmt.Appendf(dst, "%s,%s,%s,%s,%s,%s,%s,%s,%d", time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano), e.Client, e.Method, quoted(e.Path), quoted(e.Query),
		quoted(e.User), e.Key, quoted(e.UserAgent), e.Status)
}

const csvHeader = "timestamp,client_ip,method,path,query,user_id,x_api_key,user_agent,status\n"

// TestHeadersHoweverItRuns holds that rows are read, and shown, under their own
// header, however the input is cut and by how many it is worked on.
func TestHeadersHoweverItRuns(t *testing.T) {
	n, keys := 0, map[string]bool{}
	var changing []byte
	table := []byte(csvHeader)
	world(t, "shop", 15000, 1, func(dst []byte, e *event.Event) []byte {
		if keys[e.Key] = true; n%3000 == 0 { // the columns change five times
			changing = append(changing, "#Software: Microsoft Internet Information Services 10.0\n#Date: 2026-03-04 04:53:20\n"...)
			changing = append(changing, [...]string{serverFirst, clientFirst}[n/3000%2]...)
		}
		changing = append(w3c(changing, e, n/3000%2 == 1), '\n')
		table = append(csv(table, e), '\n')
		if n++; n == 7000 {
			table = append(table, csvHeader...) // rotated
		}
		return dst
	}, false)
	delete(keys, "")
	if len(keys) < 10 {
		t.Fatalf("%d keys", len(keys))
	}
	type seen struct{ events []string }
	read := func(o engine.Options, most int, logs ...[]byte) (*engine.Result, seen) {
		var s seen
		o.OnEvent = func(e *event.Event, source, line int) {
			s.events = append(s.events, fmt.Sprint(source, line, e.Format, e.Time, e.Client, e.Method, e.Path, e.Query, e.Status, e.UserAgent, e.Key, e.User))
		}
		r := run(t, o, most, logs...)
		r.Input.Seconds = 0
		return r, s
	}
	for _, c := range []struct {
		format string
		logs   [][]byte
	}{{"w3c", [][]byte{changing}}, {"csv", [][]byte{table}}, {"w3c", [][]byte{changing, table}}} {
		want, all := read(engine.Options{}, 64<<20, c.logs...)
		if f := want.Input.Sources[0].Format; f != c.format || want.Input.Unparsed != 0 || len(all.events) != n*len(c.logs) || len(want.Findings) < 5 {
			t.Fatalf("%s, %d not understood, %d events of %d, %d findings", f, want.Input.Unparsed, len(all.events), n, len(want.Findings))
		}
		for _, x := range all.events {
			if strings.Contains(x, " 192.0.2.80 ") {
				t.Fatalf("read under another's header: %s", x)
			}
		}
		shown := 0
		for _, f := range want.Findings {
			for _, l := range f.Evidence.Lines {
				shown++
				for key := range keys {
					if strings.Contains(l.Text, key) {
						t.Errorf("a key in clear: %s", l.Text)
					}
				}
			}
		}
		if shown < 10 {
			t.Errorf("%d lines of evidence", shown)
		}
		for _, o := range []struct{ workers, most int }{{1, 1}, {3, 300}, {2, 1 << 12}, {7, 100 << 10}} {
			got, some := read(engine.Options{Workers: o.workers}, o.most, c.logs...)
			if !reflect.DeepEqual(some, all) {
				t.Errorf("%s, %d workers, chunks of %d: other events", c.format, o.workers, o.most)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %d workers, chunks of %d: %s", c.format, o.workers, o.most, difference(got, want))
			}
		}
	}
}

// TestInjectedHeader holds that a line break in a raw log, with a header after
// it, changes nothing for the lines that follow.
func TestInjectedHeader(t *testing.T) {
	for name, format := range map[string]func([]byte, *event.Event) []byte{"combined": decode.AppendCombined, "json": decode.AppendJSON} {
		log := world(t, "shop", 5000, 3, format, false)
		var hurt []byte
		n := 0
		for line := range bytes.Lines(log) {
			if hurt = append(hurt, line...); n%50 == 0 {
				hurt = append(hurt, "#Fields: x x x time x x c-ip cs-uri-stem x x x x\ntimestamp,client_ip,method,path,status\n#separator \\x20\n#fields ts method uri id.orig_h x x x x x x\n"...)
			}
			n++
		}
		events := func(log []byte) (l []string) {
			run(t, engine.Options{OnEvent: func(e *event.Event, _, _ int) {
				l = append(l, fmt.Sprint(e.Format, e.Time, e.Client, e.Method, e.Path, e.Query, e.Status, e.UserAgent, e.Key, e.User))
			}}, 1000, log)
			return l
		}
		if got, want := events(hurt), events(log); !reflect.DeepEqual(got, want) || len(want) != n {
			t.Errorf("%s: %d events, want %d, the same", name, len(got), len(want))
		}
	}
}

// TestLongEvidence holds that a line too long to be shown whole is still read
// under its header when its secrets are masked.
func TestLongEvidence(t *testing.T) {
	const key = "zzqqcorrecthorse"
	log := []byte(csvHeader)
	for i := range 400 {
		log = fmt.Appendf(log, "2026-11-20T10:%02d:%02dZ,203.0.113.9,POST,/api/login,,,%s,%s,401\n", i/60, i%60, key, quoted(strings.Repeat("x, ", 2000)))
	}
	r := run(t, engine.Options{}, 1<<20, log)
	if len(r.Findings) == 0 || len(r.Findings[0].Evidence.Lines) == 0 {
		t.Fatal("nothing was found")
	}
	for _, f := range r.Findings {
		for _, l := range f.Evidence.Lines {
			if strings.Contains(l.Text, key) {
				t.Fatalf("a key in clear: %.200s", l.Text)
			}
		}
	}
}
