package main

import (
	"testing"
	"time"
)

func TestWhen(t *testing.T) {
	last := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	f := func(in, want string) {
		t.Helper()
		var w when
		got := "error"
		if w.UnmarshalText([]byte(in)) == nil {
			got = time.Unix(0, w.nanos(last)).UTC().Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%q is %s, want %s", in, got, want)
		}
	}
	f("2026-11-20T15:04:05Z", "2026-11-20T15:04:05Z")
	f("2026-11-20T15:04:05.25+02:00", "2026-11-20T13:04:05.25Z")
	f("2026-11-19", "2026-11-19T00:00:00Z")
	f("2h", "2026-11-20T10:00:00Z")
	f("1h30m", "2026-11-20T10:30:00Z")
	f("7d", "2026-11-13T12:00:00Z")
	f("0s", "error")
	f("-2h", "error")
	f("d", "error")
	f("yesterday", "error")
	f("", "error")
	if n := (when{}).nanos(last); n != 0 {
		t.Errorf("no bound is %d", n)
	}
}
