package threat

import (
	"net/netip"
	"strings"
)

// Signature describes a line of free text that is known to accompany a threat.
// One such line proves nothing: Note says what to look for next.
type Signature struct {
	Name   string // "access-denied-free-text"
	Threat string // slug of its page
	Note   string
	Match  func(line string) bool // linear in the line
}

// Match returns the signature that describes line: one line of application
// text without its newline, already taken out of any JSON or syslog envelope.
//
// A match is anchored at the line's beginning. Text that a client can put into
// a quoted field of an access log (path, referer, user agent) never matches,
// so nobody can plant a signature in somebody's log from outside.
func Match(line string) (Signature, bool) {
	for _, s := range signatures {
		if s.Match(line) {
			return s, true
		}
	}
	return Signature{}, false
}

var signatures = []Signature{
	{
		Name:   "access-denied-free-text",
		Threat: "unauthorized-api-access",
		Match:  accessDenied,
		Note: "One refusal proves nothing: an expired session and an attacker both write this line. " +
			"Look at the same address for refusals on other paths (probing), for neighbouring ids on this path (enumeration), " +
			"and above all for a success on this path after the refusal.",
	},
	{
		Name:   "unauthorized-attempt-free-text",
		Threat: "unauthorized-api-access",
		Match:  unauthorizedAttempt,
		Note: "The call was refused, so this line shows an attempt, not a breach. " +
			"Look for the same call succeeding from this address or with this credential, " +
			"for ids in the request body that change from line to line (somebody works through a list), " +
			"and for other functions tried.",
	},
}

// accessDenied matches "… ERROR 403 Access Denied - /path - IP: a - User-Agent: …".
func accessDenied(line string) bool {
	before, after, ok := cutMessage(line, "access denied")
	if !ok {
		return false
	}
	before, ok = strings.CutSuffix(strings.TrimRight(before, " -:[]"), "403")
	if !ok || before != "" && isWord(before[len(before)-1]) {
		return false
	}
	path, after, ok := cutFold(after, "ip:")
	return ok && strings.HasPrefix(strings.TrimLeft(path, " -:"), "/") && startsWithAddr(after)
}

// unauthorizedAttempt matches "ERROR: Unauthorized access attempt detected for
// API /path from IP a - Request Body: …".
func unauthorizedAttempt(line string) bool {
	_, after, ok := cutMessage(line, "unauthorized access attempt")
	if !ok {
		return false
	}
	path, after, ok := cutFold(after, "from ip")
	return ok && strings.Contains(path, " /") && startsWithAddr(strings.TrimPrefix(after, ":"))
}

// cutMessage cuts line around the beginning of its message. What stands before
// it is short and without quotes: a time, a level, a logger's name. Access logs
// have quoted a field by then, and JSON a key.
func cutMessage(line, message string) (before, after string, ok bool) {
	const longest = 128
	before, _, ok = cutFold(line[:min(len(line), longest+len(message))], message)
	if !ok || strings.Contains(before, `"`) {
		return "", "", false
	}
	return before, line[len(before)+len(message):], true
}

func startsWithAddr(s string) bool {
	s = strings.TrimLeft(s, " ")
	if i := strings.IndexAny(s, " ,;"); i >= 0 {
		s = s[:i]
	}
	if len(s) > 64 {
		return false
	}
	_, err := netip.ParseAddr(s)
	return err == nil
}

// cutFold is strings.Cut for a separator of lower-case ASCII, which begins with a
// letter and may stand in s in any case.
func cutFold(s, sep string) (before, after string, ok bool) {
	for i := 0; i+len(sep) <= len(s); i++ {
		if s[i]|0x20 == sep[0] && strings.EqualFold(s[i:i+len(sep)], sep) {
			return s[:i], s[i+len(sep):], true
		}
	}
	return s, "", false
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
