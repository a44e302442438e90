// Package report writes what a run found: for people as text, Markdown and
// HTML, for programs as JSON and in the formats of the field. One file is one
// format.
//
// Logs are written by attackers, so everything that comes from one is shown as
// text and nothing else: control characters, what changes the order of reading,
// what cannot be seen and bytes that are no UTF-8 are written as escapes.
// Credentials arrive here as tags already.
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"goshawk/engine"
)

// Format is one way to write a result.
type Format struct {
	Name  string // as in -o
	Title string // one line
	Doc   string // a paragraph, Markdown

	// Write writes the whole of r. It fails only as w does.
	Write func(w io.Writer, r *engine.Result, o Options) error
}

// Options of writing. The zero value works.
type Options struct {
	Width   int    // columns of text; 0: 100
	Color   bool   // colour text with ANSI escapes
	Version string // of the program, where the format names it; "" for none

	// At says which line of which file a line of a source is, both lines 1-based:
	// rotated files of one log are one source. Without it a source is one file.
	At func(source, line int) (file string, n int)
	// Footprints of the result, for what it does not hold itself: plots, what the
	// abuse cost, what was not logged. nil leaves these out.
	Footprints *Footprints
}

// at is the file and line that a line of a source is.
func (o *Options) at(r *engine.Result, source, line int) (file string, n int) {
	switch {
	case source < 0 || source >= len(r.Input.Sources):
		return "?", line
	case o.At != nil:
		return o.At(source, line)
	}
	return r.Input.Sources[source].Name, line
}

// place is where a line stands: "access.log:17".
func (o *Options) place(r *engine.Result, source, line int) string {
	file, n := o.at(r, source, line)
	return fmt.Sprintf("%s:%d", file, n)
}

var registry []Format // by name

func register(f Format) Format {
	i, _ := slices.BinarySearchFunc(registry, f.Name, func(g Format, name string) int { return strings.Compare(g.Name, name) })
	registry = slices.Insert(registry, i, f)
	return f
}

// Formats returns every format, by name.
func Formats() []Format { return slices.Clone(registry) }

// Lookup finds a format by name.
func Lookup(name string) (f Format, ok bool) {
	i, ok := slices.BinarySearchFunc(registry, name, func(g Format, name string) int { return strings.Compare(g.Name, name) })
	if ok {
		f = registry[i]
	}
	return f, ok
}
