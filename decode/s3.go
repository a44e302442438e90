package decode

import (
	"strings"

	"goshawk/event"
)

// S3 reads the server access logs of AWS S3.
var S3 = register(Format{
	Name:  "s3",
	Title: "AWS S3 server access log",
	Doc: "`owner bucket [date] address requester request_id operation key \"request\" status error sent size total_ms turnaround_ms \"referer\" \"user agent\" version host_id " +
		"signature cipher authentication host TLS access_point acl`\n\n" +
		"The user is the requester, as an ARN or a canonical id. `SlowDown` is a throttled request. What a batch operation did has no request: its method and path are those of the operation and the key. " +
		"Lines of the lifecycle, which nobody asked for, are skipped. Fields at the end may be missing, and more may follow.\n\n" +
		"Source: AWS, \"Amazon S3 server access log format\".",
	Carries: s3Fields | event.HasKey,
	fits:    isS3,
	decode:  decodeS3,
})

const s3Fields = event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasDuration |
	event.HasUserAgent | event.HasReferer | event.HasUser | event.HasHost

// isS3 looks for a canonical id, which is 64 hex digits.
func isS3(line string) bool {
	if len(line) < 66 || line[64] != ' ' {
		return false
	}
	for i := range 64 {
		if c := line[i]; !digit(c) && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func decodeS3(d *Decoder, line string, e *event.Event) error {
	c := cursor{line, 65}
	c.word()
	open := c.i
	if open >= len(line) || line[open] != '[' {
		return d.fail(min(open, len(line)), "no date")
	}
	t, n := d.clock.clf(line[open+1:])
	end := open + 1 + n
	if n == 0 || end >= len(line) || line[end] != ']' {
		return d.fail(open+1, "no date")
	}
	e.Time = t.ns
	c.i = end + 2
	e.Carries = s3Fields
	if a, ok := parseAddr(c.word()); ok {
		e.Client, e.Peer = a, a
	}
	e.User = c.word()
	e.Trace = c.word()
	operation, key := c.word(), c.word()
	if c.i >= len(line) {
		return d.fail(len(line), "no request")
	}
	if line[c.i] != '"' {
		c.word()
		if !d.operation(e, operation, key) {
			return ErrSkip
		}
	} else {
		request, next := s3Request(line, c.i)
		if next < 0 {
			return d.fail(c.i, "no status after the request")
		}
		if request == "-" && !d.operation(e, operation, key) {
			return ErrSkip
		}
		d.setRequest(e, request)
		c.i = next + 1
	}
	if c.i >= len(line) {
		e.Flags |= event.Truncated
		return nil
	}
	status, failure := c.word(), c.word()
	if n, ok := number(status); ok && len(status) == 3 {
		e.Status = int(n)
	} else if status != "" {
		e.Flags |= event.Truncated
		return nil
	}
	if failure == "SlowDown" {
		e.Action = event.Throttle
	}
	e.BytesOut = max(size(c.word()), 0)
	c.word()
	if ms, ok := scaled(c.word(), 1e6); ok {
		e.Duration = ms
	}
	c.word()
	e.Referer = d.plain(c.free())
	e.UserAgent = d.plain(c.free())
	if c.i > len(line)+1 {
		e.Flags |= event.Truncated
		return nil
	}
	for range 5 { // version, host id, signature, cipher, authentication
		c.word()
	}
	e.Host = c.word()
	return nil
}

// s3Request is requestToken where quotes are not escaped: the request ends after
// its protocol, if it has one.
func s3Request(line string, quote int) (request string, next int) {
	for i := quote; ; {
		k := strings.Index(line[i:], " HTTP/")
		if k < 0 || i+k+10 > len(line) {
			return requestToken(line, quote)
		}
		i += k + 6
		if line[i+3] == '"' && statusFollows(line[i+4:]) {
			return line[quote+1 : i+3], i + 4
		}
	}
}

// free returns what is between quotes where quotes in it are not escaped: it
// ends at the first that a space follows.
func (c *cursor) free() string {
	if c.i >= len(c.s) || c.s[c.i] != '"' {
		return c.word()
	}
	start := c.i + 1
	rest := c.s[start:]
	end := strings.Index(rest, `" `)
	if end < 0 {
		if end = len(rest); end > 0 && rest[end-1] == '"' {
			end--
			c.i = len(c.s) + 1
		} else {
			c.i = len(c.s) + 2 // the quote was not closed
		}
	} else {
		c.i = start + end + 2
	}
	if rest[:end] == "-" {
		return ""
	}
	return rest[:end]
}

// operation takes method and path from REST.GET.OBJECT and a key.
func (d *Decoder) operation(e *event.Event, operation, key string) bool {
	kind, rest, _ := strings.Cut(operation, ".")
	verb, _, _ := strings.Cut(rest, ".")
	if kind != "REST" && kind != "BATCH" && kind != "WEBSITE" || verb == "" {
		return false
	}
	e.Method, _ = method(verb)
	start := len(d.scratch)
	d.scratch = append(append(d.scratch, '/'), key...)
	e.Path = text(d.scratch[start:])
	return true
}
