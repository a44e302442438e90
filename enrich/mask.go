package enrich

import (
	"slices"
	"strings"
)

// span is a secret of a line: s[from:to], or another spelling of clear.
type span struct {
	from, to int
	clear    string
}

// merge sorts spans and joins those that overlap or touch.
func merge(l []span) []span {
	slices.SortFunc(l, func(a, b span) int { return a.from - b.from })
	out := l[:1]
	for _, s := range l[1:] {
		if last := &out[len(out)-1]; s.from <= last.to {
			last.to, last.clear = max(last.to, s.to), ""
		} else {
			out = append(out, s)
		}
	}
	return out
}

// known finds the secrets in s, as they are and with escapes undone.
func known(s string, secrets []string) (l []span) {
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		decoded := decode(secret)
		for i := 0; i < len(s); i++ {
			if n := tagAt(s, i); n > 0 {
				i += n - 1
				continue
			}
			n := spelled(s, i, secret)
			if n == 0 && decoded != secret {
				n = spelled(s, i, decoded)
			}
			// A secret of a few characters is no more than a word: "1" is not
			// hidden in "10.0.0.1".
			if n == 0 || len(secret) < 6 && (i > 0 && inWord(s[i-1]) || i+n < len(s) && inWord(s[i+n])) {
				continue
			}
			l = append(l, span{i, i + n, secret})
			i += n - 1
		}
	}
	return l
}

// finder collects the spans of one line that look secret. They may overlap:
// what a value hides is searched as well, so that no line can be made to hide
// the name of the next secret inside the value of another.
type finder struct {
	s     string
	spans []span
	work  int // bytes the spans may cover together before the rest of the line is hidden unread
}

// suspects finds what looks like a secret in s.
func suspects(s string) []span {
	f := finder{s: s, work: 4096 + 16*len(s)}
	f.named(true)
	f.named(false) // as "%7cookie=x" reads where the percent sign is no escape
	for i := 0; i < len(s) && f.work >= 0; i++ {
		if n := tagAt(s, i); n > 0 {
			i += n - 1
			continue
		}
		f.key(i)
		f.jwt(i)
		f.scheme(i)
		f.card(i)
		f.userinfo(i)
		f.pem(i)
	}
	return f.spans
}

// add notes a span, with the tag that stands at its end if one does; what is
// empty or hidden already is none.
func (f *finder) add(from, to int) {
	if f.work -= to - from; f.work < 0 {
		to = len(f.s)
	}
	to += tagAt(f.s, to)
	switch v := strings.Trim(f.s[from:to], ".,;|'\"()[]{}<>*"); {
	case v == "" || v == "-" || v == "REDACTED" || v == "FILTERED" || isTag(v):
	default:
		f.spans = append(f.spans, span{from, to, ""})
	}
}

// How the value of a name is written where no quotes bound it.
type style uint8

const (
	notSecret style = iota
	oneWord         // up to a space or an ampersand
	allLine         // up to the end of the line, or of the string it is in
)

// announces says whether a name, in lower case and without punctuation, is that
// of a secret; before is the character in front of it.
func announces(name string, before byte) style {
	if strings.HasSuffix(name, "keyid") {
		return notSecret // which key, not the key
	}
	for _, end := range []string{"cookie", "cookies", "authorization"} {
		if strings.HasSuffix(name, end) && before != '?' && before != '&' {
			return allLine
		}
	}
	for _, part := range []string{"password", "passwd", "passphrase", "apikey", "accesskey", "privatekey", "secretstring", "secretbinary", "plaintext"} {
		if strings.Contains(name, part) {
			return oneWord
		}
	}
	for _, end := range []string{"token", "secret", "secretkey", "secretid", "pwd", "credential", "credentials", "sessionid", "sessid", "jwt", "amzsignature", "cookie", "cookies", "authorization"} {
		if strings.HasSuffix(name, end) {
			return oneWord
		}
	}
	switch name {
	case "userdata", "pass", "pass1", "pass2", "pw", "sid", "connectsid", "sig", "session", "otp", "pin", "cvv", "cvc":
		return oneWord
	case "key", "auth", "signature": // elsewhere no more than words
		if before == '?' || before == '&' || before == 0 {
			return oneWord
		}
	}
	return notSecret
}

// named finds the values of names that announce a secret. With escapes, names
// and what surrounds them are read as their escapes mean.
func (f *finder) named(escapes bool) {
	s := f.s
	var (
		name   []byte // of the current word: lower case, letters and digits
		start  int    // of the word
		before byte   // the character in front of it
		last   byte   // the last character that belongs to no word
		odd    bool   // an odd number of double quotes so far: inside a string
	)
	for i := 0; i < len(s) && f.work >= 0; {
		if k := tagAt(s, i); k > 0 {
			name, last, i = name[:0], '.', i+k
			continue
		}
		c, n := s[i], 1
		if escapes {
			c, n, _ = unit(s, i)
		}
		if inWord(c) || c == '[' || c == ']' {
			if len(name) == 0 {
				start, before = i, last
			}
			if alnum(c) {
				name = append(name, c|0x20)
			}
			i += n
			continue
		}
		if how := announces(string(name), before); how != notSecret {
			f.value(start, i, before, odd, how)
		}
		if s[i] == '"' && slashes(s, 0, i)%2 == 0 {
			odd = !odd
		}
		name, last = name[:0], c
		i += n
	}
}

