// Package report writes what a run found: for people as text, for programs as
// JSON. One file is one format.
//
// Logs are written by attackers, so everything that comes from one is shown as
// text and nothing else: control characters, what changes the order of reading,
// what cannot be seen and bytes that are no UTF-8 are written as escapes.
// Credentials arrive here as tags already.
package report

import (
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
