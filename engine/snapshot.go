package engine

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/zeebo/xxh3"

	"goshawk/event"
)

// A snapshot is what the sequencer and the shards know at an epoch's end. What
// is told of the input without judging it (lines, formats, samples, signatures)
// is not in it: a run that resumes reads its sources from their beginning, tells
// of them as any run does, and passes over the records that were judged before.
// On the way it takes up the lines kept as evidence again, so that no line of a
// log, and no secret in one, is ever saved.
//
// The form is the memory's own: types without a pointer are copied as they lie,
// everything else follows them, lengths first and maps in order, so that the
// same state gives the same bytes. A header says how the types were laid out
// and what the state belongs to; a checksum ends it. It guards against
// accidents, not against an author: keep states where none but Goshawk writes.

// ErrResume is wrapped by all errors of a state that cannot be resumed from:
// damaged, or of another version, seed, memory budget or set of sources.
// Without Resume the same run starts anew.
var ErrResume = errors.New("cannot go on from the saved state")

// stateMagic is "goshawk" and the version of the form.
const stateMagic = 'g'<<56 | 'o'<<48 | 's'<<40 | 'h'<<32 | 'a'<<24 | 'w'<<16 | 'k'<<8 | 1

// state lists all that a snapshot holds. It is whole at an epoch's end only,
// when the block is empty and the votes are counted; the view follows from them.
func (g *Engine) state() []any {
	l := []any{&g.epochs, &g.events, &g.start, &g.last, &g.epochStart, &g.input.Late, &g.input.Skewed, &g.input.Repeated,
		&g.total, &g.outage, &g.attempts, &g.attempted, &g.failures, &g.failed, &g.templates.names, &g.templates.nodes, &g.crowd, &g.open, &g.prints, &g.logins, &g.known}
	for _, f := range g.feeds {
		l = append(l, &f.judged, &f.clock, &f.behind, &f.successes, &f.stat.First, &f.stat.Last)
	}
	for _, sh := range g.shards {
		l = append(l, sh)
	}
	return l
}

// save writes the state.
func (g *Engine) save(w io.Writer) error {
	if g.Enrich.Reveal {
		return errors.New("save the state: with secrets revealed it would hold them in clear")
	}
	for _, f := range g.feeds {
		f.judged = f.consumed()
	}
	c := &codec{w: bufio.NewWriterSize(w, pieceSize)}
	g.code(c)
	if c.err == nil {
		c.err = c.w.Flush()
	}
	if c.err != nil {
		return fmt.Errorf("save the state: %w", c.err)
	}
	return nil
}

// resume reads a state that save wrote into a new engine, which is of no use
// if that fails.
func (g *Engine) resume(r io.Reader) error {
	c := &codec{r: bufio.NewReaderSize(r, pieceSize)}
	g.code(c)
	if c.err == nil {
		if _, err := c.r.ReadByte(); err != io.EOF {
			c.err = errDamaged
		}
	}
	if c.err != nil {
		return fmt.Errorf("%w: %w", ErrResume, c.err)
	}
	names, nodes := g.templates.names, g.templates.nodes
	g.templates = restore(g.Spec, names, nodes)
	g.view = g.solve()
	g.want()
	return nil
}

var errDamaged = errors.New("it is damaged")

// code saves or loads the whole of a snapshot.
func (g *Engine) code(c *codec) {
	c.sum, c.known = xxh3.New(), map[reflect.Type]layout{}
	types, owner, sources := xxh3.New(), xxh3.New(), xxh3.New()
	fmt.Fprint(types, binary.NativeEndian.Uint16([]byte{1, 0}))
	for i := range g.detectors {
		fmt.Fprintln(types, g.detectors[i].Name) // an open finding knows its detector by number
	}
	state := g.state()
	for _, p := range state {
		c.learn(types, reflect.TypeOf(p).Elem())
	}
	fmt.Fprintln(owner, g.Seed, g.Memory, g.tagger.Tag("whose state is this?"))
	if g.Spec != nil {
		for _, o := range g.Spec.Operations {
			fmt.Fprintln(owner, *o)
		}
	}
	for _, f := range g.feeds {
		fmt.Fprintf(sources, "%q", f.stat.Name)
	}
	c.match(stateMagic, "it is none, or of another version")
	c.match(sources.Sum64(), "it is of other sources")
	c.match(owner.Sum64(), "it was saved with another description of the API, seed, tag key or memory budget")
	c.match(types.Sum64(), "it is of another version")
	for _, p := range state {
		c.value(reflect.ValueOf(p).Elem())
	}
	c.match(c.sum.Sum64(), errDamaged.Error())
}

