package decode

import (
	"bytes"
	"strings"
)

// Framer makes one record a line of a log whose records are not lines: JSON
// documents, and lines that were split. It passes through what needs nothing.
//
// Documents are containers, known by the path to their records, or records
// themselves. A container gives one line for each element, whose text stays as it
// was but for the newlines between its tokens:
//
//	[…]  Records[]  records[]  Events[]  value[]  events[]  hits.hits[]
//	logEvents[]                            of a CloudWatch subscription
//	resourceLogs[].scopeLogs[].logRecords[]
//	streams[].values[], data.result[].values[]  as {"timestamp":"ns","message":"line"}
//	awslogs.data, message.data             what is packed in them is framed in turn
//
// An object that is none of these goes out whole. What is no JSON, or broken,
// goes out as the lines it is. Nothing is held back but an unfinished record.
//
// Lines that were split are joined, see joiner.
type Framer struct {
	state state
	packs int // documents inside documents

	// The unit at hand: a line, a document not known yet, or an element. It is
	// hold and what follows in src from from on.
	capture bool
	hold    []byte // of earlier writes: all, or the first keepBytes where total is too much
	total   int    // bytes of earlier writes
	from    int
	broke   bool // it holds newlines between tokens
	last    byte // before the next write

	// Where in a document we are. Levels up to base are on the path to the
	// records; what lies deeper is an element or of no interest.
	expect expect
	quoted bool   // inside a string
	escape bool   // after a backslash
	depth  int    // of brackets, at most maxBrackets
	deep   int    // of those beyond, whose kinds are not kept
	kinds  uint64 // of brackets, the innermost lowest: 1 is an array
	base   int
	nodes  [maxPath]node // by depth
	child  node          // of the key just read
	key    [24]byte
	keyLen int // more than the room for a key that is too long

	// What is known of the document at hand.
	open     bool // the array of documents is one
	first    int  // offset in the unit of its first document, 0 before
	resolved bool // the document is a container
	element  bool // the unit holds an element
	mark     int  // its offset in the unit
	plain    bool // the document has a key of requests
	logged   bool // or one of loggers
	typed    bool // or its type
	control  bool // which is that of control messages
	pack     node // what is packed in the document, and where in the unit
	packFrom int
	packTo   int
	sync     byte // what looking for the next element has seen of },{

	useful bool // something was, or may be, other than its lines
	spread bool // a document took several lines
	lines  int  // of the log that were complete records or text
	cut    int

	flat, packed, inner []byte // scratch
	sub                 *Framer
	joiner
}

const (
	maxRecord   = 1 << 20  // bytes of a record
	keepBytes   = 64 << 10 // of a longer one
	maxPath     = 8        // levels on the way to a record
	maxBrackets = 60       // of brackets
	maxPacks    = 2
	maxUnpack   = 8 << 20 // bytes that one packed document may become
	maxHead     = 64 << 10
)

type state uint8

const (
	atLine     state = iota // at the start of a line
	inPassing               // in a line that is no record of ours
	inLine                  // in a line that may be a part of a record
	inDocument              //
	afterPlain              // behind a record, on its last line
	inRemark                // in text behind a record, on its last line
	afterAll                // behind a container, on its last line
	inRest                  // in what is dropped of a line that was too long
	inDamage                // in a container whose structure is lost
)

// expect is what must come next in JSON.
type expect uint8

const (
	firstKey expect = iota
	nextKey
	aColon
	aValue
	aComma // or an end
)

// NewFramer looks at the beginning of a log, up to 64 KiB of it, the whole log
// if that is shorter, and returns what makes one record a line of it, or nil
// where every line is a record as it is.
func NewFramer(head string) *Framer {
	head = head[:min(len(head), maxHead)]
	var f Framer
	var out []byte
	for i := 0; i < len(head); i += 4 << 10 { // in a little memory
		out = f.Frame(out[:0], []byte(head[i:min(i+4<<10, len(head))]), false)
	}
	spread := f.spread || f.lines == 0 || f.capture && f.broke
	if f.state == inDocument && spread || f.state == afterPlain && f.depth == emptyArray {
		f.useful = true
	}
	if f.Frame(nil, nil, true); !f.useful {
		return nil
	}
	return &Framer{spread: spread}
}

// Anywhere says whether framing may begin at the start of any line: as far as
// the beginning of the log shows, no document takes more than one.
func (f *Framer) Anywhere() bool { return !f.spread }

// Release ends framing where every line so far was a record as it was, so that
// what follows may go its way without: it appends what is pending to dst and says
// true. It is for logs that cannot be looked at before they are framed.
func (f *Framer) Release(dst []byte) ([]byte, bool) {
	if f.useful || f.lines == 0 || f.capture && f.broke || f.total > maxRecord || f.state == inRest {
		return dst, false
	}
	if f.capture {
		dst = append(dst, f.hold...)
	}
	*f = Framer{cut: f.cut}
	return dst, true
}

// Cut is the number of records that were too long and were cut.
func (f *Framer) Cut() int { return f.cut }

