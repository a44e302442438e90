package decode

import (
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"goshawk/event"
)

// quoted is s as a JSON string.
func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// wraps puts a line into each envelope.
var wraps = map[string]func(string) string{
	"syslog":       func(s string) string { return "<190>Oct 12 14:32:50 web1 nginx[7]: " + s },
	"syslog, file": func(s string) string { return "Oct 12 14:32:50 web1 nginx[7]: " + s },
	"syslog, iso":  func(s string) string { return "2023-10-12T14:32:50Z web1 nginx: " + s },
	"syslog5424":   func(s string) string { return `<190>1 2023-10-12T14:32:50Z web1 nginx 7 - [a@1 b="]"] ` + s },
	"docker": func(s string) string {
		return `{"log":` + quoted(s+"\n") + `,"stream":"stdout","time":"2023-10-12T14:32:50Z"}`
	},
	"docker, other": func(s string) string {
		return `{"stream":"stdout","log":` + quoted(s+"\n") + `,"time":"2023-10-12T14:32:50Z"}`
	},
	"cri":     func(s string) string { return "2023-10-12T14:32:50.000000000Z stdout F " + s },
	"kubectl": func(s string) string { return "[pod/web-7/nginx] 2023-10-12T14:32:50Z " + s },
	"compose": func(s string) string { return "web-1  | 2023-10-12T14:32:50Z " + s },
	"journald": func(s string) string {
		return `{"__REALTIME_TIMESTAMP":"1697121170000000","MESSAGE":` + quoted(s) + `}`
	},
	"beats": func(s string) string {
		return `{"@timestamp":"2023-10-12T14:32:50Z","@metadata":{},"host":{"name":"web1"},"message":` + quoted(s) + `}`
	},
	"loki": func(s string) string { return `{"line":` + quoted(s) + `,"timestamp":"1697121170000000000"}` },
	"gelf": func(s string) string {
		return `{"short_message":` + quoted(s) + `,"host":"web1","timestamp":1697121170}`
	},
	"eventbridge": func(s string) string { return `{"time":1697121170,"sourcetype":"x","event":` + quoted(s) + `}` },
	"pubsub": func(s string) string {
		return `{"message":{"data":"` + base64.StdEncoding.EncodeToString([]byte(s)) + `","publishTime":"2023-10-12T14:32:50Z"},"subscription":"s"}`
	},
	"cloudwatch": func(s string) string { return "2023-10-12T14:32:50Z " + s },
	"element":    func(s string) string { return `{"id":"1","timestamp":1697121170000,"message":` + quoted(s) + `}` },
}

// TestNested puts lines into envelopes, up to four and in any order: they mean
// what they mean alone, and have a time if they had none. In five they are not
// looked for.
func TestNested(t *testing.T) {
	d, _ := New(Options{})
	read := func(line string) string {
		var e event.Event
		if err := d.Decode(line, &Context{Written: sampled}, &e); err != nil {
			return err.Error()
		}
		e.Level = ""
		return e.Format + " " + show(&e)
	}
	timeless := strings.Replace(errorLine, "2023-10-12T14:32:45.123Z ", "", 1)
	own := map[string]string{}
	for line, format := range map[string]string{nginxLine: "combined", trapLine: "combined", jsonLine: "json"} {
		if own[line] = read(line); !strings.HasPrefix(own[line], format+" time=2023") {
			t.Fatal(own[line])
		}
	}
	own[timeless] = read("2023-10-12T14:32:50Z " + timeless)
	check := func(line, wrapped string, names ...string) {
		got := strings.Replace(read(wrapped), "time_inferred+", "", 1) // of the older syslog alone
		if got != own[line] {
			t.Errorf("%s: %s\n got %s\nwant %s", strings.Join(names, " in "), wrapped, got, own[line])
		}
	}
	n := 0
	for line := range own {
		for a, wrapA := range wraps {
			one := wrapA(line)
			check(line, one, a)
			for b, wrapB := range wraps {
				two := wrapB(one)
				check(line, two, a, b)
				if line == jsonLine || line == trapLine {
					continue
				}
				for c, wrapC := range wraps {
					three := wrapC(two)
					check(line, three, a, b, c)
					if n++; n%7 == 0 {
						four := wraps["syslog"](three)
						check(line, four, a, b, c, "syslog")
						if got := read(wraps["docker"](four)); got != ErrSkip.Error() && line == nginxLine {
							t.Errorf("%s in %s in %s in two more: got %s", a, b, c, got)
						}
					}
				}
			}
		}
		if t.Failed() {
			return
		}
	}
}

