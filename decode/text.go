package decode

import (
	"net/netip"
	"strings"

	"goshawk/event"
)

// Text reads what applications write for people.
var Text = register(Format{
	Name:  "text",
	Title: "free text of applications, such as Access Denied - /path - IP: 192.0.2.1 - User-Agent: …",
	Doc: "`[time] [LEVEL] [status] words /path words IP: address [- User-Agent: … | - Request Body: …]`\n\n" +
		"A line is a request if it has two of an address (after `IP:`, `client`, `from` and the like), a path and a status. " +
		"A status may be told by words: Access Denied and Forbidden are 403, Unauthorized 401, rate limit exceeded and Too Many Requests 429. " +
		"Words such as login failed or Invalid password mean an attempt to authenticate: its client is the address before the account's name, or the last one after it. " +
		"The agent and the body run to the end of the line, whatever they contain; two different addresses before them leave the client unknown.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasUserAgent | event.HasKey |
		event.HasAccount | event.HasForwarded,
	rank:   loose,
	fits:   func(line string) bool { return line[0] != '{' && !coloured(line) && !continuation(line) },
	decode: decodeText,
})

func decodeText(d *Decoder, line string, e *event.Event) error {
	i := 0
	for range 4 { // a time, a level, or a level and a time, and perhaps a [label]
		i = skipBlanks(line, i)
		if n := d.leadingTime(line[i:], e); n > 0 {
			i += n
		} else if n = leadingLevel(line[i:], e); n > 0 {
			i += n
		} else if i < len(line) && line[i] == '[' && i > 0 {
			if end := strings.IndexByte(line[i:], ']'); end > 0 && end < 80 && !strings.ContainsAny(line[i+1:i+2], "0123456789") {
				i += end + 1
			}
		}
	}
	if e.Carries&event.HasTime == 0 {
		e.Flags |= event.NoTime
	}
	i = skipBlanks(line, i)
	if w, end := word(line, i); (e.Level != "" || d.depth > 0) && len(w) == 3 && w[0] >= '1' && w[0] <= '5' {
		if n, ok := number(w); ok {
			e.Status = int(n)
			e.Carries |= event.HasStatus
			i = end
		}
	}
	known := i + tail(line[i:], e)
	said := line[i:known]
	at, end := path(said)
	words := said
	auth := verdict(strings.TrimLeft(said, "- "))
	if auth != event.AuthUnknown {
		e.Auth = auth
		e.Flags |= event.Signature
		if after := attempt(said, e); after > 0 { // what stands in the name is no path
			if at, end = path(said[after:]); at >= 0 && verb(said[after:][:at]) == "" {
				at = -1
			} else if at >= 0 {
				at, end = at+after, end+after
			}
		}
	} else {
		e.Client = address(said, at, e)
	}
	if at >= 0 {
		if e.Method = verb(said[:at]); e.Method != "" {
			e.Carries |= event.HasMethod
		}
		setTarget(e, said[at:end])
		setQueryKey(e)
		e.Carries |= event.HasPath
		words = said[:at]
	}
	status := 0
	if auth == event.AuthUnknown {
		if status = meant(words); status == 0 && at >= 0 {
			status = meant(said[end:])
		}
	}
	if status != 0 {
		e.Flags |= event.Signature
		if e.Status == 0 {
			e.Status = status
			e.Flags |= event.StatusInferred
			e.Carries |= event.HasStatus
		}
	}
	found := 0
	for _, has := range [...]bool{e.Client.IsValid() || e.Forwarded != "", at >= 0, e.Status != 0, auth != event.AuthUnknown} {
		if has {
			found++
		}
	}
	switch {
	case auth == event.AuthUnknown && (strings.HasPrefix(line[i:], "PHP ") || strings.HasPrefix(line[i:], "WordPress database error ")):
		return ErrSkip // errors of the application itself, and what they quote
	case auth != event.AuthUnknown && !e.Client.IsValid() && e.Forwarded == "":
		return d.fail(i, "nobody is said to have tried to get in")
	}
	switch found {
	case 0:
		return d.fail(i, "neither client nor path nor status")
	case 1:
		return d.fail(i, "too little to be a request")
	}
	return nil
}

// leadingTime reads a time, perhaps in brackets, and returns its length.
func (d *Decoder) leadingTime(s string, e *event.Event) int {
	open := 0
	if strings.HasPrefix(s, "[") {
		open = 1
	}
	t, n := d.clock.written(s[open:])
	if n == 0 || e.Carries&event.HasTime != 0 {
		return 0
	}
	n += open
	if open > 0 && n < len(s) && s[n] == ']' {
		n++
	}
	e.Time = t.ns
	e.Carries |= event.HasTime
	if !t.zoned {
		e.Flags |= event.TimeInferred
	}
	return n
}

// leadingLevel reads a log level, perhaps in brackets or with a colon after it.
func leadingLevel(s string, e *event.Event) int {
	w, n := word(s, 0)
	name := strings.Trim(w, "[]:()|")
	if e.Level != "" || !isLevel(name) {
		return 0
	}
	e.Level = name
	return n
}

func isLevel(name string) bool {
	if len(name) < 3 || len(name) > 8 {
		return false
	}
	for _, l := range [...]string{"trace", "debug", "info", "notice", "warn", "warning", "err", "error", "fatal", "crit", "critical", "alert", "emerg"} {
		if len(l) == len(name) && l[0] == name[0]|0x20 && strings.EqualFold(name, l) {
			return true
		}
	}
	return false
}

