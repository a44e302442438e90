package decode

import (
	"strings"

	"goshawk/event"
)

// LighttpdError reads the failed logins of lighttpd's error log.
var LighttpdError = register(Format{
	Name:  "lighttpd_error",
	Title: "lighttpd error log: failed authentication",
	Doc: "`2023-10-12 14:32:45: (mod_auth.c.853) password doesn't match for /path username: name, IP: address`\n\n" +
		"The address at the very end is the client's; paths and names before it may hold others. All other lines are skipped. Times are local.",
	Carries: event.HasTime | event.HasClient | event.HasPath | event.HasStatus | event.HasAccount,
	rank:    2,
	fits:    func(line string) bool { return lighttpdHead(line) > 0 },
	decode:  decodeLighttpdError,
})

// lighttpdHead returns the index of the message after "2023-10-12 14:32:45: (file.c.123) "
// or "(file.c.123) ", 0 if s does not begin so.
func lighttpdHead(s string) int {
	i := 0
	if len(s) > 24 && s[4] == '-' && s[10] == ' ' && s[19] == ':' && s[20] == ' ' {
		i = 21
	} else if s[0] != '(' {
		return 0
	}
	end := strings.Index(s[i:min(len(s), i+48)], ") ")
	if end < 0 {
		return 0
	}
	file := strings.TrimLeft(s[i:i+end], "(")
	name, at, ok := strings.Cut(file, ".c.")
	if _, digits := number(at); !ok || !digits || at == "" || strings.IndexByte(name, ' ') >= 0 {
		return 0
	}
	return i + end + 2
}

func decodeLighttpdError(d *Decoder, line string, e *event.Event) error {
	e.Flags |= event.NoTime
	if line[0] != '(' {
		t, n := d.clock.iso(line)
		if n != 19 {
			return d.fail(0, "no time")
		}
		d.stamp(e, t)
	}
	e.Flags |= event.ErrorLog
	s, ip, ok := cutLast(line[lighttpdHead(line):], " IP: ")
	if !ok {
		return ErrSkip
	}
	if e.Client, ok = parseAddr(ip); !ok {
		return ErrSkip
	}
	e.Peer = e.Client
	e.Carries |= event.HasClient
	s = strings.TrimSuffix(s, ",")
	if rest, ok := strings.CutPrefix(s, "password doesn't match for "); ok {
		path, name, _ := strings.Cut(rest, " username: ")
		e.Account = name
		if strings.HasPrefix(path, "/") {
			e.Path = path
			e.Carries |= event.HasPath
		}
	} else if rest, ok := strings.CutPrefix(s, "digest: auth failed for "); ok {
		name, _, _ := cutLast(rest, " : ")
		e.Account = strings.Trim(name, " ")
	} else if !strings.HasPrefix(s, "digest: auth failed") && !strings.HasPrefix(s, "get_password failed") {
		return ErrSkip
	}
	if denied(e); strings.HasPrefix(s, "digest: auth failed: uri mismatch") {
		e.Status = 400
	}
	return nil
}
