package decode

import (
	"strings"

	"goshawk/event"
)

// Compose reads what docker compose puts before the lines of its services.
var Compose = register(Format{
	Name:  "compose",
	Title: "docker compose logs, in colour or not, also with --timestamps",
	Doc: "`name-1  | line`, `name-1  | 2023-10-12T14:32:45.123456789Z line`\n\n" +
		"A name without a number, such as one that container_name gives, counts only if the line is understood.",
	Carries:  anyField,
	Envelope: true,
	fits:     func(line string) bool { _, at := readCompose(line); return at > 0 },
	decode: func(d *Decoder, line string, e *event.Event) error {
		sure, at := readCompose(line)
		env := envelope{at: at}
		if n := isoTime(line[at:]); n > 0 {
			if t, k := d.clock.iso(line[at:][:n]); k == n {
				env.time, env.timed, sure = t, true, true
				env.at += n + 1
			}
		}
		err := d.said(line[env.at:], env, e)
		if err == ErrSkip && !sure {
			return errUnfit
		}
		return err
	},
})

// readCompose returns the index of the message, 0 if there is no such prefix,
// and whether nothing but Compose writes one like it.
func readCompose(s string) (sure bool, message int) {
	start := ansi(s, 0)
	i := start
	for i < len(s) && i < start+128 && (digit(s[i]) || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || i > start && (s[i] == '-' || s[i] == '_' || s[i] == '.')) {
		i++
	}
	name := s[start:i]
	if i = skipBlanks(s, i); i-start <= len(name) || name == "" || i >= len(s) || s[i] != '|' || isLevel(name) {
		return false, 0
	}
	i = ansi(s, i+1)
	if i < len(s) && s[i] != ' ' {
		return false, 0
	}
	k := len(name)
	for k > 0 && digit(name[k-1]) {
		k--
	}
	sure = start > 0 || k > 1 && k < len(name) && (name[k-1] == '-' || name[k-1] == '_')
	return sure, min(i+1, len(s))
}

// ansi returns the index after the colours and cursor movements at s[i].
func ansi(s string, i int) int {
	for strings.HasPrefix(s[i:], "\x1b[") {
		k := i + 2
		for k < len(s) && (digit(s[k]) || s[k] == ';' || s[k] == '?') {
			k++
		}
		if k >= len(s) || s[k]|0x20 < 'a' || s[k]|0x20 > 'z' {
			return i
		}
		i = k + 1
	}
	return i
}
