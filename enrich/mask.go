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

// spelled is how many bytes of s at i spell want, either byte for byte or with
// escapes; 0 for none.
func spelled(s string, i int, want string) int {
	if strings.HasPrefix(s[i:], want) {
		return len(want)
	}
	at := i
	for _, w := range []byte(want) {
		if at >= len(s) {
			return 0
		}
		c, n, _ := unit(s, at)
		if c != w {
			return 0
		}
		at += n
	}
	return at - i
}

func decode(s string) string {
	var b []byte
	for i := 0; i < len(s); {
		c, n, _ := unit(s, i)
		b = append(b, c)
		i += n
	}
	return string(b)
}

// unit reads the character at s[i:] in n bytes and undoes an escape: percent,
// applied level times, or a backslash's.
func unit(s string, i int) (c byte, n, level int) {
	switch s[i] {
	case '%':
		j := i + 1
		for level = 1; strings.HasPrefix(s[j:], "25"); level++ {
			if _, ok := hexByte(s, j+2); !ok {
				break
			}
			j += 2
		}
		if c, ok := hexByte(s, j); ok {
			return c, j + 2 - i, level
		}
	case '\\':
		if i+1 == len(s) {
			break
		}
		switch e := s[i+1]; e {
		case '"', '\'', '\\', '/':
			return e, 2, 0
		case 'n', 'r', 't':
			return '\n', 2, 0
		case 'x':
			if c, ok := hexByte(s, i+2); ok {
				return c, 4, 0
			}
		case 'u':
			if c, ok := hexByte(s, i+4); ok && s[i+2:i+4] == "00" {
				return c, 6, 0
			}
		}
	}
	return s[i], 1, 0
}

func hexByte(s string, i int) (byte, bool) {
	if i+2 > len(s) {
		return 0, false
	}
	hi, lo := nibble(s[i]), nibble(s[i+1])
	return hi<<4 | lo, hi < 16 && lo < 16
}

func nibble(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 16
}

func digit(c byte) bool  { return '0' <= c && c <= '9' }
func alnum(c byte) bool  { return digit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }
func plain(c byte) bool  { return alnum(c) || c == '_' || c == '-' } // in a tag
func inWord(c byte) bool { return plain(c) || c == '.' }

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

