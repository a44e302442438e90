package enrich

import (
	"strings"

	"github.com/zeebo/xxh3"

	"goshawk/event"
)

// Shape is a method and path whose ids are folded: "GET /api/orders/{id}".
// What a path means is decided once a shape, not once a line.
type Shape struct {
	Text   string
	role   role
	traits event.Traits
	deed   event.Deed
	nth    uint8 // among the calls of that deed
	serves uint8 // hash of the service, of a cloud's API
	asset  bool
	list   bool // no id at its end: a collection, perhaps

	path    uint32 // hash of the path
	payload uint64 // hash of the payload in it
	ploy    event.Ploy
	cut     bool // it is not the whole path
}

// Shapes interns the shapes of one worker. Indexes are dense from 0 and start
// again at Cut.
type Shapes struct {
	seed  uint64
	index map[uint64]uint32
	known map[uint64]*Shape // of earlier cuts too; a cache
	near  [512]struct {     // of index, in front of it
		hash    uint64
		cut, at uint32
	}
	cut  uint32 // how many cuts so far, plus one
	list []*Shape
	buf  []byte
	odd  bool // the path folded last was not in its plain form
}

// maxKnown bounds the shapes remembered over cuts.
const maxKnown = 4096

func newShapes(seed uint64) *Shapes {
	return &Shapes{seed: seed, index: map[uint64]uint32{}, known: map[uint64]*Shape{}, cut: 1}
}

// Cut returns the shapes seen since the last Cut, by index, and starts anew.
func (s *Shapes) Cut() []*Shape {
	l := s.list
	s.list = make([]*Shape, 0, len(l)+8)
	s.cut++
	clear(s.index)
	return l
}

// maxIDs bounds the ids kept of one event.
const maxIDs = 8

// fold writes e's shape, collects its ids, and returns the shape's index.
func (s *Shapes) fold(e *event.Event) (uint32, *Shape) {
	b := append(s.buf[:0], e.Method[:min(len(e.Method), 32)]...)
	b = append(b, ' ')
	e.IDs = e.IDs[:0]
	asset := false
	s.odd = false
	if e.Flags&event.Malformed != 0 {
		b = append(b, "{malformed}"...)
	} else if e.Path == "" {
		b = append(b, pathless(e)...)
	} else {
		raw := e.Path
		e.Path, s.odd = plainPath(raw)
		b, asset = foldPath(b, e)
		e.Path = raw
		if e.Query != "" && !asset {
			b = foldQuery(b, e)
		}
	}
	s.buf = b
	h := xxh3.HashSeed(b, s.seed)
	near := &s.near[h%uint64(len(s.near))]
	if near.hash == h && near.cut == s.cut {
		return near.at, s.list[near.at]
	}
	i, ok := s.index[h]
	if !ok {
		i = uint32(len(s.list))
		s.index[h] = i
		sh := s.known[h]
		if sh == nil {
			if len(s.known) >= maxKnown {
				clear(s.known)
			}
			sh = newShape(string(b), asset)
			sh.identify(s.seed)
			s.known[h] = sh
		}
		s.list = append(s.list, sh)
	}
	near.hash, near.cut, near.at = h, s.cut, i
	return i, s.list[i]
}

// identify hashes the shape's path, and judges it.
func (sh *Shape) identify(seed uint64) {
	method, path, _ := strings.Cut(sh.Text, " ")
	path, _, _ = strings.Cut(path, "?")
	if path == "" || path[0] != '/' || method == "API" { // a cloud's calls have no path
		return
	}
	sh.path = uint32(mix(xxh3.HashString(path)^seed)) | 1
	sh.cut = strings.HasSuffix(path, "{rest}")
	sh.ploy, sh.payload = inPath(path)
}

// pathless names what an event without a path is about.
func pathless(e *event.Event) string {
	switch {
	case e.Auth != event.AuthUnknown:
		return "{login}"
	case e.Method != "":
		return "{malformed}"
	}
	return "{unknown}"
}

// maxSegments and maxShape bound a shape; what is longer is folded to {rest}.
const maxSegments, maxShape = 16, 256

func foldPath(b []byte, e *event.Event) ([]byte, bool) {
	path, prev := e.Path, ""
	for seg := 0; path != ""; seg++ {
		if path[0] == '/' {
			b = append(b, '/')
			path = path[1:]
		}
		i := strings.IndexByte(path, '/')
		last := i < 0
		if last {
			i = len(path)
		}
		s := path[:i]
		path = path[i:]
		if seg >= maxSegments && s != "" || len(b) > maxShape {
			return append(b, "{rest}"...), false
		}
		if s == "" {
			continue
		}
		base, ext := s, ""
		if last {
			if k := strings.LastIndexByte(s, '.'); k > 0 && len(s)-k <= 6 {
				base, ext = s[:k], s[k:]
				if assetExt(ext[1:]) {
					return append(append(b, "{file}"...), ext...), true
				}
			}
		}
		kind, n := kindOf(base)
		switch kind {
		case event.NoID:
			if len(b)+len(s) > maxShape {
				return append(b, "{rest}"...), false
			}
			b = append(b, s...)
		default:
			b = append(b, placeholder[kind]...)
			b = append(b, ext...)
			addID(e, prev, base, kind, n, false)
		}
		prev = s
	}
	return b, false
}

var placeholder = [...]string{event.Number: "{id}", event.UUID: "{uuid}", event.Hex: "{hex}", event.Slug: "{slug}"}