// consumed is the last line of the feed that was judged, or holds nothing that
// ever will be.
func (f *feed) consumed() int {
	if c, r, _ := f.head(); r != nil {
		return c.line + int(c.at[c.read].line) - 1
	}
	return f.line
}

// want notes, by feed and line, the kept lines whose text was not saved.
func (g *Engine) want() {
	want := func(l *keptLine) {
		if l.line > 0 {
			f := g.feeds[l.source]
			f.wanted = append(f.wanted, l)
		}
	}
	for _, sh := range g.shards {
		for i := range sh.kept.ring {
			want(&sh.kept.ring[i])
		}
		for _, sub := range sh.subjects {
			for _, f := range sub.open {
				for i := range f.refs {
					want(&f.refs[i])
				}
			}
		}
	}
	for i := range g.failures {
		want(&g.failures[i].keptLine)
	}
	g.crowd.lines(want)
	for _, k := range []*keptLine{&g.logins.User, &g.logins.Owner, &g.logins.Key} {
		want(k)
	}
	for i := range g.open {
		want(&g.open[i].keptLine)
	}
	for _, f := range g.feeds {
		slices.SortFunc(f.wanted, func(a, b *keptLine) int { return a.line - b.line })
	}
}

// skip passes over the records of a new chunk that were judged before the run
// resumed. Nothing is judged before all feeds have come that far: see merge.
func (g *Engine) skip(c *chunk) {
	f := g.feeds[c.feed]
	if c.line > f.judged {
		return
	}
	for ; c.read < len(c.recs); c.read++ {
		s := c.at[c.read]
		line := c.line + int(s.line)
		if line > f.judged {
			break
		}
		for len(f.wanted) > 0 && f.wanted[0].line <= line {
			if l := f.wanted[0]; l.line == line {
				l.text, l.in = strings.Clone(cut(c.lineText(s))), c.in
			}
			f.wanted = f.wanted[1:]
		}
	}
	for len(f.queue) > 0 && f.queue[0].read == len(f.queue[0].recs) {
		g.spare = append(g.spare, f.queue[0])
		f.queue = f.queue[1:]
	}
}

// short is an error if a source ended before the place from which to go on.
func (g *Engine) short() error {
	for _, f := range g.feeds {
		if f.done && f.line < f.judged {
			if err := g.ctx.Err(); err != nil {
				return err
			}
			return fmt.Errorf("%w: %s ends after line %d of %d: %s", ErrResume, f.stat.Name, f.line, f.judged, cmp.Or(f.stat.Error, "it is another log"))
		}
	}
	return nil
}

// codec saves values, or loads them: one walk does both, so that they cannot
// disagree. Memory is taken as bytes arrive, whatever a length claims.
type codec struct {
	r     *bufio.Reader // nil when saving
	w     *bufio.Writer
	sum   *xxh3.Hasher
	known map[reflect.Type]layout
	err   error // the first; after it nothing is done any more
}

// layout says how a type is saved: as it lies if it is plain, that is, holds no
// pointer. Gaps are the bytes between its fields, which may hold anything.
type layout struct {
	plain bool
	gaps  []gap
}

type gap struct{ from, to uintptr }

// pieceSize is how many bytes are read at once, and taken on the word of a length.
const pieceSize = 1 << 20

// learn finds out the layout of a type and of all that it leads to, and
// describes them to w. It panics on a type that no snapshot can hold.
func (c *codec) learn(w io.Writer, t reflect.Type) layout {
	fmt.Fprintln(w, t, t.Kind(), t.Size())
	if l, ok := c.known[t]; ok {
		return l
	}
	var l layout
	switch t.Kind() {
	case reflect.Struct:
		l.plain = true
		end := uintptr(0)
		for i := range t.NumField() {
			f := t.Field(i)
			fmt.Fprintln(w, f.Name, f.Offset, f.Tag)
			if f.Tag.Get("state") == "-" {
				l.plain = false
				continue
			}
			in := c.learn(w, f.Type)
			l.plain = l.plain && in.plain
			l.add(gap{end, f.Offset}, 0)
			for _, g := range in.gaps {
				l.add(g, f.Offset)
			}
			end = f.Offset + f.Type.Size()
		}
		l.add(gap{end, t.Size()}, 0)
	case reflect.Array:
		in := c.learn(w, t.Elem())
		l.plain = in.plain
		for i := range t.Len() {
			for _, g := range in.gaps {
				l.add(g, uintptr(i)*t.Elem().Size())
			}
		}
	case reflect.Map:
		c.learn(w, t.Key())
		c.learn(w, t.Elem())
	case reflect.Slice, reflect.Pointer:
		c.learn(w, t.Elem())
	case reflect.String:
		c.learn(w, reflect.TypeFor[byte]())
	case reflect.Chan, reflect.Func, reflect.Interface, reflect.UnsafePointer, reflect.Uintptr:
		panic("engine: no snapshot can hold a " + t.String())
	default:
		l.plain = true
	}
	c.known[t] = l
	return l
}

