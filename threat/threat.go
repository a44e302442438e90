// Package threat is the knowledge base: one Markdown page a threat, embedded,
// the single lines of free text that are known to accompany one, and what a few
// lines of each platform show of it.
//
// A page begins with front matter (title, ids of the field's catalogues,
// detectors) and then has the same sections in the same order, so that a
// reader knows where to look. It is general first; what differs on a platform
// has a section "On nginx" and so on. A page without detectors is a gap, and
// said to be one. Its snippets are for programs that the tests run them in, and
// each says what it cannot see. Adding a threat is adding one file, and a clue.
package threat

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"goshawk/decode"
)

// Page explains one threat to the person who has to deal with it. The lists
// hold Markdown of one paragraph an item, without its bullet; nil where the page
// has none.
type Page struct {
	Slug       string // the file's name without .md: "credential-stuffing"
	Title      string
	Standards  Standards
	Detectors  []string    // names of the detectors that report it, sorted; empty for a gap
	Signatures []Signature // lines of free text that point to it
	Clues      []Clue      // what a few lines show of it, platform by platform
	Body       string      // Markdown after the front matter

	Summary     string   // its first paragraph
	Indicators  []string // what the log shows
	Methods     []string // how to detect it
	Lookalikes  []string // what it is mistaken for
	Steps       []string // how to stop it now, in their order
	Mitigations []string // how to stop it for good
	Mistakes    []string // what not to do
	Incidents   []string // what has happened: date, fact, number of the source
	Related     []string // slugs
	Platforms   []Platform
}

// Platform is the section of a page about one platform.
type Platform struct {
	Name string // "nginx": one of Platforms
	Body string // Markdown without the heading
}

// Platforms are the platforms that a page may have a section for, in their order.
var Platforms = []string{"nginx", "Apache", "HAProxy", "Node.js", "AWS", "WordPress", "Django"}

// Gap says that no detector reports the threat.
func (p *Page) Gap() bool { return len(p.Detectors) == 0 }

// On returns what the page says of one platform; "" where that is nothing of its own.
func (p *Page) On(platform string) string { return p.Section("On " + platform) }

// Section returns the Markdown below the heading of that name; "" where there is none.
func (p *Page) Section(heading string) string {
	_, rest, ok := strings.Cut("\n"+p.Body, "\n## "+heading+"\n")
	if !ok {
		return ""
	}
	body, _, _ := strings.Cut(rest, "\n## ")
	return strings.TrimSpace(body) + "\n"
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
	p.sections()
	for _, s := range signatures {
		if s.Threat == slug {
			p.Signatures = append(p.Signatures, s)
		}
	}
	for _, c := range clues {
		if c.Threat == slug {
			p.Clues = append(p.Clues, c)
		}
	}
	return p, nil
}

// sections fills the fields that are parts of the body.
func (p *Page) sections() {
	p.Summary, _, _ = strings.Cut(strings.TrimSpace(p.Section("What it is")), "\n\n")
	for heading, list := range map[string]*[]string{
		"What the log shows": &p.Indicators, "How to detect it": &p.Methods, "What it is mistaken for": &p.Lookalikes, "Stop it now": &p.Steps,
		"Stop it for good": &p.Mitigations, "What not to do": &p.Mistakes, "What has happened": &p.Incidents,
	} {
		*list = items(p.Section(heading))
	}
	for _, item := range items(p.Section("Related threats")) {
		if _, rest, ok := strings.Cut(item, "]("); ok {
			slug, _, _ := strings.Cut(rest, ")")
			p.Related = append(p.Related, slug)
		}
	}
	for _, name := range Platforms {
		if body := p.On(name); body != "" {
			p.Platforms = append(p.Platforms, Platform{name, body})
		}
	}
}

// items returns the items of Markdown's lists, none of what is fenced as code.
func items(markdown string) (list []string) {
	code := false
	for line := range strings.Lines(markdown) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") {
			code = !code
		} else if mark, item, ok := strings.Cut(line, " "); ok && !code && (mark == "-" || len(mark) == 2 && mark[0] >= '1' && mark[0] <= '9' && mark[1] == '.') {
			list = append(list, item)
		}
	}
	return list
}
