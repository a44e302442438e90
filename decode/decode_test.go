package decode

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"goshawk/event"
)

var update = flag.Bool("update", false, "rewrite the events of testdata")

// TestSamples decodes the sample of every format.
func TestSamples(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	sampled := map[string]bool{}
	for _, file := range files {
		sampled[strings.TrimSuffix(filepath.Base(file), ".txtar")] = true
	}
	for _, f := range Formats() {
		if !sampled[f.Name] {
			t.Errorf("format %s has no testdata/%s.txtar", f.Name, f.Name)
		}
		delete(sampled, f.Name)
		t.Run(f.Name, func(t *testing.T) { sample(t, f) })
	}
	for name := range sampled {
		t.Errorf("testdata/%s.txtar belongs to no format", name)
	}
}

// sampled is when the samples were written, for times without a year.
var sampled = time.Date(2023, 10, 13, 0, 0, 0, 0, time.UTC).UnixNano()

func sample(t *testing.T, f Format) {
	name := filepath.Join("testdata", f.Name+".txtar")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	head, want, ok := strings.Cut(string(data), "-- events --\n")
	log, format := logOf(t, f.Name)
	if !ok || log == "" {
		t.Fatal("no log or no events")
	}
	d, err := New(Options{LogFormat: format})
	if err != nil {
		t.Fatal(err)
	}
	in := &Context{Order: d.Guess(log)}
	first := slices.IndexFunc(in.Order, func(i uint8) bool { return !registry[i].Envelope })
	if got := registry[in.Order[first]].Name; got != f.Name && f.rank < loose && !f.Envelope {
		t.Errorf("guessed %s", got)
	}
	var (
		got  strings.Builder
		e    event.Event
		mine int
	)
	for header, text := range Sections(log, "") {
		in := &Context{Order: in.Order, Header: header, Written: sampled}
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			switch err := d.Decode(line, in, &e); {
			case err == ErrSkip:
				got.WriteString("skip\n")
			case err != nil:
				got.WriteString("error: " + err.Error() + "\n")
			default:
				if mine++; e.Format != f.Name {
					got.WriteString(e.Format + ": ")
					if !f.Envelope {
						mine--
					}
				} else if extra := e.Carries &^ f.Carries; extra != 0 {
					t.Errorf("carries %s, which the format does not declare: %s", fieldNames(extra), line)
				}
				got.WriteString(show(&e) + "\n")
			}
		}
	}
	if mine == 0 && f.Carries != 0 {
		t.Error("no line of the sample is in its format")
	}
	if *update {
		if err := os.WriteFile(name, []byte(head+"-- events --\n"+got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	gotLines, wantLines := strings.Split(got.String(), "\n"), strings.Split(want, "\n")
	for i, line := range strings.Split(log, "\n") {
		if i >= len(wantLines) || gotLines[i] != wantLines[i] {
			t.Errorf("line %d: %s\n got %s\nwant %s", i+1, line, gotLines[i], append(wantLines, "")[min(i, len(wantLines))])
		}
	}
}

// logOf returns the log of a format's sample, and the format that it needs.
func logOf(t testing.TB, name string) (log, format string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(data), "-- events --\n")
	before, log, _ := strings.Cut(head, "-- log --\n")
	_, format, _ = strings.Cut(before, "-- format --\n")
	return log, format
}

// TestMixed holds that a line means the same in the log of its own format, in
// one that holds all formats, and on its own: what is recognised first never
// keeps another format from being understood.
func TestMixed(t *testing.T) {
	type reading struct{ name, header, line, event string }
	var own []reading
	var all strings.Builder
	d, _ := New(Options{})
	read := func(line string, in *Context) string {
		var e event.Event
		if err := d.Decode(line, in, &e); err != nil {
			if err == ErrSkip {
				return "skip"
			}
			return "error"
		}
		return e.Format + ": " + show(&e)
	}
	for _, f := range Formats() {
		log, format := logOf(t, f.Name)
		if format != "" {
			continue
		}
		order := d.Guess(log)
		for header, text := range Sections(log, "") {
			for line := range strings.Lines(text) {
				line = strings.TrimSuffix(line, "\n")
				own = append(own, reading{f.Name, header, line, read(line, &Context{Order: order, Header: header})})
				all.WriteString(line + "\n")
			}
		}
	}
	order := d.Guess(all.String())
	for _, r := range own {
		if got := read(r.line, &Context{Order: order, Header: r.header}); got != r.event {
			t.Errorf("%s, in a mixed log: %s\n got %s\nwant %s", r.name, r.line, got, r.event)
		}
		if got := read(r.line, &Context{Header: r.header}); got != r.event {
			t.Errorf("%s, on its own: %s\n got %s\nwant %s", r.name, r.line, got, r.event)
		}
	}
}

func TestNew(t *testing.T) {
	f := func(o Options, want string) {
		t.Helper()
		if _, err := New(o); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	var names []string
	for _, format := range Formats() {
		names = append(names, format.Name)
	}
	f(Options{Format: "jsn"}, `unknown format "jsn": did you mean "json"? There are `+strings.Join(names, ", "))
	f(Options{Format: "custom"}, `format "custom" needs a log format`)
	var fields []string
	for _, x := range Fields() {
		fields = append(fields, x.Name)
	}
	f(Options{JSON: map[string]string{"ststus": "rc"}}, `JSON mapping: unknown field "ststus": did you mean "status"? There are `+strings.Join(fields, ", "))
	f(Options{JSON: map[string]string{"status": ""}}, `JSON mapping: field "status": no path is given`)
	f(Options{JSON: map[string]string{"status": "a.b", "bytes": "a.b"}}, `JSON mapping: fields "bytes" and "status" have the same path "a.b"`)
	f(Options{LogFormat: "$remote_addr$status"}, "log format: byte 12: no text between two variables")
	f(Options{LogFormat: "'$remote_addr ' '$status$request'"}, "log format: byte 24: no text between two variables")
	f(Options{LogFormat: "$remote_addr ${status"}, "log format: byte 13: a ${ without its }")
	f(Options{LogFormat: "$remote_addr $ x"}, "log format: byte 13: a $ without a name")
	f(Options{LogFormat: "%h %{User-Agent"}, "log format: byte 3: a %{ without its }")
	f(Options{LogFormat: "%h 100%"}, "log format: byte 6: a % without its letter")
	f(Options{LogFormat: "plain"}, "log format: byte 0: no variable of nginx or Apache that says something about a request")
	f(Options{LogFormat: "$nothing here"}, "log format: byte 0: no variable of nginx or Apache that says something about a request")
}

// decoded returns what show makes of one line.
func decoded(t *testing.T, o Options, line string) string {
	t.Helper()
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	var e event.Event
	if err := d.Decode(line, nil, &e); err != nil {
		return err.Error()
	}
	return e.Format + " " + show(&e)
}

func TestLogFormat(t *testing.T) {
	f := func(format, line, want string) {
		t.Helper()
		got, _, _ := strings.Cut(decoded(t, Options{LogFormat: format}, line), " carries=")
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", format, got, want)
		}
	}
	const line = `203.0.113.9 - bob [12/Oct/2023:14:32:45 +0000] "GET /a?b=1 HTTP/1.1" 200 12 "-" "curl/8.1.2"`
	const want = `custom time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a query=b=1 proto=HTTP/1.1 status=200 out=12 agent=curl/8.1.2 user=bob`
	f(nginxCombined, line, want)
	f("'"+nginxCombined+"'", line, want)
	f("log_format x escape=default '"+nginxCombined+"';", line, want)
	f(`%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"`, line, want)
	f(`"%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-agent}i\""`, line, want)
	f(`LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-agent}i\"" combined`, line, want)
	f(`%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-agent}i\"`, line, want)
	f(`"$http_x_forwarded_for" $remote_addr "$request" $status`, `"198.51.100.1, 10.0.0.1" 203.0.113.9 "GET / HTTP/1.1" 200`,
		`custom client=203.0.113.9 forwarded="198.51.100.1, 10.0.0.1" method=GET path=/ proto=HTTP/1.1 status=200 flags=no_time`)
	f(`%{c}a %a %m %U%% %q %s %D %{ms}T %I %O`, `10.0.0.1 203.0.113.9 GET /a% ?b=1 200 1500 2 7 9`,
		`custom client=203.0.113.9 peer=10.0.0.1 method=GET path=/a query=b=1 status=200 out=9 in=7 duration=1.5ms flags=no_time`)
	f(`%{%Y-%m-%dT%H:%M:%S%z}t %h %!200,304{X-Api-Key}i %{sid}C %>s %{Content-Length}o`, `2023-10-12T14:32:45+0200 203.0.113.9 k1 s1 404 77`,
		`custom time=2023-10-12T12:32:45Z client=203.0.113.9 status=404 out=77 key=k1 session=s1`)
	f(`{"t":"$time_iso8601","a":"$remote_addr","r":"$request","s":$status,"u":"$http_user_agent"}`,
		`{"t":"2023-10-12T14:32:45+00:00","a":"203.0.113.9","r":"GET /\"q\" HTTP/1.1","s":200,"u":"x\\y"}`,
		`custom time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path="/\"q\"" proto=HTTP/1.1 status=200 agent="x\\y"`)
	f(`%h %u %{%Y-%m-%dT%H:%M:%S%z}t \"%r\" %>s`, `203.0.113.9 Mary [x Jones 2023-10-12T14:32:45+0000 "GET / HTTP/1.1" 401`,
		`custom time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/ proto=HTTP/1.1 status=401 user="Mary [x Jones"`)
	f(`$msec|$realip_remote_addr|$remote_addr|$host|$request_method|$uri|$args|$status|$limit_req_status`,
		`1697121165.123|10.0.0.1|203.0.113.9|api.example.com|GET|/a|b=1|503|REJECTED`,
		`custom time=2023-10-12T14:32:45.123Z client=203.0.113.9 peer=10.0.0.1 method=GET host=api.example.com path=/a query=b=1 status=503 action=throttle`)
}

// TestMapping decodes objects by names of the user's own.
func TestMapping(t *testing.T) {
	names := map[string]string{"time": "started", "client": "who.ip", "path": "http.target", "status": "rc", "duration_ms": "took"}
	f := func(line, want string) {
		t.Helper()
		got, _, _ := strings.Cut(decoded(t, Options{JSON: names}, line), " carries=")
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
	const want = `json time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a query=b=1 status=404 duration=7ms`
	f(`{"started":1697121165,"who":{"ip":"203.0.113.9"},"http":{"target":"/a?b=1","method":"GET"},"rc":404,"took":7}`, want)
	f(`{"started":"2023-10-12T14:32:45Z","who.ip":"203.0.113.9","http.target":"/a?b=1","method":"GET","rc":"404","took":"7"}`, want)
	f(`{"time":"2024-01-01T00:00:00Z","started":1697121165,"client_ip":"192.0.2.1","who":{"ip":"203.0.113.9"},"uri":"/x","http":{"target":"/a?b=1"},"method":"GET","status":500,"rc":404,"took":7,"duration_ms":8}`, want)
	f(`{"DownstreamStatus":200,"started":1697121165,"who":{"ip":"203.0.113.9"},"http":{"target":"/a?b=1"},"method":"GET","rc":404,"took":7}`, want)
	f(`{"ClientAddr":"203.0.113.9:1","DownstreamStatus":200,"RequestMethod":"GET","RequestPath":"/a","time":"2023-10-12T14:32:45Z"}`,
		`traefik time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a status=200`)
	f(`{"time":"2023-10-12T14:32:45Z","ip":"203.0.113.9","method":"GET","path":"/a","status":200}`,
		`json time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a status=200`)
	f(`{"rc":"forged","body":{"rc":200,"who":{"ip":"192.0.2.1"}},"who":{"ip":"203.0.113.9","rc":201},"method":"GET","http":{"target":"/a"}}`,
		`json client=203.0.113.9 method=GET path=/a body="{\"rc\":200,\"who\":{\"ip\":\"192.0.2.1\"}}" flags=no_time`)
	f(`{"rc":404}`, "no request in this line")
	f(`{"rc":404,"who":{"ip":"203.0.113.9"},"message":"GET `, `json client=203.0.113.9 status=404 flags=no_time+truncated`)
}

// TestPaths holds that a path is compared whole: names that have the hash of
// another are easily found, and clients choose the names of headers.
func TestPaths(t *testing.T) {
	l := &dialect{names: map[string]meaning{"a.b.c": {aStatus, 5}, "a.d": {aHost, 5}}}
	l.compile()
	f := func(parent uint64, name string, want role, path uint64) {
		t.Helper()
		if k := l.lookup(parent, name); k.role != want || k.path != path {
			t.Errorf("%s: got %+v", name, k)
		}
	}
	a := step(root, "a")
	ab := step(a, "b")
	f(root, "a", way, a)
	f(root, "a.b", way, ab)
	f(root, "a.b.c", own, step(ab, "c"))
	f(a, "b.c", own, step(ab, "c"))
	f(ab, "c", own, step(ab, "c"))
	f(root, "b", 0, lost)
	f(lost, "a", 0, lost)
	l.byWay[step(root, "forged")] = l.byWay[step(ab, "c")] // as if the hashes were equal
	f(root, "forged", 0, lost)
}

func TestTimes(t *testing.T) {
	zone := time.FixedZone("here", 2*3600)
	f := func(in, want string) {
		t.Helper()
		c := newClock(zone)
		got := "none"
		if s, ok := c.any(in); ok {
			got = time.Unix(0, s.ns).UTC().Format(time.RFC3339Nano)
			if !s.zoned {
				got += " assumed"
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
	f("12/Oct/2023:14:32:45 +0000", "2023-10-12T14:32:45Z")
	f("12/Oct/2023:14:32:45 -0930", "2023-10-13T00:02:45Z")
	f("12/Oct/2023:14:32:45.123456789 Z", "2023-10-12T14:32:45.123456789Z")
	f("12/Oct/2023:14:32:45", "2023-10-12T12:32:45Z assumed")
	f("29/Feb/2024:00:00:00 +0000", "2024-02-29T00:00:00Z")
	f("29/Feb/2023:00:00:00 +0000", "none")
	f("12/Oct/2023:24:00:00 +0000", "none")
	f("31/Dec/2016:23:59:60 +0000", "2017-01-01T00:00:00Z")
	f("2023-10-12T14:32:45.1Z", "2023-10-12T14:32:45.1Z")
	f("2023-10-12 14:32:45,123", "2023-10-12T12:32:45.123Z assumed")
	f("2023/10/12 14:32:45", "2023-10-12T12:32:45Z assumed")
	f("2023-10-12T14:32:45+02", "2023-10-12T12:32:45Z")
	f("2023-10-12T14:32:45+05:30", "2023-10-12T09:02:45Z")
	f("Thu, 12 Oct 2023 14:32:45 GMT", "2023-10-12T14:32:45Z")
	f("1697121165", "2023-10-12T14:32:45Z")
	f("1697121165.123", "2023-10-12T14:32:45.123Z")
	f("1697121165123", "2023-10-12T14:32:45.123Z")
	f("1697121165123456", "2023-10-12T14:32:45.123456Z")
	f("1697121165123456789", "2023-10-12T14:32:45.123456789Z")
	f("9999999999999999999", "none")
	f("99999999999", "none")
	f("12", "none")
	f("0.012", "none")
	f("", "none")
	f("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "none")
}

func TestAddresses(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		got := "none"
		if a, ok := parseAddr(in); ok {
			got = a.String()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
	f("192.0.2.1", "192.0.2.1")
	f("192.0.2.1:65535", "192.0.2.1")
	f("192.0.2.1:65536", "none")
	f("192.0.2.01", "none")
	f("192.0.2.256", "none")
	f("192.0.2.1.5", "none")
	f("192.0.2", "none")
	f("2001:DB8::1", "2001:db8::1")
	f("[2001:db8::1]:443", "2001:db8::1")
	f("[2001:db8::1]", "2001:db8::1")
	f("[2001:db8::1]x", "none")
	f("fe80::1%eth0", "fe80::1")
	f("::ffff:192.0.2.1", "192.0.2.1")
	f("::", "::")
	f("unix:", "none")
	f("face", "none")
	f("", "none")
}

func TestQueryKeys(t *testing.T) {
	f := func(query, want string) {
		t.Helper()
		e := event.Event{Query: query}
		if setQueryKey(&e); e.Key != want {
			t.Errorf("%s: got %s, want %s", query, e.Key, want)
		}
	}
	f("page=2&api_key=a", "a")
	f("key=a&access_token=b&token=c", "b")
	f("API-Key=a&apikey=b", "a")
	f("sig=a", "a")
	f("api_key=", "")
	f("monkey=a&keyword=b", "")
	f("&&=&api_key", "")
}

// TestClean reads lines as copying and cutting files leave them.
func TestClean(t *testing.T) {
	want := decoded(t, Options{}, nginxLine)
	for _, line := range []string{nginxLine + "\r", "\ufeff" + nginxLine, "\x00\x00\x00" + nginxLine, "\x00\ufeff" + nginxLine + "\r\n"} {
		if got := decoded(t, Options{}, line); got != want {
			t.Errorf("%.20q: got %s", line, got)
		}
	}
	for _, line := range []string{"", " ", "\r", "\x00\x00", "#Fields: date time"} {
		if got := decoded(t, Options{}, line); got != ErrSkip.Error() {
			t.Errorf("%q: got %s", line, got)
		}
	}
}

// TestOrder holds that the format of one line does not depend on the others.
func TestOrder(t *testing.T) {
	d, _ := New(Options{})
	var e event.Event
	for range 2 {
		for _, head := range []string{nginxLine, jsonLine, errorLine, ""} {
			in := &Context{Order: d.Guess(head)}
			for line, want := range map[string]string{nginxLine: "combined", jsonLine: "json", errorLine: "text", trapLine: "combined"} {
				if err := d.Decode(line, in, &e); err != nil || e.Format != want {
					t.Errorf("after %.20s: got %s, %v, want %s", head, e.Format, err, want)
				}
			}
		}
	}
}

// TestCut holds that a line cut anywhere keeps what it had said before.
func TestCut(t *testing.T) {
	d, _ := New(Options{})
	for _, line := range []string{nginxLine, trapLine} {
		var whole, e event.Event
		if err := d.Decode(line, nil, &whole); err != nil {
			t.Fatal(err)
		}
		whole = whole.Clone()
		for n := strings.Index(line, ` 200 `) + 4; n < len(line); n++ {
			if err := d.Decode(line[:n], nil, &e); err != nil {
				t.Fatalf("%v: %s", err, line[:n])
			}
			if e.Time != whole.Time || e.Client != whole.Client || e.User != whole.User || e.Method != whole.Method || e.Path != whole.Path ||
				e.Query != whole.Query || e.Status != whole.Status || !strings.HasPrefix(whole.UserAgent, e.UserAgent) && !strings.HasSuffix(line[:n], `\`) &&
				!strings.Contains(line[:n][max(0, n-4):], `\`) {
				t.Errorf("%s: got %s", line[:n], show(&e))
			}
		}
	}
}

// TestLinear decodes lines of a mebibyte that would be slow for a decoder that
// looks back. Twice the length may take little more than twice the time; the
// limit is a hundred times what it takes.
func TestLinear(t *testing.T) {
	d, _ := New(Options{LogFormat: nginxCombined})
	var e event.Event
	start := time.Now()
	for _, unit := range []string{`{"key":"a","value":`, `[{`, `"`, `\"`, `\\`, `[`, ` `, `" `, ` [12/Oct/2023:14:32:45`, `1.1.1.1 `, `1.1.1.1,`, `/ `, `:`, `a=`, `IP: 1.1.1.1 `, `, `, `, a=`, `(3323ffe5-6ddf) `, `<status>`, ` HTTP/1.1" 2`, "1\t"} {
		tail := strings.Repeat(unit, 1<<20/len(unit))
		for _, head := range []string{"", `{"a":`, `{"a":"`, `{"a":[`, `{"timeUnixNano":"1","attributes":[`, `{"category":"FrontDoorAccessLog","properties":"{`, `203.0.113.9 - - [12/Oct/2023:14:32:45 +0000] "GET /`, `203.0.113.9 - - [12/Oct/2023:14:32:45 +0000] "GET /" 200 5 "`,
			albLine[:120], albLine[:300], s3Line[:170], s3Line[:300], cloudTrailLine[:100], "203.0.113.9,", `<request id="`, `<request id="a"> <resourcePath>`, "(3323ffe5-6ddf) Method request headers: {"} {
			d.Decode(head+tail, nil, &e)
			d.Decode(head+tail+`"}`, nil, &e)
		}
	}
	d.Decode(strings.Repeat(`{"a":`, 200e3), nil, &e)
	d.Decode(`{"a":`+strings.Repeat(`[`, 1e6), nil, &e)
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	}
}

// TestPrefixes cuts every line of every sample anywhere: nothing panics, offsets
// lie in the line, and a client, once read, is not another's.
func TestPrefixes(t *testing.T) {
	d, _ := New(Options{})
	for _, f := range Formats() {
		log, format := logOf(t, f.Name)
		late := map[string]bool{"logfmt": true, "nginx_error": true, "lighttpd_error": true, "envoy": true} // the client stands last
		if format != "" || f.Envelope || f.rank >= loose || late[f.Name] {
			continue // nor can text that was cut be told from text; for nginx see TestCutErrors
		}
		for header, text := range Sections(log, "") {
			in := &Context{Header: header}
			for line := range strings.Lines(text) {
				line = strings.TrimSuffix(line, "\n")
				var whole, e event.Event
				failed := d.Decode(line, in, &whole)
				whole = whole.Clone()
				for n := range line {
					err := d.Decode(line[:n], in, &e)
					if bad, ok := err.(*Error); ok && (bad.Offset < 0 || bad.Offset > n) {
						t.Errorf("offset %d in %s", bad.Offset, line[:n])
					}
					if err == nil && failed == nil && e.Format == f.Name && whole.Format == f.Name && e.Client.IsValid() && e.Status != 0 && e.Client != whole.Client {
						t.Errorf("%s: client %s, then %s: %s", f.Name, e.Client, whole.Client, line[:n])
					}
				}
			}
		}
	}
}
