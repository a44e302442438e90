package decode

import (
	"strings"

	"goshawk/event"
)

// ApacheError reads what Apache writes to its error log about a request.
var ApacheError = register(Format{
	Name:  "apache_error",
	Title: "Apache error log, 2.2 and 2.4: failed authentication, refusals, invalid requests, ModSecurity",
	Doc: "`[Thu Oct 12 14:32:45.123456 2023] [module:level] [pid 1:tid 2] [client address:port] AH01617: message, referer: …`\n\n" +
		"Lines without a client, and messages that are about no request, are skipped. The status is inferred from the message. " +
		"Messages about files name the file, not the path that was asked for: it stays unknown. " +
		"Written to syslog, the line has no time of its own.\n\n" +
		"Times are local. The access log has the same requests. Source: Apache, ErrorLogFormat and log message numbers.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasReferer | event.HasUser | event.HasAccount | event.HasHost | event.HasKey,
	rank:    2,
	fits:    isApacheError,
	decode:  decodeApacheError,
})

func isApacheError(s string) bool {
	if s[0] != '[' || len(s) < 16 {
		return false
	}
	if s[4] == ' ' && s[8] == ' ' && s[11] == ' ' && s[14] == ':' {
		return true
	}
	end := strings.IndexByte(s[:min(len(s), 48)], ']')
	if end < 0 || !apacheLevel(s[1:end]) {
		return false
	}
	s = s[end+1:]
	return strings.HasPrefix(s, " [pid ") || strings.HasPrefix(s, " [client ") || strings.HasPrefix(s, " [remote ")
}

// apacheLevel says whether s is error or module:error.
func apacheLevel(s string) bool {
	switch s[strings.LastIndexByte(s, ':')+1:] {
	case "emerg", "alert", "crit", "error", "warn", "notice", "info", "debug",
		"trace1", "trace2", "trace3", "trace4", "trace5", "trace6", "trace7", "trace8":
		return true
	}
	return false
}

func decodeApacheError(d *Decoder, line string, e *event.Event) error {
	e.Flags |= event.NoTime | event.ErrorLog
	i := 0
	if t, n := d.clock.ctime(line[1:]); n > 0 {
		if n++; n == len(line) || line[n] != ']' {
			return d.fail(n, "expected ] after the time")
		}
		d.stamp(e, t)
		i = n + 1
	} else if line[4] == ' ' {
		return d.fail(1, "no time")
	}
	module, ported := "", false
	for {
		i = skipBlanks(line, i)
		if i >= len(line) {
			return ErrSkip
		}
		if line[i] != '[' {
			// An error of the system, or the source file, may stand before the client.
			k := strings.IndexByte(line[i:], '[')
			if k < 0 || line[i] != '(' && !strings.Contains(line[i:i+k], ".c(") || !strings.HasSuffix(line[i:i+k], ": ") {
				return ErrSkip
			}
			i += k
		}
		end := strings.Index(line[i:], "] ")
		if end < 0 {
			return ErrSkip
		}
		group := line[i+1 : i+end]
		i += end + 2
		who, ok := strings.CutPrefix(group, "client ")
		if !ok {
			who, ok = strings.CutPrefix(group, "remote ")
		}
		if ok {
			if ported {
				e.Client, ok = parsePorted(who)
			} else {
				e.Client, ok = parseAddr(who)
			}
			if !ok {
				return ErrSkip // a host name
			}
			break
		}
		switch {
		case strings.HasPrefix(group, "pid "):
			ported = true
		case apacheLevel(group):
			module, e.Level, ok = strings.Cut(group, ":")
			if !ok {
				module, e.Level = "", module
			}
		}
	}
	e.Peer = e.Client
	e.Carries |= event.HasClient
	s := line[i:]
	if strings.HasPrefix(s, "AH") && len(s) > 9 && s[7] == ':' {
		s = s[9:]
	}
	if k := strings.LastIndex(s, ", referer: "); k >= 0 && !strings.HasSuffix(s, `"]`) { // in what ModSecurity quotes, it is none
		e.Referer = d.plain(s[k+len(", referer: "):])
		e.Carries |= event.HasReferer
		s = s[:k]
	}
	if !d.apacheSaid(s, e) {
		return ErrSkip
	}
	if module == "evasive20" { // refuses who asks too often
		e.Action = event.Throttle
	}
	return nil
}

