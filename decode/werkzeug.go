package decode

import (
	"strings"

	"goshawk/event"
)

// Werkzeug reads what Python's development servers write.
var Werkzeug = register(Format{
	Name:  "werkzeug",
	Title: "Flask's development server (Werkzeug), and Python's http.server",
	Doc: "`client - - [12/Oct/2023 14:32:45] \"GET /path HTTP/1.1\" 200 -`. The time is local; the request may be coloured. " +
		"Lines such as `code 400, message …` are no requests.\n\n" +
		"Source: Python, http/server.py; Werkzeug, serving.py.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasKey,
	rank:    3,
	fits: func(line string) bool {
		k := strings.Index(line[:min(len(line), 80)], " - - [")
		return k > 0 && isPythonDate(line[k+5:])
	},
	decode: func(d *Decoder, line string, e *event.Event) error {
		k := strings.Index(line, " - - [")
		i := 0
		if strings.HasPrefix(line, "INFO:werkzeug:") { // logging's default prefix
			e.Level, i = "INFO", len("INFO:werkzeug:")
		}
		a, ok := parseAddr(line[i:k])
		if !ok {
			return d.fail(i, "no client")
		}
		e.Client, e.Peer = a, a
		e.Carries |= event.HasClient
		return d.development(line, k+5, e)
	},
})

// isPythonDate says whether s begins with [12/Oct/2023 14:32:45].
func isPythonDate(s string) bool {
	return len(s) > 21 && s[0] == '[' && s[3] == '/' && s[12] == ' ' && s[21] == ']'
}

// development reads `[date] "request" status size` at line[i:].
func (d *Decoder) development(line string, i int, e *event.Event) error {
	t, n := d.clock.clf(line[i+1 : i+21])
	if n != 20 {
		return d.fail(i, "no date")
	}
	e.Time = t.ns
	e.Flags |= event.TimeInferred
	i += 22
	if !strings.HasPrefix(line[i:], ` "`) {
		if strings.HasPrefix(line[i:], " code ") || strings.HasPrefix(line[i:], " - Broken pipe") {
			return ErrSkip
		}
		return d.fail(i, "no request after the date")
	}
	i += 2
	end := strings.LastIndexByte(line, '"')
	status, after := "", len(line)
	if end >= i && strings.HasPrefix(line[end:], `" `) {
		status, after = word(line, end+2)
	}
	v, ok := number(status)
	if !ok || len(status) != 3 {
		return d.fail(i, "no status after the request")
	}
	e.Status = int(v)
	e.Carries |= event.HasTime | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes
	if size := strings.TrimLeft(line[after:], " "); size != "-" && size != "" {
		if v, ok := number(size); ok {
			e.BytesOut = v
		}
	}
	d.setRequest(e, d.uncoloured(line[i:end]))
	return nil
}
