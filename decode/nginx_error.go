package decode

import (
	"net/netip"
	"strings"

	"goshawk/event"
)

// NginxError reads what nginx writes to its error log about a request.
var NginxError = register(Format{
	Name:  "nginx_error",
	Title: "nginx error log: limits, failed authentication, refusals, invalid requests",
	Doc: "`2023/10/12 14:32:45 [error] 12#12: *7 message, client: address, server: name, request: \"…\", host: \"…\"`\n\n" +
		"Lines without a client are skipped. The status is inferred from the message where it leaves no doubt; that of a limiter does, " +
		"since the administrator chooses it. A dry run and a delayed request are no throttling. " +
		"nginx writes users, paths and headers as they came, so a line may name two clients: if the message itself cannot hold a client's words, " +
		"the first is true, else there is none. Nor is there one in a line of 2,000 bytes, of 1,000 in syslog: it was cut, perhaps before its true end. " +
		"nginx also writes line breaks in the path of a missing file as they came, so a client can write whole lines: block nobody on this log alone.\n\n" +
		"Times are local. The access log has the same requests. Source: nginx, ngx_http_core_module, ngx_http_limit_req_module, ngx_mail_core_module.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasReferer | event.HasAccount | event.HasHost | event.HasKey,
	rank:    2,
	fits:    func(line string) bool { return nginxErrorHead(line) > 0 },
	decode:  decodeNginxError,
})

// nginxErrorHead returns the index after "2023/10/12 14:32:45 [error] 12#12: ",
// 0 if s does not begin so.
func nginxErrorHead(s string) int {
	if len(s) < 28 || s[4] != '/' || s[7] != '/' || s[10] != ' ' || s[19] != ' ' || s[20] != '[' {
		return 0
	}
	i := 21
	for i < 28 && s[i] >= 'a' && s[i] <= 'z' {
		i++
	}
	if i == 21 || !strings.HasPrefix(s[i:], "] ") {
		return 0
	}
	i += 2
	for range 2 {
		start := i
		for i < len(s) && digit(s[i]) {
			i++
		}
		if i == start || i+1 >= len(s) || s[i] != '#' && s[i] != ':' {
			return 0
		}
		i++
	}
	if s[i-1] != ':' || s[i] != ' ' {
		return 0
	}
	return i + 1
}

// unforged lists how messages begin that hold no word of a client's.
var unforged = [...]string{"limiting ", "delaying ", "access forbidden by rule", "client intended to send too large", "no user/password",
	"client login failed", "client logged in", "SSL_"}

func decodeNginxError(d *Decoder, line string, e *event.Event) error {
	i := nginxErrorHead(line)
	t, n := d.clock.iso(line)
	if n != 19 {
		return d.fail(0, "no time")
	}
	d.stamp(e, t)
	e.Flags |= event.ErrorLog
	e.Level = line[21 : 21+strings.IndexByte(line[21:], ']')]
	if line[i] == '*' {
		for i++; i < len(line) && digit(line[i]); i++ {
		}
		i = skipBlanks(line, i)
	}
	message := line[i:]
	told := false
	for _, s := range unforged {
		told = told || strings.HasPrefix(message, s)
	}
	said, rest := d.nginxClient(message, told, e)
	if said == "" {
		return ErrSkip
	}
	longest := 2000
	if d.depth > 0 {
		longest = 1000
	}
	if !told && (len(line)+d.blanks >= longest || strings.Count(said, `"`)%2 == 1 && !strings.HasSuffix(line, `"`)) {
		e.Client, e.Peer, rest = netip.Addr{}, netip.Addr{}, ""
	}
	e.Carries |= event.HasClient
	d.nginxTail(rest, e)
	d.nginxSaid(said, rest, e)
	if e.Status|int(e.Auth)|int(e.Action) == 0 && e.Flags&event.Malformed == 0 && e.Carries&event.HasMethod == 0 {
		return ErrSkip
	}
	return nil
}

const clientTag = ", client: "

// nginxClient sets the client and returns what stands before it and after it.
// Whoever may write into the message, or into a header after the client, may
// write a client's name there: unless the message is told to hold no such text,
// all addresses must agree. Without agreement rest is empty, and without a
// client said is.
func (d *Decoder) nginxClient(message string, told bool, e *event.Event) (said, rest string) {
	var own netip.Addr // of ModSecurity, which says it before anything else
	if strings.HasPrefix(message, "[client ") {
		if end := strings.IndexByte(message, ']'); end > 0 {
			own, _ = parseAddr(message[len("[client "):end])
		}
	}
	for i := 0; ; {
		k := strings.Index(message[i:], clientTag)
		if k < 0 {
			return said, rest
		}
		at := i + k
		i = at + len(clientTag)
		end := i
		for end < len(message) && message[end] != ',' && message[end] != ' ' {
			end++
		}
		a, ok := parseAddr(message[i:end])
		if end == len(message) { // cut, perhaps within the address
			return said, rest
		}
		if !ok && !strings.HasPrefix(message[i:], "unix:") || own.IsValid() && a != own {
			continue
		}
		if said == "" {
			said, rest = message[:at], message[end:]
			e.Client, e.Peer = a, a
			if told || own.IsValid() {
				return said, rest
			}
		} else if a != e.Client {
			e.Client, e.Peer = netip.Addr{}, netip.Addr{}
			return said, ""
		}
	}
}

