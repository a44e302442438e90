package decode

import (
	"cmp"
	"strconv"
	"strings"

	"goshawk/event"
)

// Cloudflare reads Logpush data sets: HTTP requests and firewall events.
var Cloudflare = registerDialect(Format{
	Name:  "cloudflare",
	Title: "Cloudflare Logpush: HTTP requests and firewall events",
	Doc: "The duration is that to the first byte of the answer (`EdgeTimeToFirstByteMs`), milliseconds. Status 0 and 499 are clients that left.\n\n" +
		"A firewall event is one for each rule that matched: only the first of a request counts (`MatchIndex` 0), and the other data set may have the request too. " +
		"Challenges are no refusals.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn | event.HasDuration |
		event.HasUserAgent | event.HasReferer | event.HasUser | event.HasKey | event.HasSession | event.HasForwarded | event.HasHost | event.HasTLS,
}, "ClientRequestHost ClientRequestMethod ClientRequestURI ClientRequestPath EdgeResponseStatus EdgeStartTimestamp", dialect{
	names: map[string]meaning{
		"ClientIP":               {aPeer, 5},
		"ClientRequestMethod":    {aMethod, 5},
		"ClientRequestURI":       {aTarget, 6},
		"ClientRequestPath":      {aTarget, 5},
		"ClientRequestQuery":     {aQuery, 5},
		"ClientRequestHost":      {aHost, 5},
		"ClientRequestScheme":    {aScheme, 5},
		"ClientRequestProtocol":  {aProto, 5},
		"ClientRequestBytes":     {aBytesIn, 5},
		"ClientRequestUserAgent": {aAgent, 5},
		"ClientRequestReferer":   {aReferer, 5},
		"ClientXRequestedWith":   {},
		"EdgeResponseStatus":     {aStatus, 5},
		"EdgeResponseBytes":      {aBytes, 5},
		"EdgeStartTimestamp":     {aTime, 5},
		"EdgeTimeToFirstByteMs":  {aMillis, 5},
		"Datetime":               {aTime, 4},
		"RayID":                  {aTrace, 5},
		"JA4":                    {aTLS, 6},
		"JA3Hash":                {aTLS, 5},
		"Cookies":                {cookies, 0},
		"RequestHeaders":         {headers, 3},
		"ResponseHeaders":        {failure, 0},
		"Metadata":               {failure, 0},
		"SecurityAction":         {aNote, cfAction},
		"WAFAction":              {aNote, cfOldAction},
		"Action":                 {aNote, cfFirewall},
		"Source":                 {aNote, cfSource},
		"SecuritySources":        {aNote, cfSource},
		"MatchIndex":             {aNote, cfMatch},
		"ClientCountry":          {aNote, cfCountry},
		"ClientASN":              {aNote, cfASN},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		n := &d.fields.notes
		e.Country = n[cfCountry]
		if as, err := strconv.ParseUint(cmp.Or(n[cfASN], "0"), 10, 32); err == nil {
			e.ASN = uint32(as)
		}
		if n[cfFirewall] != "" {
			if n[cfMatch] != "" && n[cfMatch] != "0" {
				return true, ErrSkip
			}
			e.Flags |= event.ErrorLog
		}
		for _, i := range [...]int{cfFirewall, cfAction, cfOldAction} {
			switch action := n[i]; {
			case strings.EqualFold(action, "block"), strings.EqualFold(action, "drop"), strings.EqualFold(action, "connectionClose"):
				e.Action = event.Block
				if strings.EqualFold(n[cfSource], "ratelimit") {
					e.Action = event.Throttle
				}
			}
		}
		return false, nil
	},
})

// Notes.
const (
	cfAction = iota
	cfOldAction
	cfFirewall
	cfSource
	cfMatch
	cfCountry
	cfASN
)