func (l *layout) add(g gap, at uintptr) {
	if g.from < g.to {
		l.gaps = append(l.gaps, gap{g.from + at, g.to + at})
	}
}

// value saves or loads v, which is addressable and, to be loaded, zero.
func (c *codec) value(v reflect.Value) {
	t := v.Type()
	switch {
	case c.err != nil:
	case c.known[t].plain:
		c.plain(v.Addr().UnsafePointer(), 1, t)
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			if f := v.Field(i); t.Field(i).Tag.Get("state") != "-" {
				c.value(reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()) // unexported ones too
			}
		}
	case t.Kind() == reflect.Array:
		for i := range v.Len() {
			c.value(v.Index(i))
		}
	case t.Kind() == reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(t.Elem()))
		}
		c.value(v.Elem())
	case t.Kind() == reflect.String:
		b := []byte(v.String())
		c.slice(reflect.ValueOf(&b).Elem())
		if c.r != nil {
			v.SetString(string(b))
		}
	case t.Kind() == reflect.Slice:
		c.slice(v)
	case t.Kind() == reflect.Map:
		c.mapping(v)
	}
}

func (c *codec) slice(v reflect.Value) {
	n, t := c.length(v.Len()), v.Type().Elem()
	plain, step := c.known[t].plain, 1
	if plain {
		step = max(pieceSize/int(t.Size()), 1)
	}
	if c.r != nil {
		v.SetZero()
	}
	for i := 0; i < n && c.err == nil; i += step {
		step = min(step, n-i)
		if c.r != nil {
			v.Grow(step)
			v.SetLen(i + step)
		}
		if plain {
			c.plain(v.Index(i).Addr().UnsafePointer(), step, t)
		} else {
			c.value(v.Index(i))
		}
	}
}

func (c *codec) mapping(v reflect.Value) {
	n, t := c.length(v.Len()), v.Type()
	var keys []reflect.Value
	if c.r == nil {
		keys = v.MapKeys()
		slices.SortFunc(keys, order)
	} else {
		v.Set(reflect.MakeMap(t))
	}
	for i := 0; i < n && c.err == nil; i++ {
		key, value := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		if c.r == nil {
			key.Set(keys[i])
			value.Set(v.MapIndex(keys[i]))
		}
		c.value(key)
		c.value(value)
		if c.r != nil {
			v.SetMapIndex(key, value)
		}
	}
}

// order is that of a map's keys.
func order(a, b reflect.Value) int {
	switch a := a.Interface().(type) {
	case uint64:
		return cmp.Compare(a, b.Interface().(uint64))
	case string:
		return cmp.Compare(a, b.Interface().(string))
	case event.Actor:
		return a.Compare(b.Interface().(event.Actor))
	}
	panic("engine: no snapshot can order a " + a.Type().String())
}

func (c *codec) length(n int) int {
	x := int64(n)
	c.plain(unsafe.Pointer(&x), 1, reflect.TypeFor[int64]())
	return int(x)
}

// match saves a number, or fails, with what that means, if another was loaded.
func (c *codec) match(n uint64, otherwise string) {
	x := n
	c.plain(unsafe.Pointer(&x), 1, reflect.TypeFor[uint64]())
	if c.err == nil && x != n {
		c.err = errors.New(otherwise)
	}
}

// plain saves or loads n values of a plain type. Gaps are saved as zeros: they
// are set so where they lie.
func (c *codec) plain(p unsafe.Pointer, n int, t reflect.Type) {
	if c.err != nil {
		return
	}
	b := unsafe.Slice((*byte)(p), n*int(t.Size()))
	if c.r == nil {
		gaps := c.known[t].gaps
		for i := 0; i < n && len(gaps) > 0; i++ {
			for _, g := range gaps {
				clear(b[uintptr(i)*t.Size():][g.from:g.to])
			}
		}
		_, c.err = c.w.Write(b)
	} else if _, c.err = io.ReadFull(c.r, b); c.err == io.EOF || c.err == io.ErrUnexpectedEOF {
		c.err = errDamaged
	}
	c.sum.Write(b)
}
