package decode

import (
	"encoding/binary"
	"strings"
	"time"

	"goshawk/event"
)

// columns is a header, compiled: what the values of the lines under it mean.
type columns struct {
	header string
	late   bool // other formats go first
	kind   headerKind
	sep    string // between values; of W3C the line tells
	fields []column
	last   int    // columns up to there mean something
	date   string // of W3C rows that have none, from the #Date line
	local  bool   // times are those of the server's zone, not UTC
	timed  bool   // a column has the time
	web    bool   // rows may be requests
}

type headerKind uint8

const (
	w3cColumns headerKind = iota
	zeekColumns
	csvColumns
	headerKinds
)

// headerFormats are the names of the formats that read what a header names.
var headerFormats = [headerKinds]string{"w3c", "zeek", "csv"}

// column is what the values of one column mean.
type column struct {
	meaning
	where where
	as    treatment
	only  bool // no other column has the slot, so that no ranks need to be compared
}

func (c column) means() bool { return c.slot != noSlot || c.as != asIs }

// treatment is what is done with a value beside, or before, setting its slot.
type treatment uint8

const (
	asIs       treatment = iota
	theDate              // half of a time
	theClock             // its other half
	thePath              // a path that is never cut at a question mark
	thePlace             // a host with a path, or a target
	theMethod            //
	thePeer              // an address
	theTaken             // seconds, if there is a point; else the other columns may tell the unit
	theResult            // what the edge did
	theProxy             // headers of proxies, "NAME -> value"
	theOutcome           // of a login: 1 failed, 0 succeeded
	theCode              // of an event that may be a login
	withPlus             // blanks were written as +
	percent              // bytes were written as %XX
)

// headed returns what the header in force says of the line at hand, nil if there
// is none. What is in an envelope has no header.
func (d *Decoder) headed() *columns {
	h := d.context.Header
	if len(h) <= len(noHeader) || d.depth > 0 {
		return nil
	}
	l := d.columns
	if l == nil || l.header != h {
		l = d.headers[h]
		if l == nil {
			if len(d.headers) >= maxHeaders || d.headers == nil {
				d.headers = map[string]*columns{}
			}
			l = compileHeader(strings.Clone(h))
			d.headers[l.header] = l
		}
		d.columns = l
	}
	return l
}

// underHeader returns the same, nil if it is of another kind.
func (d *Decoder) underHeader(k headerKind) *columns {
	if l := d.headed(); l != nil && l.kind == k {
		return l
	}
	return nil
}

// maxHeaders is how many compiled headers a decoder remembers.
const maxHeaders = 32

func compileHeader(h string) *columns {
	l := &columns{header: h}
	h, l.late = strings.CutPrefix(h, late)
	switch names := fieldsOf(h); {
	case isNamed(h):
		compileCSV(l)
	case names != "":
		l.date = leading(h, dateTag)
		compileW3C(l, names[len(fieldsTag):])
	default:
		compileZeek(l, h)
	}
	l.settle()
	return l
}

// settle finds out which columns are the only ones for what they say.
func (l *columns) settle() {
	var n [slots]int
	mixed := false // a value may fill a slot that is not its column's
	for _, c := range l.fields {
		n[c.slot]++
		mixed = mixed || c.as == thePlace || c.slot == aCode || c.slot == aLength
	}
	for i := range l.fields {
		c := &l.fields[i]
		if c.means() {
			l.last = i + 1
		}
		c.only = n[c.slot] == 1 && !mixed && (c.where == atTop || c.where == inHeaders)
	}
}

// name adds a column.
func (l *columns) name(c column) {
	l.fields = append(l.fields, c)
	l.timed = l.timed || c.as == theClock || c.slot == aTime
}

// row is what the values of a line say that is no field of its own.
type row struct {
	method, peer, path, place, date, clock string
	clockAt                                int
	code                                   string
	n                                      int // values seen
	full                                   bool
}

