package decode

import (
	"strings"

	"goshawk/event"
)

// CloudWatch reads lines with a time before them, which is what many tools
// print of other logs.
var CloudWatch = register(Format{
	Name:  "cloudwatch",
	Title: "CloudWatch Logs, as files and as the AWS command line prints them, and others that put an RFC 3339 time before a line",
	Doc: "`2023-10-12T14:32:45.123Z line` (exports to S3, kubectl logs --timestamps, docker logs --timestamps), " +
		"`2023-10-12T14:32:45.123000+00:00 stream line` (aws logs tail), `2023-10-12T14:32:45Z {app=\"x\"} line` (logcli). " +
		"Events as JSON objects (`timestamp`, `message`) need no format of their own: json reads them.",
	Carries:  anyField,
	Envelope: true,
	rank:     loose - 1,
	fits: func(line string) bool {
		n := isoTime(line)
		if n == 0 {
			return false
		}
		if w, _ := word(line, n+1); isLevel(strings.Trim(w, "[]:()|")) { // free text, which may begin with a time of its own
			return false
		}
		if _, at := readCRI(line); at > 0 {
			return false
		}
		_, is := readSyslog(line)
		return !is
	},
	decode: decodeCloudWatch,
})

func decodeCloudWatch(d *Decoder, line string, e *event.Event) error {
	n := isoTime(line)
	t, k := d.clock.iso(line[:n])
	if k != n {
		return errUnfit
	}
	env := envelope{time: t, timed: true, at: skipBlanks(line, n)}
	line = line[min(env.at, len(line)):]
	stream := streamOf(line)
	if stream > 0 && (startsLine(line[stream:]) || strings.IndexByte(line[:stream], '/') >= 0) {
		env.at += stream
		line, stream = line[stream:], 0
	}
	err := d.inside(line, env, e)
	if err != nil && err != ErrSkip && stream > 0 && !d.begun {
		env.at += stream
		err = d.inside(line[stream:], env, e)
	}
	if err != nil && err != ErrSkip && !d.begun {
		return errUnfit
	}
	return err
}

// streamOf returns the length of a stream's name or of Loki's labels, with the
// blanks after it; 0 if the line's first word is its own.
func streamOf(s string) int {
	if len(s) > 1 && s[0] == '{' && s[1]|0x20 >= 'a' && s[1]|0x20 <= 'z' {
		if k := strings.Index(s, `"} `); k > 0 {
			return skipBlanks(s, k+3)
		}
		return 0
	}
	w, n := word(s, 0)
	if n == len(s) || isoTime(s) > 0 {
		return 0
	}
	dots, slashes := 0, 0
	for i := range len(w) {
		switch c := w[i]; {
		case c == '.':
			dots++
		case c == '/':
			slashes++
		case !digit(c) && (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' && c != '_' && c != '#' && c != '[' && c != ']' && c != '$' || i == 0 && c == '[':
			return 0
		}
	}
	if w[0] == '/' || len(w) == 10 && w[4] == '/' || dots > 0 && slashes == 0 { // a path, a date, or the virtual host of an access log
		return 0
	}
	return skipBlanks(s, n)
}

// startsLine says whether s begins as lines of machines do: with an object, an
// address or a date.
func startsLine(s string) bool {
	if s == "" {
		return false
	}
	if s[0] == '{' || s[0] == '<' {
		return true
	}
	if len(s) > 5 && digit(s[0]) && (s[4] == '-' || s[4] == '/') {
		return true
	}
	w, _ := word(s, 0)
	_, ok := parseAddr(w)
	return ok
}
