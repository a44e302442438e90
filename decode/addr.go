package decode

import (
	"net/netip"
	"strings"
)

// ipv4 reads a dotted address at the start of s and returns its length, 0 if
// there is none. A leading zero is refused, since some read it as octal.
func ipv4(s string) (a netip.Addr, n int) {
	var b [4]byte
	for k := range b {
		if k > 0 {
			if n >= len(s) || s[n] != '.' {
				return a, 0
			}
			n++
		}
		start, v := n, 0
		for n < len(s) && n < start+3 && digit(s[n]) {
			v = v*10 + int(s[n]-'0')
			n++
		}
		if n == start || v > 255 || n > start+1 && s[start] == '0' {
			return a, 0
		}
		b[k] = byte(v)
	}
	if n < len(s) && (digit(s[n]) || s[n] == '.') {
		return a, 0
	}
	return netip.AddrFrom4(b), n
}

// parseAddr reads a whole address: 192.0.2.1, 192.0.2.1:80, 2001:db8::1,
// [2001:db8::1], [2001:db8::1]:443. A zone is dropped and an IPv4 address
// mapped into IPv6 comes back as itself.
func parseAddr(s string) (netip.Addr, bool) {
	if a, n := ipv4(s); n > 0 {
		return a, n == len(s) || s[n] == ':' && isPort(s[n+1:])
	}
	if len(s) > 2 && s[0] == '[' {
		end := strings.IndexByte(s, ']')
		if end < 0 || end+1 < len(s) && (s[end+1] != ':' || !isPort(s[end+2:])) {
			return netip.Addr{}, false
		}
		s = s[1:end]
	}
	if i := strings.IndexByte(s, '%'); i >= 0 {
		s = s[:i]
	}
	if len(s) < 2 || len(s) > 45 || strings.IndexByte(s, ':') < 0 {
		return netip.Addr{}, false // netip's errors allocate: refuse what is plainly no address first
	}
	for i := range len(s) {
		if c := s[i]; !digit(c) && c != ':' && c != '.' && (c|0x20 < 'a' || c|0x20 > 'f') {
			return netip.Addr{}, false
		}
	}
	if !strings.Contains(s, "::") && strings.Count(s, ":") < 6 {
		return netip.Addr{}, false // a time of day, most likely
	}
	a, err := netip.ParseAddr(s)
	return a.Unmap(), err == nil
}

// parsePorted reads an address that a port may follow, after the last colon,
// even where IPv6 is written without brackets.
func parsePorted(s string) (netip.Addr, bool) {
	if i := strings.LastIndexByte(s, ':'); i > 0 && s[i-1] != ':' && isPort(s[i+1:]) {
		if a, ok := parseAddr(s[:i]); ok {
			return a, true
		}
	}
	return parseAddr(s)
}

func isPort(s string) bool {
	n, ok := number(s)
	return ok && s != "" && n < 1<<16
}

// isAddrList reports whether s is what X-Forwarded-For holds: addresses, with
// commas between, some of them perhaps unknown.
func isAddrList(s string) bool {
	for more := s != ""; more; {
		var item string
		item, s, more = strings.Cut(s, ",")
		item = strings.Trim(item, " ")
		if _, ok := parseAddr(item); !ok && item != "unknown" {
			return false
		}
		if !more {
			return true
		}
	}
	return false
}
