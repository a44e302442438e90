package decode

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"

	"math/bits"
	"unicode/utf8"
)

// node is a place on the way to the records of a document.
type node uint8

const (
	beside      node = iota
	top              // {document}
	documents        // [document]
	records          // [record] under a name that nothing else has
	someRecords      // [record] under a name that records use too, if its first is an object
	events           // [event] of a CloudWatch subscription
	cliEvents        // [event] of the AWS CLI, if the first has a message
	hits             // {hits: records}
	answer           // {result: streams}
	streams          // [stream]
	stream           // {values: pairs}
	pairs            // [["ns","line"]], if the first is such
	resources        // [resource]
	resource         // {scopeLogs: scopes}
	scopes           // [scope]
	scope            // {logRecords: records}
	lambda           // {data: zipped}
	zipped           // "base64 of gzip"
	pubsub           // {data: encoded}
	encoded          // "base64"
	messageType      // "DATA_MESSAGE"
)

// begins is the first byte of what a node is.
func (n node) begins() byte {
	switch n {
	case top, hits, answer, stream, resource, scope, lambda, pubsub:
		return '{'
	case zipped, encoded, messageType:
		return '"'
	case beside:
		return 0
	}
	return '['
}

// emits says whether the elements of an array are records.
func (n node) emits() bool {
	switch n {
	case records, someRecords, events, cliEvents, pairs:
		return true
	}
	return false
}

// certain says whether an array makes a container of its document, whatever is
// in it.
func (n node) certain() bool { return n == records || n == events || n == resources }

// under returns the node that a key of n leads to.
func (n node) under(key []byte) node {
	switch n {
	case top:
		switch string(key) {
		case "Records":
			return records
		case "records", "Events", "value":
			return someRecords
		case "logEvents":
			return events
		case "events":
			return cliEvents
		case "hits":
			return hits
		case "data":
			return answer
		case "streams":
			return streams
		case "resourceLogs":
			return resources
		case "awslogs":
			return lambda
		case "message":
			return pubsub
		case "messageType":
			return messageType
		}
	case hits:
		if string(key) == "hits" {
			return records
		}
	case answer:
		if string(key) == "result" {
			return streams
		}
	case stream:
		if string(key) == "values" {
			return pairs
		}
	case resource:
		if string(key) == "scopeLogs" || string(key) == "instrumentationLibraryLogs" {
			return scopes
		}
	case scope:
		if string(key) == "logRecords" || string(key) == "logs" {
			return records
		}
	case lambda:
		if string(key) == "data" {
			return zipped
		}
	case pubsub:
		if string(key) == "data" {
			return encoded
		}
	}
	return beside
}

// ofRequest says whether a request has this key, and no container: an application
// may log under a container's name what its clients send.
func ofRequest(key []byte) bool {
	switch string(key) {
	case "method", "httpMethod", "http_method", "request_method", "requestMethod", "verb", "path", "url", "uri", "request_uri", "requestUri",
		"status_code", "statusCode", "eventName", "ip", "remote_addr", "remote_ip", "client_ip", "clientIp", "clientIP", "ClientIP":
		return true
	}
	return false
}

// ofLogger says whether the record of a logger has this key. What it has in
// message.data, a client may have sent.
func ofLogger(key []byte) bool {
	switch string(key) {
	case "level", "lvl", "severity", "time", "timestamp", "@timestamp", "ts", "logger", "hostname", "pid", "status":
		return true
	}
	return false
}

// push goes one level deeper, to a place on the way.
func (f *Framer) push(n node, kind uint64) {
	f.depth++
	f.base = f.depth
	f.kinds = f.kinds<<1 | kind
	f.nodes[f.base] = n
}

// fresh begins a document.
func (f *Framer) fresh() {
	f.resolved, f.plain, f.logged, f.control, f.typed = false, false, false, false, false
	f.pack = beside
	f.quoted, f.escape = false, false
}

// resolve makes a container of the document.
func (f *Framer) resolve() {
	f.resolved, f.useful = true, true
	f.open, f.first = f.nodes[1] == documents, 0
	f.release()
}

