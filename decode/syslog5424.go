package decode

import (
	"strings"

	"goshawk/event"
)

// Syslog5424 reads the newer form of syslog.
var Syslog5424 = register(Format{
	Name:  "syslog5424",
	Title: "syslog (RFC 5424)",
	Doc: "`<PRI>1 time host program pid id structured-data line`, also with the length before it that TCP needs (Heroku leaves the structured data out).\n\n" +
		"Source: RFC 5424 section 6; RFC 6587 section 3.4.1 (length).",
	Carries:  anyField,
	Envelope: true,
	fits:     func(line string) bool { return isSyslog5424(line) > 0 },
	decode:   decodeSyslog5424,
})

// isSyslog5424 returns the index of the time, 0 if there is no such header.
func isSyslog5424(s string) int {
	n, _ := priority(s)
	if n == 0 || n+4 > len(s) || !digit(s[n]) || s[n+1] != ' ' || isoTime(s[n+2:]) == 0 && s[n+2:n+4] != "- " {
		return 0
	}
	return n + 2
}

func decodeSyslog5424(d *Decoder, line string, e *event.Event) error {
	i := isSyslog5424(line)
	var parts [5]string // time, host, program, pid, id
	for k := range parts {
		parts[k], i = word(line, i)
		if i == len(line) {
			return ErrSkip // there is no message
		}
		i++
	}
	var env envelope
	_, env.level = priority(line)
	if parts[0] != "-" {
		var n int
		if env.time, n = d.clock.iso(parts[0]); n != len(parts[0]) {
			return d.fail(isSyslog5424(line), "no such time")
		}
		env.timed = true
	}
	if parts[2] != "-" {
		env.program = parts[2]
	}
	if isQuiet(env.program) {
		return ErrSkip
	}
	switch end := structured(line, i); {
	case end > len(line):
		return d.fail(i, "the structured data does not end")
	case end > 0:
		i = skipBlanks(line, end)
	}
	env.at = i
	return d.said(line[i:], env, e)
}

// structured returns the index after the structured data at s[i], -1 if there
// is none, and one beyond the line if it was cut.
func structured(s string, i int) int {
	if i < len(s) && s[i] == '-' && (i+1 == len(s) || s[i+1] == ' ') {
		return i + 1
	}
	start := i
	for i < len(s) && s[i] == '[' {
		name := i + 1
		for i++; i < len(s) && s[i] > ' ' && s[i] != ']' && s[i] != '=' && s[i] != '"'; i++ {
		}
		if i == name {
			return -1
		}
		for i < len(s) && s[i] == ' ' { // name="value"
			k := strings.IndexByte(s[i:], '"')
			if k < 2 || s[i+k-1] != '=' || strings.IndexByte(s[i:i+k], ']') >= 0 {
				return -1
			}
			end := closing(s, i+k+1)
			if end < 0 {
				return len(s) + 1
			}
			i = end + 1
		}
		if i >= len(s) || s[i] != ']' {
			return -1
		}
		i++
	}
	if i == start || i < len(s) && s[i] != ' ' {
		return -1
	}
	return i
}