// cells sets the fields of a line and gathers the rest in r. A line with more
// values than there are columns is an error: somebody got a separator into a
// value, and nothing after it can be trusted.
func (d *Decoder) cells(l *columns, line string, e *event.Event, r *row) error {
	d.fields = fields{}
	sep, runs := l.sep, false
	if l.kind == w3cColumns {
		if sep = " "; isTabbed(line) {
			sep = "\t"
		}
	}
	// Only where the separators alone do not make up the columns are there quotes
	// that matter: so nobody can open one in a value of a log that does not quote.
	exact := strings.Count(line, sep) == len(l.fields)-1
	quotes, escapes := false, false
	switch l.kind {
	case w3cColumns:
		quotes = !exact
		runs = quotes && sep == " "
	case csvColumns:
		quotes = strings.IndexByte(line, '"') >= 0 && !(exact && sep == "\t") // tabs often come without quotes
	case zeekColumns:
		escapes = strings.IndexByte(line, '\\') >= 0
	}
	wanted := l.fields
	if exact = exact && !quotes; exact {
		wanted = wanted[:l.last]
	}
	at := sep[0]
	i := 0
	for runs && i < len(line) && line[i] == ' ' {
		i++
	}
	for k := range wanted {
		if i > len(line) {
			break
		}
		c := &wanted[k]
		end, doubled, inQuotes := 0, false, false
		v := ""
		if quotes && i < len(line) && line[i] == '"' {
			end, doubled = closeQuote(line, i+1, at)
			if end < 0 {
				if l.kind == csvColumns {
					return d.fail(i, "a value's quote does not end")
				}
				v, end = line[i+1:], len(line)
				e.Flags |= event.Truncated
			} else {
				v = line[i+1 : end]
				end++
			}
			inQuotes = true
		} else {
			end = cellEnd(line, i, at)
			v = line[i:end]
		}
		r.n++
		if c.means() && !(end >= len(line) && k+1 < len(l.fields) && c.harmed(v)) {
			if l.kind != zeekColumns && len(v) > 1 && v[0] == '"' && v[len(v)-1] == '"' && !inQuotes {
				v, inQuotes = v[1:len(v)-1], true
				doubled = strings.Contains(v, `""`)
			}
			if doubled {
				v = d.undoubled(v)
			} else if escapes {
				v = d.plain(v)
			}
			if c.as == theClock {
				r.clockAt = i
			}
			d.cell(c, v, e, r, inQuotes || at != ' ')
		}
		i = end + 1
		for runs && i < len(line) && line[i] == ' ' {
			i++
		}
	}
	switch {
	case exact:
		r.n, r.full = len(l.fields), true
	case i <= len(line):
		return d.fail(i, "more values than columns")
	case r.n < len(l.fields):
		e.Flags |= event.Truncated
	default:
		r.full = true
	}
	return nil
}

// harmed says whether a value means something else if it was cut, as the last of
// a short row may be: an address is then another's, while a text is shorter.
func (c *column) harmed(v string) bool {
	switch c.slot {
	case aAgent, aReferer, aQuery, aTarget:
		return false
	case aStatus:
		return len(v) != 3
	}
	return c.as != thePath && c.as != thePlace
}

// foreign says whether a row is of another log: where its address and its method
// should be there are none. Of a short row that is certain if either is missing.
func (r *row) foreign(e *event.Event) bool {
	peer := !e.Peer.IsValid() && !missing(r.peer)
	method := e.Method == "" && !missing(r.method)
	return peer && method || !r.full && (peer || method)
}

