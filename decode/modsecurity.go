package decode

import (
	"strings"

	"goshawk/event"
)

// ModSecurity reads what a web application firewall says where no server adds
// its own head.
var ModSecurity = register(Format{
	Name:  "modsecurity",
	Title: "messages of ModSecurity and Coraza",
	Doc: "`[client address] ModSecurity: Access denied with code 403 (phase 2). … [hostname \"…\"] [uri \"…\"] [unique_id \"…\"]`\n\n" +
		"Access denied is a block, with its code as the status; a warning is an event without either. " +
		"In the error logs of nginx and Apache the same messages are understood by their formats. One request may write many messages, with one unique_id.\n\n" +
		"Source: ModSecurity Reference Manual, v2 and v3.",
	Carries: event.HasClient | event.HasPath | event.HasStatus | event.HasHost,
	rank:    2,
	fits:    func(line string) bool { return strings.HasPrefix(line, "[client ") },
	decode: func(d *Decoder, line string, e *event.Event) error {
		name, message, ok := strings.Cut(line[len("[client "):], "] ")
		a, isAddr := parseAddr(strings.Trim(name, `"`))
		if !ok || !isAddr {
			return d.fail(len("[client "), "no client")
		}
		e.Client, e.Peer = a, a
		e.Flags |= event.NoTime | event.ErrorLog
		e.Carries |= event.HasClient
		if !d.modSecurity(message, e) {
			return d.fail(len(line)-len(message), "no ModSecurity message")
		}
		return nil
	},
})

// modSecurity takes a message of ModSecurity or Coraza and reports whether it is
// one. What was denied counts only outside of quotes, where clients cannot write.
func (d *Decoder) modSecurity(s string, e *event.Event) bool {
	if !strings.HasPrefix(s, "ModSecurity:") && !strings.HasPrefix(s, "Coraza:") {
		return false
	}
	const says = "Access denied"
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			if i = closing(s, i+1); i < 0 {
				break
			}
		} else if s[i] == 'A' && strings.HasPrefix(s[i:], says) {
			e.Action = event.Block
			e.Carries |= event.HasStatus
			code, ok := strings.CutPrefix(s[i+len(says):], " with code ")
			if n, is := number(code[:min(len(code), 3)]); ok && is && n >= 100 {
				e.Status = int(n)
			} else {
				refused(e, 403)
			}
			break
		}
	}
	// A rule may quote the request before, never after.
	if k := strings.LastIndex(s, ` [hostname "`); k >= 0 {
		s = s[k:]
	}
	if v, ok := d.quotedTag(s, ` [hostname "`); ok {
		e.Carries |= event.HasHost
		if e.Host == "" {
			e.Host = v
		}
	}
	if v, ok := d.quotedTag(s, ` [uri "`); ok {
		e.Carries |= event.HasPath
		if e.Path == "" && v != "" {
			setTarget(e, v)
		}
	}
	if v, ok := d.quotedTag(s, ` [unique_id "`); ok {
		e.Trace = v
	}
	return true
}

// quotedTag returns the value of [name "value"].
func (d *Decoder) quotedTag(s, tag string) (string, bool) {
	k := strings.Index(s, tag)
	if k < 0 {
		return "", false
	}
	s = s[k+len(tag):]
	end := closing(s, 0)
	if end < 0 {
		return "", false
	}
	return d.plain(s[:end]), true
}
