package decode

import (
	"strings"

	"goshawk/event"
)

const customName = "custom"

// Custom reads the format that the user's own server configuration names.
var Custom = register(Format{
	Name:  customName,
	Title: "any nginx log_format or Apache LogFormat, given with --log-format",
	Doc: "The text of the server's configuration, copied: `$variables` of nginx or `%directives` of Apache, with or without its quotes and the directive before them. " +
		"A variable reads up to the text that follows it, so two variables need text between them. Variables that mean nothing to us are read and dropped.\n\n" +
		"Source: nginx, ngx_http_log_module and the variable index; Apache, mod_log_config.",
	Carries: event.HasBytesIn<<1 - 1,
	rank:    -1,
	fits:    func(string) bool { return true },
	decode:  decodeCustom,
})

// layout is a compiled format: text, then each variable and the text after it.
type layout struct {
	prefix string
	fields []variable
}

type variable struct {
	meaning
	where  where
	suffix string // the text that follows; "" at the end of the line
	quoted bool   // it stands in quotes, so one inside is escaped
}

// piece is what a notation's reader finds at a place: n bytes that stand for
// open, a variable and close, or with text set for open alone.
type piece struct {
	variable
	open, close string
	text        bool
	n           int
}

// compile reads a format in either notation. Its errors are *Error, with the
// byte of the format as it was given.
func compile(format string) (*layout, error) {
	for _, target := range []string{"$uri$is_args$args", "$document_uri$is_args$args"} {
		format = strings.ReplaceAll(format, target, "$request_uri") // nginx's other spelling
	}
	body, at := configured(format)
	read := nginxVariable
	if !strings.Contains(body, "$") {
		read = apacheDirective
	}
	l := &layout{}
	end := &l.prefix // of the text that is being gathered
	known := false
	for i := 0; i < len(body); {
		p, reason := read(body[i:])
		switch {
		case reason != "":
			return nil, &Error{Offset: at[i], Reason: reason}
		case p.n == 0:
			*end += body[i : i+1]
			i++
			continue
		case p.text:
			*end += p.open
			i += p.n
			continue
		}
		*end += p.open
		if *end == "" && len(l.fields) > 0 {
			return nil, &Error{Offset: at[i], Reason: "no text between two variables"}
		}
		p.quoted = strings.HasSuffix(*end, `"`)
		known = known || p.slot != noSlot
		l.fields = append(l.fields, p.variable)
		end = &l.fields[len(l.fields)-1].suffix
		*end = p.close
		i += p.n
	}
	if !known {
		return nil, &Error{Reason: "no variable of nginx or Apache that says something about a request"}
	}
	for i := range l.fields {
		f := &l.fields[i]
		f.quoted = f.quoted && strings.HasPrefix(f.suffix, `"`)
	}
	return l, nil
}

// configured takes a format out of what surrounds it in a configuration file:
// the directive and its name, quotes, the semicolon. Strings in single quotes
// that follow each other are one. at[i] is where body[i] was.
func configured(s string) (body string, at []int) {
	end := len(strings.TrimRight(s, " \t\r\n;"))
	start := end - len(strings.TrimLeft(s[:end], " \t\r\n"))
	directive := strings.HasPrefix(s[start:], "log_format ") || strings.HasPrefix(s[start:], "LogFormat ")
	if directive {
		if k := strings.IndexAny(s[start:end], `'"`); k >= 0 {
			start += k
		}
	}
	if start < end && (s[start] == '\'' || s[start] == '"') {
		quote := s[start]
		for i := start; i < end && s[i] == quote; {
			var b []byte
			for i++; i < end && s[i] != quote; i++ {
				b, at, i = unslash(b, at, s[:end], i)
			}
			body += string(b)
			for i++; i < end && strings.IndexByte(" \t\r\n", s[i]) >= 0; i++ {
			}
			if i >= end || directive && s[i] != quote {
				return body, at
			}
			if quote == '"' {
				break // these quotes belong to the format
			}
		}
	}
	var b []byte
	at = at[:0]
	for i := start; i < end; i++ {
		b, at, i = unslash(b, at, s[:end], i)
	}
	return string(b), at
}

// unslash appends s[i], or what a backslash there makes of the byte after it.
func unslash(b []byte, at []int, s string, i int) ([]byte, []int, int) {
	at = append(at, i)
	if s[i] != '\\' || i+1 == len(s) {
		return append(b, s[i]), at, i
	}
	switch c := s[i+1]; c {
	case 't':
		return append(b, '\t'), at, i + 1
	case 'n':
		return append(b, '\n'), at, i + 1
	default:
		return append(b, c), at, i + 1
	}
}

// nginxVariable reads $name or ${name} at the start of s.
func nginxVariable(s string) (p piece, reason string) {
	if s[0] != '$' {
		return p, ""
	}
	start, end := 1, 1
	if strings.HasPrefix(s, "${") {
		start, end = 2, 2
	}
	for end < len(s) && (s[end] == '_' || digit(s[end]) || s[end]|0x20 >= 'a' && s[end]|0x20 <= 'z') {
		end++
	}
	name := s[start:end]
	if name == "" {
		return p, "a $ without a name"
	}
	if start == 2 {
		if end == len(s) || s[end] != '}' {
			return p, "a ${ without its }"
		}
		end++
	}
	p.n = end
	rest := func(prefix string) string { return name[len(prefix):] }
	switch {
	case strings.HasPrefix(name, "upstream_"), strings.HasPrefix(name, "sent_"):
	case strings.HasPrefix(name, "http_"):
		p.meaning, p.where = lookup(rest("http_")), inHeaders
	case strings.HasPrefix(name, "cookie_"):
		p.meaning, p.where = lookup(rest("cookie_")), inCookies
	case strings.HasPrefix(name, "arg_"):
		p.meaning, p.where = lookup(rest("arg_")), inQuery
	case name == "uri", name == "document_uri": // rewritten, and without the query
		p.meaning = meaning{aTarget, 1}
	default:
		p.meaning = lookup(name)
	}
	return p, ""
}

