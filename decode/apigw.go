package decode

import (
	"strconv"
	"strings"
	"time"

	"goshawk/event"
)

// What API Gateway's hook needs to see.
const (
	gwRoute = iota
	gwEvent
	gwWAF
)

// APIGateway reads the access logs of AWS API Gateway in JSON.
var APIGateway = registerDialect(Format{
	Name:  "apigw",
	Title: "AWS API Gateway access log in JSON, REST, HTTP and WebSocket",
	Doc: "Any layout that has `resourcePath` or `routeKey`, which are the path only where there is no `path`. " +
		"An `errorResponseType` of `THROTTLED` or `QUOTA_EXCEEDED` is a throttled request. An event of a WebSocket has the method `CONNECT`, `MESSAGE` or `DISCONNECT`, " +
		"its route as the path, and its connection as the session. Queries are not logged. Other layouts are read as `json`, and the default in CLF as `combined`.\n\n" +
		"Source: AWS, \"Set up CloudWatch logging for REST APIs\" and \"Variables for access logging\".",
	Carries: event.HasBytesIn<<1 - 1,
	Encode:  appendAPIGateway,
	fits: func(line string) bool {
		return line[0] == '{' && (strings.Contains(line, `"resourcePath"`) || strings.Contains(line, `"routeKey"`))
	},
}, "resourcePath routeKey", dialect{
	names: map[string]meaning{
		"routeKey":               {aNote, gwRoute},
		"eventType":              {aNote, gwEvent},
		"wafResponseCode":        {aNote, gwWAF},
		"connectionId":           {aSession, 1},
		"authorizer.principalId": {aUser, 3},
		"authorizer.claims.sub":  {aUser, 3},
		"identity.sourceIp":      {aClient, 3},
		"identity.userAgent":     {aAgent, 3},
		"identity.userArn":       {aUser, 4},
		"identity.apiKeyId":      {aKey, 4},
	},
	after: afterAPIGateway,
})

func afterAPIGateway(d *Decoder, e *event.Event) (done bool, err error) {
	f := &d.fields
	if f.notes[gwWAF] == "WAF_BLOCK" {
		e.Action = event.Block
	}
	route := f.notes[gwRoute]
	if route == "" {
		return false, nil
	}
	e.Carries |= event.HasMethod | event.HasPath
	switch f.notes[gwEvent] {
	case "CONNECT", "MESSAGE", "DISCONNECT":
		if e.Method == "" {
			e.Method = f.notes[gwEvent]
		}
		if f.target == "" {
			start := len(d.scratch)
			d.scratch = append(append(d.scratch, '/'), route...)
			f.target = text(d.scratch[start:])
		}
		return false, nil
	}
	verb, path, both := strings.Cut(route, " ")
	if both && e.Method == "" {
		e.Method, _ = method(verb)
	}
	if both && f.target == "" && path != "" && path[0] == '/' {
		f.target = path
	}
	return false, nil
}

// appendAPIGateway appends e as a line of the layout that the documents suggest,
// with the path, the host, the agent, the key and the latency. It has no place
// for the query.
func appendAPIGateway(dst []byte, e *event.Event) []byte {
	str := func(before, v string) {
		dst = append(dst, before...)
		dst = append(dst, '"')
		if v == "" {
			dst = append(dst, '-')
		} else {
			dst = appendUnicode(dst, v)
		}
		dst = append(dst, '"')
	}
	num := func(before string, n int64) {
		dst = append(dst, before...)
		dst = append(dst, '"')
		if n < 0 {
			dst = append(dst, '-')
		} else {
			dst = strconv.AppendInt(dst, n, 10)
		}
		dst = append(dst, '"')
	}
	resource := e.Path
	if _, path, ok := strings.Cut(e.Template, " "); ok {
		resource = path
	}
	str(`{"requestId":`, e.Trace)
	dst = append(dst, `,"ip":"`...)
	dst = appendClient(dst, e, "-")
	str(`","caller":"-","user":`, e.User)
	dst = append(dst, `,"requestTime":"`...)
	dst = time.Unix(0, e.Time).UTC().AppendFormat(dst, "02/Jan/2006:15:04:05 -0700")
	num(`","requestTimeEpoch":`, e.Time/1e6)
	str(`,"httpMethod":`, e.Method)
	str(`,"resourcePath":`, resource)
	str(`,"path":`, e.Path)
	status := int64(e.Status)
	if status == 0 {
		status = -1
	}
	num(`,"status":`, status)
	str(`,"protocol":`, e.Proto)
	num(`,"responseLength":`, e.BytesOut)
	latency := e.Duration
	if latency > 0 {
		latency /= 1e6
	}
	num(`,"responseLatency":`, latency)
	str(`,"domainName":`, e.Host)
	str(`,"userAgent":`, e.UserAgent)
	str(`,"apiKeyId":`, e.Key)
	if e.Action == event.Throttle {
		str(`,"errorResponseType":`, "THROTTLED")
	}
	return append(dst, '}')
}
