package decode

import (
	"strings"

	"goshawk/event"
)

// JSON reads one object a line, whatever its keys are called.
var JSON = register(Format{
	Name:  jsonName,
	Title: "JSON objects: nginx, pino, bunyan, winston, API Gateway and others, by the names of their keys",
	Doc: "Keys are understood by what they are usually called (`remote_addr`, `clientIp`, `req.headers.user-agent`), nested or not. " +
		"An object is a request if it has a status or a method, and a target or a client; else a log line in its message is decoded instead.\n\n" +
		"A duration counts only if its unit is known: `request_time` with a decimal point, `responseTime` in milliseconds, or a name or value that ends in its unit. " +
		"What nginx writes without `escape=json` (`\\x22`, `-`, nothing at all, `0.1, 0.2`, a comma too many) is read too.",
	Carries: event.HasBytesIn<<1 - 1,
	Encode:  AppendJSON,
	object:  true,
	rank:    1,
	fits:    isObject,
	decode: func(d *Decoder, line string, e *event.Event) error {
		if d.mapping == nil {
			if err := d.docker(line, e); err != errUnfit {
				return err
			}
		}
		return d.json(&common, line, e)
	},
})

const jsonName = "json"

func isObject(line string) bool { return line[0] == '{' }

// maxNesting is the depth below which objects are skipped.
const maxNesting = 16

// json decodes an object by the user's names, if it has one of them, else by
// those of a dialect. An object of another dialect is decoded by that one's.
func (d *Decoder) json(l *dialect, line string, e *event.Event) error {
	if d.mapping != nil {
		if err := d.dialect(d.mapping, line, e); err != errForeign {
			e.Format = jsonName
			return err
		}
		e.Reset()
	}
	err := d.dialect(l, line, e)
	if err == errForeign {
		return d.fail(0, "of another program")
	}
	return err
}

func (d *Decoder) dialect(l *dialect, line string, e *event.Event) error {
	d.fields = fields{}
	d.err = Error{}
	s := scanner{d: d, e: e, s: line, dialect: l, cache: d.cache(l)}
	end := s.object(0, atTop, 0, root)
	if s.other != nil && l != &common || !s.told && (l.mapped || d.dispatch && l != &common) {
		return errForeign
	}
	if s.other != nil {
		e.Reset()
		err := d.dialect(s.other, line, e)
		if err == nil && e.Format == "" {
			e.Format = s.other.format
			if s.other.envelope { // of its own fields
				e.Format = jsonName
			}
		}
		if err == nil || err == ErrSkip || s.other.envelope {
			return err
		}
		e.Reset()
		d.dispatch = false
		err = d.dialect(l, line, e)
		d.dispatch = true
		return err
	}
	if end < 0 && s.reason != "" {
		return d.fail(s.at, s.reason)
	}
	d.fields.cut = end < 0
	if l.after != nil {
		if done, err := l.after(d, e); done {
			if err == ErrSkip && end < 0 {
				return d.fail(len(line), "the object does not end")
			}
			if end < 0 {
				e.Flags |= event.Truncated
			}
			return err
		}
	}
	if d.finish(e) {
		if end < 0 {
			e.Flags |= event.Truncated
		}
		if e.Status == 0 {
			d.judge(e)
		}
		return nil
	}
	if end < 0 {
		return d.fail(len(line), "the object does not end")
	}
	if d.fields.message == "" {
		return ErrSkip
	}
	kept := *e
	said := d.fields.message
	if d.inside(said, d.around(e), e) == nil {
		if e.Format == Text.Name && (kept.Client.IsValid() || kept.Forwarded != "") { // the object knows better than its words
			e.Client, e.Peer, e.Forwarded = kept.Client, kept.Peer, kept.Forwarded
		}
		return nil
	}
	*e = kept
	d.fields.message = said
	if !d.judge(e) {
		return ErrSkip // what an application says is no failure of ours
	}
	return nil
}

// scanner walks an object once, from left to right. Its methods take the index
// of a value's first byte and return the index after it, or -1: then reason
// says what is wrong at at, or is empty if the line ended too early.
type scanner struct {
	d       *Decoder
	e       *event.Event
	s       string
	dialect *dialect
	cache   *keyCache
	keys    int      // seen so far
	told    bool     // the object is of the dialect
	other   *dialect // that the object is of instead
	at      int
	reason  string
}

func (p *scanner) fail(at int, reason string) int {
	p.at, p.reason = at, reason
	return -1
}