// cell sets one value, its escapes undone. raw says that its blanks are blanks.
func (d *Decoder) cell(c *column, v string, e *event.Event, r *row, raw bool) {
	w := c.where
	switch c.as {
	case asIs:
	case theDate:
		r.date = v
		e.Carries |= event.HasTime
		return
	case theClock:
		r.clock = v
		e.Carries |= event.HasTime
		return
	case thePath:
		e.Carries |= event.HasPath
		if !missing(v) {
			r.path = v
		}
		return
	case thePlace:
		e.Carries |= event.HasPath
		if !missing(v) {
			r.place = v
		}
		return
	case thePeer:
		r.peer = v
		e.Carries |= event.HasClient
	case theMethod:
		r.method = v
		e.Carries |= event.HasMethod
	case theResult:
		switch {
		case v == "LimitExceeded":
			e.Action = event.Throttle
		case v == "ClientGeoBlocked", v == "InvalidRequestBlocked", strings.HasPrefix(v, "REQ_BLOCKED"):
			e.Action = event.Block
		}
		return
	case theProxy:
		v = d.proxied(v)
	case theTaken:
		e.Carries |= event.HasDuration
		if ns, ok := seconds(v); ok && d.fields.take(e, aSeconds, 3) {
			e.Duration = ns
		}
		return
	case theOutcome:
		switch v {
		case "1":
			e.Auth = event.AuthFail
		case "0":
			e.Auth = event.AuthOK
		}
		return
	case theCode:
		r.code = v
		return
	case withPlus:
		if !raw {
			v = d.blanked(v)
		}
	case percent:
		v = d.unpercent(v)
		if strings.Contains(v, "%20") && strings.IndexByte(v, ' ') < 0 {
			v = d.unpercent(v) // an edge that encoded it a second time
		}
	}
	if !c.only || missing(v) {
		d.set(e, w, c.meaning, v)
		return
	}
	// What set does, without its comparisons.
	switch c.slot {
	case aPeer:
		if a, ok := parseAddr(v); ok {
			e.Peer = a
		}
	case aStatus:
		if n, ok := number(v); ok && len(v) <= 3 {
			e.Status = int(n)
		}
	case aBytes:
		if n, ok := number(v); ok {
			e.BytesOut = n
		}
	case aBytesIn:
		if n, ok := number(v); ok {
			e.BytesIn = n
		}
	case aAgent:
		e.UserAgent = v
	case aReferer:
		e.Referer = v
	case aHost:
		e.Host = v
	case aTrace:
		e.Trace = v
	case aForwarded:
		e.Forwarded = v
	case aQuery:
		d.fields.query = strings.TrimPrefix(v, "?")
	default:
		d.set(e, w, c.meaning, v)
		return
	}
	e.Carries |= carried[c.slot]
}

// cellEnd returns where the separator after s[i] is, len(s) if there is none.
// Most values are short.
func cellEnd(s string, i int, sep byte) int {
	for end := min(i+8, len(s)); i < end; i++ {
		if s[i] == sep {
			return i
		}
	}
	if k := strings.IndexByte(s[i:], sep); k >= 0 {
		return i + k
	}
	return len(s)
}

// request makes an event of the row, and reports whether it is one.
func (d *Decoder) request(e *event.Event, r *row) bool {
	f := &d.fields
	if r.place != "" {
		k := strings.IndexByte(r.place, '/')
		if _, _, _, absolute := splitURL(r.place); k > 0 && !absolute {
			d.setText(e, aHost, 1, r.place[:k], &e.Host)
			r.path = r.place[k:]
		} else {
			f.setTarget(e, 4, r.place)
		}
	}
	if r.path != "" && r.path[0] != '/' {
		f.setTarget(e, 4, r.path)
		r.path = ""
	}
	if r.path != "" {
		f.target, e.Path = "", r.path
	}
	if r.method != "" && e.Method == "" && !missing(r.method) {
		start := len(d.scratch)
		d.scratch = append(append(append(d.scratch, r.method...), ' '), r.path+f.target...)
		e.Path, f.target = text(d.scratch[start:]), ""
		e.Flags |= event.Malformed
	}
	return d.finish(e)
}

