package decode

import (
	"strings"

	"goshawk/event"
)

// APIGatewayCSV reads the access logs of AWS API Gateway in CSV.
var APIGatewayCSV = register(Format{
	Name:  "apigw_csv",
	Title: "AWS API Gateway access log in CSV",
	Doc: "`ip,caller,user,date,method,path,protocol,status,length,request_id`, the default layout, which has no header. The path may hold commas.\n\n" +
		"Source: AWS, \"Set up CloudWatch logging for REST APIs\".",
	Carries: clfFields,
	fits: func(line string) bool {
		i := strings.IndexByte(line[:min(len(line), 46)], ',')
		if i < 2 {
			return false
		}
		_, ok := parseAddr(line[:i])
		return ok && strings.Count(line, ",") >= 9
	},
	decode: decodeAPIGatewayCSV,
})

func decodeAPIGatewayCSV(d *Decoder, line string, e *event.Event) error {
	at, s := 0, line
	first := func() string { // the fields before the path, none of which a client writes
		v, rest, _ := strings.Cut(s, ",")
		at, s = at+len(v)+1, rest
		return v
	}
	last := func() string { // and those after it
		i := strings.LastIndexByte(s, ',')
		v := s[i+1:]
		s = s[:max(i, 0)]
		return v
	}
	a, _ := parseAddr(first())
	e.Client, e.Peer = a, a
	caller, user := first(), first()
	if e.User = user; missing(user) {
		if e.User = caller; missing(caller) {
			e.User = ""
		}
	}
	when := at
	ns, ok := d.clock.clf26(first())
	if !ok {
		return d.fail(when, "no date")
	}
	e.Time = ns
	verb := first()
	if e.Trace = last(); missing(e.Trace) {
		e.Trace = ""
	}
	e.BytesOut = size(last())
	status := last()
	if n, ok := number(status); ok && len(status) == 3 {
		e.Status = int(n)
	} else if !missing(status) {
		return d.fail(at+len(s)+1, "no status")
	}
	if e.Proto = last(); !strings.HasPrefix(e.Proto, "HTTP/") {
		return d.fail(min(at+len(s)+1, len(line)), "no protocol")
	}
	if !missing(verb) {
		e.Method, _ = method(verb)
	}
	if !missing(s) {
		setTarget(e, s)
	}
	e.Carries = clfFields
	return nil
}
