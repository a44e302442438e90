package decode

import "goshawk/event"

// OTel reads log records of OpenTelemetry, one a line.
var OTel = registerDialect(Format{
	Name:  "otel",
	Title: "OpenTelemetry log records in JSON, by the semantic conventions for HTTP, old and new",
	Doc: "Attributes may be a list of keys and values, or an object. A record without a request is decoded by its body: a log line, or a structure.\n\n" +
		"`client.address` may be what a header says: where the peer is known it counts as X-Forwarded-For.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn | event.HasDuration |
		event.HasUserAgent | event.HasReferer | event.HasUser | event.HasKey | event.HasSession | event.HasAccount | event.HasForwarded | event.HasHost | event.HasTLS,
}, "timeUnixNano observedTimeUnixNano", dialect{
	names: otelNames("attributes."),
	after: func(d *Decoder, e *event.Event) (bool, error) {
		d.claim(e, d.fields.notes[otelClient])
		return false, nil
	},
})

const otelClient = 0 // a note

func otelNames(prefix string) map[string]meaning {
	names := map[string]meaning{
		"timeUnixNano":            {aTime, 5},
		"observedTimeUnixNano":    {aTime, 4},
		"severityText":            {aLevel, 5},
		"traceId":                 {aTrace, 5},
		"body":                    {aMessage, 4},
		"body.stringValue":        {aMessage, 5},
		"body.kvlistValue.values": {wrapper, 0},
		"attributes":              {wrapper, 0},
		"resource":                {failure, 0},
		"scope":                   {failure, 0},
	}
	for name, m := range map[string]meaning{
		"http.request.method":                 {aMethod, 6},
		"http.method":                         {aMethod, 5},
		"url.path":                            {aTarget, 6},
		"http.target":                         {aTarget, 5},
		"url.full":                            {aTarget, 3},
		"http.url":                            {aTarget, 3},
		"http.route":                          {aRoute, 0},
		"url.query":                           {aQuery, 5},
		"url.scheme":                          {aScheme, 6},
		"http.scheme":                         {aScheme, 5},
		"http.response.status_code":           {aStatus, 6},
		"http.status_code":                    {aStatus, 5},
		"client.address":                      {aNote, otelClient},
		"http.client_ip":                      {aNote, otelClient},
		"network.peer.address":                {aPeer, 6},
		"net.sock.peer.addr":                  {aPeer, 5},
		"net.peer.ip":                         {aPeer, 5},
		"server.address":                      {aHost, 5},
		"http.host":                           {aHost, 6},
		"net.host.name":                       {aHost, 4},
		"network.protocol.version":            {aProto, 6},
		"http.flavor":                         {aProto, 5},
		"user_agent.original":                 {aAgent, 6},
		"http.user_agent":                     {aAgent, 5},
		"http.response.body.size":             {aBytes, 6},
		"http.response_content_length":        {aBytes, 5},
		"http.request.body.size":              {aBytesIn, 6},
		"http.request_content_length":         {aBytesIn, 5},
		"enduser.id":                          {aUser, 6},
		"user.id":                             {aUser, 5},
		"user.name":                           {aUser, 4},
		"session.id":                          {aSession, 6},
		"http.request.header.referer":         {aReferer, 6},
		"http.request.header.user-agent":      {aAgent, 6},
		"http.request.header.authorization":   {aAuthorized, 6},
		"http.request.header.cookie":          {aCookie, 6},
		"http.request.header.x-api-key":       {aKey, 6},
		"http.request.header.x-forwarded-for": {aForwarded, 6},
		"http.request.header.x_forwarded_for": {aForwarded, 6},
		"tls.client.ja3":                      {aTLS, 5},
		"tls.client.ja4":                      {aTLS, 6},
		"error":                               {failure, 0},
		"exception":                           {failure, 0},
	} {
		names[prefix+name] = m
	}
	return names
}
