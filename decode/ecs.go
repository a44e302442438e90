package decode

import "goshawk/event"

// ECS reads documents of the Elastic Common Schema.
var ECS = registerDialect(Format{
	Name:  "ecs",
	Title: "Elastic Common Schema documents, nested, dotted or mixed",
	Doc: "`event.duration` is in nanoseconds. A document without a request is decoded by its `message`, else by `event.original`.\n\n" +
		"`client.ip` may be what a header says: where `source.ip` is another it counts as X-Forwarded-For.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn | event.HasDuration |
		event.HasUserAgent | event.HasReferer | event.HasUser | event.HasKey | event.HasSession | event.HasAccount | event.HasForwarded | event.HasHost | event.HasTLS,
}, "ecs.version ecs", dialect{
	names: map[string]meaning{
		"@timestamp":                {aTime, 5},
		"ecs.version":               {aNote, ecsVersion},
		"message":                   {aMessage, 5},
		"event":                     {failure, 0},
		"event.original":            {aMessage, 4},
		"event.duration":            {aNanos, 5},
		"log":                       {failure, 0},
		"log.level":                 {aLevel, 5},
		"source":                    {failure, 0},
		"source.ip":                 {aPeer, 6},
		"source.address":            {aPeer, 5},
		"client":                    {failure, 0},
		"client.ip":                 {aNote, ecsClient},
		"network":                   {failure, 0},
		"http":                      {failure, 0},
		"http.version":              {aProto, 5},
		"http.request.method":       {aMethod, 5},
		"http.request.referrer":     {aReferer, 5},
		"http.request.bytes":        {aBytesIn, 5},
		"http.request.body.bytes":   {aBytesIn, 4},
		"http.request.id":           {aTrace, 3},
		"http.request.headers":      {headers, 3},
		"http.response.status_code": {aStatus, 5},
		"http.response.body.bytes":  {aBytes, 5},
		"http.response.bytes":       {aBytes, 4},
		"url":                       {failure, 0},
		"url.path":                  {aTarget, 2},
		"url.original":              {aTarget, 3},
		"url.full":                  {aTarget, 1},
		"url.query":                 {aQuery, 5},
		"url.domain":                {aHost, 5},
		"url.scheme":                {aScheme, 5},
		"user_agent":                {failure, 0},
		"user_agent.original":       {aAgent, 5},
		"user":                      {failure, 0},
		"user.name":                 {aUser, 6},
		"user.id":                   {aUser, 5},
		"user.email":                {aUser, 4},
		"trace":                     {failure, 0},
		"trace.id":                  {aTrace, 5},
		"transaction.id":            {aTrace, 4},
		"tls":                       {failure, 0},
		"tls.client.ja4":            {aTLS, 6},
		"tls.client.ja3":            {aTLS, 5},
		"host":                      {failure, 0},
		"agent":                     {failure, 0},
		"labels":                    {failure, 0},
		"related":                   {failure, 0},
		"server":                    {failure, 0},
		"destination":               {failure, 0},
		"observer":                  {failure, 0},
		"process":                   {failure, 0},
		"service":                   {failure, 0},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		if d.fields.notes[ecsVersion] == "" {
			return true, errForeign // of a container service, perhaps
		}
		d.claim(e, d.fields.notes[ecsClient])
		return false, nil
	},
})

// Notes.
const (
	ecsClient = iota
	ecsVersion
)
