package decode

import (
	"strings"

	"goshawk/event"
)

// CloudFrontRealtime reads the real-time logs of AWS CloudFront.
var CloudFrontRealtime = register(Format{
	Name:  "cloudfront_realtime",
	Title: "AWS CloudFront real-time log, with all fields or the first ones",
	Doc: "Fields between tabs, without names, in the documents' order: `timestamp c-ip s-ip time-to-first-byte sc-status sc-bytes cs-method cs-protocol cs-host cs-uri-stem cs-bytes " +
		"x-edge-location x-edge-request-id x-host-header time-taken cs-protocol-version c-ip-version cs-user-agent cs-referer cs-cookie cs-uri-query …`\n\n" +
		"A log for which other fields were chosen, or without the first eleven, cannot be told from other columns and is not read. " +
		"Agents, referers and cookies are decoded as in `cloudfront_json`. The host is `x-host-header`.\n\n" +
		"Source: AWS, \"Use real-time access logs\".",
	Carries: frontFields | event.HasKey | event.HasSession,
	fits: func(line string) bool {
		i := strings.IndexByte(line[:min(len(line), 24)], '\t')
		return i >= 10 && digit(line[0]) && digit(line[9]) && strings.Count(line[i:min(len(line), i+300)], "\t") >= 8
	},
	decode: decodeCloudFrontRealtime,
})

func decodeCloudFrontRealtime(d *Decoder, line string, e *event.Event) error {
	d.fields = fields{}
	i := 0
	bad := func(reason string) error { return d.fail(min(i, len(line)), reason) }
	start := 0
	next := func() string { // "" for none and at the end
		if i > len(line) {
			return ""
		}
		start = i
		v := line[i:]
		if k := strings.IndexByte(v, '\t'); k >= 0 {
			v = v[:k]
		}
		i += len(v) + 1
		if v == "-" {
			return ""
		}
		return v
	}
	t, ok := d.clock.any(next())
	if !ok {
		return d.fail(0, "no time")
	}
	e.Time = t.ns
	a, ok := parseAddr(next())
	if !ok {
		return d.fail(start, "no client")
	}
	e.Client, e.Peer = a, a
	if v := next(); v != "" {
		if _, ok := parseAddr(v); !ok {
			return d.fail(start, "no server")
		}
	}
	next()
	status := next()
	n, ok := number(status)
	if !ok || status != "" && len(status) > 3 {
		return d.fail(start, "no status")
	}
	e.Status = int(n)
	e.BytesOut = size(next())
	verb := next()
	if e.Method, ok = method(verb); !ok || verb == "" {
		return d.fail(start, "no method")
	}
	switch e.Scheme = next(); e.Scheme {
	case "http", "https", "ws", "wss", "grpcs":
	default:
		return d.fail(start, "no scheme")
	}
	e.Host = next()
	path := next()
	if path == "" {
		return bad("no path")
	}
	scheme, host := e.Scheme, e.Host
	if setTarget(e, path); e.Flags&event.AbsoluteForm != 0 {
		e.Scheme, e.Host = scheme, host
	}
	e.Carries = frontFields &^ (event.HasUserAgent | event.HasReferer | event.HasForwarded | event.HasDuration)
	e.BytesIn = size(next())
	next()
	e.Trace = next()
	if v := next(); v != "" {
		e.Host = v
	}
	if ns, ok := scaled(next(), 1e9); ok {
		e.Duration = ns
		e.Carries |= event.HasDuration
	}
	e.Proto = next()
	next()
	if i > len(line) {
		return nil
	}
	e.UserAgent = next()
	e.Carries |= event.HasUserAgent
	if i <= len(line) {
		e.Referer = next()
		e.Carries |= event.HasReferer
	}
	cookie := next()
	if v := next(); v != "" && e.Query == "" {
		e.Query = v
	}
	next() // x-edge-response-result-type
	if i <= len(line) {
		e.Forwarded = next()
		e.Carries |= event.HasForwarded
	}
	for range 10 { // ssl-protocol to c-port
		next()
	}
	d.front(e, cookie, next())
	setQueryKey(e)
	return nil
}
