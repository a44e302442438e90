package decode

import (
	"strings"

	"goshawk/event"
)

// APIGatewayExecution reads the execution logs of AWS API Gateway.
var APIGatewayExecution = register(Format{
	Name:  "apigw_execution",
	Title: "AWS API Gateway execution log, the lines of a request joined",
	Doc: "`[time] [stream] (id) text (id) text …`: what API Gateway says about one request, on one line. A line that was not joined is a request if it has a status and a path, as a refused key has.\n\n" +
		"Method and path come from `HTTP Method: …, Resource Path: …`, the status from `Method completed with status: …` or from what was refused, agent and addresses from `Method request headers: {…}`. " +
		"A header that stands there twice is left out, since a client may write one into the other. The last address of X-Forwarded-For is whom API Gateway spoke to. Keys are shown by the log in part, and not taken.\n\n" +
		"Source: AWS, \"CloudWatch log formats for API Gateway\".",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasUserAgent | event.HasReferer |
		event.HasForwarded | event.HasHost | event.HasKey,
	fits: func(line string) bool {
		open, end := executionID(line)
		return open >= 0 && end > 0
	},
	decode: decodeExecution,
})

// executionID returns where the parenthesis before the first id opens and where
// the one after it closes; open is -1 if there is none.
func executionID(s string) (open, end int) {
	open = strings.IndexByte(s[:min(len(s), 160)], '(')
	if open < 0 || open > 0 && s[open-1] != ' ' || strings.Count(s[:open], " ") > 2 {
		return -1, 0
	}
	for end = open + 1; end < len(s); end++ {
		if c := s[end]; !digit(c) && (c < 'a' || c > 'f') && c != '-' {
			break
		}
	}
	if n := end - open - 1; n < 8 || n > 64 || end+1 >= len(s) || s[end] != ')' || s[end+1] != ' ' {
		return -1, 0
	}
	return open, end
}

func decodeExecution(d *Decoder, line string, e *event.Event) error {
	open, end := executionID(line)
	before := strings.TrimRight(line[:open], " ")
	e.Flags |= event.NoTime
	if before != "" {
		t, n := d.clock.iso(before)
		if n == 0 && strings.IndexByte(before, ' ') >= 0 {
			return d.fail(0, "no time before the id")
		}
		if n > 0 {
			d.stamp(e, t)
		}
	}
	mark := line[open : end+2]
	e.Trace = line[open+1 : end]
	for s, more := line[end+2:], true; more; {
		var said string
		if i := strings.Index(s, mark); i > 0 && s[i-1] == ' ' {
			said, s = s[:i-1], s[i+len(mark):]
		} else {
			said, more = s, false
		}
		d.execution(e, said)
	}
	setQueryKey(e)
	client := e.Client.IsValid()
	if e.Path == "" && !client || e.Status == 0 && (e.Path == "" || !client) {
		return ErrSkip
	}
	return nil
}

// execution takes what one line of the log says.
func (d *Decoder) execution(e *event.Event, s string) {
	after := func(prefix string) (string, bool) { return strings.CutPrefix(s, prefix) }
	if v, ok := after("HTTP Method: "); ok {
		verb, path, ok := strings.Cut(v, ", Resource Path: ")
		if !ok {
			return
		}
		d.called(e, verb, path)
	} else if v, ok := after("Method request headers: "); ok {
		d.executionHeaders(e, v)
	} else if v, ok := after("Method request query string: "); ok {
		v = strings.TrimSuffix(strings.TrimPrefix(v, "{"), "}")
		start := len(d.scratch)
		for more := v != ""; more; {
			var pair string
			pair, v, more = strings.Cut(v, ", ")
			d.scratch = append(d.scratch, pair...)
			if more {
				d.scratch = append(d.scratch, '&')
			}
		}
		e.Query = text(d.scratch[start:])
	} else if v, ok := after("Method completed with status: "); ok {
		setExecutionStatus(e, v)
	} else if strings.HasPrefix(s, "Gateway response type: ") {
		if _, v, ok := strings.Cut(s, " with status code: "); ok {
			setExecutionStatus(e, v)
		}
	} else if strings.HasPrefix(s, "Unauthorized request: ") {
		e.Auth = event.AuthFail
		refuse(e, 401)
	} else if strings.HasPrefix(s, "Key throttle limit exceeded") || strings.HasPrefix(s, "Key quota limit exceeded") {
		e.Action = event.Throttle
		refuse(e, 429)
	} else if v, ok := after("API Key "); ok {
		_, why, ok := strings.Cut(v, " not authorized because ")
		if !ok {
			return
		}
		refuse(e, 403)
		if call, ok := strings.CutPrefix(why, "method '"); ok && e.Path == "" {
			call, _, _ = strings.Cut(call, "'")
			verb, path, _ := strings.Cut(call, " ")
			d.called(e, verb, path)
		}
	} else if strings.HasPrefix(s, "Verifying Usage Plan for request: ") {
		e.Carries |= event.HasKey
	}
}

