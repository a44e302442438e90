package decode

import (
	"bytes"
	"strings"
	"time"
)

// joiner puts together records that were split over several lines.
//
// Container runtimes split long lines. Kubernetes (CRI) marks all parts but the
// last, "TIME stdout P text"; the whole goes out as one line marked F, with the
// time of its first part. Docker's json-file driver leaves the newline out at the
// end of "log"; the whole goes out as the object of its first part. Parts are
// joined by stream, stdout and stderr, and go out where the last part stood.
//
// The execution logs of API Gateway have many lines for each request,
//
//	[TIME ][STREAM ](REQUEST-ID) text
//
// of many requests at once. All lines of a request go out as one:
//
//	[TIME ][STREAM ](REQUEST-ID) first text (REQUEST-ID) second text (REQUEST-ID) third text
//
// with what stood before the id on its first line. Every text follows "(REQUEST-ID) ",
// a text runs to the next " (REQUEST-ID) ", and no client can write that into its
// headers or body, since it does not know the id of the request it sends. The line
// stands where "Method completed with status: …" stood, or where a line of another
// request was 30 s later, or, with neither, at the end; or earlier, if 256 other
// requests or 1 MiB are pending. A request that is pending for too long continues
// in a second line. Inside CloudWatch events such lines leave their object and get
// the event's time before them, as RFC 3339 in UTC, and lose their newlines.
type joiner struct {
	cri, docker [2]part // stdout, stderr
	count       int     // lines seen
	ends        bool    // Docker's lines end in newlines
	shorts      int     // parts joined that were too short to be

	requests []request // in the order of their first lines
	spare    [][]byte
	pending  int // bytes of all requests
	clock    clock
	escaped  Decoder // undoes the escapes of messages
}

// part is the beginning of a line.
type part struct {
	b      []byte
	begun  bool
	at     int // count at its first part
	middle int // of b: where the text ends, before what closes the object
	over   bool
}

const (
	maxBetween  = 4096 // lines between the parts of one
	maxRequests = 256
	maxWait     = int64(30 * time.Second)
	dockerSplit = 16 << 10 // bytes
	maxShorts   = 8
)

// request is what is known so far of one request of API Gateway.
type request struct {
	b     []byte
	id    int // its offset in b, with the bracket
	idLen int
	time  int64 // of its first line, 0 unknown
}

// object appends a record that is an object.
func (f *Framer) object(dst, line []byte) []byte {
	if f.packs == 0 && bytes.HasPrefix(line, dockerLog) {
		return f.dockerLine(dst, line)
	}
	return append(append(dst, line...), '\n')
}

// text appends a line that begins with a digit or a bracket.
func (f *Framer) text(dst, line []byte) []byte {
	if f.packs == 0 && len(line) > 0 {
		f.count++
		if line[0] != '(' {
			if out, ok := f.criLine(dst, line); ok {
				return out
			}
		}
		if out, ok := f.apiLine(dst, line); ok {
			return out
		}
	}
	return append(append(dst, line...), '\n')
}

// flush puts out all that is pending.
func (f *Framer) flush(dst []byte) []byte {
	for i := range f.cri {
		dst = f.flushPart(dst, &f.cri[i])
		dst = f.flushPart(dst, &f.docker[i])
	}
	for len(f.requests) > 0 {
		dst = f.sendRequest(dst, 0)
	}
	f.ends, f.shorts = false, 0
	return dst
}

func (f *Framer) flushPart(dst []byte, p *part) []byte {
	if !p.begun {
		return dst
	}
	p.begun = false
	if p.over {
		f.cut++
	}
	return append(append(dst, p.b...), '\n')
}

// start begins a line with its first part.
func (p *part) start(b []byte, middle, at int) {
	*p = part{b: append(p.b[:0], b...), begun: true, at: at, middle: middle}
}

