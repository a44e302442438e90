package enrich

import (
	"net/url"
	"strings"

	libinjection "github.com/corazawaf/libinjection-go"

	"goshawk/event"
)

// maxPayload bounds the text of a line that is searched for an attack.
const maxPayload = 4096

// attacks says whether a line's path, query or referer hold an attack on the server: SQL or script injection, a climb out of the root, a
// command, a template, or an address of the server's own network to fetch.
// Clean text, which nearly all is, costs one look at its bytes; user agents are
// looked at once each, see agent.
func attacks(e *event.Event) bool {
	return attacked(e.Path, false) || e.Query != "" && attackedQuery(e.Query) || len(e.Referer) > 1 && attacked(e.Referer, true)
}

// suspicious are the bytes without which no attack that is looked for can be
// written; a percent sign may hide any of them.
var suspicious = func() (t [256]bool) {
	for _, c := range "'\"<>`|${}\\%\x00" {
		t[c] = true
	}
	return t
}()

// attackedQuery judges each value of a query.
func attackedQuery(q string) bool {
	if len(q) > maxPayload {
		q = q[:maxPayload]
	}
	for q != "" {
		kv, rest, _ := strings.Cut(q, "&")
		q = rest
		name, value, ok := strings.Cut(kv, "=")
		if !ok {
			value = name
		}
		if attacked(value, false) || ok && inside(value) || ok && attacked(name, false) {
			return true
		}
	}
	return false
}

// attacked judges one text. A header's is held to scripts and look-ups only:
// user agents are full of brackets and semicolons.
func attacked(s string, header bool) bool {
	odd, dots := false, false
	for i := 0; i < len(s) && i < maxPayload; i++ {
		if suspicious[s[i]] {
			odd = true
			break
		}
		dots = dots || s[i] == '.' && i > 0 && s[i-1] == '.'
	}
	if !odd && !dots {
		return false
	}
	s = s[:min(len(s), maxPayload)]
	for range 2 {
		x, err := url.QueryUnescape(s)
		if err != nil || x == s {
			break
		}
		s = x
	}
	low := strings.ToLower(s)
	if strings.Contains(low, "${jndi:") || strings.Contains(low, "<script") || strings.Contains(low, "() {") {
		return true
	}
	if header {
		return false
	}
	if climbs(low) || commands(low) || templated(low) {
		return true
	}
	if !strings.ContainsAny(low, "'\"<>`") && !strings.Contains(low, "--") && !strings.Contains(low, " or ") && !strings.Contains(low, "union") && !strings.Contains(low, "select") && !strings.Contains(low, "sleep(") {
		return false
	}
	if sql, _ := libinjection.IsSQLi(s); sql {
		return true
	}
	return strings.ContainsAny(low, "<>'\"") && libinjection.IsXSS(s)
}

// climbs says whether a text leaves the root, or names a file that only an
// attack asks for.
func climbs(low string) bool {
	return strings.Count(low, "../") >= 2 || strings.Count(low, `..\`) >= 2 || strings.Contains(low, "/etc/passwd") || strings.Contains(low, "/proc/self/") ||
		strings.Contains(low, "win.ini") || strings.Contains(low, "php://") || strings.Contains(low, "file:///") || strings.ContainsRune(low, 0)
}

// commands says whether a text runs a command of a shell.
func commands(low string) bool {
	for _, sep := range []string{";", "|", "&&", "`", "$("} {
		_, rest, ok := strings.Cut(low, sep)
		if !ok {
			continue
		}
		rest = strings.TrimLeft(rest, " |&")
		for _, c := range []string{"cat ", "id", "whoami", "wget ", "curl ", "nc ", "sleep ", "ping ", "bash", "sh ", "ls ", "uname", "powershell", "nslookup "} {
			if after, ok := strings.CutPrefix(rest, c); ok && (after == "" || strings.HasSuffix(c, " ") || strings.ContainsRune(" ;|&`)'\"-<>", rune(after[0]))) {
				return true
			}
		}
	}
	return false
}

// templated says whether a text asks a template engine to compute.
func templated(low string) bool {
	for _, open := range []string{"{{", "${", "#{", "<%="} {
		_, rest, ok := strings.Cut(low, open)
		if !ok {
			continue
		}
		if strings.ContainsAny(rest[:min(len(rest), 8)], "*+") && strings.ContainsAny(rest[:min(len(rest), 8)], "0123456789") ||
			strings.Contains(rest, "__class__") || strings.Contains(rest, "config.") || strings.Contains(rest, "t(java") || strings.Contains(rest, "self.") {
			return true
		}
	}
	return false
}

// inside says whether a value is an address of the server's own network, which
// nobody outside has it fetch: its loopback, private networks, the metadata
// service of clouds. Source: OWASP API7:2023.
func inside(value string) bool {
	if len(value) < 12 || !strings.Contains(value, "://") && !strings.Contains(value, "%3") && !strings.Contains(value, "%2") {
		return false
	}
	s, err := url.QueryUnescape(value[:min(len(value), 512)])
	if err != nil {
		return false
	}
	scheme, rest, ok := strings.Cut(strings.ToLower(s), "://")
	if !ok {
		return false
	}
	switch scheme {
	case "gopher", "dict", "file", "ldap":
		return true
	case "http", "https", "ftp":
	default:
		return false
	}
	host := rest
	if i := strings.IndexAny(host, "/?#"); i >= 0 {
		host = host[:i]
	}
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if a, ok := Address(host); ok {
		return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsUnspecified()
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	return host == "localhost" || strings.HasSuffix(host, ".internal") || strings.HasPrefix(host, "0x7f") || host == "2130706433"
}
