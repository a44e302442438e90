package decode

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"goshawk/event"
)

// dialect is what one producer of JSON objects calls things, where that is not
// what others call them.
type dialect struct {
	format string
	names  map[string]meaning // by path, such as "latencies.request"; a zero meaning is no meaning
	strict bool               // names that it does not list mean nothing, and what they name is not looked into

	// after is called when all fields are set, unless it is nil. It may change
	// them; done says that the event is made, or that err says why there is none.
	after func(d *Decoder, e *event.Event) (done bool, err error)

	added bool // its key is added to objects of other dialects too, whose own keys count for more

	envelope bool // what it holds is no request but a line
	index    int
	byWay    map[uint64]key // by hash of the path, that of its beginnings too
}

// common has no names but the common ones.
var common dialect

// dialects is the list of all. A key that is in tells dialects at the top level
// of an object means that it is of that dialect.
var (
	dialects = []*dialect{&common}
	tells    = map[string]uint8{}
)

// registerDialect registers a format that is a dialect of JSON. An object is
// taken for one of it if its top level has the key tell, or one of the keys that
// tell lists with spaces between, which no other producer writes.
func registerDialect(f Format, tell string, l dialect) Format {
	d := &l
	d.format, d.envelope, d.index = f.Name, f.Envelope, len(dialects)
	d.compile()
	dialects = append(dialects, d)
	var quoted []string
	for _, key := range strings.Fields(tell) {
		tells[key] = uint8(d.index)
		quoted = append(quoted, `"`+key+`"`)
	}
	f.object = true
	if f.fits == nil {
		f.fits = func(line string) bool {
			return line[0] == '{' && slices.ContainsFunc(quoted, func(key string) bool { return strings.Contains(line, key) })
		}
	}
	f.decode = func(dec *Decoder, line string, e *event.Event) error {
		if !dec.dispatch || dec.mapping != nil {
			return dec.json(d, line, e)
		}
		err := dec.json(&common, line, e) // as the format json does, since the key may stand elsewhere
		if err == nil && e.Format == "" {
			e.Format = jsonName
		}
		return err
	}
	return register(f)
}

func (l *dialect) compile() {
	l.byWay = map[uint64]key{}
	for path, m := range l.names {
		at := uint64(0)
		for {
			name, rest, more := strings.Cut(path, ".")
			at = step(at, name)
			k := l.byWay[at]
			k.path = at
			if more {
				k.way = true
			} else {
				k.meaning, k.own = m, true
			}
			l.byWay[at] = k
			if !more {
				break
			}
			path = rest
		}
	}
}

// step is the hash of a path that is one name longer (FNV-1a).
func step(path uint64, name string) uint64 {
	const prime = 1099511628211
	h := (path ^ '.') * prime
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * prime
	}
	return h
}

// lookup returns what a name means in an object with the path parent.
func (l *dialect) lookup(parent uint64, name string) key {
	if l == &common {
		if i, ok := tells[name]; ok {
			return key{meaning: meaning{aDialect, i}}
		}
		return key{meaning: lookup(name)}
	}
	at := step(parent, name)
	k, ok := l.byWay[at]
	switch {
	case k.own:
	case l.strict:
		k.slot = failure
	default:
		k.meaning = lookup(name)
	}
	if !ok {
		k.path = at
	}
	return k
}

// cache returns what the decoder remembers of the keys of a dialect.
func (d *Decoder) cache(l *dialect) *keyCache {
	for len(d.keys) <= l.index {
		d.keys = append(d.keys, nil)
	}
	if d.keys[l.index] == nil {
		d.keys[l.index] = new(keyCache)
	}
	return d.keys[l.index]
}

// Mapped lists the fields that Options.JSON can name, and what each holds.
var Mapped = map[string]string{
	"time":          "RFC 3339, CLF, or a number since 1970 in any unit",
	"client":        "address of who asked",
	"peer":          "address of the connection's other end",
	"forwarded":     "X-Forwarded-For",
	"method":        "GET, POST …",
	"request":       "request line: method, target, protocol",
	"path":          "path, with or without the query, or a URL",
	"query":         "query, without the path",
	"host":          "host asked for",
	"status":        "status of the answer",
	"bytes":         "bytes sent to the client",
	"bytes_in":      "bytes of the request",
	"duration_s":    "duration in seconds",
	"duration_ms":   "duration in milliseconds",
	"duration_us":   "duration in microseconds",
	"duration_ns":   "duration in nanoseconds",
	"user_agent":    "User-Agent",
	"referer":       "Referer",
	"user":          "authenticated principal",
	"account":       "account that a login aims at",
	"key":           "API key, or its id",
	"authorization": "Authorization header",
	"session":       "session id",
	"cookie":        "Cookie header",
	"tls":           "JA4 or JA3 fingerprint",
	"trace":         "request or trace id",
	"message":       "text that is itself a log line",
}

var mappable = map[string]slot{
	"time": aTime, "client": aClient, "peer": aPeer, "forwarded": aForwarded, "method": aMethod, "request": aRequest, "path": aTarget, "query": aQuery,
	"host": aHost, "status": aStatus, "bytes": aBytes, "bytes_in": aBytesIn, "duration_s": aSeconds, "duration_ms": aMillis, "duration_us": aMicros,
	"duration_ns": aNanos, "user_agent": aAgent, "referer": aReferer, "user": aUser, "account": aAccount, "key": aKey, "authorization": aAuthorized,
	"session": aSession, "cookie": aCookie, "tls": aTLS, "trace": aTrace, "message": aMessage,
}

// compileJSON makes a dialect of what a user says that things are called.
func compileJSON(names map[string]string) (*dialect, error) {
	l := &dialect{names: map[string]meaning{}, index: len(dialects)}
	fields := map[string]string{}
	for _, field := range slices.Sorted(maps.Keys(names)) {
		s, ok := mappable[field]
		if !ok {
			all := slices.Sorted(maps.Keys(mappable))
			return nil, fmt.Errorf("unknown field %q: did you mean %q? There are %s", field, Nearest(field, all), strings.Join(all, ", "))
		}
		path := names[field]
		if path == "" {
			return nil, fmt.Errorf("field %q: no path is given", field)
		}
		if other, ok := fields[path]; ok {
			return nil, fmt.Errorf("fields %q and %q have the same path %q", other, field, path)
		}
		fields[path] = field
		l.names[path] = meaning{s, 64} // whatever else the object says
	}
	l.compile()
	return l, nil
}
