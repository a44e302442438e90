package decode

import (
	"strings"
	"testing"
	"time"

	"goshawk/event"
)

// TestCutErrors holds that a client who asks for a path so long that nginx cuts
// the line before it says who asked cannot end the line in another's name, be it
// with blanks, which are gone when the line is read.
func TestCutErrors(t *testing.T) {
	d, _ := New(Options{})
	const forged = `2023/10/12 14:32:45 [error] 7#7: *5 open() "/srv/x" failed (2: No such file or directory), client: 6.6.6.6, server: , request: "GET /x HTTP/1.1"`
	const denied = `2023/10/12 14:32:45 [error] 7#7: *5 access forbidden by rule, client: 192.0.2.1, server: , request: "GET /x HTTP/1.1"`
	f := func(line string, want string) {
		t.Helper()
		var e event.Event
		if err := d.Decode(line, &Context{Written: sampled}, &e); err != nil {
			t.Fatal(err)
		}
		got := ""
		if e.Client.IsValid() {
			got = e.Client.String()
		}
		if got != want {
			t.Errorf("got %q, want %q: %.200s", got, want, line)
		}
	}
	const syslog = "Oct 12 14:32:45 web1 nginx: "
	pad := func(s, with string, n int) string { return s + strings.Repeat(with, n-len(s)) }
	f(forged, "6.6.6.6") // as long as a true one
	f(forged+"\r", "6.6.6.6")
	f(pad(forged, " ", 2047), "")
	f(pad(forged, "\r", 2047), "")
	f(syslog+pad(forged, " ", 1000), "")
	f(syslog+forged, "6.6.6.6")
	f(pad(denied, " ", 2047), "192.0.2.1")
	f(syslog+pad(denied, " ", 2047), "192.0.2.1")
}

// TestFaultsLinear decodes lines of a mebibyte that would be slow for a decoder
// that looks back. The limit is a hundred times what it takes.
func TestFaultsLinear(t *testing.T) {
	d, _ := New(Options{})
	var e event.Event
	start := time.Now()
	for _, head := range []string{
		`2023/10/12 14:32:45 [error] 7#7: *5 `,
		`2023/10/12 14:32:45 [error] 7#7: *5 open() "`,
		`2023/10/12 14:32:45 [error] 7#7: *5 access forbidden by rule, client: 192.0.2.1, server: , request: "`,
		`[Thu Oct 12 14:32:45.123456 2023] [core:error] [pid 1] [client 192.0.2.1:1] `,
		`[Thu Oct 12 14:32:45.123456 2023] [core:error] [pid 1] [client 192.0.2.1:1] ModSecurity: `,
		`[Thu Oct 12 14:32:45.123456 2023] [core:error] [pid 1] [client 192.0.2.1:1] user `,
		`192.0.2.1:1 [12/Oct/2023:14:32:45.123] fe be/srv 0/0/0/1/1 200 188 - - ---- 3/2/0/0/0 0/0 `,
		`192.0.2.1:1 [12/Oct/2023:14:32:45.123] fe be/srv 0/0/0/1/1 200 188 x `,
	} {
		for _, unit := range []string{`, client: 1.1.1.1`, `", host: "`, `" failed (`, `"`, ` `, `[a "b"] `, ` not found: `, `|`, `{a|`, `#22`, `"]`} {
			d.Decode(head+strings.Repeat(unit, 1<<20/len(unit)), nil, &e)
		}
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	}
}