// Frame takes the next bytes of the log and appends to dst the records that are
// complete, one a line, each with its newline. Text that is passed through may
// end within its line; the next call goes on with it. end says that no more bytes
// come: what is pending goes out, and the next call begins another log. The
// result does not depend on how the log was cut into calls. A record of more than
// 1 MiB is cut to 64 KiB. Memory is bounded whatever comes.
func (f *Framer) Frame(dst, src []byte, end bool) []byte {
	f.from = 0
	for i := 0; i < len(src); {
		dst, i = f.step(dst, src, i)
	}
	if f.capture {
		if rest := src[f.from:]; f.state == inLine && f.total+len(rest) > maxRecord {
			dst = append(append(dst, f.hold...), rest...)
			f.release()
			f.state = inPassing
		} else {
			f.spill(rest)
		}
	}
	if len(src) > 0 {
		f.last = src[len(src)-1]
	}
	if end {
		dst = f.flush(f.finish(dst))
		*f = Framer{spread: f.spread, useful: f.useful, packs: f.packs, cut: f.cut, sub: f.sub,
			hold: f.hold[:0], flat: f.flat, packed: f.packed, inner: f.inner, joiner: f.joiner}
	}
	return dst
}

// step goes on at src[i] and returns how far it came.
func (f *Framer) step(dst, src []byte, i int) ([]byte, int) {
	switch f.state {
	case atLine:
		return f.line(dst, src, i)
	case inPassing:
		end := lineEnd(src, i)
		if src[end-1] == '\n' {
			f.state = atLine
			f.lines++
		}
		return append(dst, src[i:end]...), end
	case inLine:
		end := lineEnd(src, i)
		if src[end-1] != '\n' {
			return dst, end
		}
		f.state = atLine
		f.lines++
		if rest := src[f.from:end]; f.total+len(rest) > maxRecord {
			dst = append(append(dst, f.hold...), rest...)
		} else {
			dst = f.text(dst, f.bytes(rest[:len(rest)-1]))
		}
		f.release()
		return dst, end
	case inDocument:
		return f.document(dst, src, i)
	case afterPlain:
		return f.tail(dst, src, i)
	case inRemark:
		end := lineEnd(src, i)
		if src[end-1] != '\n' {
			return dst, end
		}
		f.state = atLine
		f.lines++
		return f.whole(dst, src[f.from:end-1]), end
	case afterAll:
		switch src[i] {
		case ' ', '\t', '\r', ',':
			return dst, i + 1
		case '\n':
			f.state = atLine
			f.lines++
			return dst, i + 1
		}
		f.state = atLine
		return dst, i
	case inRest:
		end := lineEnd(src, i)
		if src[end-1] == '\n' {
			f.state = atLine
		}
		return dst, end
	}
	return f.damage(dst, src, i)
}

// lineEnd returns the index after the newline that ends src[i:], or len(src).
func lineEnd(src []byte, i int) int {
	if k := bytes.IndexByte(src[i:], '\n'); k >= 0 {
		return i + k + 1
	}
	return len(src)
}

// line chooses what a line is by its first byte.
func (f *Framer) line(dst, src []byte, i int) ([]byte, int) {
	switch c := src[i]; {
	case c == '{':
		f.begin(i)
		f.state, f.expect = inDocument, aValue
		f.depth, f.base, f.kinds = 0, 0, 0
		f.open, f.element = false, false
		f.push(top, 0)
		f.fresh()
		f.expect = firstKey
		return dst, i + 1
	case c == '[':
		f.begin(i)
		f.state = inDocument
		f.depth, f.base, f.kinds = 0, 0, 0
		f.open, f.element, f.resolved = false, false, false
		f.push(documents, 1)
		f.expect = aValue
		return dst, i + 1
	case digit(c), c == '(':
		f.begin(i)
		f.state = inLine
		return dst, i
	}
	f.state = inPassing
	return dst, i
}

// The unit.

// begin starts a unit at src[i].
func (f *Framer) begin(i int) {
	f.capture, f.broke = true, false
	f.hold, f.total, f.from = f.hold[:0], 0, i
	f.mark, f.first = 0, 0
}

// release ends the unit.
func (f *Framer) release() {
	f.capture, f.broke = false, false
	f.hold, f.total = f.hold[:0], 0
}

// spill keeps what a write held of the unit.
func (f *Framer) spill(b []byte) {
	f.total += len(b)
	switch {
	case f.total <= maxRecord:
		f.hold = append(f.hold, b...)
	case len(f.hold) < keepBytes:
		f.hold = append(f.hold, b[:keepBytes-len(f.hold)]...)
	default:
		f.hold = f.hold[:keepBytes]
	}
}

// bytes returns the unit whose last bytes are b, only the first of it if it is
// too long and was so before b.
func (f *Framer) bytes(b []byte) []byte {
	if f.total == 0 {
		return b
	}
	f.spill(b)
	return f.hold
}

// unit returns the unit whose last bytes are b, and whether it had to be cut.
func (f *Framer) unit(b []byte) (unit []byte, cut bool) {
	if n := f.total + len(b); n > maxRecord {
		return f.bytes(b)[:keepBytes], true
	}
	return f.bytes(b), false
}

