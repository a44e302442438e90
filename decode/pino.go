package decode

import (
	"strconv"
	"strings"

	"goshawk/event"
)

// Pino reads the requests that pino-http logs.
var Pino = registerDialect(Format{
	Name:  "pino",
	Title: "Node.js with pino-http",
	Doc: "One object a request, with `req`, `res`, `responseTime` in milliseconds and `msg`. " +
		"If the client left early (`request aborted`), a status of 200 is only what nobody had set yet, so it counts as unknown. " +
		"All headers are logged by default: where the host is, an agent that is not there was not sent.\n\n" +
		"Source: pino-http, logger.js; pino-std-serializers.",
	Carries: event.HasBytesIn<<1 - 1,
	Encode:  AppendPino,
	rank:    1,
}, "responseTime", dialect{
	names: map[string]meaning{
		"pid":          {aNote, 0},
		"msg":          {aNote, 1},
		"responseTime": {aMillis, 4},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		f := &d.fields
		if f.notes[0] == "" || e.Method == "" {
			return true, d.fail(0, "not a request of pino-http")
		}
		if f.notes[1] == "request aborted" && e.Status == 200 {
			e.Status = 0
		}
		if e.Host != "" {
			e.Carries |= event.HasUserAgent
		}
		return false, nil
	},
})

// AppendPino appends e as one line that pino-http writes, without a newline.
// The user, the account and the fingerprint are where applications put them.
func AppendPino(dst []byte, e *event.Event) []byte {
	str := func(name, v string) {
		dst = append(dst, `,"`...)
		dst = append(dst, name...)
		dst = append(dst, `":"`...)
		dst = appendUnicode(dst, v)
		dst = append(dst, '"')
	}
	num := func(name string, n int64) {
		dst = append(dst, name...)
		dst = strconv.AppendInt(dst, n, 10)
	}
	level, msg := int64(30), "request completed"
	switch {
	case e.Status >= 500:
		level, msg = 50, "request errored"
	case e.Status == 0:
		msg = "request aborted"
	}
	num(`{"level":`, level)
	if e.Flags&event.NoTime == 0 {
		num(`,"time":`, e.Time/1e6)
	}
	dst = append(dst, `,"pid":7,"hostname":"a1","req":{"method":"`...)
	dst = appendUnicode(dst, e.Method)
	dst = append(dst, `","url":"`...)
	dst = appendTarget(dst, e, appendUnicode)
	dst = append(dst, '"')
	if e.Trace != "" {
		str("id", e.Trace)
	}
	if a := e.Peer; a.IsValid() || e.Client.IsValid() {
		dst = append(dst, `,"remoteAddress":"`...)
		if !a.IsValid() {
			a = e.Client
		}
		if a.Is4() {
			dst = append(dst, "::ffff:"...)
		}
		dst = a.AppendTo(dst)
		dst = append(dst, '"')
	}
	dst = append(dst, `,"headers":{"accept":"*/*"`...)
	for _, h := range [...]struct{ name, v string }{
		{"host", e.Host}, {"user-agent", e.UserAgent}, {"referer", e.Referer}, {"x-api-key", e.Key}, {"x-forwarded-for", e.Forwarded},
	} {
		if h.v != "" {
			str(h.name, h.v)
		}
	}
	if e.Session != "" && strings.IndexByte(e.Session, ';') < 0 {
		dst = append(dst, `,"cookie":"sid=`...)
		dst = appendUnicode(dst, e.Session)
		dst = append(dst, '"')
	}
	if e.BytesIn > 0 {
		num(`,"content-length":"`, e.BytesIn)
		dst = append(dst, '"')
	}
	dst = append(dst, `}},"res":{"statusCode":`...)
	if e.Status > 0 {
		num("", int64(e.Status))
	} else {
		dst = append(dst, "null"...)
	}
	dst = append(dst, `,"headers":{`...)
	if e.BytesOut >= 0 {
		num(`"content-length":`, e.BytesOut)
	}
	dst = append(dst, `}}`...)
	for _, f := range [...]struct{ name, v string }{{"userId", e.User}, {"account", e.Account}, {"ja4", e.TLS}} {
		if f.v != "" {
			str(f.name, f.v)
		}
	}
	if e.Duration >= 0 {
		num(`,"responseTime":`, e.Duration/1e6)
	} else {
		dst = append(dst, `,"responseTime":null`...)
	}
	str("msg", msg)
	return append(dst, '}')
}
