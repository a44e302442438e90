package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"goshawk/decode"
)

// document walks a YAML file and collects its errors.
type document struct {
	name string
	errs []error
}

// keys says what to do with the value of each key that a mapping may have.
type keys map[string]func(ast.Node)

func (d *document) failAt(line int, format string, args ...any) {
	d.errs = append(d.errs, fmt.Errorf("%s:%d: %w", d.name, line, fmt.Errorf(format, args...)))
}

func (d *document) fail(n ast.Node, format string, args ...any) {
	d.failAt(n.GetToken().Position.Line, format, args...)
}

// try runs check if what it needs was read, and reports its error.
func (d *document) try(n ast.Node, ok bool, check func() error) {
	if !ok {
		return
	}
	if err := check(); err != nil {
		d.fail(n, "%w", err)
	}
}

func (d *document) parse(text []byte, top keys) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			d.failAt(at.GetToken().Position.Line, "%s", at.GetMessage())
		} else {
			d.errs = append(d.errs, fmt.Errorf("%s: %w", d.name, err))
		}
		return
	}
	for i, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case i > 0:
			d.fail(doc.Body, "a second document; one file is one configuration")
		default:
			d.mapping(doc.Body, top)
		}
	}
}

func (d *document) section(k keys) func(ast.Node) {
	return func(n ast.Node) { d.mapping(n, k) }
}

// mapping hands the values of n to k; a section without content is fine.
func (d *document) mapping(n ast.Node, k keys) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	case *ast.NullNode:
	default:
		d.fail(n, "%s where keys were expected: %s", kind(n), strings.Join(slices.Sorted(maps.Keys(k)), ", "))
	}
	for _, v := range values {
		name := v.Key.GetToken().Value
		if read, ok := k[name]; ok {
			read(v.Value)
		} else {
			d.fail(v.Key, "unknown key %q; the nearest is %q", name, decode.Nearest(name, slices.Sorted(maps.Keys(k))))
		}
	}
}

func (d *document) list(n ast.Node, read func(ast.Node)) {
	switch n := n.(type) {
	case *ast.SequenceNode:
		for _, v := range n.Values {
			read(v)
		}
	case *ast.NullNode:
	default:
		d.fail(n, "%s where a list was expected", kind(n))
	}
}

// text reads a scalar as it is written.
func (d *document) text(n ast.Node, to *string) bool {
	switch n := n.(type) {
	case *ast.StringNode:
		*to = n.Value
	case *ast.LiteralNode:
		*to = strings.TrimSpace(n.Value.Value)
	case *ast.IntegerNode, *ast.FloatNode:
		*to = n.GetToken().Value
	default:
		d.fail(n, "%s where text was expected", kind(n))
		return false
	}
	return true
}

func (d *document) number(n ast.Node, to *int) bool {
	if err := yaml.NodeToValue(n, to); err != nil {
		d.fail(n, "%s where a whole number was expected", kind(n))
		return false
	}
	return true
}

// scalar reads a number, a text or a truth value.
func (d *document) scalar(n ast.Node) (v any, ok bool) {
	switch n.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		if err := yaml.NodeToValue(n, &v); err == nil {
			return v, true
		}
	}
	d.fail(n, "%s where a number or a duration was expected", kind(n))
	return nil, false
}

// kind names what a node is.
func kind(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "there are keys"
	case *ast.SequenceNode:
		return "there is a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "there is text"
	case *ast.IntegerNode, *ast.FloatNode:
		return "there is a number"
	case *ast.BoolNode:
		return "there is a truth value"
	case *ast.NullNode:
		return "there is nothing"
	}
	return "there is " + strings.ToLower(n.Type().String())
}
