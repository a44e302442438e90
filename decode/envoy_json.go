package decode

import (
	"strings"
	"time"

	"goshawk/event"
)

// EnvoyJSON reads the JSON that Envoy Gateway and Istio have Envoy write.
var EnvoyJSON = registerDialect(Format{
	Name:  "envoy_json",
	Title: "Envoy access logs in JSON, with the keys of Envoy Gateway and Istio",
	Doc: "`duration` is in milliseconds. Status 0 is a client that left, or a connection that is not HTTP.\n\n" +
		"The response flag RL is a rate limit, UAEX a refusal by external authorisation.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn | event.HasDuration |
		event.HasUserAgent | event.HasReferer | event.HasUser | event.HasKey | event.HasSession | event.HasForwarded | event.HasHost | event.HasTLS,
	Encode: appendEnvoyJSON,
}, "response_flags response_code_details upstream_transport_failure_reason downstream_remote_address", dialect{
	names: map[string]meaning{
		"start_time":                       {aTime, 4},
		"downstream_remote_address":        {aPeer, 5},
		"downstream_direct_remote_address": {aSocket, 5},
		"x-forwarded-for":                  {aForwarded, 5},
		"x_forwarded_for":                  {aForwarded, 5},
		"method":                           {aMethod, 5},
		"x-envoy-origin-path":              {aTarget, 6}, // before the path was rewritten
		"x-envoy-original-path":            {aTarget, 6},
		"path":                             {aTarget, 5},
		"protocol":                         {aProto, 5},
		":authority":                       {aHost, 5},
		"authority":                        {aHost, 5},
		"response_code":                    {aStatus, 5},
		"response_flags":                   {aNote, envoyFlags},
		"bytes_sent":                       {aBytes, 5},
		"bytes_received":                   {aBytesIn, 5},
		"duration":                         {aMillis, 5},
		"user-agent":                       {aAgent, 5},
		"user_agent":                       {aAgent, 5},
		"x-request-id":                     {aTrace, 5},
		"request_id":                       {aTrace, 5},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		for flags, more := d.fields.notes[envoyFlags], true; more; {
			var flag string
			flag, flags, more = strings.Cut(flags, ",")
			switch flag {
			case "RL":
				e.Action = event.Throttle
			case "UAEX":
				e.Action = event.Block
			}
		}
		if d.fields.socket.IsValid() && d.fields.socket != e.Peer {
			e.Forwarded = "" // Envoy knows whom to believe
		}
		return false, nil
	},
})

const envoyFlags = 0 // a note

func appendEnvoyJSON(dst []byte, e *event.Event) []byte {
	o := object{append(dst, '{')}
	if e.Flags&event.NoTime == 0 {
		o.text("start_time", time.Unix(0, e.Time).UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	o.text("method", e.Method)
	o.target("x-envoy-origin-path", e)
	o.text("protocol", e.Proto)
	o.number("response_code", int64(e.Status))
	switch e.Action {
	case event.Throttle:
		o.text("response_flags", "RL")
	case event.Block:
		o.text("response_flags", "UAEX")
	default:
		o.text("response_flags", "-")
	}
	o.number("bytes_received", e.BytesIn)
	o.number("bytes_sent", e.BytesOut)
	if e.Duration >= 0 {
		o.number("duration", e.Duration/1e6)
	}
	o.text("x-forwarded-for", e.Forwarded)
	o.text("user-agent", e.UserAgent)
	o.text("referer", e.Referer)
	o.text("x-request-id", e.Trace)
	o.text(":authority", e.Host)
	o.some("x-api-key", e.Key)
	peer, client := e.Peer, e.Client
	if !client.IsValid() {
		client = peer
	}
	o.address("downstream_remote_address", client, true)
	if peer.IsValid() && peer != client {
		o.address("downstream_direct_remote_address", peer, true)
	}
	o.close()
	return o.dst
}