// nginxTail reads , server: name, request: "…", upstream: "…", host: "…", referrer: "…".
func (d *Decoder) nginxTail(s string, e *event.Event) {
	_, s, ok := strings.Cut(s, `, request: "`)
	if !ok {
		return
	}
	e.Carries |= event.HasMethod | event.HasPath
	end := nginxRequestEnd(s)
	if end < 0 {
		setCutRequest(e, s)
		return
	}
	setRequestLine(e, s[:end])
	s = s[end:]
	if _, host, ok := strings.Cut(s, `, host: "`); ok {
		host, _, _ = strings.Cut(host, `"`)
		setHost(e, host)
	}
	if _, referer, ok := strings.Cut(s, `, referrer: "`); ok {
		e.Referer = strings.TrimSuffix(referer, `"`)
		e.Carries |= event.HasReferer
	}
}

// nginxRequestEnd returns the index of the quote after a request, which may
// itself hold quotes: the one after its protocol, else the one before the next
// field, else the last.
func nginxRequestEnd(s string) int {
	for i := 0; ; {
		k := strings.Index(s[i:], " HTTP/")
		if k < 0 {
			break
		}
		i += k + len(" HTTP/")
		for i < len(s) && (digit(s[i]) || s[i] == '.') {
			i++
		}
		if i < len(s) && s[i] == '"' && (i+1 == len(s) || s[i+1] == ',') {
			return i
		}
	}
	end := -1
	for _, next := range [...]string{`", subrequest: "`, `", upstream: "`, `", host: "`, `", referrer: "`} {
		if k := strings.Index(s, next); k >= 0 && (end < 0 || k < end) {
			end = k
		}
	}
	if end < 0 && strings.HasSuffix(s, `"`) {
		end = len(s) - 1
	}
	return end
}

// nginxSaid takes the meaning of a message.
func (d *Decoder) nginxSaid(s, rest string, e *event.Event) {
	begins := func(with string) bool { return strings.HasPrefix(s, with) }
	ends := func(with string) bool { return strings.Contains(s[strings.LastIndexByte(s, '"')+1:], with) } // after a path
	if strings.HasPrefix(s, "[client ") {
		if _, message, ok := strings.Cut(s, "] "); ok && d.modSecurity(message, e) {
			return
		}
	}
	switch {
	case begins("limiting "):
		if !begins("limiting requests, dry run") && !begins("limiting connections, dry run") {
			e.Action = event.Throttle
		}
	case begins(`user "`):
		denied(e)
		name := s[len(`user "`):]
		for _, end := range [...]string{`": password mismatch`, `" was not found in "`, `": was not found in "`} {
			if k := strings.LastIndex(name, end); k >= 0 {
				name = name[:k]
				break
			}
		}
		e.Account = name
	case begins("PAM: user '"):
		denied(e)
		name := s[len("PAM: user '"):]
		e.Account = name[:max(strings.LastIndex(name, "' - not authenticated"), 0)]
	case begins("no user/password was provided"):
		denied(e)
	case begins("client login failed"), begins("client logged in"):
		e.Auth = event.AuthFail
		if begins("client logged in") {
			e.Auth = event.AuthOK
		}
		e.Carries |= event.HasAccount
		if _, login, ok := strings.Cut(rest, `, login: "`); ok {
			login, _, _ = strings.Cut(login, `"`)
			e.Account = login
		}
	case begins("access forbidden by rule"), ends("is forbidden"), ends("(13: Permission denied)"):
		refused(e, 403)
	case ends("(2: No such file or directory)"), ends("(20: Not a directory)"), begins(`FastCGI sent in stderr: "Primary script unknown"`):
		refused(e, 404)
	case begins("client intended to send too large"):
		refused(e, 413)
	case begins("client sent "):
		refused(e, 400)
		if e.Method == "" {
			e.Flags |= event.Malformed
		}
	case begins("SSL_do_handshake() failed"), begins("SSL_read() failed"):
		if e.Method == "" {
			e.Flags |= event.Malformed
		}
	}
}

// refused sets a status that words stand for.
func refused(e *event.Event, status int) {
	e.Status = status
	e.Flags |= event.StatusInferred
	e.Carries |= event.HasStatus
}

// denied says that somebody failed to authenticate.
func denied(e *event.Event) {
	refused(e, 401)
	e.Auth = event.AuthFail
	e.Carries |= event.HasAccount
}
