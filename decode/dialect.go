package decode

import (
	"errors"
	"slices"
	"strings"

	"goshawk/event"
)

// dialect is what one producer of JSON objects calls things, where that is not
// what others call them.
type dialect struct {
	format string

	// names gives meanings by path, such as "latencies.request"; a name that
	// holds dots is a path too. A zero meaning is no meaning; failure means that
	// nothing counts in an object but what has a path here; headers of rank 0 are
	// all that a request had, of another some; an object that is a message is one
	// of another program.
	names map[string]meaning

	strict bool // names that it does not list mean nothing, and what they name is not looked into
	added  bool // its tells are added to objects of other dialects too, whose own count for more

	// after is called when all fields are set, unless it is nil. It may change
	// them; done says that the event is made, or that err says why there is none,
	// such as errForeign.
	after func(d *Decoder, e *event.Event) (done bool, err error)

	envelope bool // what it holds is no request but a line
	mapped   bool // of Options.JSON: an object is of it if it has one of its paths
	index    int
	byWay    map[uint64]place // by hash of the path
}

// place is a path, or the beginning of one.
type place struct {
	path string
	key
}

// errForeign says that an object is none of the dialect after all.
var errForeign = errors.New("of another program")

// common has no names but the common ones.
var common dialect

// tell is how to know a dialect: by a key at the top level of an object whose
// value, if it is text, begins in a way.
type tell struct {
	value   string
	dialect *dialect
}

var (
	dialects = []*dialect{&common}
	tellers  [][]tell
	tells    = map[string]uint8{} // by key: the place in tellers, plus one
)

// registerDialect registers a format that is a dialect of JSON. An object is
// taken for one of it by the tells, which have spaces between: each is a key that
// no other producer writes at the top level of its objects, or a key, an equals
// sign and how its value begins, where a plus stands for a space.
func registerDialect(f Format, known string, l dialect) Format {
	d := &l
	d.format, d.envelope, d.index = f.Name, f.Envelope, len(dialects)
	d.compile()
	dialects = append(dialects, d)
	var quoted []string
	for _, t := range strings.Fields(known) {
		name, value, _ := strings.Cut(t, "=")
		if tells[name] == 0 {
			tellers = append(tellers, nil)
			tells[name] = uint8(len(tellers))
		}
		all := &tellers[tells[name]-1]
		*all = append(*all, tell{strings.ReplaceAll(value, "+", " "), d})
		quoted = append(quoted, `"`+name+`"`)
	}
	f.object = true
	if f.fits == nil {
		f.fits = func(line string) bool {
			return line[0] == '{' && slices.ContainsFunc(quoted, func(key string) bool { return strings.Contains(line, key) })
		}
	}
	f.decode = func(dec *Decoder, line string, e *event.Event) error {
		if !dec.dispatch {
			return dec.json(d, line, e)
		}
		if dec.mapping == nil && !d.added && !d.envelope { // without looking for a tell first
			err := dec.dialect(d, line, e)
			if err == errForeign {
				return errUnfit
			}
			return err
		}
		err := dec.json(&common, line, e) // as the format json does, since the key may stand elsewhere
		if err == nil && e.Format == "" {
			e.Format = jsonName
		}
		return err
	}
	return register(f)
}

// told returns the dialect that a key's value tells, nil for none.
func (k key) told(value string) *dialect {
	for _, t := range tellers[k.tell-1] {
		if t.value == "" || strings.HasPrefix(value, `"`) && strings.HasPrefix(value[1:], t.value) {
			return t.dialect
		}
	}
	return nil
}

// Paths that stand for others: the top level, and all that no name is in.
const (
	root = 0
	lost = 1
)

func (l *dialect) compile() {
	l.byWay = map[uint64]place{root: {}}
	for path, m := range l.names {
		at := uint64(root)
		for i := 0; i < len(path); {
			name, _, more := strings.Cut(path[i:], ".")
			i += len(name)
			at = step(at, name)
			p := l.byWay[at]
			p.path, p.key.path = path[:i], at
			if more {
				p.role |= way
			} else {
				p.meaning = m
				p.role |= own
			}
			l.byWay[at] = p
			i++
		}
	}
}

// step is the hash of a path that is one name longer (FNV-1a). A name with dots
// leads where its parts would.
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
	k := key{path: lost}
	if parent != lost {
		// A client can find a name with any hash: the path itself counts.
		if p, ok := l.byWay[step(parent, name)]; ok {
			if rest, ok := strings.CutPrefix(p.path, l.byWay[parent].path); ok && strings.TrimPrefix(rest, ".") == name {
				k = p.key
			}
		}
	}
	switch {
	case k.is(own):
	case l.strict:
		k.slot = failure
	default:
		k.meaning = lookup(name)
	}
	if parent == root {
		k.tell = tells[name]
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