func (d *Decoder) called(e *event.Event, verb, path string) {
	if path == "" || path[0] != '/' {
		return
	}
	e.Method, _ = method(verb)
	query := e.Query
	if setTarget(e, path); e.Query == "" {
		e.Query = query
	}
	e.Carries |= event.HasMethod | event.HasPath
}

// refuse is for what says nothing of the status, which comes later if at all.
func refuse(e *event.Event, status int) {
	if e.Carries |= event.HasStatus; e.Status == 0 {
		e.Status = status
		e.Flags |= event.StatusInferred
	}
}

func setExecutionStatus(e *event.Event, v string) {
	if n, ok := number(v); ok && len(v) == 3 {
		e.Status = int(n)
		e.Flags &^= event.StatusInferred
		e.Carries |= event.HasStatus
		if n == 429 {
			e.Action = event.Throttle
		}
	}
}

// executionHeaders reads {Name=value, Name=value}, where values may hold commas
// and equals signs.
func (d *Decoder) executionHeaders(e *event.Event, s string) {
	s, whole := strings.CutPrefix(s, "{")
	if !whole {
		return
	}
	s, whole = strings.CutSuffix(s, "}")
	s = strings.TrimSuffix(s, " [TRUNCATED]")
	e.Carries |= event.HasUserAgent | event.HasReferer | event.HasForwarded | event.HasClient | event.HasHost
	var seen, twice uint8
	for more := true; more; {
		end, next := len(s), len(s)
		for i := 0; ; { // up to the next comma that a name follows
			k := strings.Index(s[i:], ", ")
			if k < 0 {
				more = false
				break
			}
			i += k + 2
			if headerName(s[i:]) > 0 {
				end, next = i-2, i
				break
			}
		}
		name, v, _ := strings.Cut(s[:end], "=")
		s = s[next:]
		for i, h := range [...]struct {
			name string
			to   *string
		}{{"user-agent", &e.UserAgent}, {"x-forwarded-for", &e.Forwarded}, {"referer", &e.Referer}, {"host", &e.Host}} {
			if len(name) != len(h.name) || !strings.EqualFold(name, h.name) {
				continue
			}
			if seen&(1<<i) != 0 {
				twice |= 1 << i
			}
			seen |= 1 << i
			if *h.to = v; missing(v) || redacted(v) || twice&(1<<i) != 0 || !whole && !more && i == 1 {
				*h.to = "" // of a cut list the last address may be one that the client wrote
			}
		}
	}
	if !whole {
		e.Flags |= event.Truncated
	}
	last := e.Forwarded[strings.LastIndexByte(e.Forwarded, ',')+1:]
	if a, ok := parseAddr(strings.Trim(last, " ")); ok {
		e.Client, e.Peer = a, a
	}
}

// headerName returns the length of the name that s begins with, if = follows.
func headerName(s string) int {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '=':
			return i
		case c != '-' && c != '_' && !digit(c) && (c|0x20 < 'a' || c|0x20 > 'z'):
			return 0
		}
	}
	return 0
}
