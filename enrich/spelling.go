package enrich

import (
	"strings"

	"github.com/zeebo/xxh3"
)

// plainPath returns a path in its plain form: escapes of letters, digits, dots and
// dashes undone, empty and dot segments and matrix parameters left out, and no
// slash at its end. So a count of an endpoint is not dodged by spelling it anew.
// odd says whether more than a slash at the end, or a session that a server put
// there, was in the way. Source: RFC 3986 §6.2.2.
func plainPath(path string) (p string, odd bool) {
	if !spelledOddly(path) {
		if len(path) > 1 && path[len(path)-1] == '/' {
			path = path[:len(path)-1]
		}
		return path, false
	}
	b := make([]byte, 0, len(path))
	for i := 0; i < len(path); i++ {
		c := path[i]
		switch {
		case c == '%' && i+2 < len(path):
			x, ok := hexByte(path, i+1)
			letter := x|0x20 >= 'a' && x|0x20 <= 'z' || x-'0' < 10 || x == '.'
			if !ok || !letter && x != '-' && x != '_' && x != '~' && !(x == ' ' && i+3 == len(path)) {
				b = append(b, c)
				continue
			}
			odd = odd || letter || x == ' '
			if x != ' ' {
				b = append(b, x)
			}
			i += 2
		case c == ';':
			end := strings.IndexByte(path[i:], '/')
			if end < 0 {
				end = len(path) - i
			}
			odd = odd || !sessionParam(path[i+1:i+end])
			i += end - 1
		default:
			b = append(b, c)
		}
	}
	p, ok := undot(string(b))
	if !ok {
		return path, false // it climbs out of the root: no spelling, but an attack
	}
	return p, odd || len(p) < len(strings.TrimSuffix(string(b), "/"))
}

// spelledOddly says whether a path may not be in its plain form: cheap, for
// nearly all are.
func spelledOddly(path string) bool {
	for i := range len(path) {
		switch path[i] {
		case '%', ';':
			return true
		case '/':
			if i+1 < len(path) && path[i+1] == '/' {
				return true
			}
			if i+1 < len(path) && path[i+1] == '.' && (i+2 == len(path) || path[i+2] == '/' || path[i+2] == '.') {
				return true
			}
		}
	}
	return false
}

// sessionParam says whether a matrix parameter is a session's that a server of
// Java or PHP writes into its links.
func sessionParam(s string) bool {
	name, _, _ := strings.Cut(strings.ToLower(s), "=")
	return name == "jsessionid" || name == "phpsessid" || name == "sid"
}

// undot leaves out empty and dot segments; ok is false where they lead above
// the root. Source: RFC 3986 §5.2.4.
func undot(path string) (p string, ok bool) {
	var kept []string
	for seg := range strings.SplitSeq(path, "/") {
		switch seg {
		case "", ".":
		case "..":
			if len(kept) == 0 {
				return path, false
			}
			kept = kept[:len(kept)-1]
		default:
			kept = append(kept, seg)
		}
	}
	p = strings.Join(kept, "/")
	if strings.HasPrefix(path, "/") {
		p = "/" + p
	}
	return p, true
}

// manner is a hash of how a path is spelled, whatever the numbers in it.
func (n *Enricher) manner(path string) uint32 {
	b := make([]byte, 0, 256)
	for i := range min(len(path), 256) {
		if path[i]-'0' >= 10 {
			b = append(b, path[i])
		}
	}
	return uint32(xxh3.HashSeed(b, n.seed)>>1) | 1
}
