package decode

import (
	"strings"

	"goshawk/event"
)

// Squid reads Squid's native access.log.
var Squid = register(Format{
	Name:  "squid",
	Title: "Squid's native access.log",
	Doc: "`1697121165.123 12 client TCP_MISS/200 bytes METHOD URL user hierarchy/peer type`\n\n" +
		"TCP_DENIED with 403 is a block. An absolute URL is what a proxy is asked for, and no sign of abuse. " +
		"A URL such as error:invalid-request stands for a request that was not HTTP. Source: Squid, logformat squid.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasDuration | event.HasUser | event.HasHost | event.HasKey,
	rank:    2,
	fits:    isSquid,
	decode:  decodeSquid,
})

func isSquid(s string) bool {
	if len(s) < 17 || s[10] != '.' || s[14] != ' ' {
		return false
	}
	_, seconds := number(s[:10])
	_, millis := number(s[11:14])
	return seconds && millis
}

func decodeSquid(d *Decoder, line string, e *event.Event) error {
	t, ok := d.clock.any(line[:14])
	if !ok {
		return d.fail(0, "no time")
	}
	d.stamp(e, t)
	i := 14
	next := func() (w string) {
		if i = skipBlanks(line, i); i < len(line) {
			w, i = word(line, i)
		}
		return w
	}
	elapsed, client, result, size := next(), next(), next(), next()
	at := i
	method, url := next(), next()
	cut := i >= len(line) // perhaps within the URL
	user := next()
	ms, ok := number(strings.TrimPrefix(elapsed, "-"))
	if !ok || elapsed == "" {
		return d.fail(14, "no elapsed time")
	}
	if elapsed[0] != '-' {
		e.Duration = min(ms, 1e12) * 1e6
	}
	if e.Client, ok = parseAddr(client); !ok && client != "-" {
		return d.fail(14, "no client")
	}
	e.Peer = e.Client
	code, status, ok := strings.Cut(result, "/")
	if e.Status, _ = threeDigits(status); !ok || e.Status == 0 && status != "000" {
		return d.fail(at, "no result and status")
	}
	if strings.HasPrefix(code, "TCP_DENIED") && e.Status == 403 {
		e.Action = event.Block
	}
	if n, ok := number(size); ok && size != "" {
		e.BytesOut = n
	}
	e.Carries |= event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasDuration | event.HasUser | event.HasHost
	if cut {
		e.Flags |= event.Truncated
		return nil
	}
	if strings.HasPrefix(url, "error:") {
		e.Flags |= event.Malformed
		e.Path = url
	} else {
		e.Method = method
		if method == "CONNECT" {
			e.Path, e.Host = url, url
		} else {
			setTarget(e, url)
			e.Flags &^= event.AbsoluteForm
			setQueryKey(e)
		}
	}
	if user != "-" {
		e.User = user
	}
	if i = skipBlanks(line, i); i >= len(line) {
		e.Flags |= event.Truncated
	}
	return nil
}