// document goes on inside a document.
func (f *Framer) document(dst, src []byte, i int) ([]byte, int) {
	for i < len(src) && f.state == inDocument {
		if f.depth == f.base {
			dst, i = f.level(dst, src, i)
			continue
		}
		var ok bool
		if i, ok = f.skip(src, i); !ok {
			return f.wrong(dst, src, i)
		}
		if f.depth == f.base && f.element {
			dst = f.done(dst, src, i)
		}
	}
	return dst, i
}

// level takes one token on the way to the records.
func (f *Framer) level(dst, src []byte, i int) ([]byte, int) {
	if f.quoted {
		return f.inString(dst, src, i)
	}
	array := f.kinds&1 != 0
	here := f.nodes[f.base]
	switch c := src[i]; c {
	case ' ', '\t', '\r':
		return dst, i + 1
	case '\n':
		f.broke = true
		return dst, i + 1
	case ':':
		if f.expect == aColon {
			f.expect = aValue
			return dst, i + 1
		}
	case ',':
		if f.expect == aColon || here == documents && !f.open && f.expect == aValue {
			break
		}
		if f.element {
			dst = f.done(dst, src, i)
		}
		f.expect = nextKey
		if array {
			f.expect = aValue
		}
		return dst, i + 1
	case '}', ']':
		if f.expect == aColon || (c == ']') != array {
			break
		}
		if f.element {
			if dst = f.done(dst, src, i); f.depth != f.base {
				return dst, i
			}
		}
		return f.leave(dst, src, i+1)
	case '"':
		switch {
		case f.expect == aValue:
			return f.value(dst, src, i)
		case !array && f.expect <= nextKey:
			f.quoted, f.expect, f.keyLen = true, aColon, 0
			return dst, i + 1
		}
	case '{':
		if f.expect == aValue && (array || !f.lineStart(src, i)) {
			return f.value(dst, src, i)
		}
	case '[':
		if f.expect == aValue {
			return f.value(dst, src, i)
		}
	default:
		switch {
		case array && f.expect == aValue:
			return f.value(dst, src, i)
		case f.expect != aColon && f.expect != firstKey && (here != documents || f.open):
			f.expect = aComma
			return dst, i + 1
		}
	}
	return f.wrong(dst, src, i)
}

// lineStart says whether src[i] is the first byte of a line.
func (f *Framer) lineStart(src []byte, i int) bool {
	if i == 0 {
		return f.last == '\n'
	}
	return src[i-1] == '\n'
}

// value begins a value at src[i], of a key or in an array.
func (f *Framer) value(dst, src []byte, i int) ([]byte, int) {
	here, c := f.nodes[f.base], src[i]
	f.expect = aComma
	to := beside
	switch {
	case here == documents && c == '{':
		if f.open {
			f.begin(i)
		} else {
			f.first = f.size(i)
		}
		f.fresh()
		to = top
	case here == documents && f.open, here.emits():
		if here.emits() && !f.resolved && f.size(i) > maxRecord {
			f.resolve()
		}
		if f.resolved || here == documents {
			f.begin(i)
		} else {
			f.mark = f.size(i)
		}
		f.element = true
	case here == documents:
		if c != '[' {
			return f.wrong(dst, src, i)
		}
		f.first = 1
	case here == streams:
		to = stream
	case here == resources:
		to = resource
	case here == scopes:
		to = scope
	case f.kinds&1 == 0:
		to = f.child
		if f.plain && !f.resolved {
			to = beside
		}
	}
	if to.begins() != c {
		to = beside
	}
	switch c {
	case '{', '[':
		f.expect = firstKey
		kind := uint64(0)
		if c == '[' {
			f.expect, kind = aValue, 1
		}
		switch {
		case to == beside:
			f.depth++
			f.kinds = f.kinds<<1 | kind
			return dst, i + 1
		case to.certain() && !f.resolved:
			f.resolve()
		}
		f.push(to, kind)
	case '"':
		f.child = to
		f.quoted, f.keyLen = true, 0
		if to == zipped || to == encoded {
			f.mark = f.size(i) + 1
		}
	}
	return dst, i + 1
}

