package decode

import "goshawk/event"

// OCSF reads two classes of the Open Cybersecurity Schema Framework.
var OCSF = registerDialect(Format{
	Name:  "ocsf",
	Title: "OCSF events: HTTP Activity (4002) and API Activity (6003)",
	Doc: "Times and latencies are in milliseconds. `disposition_id` 2 is a block. An API call is a request `API /<service>/<operation>`; " +
		"where it has no status of HTTP, its error's name tells one, and success is 200. Other classes are skipped.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn | event.HasDuration |
		event.HasUserAgent | event.HasReferer | event.HasUser | event.HasKey | event.HasSession | event.HasForwarded | event.HasHost | event.HasTLS,
}, "class_uid", dialect{
	names: map[string]meaning{
		"class_uid":                     {aNote, ocsfClass},
		"time":                          {aTime, 5},
		"metadata":                      {failure, 0},
		"status":                        {},
		"status_code":                   {},
		"status_id":                     {aNote, ocsfStatus},
		"disposition_id":                {aNote, ocsfDisposition},
		"src_endpoint":                  {failure, 0},
		"src_endpoint.ip":               {aPeer, 5},
		"dst_endpoint":                  {failure, 0},
		"device":                        {failure, 0},
		"cloud":                         {failure, 0},
		"observables":                   {failure, 0},
		"enrichments":                   {failure, 0},
		"unmapped":                      {failure, 0},
		"resources":                     {failure, 0},
		"http_request":                  {failure, 0},
		"http_request.http_method":      {aMethod, 5},
		"http_request.url.path":         {aTarget, 5},
		"http_request.url.url_string":   {aTarget, 3},
		"http_request.url.query_string": {aQuery, 5},
		"http_request.url.hostname":     {aHost, 5},
		"http_request.url.scheme":       {aScheme, 5},
		"http_request.user_agent":       {aAgent, 5},
		"http_request.referrer":         {aReferer, 5},
		"http_request.x_forwarded_for":  {aForwarded, 5},
		"http_request.http_headers":     {headers, 3},
		"http_request.version":          {aProto, 5},
		"http_request.length":           {aBytesIn, 5},
		"http_request.uid":              {aTrace, 5},
		"http_response":                 {failure, 0},
		"http_response.code":            {aStatus, 5},
		"http_response.length":          {aBytes, 5},
		"http_response.latency":         {aMillis, 5},
		"duration":                      {aMillis, 4},
		"api":                           {failure, 0},
		"api.operation":                 {aNote, ocsfOperation},
		"api.service.name":              {aNote, ocsfService},
		"api.response.code":             {aCode, 4},
		"api.response.error":            {aNote, ocsfError},
		"api.request.uid":               {aTrace, 4},
		"actor":                         {failure, 0},
		"actor.user.name":               {aUser, 6},
		"actor.user.uid":                {aUser, 5},
		"actor.user.credential_uid":     {aKey, 5},
		"actor.session.uid":             {aSession, 5},
		"actor.session.credential_uid":  {aKey, 5},
		"tls":                           {failure, 0},
		"tls.ja3_hash.value":            {aTLS, 5},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		n := &d.fields.notes
		if n[ocsfDisposition] == "2" {
			e.Action = event.Block
		}
		switch n[ocsfClass] {
		case "4002":
			return false, nil
		case "6003":
		default:
			return true, ErrSkip
		}
		if n[ocsfOperation] == "" {
			return true, ErrSkip
		}
		e.Method, e.Host = "API", n[ocsfService]
		e.Carries |= event.HasMethod | event.HasPath | event.HasStatus | event.HasHost
		d.fields.setTarget(e, 9, d.join(d.join("/", n[ocsfService]), d.join("/", n[ocsfOperation])))
		switch {
		case e.Status != 0:
		case n[ocsfError] != "":
			e.Status = trailStatus(n[ocsfError])
		case n[ocsfStatus] == "1":
			e.Status = 200
		}
		return false, nil
	},
})

// Notes.
const (
	ocsfClass = iota
	ocsfStatus
	ocsfDisposition
	ocsfOperation
	ocsfService
	ocsfError
)
