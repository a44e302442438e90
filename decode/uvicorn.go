package decode

import (
	"strings"

	"goshawk/event"
)

// Uvicorn reads uvicorn's access log.
var Uvicorn = register(Format{
	Name:  "uvicorn",
	Title: "Python with uvicorn: FastAPI, Starlette, LiteLLM",
	Doc: "`[time] INFO:     address:port - \"GET /path?query HTTP/1.1\" 200 OK`. The time is there only if the log's configuration adds one. " +
		"A query may hold quotes, so the request ends at the last one.\n\n" +
		"Source: uvicorn, logging.py and protocols/utils.py.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasKey,
	rank:    3,
	fits:    func(line string) bool { return strings.Contains(line[:min(len(line), 160)], ` - "`) },
	decode:  decodeUvicorn,
})

func decodeUvicorn(d *Decoder, line string, e *event.Event) error {
	e.Carries = 0
	i := 0
	for range 7 { // a time, a level, the logger's name, dashes between
		i = skipBlanks(line, i)
		if n := d.leadingTime(line[i:], e); n > 0 {
			i += n
		} else if n = leadingLevel(line[i:], e); n > 0 {
			i += n
		} else if strings.HasPrefix(line[i:], "- ") {
			i += 2
		} else if strings.HasPrefix(line[i:], "uvicorn.access ") {
			i += len("uvicorn.access ")
		}
	}
	e.Level = strings.TrimSuffix(e.Level, ":")
	client, at := word(line, i)
	if strings.HasPrefix(line[i:], `"`) { // a client that is not known
		client, at = "", i-len(" - ")
	}
	if at < 0 || !strings.HasPrefix(line[at:], ` - "`) {
		return d.fail(i, "no client before the request")
	}
	a, ok := parseAddr(client)
	if !ok && client != "" || ok && strings.IndexByte(client, ':') < 0 {
		return d.fail(i, "no client and port before the request")
	}
	open := at + len(` - "`)
	end := strings.LastIndexByte(line, '"')
	if end < open || end+5 > len(line) || line[end+1] != ' ' {
		return d.fail(open, "no status after the request")
	}
	status, after := word(line, end+2)
	n, ok := number(status)
	if !ok || len(status) != 3 || after < len(line) && strings.IndexByte(line[after:], '"') >= 0 {
		return d.fail(end+2, "no status after the request")
	}
	method, target, proto, ok := splitRequest(line[open:end])
	if !ok || proto == "" {
		return d.fail(open, "no request")
	}
	e.Client, e.Peer = a, a
	e.Method, e.Proto, e.Status = method, proto, int(n)
	setTarget(e, target)
	e.Carries |= event.HasClient | event.HasMethod | event.HasPath | event.HasStatus
	setQueryKey(e)
	if e.Carries&event.HasTime == 0 {
		e.Flags |= event.NoTime
	}
	return nil
}
