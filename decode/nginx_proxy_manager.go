package decode

import (
	"strings"

	"goshawk/event"
)

// NginxProxyManager reads the logs of Nginx Proxy Manager and of its fork
// NPMplus, whose dates come first.
var NginxProxyManager = register(Format{
	Name:  "nginx_proxy_manager",
	Title: "Nginx Proxy Manager and NPMplus",
	Doc: "`[date] … status - METHOD scheme host \"uri\" [Client address] [Length bytes] … \"agent\" \"referer\"`\n" +
		"`[date] host address seconds \"request\" status bytes bytes referer agent…`\n\n" +
		"NPMplus writes referer and agent without quotes: the referer is taken to end at its first space.",
	Carries: clfFields&^event.HasUser | event.HasReferer | event.HasUserAgent | event.HasHost | event.HasDuration | event.HasKey,
	rank:    2,
	fits:    func(s string) bool { return datedCLF(s) && s[29] != '"' },
	decode:  decodeNginxProxyManager,
})

// datedCLF says whether s begins like "[12/Oct/2023:14:32:45 +0000] ".
func datedCLF(s string) bool {
	return s[0] == '[' && len(s) > 29 && s[3] == '/' && s[7] == '/' && s[12] == ':' && s[27] == ']' && s[28] == ' '
}

func decodeNginxProxyManager(d *Decoder, line string, e *event.Event) error {
	ns, ok := d.clock.clf26(line[1:27])
	if !ok {
		return d.fail(1, "no time")
	}
	d.stamp(e, stamp{ns: ns, zoned: true})
	const start = 29
	quote := strings.IndexByte(line[start:], '"')
	if quote < 1 {
		return d.fail(start, "no request")
	}
	quote += start
	head := line[start : quote-1] // without the space before the quote
	if line[quote-1] != ' ' {
		return d.fail(quote, "no request")
	}
	if host, rest, _ := strings.Cut(head, " "); strings.Count(rest, " ") == 1 { // NPMplus
		client, took, _ := strings.Cut(rest, " ")
		if e.Client, ok = parseAddr(client); !ok {
			return d.fail(start, "no client")
		}
		return d.npmPlus(line, quote, host, took, e)
	}
	end := closing(line, quote+1)
	if end < 0 {
		return d.fail(quote, "the target does not end")
	}
	before, host, ok1 := cutLast(head, " ")
	before, scheme, ok2 := cutLast(before, " ")
	before, method, ok3 := cutLast(before, " ")
	status, ok4 := strings.CutSuffix(before, " -")
	status = status[strings.LastIndexByte(status, ' ')+1:]
	client, rest, ok5 := strings.Cut(strings.TrimPrefix(line[end+1:], " [Client "), "]")
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !strings.HasPrefix(line[end+1:], " [Client ") {
		return d.fail(quote, "expected status - METHOD scheme host and [Client")
	}
	if e.Client, ok = parseAddr(client); !ok && !strings.HasPrefix(client, "unix:") {
		return d.fail(end+1, "no client")
	}
	e.Peer = e.Client
	e.Status, _ = threeDigits(status)
	setHost(e, host)
	e.Scheme = scheme
	e.Carries |= clfFields &^ event.HasUser
	if method, ok := strings.CutPrefix(method, "-"); ok || method == "" {
		e.Flags |= event.Malformed
	} else {
		e.Method = method
		setTarget(e, d.plain(line[quote+1:end]))
		e.Host, e.Scheme = host, scheme
		setQueryKey(e)
	}
	for strings.HasPrefix(rest, " [") {
		name, value, _ := strings.Cut(rest[2:], " ")
		value, rest, ok = strings.Cut(value, "]")
		if !ok {
			e.Flags |= event.Truncated
			return nil
		}
		if n, ok := number(value); ok && name == "Length" && value != "" {
			e.BytesOut = n
		}
	}
	e.Carries |= event.HasUserAgent | event.HasReferer
	for _, to := range [...]*string{&e.UserAgent, &e.Referer} {
		if !strings.HasPrefix(rest, ` "`) {
			e.Flags |= event.Truncated
			return nil
		}
		end := closing(rest, 2)
		if end < 0 {
			e.Flags |= event.Truncated
			end = len(rest)
		}
		if v := rest[2:end]; v != "-" {
			*to = d.plain(v)
		}
		rest = rest[min(end+1, len(rest)):]
	}
	return nil
}

// npmPlus reads "request" status bytes bytes referer agent.
func (d *Decoder) npmPlus(line string, quote int, host, took string, e *event.Event) error {
	e.Peer = e.Client
	if took == "" || !isDecimal(took) {
		return d.fail(quote, "no request time")
	}
	e.Duration, _ = scaled(took, 1e9)
	e.Carries |= clfFields&^event.HasUser | event.HasHost | event.HasDuration
	if host != "_" {
		e.Host = host
	}
	end := closing(line, quote+1)
	if end < 0 {
		setCutRequest(e, d.plain(line[quote+1:]))
		return nil
	}
	d.setRequest(e, line[quote+1:end])
	var w [4]string // status, bytes of the body, bytes sent, referer
	i := end + 1
	for k := range w {
		if i >= len(line) {
			e.Flags |= event.Truncated
			return nil
		}
		switch w[k], i = word(line, i+1); k {
		case 0:
			e.Status, _ = threeDigits(w[0])
		case 1:
			if n, ok := number(w[1]); ok && w[1] != "" {
				e.BytesOut = n
			}
		}
	}
	e.Carries |= event.HasReferer | event.HasUserAgent
	if w[3] != "-" {
		e.Referer = d.plain(w[3])
	}
	if i >= len(line) {
		e.Flags |= event.Truncated
	} else if agent := line[i+1:]; agent != "-" {
		e.UserAgent = d.plain(agent)
	}
	return nil
}

func isDecimal(s string) bool {
	_, ok := scaled(s, 1)
	return ok
}
