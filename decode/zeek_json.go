package decode

import (
	"strings"

	"goshawk/event"
)

// ZeekJSON reads Zeek's http.log where Zeek writes JSON.
var ZeekJSON = registerDialect(Format{
	Name:  "zeek_json",
	Title: "Zeek http.log in JSON",
	Doc:   "`id.orig_h` may be nested or `id_orig_h`. Zeek leaves out what a request did not have. Other logs of Zeek are skipped. Passwords are never read.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn |
		event.HasUserAgent | event.HasReferer | event.HasUser | event.HasForwarded | event.HasHost | event.HasTLS | event.HasKey,
}, "id.orig_h id_orig_h trans_depth", dialect{
	names: map[string]meaning{
		"ts":                {aTime, 5},
		"uid":               {aTrace, 5}, // of the connection
		"id":                {failure, 0},
		"id.orig_h":         {aPeer, 5},
		"id_orig_h":         {aPeer, 5},
		"proto":             {},
		"trans_depth":       {aNote, zeekHTTP},
		"call_id":           {aNote, zeekSIP},
		"method":            {aMethod, 5},
		"host":              {aHost, 5},
		"uri":               {aTarget, 5},
		"version":           {aProto, 5},
		"status_code":       {aStatus, 5},
		"request_body_len":  {aBytesIn, 5},
		"response_body_len": {aBytes, 5},
		"user_agent":        {aAgent, 5},
		"referrer":          {aReferer, 5},
		"username":          {aUser, 5},
		"proxied":           {aNote, zeekProxied},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		n := &d.fields.notes
		if n[zeekHTTP] == "" || n[zeekSIP] != "" {
			return true, ErrSkip
		}
		e.Carries |= event.HasUserAgent | event.HasReferer | event.HasHost | event.HasStatus
		if xff, ok := strings.CutPrefix(n[zeekProxied], "X-FORWARDED-FOR -> "); ok && e.Forwarded == "" {
			e.Forwarded = xff
			e.Carries |= event.HasForwarded
		}
		return false, nil
	},
})

// Notes.
const (
	zeekHTTP = iota
	zeekSIP
	zeekProxied
)
