package decode

import (
	"fmt"
	"strings"
	"time"

	"goshawk/event"
)

// show writes what is known about e on one line, in a fixed order.
func show(e *event.Event) string {
	var b strings.Builder
	add := func(name, v string) {
		if v != "" {
			if strings.ContainsAny(v, " \"\\") || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0xFFFD }) {
				v = fmt.Sprintf("%q", v)
			}
			fmt.Fprintf(&b, " %s=%s", name, v)
		}
	}
	count := func(name string, n int64) {
		if n >= 0 {
			add(name, fmt.Sprint(n))
		}
	}
	if e.Flags&event.NoTime == 0 {
		add("time", time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano))
	}
	if e.Client.IsValid() {
		add("client", e.Client.String())
	}
	if e.Peer.IsValid() && e.Peer != e.Client {
		add("peer", e.Peer.String())
	}
	add("forwarded", e.Forwarded)
	add("level", e.Level)
	add("method", e.Method)
	add("scheme", e.Scheme)
	add("host", e.Host)
	add("path", e.Path)
	add("query", e.Query)
	add("proto", e.Proto)
	if e.Status != 0 {
		add("status", fmt.Sprint(e.Status))
	}
	count("out", e.BytesOut)
	count("in", e.BytesIn)
	if e.Duration >= 0 {
		add("duration", time.Duration(e.Duration).String())
	}
	add("agent", e.UserAgent)
	add("referer", e.Referer)
	add("user", e.User)
	add("account", e.Account)
	add("key", e.Key)
	add("session", e.Session)
	add("tls", e.TLS)
	add("trace", e.Trace)
	add("body", e.Body)
	add("auth", e.Auth.String())
	add("action", e.Action.String())
	add("flags", flagNames(e.Flags))
	add("carries", fieldNames(e.Carries))
	return strings.TrimSpace(b.String())
}

func flagNames(f event.Flags) string {
	return bitNames(uint(f), "no_time", "time_inferred", "truncated", "malformed", "status_inferred", "absolute", "signature", "error_log", "named_client", "undecided")
}

func fieldNames(f event.Fields) string {
	return bitNames(uint(f), "time", "client", "method", "path", "status", "bytes", "duration", "agent", "referer", "user", "key",
		"session", "account", "tls", "forwarded", "host", "bytes_in")
}

func bitNames(bits uint, names ...string) string {
	var set []string
	for i, n := range names {
		if bits&(1<<i) != 0 {
			set = append(set, n)
		}
	}
	return strings.Join(set, "+")
}
