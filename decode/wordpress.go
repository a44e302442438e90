package decode

import (
	"strings"

	"goshawk/event"
)

// WordPress reads what the plugin WP fail2ban writes to syslog.
var WordPress = register(Format{
	Name:  "wordpress",
	Title: "WordPress with WP fail2ban",
	Doc: "The message after syslog's `wordpress(host)[pid]:` or `wp(host)[pid]:`, whose host is the site's. " +
		"`Authentication failure for U from A` and its kind are failed logins, `Accepted password for U from A` is a successful one, `Blocked … from A` is blocked; " +
		"comments, pingbacks and untrusted proxies are no requests. The address is the last thing said, since a name may hold another.\n\n" +
		"Source: WP fail2ban's documentation.",
	Carries: event.HasClient | event.HasAccount | event.HasHost,
	rank:    3,
	fits: func(line string) bool {
		for _, w := range wordpressMessages {
			if strings.HasPrefix(line, w.text) {
				return true
			}
		}
		return false
	},
	decode: decodeWordPress,
})

var wordpressMessages = [...]struct {
	text   string
	auth   event.Auth
	action event.Action
	name   bool // what follows is a name
}{
	{"Authentication failure for ", event.AuthFail, 0, true},
	{"Authentication attempt for unknown user ", event.AuthFail, 0, true},
	{"XML-RPC authentication failure for ", event.AuthFail, 0, true},
	{"XML-RPC authentication attempt for unknown user ", event.AuthFail, 0, true},
	{"REST authentication failure for ", event.AuthFail, 0, true},
	{"REST authentication attempt for unknown user ", event.AuthFail, 0, true},
	{"XML-RPC multicall authentication failure", event.AuthFail, 0, false},
	{"Empty username", event.AuthFail, 0, false},
	{"Accepted password for ", event.AuthOK, 0, true},
	{"Blocked authentication attempt for unknown user ", event.AuthFail, event.Block, true},
	{"Blocked authentication attempt for ", event.AuthFail, event.Block, true},
	{"Blocked username authentication attempt for ", event.AuthFail, event.Block, true},
	{"Blocked user enumeration attempt", 0, event.Block, false},
	{"Blocked access", 0, event.Block, false},
	{"Blocked comment attempt", 0, event.Block, false},
	{"Pingback ", 0, 0, false},
	{"Untrusted X-Forwarded-For header", 0, 0, false},
	{"Comment ", 0, 0, false},
	{"Spam comment ", 0, 0, false},
}

func decodeWordPress(d *Decoder, line string, e *event.Event) error {
	host, named := site(d.program)
	if !named && d.program != "" {
		return d.fail(0, "another program wrote it")
	}
	said := strings.TrimSuffix(line, " via XML-RPC")
	said = strings.TrimSuffix(said, " via REST")
	k := strings.LastIndex(said, " from ")
	if k < 0 {
		return d.fail(len(said), "no address at the end")
	}
	a, ok := parseAddr(said[k+len(" from "):])
	if !ok {
		return d.fail(k, "no address at the end")
	}
	for _, w := range wordpressMessages {
		rest, ok := strings.CutPrefix(said[:k], w.text)
		if !ok && (w.name || !strings.HasPrefix(line, w.text)) {
			continue
		}
		if w.auth == 0 && w.action == 0 {
			return ErrSkip
		}
		e.Auth, e.Action = w.auth, w.action
		if w.auth != 0 {
			e.Carries |= event.HasAccount
		}
		if w.name {
			e.Account = rest
		}
		e.Client, e.Peer, e.Host = a, a, host
		e.Flags |= event.NoTime | event.Signature
		if e.Carries |= event.HasClient; host != "" {
			e.Carries |= event.HasHost
		}
		return nil
	}
	return d.fail(0, "an unknown message")
}

// site returns the host that a program of WordPress is named with.
func site(program string) (host string, ok bool) {
	rest, ok := strings.CutPrefix(program, "wordpress")
	if !ok {
		rest, ok = strings.CutPrefix(program, "wp")
	}
	if !ok || rest == "" {
		return "", ok
	}
	host, closed := strings.CutSuffix(rest, ")")
	if host == "" || host[0] != '(' || !closed {
		return "", false
	}
	return host[1:], true
}
