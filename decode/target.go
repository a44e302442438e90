package decode

import (
	"strings"

	"goshawk/event"
)

// splitRequest cuts a request line: the method ends at the first space, the
// protocol begins after the last one, and what is between may hold spaces.
// HTTP/0.9 has no protocol. ok is false where the line is not HTTP.
func splitRequest(r string) (method, target, proto string, ok bool) {
	i := strings.IndexByte(r, ' ')
	if i < 1 || i > 32 {
		return "", "", "", false
	}
	method, target = r[:i], r[i+1:]
	for k := range len(method) {
		if c := method[k]; (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return "", "", "", false
		}
	}
	if j := strings.LastIndexByte(target, ' '); j >= 0 && strings.HasPrefix(target[j+1:], "HTTP/") {
		target, proto = target[:j], target[j+1:]
	} else if target == "" || target[0] != '/' {
		return "", "", "", false
	}
	return method, target, proto, target != "" && method != "PRI"
}

// setRequestLine fills in what a request line without escapes says. One that is
// not HTTP is kept whole.
func setRequestLine(e *event.Event, r string) {
	if r == "-" || r == "" {
		return
	}
	method, target, proto, ok := splitRequest(r)
	if !ok {
		e.Flags |= event.Malformed
		e.Path = r
		return
	}
	e.Method, e.Proto = method, proto
	setTarget(e, target)
	setQueryKey(e)
}

// setCutRequest fills in what a request line without escapes says that was cut:
// its end is no protocol yet, or may be no method yet.
func setCutRequest(e *event.Event, r string) {
	e.Flags |= event.Truncated
	if i := strings.LastIndexByte(r, ' '); i >= 0 && strings.HasPrefix("HTTP/", r[i+1:]) {
		r = r[:i]
	}
	if _, _, _, ok := splitRequest(r); ok {
		setRequestLine(e, r)
	}
}

// setTarget fills in path, query and, from an absolute URL, scheme and host.
func setTarget(e *event.Event, target string) {
	if target != "" && target[0] != '/' {
		if scheme, host, rest, ok := splitURL(target); ok {
			e.Scheme, e.Host, target = scheme, host, rest
			e.Flags |= event.AbsoluteForm
		}
	}
	e.Path = target
	if i := strings.IndexByte(target, '?'); i >= 0 {
		e.Path, e.Query = target[:i], target[i+1:]
	}
	if e.Path == "" {
		e.Path = "/"
	}
}

// splitURL cuts scheme://host off; rest is "/" at least, or begins with "?".
func splitURL(s string) (scheme, host, rest string, ok bool) {
	i := strings.IndexByte(s[:min(len(s), 8)], ':')
	if i < 2 || !strings.HasPrefix(s[i:], "://") {
		return "", "", "", false
	}
	switch scheme = s[:i]; {
	case strings.EqualFold(scheme, "http"), strings.EqualFold(scheme, "https"),
		strings.EqualFold(scheme, "ws"), strings.EqualFold(scheme, "wss"):
	default:
		return "", "", "", false
	}
	host, rest = s[i+3:], "/"
	for k := range len(host) {
		if host[k] == '/' || host[k] == '?' || host[k] == '#' {
			host, rest = host[:k], host[k:]
			break
		}
	}
	return scheme, host, rest, host != ""
}

// setQueryKey looks for a credential among the parameters of the query, unless
// the line named one already. A key counts for more than a token, and a token
// for more than a signature.
func setQueryKey(e *event.Event) {
	if e.Key != "" {
		return
	}
	best := 0
	for q, more := e.Query, e.Query != ""; more; {
		var pair string
		pair, q, more = strings.Cut(q, "&")
		i := strings.IndexByte(pair, '=')
		if i < 3 || i+1 == len(pair) {
			continue
		}
		if rank := credential(pair[:i]); rank > best && !strings.HasPrefix(pair[i+1:], "wc_order_") { // an order of WooCommerce names itself by its key
			best, e.Key = rank, pair[i+1:]
		}
	}
	if best > 0 {
		e.Carries |= event.HasKey
	}
}

// credential ranks the name of a query parameter, 0 for none.
func credential(name string) int {
	is := func(s string) bool { return strings.EqualFold(name, s) }
	switch len(name) {
	case 3:
		if is("key") {
			return 2
		}
		if is("sig") {
			return 1
		}
	case 5:
		if is("token") {
			return 3
		}
	case 6:
		if is("apikey") {
			return 5
		}
	case 7:
		if is("api_key") || is("api-key") {
			return 5
		}
	case 9:
		if is("x-api-key") {
			return 5
		}
	case 12:
		if is("access_token") {
			return 4
		}
	}
	return 0
}
