package decode

import (
	"net/netip"
	"strings"

	"goshawk/event"
)

// Combined reads the family of the Common Log Format: what nginx, Apache and
// most other servers write unless told otherwise.
var Combined = register(Format{
	Name:  "combined",
	Title: "nginx and Apache access log: common, combined, vhost_combined",
	Doc: "`client ident user [date] \"request\" status bytes [\"referer\" \"user agent\" …]`\n\n" +
		"A virtual host or a list of forwarded addresses may come first, users may hold spaces, and fields may follow: " +
		"seconds with a decimal point are the request time, a quoted list of addresses is X-Forwarded-For, a UUID or 32 hex digits the request id. " +
		"The extras of ingress-nginx (length and seconds before `[upstream]`), Kong (`kong_request_id`) and Traefik (`17 \"router\" \"backend\" 12ms`) are known. " +
		"Any other number without a point is ambiguous (bytes, seconds or microseconds) and is ignored: name such a format with `--log-format`.\n\n" +
		"Source: Apache, mod_log_config; nginx, ngx_http_log_module.",
	Carries: clfFields | event.HasReferer | event.HasUserAgent | event.HasDuration | event.HasForwarded | event.HasHost | event.HasKey | event.HasBytesIn,
	Encode:  AppendCombined,
	rank:    2,
	fits:    func(line string) bool { return line[0] != '{' && !isS3(line) },
	decode:  decodeCombined,
})

const clfFields = event.HasTime | event.HasClient | event.HasUser | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes

func decodeCombined(d *Decoder, line string, e *event.Event) error {
	if fastCombined(d, line, e) {
		return nil
	}
	e.Reset()
	return plainCombined(d, line, e)
}

// fastCombined understands what nearly every line is: one address, no escape,
// a zoned date, a referer and an agent. It says false, and leaves a mess in e,
// for all else; what it understands, plainCombined understands alike.
func fastCombined(d *Decoder, s string, e *event.Event) bool {
	if strings.IndexByte(s, '\\') >= 0 {
		return false
	}
	a, i := ipv4(s)
	if i == 0 {
		var ok bool
		if i = strings.IndexByte(s, ' '); i < 0 {
			return false
		}
		if a, ok = parseAddr(s[:i]); !ok {
			return false
		}
	}
	if len(s) < i+3 || s[i] != ' ' || s[i+1] != '-' || s[i+2] != ' ' {
		return false
	}
	e.Client, e.Peer = a, a
	s = s[i+3:]
	i = strings.IndexByte(s, '[')
	if i < 2 || s[i-1] != ' ' || len(s) < i+30 || s[i+12] != ':' || s[i+27] != ']' || s[i+28] != ' ' || s[i+29] != '"' {
		return false
	}
	if user := s[:i-1]; user != "-" {
		if strings.IndexByte(user, '"') >= 0 {
			return false
		}
		e.User = user
	}
	var ok bool
	if e.Time, ok = d.clock.clf26(s[i+1 : i+27]); !ok {
		return false
	}
	s = s[i+30:]
	i = strings.IndexByte(s, '"')
	if i < 0 || len(s) < i+7 || s[i+1] != ' ' || s[i+5] != ' ' || !digit(s[i+2]) || !digit(s[i+3]) || !digit(s[i+4]) {
		return false
	}
	e.Status = int(s[i+2]-'0')*100 + int(s[i+3]-'0')*10 + int(s[i+4]-'0')
	d.setRequest(e, s[:i])
	s = s[i+6:]
	i = 0
	for e.BytesOut = 0; i < len(s) && i < 18 && digit(s[i]); i++ {
		e.BytesOut = e.BytesOut*10 + int64(s[i]-'0')
	}
	if i == 0 && s[0] == '-' {
		i = 1
	}
	if i == 0 || len(s) < i+3 || s[i] != ' ' || s[i+1] != '"' || s[i+2] != '-' && s[i+2] != 'h' {
		return false // a referer that begins otherwise may be X-Forwarded-For
	}
	s = s[i+2:]
	i = strings.IndexByte(s, '"')
	if i < 0 || len(s) < i+3 || s[i+1] != ' ' || s[i+2] != '"' {
		return false
	}
	if e.Referer = s[:i]; e.Referer == "-" {
		e.Referer = ""
	}
	s = s[i+3:]
	i = strings.IndexByte(s, '"')
	if i < 0 || i+1 < len(s) && s[i+1] != ' ' {
		return false
	}
	if e.UserAgent = s[:i]; e.UserAgent == "-" {
		e.UserAgent = ""
	}
	e.Carries |= clfFields | event.HasReferer | event.HasUserAgent
	if i+1 < len(s) {
		d.extras(s, i+1, 2, e)
	}
	return true
}

