package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"goshawk/engine"
	"goshawk/event"
)

// TestTwice reads the access and the error log of one server: what both tell of
// counts once, what only the error log tells counts for itself.
func TestTwice(t *testing.T) {
	const (
		limited = `2023/10/12 14:32:%02d [error] 7#7: *%d limiting requests, excess: 5.4 by zone "api", client: 203.0.113.9, server: , request: "GET /api/items/%d HTTP/1.1", host: "api.example.com"`
		refused = `203.0.113.9 - - [12/Oct/2023:14:32:%02d +0000] "GET /api/items/%d HTTP/1.1" 503 190 "-" "curl/8.1.2"`
		served  = `198.51.100.4 - - [12/Oct/2023:14:32:%02d +0000] "GET /api/items/%d HTTP/1.1" 200 190 "-" "curl/8.1.2"`
	)
	var access, errors strings.Builder
	for i := range 40 {
		fmt.Fprintf(&errors, limited+"\n", i, i, i)
		fmt.Fprintf(&access, served+"\n", i, i)
		if i%4 != 3 {
			fmt.Fprintf(&access, refused+"\n", i, i)
		}
	}
	f := func(name string, chunk int, logs ...string) {
		t.Helper()
		told, throttled := 0, 0
		var raw [][]byte
		for _, l := range logs {
			raw = append(raw, []byte(l))
		}
		r := run(t, engine.Options{Workers: 2, OnEvent: func(e *event.Event, source, line int) {
			told++
			if e.Action == event.Throttle {
				throttled++
			}
		}}, chunk, raw...)
		if r.Input.Repeated != 30 || told != 110 || throttled != 40 {
			t.Errorf("%s: %d told twice, %d in all, %d throttled; want 30, 110, 40", name, r.Input.Repeated, told, throttled)
		}
	}
	f("access log first", 64<<10, access.String(), errors.String())
	f("error log first", 64<<10, errors.String(), access.String())
	f("small chunks", 500, access.String(), errors.String())
	var mixed strings.Builder
	a, b := strings.SplitAfter(access.String(), "\n"), strings.SplitAfter(errors.String(), "\n")
	for i := 0; len(a) > 1 || len(b) > 1; i++ {
		if len(b) > 1 {
			mixed.WriteString(b[0])
			b = b[1:]
		}
		for n := 0; n < 2-i%4/3 && len(a) > 1; n++ {
			mixed.WriteString(a[0])
			a = a[1:]
		}
	}
	f("one stream", 64<<10, mixed.String())
	f("one stream, small chunks", 300, mixed.String())

	// Apache's error log shows the path of a failure, or a file, and no method.
	var log strings.Builder
	for i := range 20 {
		fmt.Fprintf(&log, "[Thu Oct 12 14:32:%02d.123456 2023] [auth_basic:error] [pid 8:tid 9] [client 203.0.113.9:51234] AH01617: user eve%d: authentication failure for \"/private\": Password Mismatch\n", i, i)
		fmt.Fprintf(&log, "203.0.113.9 - eve%d [12/Oct/2023:14:32:%02d +0000] \"GET /private HTTP/1.1\" 401 421 \"-\" \"curl/8.1.2\"\n", i, i)
	}
	r := run(t, engine.Options{}, 64<<10, []byte(log.String()))
	if r.Input.Repeated != 20 {
		t.Errorf("Apache: %d of 20 told twice", r.Input.Repeated)
	}
}

// Lines without a time can be told twice too.
func TestTwiceWithoutTime(t *testing.T) {
	const lines = "[client 203.0.113.9] ModSecurity: Access denied with code 403\n" +
		"client=203.0.113.9 status=403 action=block\n"
	if r := run(t, engine.Options{}, 64<<10, []byte(lines)); r.Input.Lines != 2 {
		t.Errorf("%d lines", r.Input.Lines)
	}
}
