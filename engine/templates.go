package engine

import (
	"strings"

	"github.com/zeebo/xxh3"

	"goshawk/enrich"
	"goshawk/inventory"
)

// templates gives endpoints their numbers. It belongs to the sequencer: what
// is folded depends on the order of events alone.
type templates struct {
	names   []string
	own     []uint64 // hash of each name
	parent  []uint64 // hash of the name of the collection it belongs to, 0 none
	byName  map[string]uint32
	aliases map[string]uint32 // shapes already resolved; a cache
	nodes   map[string]map[string]bool
	calls   int // templates that are calls of a cloud's API
	spec    *inventory.Spec
	docs    []inventory.Description // of each name, where there is a description
}

// maxTemplates bounds the templates, maxChildren the literal segments under
// one prefix: beyond it they are slugs.
const maxTemplates, maxChildren, maxAliases = 4096, 64, 65536

// maxCalls bounds the calls of a cloud's API that are told apart though they
// have many siblings: anybody can write such a path to a web server.
const maxCalls = 1536

func newTemplates(spec *inventory.Spec) *templates {
	t := &templates{byName: map[string]uint32{}, aliases: map[string]uint32{}, nodes: map[string]map[string]bool{}, spec: spec}
	t.add("{other}")
	return t
}

// restore returns templates with these names. Learned without the description at
// hand, a name becomes the documented one; if another has, nobody asks for it any
// more.
func restore(spec *inventory.Spec, names []string, nodes map[string]map[string]bool) *templates {
	t := &templates{byName: map[string]uint32{}, aliases: map[string]uint32{}, nodes: nodes, spec: spec}
	for _, name := range names {
		documented, _, _ := spec.Match(name)
		if t.byName[strings.ToLower(documented)] == 0 {
			t.add(documented)
			continue
		}
		t.add(name)
		if spec != nil {
			t.docs[len(t.docs)-1] = inventory.Description{}
		}
	}
	return t
}

func (t *templates) add(name string) uint32 {
	id := uint32(len(t.names))
	t.names = append(t.names, name)
	t.own = append(t.own, xxh3.HashString(name))
	t.parent = append(t.parent, xxh3.HashString(collection(name)))
	t.byName[strings.ToLower(name)] = id
	if t.spec != nil {
		_, doc, o := t.spec.Match(name)
		t.docs = append(t.docs, inventory.Description{Doc: doc, Operation: o})
	}
	if enrich.CloudCall(name) {
		t.calls++
	}
	return id
}

// collection is the template of the list that an object's template belongs to:
// "GET /api/orders" for "GET /api/orders/{id}/items" and for "GET /api/orders?id={id}".
func collection(name string) string {
	i := strings.LastIndex(name, "/{")
	if q := strings.IndexByte(name, '?'); q >= 0 && q > i {
		i = q
	}
	if i < 0 {
		return ""
	}
	_, path, ok := strings.Cut(name[:i], " ")
	if !ok {
		path = name[:i]
	}
	return "GET " + path
}

// child says whether template t's objects belong to the collection list (plus
// one, 0 none).
func (t *templates) child(list uint16, of uint32) bool {
	return list != 0 && t.own[list-1] == t.parent[of]
}

// odder marks the id of a shape that differs from its template's name in case.
const odder = 1 << 31

// resolve returns the id of a shape's template, folding slugs; odder is set in
// it where the shape is spelled otherwise.
func (t *templates) resolve(shape string) uint32 {
	if id, ok := t.aliases[shape]; ok {
		return id
	}
	name := t.fold(shape)
	// Paths that differ in case alone are one endpoint: it has the name seen first.
	low := strings.ToLower(strings.TrimPrefix(name, " "))
	id, ok := t.byName[low]
	if !ok {
		if len(t.names) >= maxTemplates {
			return 0
		}
		id = t.add(strings.TrimPrefix(name, " "))
	}
	if len(t.aliases) >= maxAliases {
		clear(t.aliases)
	}
	if strings.TrimPrefix(name, " ") != t.names[id] {
		id |= odder
	}
	t.aliases[shape] = id
	return id
}

// fold replaces the segments that have too many siblings.
func (t *templates) fold(shape string) string {
	method, path, _ := strings.Cut(shape, " ")
	if enrich.CloudCall(shape) && t.calls < maxCalls { // a provider's names, which are many
		return shape
	}
	if name, doc, _ := t.spec.Match(shape); doc == inventory.Documented || doc == inventory.OtherMethod {
		return name
	}
	var out strings.Builder
	out.WriteString(method)
	out.WriteByte(' ')
	for i, seg := range strings.Split(path, "/") {
		if i > 0 {
			out.WriteByte('/')
		}
		if seg == "" || seg[0] == '{' {
			out.WriteString(seg)
			continue
		}
		node, low := strings.ToLower(out.String()), strings.ToLower(seg)
		kids := t.nodes[node]
		switch {
		case kids[low]:
		case len(kids) < maxChildren && len(t.nodes) < maxTemplates:
			if kids == nil {
				kids = map[string]bool{}
				t.nodes[strings.Clone(node)] = kids
			}
			kids[strings.Clone(low)] = true
		default:
			seg = "{slug}"
		}
		out.WriteString(seg)
	}
	return out.String()
}