func (f *finder) add(from, to int) {
	if f.work -= to - from; f.work < 0 {
		to = len(f.s)
	}
	to += tagAt(f.s, to)
	switch v := strings.Trim(f.s[from:to], ".,;|'\"()[]{}<>*"); {
	case v == "" || v == "-" || v == "REDACTED" || v == "FILTERED" || isTag(v): // nothing, or hidden already
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
	for _, part := range []string{"password", "passwd", "passphrase", "apikey", "accesskey", "privatekey"} {
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
	case "pass", "pass1", "pass2", "pw", "sid", "connectsid", "sig", "session", "otp", "pin", "cvv", "cvc":
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

// token is the end of the characters at s[i:] of which tokens are made.
func token(s string, i int) int {
	for i < len(s) && (plain(s[i]) || strings.IndexByte(".~+/=%", s[i]) >= 0) {
		i++
	}
	return i
}

// key finds a key that begins as its issuer's keys do.
func (f *finder) key(i int) {
	for _, k := range keys {
		n := 0
		if c := f.s[i]; c == k.prefix[0] || c == '%' || c == '\\' {
			n = spelled(f.s, i, k.prefix)
		}
		if n == 0 || k.word && i > 0 && alnum(f.s[i-1]) {
			continue
		}
		if end := token(f.s, i+n); end-i-n >= k.least {
			f.add(i, end)
			return
		}
	}
}

// jwt finds base64 that begins as a JSON object does: a JWT, whole or cut.
func (f *finder) jwt(i int) {
	if strings.HasPrefix(f.s[i:], "eyJ") {
		if end := token(f.s, i); end-i >= 16 {
			f.add(i, end)
		}
	}
}

// scheme finds the credentials behind Bearer and Basic, outside of the header
// too, but not the prose of "Basic authentication failed".
func (f *finder) scheme(i int) {
	s := f.s
	n := 0
	for _, scheme := range []string{"bearer", "basic"} {
		if len(s)-i > len(scheme) && strings.EqualFold(s[i:i+len(scheme)], scheme) {
			n = len(scheme)
		}
	}
	if n == 0 {
		return
	}
	i += n
	from := i
	for i < len(s) {
		c, n, _ := unit(s, i)
		if c != ' ' && c != '+' && c != '\t' && c != ':' {
			break
		}
		i += n
	}
	end := token(s, i)
	prose := end-i < 16
	for _, c := range []byte(s[min(i+1, end):end]) {
		prose = prose && 'a' <= c && c <= 'z'
	}
	if from < i && !prose && !strings.HasPrefix(s[i:], "realm=") {
		f.add(i, end)
	}
}

// card finds the number of a payment card: a brand's first digits and length,
// in one piece or in groups, with a right check digit (ISO/IEC 7812-1).
func (f *finder) card(i int) {
	s := f.s
	if !digit(s[i]) || i > 0 && digit(s[i-1]) || i > 1 && s[i-1] == '.' && digit(s[i-2]) {
		return
	}
	var number, groups []byte
	group, end := byte(0), i
	for j := i; j < len(s) && len(number) < 20; {
		if digit(s[j]) {
			number = append(number, s[j])
			group++
			j++
			end = j
			continue
		}
		c, n, _ := unit(s, j)
		if c != ' ' && c != '-' && c != '+' || group != 4 && group != 6 || isCard(number) || j+n == len(s) || !digit(s[j+n]) {
			break
		}
		groups, group = append(groups, '0'+group), 0
		j += n
	}
	switch string(groups) + string('0'+rune(group)) {
	case "4444", "44443", "465", "464":
	default:
		if len(groups) > 0 {
			return
		}
	}
	if isCard(number) {
		f.add(i, end)
	}
}

func isCard(number []byte) bool {
	n := len(number)
	if n < 13 || n > 19 {
		return false
	}
	lead := int(number[0]-'0')*1000 + int(number[1]-'0')*100 + int(number[2]-'0')*10 + int(number[3]-'0')
	switch {
	case lead/1000 == 4: // Visa
	case (5100 <= lead && lead < 5600 || 2221 <= lead && lead <= 2720) && n == 16: // Mastercard
	case (lead/100 == 34 || lead/100 == 37) && n == 15: // American Express
	case (lead == 6011 || 6440 <= lead && lead < 6600) && n >= 16: // Discover
	case (lead/100 == 36 || lead/100 == 38 || 3000 <= lead && lead < 3060) && n == 14: // Diners Club
	case 3528 <= lead && lead < 3590 && n >= 16: // JCB
	case lead/100 == 62 && n >= 16: // UnionPay
	default:
		return false
	}
	sum := 0
	for i, c := range number {
		d := int(c - '0')
		if (n-i)%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// userinfo finds the password in https://user:password@host.
func (f *finder) userinfo(i int) {
	s := f.s
	n := spelled(s, i, "://")
	if n == 0 {
		return
	}
	_, _, level := unit(s, i)
	from, to := 0, 0
	for j := i + n; j < len(s); {
		c, k, l := unit(s, j)
		if l <= level && strings.IndexByte(" /?#\"'<>\\", c) >= 0 {
			break
		}
		switch {
		case c == ':' && from == 0:
			from = j + k
		case c == '@' && from > 0:
			to = j
		}
		j += k
	}
	if to > from {
		f.add(from, to)
	}
}

// pem finds a private key.
func (f *finder) pem(i int) {
	if f.s[i] != '-' || !strings.HasPrefix(f.s[i:], "-----BEGIN ") {
		return
	}
	at := strings.Index(f.s[i:min(i+64, len(f.s))], "PRIVATE KEY-----")
	if at < 0 {
		return
	}
	from := i + at + len("PRIVATE KEY-----")
	if n := strings.Index(f.s[from:], "-----END"); n >= 0 {
		f.add(from, from+n)
	} else {
		f.add(from, len(f.s))
	}
}
