package enrich

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
)

// Prefixes is a set of networks. Nil is empty.
type Prefixes struct {
	list []network[struct{}]
	flat *ranges[struct{}]
}

// Contains says whether a network of the set holds an address.
func (p *Prefixes) Contains(a netip.Addr) bool {
	if p == nil || p.flat == nil {
		return false
	}
	_, ok := p.flat.find(a)
	return ok
}

// Add adds the networks of a file: those that operators of crawlers publish as
// JSON, {"prefixes": [{"ipv4Prefix": "192.0.2.0/27"}, …]}, or a network a line,
// where # begins a comment. name stands for the file in errors, which name the
// line too; on an error nothing is added.
func (p *Prefixes) Add(name string, text []byte) error {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	read := plainPrefixes
	if t := bytes.TrimLeft(text, " \t\r\n"); len(t) > 0 && t[0] == '{' {
		read = publishedPrefixes
	}
	list, err := read(name, string(text))
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fmt.Errorf("%s: there is no network in it", name)
	}
	p.list = append(p.list, list...)
	p.flat = flatten(append([]network[struct{}](nil), p.list...))
	return nil
}

func plainPrefixes(name, text string) (list []network[struct{}], err error) {
	n := 0
	for l := range strings.Lines(text) {
		n++
		l, _, _ = strings.Cut(l, "#")
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		x, err := networkOf(l)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		list = append(list, network[struct{}]{prefix: x})
	}
	return list, nil
}

// publishedPrefixes reads the values of the keys ipv4Prefix, ipv6Prefix, and
// ip_prefix and ipv6_prefix as clouds write them, wherever they are: that is
// all there is to know, and saves a reader of JSON. A document that ends early
// is an error.
func publishedPrefixes(name, text string) (list []network[struct{}], err error) {
	var tokens []string // quoted, and the one sign after each
	depth, line := 0, 1
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n':
			line++
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end := strings.IndexByte(text[i+1:], '"')
			if end < 0 {
				return nil, fmt.Errorf("%s:%d: a text has no end", name, line)
			}
			s := text[i+1 : i+1+end]
			i += end + 1
			if rest := strings.TrimLeft(text[i+1:], " \t\r\n"); strings.HasPrefix(rest, ":") {
				tokens = append(tokens[:0], s)
				continue
			}
			if len(tokens) == 1 {
				switch tokens[0] {
				case "ipv4Prefix", "ipv6Prefix", "ip_prefix", "ipv6_prefix":
					x, err := networkOf(s)
					if err != nil {
						return nil, fmt.Errorf("%s:%d: %w", name, line, err)
					}
					list = append(list, network[struct{}]{prefix: x})
				}
				tokens = tokens[:0]
			}
		}
		if depth == 0 && line > 0 && text[i] == '}' && strings.TrimSpace(text[i+1:]) != "" {
			return nil, fmt.Errorf("%s:%d: there is more after the end of the document", name, line)
		}
	}
	if depth != 0 {
		return nil, fmt.Errorf("%s:%d: the document ends early", name, line)
	}
	return list, nil
}