func (p *scanner) object(i int, w where, depth int, path uint64) int {
	s := p.s
	for i++; ; {
		for i < len(s) && (s[i] <= ' ' || s[i] == ',') {
			i++
		}
		if i >= len(s) {
			return -1
		}
		if s[i] == '}' {
			return i + 1
		}
		if s[i] != '"' {
			return p.fail(i, "expected a key")
		}
		end := closing(s, i+1)
		if end < 0 {
			return -1
		}
		k := p.cache.lookup(p.keys, p.dialect, path, s[i+1:end])
		p.keys++
		if i = p.blank(end + 1); i >= len(s) {
			return -1
		}
		if s[i] != ':' {
			return p.fail(i, "expected a colon")
		}
		if i = p.blank(i + 1); i >= len(s) {
			return -1
		}
		if k.tell != 0 && p.d.dispatch && !p.told && p.tells(k, s[i:]) {
			return -1
		}
		if i = p.value(i, w, k, depth); i < 0 {
			return -1
		}
	}
}

// tells reports whether a key shows, beyond doubt, that the object is of another
// dialect.
func (p *scanner) tells(k key, value string) bool {
	l := k.told(value)
	if l == p.dialect {
		p.told = true
		return false
	}
	if l == nil || p.dialect.mapped || l.added && (p.other != nil || p.dialect != &common) {
		return false
	}
	p.other = l
	return !l.added // else another's key may follow
}

func (p *scanner) value(i int, w where, k key, depth int) int {
	s, m := p.s, k.meaning
	if k.is(own) {
		w = atTop
		p.told = p.told || p.dialect.mapped
		if m.slot == headers && m.rank == 0 {
			p.e.Carries |= event.HasUserAgent | event.HasReferer | event.HasForwarded
		}
	}
	switch s[i] {
	case '"':
		end := closing(s, i+1)
		if end < 0 {
			return -1
		}
		if m.slot == wrapper && k.is(own) {
			p.nested(p.d.plain(s[i+1:end]), w, k, depth)
		}
		if m.slot != noSlot && m.slot < wrapper {
			p.d.set(p.e, w, m, p.d.plain(s[i+1:end]))
		}
		return end + 1
	case '{':
		in := w.enter(m)
		text := m.slot == aMessage && k.is(own) // that is an object: a record of another program
		if text {
			in = nowhere
		}
		start := i
		if in == nowhere && !k.is(way) || depth == maxNesting {
			i = p.skip(i)
		} else {
			i = p.object(i, in, depth+1, k.path)
		}
		if in == inBody && m.slot == aBody && i > 0 {
			p.e.Body = s[start:i]
		}
		if text && i > 0 && p.d.fields.take(p.e, aMessage, m.rank) {
			p.d.fields.message = s[start:i]
		}
		return i
	case '[':
		return p.array(i, w, k, depth)
	}
	end := p.bare(i)
	last := end
	for last > i && (s[last-1] == ' ' || s[last-1] == '\t') {
		last--
	}
	v := s[i:last]
	if m.slot != noSlot && m.slot < wrapper && (v != "true" && v != "false" || m.slot == aNote) {
		p.d.set(p.e, w, m, v)
	}
	return end
}

// nested takes an object that is written as text.
func (p *scanner) nested(text string, w where, k key, depth int) {
	if text != "" && text[0] == '{' && depth < maxNesting {
		in := scanner{d: p.d, e: p.e, s: text, dialect: p.dialect, cache: p.cache, keys: p.keys, told: p.told}
		in.object(0, w, depth+1, k.path)
		p.keys, p.told = in.keys, in.told
	}
}

// array takes the texts of an array as one list, and an array of headers, or of
// what a dialect says is a wrapper, as pairs.
func (p *scanner) array(i int, w where, k key, depth int) int {
	s, m := p.s, k.meaning
	if m.slot == headers && counted[w]&(1<<headers) != 0 && w != inResponse {
		return p.pairs(i, inHeaders, k, depth)
	}
	if k.is(own) {
		switch {
		case m.slot == wrapper:
			return p.pairs(i, w, k, depth)
		case m.slot == failure && k.is(way):
			return p.pairs(i, nowhere, k, depth)
		}
	}
	end := p.skip(i)
	if end > 0 && m.slot == aMessage && digit(s[min(p.blank(i+1), end-1)]) {
		p.d.set(p.e, w, m, p.d.bytes(s[i+1:end-1]))
		return end
	}
	if end < 0 || m.slot == noSlot || m.slot >= wrapper || s[min(p.blank(i+1), end)] != '"' {
		return end
	}
	list := s[i:end]
	first := strings.IndexByte(list, '"')
	close := closing(list, first+1)
	if m.slot != aForwarded || strings.IndexByte(list[close+1:], '"') < 0 {
		p.d.set(p.e, w, m, p.d.plain(list[first+1:close]))
		return end
	}
	d := p.d
	start := len(d.scratch)
	for first >= 0 {
		close = closing(list, first+1)
		if len(d.scratch) > start {
			d.scratch = append(d.scratch, ", "...)
		}
		d.scratch = append(d.scratch, list[first+1:close]...)
		list = list[close+1:]
		first = strings.IndexByte(list, '"')
	}
	d.set(p.e, w, m, text(d.scratch[start:]))
	return end
}

