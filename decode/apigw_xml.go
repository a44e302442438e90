package decode

import (
	"strings"

	"goshawk/event"
)

// APIGatewayXML reads the access logs of AWS API Gateway in XML.
var APIGatewayXML = register(Format{
	Name:  "apigw_xml",
	Title: "AWS API Gateway access log in XML",
	Doc: "`<request id=\"…\"> <ip>…</ip> <caller>…</caller> <user>…</user> <requestTime>…</requestTime> <httpMethod>…</httpMethod> " +
		"<resourcePath>…</resourcePath> <status>…</status> <protocol>…</protocol> <responseLength>…</responseLength> </request>`, the default layout.\n\n" +
		"What stands before the path is read from the line's beginning, what stands after it from its end: a path with tags in it changes neither.\n\n" +
		"Source: AWS, \"Set up CloudWatch logging for REST APIs\".",
	Carries: clfFields,
	fits:    func(line string) bool { return strings.HasPrefix(line, requestTag) },
	decode:  decodeAPIGatewayXML,
})

const requestTag = `<request id="`

func decodeAPIGatewayXML(d *Decoder, line string, e *event.Event) error {
	id := line[len(requestTag):]
	id, _, ok := strings.Cut(id, `"`)
	if !ok {
		return d.fail(len(line), "the id does not end")
	}
	path := strings.Index(line, "<resourcePath>")
	if path < 0 {
		path = strings.Index(line, "<path>")
	}
	if path < 0 {
		return d.fail(len(line), "no path")
	}
	before, rest := line[:path], line[path+strings.IndexByte(line[path:], '>')+1:]
	tag := func(open, close string) string {
		_, v, _ := strings.Cut(before, open)
		if v, _, _ = strings.Cut(v, close); missing(v) {
			return ""
		}
		return v
	}
	tail := func(open, close string) string {
		i := strings.LastIndex(rest, open)
		if i < 0 {
			return ""
		}
		v, _, _ := strings.Cut(rest[i+len(open):], close)
		rest = rest[:i]
		if missing(v) {
			return ""
		}
		return v
	}
	e.Trace = id
	if a, ok := parseAddr(tag("<ip>", "</ip>")); ok {
		e.Client, e.Peer = a, a
	}
	if e.User = tag("<user>", "</user>"); e.User == "" {
		e.User = tag("<caller>", "</caller>")
	}
	if e.Time, ok = d.clock.clf26(tag("<requestTime>", "</requestTime>")); !ok {
		return d.fail(path, "no date before the path")
	}
	if v := tag("<httpMethod>", "</httpMethod>"); v != "" {
		e.Method, _ = method(v)
	}
	end := strings.LastIndex(rest, "</request>") < 0
	e.BytesOut = size(tail("<responseLength>", "</responseLength>"))
	e.Proto = tail("<protocol>", "</protocol>")
	if status := tail("<status>", "</status>"); len(status) == 3 {
		n, _ := number(status)
		e.Status = int(n)
	}
	if end {
		e.Flags |= event.Truncated
	}
	if i := strings.LastIndex(rest, "</"); i >= 0 {
		rest = rest[:i]
	}
	if !missing(rest) {
		setTarget(e, rest)
	}
	e.Carries = clfFields
	return nil
}