// apacheSaid takes the meaning of a message and reports whether it is about a
// request.
func (d *Decoder) apacheSaid(s string, e *event.Event) bool {
	if strings.HasPrefix(s, "[client ") { // ModSecurity says it again
		_, s, _ = strings.Cut(s, "] ")
		return d.modSecurity(s, e)
	}
	s = strings.TrimPrefix(s, "Digest: ")
	begins := func(with string) bool { return strings.HasPrefix(s, with) }
	ends := func(with string) bool { return strings.HasSuffix(s, with) }
	switch {
	case d.modSecurity(s, e):
	case begins("user "):
		return d.apacheUser(s[len("user "):], e)
	case begins("Authorization of user "):
		name, rest, ok := cutLast(s[len("Authorization of user "):], " to access ")
		if !ok {
			return false
		}
		refused(e, 403)
		d.setUser(e, name)
		path, _, _ := cutLast(rest, " failed, reason:")
		d.setPath(e, path)
	case begins("client used wrong authentication scheme: "):
		denied(e)
		d.setPath(e, s[len("client used wrong authentication scheme: "):])
	case begins("realm mismatch - "), begins("unknown algorithm "), begins("invalid qop "):
		denied(e)
		if _, path, ok := cutLast(s, " received: "); ok {
			d.setPath(e, path)
		}
	case begins("invalid nonce "):
		if _, why, ok := cutLast(s, " received - "); !ok || strings.HasPrefix(why, "hash is not") {
			return false // the server may have been restarted
		}
		denied(e)
	case begins("client denied by server configuration"), begins("Directory index forbidden"), begins("Cannot serve directory "):
		refused(e, 403)
	case begins("access to ") && strings.Contains(s, " denied"):
		path, _, _ := cutLast(s[len("access to "):], " denied")
		refused(e, 403)
		d.setPath(e, path)
	case begins("File does not exist: "), begins("script not found or unable to stat"), ends("not found or unable to stat"),
		begins("Got error 'Primary script unknown"):
		refused(e, 404)
	case begins("Invalid URI in request "):
		refused(e, 400)
		e.Carries |= event.HasMethod | event.HasPath
		d.setRequest(e, s[len("Invalid URI in request "):])
	case begins("Invalid method in request "):
		s, _, _ = strings.Cut(s, " - possible attempt to establish SSL connection")
		e.Carries |= event.HasMethod | event.HasPath
		d.setRequest(e, s[len("Invalid method in request "):])
	case begins("invalid URI path ("):
		refused(e, 400)
		d.setPath(e, strings.TrimSuffix(s[len("invalid URI path ("):], ")"))
	case begins("request failed: URI too long"):
		refused(e, 414)
	case begins("request failed: "):
		refused(e, 400)
		e.Flags |= event.Malformed
	case begins("Hostname ") && ends("but no hostname provided in HTTP request"):
		refused(e, 400)
	case begins("Hostname ") && strings.Contains(s, " provided via SNI and hostname "):
		if refused(e, 421); ends(" are different") { // in older versions
			refused(e, 400)
		}
	case begins("No hostname was provided via SNI"):
		refused(e, 403)
	default:
		return false
	}
	return true
}

// apacheUser reads what is said about a user. His name is free text, and so is
// the path after it.
func (d *Decoder) apacheUser(s string, e *event.Event) bool {
	for _, said := range [...]string{`: authentication failure for "`, `: authorization failure for "`, ": password mismatch: ", " not found: ", " not found"} {
		name, path, ok := strings.Cut(s, said)
		if !ok || said == " not found" && path != "" {
			continue
		}
		if said[len(said)-1] == '"' {
			path = path[:max(strings.LastIndexByte(path, '"'), 0)]
		}
		if strings.HasPrefix(name, "`") {
			name, _, _ = cutLast(name[1:], "' in realm `")
		}
		d.setPath(e, path)
		if said[2:8] == "author" { // knows the password, and may not
			refused(e, 403)
			d.setUser(e, name)
		} else {
			denied(e)
			e.Account = d.plain(name)
		}
		return true
	}
	return false
}

func (d *Decoder) setUser(e *event.Event, name string) {
	e.User = d.plain(name)
	e.Carries |= event.HasUser
}

// setPath takes a path that has no query.
func (d *Decoder) setPath(e *event.Event, path string) {
	if path != "" && path[0] == '/' {
		e.Path = d.plain(path)
		e.Carries |= event.HasPath
	}
}

// cutLast is strings.Cut around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if k := strings.LastIndex(s, sep); k >= 0 {
		return s[:k], s[k+len(sep):], true
	}
	return s, "", false
}
