// Package threat is the knowledge base: one Markdown page a threat, embedded,
// and the single lines of free text that are known to accompany one.
//
// A page begins with front matter (title, ids of the field's catalogues,
// detectors) and then has the same sections in the same order, so that a
// reader knows where to look. Adding a threat is adding one file.
package threat

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"goshawk/decode"
)

// Page explains one threat to the person who has to deal with it.
type Page struct {
	Slug       string // the file's name without .md: "credential-stuffing"
	Title      string
	Standards  Standards
	Detectors  []string    // names of the detectors that report it, sorted
	Signatures []Signature // lines of free text that point to it
	Body       string      // Markdown after the front matter
}

// Standards are the ids of the field's catalogues; empty where no honest id exists.
type Standards struct {
	OAT      []string // OWASP Automated Threats, v1.30: "OAT-008"
	OWASPAPI []string // OWASP API Security Top 10, 2023: "API2:2023"
	Attack   []string // MITRE ATT&CK, v19: "T1110.004"
	CWE      []string // "CWE-307"
}

//go:embed *.md
var files embed.FS

// All returns every page, ordered by slug. The pages are shared: read only.
func All() []Page { return pages() }

// Lookup returns the page with that slug. Its error names the nearest one.
func Lookup(slug string) (Page, error) {
	all := pages()
	if i, ok := slices.BinarySearchFunc(all, slug, func(p Page, s string) int { return strings.Compare(p.Slug, s) }); ok {
		return all[i], nil
	}
	var slugs []string
	for _, p := range all {
		slugs = append(slugs, p.Slug)
	}
	return Page{}, fmt.Errorf("no threat %q; the nearest is %q", slug, decode.Nearest(slug, slugs))
}

// pages parses the embedded files once. A page that does not parse is a fault
// of the build, hence the panic.
var pages = sync.OnceValue(func() []Page {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err)
	}
	var all []Page
	for _, e := range entries {
		text, err := files.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		p, err := parse(strings.TrimSuffix(e.Name(), ".md"), string(text))
		if err != nil {
			panic(fmt.Errorf("threat/%s: %w", e.Name(), err))
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Page) int { return strings.Compare(a.Slug, b.Slug) })
	return all
})

// parse splits a page into front matter and body. Front matter is lines of
// "key: value", lists separated by commas; every key must be there, once.
func parse(slug, text string) (Page, error) {
	p := Page{Slug: slug}
	lists := map[string]*[]string{
		"oat": &p.Standards.OAT, "owasp_api": &p.Standards.OWASPAPI,
		"attack": &p.Standards.Attack, "cwe": &p.Standards.CWE,
		"detectors": &p.Detectors,
	}
	rest, ok := strings.CutPrefix(text, "---\n")
	front, body, end := strings.Cut(rest, "\n---\n")
	if !ok || !end {
		return p, fmt.Errorf("no front matter between two lines of ---")
	}
	for line := range strings.SplitSeq(front, "\n") {
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		if key == "title" && p.Title == "" {
			p.Title = value
			continue
		}
		list, ok := lists[key]
		if !ok {
			return p, fmt.Errorf("front matter: %q is unknown, or there twice", key)
		}
		delete(lists, key)
		for v := range strings.SplitSeq(value, ",") {
			if v = strings.TrimSpace(v); v != "" {
				*list = append(*list, v)
			}
		}
	}
	if len(lists) > 0 || p.Title == "" {
		return p, fmt.Errorf("front matter: title, oat, owasp_api, attack, cwe and detectors must all be there")
	}
	slices.Sort(p.Detectors)
	p.Body = strings.TrimSpace(body) + "\n"
	for _, s := range signatures {
		if s.Threat == slug {
			p.Signatures = append(p.Signatures, s)
		}
	}
	return p, nil
}
