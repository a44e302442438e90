package decode

import (
	"strings"

	"goshawk/event"
)

// Zeek reads http.log as tab separated values.
var Zeek = register(Format{
	Name:  "zeek",
	Title: "Zeek http.log, tab separated",
	Doc: "The `#fields` line names the columns and `#separator` what is between them. Rows of Zeek's other logs (conn, ssl, dns) are no requests and are skipped. " +
		"The client is `id.orig_h`, the trace is `uid`, and X-Forwarded-For is taken from `proxied` if it was sent once: of several, Zeek keeps no order.\n\n" +
		"Source: Zeek, Log Formats and http.log.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn |
		event.HasUserAgent | event.HasReferer | event.HasUser | event.HasHost | event.HasForwarded | event.HasKey,
	rank:   0,
	fits:   func(line string) bool { return digit(line[0]) },
	decode: decodeZeek,
})

func decodeZeek(d *Decoder, line string, e *event.Event) error {
	l := d.underHeader(zeekColumns)
	if l == nil || !l.timed {
		return d.fail(0, "no #fields line with a ts")
	}
	var r row
	err := d.cells(l, line, e, &r)
	if d.mine = d.fields.rank[aTime] != 0; err != nil {
		return err
	}
	if !d.mine || r.n < 2 {
		return d.fail(0, "no time where #fields says that it is")
	}
	if !l.web {
		return ErrSkip
	}
	if !d.request(e, &r) {
		if r.full {
			return ErrSkip // an answer to what Zeek did not see
		}
		return d.fail(len(line), "cut before it is a request")
	}
	return nil
}

func compileZeek(l *columns, line string) {
	l.kind = zeekColumns
	l.sep = "\t"
	if first := leading(line, separatorTag); first != "" {
		line = strings.TrimPrefix(line[len(first):], "\n")
		if s := strings.TrimSpace(first[len(separatorTag):]); len(s) == 4 && strings.HasPrefix(s, `\x`) {
			if v, ok := hex(s, 2, 2); ok && v < 0x80 {
				l.sep = string(v)
			}
		}
	}
	_, names, _ := strings.Cut(line, l.sep)
	method, uri := false, false
	for name := range strings.SplitSeq(names, l.sep) {
		if len(l.fields) == maxColumns || !strings.HasPrefix(line, "#fields") {
			break
		}
		c := zeekColumn(name)
		method = method || c.slot == aMethod
		uri = uri || c.slot == aTarget
		l.name(c)
	}
	l.web = method && uri
}

func zeekColumn(name string) column {
	switch name {
	case "ts":
		return column{meaning: meaning{aTime, 3}}
	case "uid":
		return column{meaning: meaning{aTrace, 1}}
	case "id.orig_h":
		return column{meaning: meaning{aPeer, 4}, as: thePeer}
	case "method":
		return column{meaning: meaning{aMethod, 4}, as: theMethod}
	case "host":
		return column{meaning: meaning{aHost, 4}}
	case "uri":
		return column{meaning: meaning{aTarget, 4}}
	case "referrer":
		return column{meaning: meaning{aReferer, 4}}
	case "version":
		return column{meaning: meaning{aProto, 4}}
	case "user_agent":
		return column{meaning: meaning{aAgent, 4}}
	case "request_body_len":
		return column{meaning: meaning{aBytesIn, 4}}
	case "response_body_len":
		return column{meaning: meaning{aBytes, 4}}
	case "status_code":
		return column{meaning: meaning{aStatus, 4}}
	case "username":
		return column{meaning: meaning{aUser, 4}}
	case "proxied":
		return column{meaning: meaning{aForwarded, 4}, as: theProxy}
	}
	return column{}
}

// proxied returns the X-Forwarded-For of a list of "NAME -> value", "" if there
// is none, or more than one. Commas within a value are escaped, which was undone:
// what has no arrow belongs to the value before it.
func (d *Decoder) proxied(list string) string {
	const tag = "X-FORWARDED-FOR -> "
	i := strings.Index(list, tag)
	if i < 0 || i > 0 && list[i-1] != ',' {
		return ""
	}
	v := list[i+len(tag):]
	if strings.Contains(v, tag) {
		return ""
	}
	for at := 0; ; {
		k := strings.IndexByte(v[at:], ',')
		if k < 0 {
			return v
		}
		at += k
		if name, _, ok := strings.Cut(v[at+1:], " -> "); ok && isHeaderName(name) {
			return v[:at]
		}
		at++
	}
}

func isHeaderName(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && c != '-' {
			return false
		}
	}
	return s != ""
}
