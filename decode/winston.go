package decode

import (
	"strings"

	"goshawk/event"
)

// Winston takes off what winston writes before a message.
var Winston = register(Format{
	Name:  "winston",
	Title: "winston's simple and printf formats around a message",
	Doc: "`level: message {json}` (simple) and `TIME [label] level: message` (printf). " +
		"The message may be a line of another format, such as morgan's; else what follows it as JSON may be a request, as express-winston logs it. " +
		"Levels are npm's or syslog's, in lower case.\n\n" +
		"Source: logform, simple.js; winston's README.",
	Carries:  event.HasBytesIn<<1 - 1,
	Envelope: true,
	rank:     -1,
	fits: func(line string) bool {
		_, at := readWinston(line, &anyClock)
		return at > 0
	},
	decode: func(d *Decoder, line string, e *event.Event) error {
		env, at := readWinston(line, &d.clock)
		return d.logged(line, at, env, e)
	},
})

// anyClock reads times where only their length counts.
var anyClock = newClock(nil)

// readWinston reads [TIME] [label] level: before a message and returns where
// that begins, 0 if the line is none of winston's.
func readWinston(line string, c *clock) (env envelope, at int) {
	i := 0
	if line[0] == '[' || len(line) > 20 && digit(line[0]) && line[4] == line[7] {
		if line[0] == '[' {
			i = 1
		}
		t, n := c.written(line[i:])
		if env.timed = n > 0; env.timed {
			env.time = t
			i += n
			if line[0] == '[' && (i == len(line) || line[i] != ']') {
				return env, 0
			} else if line[0] == '[' {
				i++
			}
			i = skipBlanks(line, i)
		} else {
			i = 0
		}
	}
	if i < len(line) && line[i] == '[' { // a label, or the level
		end := strings.IndexByte(line[i:], ']')
		if end < 0 || end > 64 {
			return env, 0
		}
		if inner := line[i+1 : i+end]; env.timed && inner != "" && winstonLevel(inner) == len(inner) && strings.HasPrefix(line[i+end:], "]: ") {
			env.level = inner
			return env, i + end + 3
		}
		i = skipBlanks(line, i+end+1)
	}
	n := winstonLevel(line[i:])
	if n == 0 || !strings.HasPrefix(line[i+n:], ": ") {
		return env, 0
	}
	env.level = line[i : i+n]
	return env, i + n + 2
}

// winstonLevel returns the length of the level that s begins with, 0 for none.
func winstonLevel(s string) int {
	n := 0
	for n < len(s) && n < 9 && s[n] >= 'a' && s[n] <= 'z' {
		n++
	}
	switch s[:n] {
	case "error", "warn", "info", "http", "verbose", "debug", "silly", "trace", "fatal", "emerg", "alert", "crit", "warning", "notice":
		return n
	}
	return 0
}

// logged decodes what a logger writes at line[at:]: a message, and perhaps an
// object after it. The object counts if the message is no event by itself. It
// begins at the last brace that no other value can hold, since in its strings
// quotes are escaped, while anything may stand in the message.
func (d *Decoder) logged(line string, at int, env envelope, e *event.Event) error {
	msg := line[at:]
	env.at = at
	k := objectAtEnd(msg)
	if k > 0 {
		if d.inside(msg[:k], env, e) == nil {
			return nil
		}
	}
	if k >= 0 {
		env.at = at + k
		msg = msg[k:]
	}
	return d.said(msg, env, e)
}

// objectAtEnd returns where the object begins that s ends with, -1 for none.
func objectAtEnd(s string) int {
	if !strings.HasSuffix(s, "}") {
		return -1
	}
	for end := len(s); ; {
		k := strings.LastIndex(s[:end], `{"`)
		switch {
		case k <= 0:
			return k
		case s[k-1] == ' ' && (k == 1 || s[k-2] != ':' && s[k-2] != ',' && s[k-2] != '['), s[k-1] == '\t':
			return k
		}
		end = k
	}
}