// join adds text in the middle. A line that grows too long is cut.
func (p *part) join(text []byte) {
	switch n := len(text); {
	case p.over:
	case len(p.b)+n > maxRecord:
		p.over = true
		if k := min(keepBytes, p.middle); k < p.middle {
			for k > 0 && p.b[k-1] == '\\' { // not within an escape
				k--
			}
			p.b = append(p.b[:k], p.b[p.middle:]...)
			p.middle = k
		}
	default:
		p.b = append(p.b, text...)
		copy(p.b[p.middle+n:], p.b[p.middle:len(p.b)-n])
		copy(p.b[p.middle:], text)
		p.middle += n
	}
}

// Container runtimes.

// criLine takes a line of a container; ok is false if it is none.
func (f *Framer) criLine(dst, line []byte) (_ []byte, ok bool) {
	tag := bytes.IndexByte(line[:min(len(line), 40)], ' ') + 1
	if tag < 20 || len(line) < tag+9 || line[10] != 'T' {
		return dst, false
	}
	stream := 0
	switch string(line[tag : tag+7]) {
	case "stdout ":
	case "stderr ":
		stream = 1
	default:
		return dst, false
	}
	tag += 7
	start := bytes.IndexByte(line[tag:], ' ')
	if line[tag] != 'P' && line[tag] != 'F' || start != 1 && line[tag+1] != ':' {
		return dst, false
	}
	f.useful = true
	if start < 0 {
		start = len(line)
	} else {
		start += tag + 1
	}
	p := &f.cri[stream]
	if p.begun && f.count-p.at > maxBetween {
		dst = f.flushPart(dst, p)
	}
	switch last := line[tag] == 'F'; {
	case !p.begun && last:
		return append(append(dst, line...), '\n'), true
	case !p.begun:
		p.start(line, len(line), f.count)
		p.b[tag] = 'F'
	default:
		p.join(line[start:])
		p.middle = len(p.b)
		if last {
			dst = f.flushPart(dst, p)
		}
	}
	return dst, true
}

var dockerLog = []byte(`{"log":"`)

// dockerLine takes a line of Docker's json-file driver.
func (f *Framer) dockerLine(dst, line []byte) []byte {
	out := func() []byte { return append(append(dst, line...), '\n') }
	end := closing(text(line), len(dockerLog))
	if end < 0 {
		return out()
	}
	rest := line[end:]
	stream := 0
	switch {
	case bytes.Contains(rest, []byte(`"stream":"stdout"`)):
	case bytes.Contains(rest, []byte(`"stream":"stderr"`)):
		stream = 1
	default:
		return out()
	}
	f.useful = true
	f.count++
	said := line[len(dockerLog):end]
	last := endsLine(said)
	long := len(said) >= dockerSplit
	p := &f.docker[stream]
	// Who reads the files of Docker and writes them anew may leave out all
	// newlines: then what is short is whole.
	if p.begun && (f.count-p.at > maxBetween || !last && !long && (!f.ends || f.shorts >= maxShorts)) {
		dst = f.flushPart(dst, p)
		if f.shorts >= maxShorts {
			f.ends = false
		}
	}
	if last {
		f.ends, f.shorts = true, 0
	} else if !long {
		f.shorts++
	}
	switch {
	case !p.begun && last:
		return out()
	case !p.begun:
		p.start(line, end, f.count)
	default:
		p.join(said)
		if last {
			dst = f.flushPart(dst, p)
		}
	}
	return dst
}