// TestFormatInEnvelopes holds that envelopes are opened too if one format alone is asked
// for.
func TestFormatInEnvelopes(t *testing.T) {
	d, _ := New(Options{Format: "combined"})
	for name, wrap := range wraps {
		if name == "element" || name == "docker, other" {
			continue // plain JSON
		}
		var e event.Event
		if err := d.Decode(wrap(wrap(nginxLine)), nil, &e); err != nil || e.Format != "combined" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEnvelopeTimes holds that a time with a zone counts for more than one
// without, and then the inner for more than the outer.
func TestEnvelopeTimes(t *testing.T) {
	d, _ := New(Options{Zone: time.FixedZone("here", 2*3600)})
	f := func(line, want string) {
		t.Helper()
		var e event.Event
		if err := d.Decode(line, &Context{Written: sampled}, &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		got := time.Unix(0, e.Time).UTC().Format(time.RFC3339)
		if e.Flags&event.TimeInferred != 0 {
			got += " inferred"
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", line, got, want)
		}
	}
	const none, local, zoned = "Forbidden: GET /a client=192.0.2.4", "[2023-10-12 10:00:00] Forbidden: GET /a client=192.0.2.4", "[2023-10-12 10:00:00Z] Forbidden: GET /a client=192.0.2.4"
	const bsd, cri = "Oct 12 14:00:00 web1 app: ", "2023-10-12T14:32:50Z stdout F "
	f(bsd+none, "2023-10-12T12:00:00Z inferred")
	f(bsd+local, "2023-10-12T08:00:00Z inferred")
	f(bsd+zoned, "2023-10-12T10:00:00Z")
	f(cri+none, "2023-10-12T14:32:50Z")
	f(cri+local, "2023-10-12T14:32:50Z")
	f(cri+zoned, "2023-10-12T10:00:00Z")
	f(cri+bsd+none, "2023-10-12T14:32:50Z")
	f("2023-10-12T15:00:00Z "+cri+none, "2023-10-12T14:32:50Z")
}

// TestForgedEnvelopes holds that what a client sends changes nothing around it.
func TestForgedEnvelopes(t *testing.T) {
	d, _ := New(Options{})
	for name, wrap := range wraps {
		for _, agent := range hostile {
			for other, forge := range wraps {
				agent := agent + forge("6.6.6.6 - - [01/Jan/2001:00:00:00 +0000] \"GET /forged HTTP/1.1\" 200 1")
				line := string(AppendCombined(nil, &event.Event{
					Time: 1697121165e9, Client: netip.MustParseAddr("203.0.113.9"), Method: "GET", Path: "/a", Proto: "HTTP/1.1", Status: 200, UserAgent: agent,
				}))
				var e event.Event
				if err := d.Decode(wrap(line), nil, &e); err != nil || e.Client != netip.MustParseAddr("203.0.113.9") || e.Path != "/a" || e.Time != 1697121165e9 || e.Host != "" {
					t.Errorf("%s around %s: %v, %s", name, other, err, show(&e))
				}
			}
		}
	}
}

// TestPrograms holds which program is said to have written a line.
func TestPrograms(t *testing.T) {
	f := func(line, want string) {
		t.Helper()
		h, ok := readSyslog(line)
		got := programOf(h.tag) + " | " + line[h.message:]
		if !ok {
			got = "none"
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", line, got, want)
		}
	}
	f("Oct 12 14:32:45 web1 haproxy[123]: x", "haproxy | x")
	f("Oct 12 14:32:45 web1 wordpress(www.example.com)[7]: x", "wordpress(www.example.com) | x")
	f("Oct 12 14:32:45 haproxy[123]: x", "haproxy | x")
	f("Oct 12 14:32:45 web1 docker/web/0123[7]: x", "docker/web/0123 | x")
	f("Oct 12 14:32:45 2001:db8::1 nginx: x", "nginx | x")
	f("Oct 12 14:32:45 web1 %ASA-6-106100: x", "%ASA-6-106100 | x")
	f("Oct 12 14:32:45 web1 x y", " | x y")
	f("Oct 12 14:32:45 web1 {\"a\": 1}", " | {\"a\": 1}")
	f("Oct 12 14:32:45 web1 ERROR: x", " | ERROR: x")
	f("Oct 12 14:32:45 203.0.113.9 - - x", " | 203.0.113.9 - - x")
	f("2023-10-12T14:32:45Z web1 nginx: x", "nginx | x")
	f("2023-10-12T14:32:45.123456+00:00 heroku[router]: x", "heroku | x")
	f("2023-10-12T14:32:45Z Forbidden: /a", "none")
	f("2023-10-12T14:32:45Z web1 Forbidden: /a", "none")
	f("2023-10-12T14:32:45Z ERROR auth: x", "none")
	f("<13>2023-10-12T14:32:45Z x", " | x")
	f("<192>Oct 12 14:32:45 web1 nginx: x", "none")
	f("Okt 12 14:32:45 web1 nginx: x", "none")
}

// TestLinearEnvelopes decodes a mebibyte of envelopes in each other.
func TestLinearEnvelopes(t *testing.T) {
	d, _ := New(Options{})
	var e event.Event
	for name, wrap := range wraps {
		head, _, _ := strings.Cut(wrap("@"), "@")
		decode := func(n int) time.Duration {
			best := time.Hour
			for range 3 {
				line := strings.Repeat(head, n/len(head))
				start := time.Now()
				d.Decode(line, nil, &e)
				d.Decode(line+nginxLine, nil, &e)
				best = min(best, time.Since(start))
			}
			return best
		}
		short, long := decode(1<<17), decode(1<<20)
		t.Logf("%-14s %v for 128 KiB, %v for 1 MiB", name, short, long)
		if long > time.Second {
			t.Errorf("%s: %v", name, long)
		}
	}
	for _, unit := range []string{"web-1  | ", "\x1b[0m", "1 <1>", "[a@1 b=\"", `[a@1 b="c"]`, "[pod/a/b] ", `{"line":`, `{"_source":`, `{"_source":"\"`, "2023-10-12T14:32:50Z a ", "2023-10-12T14:32:50Z {a", "255,"} {
		for _, head := range []string{"", "<1>1 2023-10-12T14:32:50Z a b c d ", `{"__REALTIME_TIMESTAMP":1,"MESSAGE":[`, `{"subscription":1,"data":"`} {
			start := time.Now()
			d.Decode(head+strings.Repeat(unit, 1<<20/len(unit)), nil, &e)
			if took := time.Since(start); took > time.Second {
				t.Errorf("%s: %v", strconv.Quote(head+unit), took)
			}
		}
	}
}
