package decode

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"goshawk/event"
)

// hostile is what the fuzzers start from.
var hostile = []string{
	"", "-", " ", `"`, `\`, `\x22`, `"-"`, "\x00", "\xff", "é✓", "null", "[12/Oct/2023:14:32:45 +0000]", " [", "] \"", "a b", "6.6.6.6",
	"/a?b=1&api_key=k", "/ HTTP/1.1", `{"a":"b"}`, "User-Agent: x", " - ", ",", "'; DROP TABLE", "<script>", "\u202e", "\r\n",
}

// FuzzDecode holds that no bytes make a decoder panic, that its offsets lie in
// the line, and that what it decoded before makes no difference.
func FuzzDecode(f *testing.F) {
	for _, line := range append(hostile, nginxLine, jsonLine, pinoLine, trapLine, errorLine) {
		f.Add(line)
	}
	for _, format := range Formats() {
		log, _ := logOf(f, format.Name)
		for line := range strings.Lines(log) {
			f.Add(strings.TrimSuffix(line, "\n"))
		}
	}
	used, _ := New(Options{LogFormat: nginxCombined})
	f.Fuzz(func(t *testing.T, line string) {
		fresh, _ := New(Options{LogFormat: nginxCombined})
		var e, e2 event.Event
		err := used.Decode(line, nil, &e)
		err2 := fresh.Decode(line, nil, &e2)
		if (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
			t.Fatalf("got %v from a used decoder, %v from a new one", err, err2)
		}
		if a, b := show(&e), show(&e2); a != b || e.Format != e2.Format {
			t.Fatalf("got %s from a used decoder, %s from a new one", a, b)
		}
		if bad, ok := err.(*Error); ok && (bad.Offset < 0 || bad.Offset > len(line)) {
			t.Fatalf("offset %d in a line of %d", bad.Offset, len(line))
		}
		if err == nil && (e.Format == "" || e.Carries == 0) {
			t.Fatalf("an event without format or fields: %s", show(&e))
		}
		used.Guess(line)
	})
}

// FuzzLogFormat holds that no format and no line make a matcher panic, and that
// the faults it names lie in the format.
func FuzzLogFormat(f *testing.F) {
	f.Add(nginxCombined, nginxLine)
	f.Add(`%h %l %u %t "%r" %>s %b`, trapLine)
	f.Add(`'a' 'b$status'`, "ab200")
	f.Add(`%{`, "")
	f.Fuzz(func(t *testing.T, format, line string) {
		l, err := compile(format)
		if err != nil {
			if at := err.(*Error).Offset; at < 0 || at > len(format) {
				t.Fatalf("offset %d in a format of %d", at, len(format))
			}
			return
		}
		d, _ := New(Options{})
		d.custom = l
		var e event.Event
		e.Reset()
		decodeCustom(d, line, &e)
	})
}

// FuzzFast holds that what the fast path understands the plain one understands
// alike.
func FuzzFast(f *testing.F) {
	f.Add(nginxLine)
	f.Add(strings.ReplaceAll(nginxLine, "203.0.113.57", "2001:db8::1"))
	f.Add(nginxLine + ` "1.2.3.4" 0.034`)
	f.Add(strings.ReplaceAll(nginxLine, "- - [", "- a [b [12/Oct/2023:14:32:45 +0000] ["))
	f.Add(strings.ReplaceAll(nginxLine, "- - [", "-  ["))
	f.Add(strings.ReplaceAll(nginxLine, "2023:", "2023 "))
	f.Add(`1.1.1.1 - - [12/Oct/2023:14:32:45 +0000] "get / HTTP/1.1" 000 - "-" "-"`)
	d, _ := New(Options{})
	plain, _ := New(Options{})
	f.Fuzz(func(t *testing.T, line string) {
		line, _ = clean(line)
		if line == "" {
			return
		}
		var e, e2 event.Event
		e.Reset()
		if !fastCombined(d, line, &e) {
			return
		}
		e2.Reset()
		if err := plainCombined(plain, line, &e2); err != nil {
			t.Fatal(err)
		}
		if a, b := show(&e), show(&e2); a != b {
			t.Fatalf("%s\n fast %s\nplain %s", line, a, b)
		}
	})
}

// anEvent makes an event of fuzzed parts, with all that a format cannot hold
// left out.
func anEvent(n uint64, addr []byte, user, path, query, referer, agent string) event.Event {
	var e event.Event
	e.Reset()
	or := func(s string) string {
		if missing(s) {
			return ""
		}
		return s
	}
	e.Time = int64(n>>32) * 1e9
	if e.Time < 1e17 {
		e.Time += 1e17
	}
	var a [16]byte
	copy(a[:], addr)
	e.Client = netip.AddrFrom16(a).Unmap()
	if n&1 == 0 {
		e.Client = netip.AddrFrom4([4]byte(a[:4]))
	}
	e.Peer = e.Client
	e.Method = [...]string{"GET", "POST", "PROPFIND", "M-SEARCH"}[n>>1&3]
	e.Path = "/" + strings.ReplaceAll(path, "?", "")
	e.Query = query
	e.Proto = "HTTP/1.1"
	e.Status = int(100 + n>>3%500)
	e.BytesOut = int64(n >> 20)
	e.User, e.Referer, e.UserAgent = or(user), or(referer), or(agent)
	return e
}

func addEvents(f *testing.F) {
	for i, s := range hostile {
		f.Add(uint64(i)*0x9E3779B97F4A7C15, binary.LittleEndian.AppendUint64(nil, uint64(i)), s, s, s, s, s)
	}
}

// FuzzCombined holds that decoding undoes encoding, and that a custom format
// with the same fields finds the same.
func FuzzCombined(f *testing.F) {
	addEvents(f)
	d, _ := New(Options{})
	custom, _ := New(Options{LogFormat: nginxCombined, Format: customName})
	f.Fuzz(func(t *testing.T, n uint64, addr []byte, user, path, query, referer, agent string) {
		want := anEvent(n, addr, user, path, query, referer, agent)
		if isAddrList(want.Referer) {
			return // the format itself cannot tell it from X-Forwarded-For
		}
		want.Carries = clfFields | event.HasReferer | event.HasUserAgent
		if n&0x80 != 0 {
			want.Flags |= event.AbsoluteForm
			want.Scheme, want.Host = "http", "other.example:80"
		}
		setQueryKey(&want)
		line := string(AppendCombined(nil, &want))
		var got event.Event
		if err := d.Decode(line, nil, &got); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if a, b := show(&got), show(&want); a != b {
			t.Fatalf("%s\n got %s\nwant %s", line, a, b)
		}
		if err := custom.Decode(line, nil, &got); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if a, b := show(&got), show(&want); a != b || got.Format != customName {
			t.Fatalf("custom: %s\n got %s\nwant %s", line, a, b)
		}
		want.Forwarded = "203.0.113.9, " + want.Client.String()
		want.Carries |= event.HasForwarded
		if err := d.Decode(string(AppendCombined(nil, &want)), nil, &got); err != nil || show(&got) != show(&want) {
			t.Fatalf("forwarded: %v\n got %s\nwant %s", err, show(&got), show(&want))
		}
	})
}

// FuzzJSON holds that decoding undoes encoding.
func FuzzJSON(f *testing.F) {
	addEvents(f)
	d, _ := New(Options{})
	f.Fuzz(func(t *testing.T, n uint64, addr []byte, user, path, query, referer, agent string) {
		want := anEvent(n, addr, user, path, query, referer, agent)
		want.Time += int64(n % 1000 * 1e6)
		want.Duration = int64(n%100000) * 1e6
		want.BytesIn = int64(n >> 40)
		want.Host, want.Trace = want.UserAgent, want.User
		want.Carries = event.HasTime | event.HasClient | event.HasUser | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes |
			event.HasBytesIn | event.HasDuration | event.HasReferer | event.HasUserAgent | event.HasHost
		if n&0x80 != 0 && want.User != "" && !redacted(want.User) {
			want.Key, want.Session, want.Account, want.TLS, want.Forwarded = want.User, want.User, want.User, want.User, want.User
			want.Carries |= event.HasKey | event.HasSession | event.HasAccount | event.HasTLS | event.HasForwarded
		}
		if n&0x100 != 0 {
			want.Flags |= event.NoTime
		}
		if n&0x200 != 0 && !missing(path) {
			want.Flags |= event.Malformed
			want.Method, want.Query, want.Path = "", "", "\x16"+path
		}
		setQueryKey(&want)
		line := string(AppendJSON(nil, &want))
		var got event.Event
		if err := d.Decode(line, nil, &got); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if a, b := show(&got), show(&want); a != b {
			t.Fatalf("%s\n got %s\nwant %s", line, a, b)
		}
	})
}

// FuzzEncode holds, for every format that can be written, that what was written
// is read back as what it was, and that writing this again changes nothing.
func FuzzEncode(f *testing.F) {
	addEvents(f)
	d, _ := New(Options{})
	f.Fuzz(func(t *testing.T, n uint64, addr []byte, user, path, query, referer, agent string) {
		for _, format := range Writers() {
			want := anEvent(n, addr, user, path, query, referer, agent)
			want.Duration = int64(n%100000) * 1e6
			want.BytesIn = int64(n >> 40)
			want.Host, want.Scheme = "api.example.com", "https"
			if isAddrList(referer) || isAddrList(agent) {
				return // where fields have no names, that looks like X-Forwarded-For
			}
			if n&0x80 != 0 && !missing(user) && !redacted(user) {
				want.Key, want.Session, want.Trace = user, user, user
				want.Forwarded = "203.0.113.9, " + want.Client.String()
			}
			line := string(format.Encode(nil, &want))
			var got, again event.Event
			if err := d.Decode(line, nil, &got); err != nil || got.Format != format.Name && (format.Name != "apache" || got.Format != Combined.Name) {
				t.Fatalf("%s: %v, read as %q: %s", format.Name, err, got.Format, line)
			}
			got = got.Clone()
			core := func(e *event.Event) string {
				return fmt.Sprintf("%d %s %s %q %q %q %d %q", e.Time/1e9, e.Client, e.Method, e.Host, e.Path, e.Query, e.Status, e.UserAgent)
			}
			held := want
			if format.Carries&event.HasHost == 0 || got.Host == "" {
				held.Host = got.Host
			}
			if format.Carries&event.HasUserAgent == 0 {
				held.UserAgent = ""
			}
			if hold := holds[format.Name]; hold != nil {
				hold(&held)
			}
			if a, b := core(&got), core(&held); a != b {
				t.Fatalf("%s: %s\n got %s\nwant %s", format.Name, line, a, b)
			}
			second := string(format.Encode(nil, &got))
			err := d.Decode(second, nil, &again)
			a, _, _ := strings.Cut(show(&again), " carries=") // a layout may have a field only where there is a value
			b, _, _ := strings.Cut(show(&got), " carries=")
			if err != nil || a != b {
				t.Fatalf("%s: again %v\n%s\n%s\n got %s\nwant %s", format.Name, err, line, second, a, b)
			}
		}
	})
}
