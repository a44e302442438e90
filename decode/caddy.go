package decode

import (
	"strings"

	"goshawk/event"
)

// Caddy reads Caddy's structured logs.
var Caddy = registerDialect(Format{
	Name:  "caddy",
	Title: "Caddy logs in JSON, Coraza's refusals among them",
	Doc: "`duration` is in seconds, or names its unit. Status 0 is a request that nobody answered. All request headers are logged, `Authorization` and `Cookie` as REDACTED.\n\n" +
		"What a handler says about a request is no request of its own, with one exception: Coraza's `Access denied`. Its warnings only say that a rule matched.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn | event.HasDuration |
		event.HasUserAgent | event.HasReferer | event.HasUser | event.HasKey | event.HasSession | event.HasForwarded | event.HasHost | event.HasTLS,
	Encode: appendCaddy,
}, "logger=http.log. logger=http.handlers. msg=handled+request", dialect{
	names: map[string]meaning{
		"ts":                  {aTime, 4},
		"logger":              {aNote, caddyLogger},
		"msg":                 {aMessage, 5},
		"request.remote_ip":   {aPeer, 5},
		"request.remote_addr": {aPeer, 4},
		"request.client_ip":   {aClient, 5},
		"request.method":      {aMethod, 5},
		"request.host":        {aHost, 5},
		"request.uri":         {aTarget, 5},
		"request.proto":       {aProto, 5},
		"request.headers":     {headers, 0},
		"headers":             {failure, 0},
		"resp_headers":        {failure, 0},
		"user_id":             {aUser, 5},
		"duration":            {aSeconds, 5},
		"status":              {aStatus, 5},
		"size":                {aBytes, 5},
		"bytes_read":          {aBytesIn, 5},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		switch logger := d.fields.notes[caddyLogger]; {
		case logger == "http.handlers.waf":
			return true, d.coraza(e, d.fields.message)
		case strings.HasPrefix(logger, "http.handlers."):
			return true, ErrSkip
		case strings.HasPrefix(logger, "http.log.error"):
			e.Flags |= event.ErrorLog
		}
		settled(e)
		return false, nil
	},
})

const caddyLogger = 0 // a note

// coraza reads the message of a rule that ended a request:
//
//	[client "192.0.2.1"] Coraza: Access denied (phase 2). … [uri "/path"] [unique_id "…"]
//
// Other messages tell of a rule that matched and let the request pass. Rules
// quote the request in [msg] and [data], so the uri is looked for from the end.
func (d *Decoder) coraza(e *event.Event, m string) error {
	const open = `[client "`
	client, rest, _ := strings.Cut(strings.TrimPrefix(m, open), `"] `)
	if !strings.HasPrefix(m, open) || !strings.HasPrefix(rest, "Coraza: Access denied") {
		return ErrSkip
	}
	a, ok := parseAddr(client)
	if !ok {
		return ErrSkip
	}
	e.Client, e.Peer = a, a
	e.Action = event.Block
	e.Flags |= event.ErrorLog
	e.Carries |= event.HasClient | event.HasPath
	if i := strings.LastIndex(rest, `] [unique_id "`); i >= 0 {
		e.Trace, _, _ = strings.Cut(rest[i+len(`] [unique_id "`):], `"`)
		if k := strings.LastIndex(rest[:i], ` [uri "`); k >= 0 {
			if uri := strings.TrimSuffix(rest[k+len(` [uri "`):i], `"`); uri != "" && uri[0] == '/' {
				setTarget(e, uri)
				setQueryKey(e)
			}
		}
	}
	if d.fields.rank[aTime] == 0 {
		e.Flags |= event.NoTime
	}
	return nil
}

func appendCaddy(dst []byte, e *event.Event) []byte {
	o := object{append(dst, '{')}
	o.text("level", "info")
	if e.Flags&event.NoTime == 0 {
		o.seconds("ts", e.Time)
	}
	o.text("logger", "http.log.access")
	o.text("msg", "handled request")
	o.open("request")
	peer, client := e.Peer, e.Client
	if !peer.IsValid() {
		peer = client
	}
	if !client.IsValid() {
		client = peer
	}
	o.address("remote_ip", peer, false)
	o.address("client_ip", client, false)
	o.text("proto", e.Proto)
	o.text("method", e.Method)
	o.text("host", e.Host)
	o.target("uri", e)
	o.open("headers")
	o.list("Referer", e.Referer)
	o.list("User-Agent", e.UserAgent)
	o.list("X-Api-Key", e.Key)
	if e.Session != "" {
		o.list("Cookie", "session="+e.Session)
	}
	o.list("X-Forwarded-For", e.Forwarded)
	o.list("X-Request-Id", e.Trace)
	o.close()
	o.close()
	o.number("bytes_read", e.BytesIn)
	o.text("user_id", e.User)
	o.seconds("duration", e.Duration)
	o.number("size", e.BytesOut)
	o.number("status", int64(e.Status))
	o.open("resp_headers")
	o.close()
	o.close()
	return o.dst
}
