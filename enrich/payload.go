package enrich

import (
	"strings"

	"github.com/corazawaf/libinjection-go"
	"github.com/zeebo/xxh3"

	"goshawk/event"
)

// Text that a careless server would execute is looked for in the path, the
// query, the referer and the user agent. Nearly all lines are dismissed by the
// bytes they are made of; what is left is decoded, at most twice, and judged one
// value at a time: prose and code that people search for hold the same words,
// but they break out of no string and open no tag that does anything.
// Sources: OWASP WSTG-INPV; libinjection's readme on fingerprints.

// Classes of bytes, in a value and before it is decoded.
const (
	escaped  = 1 << iota // %
	quoted               // ' " `
	angled               // < >
	called               // (
	joined               // ; | \ # $ { *
	paired               // & =
	climbing             // .
	schemed              // :
	blank                // space +
)

var byteClass = func() (t [256]uint16) {
	for class, bytes := range map[uint16]string{escaped: "%", quoted: "'\"`", angled: "<>", called: "(", joined: ";|\\#${*", paired: "&=", climbing: ".", schemed: ":", blank: " +"} {
		for i := range len(bytes) {
			t[bytes[i]] |= class
		}
	}
	return t
}()

func classes(s string) (c uint16) {
	for ; len(s) >= 8; s = s[8:] {
		c |= byteClass[s[0]] | byteClass[s[1]] | byteClass[s[2]] | byteClass[s[3]] | byteClass[s[4]] | byteClass[s[5]] | byteClass[s[6]] | byteClass[s[7]]
	}
	for i := range len(s) {
		c |= byteClass[s[i]]
	}
	return c
}

// longest bounds what is judged of one value.
const longest = 512

// inQuery looks for a payload in a query's values and returns its hash.
func inQuery(q string) (event.Ploy, uint64) {
	if strings.HasSuffix(q, "]") || strings.Contains(q, "[$") {
		if p, ok := operator(q); ok {
			return event.SQL, xxh3.HashString(p)
		}
	}
	if classes(q)&^paired == 0 {
		return event.NoPloy, 0
	}
	for q != "" {
		kv, rest, _ := strings.Cut(q, "&")
		q = rest
		name, value, ok := strings.Cut(kv, "=")
		if !ok {
			name, value = "", kv
		}
		if len(value) < 3 {
			continue
		}
		if p, h := inValue(name, value); p != event.NoPloy {
			return p, h
		}
	}
	return event.NoPloy, 0
}

// operator finds MongoDB's operators in the names of parameters:
// user[$ne]=x.
func operator(q string) (string, bool) {
	for _, op := range []string{"[$ne]", "[$gt]", "[$where]", "[$regex]", "[$nin]", "[$exists]"} {
		if strings.Contains(q, op) {
			return op, true
		}
	}
	return "", false
}

// inValue judges one value as it is written.
func inValue(name, value string) (event.Ploy, uint64) {
	value = value[:min(len(value), longest)]
	c := classes(value)
	if c&^(blank|schemed|climbing|paired) == 0 && harmless(value, c) {
		return event.NoPloy, 0
	}
	v := value
	if c&escaped != 0 || strings.IndexByte(v, '+') >= 0 {
		v = unquoteTwice(value)
		c = classes(v)
	}
	if len(v) < 3 || c&^(blank|schemed|climbing|paired) == 0 && harmless(v, c) {
		return event.NoPloy, 0
	}
	p := ployOf(name, strings.ToLower(v), c)
	if p == event.NoPloy {
		return p, 0
	}
	return p, xxh3.HashString(v)
}

// harmless says whether a value of words, dots, colons and blanks is no more
// than that.
func harmless(v string, c uint16) bool {
	return !(c&climbing != 0 && strings.Contains(v, "..") || c&schemed != 0 && strings.Contains(v, "://") || c&blank != 0 && (c&paired != 0 || strings.Contains(v, "--") || within(v, "union")) ||
		strings.Contains(v, "/etc/") || strings.Contains(v, "--") || c&schemed != 0 && within(v, "script:"))
}