// size is the length of the unit up to src[i].
func (f *Framer) size(i int) int { return f.total + i - f.from }

// raw puts the unit out as the lines it is. It ends before src[i], within a line
// if that is so.
func (f *Framer) raw(dst, b []byte) (_ []byte, cut bool) {
	u, cut := f.unit(b)
	dst = append(dst, u...)
	if cut {
		f.cut++
	}
	f.release()
	return dst, cut
}

// whole puts out the unit, a record that is no element.
func (f *Framer) whole(dst, b []byte) []byte {
	u, cut := f.unit(b)
	dst = f.put(dst, u, top, cut)
	f.release()
	return dst
}

// put appends a record in one line.
func (f *Framer) put(dst, u []byte, of node, cut bool) []byte {
	if cut {
		f.cut++
	}
	if f.broke {
		f.useful, f.spread = true, true
		f.flat = flatten(f.flat[:0], u)
		u = f.flat
	}
	if cut {
		return append(append(dst, u...), '\n')
	}
	switch of {
	case events, cliEvents:
		return f.event(dst, u)
	case pairs:
		if when, line, ok := pair(text(u)); ok {
			dst = append(dst, `{"timestamp":"`...)
			dst = append(dst, when...)
			dst = append(dst, `","message":"`...)
			dst = append(dst, line...)
			return append(dst, "\"}\n"...)
		}
	}
	return f.object(dst, u)
}

// flatten appends s without its newlines and the blanks around them.
func flatten(dst, s []byte) []byte {
	for {
		line, rest, more := bytes.Cut(s, newlineByte)
		if !more {
			return append(dst, line...)
		}
		dst = append(dst, bytes.TrimRight(line, " \t\r")...)
		s = bytes.TrimLeft(rest, " \t\r")
	}
}

var newlineByte = []byte{'\n'}

// finish puts out what is pending at the end of the log.
func (f *Framer) finish(dst []byte) []byte {
	switch f.state {
	case inPassing:
		return append(dst, '\n')
	case inLine:
		dst = f.text(dst, f.hold)
	case inDocument:
		if !f.capture {
			return dst
		}
		if !f.resolved && !f.open || f.element || f.nodes[f.base] == top {
			n := len(dst)
			if dst, _ = f.raw(dst, nil); len(dst) > n && dst[len(dst)-1] != '\n' {
				dst = append(dst, '\n')
			}
		}
	case afterPlain:
		if f.depth == emptyArray {
			return dst
		}
		return f.whole(dst, nil)
	case inRemark:
		return f.whole(dst, nil)
	}
	return dst
}

// emptyArray stands for the depth behind an array without an element.
const emptyArray = -1

// tail goes on behind a record that is no container.
func (f *Framer) tail(dst, src []byte, i int) ([]byte, int) {
	switch src[i] {
	case ' ', '\t', '\r', ',':
		return dst, i + 1
	case '\n':
		f.state = atLine
		f.lines++
		if f.depth == emptyArray {
			f.useful = true
			f.release()
			return dst, i + 1
		}
		return f.whole(dst, src[f.from:i]), i + 1
	case '{':
		f.useful = true
		f.state = atLine
		if f.depth == emptyArray {
			f.release()
			return dst, i
		}
		u, cut := f.unit(src[f.from:i])
		dst = f.put(dst, bytes.TrimRight(u, " \t\r,"), top, cut)
		f.release()
		return dst, i
	}
	f.state = inRemark
	return dst, i
}

// pair reads ["nanoseconds","line"…] of Loki; both stay escaped.
func pair(s string) (when, line string, ok bool) {
	i := skipSpace(s, 1)
	if i >= len(s) || s[0] != '[' || s[i] != '"' {
		return "", "", false
	}
	end := closing(s, i+1)
	if end < 0 {
		return "", "", false
	}
	when = s[i+1 : end]
	if i = skipSpace(s, end+1); i >= len(s) || s[i] != ',' {
		return "", "", false
	}
	if i = skipSpace(s, i+1); i >= len(s) || s[i] != '"' {
		return "", "", false
	}
	if end = closing(s, i+1); end < 0 {
		return "", "", false
	}
	return when, s[i+1 : end], true
}

func skipSpace(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\r' || s[i] == '\n') {
		i++
	}
	return i
}

// member returns the value of a key of an object as it is written, without its
// quotes if it is a string.
func member(s, key string) (value string, ok bool) {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end := closing(s, i+1)
			if end < 0 {
				return "", false
			}
			name := s[i+1 : end]
			i = skipSpace(s, end+1)
			if i >= len(s) || s[i] != ':' {
				i--
				continue
			}
			if depth != 1 || name != key {
				continue
			}
			if i = skipSpace(s, i+1); i >= len(s) {
				return "", false
			}
			if s[i] == '"' {
				if end = closing(s, i+1); end < 0 {
					return "", false
				}
				return s[i+1 : end], true
			}
			n := strings.IndexAny(s[i:], ",}] \t\r\n")
			if n < 0 {
				return "", false
			}
			return s[i : i+n], true
		}
	}
	return "", false
}