func addID(e *event.Event, param, value string, k event.IDKind, n uint64, query bool) {
	if len(e.IDs) == maxIDs {
		return
	}
	id := event.ID{Param: param, Value: value, Kind: k, Number: n, InQuery: query}
	if k != event.Number {
		id.Hash = xxh3.HashString(value)
	}
	e.IDs = append(e.IDs, id)
}

// foldQuery appends the parameters that carry an object's id, and no others:
// pages, sizes and search words are not objects.
func foldQuery(b []byte, e *event.Event) []byte {
	sep := byte('?')
	for q := e.Query; q != ""; {
		eq, end := -1, 0
		for end < len(q) && q[end] != '&' {
			if q[end] == '=' && eq < 0 {
				eq = end
			}
			end++
		}
		kv := q[:end]
		q = q[min(end+1, len(q)):]
		if eq == len(restRoute) && kv[:eq] == restRoute && len(kv) > eq+1 && kv[eq+1] == '/' {
			path := e.Path // WordPress takes the path from here where it cannot rewrite
			b = append(append(append(b, sep), restRoute...), '=')
			e.Path = kv[eq+1:]
			b, _ = foldPath(b, e)
			e.Path = path
			sep = '&'
			continue
		}
		if eq == len(ajax) && kv[:eq] == ajax && ownWord(kv[eq+1:]) {
			b = append(append(b, sep), kv...) // WooCommerce calls its functions by this parameter
			sep = '&'
			continue
		}
		if eq <= 0 || eq+1 == len(kv) || !idParam(kv[:eq]) {
			continue
		}
		name, value := kv[:eq], kv[eq+1:]
		kind, n := kindOf(value)
		if kind == event.NoID {
			continue
		}
		b = append(append(append(append(b, sep), name...), '='), placeholder[kind]...)
		sep = '&'
		addID(e, name, value, kind, n, true)
		if len(b) > maxShape {
			break
		}
	}
	return b
}

const restRoute, ajax = "rest_route", "wc-ajax"

// ownWord says whether a value is a word of the program's rather than a person's:
// small letters, dashes and underscores.
func ownWord(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && c != '-' && c != '_' {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// idParam says whether a query parameter names an object: id, user_id,
// orderId, uuid, account, order, invoice …
func idParam(name string) bool {
	if len(name) > 40 {
		return false
	}
	switch name {
	case "id", "ID", "uid", "uuid", "guid", "user", "account", "order", "invoice", "customer", "number", "no", "ref", "doc", "file", "pid", "oid", "author", "msisdn", "phone", "email":
		return true
	case "client_id", "clientId", "request_id", "requestId", "session_id", "sessionId", "trace_id", "correlation_id", "device_id", "deviceId", "app_id", "appId":
		return false
	}
	return strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "ID") || strings.HasSuffix(name, "-id") ||
		strings.HasSuffix(name, "_no") || strings.HasSuffix(name, "_number") || strings.HasSuffix(name, "Number") || strings.HasSuffix(name, "uuid")
}

func assetExt(x string) bool {
	switch x {
	case "js", "mjs", "css", "map", "png", "jpg", "jpeg", "gif", "svg", "ico", "webp", "avif", "woff", "woff2", "ttf", "eot", "otf", "mp4", "webm", "mp3", "wasm":
		return true
	}
	return false
}

// kindOf says what kind of id a segment is, and its number where it is one:
// digits, or a short prefix and at least three digits (ORD-10023); a UUID; 16
// or more hex digits or 20 or more token characters of which a fifth are digits.
func kindOf(s string) (event.IDKind, uint64) {
	if s == "" {
		return event.NoID, 0
	}
	c := s[len(s)-1]
	if c-'0' < 10 {
		if k, n := number(s); k {
			return event.Number, n
		}
	}
	if len(s) < 16 {
		return event.NoID, 0
	}
	if len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' && hexes(s) >= 32 {
		return event.UUID, 0
	}
	digits, hex, other := 0, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c-'0' < 10:
			digits++
			hex++
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			hex++
		case c|0x20 >= 'g' && c|0x20 <= 'z' || c == '_' || c == '-':
			other++
		default:
			return event.NoID, 0
		}
	}
	if i := strings.IndexByte(s, '_'); i > 0 && i <= 4 && len(s)-i > 12 && digits*5 >= len(s) {
		return event.Hex, 0 // cs_5f1c09ab77e2d410
	}
	if other == 0 && digits > 0 && len(s) >= 16 || len(s) >= 20 && digits*5 >= len(s) {
		return event.Hex, 0
	}
	return event.NoID, 0
}

func hexes(s string) (n int) {
	for i := range len(s) {
		if c := s[i]; c-'0' < 10 || c|0x20 >= 'a' && c|0x20 <= 'f' {
			n++
		}
	}
	return n
}

// number reads digits with at most eight letters and a dash before them.
func number(s string) (bool, uint64) {
	i := len(s)
	for i > 0 && s[i-1]-'0' < 10 {
		i--
	}
	prefix, digits := s[:i], s[i:]
	if len(digits) > 19 {
		return false, 0
	}
	if prefix != "" {
		if len(digits) < 3 || len(prefix) > 9 {
			return false, 0
		}
		for j := range len(prefix) {
			c := prefix[j]
			if c|0x20 >= 'a' && c|0x20 <= 'z' {
				continue
			}
			if (c == '-' || c == '_') && j == len(prefix)-1 {
				continue
			}
			return false, 0
		}
	}
	var n uint64
	for j := range len(digits) {
		n = n*10 + uint64(digits[j]-'0')
	}
	return true, n
}