// inString goes on in a string on the way: a key, or a value.
func (f *Framer) inString(dst, src []byte, i int) ([]byte, int) {
	start := i
	if f.escape {
		f.escape = false
		if src[i] == '\n' {
			return f.wrong(dst, src, i)
		}
		i++
	}
	for {
		i = special(src, i)
		if i == len(src) || src[i] != '\\' {
			break
		}
		if i++; i == len(src) {
			f.escape = true
			break
		}
		if src[i] == '\n' {
			break
		}
		i++
	}
	if f.keyLen < len(f.key) {
		copy(f.key[f.keyLen:], src[start:i])
	}
	f.keyLen += i - start
	if i == len(src) {
		return dst, i
	}
	if src[i] == '\n' {
		return f.wrong(dst, src, i)
	}
	f.quoted = false
	var word []byte
	if f.keyLen <= len(f.key) {
		word = f.key[:f.keyLen]
	}
	if f.expect == aColon {
		here := f.nodes[f.base]
		f.child = here.under(word)
		if here == top && f.child == beside {
			f.plain = f.plain || ofRequest(word)
			f.logged = f.logged || ofLogger(word)
		}
		return dst, i + 1
	}
	if f.kinds&1 == 0 {
		switch f.child {
		case messageType:
			f.typed = true
			f.control = string(word) == "CONTROL_MESSAGE"
		case zipped, encoded:
			f.pack, f.packFrom, f.packTo = f.child, f.mark, f.size(i)
		}
	}
	return dst, i + 1
}

// done ends an element before src[i].
func (f *Framer) done(dst, src []byte, i int) []byte {
	f.element = false
	here := f.nodes[f.base]
	u, cut := f.unit(src[f.from:i])
	if f.total > 0 {
		f.from = i
	}
	u = bytes.TrimRight(u[min(f.mark, len(u)):], " \t\r\n")
	if !f.resolved && here != documents {
		if !cut && !fitting(here, u) {
			f.nodes[f.base] = beside
			f.base--
			return dst
		}
		f.resolved, f.useful = true, true
		f.open, f.first = f.nodes[1] == documents, 0
	}
	if len(u) > 0 && !f.control {
		dst = f.put(dst, u, here, cut)
	}
	f.release()
	return dst
}

// fitting says whether the first element of an array is such that the document
// is a container.
func fitting(n node, u []byte) bool {
	switch n {
	case someRecords:
		return len(u) > 0 && u[0] == '{'
	case cliEvents:
		_, ok := member(text(u), "message")
		return ok && u[0] == '{'
	case pairs:
		_, _, ok := pair(text(u))
		return ok
	}
	return true
}

// leave goes back one level; the bracket is src[i-1].
func (f *Framer) leave(dst, src []byte, i int) ([]byte, int) {
	left := f.nodes[f.base]
	f.depth--
	f.base--
	f.kinds >>= 1
	f.expect = aComma
	if left == top && f.pack != beside && !f.resolved {
		dst = f.unpack(dst, src, i)
	}
	switch {
	case left == top && f.depth == 0:
		f.state = afterPlain
		if f.resolved {
			f.state = afterAll
		}
	case left == top:
		if !f.resolved {
			u, cut := f.unit(src[f.from:i])
			dst = f.put(dst, u[min(f.first, len(u)):], top, cut)
		}
		f.release()
		f.open, f.useful, f.resolved, f.first = true, true, false, 0
	case left == documents && f.open:
		f.state = afterAll
	case left == documents:
		f.state = afterPlain
		if f.first == 0 {
			f.depth = emptyArray
		}
	}
	return dst, i
}

