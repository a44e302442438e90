package decode

import (
	"strings"

	"goshawk/event"
)

// UWSGI reads uWSGI's request log.
var UWSGI = register(Format{
	Name:  "uwsgi",
	Title: "Python with uWSGI",
	Doc: "`[pid: N|app: 0|req: 1/1] client (user) {38 vars in 696 bytes} [Thu Oct 12 14:32:45 2023] GET /path => generated 47 bytes in 129 msecs (HTTP/1.1 200) …`. " +
		"The time is local. What stands after `=>` is read from the last one, since a path may hold another.\n\n" +
		"Source: uWSGI, core/logging.c.",
	Carries: event.HasTime | event.HasClient | event.HasUser | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasDuration | event.HasKey,
	rank:    3,
	fits: func(line string) bool {
		return strings.HasPrefix(line, "[pid: ") || strings.Contains(line[:min(len(line), 64)], " [pid: ")
	},
	decode: decodeUWSGI,
})

func decodeUWSGI(d *Decoder, line string, e *event.Event) error {
	i := strings.Index(line, "[pid: ")
	k := strings.IndexByte(line[i:], ']')
	if k < 0 || i+k+2 > len(line) {
		return d.fail(i, "no client after the process")
	}
	i += k + 2
	client, i := word(line, min(i, len(line)))
	a, ok := parseAddr(client)
	if !ok && client != "" && client != "-" || !strings.HasPrefix(line[i:], " (") {
		return d.fail(i, "no client after the process")
	}
	i += len(" (")
	at, end := d.uwsgiDate(line, i, e)
	if at < 0 {
		return d.fail(i, "no date after the variables")
	}
	e.Client, e.Peer = a, a
	e.User = line[i:at]
	const arrow = " => generated "
	stop := strings.LastIndex(line, arrow)
	method, target, ok := strings.Cut(line[end:max(stop, end)], " ")
	if stop < 0 || !ok || target == "" {
		return d.fail(end, "no request before the answer")
	}
	if _, isMethod := methodOf(method); !isMethod {
		return d.fail(end, "no method")
	}
	e.Method = method
	setTarget(e, target)
	e.Carries = event.HasTime | event.HasClient | event.HasUser | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasDuration
	setQueryKey(e)
	e.Flags |= event.TimeInferred
	rest := line[stop+len(arrow):]
	bytes, n := word(rest, 0)
	if v, ok := number(bytes); ok && bytes != "" {
		e.BytesOut = v
	}
	rest, found := strings.CutPrefix(rest[n:], " bytes in ")
	if !found {
		e.Flags |= event.Truncated
		return nil
	}
	took, n := word(rest, 0)
	unit, n2 := word(rest, min(n+1, len(rest)))
	for _, u := range [...]struct {
		name string
		ns   int64
	}{{"msecs", 1e6}, {"micros", 1e3}, {"nsecs", 1}, {"secs", 1e9}} {
		if ns, ok := scaled(took, u.ns); ok && unit == u.name {
			e.Duration = ns
		}
	}
	k = strings.IndexByte(rest[n2:], '(')
	for k >= 0 && !strings.HasPrefix(rest[n2+k:], "(HTTP/") { // via sendfile()
		next := strings.IndexByte(rest[n2+k+1:], '(')
		if next < 0 {
			k = -1
			break
		}
		k += 1 + next
	}
	if k < 0 {
		e.Flags |= event.Truncated
		return nil
	}
	proto, status, both := strings.Cut(rest[n2+k+1:], " ")
	status, _, closed := strings.Cut(status, ")")
	if v, ok := number(status); both && closed && ok && len(status) == 3 {
		e.Status, e.Proto = int(v), proto
	} else {
		e.Flags |= event.Truncated
	}
	return nil
}

// uwsgiDate finds ") {N vars in N bytes} [date] ", where the user's name ends
// and the method begins: the first, since anybody can ask for any path, while a
// name was checked by the server in front.
func (d *Decoder) uwsgiDate(line string, i int, e *event.Event) (at, end int) {
	for {
		k := strings.Index(line[i:], ") {")
		if k < 0 {
			return -1, -1
		}
		at = i + k
		i = at + len(") {")
		rest := line[i:]
		k = strings.IndexByte(rest, '}')
		if k < 0 || k > 64 || !strings.Contains(rest[:k], " vars in ") || !strings.HasPrefix(rest[k:], "} [") {
			continue
		}
		t, n := d.clock.ctime(rest[k+3:])
		if n == 0 || !strings.HasPrefix(rest[k+3+n:], "] ") {
			continue
		}
		e.Time = t.ns
		return at, i + k + 3 + n + 2
	}
}

// methodOf says whether s could be a method, whatever its case.
func methodOf(s string) (string, bool) {
	m, ok := method(s)
	return m, ok && m != ""
}