// value finds the value of the name in s[start:end]; before is the character
// in front of the name, odd says that the name is inside a string.
func (f *finder) value(start, end int, before byte, odd bool, how style) {
	s, i := f.s, end
	quoted, spaced := false, false
name: // ends with its quotes
	for ; i < len(s); i++ {
		c, n, _ := unit(s, i)
		switch c {
		case '"', '\'':
			quoted = true
			odd = odd != (c == '"' && n == 1)
		case ' ', '\t':
			spaced = true
		case '\\':
		default:
			break name
		}
		i += n - 1
	}
	if i == len(s) {
		return
	}
	c, n, level := unit(s, i)
	i += n
	switch {
	case c == '=':
		if i < len(s) && s[i] == '>' {
			i, spaced = i+1, true
		}
	case c == ':':
		spaced = true
	case c == '>' && before == '<':
		f.add(i, until(s, i, "<"))
		return
	case c == ',' && quoted:
		// ["Cookie", "a=b"], or {"name": "Cookie", "value": "a=b"}
		if spaced = true; !listed(s, start) {
			at := strings.IndexByte(s[i:min(i+32, len(s))], ':')
			if at < 0 || !strings.Contains(strings.ToLower(s[i:i+at]), "val") {
				return
			}
			i += at + 1
		}
	case c == '\n' && quoted: // multipart form
		for i < len(s) {
			if c, n, _ = unit(s, i); c != '\n' && c != '\r' {
				break
			}
			i += n
		}
	default:
		return
	}
	for spaced && i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	from, to := f.extent(i, level, c == ':' && quoted, before == '?' || before == '&', odd, how)
	if how == allLine {
		from += schemeLen(s[from:to])
	}
	f.add(from, to)
}

// extent is where the value that begins at s[i:] begins and ends, without its
// quotes. level is how often it is percent-encoded, literal that it may be a
// JSON number or word, form that it is a form's, where a quote bounds nothing.
func (f *finder) extent(i, level int, literal, form, odd bool, how style) (from, to int) {
	s := f.s
	if i == len(s) {
		return i, i
	}
	j := i
	for j < len(s) && s[j] == '\\' {
		j++
	}
	switch c, n, _ := unit(s, i); {
	case j < len(s) && (s[j] == '"' || s[j] == '\'' && !form):
		q, run := s[j], j
		for j < len(s) && s[j] == q {
			j++
		}
		over := j == len(s) || strings.IndexByte(" ,;&)}]", s[j]) >= 0
		if over && (odd && q == '"' && run == i || j-run > 1) {
			return i, i // the end of the string that the name is in, or an empty value
		}
		return j, closing(s, j, q, run-i)
	case c == '"' || c == '\'' && !form: // percent-encoded
		from = i + n
		for to = from; to < len(s); to += n {
			e, k, l := unit(s, to)
			if n = k; e == c && l <= level || s[to] == '"' {
				break
			}
		}
		return from, min(to, len(s))
	case c == '[' || c == '{':
		return i, bracketed(s, i)
	}
	if literal {
		to = until(s, i, ",}] \t")
		if w := s[i:to]; w == "null" || w == "true" || w == "false" {
			to = i
		}
		return i, to
	}
	if how == allLine {
		if n := schemeLen(s[i:]); n > 0 {
			i, how = i+n, oneWord
		}
	}
	for to = i; to < len(s); {
		c, n, l := unit(s, to)
		switch {
		case s[to] == '"' && odd && to > i && s[to-1] == '=': // username="alice"
			n = closing(s, to+1, '"', 0) + 1 - to
		case s[to] == '"' && odd:
			return i, to
		case how == oneWord && (s[to] == ' ' || s[to] == '\t' || s[to] == '\n' || c == '&' && s[to] != '\\' && l <= level):
			return i, to
		}
		if s[to] == '\\' {
			n = 1 + len(s[to+1:min(to+2, len(s))])
		}
		to += n
	}
	return i, min(to, len(s))
}

// listed says whether the string at s[start:] is a member of a list rather than
// of an object.
func listed(s string, start int) bool {
	s = strings.TrimRight(strings.TrimRight(s[:start], `"'\`), " ")
	return s == "" || strings.IndexByte("[,(", s[len(s)-1]) >= 0
}

// until is where the first of the stops stands in s[i:], or the end of s.
func until(s string, i int, stops string) int {
	if n := strings.IndexAny(s[i:], stops); n >= 0 {
		return i + n
	}
	return len(s)
}

// slashes counts the backslashes in front of s[i], not before s[from].
func slashes(s string, from, i int) int {
	n := 0
	for i-n > from && s[i-n-1] == '\\' {
		n++
	}
	return n
}

// closing is where a string ends that was opened, before s[i:], by a quote with
// k backslashes, the mark of strings within strings. Cut short, it is the end
// of s.
func closing(s string, i int, quote byte, k int) int {
	for j := i; j < len(s); j++ {
		if s[j] != quote {
			continue
		}
		if n := slashes(s, i, j); n == k || k > 0 && n < k || k == 0 && n%2 == 0 {
			return j - min(n, k)
		}
	}
	return len(s)
}

// bracketed is the end of the list or object that s[i] opens, or the end of s.
func bracketed(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			i = closing(s, i+1, '"', slashes(s, 0, i))
			for i < len(s) && s[i] == '\\' {
				i++
			}
		}
	}
	return len(s)
}

// schemeLen is the length of an authorisation scheme whose credentials are one
// word, with the space behind it, at the start of s.
func schemeLen(s string) int {
	for _, scheme := range []string{"bearer ", "basic ", "token ", "negotiate ", "apikey "} {
		if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return len(scheme)
		}
	}
	return 0
}