// within says whether s holds word, which is in lower case, in any case.
func within(s, word string) bool {
	for i := 0; i+len(word) <= len(s); i++ {
		if s[i]|0x20 == word[0] && strings.EqualFold(s[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

// unquoteTwice undoes percent escapes, and what is still escaped then once
// more; a plus is a blank.
func unquoteTwice(s string) string {
	s = unquote(strings.ReplaceAll(s, "+", " "))
	if strings.IndexByte(s, '%') >= 0 {
		s = unquote(s)
	}
	return s
}

func unquote(s string) string {
	i := strings.IndexByte(s, '%')
	if i < 0 {
		return s
	}
	b := append(make([]byte, 0, len(s)), s[:i]...)
	for ; i < len(s); i++ {
		if s[i] == '%' {
			if c, ok := hexByte(s, i+1); ok {
				b = append(b, c)
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

// ployOf says what a value, decoded and in lower case, would do.
func ployOf(name, v string, c uint16) event.Ploy {
	if c&joined != 0 && lookup(v) {
		return event.Lookup
	}
	if c&climbing != 0 && climbs(v) {
		return event.Traversal
	}
	if c&schemed != 0 && inward(name, v) {
		return event.Inward
	}
	if c&(joined|angled|called|climbing) != 0 && evaluated(v) {
		return event.Template
	}
	if c&(joined|quoted|called|paired) != 0 && commands(v) {
		return event.Command
	}
	if (c&angled != 0 || strings.Contains(v, "javascript:") || strings.Contains(v, "on")) && scripts(v) {
		return event.Script
	}
	if c&(quoted|called|joined|paired) != 0 || strings.Contains(v, "--") || strings.Contains(v, "union") {
		if ok, print := libinjection.IsSQLi(v); ok && breaks(print) {
			return event.SQL
		}
	}
	return event.NoPloy
}

// breaks says whether a fingerprint is of text that breaks out of a value, and
// not of an expression or a statement that is the whole value, as languages of
// filters have it.
func breaks(print string) bool {
	return strings.IndexByte("s1v)&U", print[0]) >= 0 || strings.ContainsAny(print, "cUX")
}

// scripts says whether a value opens a tag or a handler that does something.
func scripts(v string) bool {
	if i := strings.Index(v, "javascript:"); i >= 0 && !strings.Contains(v[i:], " ") && strings.Contains(v[i:], "(") {
		return true
	}
	if !strings.ContainsAny(v, "(`") && !strings.Contains(v, "src") && !strings.Contains(v, "javascript:") && !strings.Contains(v, "</script>") {
		return false
	}
	return strings.ContainsAny(v, "<=") && libinjection.IsXSS(v)
}

// climbs says whether a value leaves its folder for a file of the system's.
func climbs(v string) bool {
	if strings.IndexByte(v, ' ') >= 0 {
		return false
	}
	up := strings.Count(v, "../") + strings.Count(v, "..\\") + 2*strings.Count(v, "....//") + 2*strings.Count(v, "..;/") + 2*strings.Count(v, "..%2f")
	target := false
	for _, t := range [...]string{"etc/passwd", "etc/shadow", "etc/hosts", "proc/self", "win.ini", "boot.ini", "web-inf", "windows\\system32", "windows/system32"} {
		target = target || strings.Contains(v, t)
	}
	return up >= 2 || target && (up > 0 || v[0] == '/' || v[0] == '.')
}

// inward says whether a value is an address of the server's own network, or of
// those that only a test of such addresses uses. A browser that is sent back to
// the machine of a developer is neither.
func inward(name, v string) bool {
	at := strings.Index(v, "://")
	if at < 0 || at > 10 || strings.IndexByte(v, ' ') >= 0 {
		return false
	}
	switch v[:at] {
	case "gopher", "dict", "ldap", "ldaps", "tftp", "jar", "phar", "expect", "php", "netdoc":
		return true
	case "file":
		return true
	case "http", "https", "ftp":
	default:
		return false
	}
	host := v[at+3:]
	if i := strings.IndexAny(host, "/?#"); i >= 0 {
		host = host[:i]
	}
	for _, h := range [...]string{"169.254.169.254", "metadata.google", "100.100.100.200", "fd00:ec2", "0x7f", "2130706433", "oast.", "interact.sh", "burpcollaborator", "0.0.0.0"} {
		if strings.Contains(host, h) {
			return true
		}
	}
	if strings.HasPrefix(host, "127.") || strings.HasPrefix(host, "localhost") || strings.HasPrefix(host, "[::1]") || strings.HasPrefix(host, "[::ffff:7f") {
		name = strings.ToLower(name)
		for _, back := range [...]string{"redirect", "callback", "return", "origin", "referrer", "next", "continue"} {
			if strings.Contains(name, back) {
				return false
			}
		}
		return true
	}
	return false
}

// lookup finds Log4j's lookups, spelled out or veiled. Source: CVE-2021-44228.
func lookup(v string) bool {
	i := strings.Index(v, "${")
	if i < 0 {
		return false
	}
	v = v[i:]
	return strings.Contains(v, "jndi:") || strings.Contains(v, "${::-") || strings.Contains(v, "${lower:") || strings.Contains(v, "${upper:") || strings.Contains(v, "${env:")
}

// evaluated says whether a value is a template's expression that would show
// that it was evaluated, or reach for what lies behind the template.
func evaluated(v string) bool {
	for _, t := range [...]string{"__class__", "__globals__", "__mro__", "__subclasses__", "getruntime", "t(java.lang", "freemarker.template", "@java.lang", "${@print", "{{config", "{{self", "{php}"} {
		if strings.Contains(v, t) {
			return true
		}
	}
	for _, open := range [...]string{"{{", "${", "#{", "*{", "<%=", "@("} {
		_, x, ok := strings.Cut(v, open)
		if !ok {
			continue
		}
		x = strings.TrimLeft(x, " '\"")
		n := 0
		for n < len(x) && digit(x[n]) {
			n++
		}
		y := strings.TrimLeft(x[n:], " ")
		if n > 0 && y != "" && (y[0] == '*' || y[0] == '+' || y[0] == '-') {
			return true
		}
	}
	return false
}

// shellWords are commands that show that a shell listened.
var shellWords = [...]string{"id", "whoami", "cat", "ls", "dir", "ping", "sleep", "curl", "wget", "nc", "ncat", "bash", "sh", "uname", "nslookup", "powershell", "cmd", "echo", "certutil", "ifconfig", "ipconfig", "printenv", "touch", "rm"}

// commands says whether a value ends a command and begins another.
func commands(v string) bool {
	if strings.HasPrefix(v, "() {") {
		return true // Shellshock, CVE-2014-6271
	}
	for i := 0; i < len(v); i++ {
		open := 0
		switch v[i] {
		case ';', '|', '`', '\n':
			open = 1
		case '&':
			if i+1 < len(v) && v[i+1] == '&' {
				open = 2
			}
		case '$':
			if i+1 < len(v) && v[i+1] == '(' {
				open = 2
			}
		}
		if open == 0 {
			continue
		}
		x := strings.TrimLeft(v[i+open:], " |")
		for _, w := range shellWords {
			if !strings.HasPrefix(x, w) {
				continue
			}
			rest := x[len(w):]
			if rest == "" && (i == 0 || len(w) > 3) || rest != "" && (rest[0] == '`' || rest[0] == ')' || rest[0] == ';') && (open == 2 || v[i] != ';' || i == 0) {
				return true
			}
			if rest != "" && rest[0] == ' ' && argued(rest[1:]) {
				return true
			}
		}
	}
	return false
}

// argued says whether text looks like a command's arguments: an option, a
// number, a path or an address, and no word of prose.
func argued(s string) bool {
	s, _, _ = strings.Cut(s, " ")
	return s != "" && (s[0] == '-' || s[0] == '/' || digit(s[0]) || strings.ContainsAny(s, "/.:"))
}

// inPath judges a path: each segment is a value, and the whole may climb.
func inPath(path string) (event.Ploy, uint64) {
	path = path[:min(len(path), 4*longest)]
	c := classes(path)
	if c&(escaped|quoted|angled|called|joined) == 0 && !strings.Contains(path, "../") {
		return event.NoPloy, 0
	}
	v := unquoteTwice(strings.ReplaceAll(path, "+", "%2B"))
	low := strings.ToLower(v)
	if climbs(strings.ReplaceAll(low, " ", "_")) && (c&escaped != 0 || strings.Contains(low, "etc/passwd") || strings.Contains(low, "..;/") || strings.Contains(low, "win.ini")) {
		return event.Traversal, xxh3.HashString(v)
	}
	if p := ployOf("", low, classes(low)&^(climbing)); p != event.NoPloy {
		return p, xxh3.HashString(v)
	}
	for seg := range strings.SplitSeq(path, "/") {
		if p, h := inValue("", seg); p != event.NoPloy {
			return p, h
		}
	}
	return event.NoPloy, 0
}

// inHeader judges a header's whole text.
func inHeader(text string) (event.Ploy, uint64) {
	c := classes(text)
	if c&(escaped|quoted|angled) == 0 && !strings.Contains(text, "${") && !strings.Contains(text, "() {") && !strings.Contains(text, "{{") {
		return event.NoPloy, 0
	}
	text = text[:min(len(text), longest)]
	v := strings.ToLower(unquote(text))
	switch {
	case lookup(v):
		return event.Lookup, xxh3.HashString(text)
	case evaluated(v):
		return event.Template, xxh3.HashString(text)
	case strings.HasPrefix(v, "() {") || (strings.Contains(v, "$(") || strings.IndexByte(v, '`') >= 0) && commands(v):
		return event.Command, xxh3.HashString(text)
	case strings.IndexByte(v, '<') >= 0 && scripts(v):
		return event.Script, xxh3.HashString(text)
	case strings.IndexByte(v, '\'') >= 0:
		if ok, print := libinjection.IsSQLi(v); ok && strings.ContainsAny(print, "cU&") {
			return event.SQL, xxh3.HashString(text)
		}
	}
	return event.NoPloy, 0
}

// inReferer judges a referer by its query.
func inReferer(r string) (event.Ploy, uint64) {
	if strings.Contains(r, "${") || !strings.Contains(r, "://") {
		return inHeader(r)
	}
	if i := strings.IndexByte(r, '?'); i >= 0 {
		return inQuery(r[i+1:])
	}
	return event.NoPloy, 0
}

// payload looks for a payload in all of an event's text.
func (n *Enricher) payload(e *event.Event, sh *Shape, r *event.Rec) {
	p, h := sh.ploy, sh.payload
	if sh.cut {
		p, h = inPath(e.Path)
	}
	if p == event.NoPloy && e.Query != "" {
		p, h = inQuery(e.Query)
	}
	if p == event.NoPloy && e.Referer != "" {
		p, h = inReferer(e.Referer)
	}
	if p != event.NoPloy {
		r.Traits |= event.Payload
		r.Ploy, r.Path = p, uint32(mix(h^n.seed))|1
	}
}
