package decode

import "goshawk/event"

// Kong reads what Kong's logging plug-ins write.
var Kong = registerDialect(Format{
	Name:  "kong",
	Title: "Kong logs: file-log, http-log, tcp-log and the like",
	Doc: "`started_at` and `latencies` are in milliseconds. All request headers are logged. The user is the consumer's name, else its id; " +
		"the key is the id of the credential (`authenticated_entity`).",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn | event.HasDuration |
		event.HasUserAgent | event.HasReferer | event.HasUser | event.HasKey | event.HasSession | event.HasForwarded | event.HasHost | event.HasTLS,
}, "latencies authenticated_entity", dialect{
	names: map[string]meaning{
		"started_at":              {aTime, 5},
		"client_ip":               {aPeer, 5},
		"request.method":          {aMethod, 5},
		"request.uri":             {aTarget, 6},
		"request.url":             {aTarget, 3},
		"request.size":            {aBytesIn, 5},
		"request.id":              {aTrace, 5},
		"request.tls":             {failure, 0},
		"request.headers":         {headers, 0},
		"response.status":         {aStatus, 5},
		"response.size":           {aBytes, 5},
		"response.headers":        {failure, 0},
		"latencies.request":       {aMillis, 5},
		"consumer":                {failure, 0},
		"consumer.username":       {aUser, 5},
		"consumer.custom_id":      {aUser, 4},
		"consumer.id":             {aUser, 3},
		"authenticated_entity":    {failure, 0},
		"authenticated_entity.id": {aKey, 6},
		"service":                 {failure, 0},
		"route":                   {failure, 0},
		"tries":                   {failure, 0},
		"upstream_status":         {},
	},
})
