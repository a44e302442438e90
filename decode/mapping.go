package decode

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Field is something that Options.JSON can name.
type Field struct {
	Name string
	Doc  string // what its path leads to
	slot slot
}

var mapped = []Field{
	{"time", "RFC 3339, CLF, or a number since 1970 in any unit", aTime},
	{"client", "address of who asked", aClient},
	{"peer", "address of the connection's other end", aPeer},
	{"forwarded", "X-Forwarded-For", aForwarded},
	{"method", "GET, POST …", aMethod},
	{"request", "request line: method, target, protocol", aRequest},
	{"path", "path, with or without the query, or a URL", aTarget},
	{"query", "query, without the path", aQuery},
	{"host", "host asked for", aHost},
	{"status", "status of the answer", aStatus},
	{"bytes", "bytes sent to the client", aBytes},
	{"bytes_in", "bytes of the request", aBytesIn},
	{"duration_s", "duration in seconds", aSeconds},
	{"duration_ms", "duration in milliseconds", aMillis},
	{"duration_us", "duration in microseconds", aMicros},
	{"duration_ns", "duration in nanoseconds", aNanos},
	{"user_agent", "User-Agent", aAgent},
	{"referer", "Referer", aReferer},
	{"user", "authenticated principal", aUser},
	{"account", "account that a login aims at", aAccount},
	{"key", "API key, or its id", aKey},
	{"authorization", "Authorization header", aAuthorized},
	{"session", "session id", aSession},
	{"cookie", "Cookie header", aCookie},
	{"tls", "JA4 or JA3 fingerprint", aTLS},
	{"trace", "request or trace id", aTrace},
	{"message", "text that is itself a log line", aMessage},
}

// Fields lists what Options.JSON can name.
func Fields() []Field { return slices.Clone(mapped) }

// compileJSON makes a dialect of what a user says that things are called.
func compileJSON(names map[string]string) (*dialect, error) {
	l := &dialect{format: jsonName, mapped: true, names: map[string]meaning{}, index: len(dialects)}
	taken := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		i := slices.IndexFunc(mapped, func(f Field) bool { return f.Name == name })
		if i < 0 {
			var all []string
			for _, f := range mapped {
				all = append(all, f.Name)
			}
			return nil, fmt.Errorf("unknown field %q: did you mean %q? There are %s", name, Nearest(name, all), strings.Join(all, ", "))
		}
		path := names[name]
		if path == "" {
			return nil, fmt.Errorf("field %q: no path is given", name)
		}
		if other, ok := taken[path]; ok {
			return nil, fmt.Errorf("fields %q and %q have the same path %q", other, name, path)
		}
		taken[path] = name
		l.names[path] = meaning{mapped[i].slot, 64} // whatever else the object says
	}
	l.compile()
	return l, nil
}
