package config

import (
	"bytes"
	"fmt"
	"os"

	"github.com/goccy/go-yaml/ast"

	"goshawk/enrich"
)

// AddGeo adds the table of networks in a file: MaxMind's format, known by its
// end, or CSV.
func AddGeo(g *enrich.Geo, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the table of networks: %w", err)
	}
	if isMMDB(text) {
		return g.AddMMDB(path, text)
	}
	if bytes.IndexByte(text[:min(len(text), 512)], 0) >= 0 {
		return fmt.Errorf("%s: neither a database in MaxMind's format, or a damaged one, nor a table in CSV", path)
	}
	return g.AddCSV(path, text)
}

// isMMDB says whether a file holds the mark that begins the description at the
// end of a database in MaxMind's format, as its specification says, in the
// last 128 KiB.
func isMMDB(text []byte) bool {
	return bytes.Contains(text[max(0, len(text)-128<<10):], []byte("\xab\xcd\xefMaxMind.com"))
}

func addCrawlers(p *enrich.Prefixes, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the networks of crawlers: %w", err)
	}
	return p.Add(path, text)
}

// files calls add with the name of each file of a list, or of one.
func (d *document) files(n ast.Node, add func(string) error) {
	one := func(n ast.Node) {
		var name string
		d.try(n, d.text(n, &name), func() error { return add(name) })
	}
	if _, ok := n.(*ast.SequenceNode); ok {
		d.list(n, one)
		return
	}
	one(n)
}
