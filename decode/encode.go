package decode

import (
	"slices"
	"strconv"
	"time"

	"goshawk/event"
)

// Writers returns what can be written: the formats that have an Encode, and
// combined as Apache escapes it, under the name "apache".
func Writers() []Format {
	l := slices.DeleteFunc(Formats(), func(f Format) bool { return f.Encode == nil })
	apache := Combined
	apache.Name, apache.Encode = "apache", AppendApache
	return append([]Format{apache}, l...)
}

// AppendCombined appends e as one line of nginx's combined format, without a
// newline; a third quoted field holds X-Forwarded-For if e has or carries one.
// Decoding the line gives back all that the format can hold. The format needs a
// time: an event without one gets the beginning of 1970.
func AppendCombined(dst []byte, e *event.Event) []byte { return appendCLF(dst, e, appendHex) }

// AppendApache is AppendCombined as Apache writes it, with escapes of its own.
func AppendApache(dst []byte, e *event.Event) []byte { return appendCLF(dst, e, appendBackslash) }

func appendCLF(dst []byte, e *event.Event, escape func([]byte, string) []byte) []byte {
	dst = appendClient(dst, e, "-")
	dst = append(dst, " - "...)
	dst = appendOr(dst, escape, e.User)
	dst = append(dst, ' ')
	dst = time.Unix(0, e.Time).UTC().AppendFormat(dst, "[02/Jan/2006:15:04:05 -0700]")
	dst = append(dst, ` "`...)
	switch {
	case e.Flags&event.Malformed != 0:
		dst = escape(dst, e.Path)
	case e.Method == "":
		dst = append(dst, '-')
	default:
		dst = append(dst, e.Method...)
		dst = append(dst, ' ')
		dst = appendTarget(dst, e, escape)
		if e.Proto != "" {
			dst = append(dst, ' ')
			dst = escape(dst, e.Proto)
		}
	}
	dst = append(dst, `" `...)
	if e.Status == 0 {
		dst = append(dst, '-')
	} else {
		dst = strconv.AppendInt(dst, int64(e.Status), 10)
	}
	dst = append(dst, ' ')
	dst = strconv.AppendInt(dst, max(e.BytesOut, 0), 10)
	dst = append(dst, ` "`...)
	dst = appendOr(dst, escape, e.Referer)
	dst = append(dst, `" "`...)
	dst = appendOr(dst, escape, e.UserAgent)
	dst = append(dst, '"')
	if e.Forwarded != "" || e.Carries&event.HasForwarded != 0 {
		dst = append(dst, ` "`...)
		dst = appendOr(dst, escape, e.Forwarded)
		dst = append(dst, '"')
	}
	return dst
}