// tail takes the first agent or body, which run to the end of the line, and
// returns where the rest of the line, what the application itself said, ends.
func tail(s string, e *event.Event) int {
	for i := 0; ; i++ {
		k := strings.IndexByte(s[i:], ':')
		if k < 0 {
			return len(s)
		}
		i += k
		for _, t := range [...]struct {
			tag   string
			to    *string
			field event.Fields
		}{
			{"user-agent", &e.UserAgent, event.HasUserAgent},
			{"useragent", &e.UserAgent, event.HasUserAgent},
			{"user_agent", &e.UserAgent, event.HasUserAgent},
			{"request body", &e.Body, 0},
			{"body", &e.Body, 0},
		} {
			start := i - len(t.tag)
			if start < 0 || start > 0 && !isBreak(s[start-1]) || !strings.EqualFold(s[start:i], t.tag) {
				continue
			}
			*t.to = strings.Trim(s[i+1:], " ")
			if t.field != 0 && missing(*t.to) {
				*t.to = ""
			}
			e.Carries |= t.field
			return start
		}
	}
}

// address finds the client: the address after a tag that names one. If two such
// tags disagree, somebody is lying, and there is none. Else it is the address
// after the last "from", since a user's name before it may hold another; or one
// in brackets before the path.
func address(s string, at int, e *event.Event) (client netip.Addr) {
	var from, bracket netip.Addr
	clash := false
	f := finder{s: s}
	for a, ok := f.next(); ok; a, ok = f.next() {
		switch a.rank {
		case tagged:
			clash = clash || client.IsValid() && client != a.addr
			client = a.addr
		case after:
			from = a.addr
		case bracketed:
			if at < 0 || a.start < at {
				bracket = a.addr
			}
		}
	}
	if !client.IsValid() && !from.IsValid() && !bracket.IsValid() {
		return client
	}
	e.Carries |= event.HasClient
	switch {
	case clash:
		return netip.Addr{}
	case client.IsValid():
		return client
	case from.IsValid():
		return from
	}
	return bracket
}

func isAddressTag(s string) bool {
	for _, t := range [...]string{"ip", "client", "clientip", "client_ip", "remote_addr", "remoteaddr", "remote", "addr", "host", "src", "source",
		"ipaddress", "ip_address", "ip-address", "ipaddr", "remote_ip", "remoteip", "source_ip", "sourceip", "src_ip", "srcip", "client-ip", "clientaddr", "rhost", "peer"} {
		if strings.EqualFold(s, t) {
			return true
		}
	}
	return false
}

// path finds the first word that is an absolute path, or the first after a
// method, if there is one.
func path(s string) (start, end int) {
	start = -1
	for i := 0; ; i++ {
		k := strings.IndexByte(s[i:], '/')
		if k < 0 {
			return start, end
		}
		if i += k; i > 0 && !isBreak(s[i-1]) {
			continue
		}
		stop := i + 1
		for stop < len(s) && s[stop] != ' ' && s[stop] != '"' && s[stop] != '\'' {
			stop++
		}
		stop = i + len(strings.TrimRight(s[i:stop], ",;:)]"))
		method := verb(s[:i]) != ""
		if start < 0 || method {
			start, end = i, stop
		}
		if method {
			return start, end
		}
		i = stop - 1
	}
}

// verb returns the method that s ends in.
func verb(s string) string {
	s = strings.TrimRight(s, " ")
	for _, m := range [...]string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"} {
		if strings.HasSuffix(s, m) && (len(s) == len(m) || isBreak(s[len(s)-len(m)-1])) {
			return m
		}
	}
	return ""
}

func isBreak(c byte) bool {
	switch c {
	case ' ', '"', '\'', '(', '[', '{', '=', ',', ';', '|', '\t':
		return true
	}
	return false
}

// meant returns the status that words stand for, 0 for none. What Django and
// others write only as "Not Found: /path" counts only so.
func meant(s string) int {
	for i := range len(s) {
		switch s[i] | 0x20 {
		case 'a':
			if hasFold(s[i:], "access denied") || hasFold(s[i:], "access not allowed") {
				return 403
			}
		case 'b':
			if heads(s[i:], "bad request") {
				return 400
			}
		case 'f':
			switch {
			case hasFold(s[i:], "forbidden"):
				return 403
			case heads(s[i:], "file does not exist"):
				return 404
			}
		case 'i':
			if heads(s[i:], "internal server error") {
				return 500
			}
		case 'm':
			if heads(s[i:], "method not allowed") {
				return 405
			}
		case 'n':
			if heads(s[i:], "not found") {
				return 404
			}
		case 'u':
			if hasFold(s[i:], "unauthorized") || hasFold(s[i:], "unauthorised") {
				return 401
			}
		case 'r':
			if hasFold(s[i:], "rate limit exceeded") {
				return 429
			}
		case 't':
			if hasFold(s[i:], "too many requests") || hasFold(s[i:], "throttl") {
				return 429
			}
		}
	}
	return 0
}

// heads says whether s is the words, perhaps something in parentheses, and a
// colon.
func heads(s, words string) bool {
	if !hasFold(s, words) {
		return false
	}
	s = s[len(words):]
	if strings.HasPrefix(s, " (") {
		s = s[strings.IndexByte(s, ')')+1:]
	}
	return strings.HasPrefix(s, ":")
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func skipBlanks(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}