// apacheDirective reads %[modifiers]{argument}letter at the start of s.
func apacheDirective(s string) (p piece, reason string) {
	if s[0] != '%' {
		return p, ""
	}
	if strings.HasPrefix(s, "%%") {
		return piece{open: "%", text: true, n: 2}, ""
	}
	end := 1
	for end < len(s) && (strings.IndexByte("!,<>", s[end]) >= 0 || digit(s[end])) {
		end++
	}
	argument := ""
	if end < len(s) && s[end] == '{' {
		k := strings.IndexByte(s[end:], '}')
		if k < 0 {
			return p, "a %{ without its }"
		}
		argument = s[end+1 : end+k]
		end += k + 1
	}
	trailer := end < len(s) && s[end] == '^' // %{X}^ti
	if trailer {
		end += 2
	}
	if end >= len(s) || s[end]|0x20 < 'a' || s[end]|0x20 > 'z' {
		return p, "a % without its letter"
	}
	p.n = end + 1
	if trailer {
		return p, ""
	}
	switch s[end] {
	case 'h':
		p.meaning = meaning{aPeer, 3}
	case 'a':
		if p.meaning = (meaning{aPeer, 4}); argument == "c" {
			p.meaning = meaning{aSocket, 4}
		}
	case 'u':
		p.meaning = meaning{aUser, 4}
	case 't':
		if p.meaning = (meaning{aTime, 3}); argument == "" {
			p.open, p.close = "[", "]"
		}
	case 'r':
		p.meaning = meaning{aRequest, 5}
	case 'm':
		p.meaning = meaning{aMethod, 4}
	case 'U':
		p.meaning = meaning{aTarget, 4}
	case 'q':
		p.meaning = meaning{aQuery, 4}
	case 'H':
		p.meaning = meaning{aProto, 4}
	case 's':
		p.meaning = meaning{aStatus, 4}
	case 'b', 'B':
		p.meaning = meaning{aBytes, 4}
	case 'O':
		p.meaning = meaning{aBytes, 3}
	case 'I':
		p.meaning = meaning{aBytesIn, 4}
	case 'D':
		p.meaning = meaning{aMicros, 4}
	case 'T':
		switch argument {
		case "", "s":
			p.meaning = meaning{aSeconds, 3}
		case "ms":
			p.meaning = meaning{aMillis, 3}
		case "us":
			p.meaning = meaning{aMicros, 3}
		}
	case 'v', 'V':
		p.meaning = meaning{aHost, 1}
	case 'L':
		p.meaning = meaning{aTrace, 2}
	case 'i':
		p.meaning, p.where = lookup(argument), inHeaders
	case 'C':
		p.meaning, p.where = lookup(argument), inCookies
	case 'o':
		p.meaning, p.where = lookup(argument), inResponseHeaders
	case 'e', 'n', 'x':
		p.meaning = lookup(argument)
	}
	return p, ""
}

func decodeCustom(d *Decoder, line string, e *event.Event) error {
	l := d.custom
	if l == nil {
		return d.fail(0, "no log format was given")
	}
	d.fields = fields{}
	if !strings.HasPrefix(line, l.prefix) {
		return d.fail(0, "does not begin as the log format does")
	}
	i := len(l.prefix)
	for k := range l.fields {
		f := &l.fields[k]
		end := d.until(line, i, f, k+1 < len(l.fields) && l.fields[k+1].slot == aTime)
		cut := end < 0
		if cut {
			if !f.quoted {
				return d.fail(i, "does not match the log format")
			}
			e.Flags |= event.Truncated
			end = len(line)
		}
		v := d.plain(line[i:end])
		switch {
		case f.slot == aRequest && !missing(v):
			e.Carries |= carried[aRequest] // so what is no request is taken for a malformed one
			d.set(e, f.where, f.meaning, v)
		case f.slot == aBytes && v == "-":
			d.set(e, f.where, f.meaning, "0")
		case f.slot != noSlot && f.slot < wrapper:
			d.set(e, f.where, f.meaning, v)
			if f.slot == aTime && d.fields.rank[aTime] == 0 && !missing(v) {
				return d.fail(i, "not a time")
			}
		}
		if cut {
			break
		}
		i = end + len(f.suffix)
	}
	if !d.finish(e) && e.Status == 0 && e.Method == "" && !e.Client.IsValid() {
		return d.fail(0, "the log format finds no client, no method and no status")
	}
	return nil
}

// until returns the end of f's value, which begins at line[i]: where the text
// after it does. Before a time, one must follow there, so that a bracket or a
// space in a user's name does not mislead; but not all times can be told so.
func (d *Decoder) until(line string, i int, f *variable, timeNext bool) int {
	if f.suffix == "" {
		return len(line)
	}
	first := -1
	for {
		k := 0
		if f.quoted {
			if k = closing(line, i); k < 0 {
				return first
			}
		} else {
			if k = strings.Index(line[i:], f.suffix); k < 0 {
				return first
			}
			k += i
		}
		if strings.HasPrefix(line[k:], f.suffix) {
			if !timeNext {
				return k
			}
			if _, n := d.clock.written(line[k+len(f.suffix):]); n > 0 {
				return k
			}
			if first < 0 && !strings.HasSuffix(f.suffix, "[") {
				first = k
			}
		}
		i = k + 1
	}
}