// plainCombined is the whole grammar. It anchors on the date and works
// outwards: the client's part before it is read left to right, since only the
// user, which comes last, is free text.
func plainCombined(d *Decoder, line string, e *event.Event) error {
	if isOther(line) {
		return d.fail(0, "a line of another format")
	}
	open, i, quote := d.anchor(line, e)
	if open < 0 {
		return d.fail(0, "no [date] before the request")
	}
	if strings.IndexByte(line[:open], '\t') >= 0 {
		return d.fail(0, "tab separated values, not a client") // and the date is text of one of them
	}
	if open > 0 && line[0] == '[' {
		return d.fail(0, "no client before the date")
	}
	e.Carries = clfFields
	if open == 0 {
		e.Carries &^= event.HasClient | event.HasUser
	} else {
		if _, n := ipv4(line); n == 0 && d.wrapped(line) {
			return d.fail(0, "an envelope")
		}
		d.clientPart(line[:open], e)
	}
	if quote < 0 {
		return d.fail(i, "no request after the date")
	}
	request, next := requestToken(line, quote)
	if next < 0 {
		return d.fail(quote, "no status after the request")
	}
	if between := strings.Trim(line[i:quote], " "); between != "" {
		if _, _, _, ok := splitRequest(request); open == 0 || !ok || strings.Count(between, " ") > 1 {
			return d.fail(i, "no request after the date")
		}
	}
	d.setRequest(e, request)
	if next == len(line) {
		e.Flags |= event.Truncated
		return nil
	}
	next++ // the space that requestToken has seen
	status, next := word(line, next)
	if len(status) == 3 {
		n, _ := number(status)
		e.Status = int(n)
	} else if status != "-" {
		e.Flags |= event.Truncated
		return nil
	}
	if next < len(line) && line[next] == ' ' {
		next++
	}
	bytes, after := word(line, next)
	if n, ok := number(bytes); ok && bytes != "" {
		e.BytesOut, next = n, after
	} else if bytes == "-" {
		e.BytesOut, next = 0, after
	}
	d.extras(line, next, 0, e)
	return nil
}

// isOther says whether a line is of a format in which clients can write what
// looks like one of this family.
func isOther(s string) bool {
	switch c := s[0]; {
	case c == '[':
		return isEnvoy(s) || isApacheError(s)
	case c == '(':
		return lighttpdHead(s) > 0
	case digit(c):
		return nginxErrorHead(s) > 0 || zoraxyHead(s) > 0 || lighttpdHead(s) > 0 || haproxyDate(s) > 0 || isSquid(s)
	}
	return false
}

// anchor finds the date, sets the time and returns the indices of the date's
// opening bracket, of what follows its closing one, and of the quote that opens
// the request. The date must come before that quote, where no client can write
// brackets but for a user's name: of several, the one next to the request wins.
// Quotes with no date before them are those of a user's name as well.
func (d *Decoder) anchor(line string, e *event.Event) (open, after, quote int) {
	from := 0
	if line[0] == '"' {
		from = closing(line, 1) + 1
	}
	named := afterAddress(line[from:])
	for {
		limit := len(line)
		if quote = closing(line, from); quote >= 0 {
			limit = quote
		}
		if open, after = d.date(line, from, limit, e); open >= 0 || quote < 0 || !named {
			return open, after, quote
		}
		from = quote + 1
	}
}

// afterAddress says whether one of the first two words is the client's
// address: then a user's name may follow.
func afterAddress(s string) bool {
	s = strings.TrimLeft(s, " ")
	first, end := word(s, 0)
	if _, _, ok := listed(first); ok || end == len(s) {
		return ok
	}
	second, _ := word(s, end+1)
	_, _, ok := listed(second)
	return ok
}

// date finds the date that stands in brackets in line[from:limit] and sets the
// time. Of several the one at the end wins, else the first.
func (d *Decoder) date(line string, from, limit int, e *event.Event) (open, after int) {
	open = -1
	for i := from; ; i++ {
		k := strings.IndexByte(line[i:limit], '[')
		if k < 0 {
			break
		}
		i += k
		t, n := d.clock.written(line[i+1 : limit])
		end := i + 1 + n
		if n == 0 || end >= limit || line[end] != ']' || line[i+12] == ' ' && line[i+3] == '/' {
			continue // a blank before the hour is Python's: see werkzeug
		}
		adjacent := end+1 == limit || end+2 == limit && line[end+1] == ' '
		if open < 0 || adjacent {
			open, after, e.Time = i, end+1, t.ns
			if e.Flags &^= event.TimeInferred; !t.zoned {
				e.Flags |= event.TimeInferred
			}
		}
		if adjacent {
			break
		}
	}
	return open, after
}