// endsLine says whether the text of a string, escaped, ends in a newline.
func endsLine(s []byte) bool {
	if len(s) < 2 || s[len(s)-1] != 'n' {
		return false
	}
	n := 0
	for i := len(s) - 2; i >= 0 && s[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

// API Gateway.

// event appends an event of CloudWatch Logs.
func (f *Framer) event(dst, u []byte) []byte {
	message, ok := member(text(u), "message")
	if !f.typed && strings.HasPrefix(message, "CWL CONTROL MESSAGE:") {
		return dst
	}
	if !ok || len(message) == 0 || message[0] != '(' {
		return f.object(dst, u)
	}
	f.escaped.scratch = f.escaped.scratch[:0]
	message = strings.TrimRight(f.escaped.plain(message), " \t\r\n")
	if _, ok := requestID(message); !ok {
		return f.object(dst, u)
	}
	f.inner = f.inner[:0]
	if when, ok := member(text(u), "timestamp"); ok {
		if ms, ok := number(when); ok && ms > 0 && ms < 1e14 {
			f.inner = time.UnixMilli(ms).UTC().AppendFormat(f.inner, time.RFC3339Nano)
			f.inner = append(f.inner, ' ')
		}
	}
	for _, c := range []byte(message) {
		if c == '\n' || c == '\r' {
			c = ' '
		}
		f.inner = append(f.inner, c)
	}
	return f.text(dst, f.inner)
}

// requestID returns the id that s begins with, with its brackets: a UUID, or
// what is near it, or the short id of other APIs.
func requestID(s string) (id string, ok bool) {
	end := strings.IndexByte(s[:min(len(s), 68)], ')')
	if end < 9 || s[0] != '(' || end+1 < len(s) && s[end+1] != ' ' {
		return "", false
	}
	digits, others := 0, 0
	for _, c := range []byte(s[1:end]) {
		switch {
		case digit(c):
			digits++
		case c == '-', c|0x20 >= 'a' && c|0x20 <= 'f':
		case c|0x20 > 'f' && c|0x20 <= 'z', c == '_', c == '+', c == '/', c == '=':
			others++
		default:
			return "", false
		}
	}
	return s[:end+1], digits > 0 && others == 0 || s[end-1] == '='
}

const completed = "Method completed with status:"

// apiLine takes a line of an execution log; ok is false if it is none.
func (f *Framer) apiLine(dst, line []byte) (_ []byte, ok bool) {
	at := bytes.IndexByte(line[:min(len(line), 256)], '(')
	if at < 0 || at > 0 && line[at-1] != ' ' {
		return dst, false
	}
	s := text(line)
	id, ok := requestID(s[at:])
	if !ok {
		return dst, false
	}
	var when int64
	if at > 0 {
		if f.clock.zone == nil {
			f.clock = newClock(nil)
		}
		t, n := f.clock.iso(s)
		if n == 0 || n > at || strings.Count(s[n:at], " ") > 2 {
			return dst, false
		}
		when = t.ns
	}
	f.useful = true
	for len(f.requests) > 0 && when > 0 && f.requests[0].time > 0 && when-f.requests[0].time > maxWait {
		dst = f.sendRequest(dst, 0)
	}
	i := f.requestOf(id)
	if i < 0 {
		if len(f.requests) == maxRequests {
			dst = f.sendRequest(dst, 0)
		}
		var b []byte
		if n := len(f.spare); n > 0 {
			b, f.spare = f.spare[n-1][:0], f.spare[:n-1]
		}
		i = len(f.requests)
		f.requests = append(f.requests, request{b: append(b, line...), id: at, idLen: len(id), time: when})
		f.pending += len(line)
	} else {
		r := &f.requests[i]
		r.b = append(append(r.b, ' '), line[at:]...)
		f.pending += 1 + len(line) - at
	}
	if strings.HasPrefix(strings.TrimLeft(s[at+len(id):], " "), completed) {
		return f.sendRequest(dst, i), true
	}
	for f.pending > maxRecord {
		dst = f.sendRequest(dst, 0)
	}
	return dst, true
}

func (f *Framer) requestOf(id string) int {
	for i := range f.requests {
		if r := &f.requests[i]; r.idLen == len(id) && string(r.b[r.id:r.id+r.idLen]) == id {
			return i
		}
	}
	return -1
}

// sendRequest puts out what is known of a request.
func (f *Framer) sendRequest(dst []byte, i int) []byte {
	b := f.requests[i].b
	dst = append(append(dst, b...), '\n')
	f.pending -= len(b)
	if cap(b) <= 16<<10 {
		f.spare = append(f.spare, b)
	}
	f.requests = append(f.requests[:i], f.requests[i+1:]...)
	return dst
}
