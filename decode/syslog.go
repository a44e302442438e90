package decode

import (
	"strings"

	"goshawk/event"
)

// Syslog reads what servers send to syslog, as it is sent and as files keep it.
var Syslog = register(Format{
	Name:  "syslog",
	Title: "syslog (RFC 3164), also of rsyslog and journalctl",
	Doc: "`[<PRI>]Oct  2 14:32:45 [host] tag[pid]: line`, also with an RFC 3339 time, and with the length before it that TCP needs.\n\n" +
		"The year is not in such a time: it is the last in which the log can have been written. " +
		"What programs say that serve no requests (sshd, cron, the kernel …) is skipped, whatever it looks like, since strangers choose parts of it.\n\n" +
		"Source: RFC 3164 section 4; RFC 6587 section 3.4.1 (length).",
	Carries:  anyField,
	Envelope: true,
	fits:     isSyslog,
	decode:   decodeSyslog,
})

// anyField is what envelopes carry: whatever the line in them does.
const anyField = event.HasBytesIn<<1 - 1

// syslog is where the parts of a message are.
type syslog struct {
	severity   string
	start, end int    // of the time
	bsd        bool   // the time has no year
	tag        string // of the program, perhaps with [pid]
	message    int
}

func isSyslog(line string) bool {
	switch c := line[0]; {
	case c >= 'A' && c <= 'S':
		return bsdTime(line) > 0
	case c == '-':
		return isJournalNote(line)
	case c == '<':
		n, _ := priority(line)
		if n > 0 && n < len(line) && line[n] == ' ' {
			n++
		}
		return n > 0 && (bsdTime(line[n:]) > 0 || isoTime(line[n:]) > 0)
	case digit(c) && (isoTime(line) > 0 || strings.Contains(line[:min(len(line), 8)], " <")):
		_, ok := readSyslog(line)
		return ok
	}
	return false
}

func decodeSyslog(d *Decoder, line string, e *event.Event) error {
	h, ok := readSyslog(line)
	if !ok {
		return ErrSkip // what journalctl says itself
	}
	var n int
	env := envelope{timed: true, level: h.severity, program: programOf(h.tag), at: h.message}
	if written := line[h.start:h.end]; h.bsd {
		env.time, n = d.clock.bsd(written, d.context.Written)
	} else {
		env.time, n = d.clock.iso(written)
	}
	if n != h.end-h.start {
		return d.fail(h.start, "no such time")
	}
	if isQuiet(env.program) {
		return ErrSkip
	}
	return d.said(line[h.message:], env, e)
}

// readSyslog reads what is before the message. Without a priority an RFC 3339
// time is not proof enough: a host and a tag, or a tag with its pid, must follow,
// or an address and an object, as Fastly writes.
func readSyslog(s string) (h syslog, ok bool) {
	i, severity := 0, ""
	if s[0] <= '<' {
		i, severity = priority(s)
		h.severity = severity
		if i < len(s) && i > 0 && s[i] == ' ' {
			i++
		}
	}
	h.start = i
	if n := bsdTime(s[i:]); n > 0 {
		h.end, h.bsd = i+n, true
	} else if n = isoTime(s[i:]); n > 0 {
		h.end = i + n
	} else {
		return h, false
	}
	i = skipBlanks(s, h.end)
	first, end := word(s, i)
	h.message = i
	if isTag(first) {
		h.tag, h.message = first, skipBlanks(s, end)
	} else if isHost(first) && end < len(s) {
		second, end2 := word(s, end+1)
		if isTag(second) {
			h.tag, h.message = second, skipBlanks(s, end2)
		} else if _, isAddr := parseAddr(first); !isAddr || second != "-" {
			h.message = end + 1
		}
	}
	if h.bsd || severity != "" {
		return h, true
	}
	if at := skipBlanks(s, h.message); h.tag == "" && h.message > i && at < len(s) && s[at] == '{' {
		h.message = at
		_, ok = parseAddr(first)
		return h, ok
	}
	numbered := strings.HasSuffix(h.tag, "]:")
	return h, numbered || h.tag != "" && h.tag != first && h.tag[0]-'a' < 26 && !isLevel(first)
}