// clientPart reads [vhost] [forwarded,…] peer ident user. Several addresses are
// a list of which the last is the peer: after a comma surely, else only if two
// words are left for ident and user.
func (d *Decoder) clientPart(h string, e *event.Event) {
	h = strings.TrimSuffix(h, " ")
	if h != "" && h[0] == '"' {
		if end := closing(h, 1); end > 0 {
			d.setForwarded(e, h[1:end])
			h = strings.TrimLeft(h[end+1:], " ")
		}
	}
	name, end := word(h, 0)
	peer, comma, ok := listed(name)
	at := 0 // of the peer
	if !ok && end < len(h) {
		second, end2 := word(h, end+1)
		if name == "-" && strings.Count(h[end2:], " ") == 1 { // lighttpd, without a client
		} else if a, c, is := listed(second); is {
			setHost(e, name)
			peer, comma, ok, at, end = a, c, true, end+1, end2
		} else if second != "-" && strings.HasPrefix(h[end2:], " - ") {
			setHost(e, name) // and the peer is a name, which nobody can block
			end = end2
		}
	}
	first := at
	for ok && end < len(h) {
		next, end2 := word(h, end+1)
		a, c, is := listed(next)
		if !is || !comma && (end2 == len(h) || strings.IndexByte(h[end2+1:], ' ') < 0) {
			break
		}
		peer, comma, at, end = a, c, end+1, end2
	}
	if at > first {
		d.setForwarded(e, strings.TrimRight(h[first:at], ", "))
	}
	e.Client, e.Peer = peer, peer
	if !ok && name != "-" && !strings.HasPrefix(name, "unix:") {
		e.Flags |= event.NamedClient
	}
	ident, user, both := strings.Cut(h[min(end+1, len(h)):], " ")
	if !both {
		ident, user = "-", ident
	}
	if e.Host == "" && strings.IndexByte(ident, '.') > 0 {
		setHost(e, ident) // lighttpd
	}
	if user != "-" {
		e.User = d.plain(user)
	}
}

// listed reads an address that a comma may follow.
func listed(s string) (a netip.Addr, comma, ok bool) {
	t := strings.TrimSuffix(s, ",")
	a, ok = parseAddr(t)
	return a, len(t) < len(s), ok
}

func setHost(e *event.Event, host string) {
	if host != "-" {
		e.Host = host
	}
	e.Carries |= event.HasHost
}

func (d *Decoder) setForwarded(e *event.Event, list string) {
	e.Carries |= event.HasForwarded
	if list != "-" {
		e.Forwarded = d.plain(list)
	}
}

// requestToken reads the quoted request. Its closing quote is one that a status
// follows, since old servers wrote quotes raw. next is the index after that
// quote, len(line) if the line was cut, and -1 if no status follows anywhere.
func requestToken(line string, quote int) (request string, next int) {
	first := closing(line, quote+1)
	for k := first; k >= 0; k = closing(line, k+1) {
		if statusFollows(line[k+1:]) {
			return line[quote+1 : k], k + 1
		}
	}
	for i := quote + 1; ; i++ {
		k := strings.IndexByte(line[i:], '"')
		if k < 0 {
			break
		}
		if i += k; statusFollows(line[i+1:]) {
			return line[quote+1 : i], i + 1
		}
	}
	if first >= 0 {
		return "", -1
	}
	return line[quote+1:], len(line)
}

// statusFollows also says yes to a line that was cut within its status.
func statusFollows(s string) bool {
	if s == "" {
		return true
	}
	if s[0] != ' ' {
		return false
	}
	w, end := word(s, 1)
	_, ok := number(w)
	return w == "-" || ok && (len(w) == 3 || len(w) < 3 && end == len(s))
}

// setRequest fills in what a request line says; raw still has its escapes.
// A request that is not HTTP is kept whole, as the bytes that came.
func (d *Decoder) setRequest(e *event.Event, raw string) {
	if raw == "-" || raw == "" || strings.HasPrefix(raw, "- - HTTP/") {
		return
	}
	method, target, proto, ok := splitRequest(raw)
	if !ok {
		e.Flags |= event.Malformed
		e.Path = d.plain(raw)
		return
	}
	e.Method, e.Proto = method, proto
	if target == "-" { // API Gateway found no resource
		return
	}
	setTarget(e, d.plain(target))
	setQueryKey(e)
}

