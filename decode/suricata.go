package decode

import "goshawk/event"

// Suricata reads the HTTP transactions of an eve log, and alerts that show one.
var Suricata = registerDialect(Format{
	Name:  "suricata",
	Title: "Suricata eve.json: http events, and alerts with an http part",
	Doc: "What is blocked is told by `alert.action`. The client of an alert about an answer is its destination. An eve log may have the request of an alert as an http event too. " +
		"Flows, statistics and other events are skipped.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes |
		event.HasUserAgent | event.HasReferer | event.HasForwarded | event.HasHost | event.HasTLS | event.HasKey | event.HasSession | event.HasUser | event.HasBytesIn,
}, "event_type", dialect{
	names: map[string]meaning{
		"timestamp":            {aTime, 5},
		"event_type":           {aNote, eveType},
		"flow_id":              {aNote, eveFlow},
		"direction":            {aNote, eveDirection},
		"src_ip":               {aNote, eveSource},
		"dest_ip":              {aNote, eveTarget},
		"proto":                {}, // TCP
		"http":                 {failure, 0},
		"http.hostname":        {aHost, 5},
		"http.url":             {aTarget, 5},
		"http.http_method":     {aMethod, 5},
		"http.protocol":        {aProto, 5},
		"http.status":          {aStatus, 5},
		"http.length":          {aBytes, 5},
		"http.http_user_agent": {aAgent, 5},
		"http.http_refer":      {aReferer, 5},
		"http.xff":             {aForwarded, 5},
		"http.request_headers": {headers, 0},
		"tls":                  {failure, 0},
		"tls.ja4":              {aTLS, 5},
		"tls.ja3.hash":         {aTLS, 4},
		"alert":                {failure, 0},
		"alert.action":         {aNote, eveAction},
		"metadata":             {failure, 0},
		"stats":                {aNote, eveStats},
		"flow":                 {failure, 0},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		n := &d.fields.notes
		switch {
		case n[eveType] == "stats":
			return true, ErrSkip
		case n[eveFlow] == "":
			return true, errForeign
		case n[eveType] == "alert":
			e.Flags |= event.ErrorLog
		case n[eveType] != "http":
			return true, ErrSkip
		}
		client := n[eveSource]
		if n[eveDirection] == "to_client" && n[eveType] == "alert" {
			client = n[eveTarget]
		}
		if a, ok := parseAddr(client); ok {
			e.Peer = a
			e.Carries |= event.HasClient
		}
		if n[eveAction] == "blocked" {
			e.Action = event.Block
		}
		return false, nil
	},
})

// Notes.
const (
	eveType = iota
	eveFlow
	eveDirection
	eveSource
	eveTarget
	eveAction
	eveStats
)
