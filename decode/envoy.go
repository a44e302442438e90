package decode

import (
	"strings"

	"goshawk/event"
)

// Envoy reads Envoy's default text format, and Istio's.
var Envoy = register(Format{
	Name:  "envoy",
	Title: "Envoy and Istio: the default text format",
	Doc: "`[time] \"request\" status flags received sent ms upstream-ms \"xff\" \"agent\" \"id\" \"authority\" \"upstream\"`\n\n" +
		"Istio has three fields more after the flags and six at the end, of which one is the connection's other end: the client, before X-Forwarded-For. " +
		"The default format has X-Forwarded-For alone: its last address, which Envoy adds where it faces the clients, is the client. " +
		"Nothing is escaped: where a header holds quotes so that it could be several, and an address among them, there is no client. " +
		"RL is a throttle, UAEX with an error a block, DPE a request that is not HTTP.\n\n" +
		"Source: Envoy, Access logging, Default format string; Istio, Envoy Access Logs.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn | event.HasDuration |
		event.HasUserAgent | event.HasForwarded | event.HasHost | event.HasKey,
	rank:   2,
	fits:   isEnvoy,
	decode: decodeEnvoy,
})

// isEnvoy says whether s begins like [2023-10-12T14:32:45.123Z] "
func isEnvoy(s string) bool {
	return s[0] == '[' && len(s) > 28 && s[5] == '-' && s[11] == 'T' && s[20] == '.' && s[24:28] == `Z] "`
}

func decodeEnvoy(d *Decoder, line string, e *event.Event) error {
	t, n := d.clock.iso(line[1:])
	if n != 24 {
		return d.fail(1, "no time")
	}
	d.stamp(e, t)
	e.Carries |= event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn | event.HasDuration
	const start = 28
	end := envoyRequestEnd(line[start:])
	if end < 0 {
		setCutRequest(e, line[start:])
		return nil
	}
	i := start + end + 1
	next := func() (w string) {
		if i < len(line) {
			w, i = word(line, i+1)
		}
		return w
	}
	e.Status, _ = threeDigits(next())
	said, received := next(), next()
	istio := !isCount(received)
	if istio && received != "" { // that was the details
		next()
		if strings.HasPrefix(line[i:], ` "`) {
			if k := strings.Index(line[i+2:], `" `); k >= 0 {
				i += 2 + k + 1
			}
		}
		received = next()
	}
	sent, took := next(), next()
	next() // the upstream's duration
	if !isFlags(said) || received != "" && !isCount(received) {
		return d.fail(start+end+1, "expected flags and numbers after the status")
	}
	if request := line[start : start+end]; !strings.HasPrefix(request, "- ") {
		setRequestLine(e, request)
	}
	for flags, more := said, true; more; {
		var flag string
		switch flag, flags, more = strings.Cut(flags, ","); flag {
		case "RL":
			e.Action = event.Throttle
		case "UAEX":
			if e.Status >= 400 { // else a redirect to a login
				e.Action = event.Block
			}
		case "DPE":
			if e.Method == "" {
				e.Flags |= event.Malformed
			}
		}
	}
	if v, ok := number(received); ok && received != "" {
		e.BytesIn = v
	}
	if v, ok := number(sent); ok && sent != "" {
		e.BytesOut = v
	}
	if v, ok := number(took); ok && took != "" && v < 1e12 {
		e.Duration = v * 1e6
	}
	if i = skipBlanks(line, i); i >= len(line) {
		e.Flags |= event.Truncated
		return nil
	}
	envoyTail(line[i:], istio, e)
	return nil
}

// envoyRequestEnd returns the index of the quote after the request, -1 if there
// is none. A quote in the path has no status after it, since paths hold no spaces.
func envoyRequestEnd(s string) int {
	for i := 0; ; i++ {
		k := strings.IndexByte(s[i:], '"')
		if k < 0 {
			return -1
		}
		if i += k; i+2 >= len(s) {
			return i
		}
		if s[i+1] == ' ' {
			if w, _ := word(s, i+2); len(w) <= 3 && isCount(w) {
				return i
			}
		}
	}
}

func isCount(s string) bool {
	_, ok := number(s)
	return ok && s != ""
}

func isFlags(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && c != ',' && c != '-' {
			return false
		}
	}
	return true
}

// envoyTail reads "xff" "agent" "id" "authority" "upstream", and what Istio
// writes after that. The last three are read from the right, since clients may
// write quotes into the first two.
func envoyTail(s string, istio bool, e *event.Event) {
	e.Carries |= event.HasUserAgent | event.HasForwarded | event.HasHost | event.HasClient
	end := strings.LastIndexByte(s, '"')
	if end < 1 || s[0] != '"' || end+1 < len(s) && s[end+1] != ' ' {
		e.Flags |= event.Truncated
		return
	}
	s, rest := s[1:end], s[end+1:]
	var last [3]string // upstream, authority, id
	ok := true
	for k := range last {
		if ok {
			s, last[k], ok = cutLast(s, `" "`)
		}
	}
	forwarded, agent, both := strings.Cut(s, `" "`)
	if !ok || !both {
		e.Flags |= event.Truncated
		return
	}
	if last[1] != "-" {
		e.Host = last[1]
	}
	if last[2] != "-" {
		e.Trace = last[2]
	}
	if !holdsAddress(agent) {
		if agent != "-" {
			e.UserAgent = agent
		}
		if forwarded != "-" {
			e.Forwarded = forwarded
		}
	}
	if !istio {
		e.Client, _ = parseAddr(strings.Trim(e.Forwarded[strings.LastIndexByte(e.Forwarded, ',')+1:], " "))
		e.Peer = e.Client
		return
	}
	var w [4]string // cluster, local addresses, and the one that matters
	i := 0
	for k := range w {
		if i >= len(rest) {
			e.Flags |= event.Truncated
			return
		}
		w[k], i = word(rest, i+1)
	}
	if i == len(rest) { // cut, perhaps within the address
		e.Flags |= event.Truncated
		return
	}
	if a, ok := parsePorted(w[3]); ok {
		e.Client, e.Peer = a, a
	}
}

// holdsAddress says whether s looks as if it were several fields of which one
// but the last ends in an address, as X-Forwarded-For does.
func holdsAddress(s string) bool {
	for {
		k := strings.Index(s, `" "`)
		if k < 0 {
			return false
		}
		field := s[:k]
		if _, ok := parseAddr(field[max(strings.LastIndexByte(field, ' '), strings.LastIndexByte(field, ','))+1:]); ok {
			return true
		}
		s = s[k+3:]
	}
}
