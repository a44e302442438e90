package decode

import (
	"strings"

	"goshawk/event"
)

// ANSI takes the colours off a line.
var ANSI = register(Format{
	Name:  "ansi",
	Title: "terminal colours in a line of another format",
	Doc: "What programs write that take the log for a terminal: `ESC [ 31 m` and the like, also as `^[[31m`, as some tools render it. " +
		"A line is looked at without its colours only if no format understands it with them.",
	Carries:  event.HasBytesIn<<1 - 1,
	Envelope: true,
	rank:     loose,
	fits:     coloured,
	decode: func(d *Decoder, line string, e *event.Event) error {
		err := d.inside(d.uncoloured(line), envelope{undone: true}, e)
		if err != nil && err != ErrSkip && !d.begun {
			return errUnfit
		}
		return err
	},
})

func coloured(line string) bool {
	return strings.Contains(line, "\x1b[") || strings.Contains(line, "^[[")
}

// uncoloured returns s without its escape sequences, in the scratch if it has any.
func (d *Decoder) uncoloured(s string) string {
	if !coloured(s) {
		return s
	}
	start := len(d.scratch)
	b := d.scratch
	for i := 0; i < len(s); {
		if n := sequence(s[i:]); n > 0 {
			i += n
			continue
		}
		b = append(b, s[i])
		i++
	}
	d.scratch = b
	return text(b[start:])
}

// sequence returns the length of the escape sequence that s begins with, 0 for
// none.
func sequence(s string) int {
	i := 0
	switch {
	case strings.HasPrefix(s, "\x1b["):
		i = 2
	case strings.HasPrefix(s, "^[["):
		i = 3
	default:
		return 0
	}
	for i < len(s) && i < 32 && (digit(s[i]) || s[i] == ';') {
		i++
	}
	if i < len(s) && s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' {
		return i + 1
	}
	return 0
}
