package decode

import (
	"strings"

	"goshawk/event"
)

// PinoPretty takes off what pino-pretty writes before a message.
var PinoPretty = register(Format{
	Name:  "pino_pretty",
	Title: "pino-pretty's first line around a message",
	Doc: "`[TIME] LEVEL (name/pid on host): message {json}`. The request is told only with `singleLine`, or if the message is itself a line of another format; " +
		"the indented lines that follow are skipped. A time without a date is no time.\n\n" +
		"Source: pino-pretty's README.",
	Carries:  event.HasBytesIn<<1 - 1,
	Envelope: true,
	rank:     -1,
	fits: func(line string) bool {
		_, at := readPinoPretty(line, &anyClock)
		return at > 0
	},
	decode: func(d *Decoder, line string, e *event.Event) error {
		env, at := readPinoPretty(line, &d.clock)
		return d.logged(line, at, env, e)
	},
})

// readPinoPretty reads [TIME] LEVEL (process): before a message and returns
// where that begins, 0 if the line is none of pino-pretty's.
func readPinoPretty(line string, c *clock) (env envelope, at int) {
	if line[0] != '[' || len(line) < 17 || !digit(line[1]) {
		return env, 0
	}
	end := strings.IndexByte(line, ']')
	if end < 9 {
		return env, 0
	}
	if t, n := c.written(line[1:end]); n == end-1 {
		env.time, env.timed = t, true
	} else if line[3] != ':' || line[6] != ':' || two(line, 1) < 0 {
		return env, 0
	}
	i := skipBlanks(line, end+1)
	n := 0
	for i+n < len(line) && line[i+n] >= 'A' && line[i+n] <= 'Z' {
		n++
	}
	switch env.level = line[i : i+n]; env.level {
	case "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL":
	default:
		return env, 0
	}
	if i += n; strings.HasPrefix(line[i:], " (") {
		k := strings.IndexByte(line[i:], ')')
		if k < 0 {
			return env, 0
		}
		i += k + 1
	}
	if !strings.HasPrefix(line[i:], ": ") {
		return env, 0
	}
	return env, i + 2
}
