package report

import (
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"goshawk/event"
)

// jsonWriter appends JSON to b. Where a comma belongs follows from the last
// byte, so there is no state to keep. A scalar that is unknown (empty text, no
// time, no number) is left out with its name; an empty list is written.
type jsonWriter struct {
	b   []byte
	out io.Writer // takes what flush hands on; nil keeps all in b
	err error     // of out
}

// sep puts a comma if a value stands before.
func (w *jsonWriter) sep() {
	switch w.b[len(w.b)-1] {
	case '{', '[', ':', '\n':
	default:
		w.b = append(w.b, ',')
	}
}

// line begins a new line, for the reader's eye, after a comma if one is needed.
func (w *jsonWriter) line() {
	w.sep()
	w.b = append(w.b, '\n')
}

// flush hands what has been written to out when it has become much.
func (w *jsonWriter) flush() {
	if n := len(w.b) - 1; w.out != nil && w.err == nil && n >= 32<<10 {
		_, w.err = w.out.Write(w.b[:n])
		w.b = append(w.b[:0], w.b[n]) // sep looks at it
	}
}

func (w *jsonWriter) name(k string) {
	w.sep()
	w.b = append(w.b, '"')
	w.b = append(w.b, k...)
	w.b = append(w.b, '"', ':')
}

// open begins the object or list k.
func (w *jsonWriter) open(k string, bracket byte) {
	w.name(k)
	w.b = append(w.b, bracket)
}

// item begins an object or list that is a member of a list.
func (w *jsonWriter) item(bracket byte) {
	w.sep()
	w.b = append(w.b, bracket)
}

func (w *jsonWriter) close(bracket byte) { w.b = append(w.b, bracket) }

func (w *jsonWriter) text(k, v string) {
	if v != "" {
		w.name(k)
		w.b = appendQuoted(w.b, v)
	}
}

func (w *jsonWriter) texts(k string, l []string) {
	w.open(k, '[')
	for _, v := range l {
		w.sep()
		w.b = appendQuoted(w.b, v)
	}
	w.close(']')
}

func (w *jsonWriter) int(k string, v int64) {
	w.name(k)
	w.b = strconv.AppendInt(w.b, v, 10)
}

func (w *jsonWriter) bool(k string, v bool) {
	w.name(k)
	w.b = strconv.AppendBool(w.b, v)
}

func (w *jsonWriter) float(k string, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	w.name(k)
	form := byte('f')
	if a := math.Abs(v); a >= 1e21 || a != 0 && a < 1e-9 {
		form = 'e'
	}
	w.b = strconv.AppendFloat(w.b, v, form, -1, 64)
}

// time writes Unix nanoseconds as RFC 3339 in UTC.
func (w *jsonWriter) time(k string, ns int64) {
	if ns == 0 {
		return
	}
	w.name(k)
	w.b = append(w.b, '"')
	w.b = time.Unix(0, ns).UTC().AppendFormat(w.b, time.RFC3339Nano)
	w.b = append(w.b, '"')
}

// actor writes the members of an actor's object.
func (w *jsonWriter) actor(a event.Actor) {
	w.text("scope", a.Scope.String())
	w.text("value", a.Value)
}

func (w *jsonWriter) actors(k string, l []event.Actor) {
	w.open(k, '[')
	for _, a := range l {
		w.item('{')
		w.actor(a)
		w.close('}')
		w.flush()
	}
	w.close(']')
}

// appendQuoted appends s as a JSON string. What has no glyph is escaped even
// where JSON would not require it, for those who look at it in a terminal, and
// a byte that is no UTF-8 becomes the text \xff.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			b = append(b, '\\', '\\', 'x', hex[s[0]>>4], hex[s[0]&15])
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case visible(r):
			b = append(b, s[:n]...)
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\r':
			b = append(b, '\\', 'r')
		case r == '\t':
			b = append(b, '\\', 't')
		case r <= 0xffff:
			b = appendUnit(b, r)
		default: // a surrogate pair
			r -= 0x10000
			b = appendUnit(appendUnit(b, 0xd800+r>>10), 0xdc00+r&0x3ff)
		}
		s = s[n:]
	}
	return append(b, '"')
}

func appendUnit(b []byte, r rune) []byte {
	return append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
