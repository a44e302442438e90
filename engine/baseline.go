package engine

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/zeebo/xxh3"
)

// A baseline is what a run learned of everybody: the sums from which it follows
// what is normal, by endpoint and for peers, the endpoints' names, and the habits
// of active actors. It holds no line of a log, no address and no credential, only
// counts and keyed hashes.
// Its form is that of a snapshot, and so is its checksum.

// ErrBaseline is wrapped by all errors of a baseline that cannot be used:
// damaged, or of another version, seed or tag key.
var ErrBaseline = errors.New("cannot use the baseline")

// baselineMagic is "goshawkb" but for the last byte, the version of the form.
const baselineMagic = 'g'<<56 | 'o'<<48 | 's'<<40 | 'h'<<32 | 'b'<<24 | 'a'<<16 | 's'<<8 | 2

// learned saves what is normal.
func (g *Engine) learned(w io.Writer) error {
	g.known = g.habits()
	c := &codec{w: bufio.NewWriterSize(w, pieceSize)}
	g.baseline(c)
	if c.err == nil {
		c.err = c.w.Flush()
	}
	if c.err != nil {
		return fmt.Errorf("save the baseline: %w", c.err)
	}
	return nil
}

// recall takes up what an earlier run learned, all of it or nothing.
func (g *Engine) recall(r io.Reader) error {
	c := &codec{r: bufio.NewReaderSize(r, pieceSize)}
	g.baseline(c)
	if c.err == nil {
		if _, err := c.r.ReadByte(); err != io.EOF {
			c.err = errDamaged
		}
	}
	if c.err != nil {
		return fmt.Errorf("%w: %w; scan without --baseline, and write a new one with --learn", ErrBaseline, c.err)
	}
	names, nodes := g.templates.names, g.templates.nodes
	g.templates = restore(g.Spec, names, nodes)
	g.view = g.solve()
	return nil
}

// baseline saves or loads one.
func (g *Engine) baseline(c *codec) {
	c.sum, c.known = xxh3.New(), map[reflect.Type]layout{}
	types, owner := xxh3.New(), xxh3.New()
	state := []any{&g.templates.names, &g.templates.nodes, &g.total, &g.known}
	for _, p := range state {
		c.learn(types, reflect.TypeOf(p).Elem())
	}
	fmt.Fprintln(owner, g.Seed, g.tagger.Tag("whose state is this?"))
	c.match(baselineMagic, "it is none, or of another version")
	c.match(owner.Sum64(), "it was written with another tag key")
	c.match(types.Sum64(), "it is of another version")
	for _, p := range state {
		c.value(reflect.ValueOf(p).Elem())
	}
	c.match(c.sum.Sum64(), errDamaged.Error())
}