// skip goes on in what lies beside the way. It stops back on the way, at the end
// of src, or where ok is false at what does not belong there.
func (f *Framer) skip(src []byte, i int) (_ int, ok bool) {
	expect, depth, kinds := f.expect, f.depth, f.kinds
	quoted, deep := f.quoted, f.deep
	ok = true
	if quoted && f.escape {
		f.escape = false
		if src[i] == '\n' {
			return i, false
		}
		i++
	}
loop:
	for i < len(src) {
		if quoted {
			i = special(src, i)
			if i == len(src) {
				break
			}
			switch src[i] {
			case '"':
				quoted = false
				i++
			case '\n':
				ok = false
				break loop
			default:
				if i++; i == len(src) {
					f.escape = true
					break loop
				}
				if src[i] == '\n' {
					ok = false
					break loop
				}
				i++
			}
			continue
		}
		c := src[i]
		if deep > 0 {
			switch c {
			case '"':
				quoted = true
			case '{', '[':
				if c == '{' && f.lineStart(src, i) {
					ok = false
					break loop
				}
				deep++
			case '}', ']':
				if deep--; deep == 0 {
					expect = aComma
				}
			case '\n':
				f.broke = true
			}
			i++
			continue
		}
		switch c {
		case '"':
			switch expect {
			case aValue:
				expect = aComma
			case nextKey, firstKey:
				expect = aColon
			default:
				ok = false
				break loop
			}
			quoted = true
		case ':':
			if expect == aColon {
				expect = aValue
			}
		case ',':
			if expect == aColon {
				ok = false
				break loop
			}
			expect = nextKey
			if kinds&1 != 0 {
				expect = aValue
			}
		case '{':
			if expect != aValue || kinds&1 == 0 && f.lineStart(src, i) {
				ok = false
				break loop
			}
			if depth == maxBrackets {
				deep = 1
				break
			}
			depth++
			kinds <<= 1
			expect = firstKey
		case '[':
			if expect != aValue {
				ok = false
				break loop
			}
			if depth == maxBrackets {
				deep = 1
				break
			}
			depth++
			kinds = kinds<<1 | 1
		case '}', ']':
			if expect == aColon || (c == ']') != (kinds&1 != 0) {
				ok = false
				break loop
			}
			depth--
			kinds >>= 1
			expect = aComma
			if depth == f.base {
				i++
				break loop
			}
		case '\n':
			f.broke = true
		case ' ', '\t', '\r':
		default:
			if expect == aColon {
				ok = false
				break loop
			}
			expect = aComma
		}
		i++
	}
	f.expect, f.depth, f.kinds, f.quoted, f.deep = expect, depth, kinds, quoted, deep
	return i, ok
}

// special returns the index of the first quote, backslash or newline from s[i]
// on, or len(s). Strings in logs are short, so eight bytes at a time beat a
// search for each.
func special(s []byte, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(s); i += 8 {
		x := binary.LittleEndian.Uint64(s[i:])
		quote, slash, line := x^ones*'"', x^ones*'\\', x^ones*'\n'
		// The lowest bit found is right, those above it may not be.
		if m := ((quote-ones)&^quote | (slash-ones)&^slash | (line-ones)&^line) & highs; m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c == '"' || c == '\\' || c == '\n' {
			return i
		}
	}
	return i
}

// wrong ends the unit at src[i], where the document breaks the rules of JSON: a
// newline in a string, an object where a key must stand.
func (f *Framer) wrong(dst, src []byte, i int) ([]byte, int) {
	f.quoted, f.escape, f.deep = false, false, 0
	newline := src[i] == '\n'
	if f.resolved || f.open {
		if f.capture {
			n := len(dst)
			if dst, _ = f.raw(dst, src[f.from:i]); len(dst) > n && dst[len(dst)-1] != '\n' {
				dst = append(dst, '\n')
			}
		}
		f.element = false
		f.kinds >>= f.depth - f.base
		f.depth = f.base
		if f.open {
			f.kinds >>= f.base - 1
			f.depth, f.base = 1, 1
		}
		f.state, f.sync = inDamage, 0
		return dst, i
	}
	start := f.lineStart(src, i)
	dst, cut := f.raw(dst, src[f.from:i])
	switch {
	case newline:
		f.state = atLine
		f.lines++
		return append(dst, '\n'), i + 1
	case cut:
		dst = append(dst, '\n')
		if f.state = inRest; start {
			f.state = atLine
		}
	case start:
		f.state = atLine
	default:
		f.state = inPassing
	}
	return dst, i
}

