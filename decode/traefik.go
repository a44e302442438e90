package decode

import (
	"cmp"
	"time"

	"goshawk/event"
)

// Traefik reads Traefik's access log in JSON; its text form is combined's.
var Traefik = registerDialect(Format{
	Name:  "traefik",
	Title: "Traefik access logs in JSON",
	Doc: "Durations are nanoseconds. Status 0 is a client that left. Headers are there if Traefik is told to keep them (`request_User-Agent`).\n\n" +
		"Traefik writes X-Forwarded-For as `ClientHost` where a request has it: the peer is `ClientAddr`.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn | event.HasDuration |
		event.HasUserAgent | event.HasReferer | event.HasUser | event.HasKey | event.HasSession | event.HasForwarded | event.HasHost,
	Encode: appendTraefik,
}, "DownstreamContentSize DownstreamStatus OriginStatus entryPointName", dialect{
	names: map[string]meaning{
		"ClientAddr":              {aPeer, 5},
		"ClientHost":              {aNote, traefikClient},
		"ClientUsername":          {aUser, 5},
		"RequestMethod":           {aMethod, 5},
		"RequestPath":             {aTarget, 5},
		"RequestProtocol":         {aProto, 5},
		"RequestScheme":           {aScheme, 5},
		"RequestAddr":             {aHost, 5}, // with the port
		"RequestHost":             {aHost, 4},
		"RequestContentSize":      {aBytesIn, 5},
		"DownstreamStatus":        {aStatus, 5},
		"DownstreamContentSize":   {aBytes, 5},
		"Duration":                {aNanos, 5},
		"StartUTC":                {aTime, 4},
		"StartLocal":              {aTime, 3},
		"ServiceURL":              {failure, 0},
		"request_User-Agent":      {aAgent, 5},
		"request_Referer":         {aReferer, 5},
		"request_X-Forwarded-For": {aForwarded, 5},
		"request_Authorization":   {aAuthorized, 5},
		"request_X-Api-Key":       {aKey, 5},
		"request_Cookie":          {aCookie, 5},
		"request_X-Request-Id":    {aTrace, 5},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		blank(e, "REDACTED")
		d.claim(e, d.fields.notes[traefikClient])
		return false, nil
	},
})

const traefikClient = 0 // the note of ClientHost

func appendTraefik(dst []byte, e *event.Event) []byte {
	o := object{append(dst, '{')}
	peer := e.Peer
	if !peer.IsValid() {
		peer = e.Client
	}
	o.address("ClientAddr", peer, true)
	if e.Forwarded != "" {
		o.text("ClientHost", e.Forwarded)
	} else {
		o.address("ClientHost", peer, false)
	}
	o.text("ClientUsername", cmp.Or(e.User, "-"))
	o.number("DownstreamContentSize", e.BytesOut)
	o.number("DownstreamStatus", int64(e.Status))
	o.number("Duration", e.Duration)
	o.text("RequestAddr", e.Host)
	o.number("RequestContentSize", e.BytesIn)
	o.text("RequestMethod", e.Method)
	o.target("RequestPath", e)
	o.text("RequestProtocol", e.Proto)
	o.text("RequestScheme", e.Scheme)
	if e.Flags&event.NoTime == 0 {
		o.text("StartUTC", time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano))
	}
	o.some("request_Referer", e.Referer)
	o.some("request_User-Agent", e.UserAgent)
	o.some("request_X-Api-Key", e.Key)
	if e.Session != "" {
		o.text("request_Cookie", "session="+e.Session)
	}
	o.some("request_X-Forwarded-For", e.Forwarded)
	o.some("request_X-Request-Id", e.Trace)
	if e.Flags&event.NoTime == 0 {
		o.text("time", time.Unix(0, e.Time).UTC().Format(time.RFC3339))
	}
	o.close()
	return o.dst
}

// blank removes what a producer writes in place of a header that is secret.
func blank(e *event.Event, written string) {
	for _, f := range [...]struct {
		v     *string
		field event.Fields
	}{{&e.UserAgent, event.HasUserAgent}, {&e.Referer, event.HasReferer}, {&e.Forwarded, event.HasForwarded}, {&e.User, event.HasUser}, {&e.Trace, 0}} {
		if *f.v == written {
			*f.v = ""
			e.Carries &^= f.field
		}
	}
}