// priority reads <PRI>, perhaps with the length of the message before it, and
// returns how long that is and what its severity is called.
func priority(s string) (n int, severity string) {
	for n < len(s) && n < 7 && digit(s[n]) {
		n++
	}
	if n > 0 {
		if n >= len(s) || s[n] != ' ' {
			return 0, ""
		}
		n++
	}
	if n+3 > len(s) || s[n] != '<' {
		return 0, ""
	}
	p, end := 0, n+1
	for ; end < len(s) && digit(s[end]) && p < 100; end++ {
		p = p*10 + int(s[end]-'0')
	}
	if end == n+1 || end >= len(s) || s[end] != '>' || p > 191 {
		return 0, ""
	}
	return end + 1, severities[p&7]
}

// severities are named as in RFC 5424 section 6.2.1, as loggers abbreviate them.
var severities = [8]string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// severity names the number of one.
func severity(n string) string {
	if len(n) == 1 && n[0] >= '0' && n[0] <= '7' {
		return severities[n[0]-'0']
	}
	return n
}

// bsdTime returns the length of Oct  2 14:32:45[.123456] at the start of s.
func bsdTime(s string) (n int) {
	if len(s) < 17 || s[3] != ' ' || s[6] != ' ' || s[9] != ':' || s[12] != ':' || !digit(s[5]) || month(s[:3]) == 0 {
		return 0
	}
	if n = 15; s[n] == '.' {
		for n++; n < len(s) && digit(s[n]); n++ {
		}
	}
	if n >= len(s) || s[n] != ' ' {
		return 0
	}
	return n
}

// isoTime returns the length of 2023-10-12T14:32:45[.123][zone] at the start of
// s, which a space follows.
func isoTime(s string) int {
	if len(s) < 20 || s[4] != '-' || s[10] != 'T' || s[7] != '-' || s[13] != ':' || s[16] != ':' || !digit(s[0]) {
		return 0
	}
	for n := 19; n < len(s) && n < 40; n++ {
		switch c := s[n]; {
		case c == ' ':
			return n
		case !digit(c) && c != '.' && c != ':' && c != '+' && c != '-' && c != 'Z' && c != 'z':
			return 0
		}
	}
	return 0
}

// isTag says whether a word names a program: nginx:, haproxy[123]:,
// wordpress(www.example.com)[7]:
func isTag(w string) bool {
	if len(w) < 2 || len(w) > 128 || w[len(w)-1] != ':' {
		return false
	}
	for i := range len(w) - 1 {
		switch c := w[i]; {
		case c <= ' ' || c >= 0x7F || c == '"' || c == '\'' || c == '{' || c == '<' || c == '=':
			return false
		case i == 0 && (c == '[' || c == '(' || c == '-'):
			return false
		case c == ':' && w[len(w)-2] != ']': // an address, or a URL
			return false
		}
	}
	return !isLevel(w[:len(w)-1])
}

func isHost(w string) bool {
	for i := range len(w) {
		if c := w[i]; !digit(c) && (c|0x20 < 'a' || c|0x20 > 'z') && c != '.' && c != '-' && c != '_' && c != ':' {
			return false
		}
	}
	return w != ""
}

// programOf returns a tag without [pid] and colon.
func programOf(tag string) string {
	tag = strings.TrimSuffix(tag, ":")
	if strings.HasSuffix(tag, "]") {
		if i := strings.LastIndexByte(tag, '['); i > 0 {
			tag = tag[:i]
		}
	}
	return tag
}

// isQuiet says whether a program serves no requests, though what strangers send
// is in its messages.
func isQuiet(program string) bool {
	switch program {
	case "sshd", "sshd-session", "sudo", "su", "kernel", "systemd", "systemd-logind", "cron", "CRON", "crond", "anacron", "dhclient", "ntpd", "chronyd",
		"named", "ftpd", "vsftpd", "proftpd", "login", "audit", "auditd", "dbus-daemon", "rsyslogd", "syslogd":
		return true
	}
	return strings.HasPrefix(program, "postfix/") || strings.HasPrefix(program, "dovecot")
}

// isJournalNote says whether journalctl says this about the journal itself.
func isJournalNote(line string) bool {
	line, ok := strings.CutPrefix(line, "-- ")
	return ok && (strings.HasPrefix(line, "Journal begins ") || strings.HasPrefix(line, "Logs begin ") || strings.HasPrefix(line, "Boot ") ||
		strings.HasPrefix(line, "Reboot --") || strings.HasPrefix(line, "No entries --"))
}
