package decode

import (
	"strings"

	"goshawk/event"
)

// Kubectl reads what kubectl puts before the lines of several containers.
var Kubectl = register(Format{
	Name:     "kubectl",
	Title:    "kubectl logs --prefix, also with --timestamps",
	Doc:      "`[pod/name/container] line`, `[pod/name/container] 2023-10-12T14:32:45.123456789Z line`",
	Carries:  anyField,
	Envelope: true,
	fits:     func(line string) bool { return readKubectl(line) > 0 },
	decode: func(d *Decoder, line string, e *event.Event) error {
		env := envelope{at: readKubectl(line)}
		if n := isoTime(line[env.at:]); n > 0 {
			if t, k := d.clock.iso(line[env.at:][:n]); k == n {
				env.time, env.timed = t, true
				env.at += n + 1
			}
		}
		return d.said(line[env.at:], env, e)
	},
})

// readKubectl returns the index of the message, 0 if there is no such prefix.
func readKubectl(s string) int {
	if !strings.HasPrefix(s, "[pod/") {
		return 0
	}
	slashes := 0
	for i := len("[pod/"); i < len(s); i++ {
		switch c := s[i]; {
		case c == '/':
			slashes++
		case c == ']':
			if slashes != 1 || i+1 < len(s) && s[i+1] != ' ' {
				return 0
			}
			return min(i+2, len(s))
		case !digit(c) && (c < 'a' || c > 'z') && c != '-' && c != '.':
			return 0
		}
	}
	return 0
}