// joined sets the time that a date and a clock make: that of UTC, unless local
// says that it is the server's.
func (d *Decoder) joined(e *event.Event, date, clock string, local bool) bool {
	if len(clock) < 8 {
		return false
	}
	c := &d.clock
	utc := clockUTC
	if !local {
		c = &utc
	}
	y, m, day := 1970, 1, 1
	dated := len(date) >= 10 && date[4] == date[7] && (date[4] == '-' || date[4] == '/')
	if dated {
		y, m, day = four(date, 0), two(date, 5), two(date, 8)
	}
	t, n := c.rest(clock, 8, y, m, day, clock[:8])
	if n != len(clock) || len(date) > 10 || len(date) > 0 && !dated {
		return false
	}
	if !dated {
		return true // a time of no day
	}
	d.fields.take(e, aTime, 0)
	if e.Time = t.ns; local && !t.zoned {
		e.Flags |= event.TimeInferred
	}
	return true
}

var clockUTC = clock{zone: time.UTC}

// isTabbed says whether tabs separate the values of a line: one follows the
// first, which no client can write.
func isTabbed(line string) bool {
	i := 0
	if line[0] == '"' {
		if i = strings.IndexByte(line[1:], '"') + 1; i == 0 {
			return false
		}
	}
	for ; i < len(line); i++ {
		if line[i] == ' ' || line[i] == '\t' {
			return line[i] == '\t'
		}
	}
	return false
}

// closeQuote returns the index of the quote that ends the value whose first byte
// is s[i]: one that the separator or the end of the line follows; -1 if there is
// none. Quotes in the value are doubled.
func closeQuote(s string, i int, sep byte) (end int, doubled bool) {
	for {
		k := strings.IndexByte(s[i:], '"')
		if k < 0 {
			return -1, doubled
		}
		i += k
		switch {
		case i+1 == len(s) || s[i+1] == sep:
			return i, doubled
		case s[i+1] == '"':
			doubled = true
			i++
		}
		i++
	}
}

// undoubled makes one quote of two.
func (d *Decoder) undoubled(s string) string {
	start := len(d.scratch)
	for i := 0; i < len(s); i++ {
		d.scratch = append(d.scratch, s[i])
		if s[i] == '"' && i+1 < len(s) && s[i+1] == '"' {
			i++
		}
	}
	return text(d.scratch[start:])
}

// blanked makes blanks of the + that IIS writes for them. Of two in a row the
// second is a +, as in "(compatible; +http://…".
func (d *Decoder) blanked(s string) string {
	if strings.IndexByte(s, '+') < 0 || strings.IndexByte(s, ' ') >= 0 {
		return s
	}
	start := len(d.scratch)
	d.scratch = append(d.scratch, s...)
	b := d.scratch[start:]
	i := 0
	var before uint64                                               // top bit of the byte before b[i]
	for ones := uint64(0x0101010101010101); i+8 <= len(b); i += 8 { // eight bytes at once
		x := binary.LittleEndian.Uint64(b[i:])
		y := x ^ '+'*ones
		plus := ^((y&(0x7F*ones) + 0x7F*ones) | y | 0x7F*ones) // the top bit of each byte that is one
		if plus&(plus<<8|before) != 0 {
			if b[i] == '+' && before != 0 {
				i++ // the second of two
			}
			break
		}
		binary.LittleEndian.PutUint64(b[i:], x^plus>>7*('+'^' '))
		before = plus >> 56
	}
	for ; i < len(b); i++ {
		if b[i] == '+' {
			b[i] = ' '
			if i+1 < len(b) && b[i+1] == '+' {
				i++
			}
		}
	}
	return text(b)
}

// unpercent undoes one layer of %XX.
func (d *Decoder) unpercent(s string) string {
	k := strings.IndexByte(s, '%')
	if k < 0 {
		return s
	}
	start := len(d.scratch)
	b := append(d.scratch, s[:k]...)
	for {
		if v, ok := hex(s, k+1, 2); ok {
			b = append(b, byte(v))
			s = s[k+3:]
		} else {
			b = append(b, '%')
			s = s[k+1:]
		}
		if k = strings.IndexByte(s, '%'); k < 0 {
			break
		}
		b = append(b, s[:k]...)
	}
	b = append(b, s...)
	d.scratch = b
	return text(b[start:])
}
