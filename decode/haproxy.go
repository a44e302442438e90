package decode

import (
	"strings"

	"goshawk/event"
)

// HAProxy reads the lines of option httplog and option httpslog, without their
// syslog header.
var HAProxy = register(Format{
	Name:  "haproxy",
	Title: "HAProxy: option httplog and option httpslog",
	Doc: "`address:port [accept date] frontend backend/server timers status bytes cookie cookie term conns queues {captured headers} \"request\"`\n\n" +
		"The duration is the last of the timers. A request that a rule denied (PR with 403) or held (PT) is a block, with 429 a throttle. " +
		"Captured request headers have no names: the one that is a list of addresses is X-Forwarded-For, the one that looks like Mozilla/5.0 or curl/8.1 the agent; " +
		"two of a kind are neither. TCP logs and messages about proxies and servers are skipped.\n\n" +
		"Times are local. Source: HAProxy Configuration Manual, 8.2 Log formats.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasDuration |
		event.HasUserAgent | event.HasForwarded | event.HasKey,
	rank:   2,
	fits:   func(line string) bool { return haproxyDate(line) > 0 || isHAProxyAdmin(line) },
	decode: decodeHAProxy,
})

// haproxyDate returns where the date of "address:port [12/Oct/2023:14:32:45.123] "
// begins, 0 if s does not begin so.
func haproxyDate(s string) int {
	k := strings.IndexByte(s[:min(len(s), 64)], ' ')
	if k < 1 || len(s) < k+29 || s[k+1] != '[' || s[k+4] != '/' || s[k+22] != '.' || s[k+26] != ']' || s[k+27] != ' ' || s[k+28] == '"' {
		return 0
	}
	return k + 2
}

// isHAProxyAdmin says whether s is about a proxy or a server, or of the format
// that names nothing but the ends of a connection.
func isHAProxyAdmin(s string) bool {
	begins := func(with string) bool { return strings.HasPrefix(s, with) }
	switch s[0] {
	case 'C':
		return begins("Connect from ") && (strings.HasSuffix(s, "/HTTP)") || strings.HasSuffix(s, "/TCP)"))
	case 'H':
		return begins("Health check for server ") || begins("Health check for backup server ")
	case 'P':
		return begins("Proxy ") && (strings.HasSuffix(s, " started.") || strings.HasSuffix(s, " stopped.") || strings.Contains(s, " stopped ("))
	case 'S':
		if begins("Stopping frontend ") || begins("Stopping backend ") || begins("Stopping proxy ") {
			return true
		}
		fallthrough
	case 'B', 'b':
		return (begins("Server ") || begins("Backup Server ") || begins("backend ")) &&
			(strings.Contains(s, " is UP") || strings.Contains(s, " is DOWN") || strings.Contains(s, " is going DOWN") || strings.Contains(s, " has no server available!"))
	}
	return false
}

func decodeHAProxy(d *Decoder, line string, e *event.Event) error {
	i := haproxyDate(line)
	if i == 0 {
		return ErrSkip
	}
	t, n := d.clock.clf(line[i:])
	if n != 24 {
		return d.fail(i, "no accept date")
	}
	d.stamp(e, t)
	e.Client, _ = parsePorted(line[:i-2]) // or unix:1
	e.Peer = e.Client
	e.Carries |= event.HasClient
	i += 26
	frontend, i := word(line, i)
	if strings.HasSuffix(frontend, ":") { // not a log format, but what went wrong with a connection
		if !strings.HasPrefix(line[i:], " SSL handshake failure") {
			return ErrSkip
		}
		e.Flags |= event.Malformed
		return nil
	}
	if strings.HasSuffix(frontend, "~") {
		e.Scheme = "https"
	}
	var w [9]string // server, timers, status, bytes, cookies, termination, connections, queues
	for k := range w {
		if i == len(line) {
			return d.fail(i, "the line ends too early")
		}
		w[k], i = word(line, i+1)
		if k == 1 {
			switch strings.Count(w[1], "/") {
			case 4:
			case 2:
				return ErrSkip // option tcplog
			default:
				return d.fail(i-len(w[1]), "expected five timers")
			}
		}
	}
	total := strings.TrimPrefix(w[1][strings.LastIndexByte(w[1], '/')+1:], "+")
	if ms, ok := number(total); ok && total != "" && ms < 1e12 {
		e.Duration = ms * 1e6
	}
	status, ok := threeDigits(w[2])
	if !ok && w[2] != "-1" {
		return d.fail(i, "no status")
	}
	e.Status = status
	if size, ok := number(strings.TrimPrefix(w[3], "+")); ok {
		e.BytesOut = size
	}
	switch term := w[6]; {
	case strings.HasPrefix(term, "PR") && status == 429:
		e.Action = event.Throttle
	case strings.HasPrefix(term, "PR") && status == 403, strings.HasPrefix(term, "PT"):
		e.Action = event.Block
	}
	e.Carries |= event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasDuration
	for group := 0; ; group++ {
		if i = skipBlanks(line, i); i >= len(line) {
			e.Flags |= event.Truncated
			return nil
		}
		if line[i] != '{' {
			break
		}
		end := strings.IndexByte(line[i:], '}')
		if end < 0 {
			e.Flags |= event.Truncated
			end = len(line) - i
		}
		if group == 0 {
			d.captured(line[i+1:i+end], e)
		}
		i = min(i+end+1, len(line))
	}
	if line[i] != '"' {
		return d.fail(i, "expected a request")
	}
	request := line[i+1:]
	switch end := strings.IndexByte(request, '"'); { // a client's is written #22
	case end < 0:
		setCutRequest(e, d.unhash(request))
	case request[:end] == "<BADREQ>":
		e.Flags |= event.Malformed
	default:
		setRequestLine(e, d.unhash(request[:end]))
	}
	if e.Proto == "HTTP/2.0" || e.Proto == "HTTP/3.0" { // always written as a URL
		e.Flags &^= event.AbsoluteForm
	}
	return nil
}

// captured reads headers that a bar parts, and that have no names. What looks
// like an agent is one; an address may have been sent as any header.
func (d *Decoder) captured(s string, e *event.Event) {
	agents := 0
	for more := true; more; {
		var v string
		v, s, more = strings.Cut(s, "|")
		if isAgent(v) {
			agents++
			e.UserAgent = v
		}
	}
	if e.UserAgent = d.unhash(e.UserAgent); agents > 1 {
		e.UserAgent = ""
	}
	if agents == 1 {
		e.Carries |= event.HasUserAgent
	}
}

// isAgent says whether s begins like Mozilla/5.0.
func isAgent(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '/':
			return i > 0 && i+1 < len(s) && digit(s[i+1])
		case c|0x20 < 'a' || c|0x20 > 'z':
			if !digit(c) && c != '-' && c != '_' && c != '.' {
				return false
			}
		}
	}
	return false
}

// unhash undoes HAProxy's escapes, #22 for a quote.
func (d *Decoder) unhash(s string) string {
	i := strings.IndexByte(s, '#')
	if i < 0 {
		return s
	}
	start := len(d.scratch)
	b := append(d.scratch, s[:i]...)
	for i < len(s) {
		if s[i] == '#' {
			if v, ok := hex(s, i+1, 2); ok {
				b = append(b, byte(v))
				i += 3
				continue
			}
		}
		b = append(b, s[i])
		i++
	}
	d.scratch = b
	return text(b[start:])
}

// threeDigits reads a status.
func threeDigits(s string) (int, bool) {
	if len(s) != 3 {
		return 0, false
	}
	n, ok := number(s)
	return int(n), ok
}
