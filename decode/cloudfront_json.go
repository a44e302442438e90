package decode

import (
	"strings"

	"goshawk/event"
)

// What CloudFront's hook needs to see.
const (
	frontDate = iota
	frontTime
	frontCookie
	frontDetail
)

// CloudFrontJSON reads the standard logs of AWS CloudFront in JSON.
var CloudFrontJSON = registerDialect(Format{
	Name:  "cloudfront_json",
	Title: "AWS CloudFront standard log (v2) in JSON",
	Doc: "The fields have the names of the W3C log: `c-ip`, `cs-uri-stem`, `cs(User-Agent)`, `x-edge-result-type`. " +
		"The time is `timestamp(ms)` or `timestamp` if it is there, else `date` and `time`, in UTC. The host is `x-host-header`, what the client asked for. " +
		"Agents, referers and cookies are logged percent-encoded, once or twice, and are decoded; paths and queries are not. Status 000 is a client that left. " +
		"A client blocked for its country was blocked.\n\n" +
		"Source: AWS, \"Access logs (standard logs)\".",
	Carries: frontFields | event.HasKey | event.HasSession,
	fits:    func(line string) bool { return line[0] == '{' && strings.Contains(line, `"x-edge-`) },
}, "x-edge-result-type x-edge-location x-edge-request-id x-edge-response-result-type x-edge-detailed-result-type", dialect{
	names: map[string]meaning{
		"date":                        {aNote, frontDate},
		"time":                        {aNote, frontTime},
		"timestamp":                   {aTime, 64},
		"timestamp(ms)":               {aTime, 65},
		"c-ip":                        {aPeer, 64},
		"cs-method":                   {aMethod, 64},
		"cs(Host)":                    {aHost, 64},
		"x-host-header":               {aHost, 65},
		"cs-uri-stem":                 {aTarget, 64},
		"cs-uri-query":                {aQuery, 64},
		"sc-status":                   {aStatus, 64},
		"sc-bytes":                    {aBytes, 64},
		"cs-bytes":                    {aBytesIn, 64},
		"cs(Referer)":                 {aReferer, 64},
		"cs(User-Agent)":              {aAgent, 64},
		"cs(Cookie)":                  {aNote, frontCookie},
		"cs-protocol":                 {aScheme, 64},
		"cs-protocol-version":         {aProto, 64},
		"time-taken":                  {aSeconds, 64},
		"x-forwarded-for":             {aForwarded, 64},
		"x-edge-request-id":           {aTrace, 64},
		"x-edge-detailed-result-type": {aNote, frontDetail},
	},
	strict: true,
	after:  afterCloudFront,
})

const frontFields = event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn |
	event.HasDuration | event.HasUserAgent | event.HasReferer | event.HasForwarded | event.HasHost

func afterCloudFront(d *Decoder, e *event.Event) (done bool, err error) {
	f := &d.fields
	if date, hour := f.notes[frontDate], f.notes[frontTime]; f.rank[aTime] == 0 && len(date) == 10 && hour != "" {
		start := len(d.scratch)
		d.scratch = append(append(append(d.scratch, date...), ' '), hour...)
		if ns, ok := utc(text(d.scratch[start:])); ok && f.take(e, aTime, 0) {
			e.Time = ns
		}
	}
	d.front(e, f.notes[frontCookie], f.notes[frontDetail])
	return false, nil
}

// front undoes the percents of an event of CloudFront, takes the session of the
// cookies, and tells what was blocked.
func (d *Decoder) front(e *event.Event, cookie, detail string) {
	e.UserAgent, e.Referer = d.unpercented(e.UserAgent), d.unpercented(e.Referer)
	if cookie != "" {
		d.set(e, atTop, meaning{aCookie, 64}, d.unpercented(cookie))
	}
	if detail == "ClientGeoBlocked" {
		e.Action = event.Block
	}
}

// unpercented undoes %20, and %2520 too: fields are encoded once or twice.
func (d *Decoder) unpercented(s string) string {
	for range 2 {
		i := strings.IndexByte(s, '%')
		if i < 0 {
			return s
		}
		start := len(d.scratch)
		d.scratch = append(d.scratch, s[:i]...)
		for ; i < len(s); i++ {
			if s[i] == '%' {
				if v, ok := hex(s, i+1, 2); ok {
					d.scratch = append(d.scratch, byte(v))
					i += 2
					continue
				}
			}
			d.scratch = append(d.scratch, s[i])
		}
		s = text(d.scratch[start:])
	}
	return s
}
