package decode

import (
	"strings"

	"goshawk/event"
)

// Morgan reads what morgan writes for Express in its short formats; combined,
// common and default are those of Apache, and combined reads them.
var Morgan = register(Format{
	Name:  "morgan",
	Title: "Express with morgan: short, tiny, dev",
	Doc: "`client user METHOD url HTTP/1.1 status length - 12.3 ms` (short), `METHOD url status length - 12.3 ms` (tiny), " +
		"`METHOD url status 12.3 ms - length` (dev, its colours taken off). Status, length and time are `-` where the client left before the answer.\n\n" +
		"tiny and dev tell neither the time nor the client, so that nobody can be found in them: use combined. " +
		"The line is read from its end, since the user's name, which may hold blanks, comes first. Quotes and controls are escaped as in JSON; older versions of morgan left them as they were.\n\n" +
		"Source: morgan's README, \"Predefined Formats\".",
	Carries: event.HasClient | event.HasUser | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasDuration | event.HasKey,
	rank:    3,
	fits:    fitsMorgan,
	decode:  decodeMorgan,
})

func fitsMorgan(line string) bool {
	if strings.HasSuffix(line, " ms") {
		return true
	}
	rest, _ := lastWord(line)
	return strings.HasSuffix(rest, " ms -")
}

func decodeMorgan(d *Decoder, line string, e *event.Event) error {
	rest, took, length, ok := line, "", "", false
	if rest, ok = strings.CutSuffix(line, " ms"); ok { // short and tiny
		rest, took = lastWord(rest)
		var dash string
		if rest, dash = lastWord(rest); dash != "-" {
			return d.fail(len(rest), "no dash before the time")
		}
		rest, length = lastWord(rest)
	} else {
		rest, length = lastWord(line)
		rest = strings.TrimSuffix(rest, " ms -")
		rest, took = lastWord(rest)
	}
	rest, status := lastWord(rest)
	n, oks := number(status)
	l, okl := number(length)
	ns, okt := scaled(took, 1e6)
	if !(status == "-" || oks && len(status) == 3) || !(length == "-" || okl && length != "") || !(took == "-" || okt) {
		return d.fail(len(rest), "no status, length and time at the end")
	}
	if status != "-" {
		e.Status = int(n)
	}
	if length != "-" {
		e.BytesOut = l
	}
	if took != "-" {
		e.Duration = ns
	}
	rest, target := lastWord(rest)
	proto := ""
	if strings.HasPrefix(target, "HTTP/") {
		proto = target
		rest, target = lastWord(rest)
	}
	rest, verb := lastWord(rest)
	if verb, ok = method(verb); !ok || verb == "" {
		return d.fail(len(rest), "no method before the URL")
	}
	if _, _, _, absolute := splitURL(target); target != "*" && !absolute && !strings.HasPrefix(target, "/") {
		return d.fail(len(rest), "no URL after the method")
	}
	e.Method, e.Proto = verb, proto
	e.Flags |= event.NoTime
	e.Carries = event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasDuration
	switch {
	case proto != "":
		client, user, both := strings.Cut(rest, " ")
		a, ok := parseAddr(client)
		if !both || !ok && client != "-" {
			return d.fail(0, "no client before the method")
		}
		e.Client, e.Peer = a, a
		if user != "-" {
			e.User = d.plain(user)
		}
		e.Carries |= event.HasClient | event.HasUser
	case rest != "":
		return d.fail(0, "no method at the start")
	}
	setTarget(e, d.plain(target))
	setQueryKey(e)
	return nil
}

// lastWord cuts the last word of s off.
func lastWord(s string) (rest, word string) {
	k := strings.LastIndexByte(s, ' ')
	return s[:max(k, 0)], s[k+1:]
}
