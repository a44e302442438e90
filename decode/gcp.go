package decode

import (
	"strings"

	"goshawk/event"
)

// GCP reads log entries of Google Cloud.
var GCP = registerDialect(Format{
	Name:  "gcp",
	Title: "Google Cloud log entries: load balancers, Cloud Armor, Cloud Run, and what containers write",
	Doc: "An entry is a request if it has an `httpRequest`; else the log line in its `textPayload`, or the object in its `jsonPayload`, is decoded. " +
		"Cloud Armor's outcome DENY is a block, and a limit where the rule is one of rate. A policy in preview changes nothing. Status 0 is a client that left.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn | event.HasDuration |
		event.HasUserAgent | event.HasReferer | event.HasUser | event.HasKey | event.HasSession | event.HasForwarded | event.HasHost | event.HasTLS | event.HasAccount,
}, "insertId insertid jsonPayload textPayload receiveTimestamp logName=projects/", dialect{
	names: gcpNames("httpRequest", "jsonPayload", gcpNames("httprequest", "jsonpayload", map[string]meaning{
		"timestamp":   {aTime, 5},
		"severity":    {aLevel, 5},
		"trace":       {aTrace, 5},
		"textPayload": {aMessage, 5},
		"labels":      {failure, 0},
		"resource":    {failure, 0},
		"operation":   {failure, 0},
	})),
	after: func(d *Decoder, e *event.Event) (bool, error) {
		n := &d.fields.notes
		switch {
		case n[gcpOutcome] == "DENY" && (strings.HasPrefix(n[gcpRule], "RATE_BASED") || n[gcpRule] == "THROTTLE"):
			e.Action = event.Throttle
		case n[gcpOutcome] == "DENY", n[gcpDetails] == "denied_by_security_policy":
			e.Action = event.Block
		}
		e.Trace = e.Trace[strings.LastIndexByte(e.Trace, '/')+1:] // projects/p/traces/id
		return false, nil
	},
})

// Notes.
const (
	gcpOutcome = iota
	gcpRule
	gcpDetails
)

// gcpNames adds the names of requests and payloads, whose keys some exports write in lower case.
func gcpNames(request, payload string, names map[string]meaning) map[string]meaning {
	for path, m := range map[string]meaning{
		request:                                     {failure, 0},
		request + ".requestMethod":                  {aMethod, 6},
		request + ".requestUrl":                     {aTarget, 3}, // absolute
		request + ".status":                         {aStatus, 6},
		request + ".requestSize":                    {aBytesIn, 6},
		request + ".responseSize":                   {aBytes, 6},
		request + ".userAgent":                      {aAgent, 6},
		request + ".referer":                        {aReferer, 6},
		request + ".remoteIp":                       {aPeer, 6},
		request + ".protocol":                       {aProto, 6},
		request + ".latency":                        {aSeconds, 6},
		payload:                                     {aMessage, 4},
		payload + ".statusDetails":                  {aNote, gcpDetails},
		payload + ".enforcedSecurityPolicy":         {failure, 0},
		payload + ".enforcedSecurityPolicy.outcome": {aNote, gcpOutcome},
		payload + ".enforcedSecurityPolicy.configuredAction":     {aNote, gcpRule},
		payload + ".previewSecurityPolicy":                       {failure, 0},
		payload + ".enforcedEdgeSecurityPolicy":                  {failure, 0},
		payload + ".previewEdgeSecurityPolicy":                   {failure, 0},
		payload + ".securityPolicyRequestData":                   {failure, 0},
		payload + ".securityPolicyRequestData.tlsJa4Fingerprint": {aTLS, 6},
		payload + ".securityPolicyRequestData.tlsJa3Fingerprint": {aTLS, 5},
	} {
		names[path] = m
	}
	return names
}