// extras reads what follows the number of bytes: the first quoted field is the
// referer and the second the agent (of these, quoted were seen already), the
// others are told by their shape.
func (d *Decoder) extras(s string, i, quoted int, e *event.Event) {
	counted := false // a bare number stands after the agent
	for i < len(s) {
		switch s[i] {
		case ' ':
			i++
			continue
		case '[':
			_, i = word(s, i)
			continue
		default:
			var w string
			start := i
			w, i = word(s, i)
			if quoted == 2 && isCount(w) {
				counted = true
				if isIngress(s[i:]) {
					e.BytesIn, _ = number(s[start:i])
					e.Carries |= event.HasBytesIn
				} else if i == len(s) { // Traefik's has more after it
					e.Flags |= event.Undecided
				}
			}
			shape(e, w)
			continue
		case '"':
		}
		end := i
		for end = closing(s, i+1); end >= 0 && end+1 < len(s) && s[end+1] != ' '; {
			end = closing(s, end+1)
		}
		if end < 0 {
			end = len(s)
			e.Flags |= event.Truncated
		}
		v := s[i+1 : end]
		i = min(end+1, len(s))
		switch {
		case quoted == 0 && isAddrList(v) && leadsReferer(s[i:]):
			d.setForwarded(e, v)
			continue
		case quoted >= 2 && (isAddrList(v) || quoted == 2 && v == "-" && !counted):
			d.setForwarded(e, v)
		case quoted == 0:
			e.Carries |= event.HasReferer
			if v != "-" {
				e.Referer = d.plain(v)
			}
		case quoted == 1:
			e.Carries |= event.HasUserAgent
			if v != "-" {
				e.UserAgent = d.plain(v)
			}
		case quoted == 2 && strings.HasPrefix(d.program, "gunicorn"): // "%(D)s"
			if ns, ok := scaled(v, 1e3); ok && e.Duration < 0 {
				e.Duration = ns
				e.Carries |= event.HasDuration
			}
		default:
			shape(e, v)
		}
		quoted++
	}
}

// leadsReferer says whether s, which follows a quoted list of addresses, is a
// referer and an agent. Anyone may send a list of addresses as referer, so what
// could be an agent and X-Forwarded-For is that.
func leadsReferer(s string) bool {
	if !strings.HasPrefix(s, ` "`) {
		return false
	}
	end := closing(s, 2)
	if end < 0 || !strings.HasPrefix(s[end+1:], ` "`) {
		return false
	}
	referer, s := s[2:end], s[end+3:]
	if end = closing(s, 0); end < 0 || referer != "-" && !strings.Contains(referer, "://") {
		return false
	}
	agent := s[:end]
	_, ok := parseAddr(strings.TrimLeft(agent[strings.LastIndexByte(agent, ',')+1:], " "))
	return !ok && agent != "-"
}

// isIngress says whether s, which follows a number, goes on as ingress-nginx
// does: the request's seconds, and the upstream's name in brackets.
func isIngress(s string) bool {
	if s == "" {
		return false
	}
	w, i := word(s, 1)
	_, ok := seconds(w)
	return ok && strings.HasPrefix(s[i:], " [")
}

// shape takes a field that nothing but its form names: 0.034 and 12ms are the
// request's duration, a UUID or 32 hex digits its id.
func shape(e *event.Event, w string) {
	w = strings.TrimPrefix(w, "rt=")
	switch ns, ok := seconds(w); {
	case ok:
		if e.Duration < 0 {
			e.Duration = ns
			e.Carries |= event.HasDuration
		}
	case isTrace(w):
		e.Trace = w
	}
}

// seconds reads 0.034 and 12ms, up to an hour, as nanoseconds.
func seconds(s string) (ns int64, ok bool) {
	if ms, is := strings.CutSuffix(s, "ms"); is {
		n, ok := number(ms)
		return n * 1e6, ok && ms != "" && n < 3600e3
	}
	whole, fraction, point := strings.Cut(s, ".")
	n, ok := number(whole)
	f, okf := nanos(fraction)
	return n*1e9 + f, point && ok && okf && whole != "" && fraction != "" && n < 3600
}

func isTrace(s string) bool {
	if len(s) != 32 && len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; len(s) == 36 && (i == 8 || i == 13 || i == 18 || i == 23) {
			if c != '-' {
				return false
			}
		} else if !digit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

// word returns what is at s[i] up to the next space, and where it ends.
func word(s string, i int) (string, int) {
	if k := strings.IndexByte(s[i:], ' '); k >= 0 {
		return s[i : i+k], i + k
	}
	return s[i:], len(s)
}
