package decode

import (
	"strings"

	"goshawk/event"
)

// Zoraxy reads the access log of the reverse proxy of that name.
var Zoraxy = register(Format{
	Name:  "zoraxy",
	Title: "Zoraxy reverse proxy",
	Doc: "`2023/10/12 14:32:45 [2023-10-12 14:32:45.123456] [router:host-http] [origin:host] [client: address] [useragent: …] GET /path 200`\n\n" +
		"The agent may hold anything: the method, the path and the status are read from the end. Zoraxy takes the client from X-Real-Ip and the like: where it faces the Internet, clients choose what is there. Times are local.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasUserAgent | event.HasHost | event.HasKey,
	rank:    2,
	fits:    func(line string) bool { return zoraxyHead(line) > 0 },
	decode:  decodeZoraxy,
})

// zoraxyHead returns the index of the date in brackets, plus one, 0 if s does
// not begin with it, or with a date without brackets and it.
func zoraxyHead(s string) int {
	i := 0
	if len(s) > 21 && s[4] == '/' && s[7] == '/' && s[19] == ' ' {
		i = 20
	}
	if len(s) < i+37 || s[i] != '[' || !digit(s[i+1]) || s[i+5] != '-' || s[i+20] != '.' || s[i+27:i+37] != "] [router:" {
		return 0
	}
	return i + 1
}

func decodeZoraxy(d *Decoder, line string, e *event.Event) error {
	i := zoraxyHead(line)
	t, n := d.clock.iso(line[i:])
	if n != 26 {
		return d.fail(i, "no time")
	}
	d.stamp(e, t)
	i += 36
	s := line[i:]
	_, s, ok := strings.Cut(s, "] [origin:")
	if !ok {
		return d.fail(i, "no origin")
	}
	host, s, ok := strings.Cut(s, "] [client: ")
	if !ok {
		return d.fail(i, "no client")
	}
	setHost(e, host)
	client, s, ok := strings.Cut(s, "] [useragent: ")
	e.Client, _ = parseAddr(client)
	e.Peer = e.Client
	e.Carries |= event.HasClient | event.HasUserAgent
	if !ok {
		return d.fail(i, "no agent")
	}
	e.Carries |= event.HasMethod | event.HasPath | event.HasStatus
	s, status, _ := cutLast(s, " ")
	rest, target, _ := cutLast(s, " ")
	agent, method, ok := cutLast(rest, "] ")
	if e.Status, _ = threeDigits(status); !ok || e.Status == 0 && status != "0" || strings.IndexByte(method, ' ') >= 0 {
		e.Flags |= event.Truncated // within the agent, the path or the status: nobody knows
		e.Status = 0
		return nil
	}
	if !missing(agent) {
		e.UserAgent = agent
	}
	e.Method = method
	setTarget(e, target)
	setQueryKey(e)
	return nil
}