// damage looks for where a broken container goes on: at the next element, or at
// a line that is none of it. Quotes inside strings are escaped, so },{" is in
// none.
func (f *Framer) damage(dst, src []byte, i int) ([]byte, int) {
	for ; i < len(src); i++ {
		c := src[i]
		switch c {
		case ' ', '\t', '\r':
			continue
		case '\n':
			f.broke = true
			continue
		}
		if f.lineStart(src, i) && bytes.IndexByte([]byte(`}],":`), c) < 0 {
			f.release()
			f.state = atLine
			return dst, i
		}
		if f.sync == '{' {
			if c == '"' {
				f.again()
				return dst, i
			}
			f.release()
		}
		switch {
		case c == '}', c == ',' && f.sync == '}':
			f.sync = c
		case c == '{' && f.sync == ',':
			f.sync = c
			f.begin(i)
		default:
			f.sync = 0
		}
	}
	return dst, i
}

// again goes on with an element whose bracket begins the unit.
func (f *Framer) again() {
	f.state, f.expect = inDocument, firstKey
	if here := f.nodes[f.base]; f.depth > 0 && here.emits() {
		f.element = true
		f.depth++
		f.kinds <<= 1
		return
	}
	if !f.open {
		f.depth, f.kinds = 0, 0
	}
	f.push(top, 0)
	f.fresh()
}

// unpack frames what a string of the document holds packed; the document ends
// before src[i]. What cannot be unpacked leaves the document as it is.
func (f *Framer) unpack(dst, src []byte, i int) []byte {
	gzipped := f.pack == zipped
	if f.plain || gzipped && f.packs > 0 || !gzipped && (f.logged || f.packs == maxPacks) {
		return dst
	}
	u, cut := f.unit(src[f.from:i])
	if f.total > 0 {
		f.from = i
	}
	if cut {
		return dst
	}
	var err error
	if f.packed, err = base64.StdEncoding.AppendDecode(f.packed[:0], unslashed(u[f.packFrom:f.packTo])); err != nil {
		return dst
	}
	if f.sub == nil {
		f.sub = &Framer{packs: f.packs + 1}
	}
	f.inner = f.inner[:0]
	if !gzipped {
		if !readable(f.packed) {
			return dst
		}
		f.inner = f.sub.Frame(f.inner, f.packed, true)
	} else {
		z, err := gzip.NewReader(bytes.NewReader(f.packed))
		if err != nil {
			return dst
		}
		block := make([]byte, 32<<10)
		for n := 0; err == nil && n < maxUnpack; {
			var k int
			k, err = z.Read(block)
			f.inner = f.sub.Frame(f.inner, block[:k], false)
			n += k
		}
		f.inner = f.sub.Frame(f.inner, nil, true)
	}
	f.resolve()
	for rest := f.inner; len(rest) > 0; {
		line, after, _ := bytes.Cut(rest, newlineByte)
		if rest = after; len(line) > 0 && line[0] == '{' {
			dst = f.object(dst, line)
		} else {
			dst = f.text(dst, line)
		}
	}
	return dst
}

// unslashed undoes in place of base64 what writers of JSON escape in it.
func unslashed(b []byte) []byte {
	if bytes.IndexByte(b, '\\') < 0 {
		return b
	}
	b = bytes.ReplaceAll(b, []byte(`\/`), []byte(`/`))
	for _, e := range [...][2]string{{`\u003d`, "="}, {`\u003D`, "="}, {`\u002b`, "+"}, {`\u002B`, "+"}, {`\n`, ""}, {`\r`, ""}} {
		b = bytes.ReplaceAll(b, []byte(e[0]), []byte(e[1]))
	}
	return b
}

// readable says whether b is a document or a line of text, not just any bytes
// that happen to be base64.
func readable(b []byte) bool {
	trimmed := bytes.TrimLeft(b, " \t\r\n")
	if len(trimmed) > 1 && (trimmed[0] == '{' || trimmed[0] == '[') {
		return utf8.Valid(b)
	}
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return len(b) >= 16 && bytes.IndexByte(b, ' ') >= 0 && utf8.Valid(b)
}