// AppendJSON appends e as one line that nginx writes with escape=json, without
// a newline: fifteen keys always, and the credentials and the fingerprint, for
// which nginx has variables too, where e has them. Times are kept to the
// millisecond.
func AppendJSON(dst []byte, e *event.Event) []byte {
	first := true
	key := func(name string) {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, '"')
		dst = append(dst, name...)
		dst = append(dst, `":`...)
	}
	str := func(name, v string) {
		key(name)
		dst = append(dst, '"')
		dst = appendUnicode(dst, v)
		dst = append(dst, '"')
	}
	num := func(name string, n int64) {
		key(name)
		if n < 0 {
			dst = append(dst, `""`...)
		} else {
			dst = strconv.AppendInt(dst, n, 10)
		}
	}
	millis := func(name string, ns int64) { // seconds, with three decimals
		key(name)
		if ns < 0 {
			dst = append(dst, `""`...)
			return
		}
		dst = strconv.AppendInt(dst, ns/1e9, 10)
		dst = append(dst, '.')
		ms := ns / 1e6 % 1e3
		dst = append(dst, byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
	}

	dst = append(dst, '{')
	if e.Flags&event.NoTime != 0 {
		str("time_iso8601", "")
		str("msec", "")
	} else {
		key("time_iso8601")
		dst = append(appendSecond(append(dst, '"'), e.Time), `+00:00"`...)
		millis("msec", e.Time)
	}
	key("remote_addr")
	dst = append(dst, '"')
	dst = appendClient(dst, e, "")
	dst = append(dst, '"')
	str("remote_user", e.User)
	str("request_method", e.Method)
	key("request_uri")
	dst = append(dst, '"')
	if e.Flags&event.Malformed == 0 {
		dst = appendTarget(dst, e, appendUnicode)
	}
	dst = append(dst, '"')
	str("server_protocol", e.Proto)
	num("status", int64(e.Status))
	num("body_bytes_sent", e.BytesOut)
	num("request_length", e.BytesIn)
	millis("request_time", e.Duration)
	str("http_referer", e.Referer)
	str("http_user_agent", e.UserAgent)
	str("http_host", e.Host)
	str("request_id", e.Trace)
	for _, f := range [...]struct{ name, v string }{
		{"http_x_api_key", e.Key}, {"session", e.Session}, {"http_x_forwarded_for", e.Forwarded}, {"account", e.Account}, {"ja4", e.TLS},
	} {
		if f.v != "" {
			str(f.name, f.v)
		}
	}
	if e.Flags&event.Malformed != 0 {
		str("request", e.Path)
	}
	return append(dst, '}')
}

func appendClient(dst []byte, e *event.Event, none string) []byte {
	switch {
	case e.Peer.IsValid():
		return e.Peer.AppendTo(dst)
	case e.Client.IsValid():
		return e.Client.AppendTo(dst)
	}
	return append(dst, none...)
}

func appendTarget(dst []byte, e *event.Event, escape func([]byte, string) []byte) []byte {
	if e.Flags&event.AbsoluteForm != 0 {
		dst = escape(dst, e.Scheme)
		dst = append(dst, "://"...)
		dst = escape(dst, e.Host)
	}
	dst = escape(dst, e.Path)
	if e.Query != "" {
		dst = append(dst, '?')
		dst = escape(dst, e.Query)
	}
	return dst
}

func appendOr(dst []byte, escape func([]byte, string) []byte, s string) []byte {
	if s == "" {
		return append(dst, '-')
	}
	return escape(dst, s)
}

// appendHex escapes as nginx does by default.
func appendHex(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7F || c == '"' || c == '\\' {
			dst = append(dst, '\\', 'x', upper[c>>4], upper[c&15])
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}

// appendBackslash escapes as Apache does.
func appendBackslash(dst []byte, s string) []byte {
	const lower = "0123456789abcdef"
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= '\b' && c <= '\r' && c != '\f':
			dst = append(dst, '\\', "btnv?r"[c-'\b'])
		case c < 0x20 || c >= 0x7F:
			dst = append(dst, '\\', 'x', lower[c>>4], lower[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// appendUnicode escapes as nginx does with escape=json.
func appendUnicode(dst []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		if dst = append(dst, s[from:i]...); c >= 0x20 {
			dst = append(dst, '\\', c)
		} else {
			dst = append(dst, '\\', 'u', '0', '0', upper[c>>4], upper[c&15])
		}
		from = i + 1
	}
	return append(dst, s[from:]...)
}

// appendSecond writes a time in Unix nanoseconds as 2006-01-02T15:04:05, UTC.
func appendSecond(dst []byte, ns int64) []byte {
	t := time.Unix(0, ns).UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	two := func(n int, after byte) { dst = append(dst, byte('0'+n/10), byte('0'+n%10), after) }
	dst = append(dst, byte('0'+year/1000), byte('0'+year/100%10))
	two(year%100, '-')
	two(int(month), '-')
	two(day, 'T')
	two(hour, ':')
	two(minute, ':')
	return append(dst, byte('0'+second/10), byte('0'+second%10))
}

const upper = "0123456789ABCDEF"