// bytes returns what an array of numbers spells, which is how journald writes
// what is not printable.
func (d *Decoder) bytes(list string) string {
	start := len(d.scratch)
	for more := true; more; {
		var item string
		item, list, more = strings.Cut(list, ",")
		n, ok := number(strings.Trim(item, " \t"))
		if !ok || n > 255 {
			return ""
		}
		d.scratch = append(d.scratch, byte(n))
	}
	return text(d.scratch[start:])
}

// pairs takes an array of objects that each have a name, or a key, and a value.
func (p *scanner) pairs(i int, w where, k key, depth int) int {
	s := p.s
	for i++; ; {
		for i < len(s) && (s[i] <= ' ' || s[i] == ',') {
			i++
		}
		if i >= len(s) {
			return -1
		}
		if s[i] == ']' {
			return i + 1
		}
		if s[i] == '{' {
			i = p.pair(i, w, k, depth)
		} else {
			start := i
			if i = p.over(i); i == start {
				return p.fail(i, "expected an object")
			}
		}
		if i < 0 {
			return -1
		}
	}
}

func (p *scanner) pair(i int, w where, k key, depth int) int {
	s := p.s
	var is key
	value := -1
	for i++; ; {
		for i < len(s) && (s[i] <= ' ' || s[i] == ',') {
			i++
		}
		if i >= len(s) {
			return -1
		}
		if s[i] == '}' {
			break
		}
		if s[i] != '"' {
			return p.fail(i, "expected a key")
		}
		end := closing(s, i+1)
		if end < 0 {
			return -1
		}
		name := s[i+1 : end]
		if i = p.blank(end + 1); i >= len(s) {
			return -1
		}
		if s[i] != ':' {
			return p.fail(i, "expected a colon")
		}
		if i = p.blank(i + 1); i >= len(s) {
			return -1
		}
		start := i
		if i = p.over(i); i < 0 {
			return -1
		}
		switch name {
		case "name", "key", "Name", "Key":
			if s[start] == '"' {
				is = p.cache.lookup(p.keys, p.dialect, k.path, p.d.plain(s[start+1:i-1]))
				p.keys++
			}
		case "value", "Value":
			value = start
		}
	}
	if value >= 0 {
		if value = p.typed(value); value >= 0 && p.value(value, w, is, depth+1) < 0 {
			return -1
		}
	}
	return i + 1
}

// typed returns where the value itself begins in one that names its type, as
// OpenTelemetry's do: {"stringValue":"a"}; -1 if there are several.
func (p *scanner) typed(i int) int {
	s := p.s
	for {
		j := p.blank(i + 1)
		if j >= len(s) {
			return i
		}
		switch {
		case s[i] == '{' && s[j] == '"':
			end := closing(s, j+1)
			if end < 0 {
				return i
			}
			switch s[j+1 : end] {
			case "stringValue", "intValue", "doubleValue", "arrayValue", "values":
			default:
				return i
			}
			if j = p.blank(end + 1); j >= len(s) || s[j] != ':' {
				return i
			}
			if j = p.blank(j + 1); j >= len(s) {
				return i
			}
			i = j
		case s[i] == '[' && s[j] == '{':
			if end := p.skip(j); end < 0 || !strings.HasPrefix(s[p.blank(end):], "]") {
				return -1
			}
			i = j
		default:
			return i
		}
	}
}

// over returns the index after a value of any kind.
func (p *scanner) over(i int) int {
	switch p.s[i] {
	case '"':
		end := closing(p.s, i+1)
		if end < 0 {
			return -1
		}
		return end + 1
	case '{', '[':
		return p.skip(i)
	}
	return p.bare(i)
}

// bare returns the end of a value without quotes: the next brace, or the next
// comma that a key, a brace or the end of the line follows.
func (p *scanner) bare(i int) int {
	s := p.s
	for ; i < len(s) && s[i] != '}'; i++ {
		if s[i] == ',' {
			if j := p.blank(i + 1); j >= len(s) || s[j] == '"' || s[j] == '}' || s[j] == ',' {
				return i
			}
		}
	}
	return i
}

func (p *scanner) blank(i int) int {
	for i < len(p.s) && (p.s[i] == ' ' || p.s[i] == '\t') {
		i++
	}
	return i
}

// skip returns the index after the object or array at s[i], whatever is in it.
func (p *scanner) skip(i int) int {
	for depth := 0; i < len(p.s); i++ {
		switch p.s[i] {
		case '"':
			if i = closing(p.s, i+1); i < 0 {
				return -1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}
