package decode

import (
	"strings"

	"goshawk/event"
)

// Drupal reads what Drupal's syslog module writes.
var Drupal = register(Format{
	Name:  "drupal",
	Title: "Drupal, by its syslog module",
	Doc: "`base_url|timestamp|type|ip|request_uri|referer|uid|link|message`. A `Login attempt failed` of type user is a failed login, `Session opened` a successful one; " +
		"types `access denied` and `page not found` are requests with 403 and 404. " +
		"The address stands before all that a client writes; the message is what follows the last bar.\n\n" +
		"Source: Drupal, core/modules/syslog.",
	Carries: event.HasTime | event.HasClient | event.HasPath | event.HasStatus | event.HasReferer | event.HasAccount | event.HasHost,
	rank:    3,
	fits: func(line string) bool {
		return strings.HasPrefix(line, "http") && strings.Contains(line[:min(len(line), 512)], "|user|") ||
			strings.HasPrefix(line, "http") && strings.Contains(line[:min(len(line), 512)], "|access denied|") ||
			strings.HasPrefix(line, "http") && strings.Contains(line[:min(len(line), 512)], "|page not found|")
	},
	decode: decodeDrupal,
})

func decodeDrupal(d *Decoder, line string, e *event.Event) error {
	var f [5]string // base, time, type, address, URI
	rest := line
	for i := range f {
		var more bool
		if f[i], rest, more = strings.Cut(rest, "|"); !more {
			return d.fail(len(line)-len(rest), "too few bars")
		}
	}
	_, host, _, ok := splitURL(f[0])
	t, okt := d.clock.any(f[1])
	a, oka := parseAddr(f[3])
	if !ok || !okt || !oka {
		return d.fail(0, "no URL, time and address")
	}
	e.Time, e.Client, e.Peer = t.ns, a, a
	e.Carries = event.HasTime | event.HasClient | event.HasHost
	said := rest[strings.LastIndexByte(rest, '|')+1:]
	switch f[2] {
	case "access denied", "page not found":
		e.Status = 403
		if f[2] == "page not found" {
			e.Status = 404
		}
		e.Flags |= event.StatusInferred
		setTarget(e, f[4])
		e.Flags &^= event.AbsoluteForm
		setQueryKey(e)
		if referer, _, _ := strings.Cut(rest, "|"); !missing(referer) {
			e.Referer = referer
		}
		e.Carries |= event.HasPath | event.HasStatus | event.HasReferer
	case "user":
		name, failed := strings.CutPrefix(said, "Login attempt failed ")
		opened, succeeded := strings.CutPrefix(said, "Session opened for ")
		switch {
		case failed:
			_, name, _ = strings.Cut(name, " ") // for, or from
			e.Auth, e.Account = event.AuthFail, strings.TrimSuffix(name, ".")
		case succeeded && strings.Count(rest, "|") == 3: // else a name, or the URI, may say so
			e.Auth, e.Account = event.AuthOK, strings.TrimSuffix(opened, ".")
		default:
			return ErrSkip
		}
		e.Carries |= event.HasAccount
	default:
		return ErrSkip
	}
	e.Host = host
	return nil
}
