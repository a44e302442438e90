package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"goshawk/decode"
	"goshawk/detect"
	"goshawk/report"
	"goshawk/threat"
)

type explainCmd struct {
	Name     string `arg:"" optional:"" help:"A detector, a format, an output or a threat; or detectors, formats, outputs, threats for a list. Nothing: all lists. -: a few lines of a log on stdin, and what they may mean."`
	Platform string `help:"Of a threat's page, show the part on this platform and leave out the others: nginx, apache, haproxy, node, aws, wordpress, django." placeholder:"NAME"`
}

// Help is shown below the flags.
func (explainCmd) Help() string {
	return `Examples:

    goshawk explain
    goshawk explain detectors
    goshawk explain credential_stuffing
    goshawk explain broken-object-level-authorization
    goshawk explain credential-stuffing --platform django
    tail access.log | goshawk explain -`
}

// topic is a list of things that can be explained.
type topic struct {
	name  string
	title string
	names []string
	line  func(i int) string // what names[i] is, in one line
	page  func(w *pager, i int)
}

func topics(platform string) []topic {
	detectors, formats, outputs, threats := detect.All(), decode.Formats(), report.Formats(), threat.All()
	t := []topic{
		{
			name: "detectors", title: "Detectors: what is found",
			line: func(i int) string { return detectors[i].Title },
			page: func(w *pager, i int) { detectorPage(w, detectors[i]) },
		},
		{
			name: "formats", title: "Formats: what is read",
			line: func(i int) string { return formats[i].Title },
			page: func(w *pager, i int) { formatPage(w, formats[i]) },
		},
		{
			name: "outputs", title: "Outputs: what is printed",
			line: func(i int) string { return outputs[i].Title },
			page: func(w *pager, i int) { outputPage(w, outputs[i]) },
		},
		{
			name: "threats", title: "Threats: what it means, and what to do",
			line: func(i int) string {
				if threats[i].Gap() {
					return threats[i].Title + " (a gap: no detector reports it)"
				}
				return threats[i].Title
			},
			page: func(w *pager, i int) { threatPage(w, threats[i], platform) },
		},
	}
	for _, d := range detectors {
		t[0].names = append(t[0].names, d.Name)
	}
	for _, f := range formats {
		t[1].names = append(t[1].names, f.Name)
	}
	for _, f := range outputs {
		t[2].names = append(t[2].names, f.Name)
	}
	for _, p := range threats {
		t[3].names = append(t[3].names, p.Slug)
	}
	return t
}

// Run explains.
func (c explainCmd) Run() error {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	w := newPager(out, columns(), colour(false))
	if c.Name == "-" {
		return recognise(w, os.Stdin)
	}
	platform, err := platformNamed(c.Platform)
	if err != nil {
		return err
	}
	if _, err := threat.Lookup(c.Name); err != nil && platform != "" {
		return fmt.Errorf("--platform goes with a threat: %w", err)
	}
	var names []string
	found := false
	for _, t := range topics(platform) {
		if c.Name == "" || c.Name == t.name {
			if found {
				fmt.Fprintln(w)
			}
			t.list(w)
			found = true
		}
		for i, n := range t.names {
			if n == c.Name {
				if found {
					fmt.Fprintln(w)
				}
				t.page(w, i)
				found = true
			}
		}
		names = append(append(names, t.name), t.names...)
	}
	if !found {
		return fmt.Errorf("there is nothing named %q to explain; the nearest is %q", c.Name, decode.Nearest(c.Name, names))
	}
	return nil
}

func (t topic) list(w *pager) {
	fmt.Fprintln(w, t.title)
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, n := range t.names {
		fmt.Fprintf(tab, "  %s\t%s\n", n, t.line(i))
	}
	tab.Flush()
}

func detectorPage(w *pager, d *detect.Detector) {
	w.heading("Detector " + d.Name)
	fmt.Fprintf(w, "%s.\n\n", d.Title)
	w.prose(d.Doc)
	var scopes []string
	for _, s := range d.Scopes {
		scopes = append(scopes, s.String())
	}
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(tab, "%s\t%s\n", name, value)
		}
	}
	row("Judges", strings.Join(scopes, ", "))
	row("Needs", d.Needs.String())
	row("Family", d.Family)
	row("Severity", d.Impact.String())
	row("Since", d.Since)
	if p, err := threat.Lookup(d.Threat); err == nil {
		s := p.Standards
		row("Threat", p.Slug+" ("+p.Title+")")
		row("Standards", strings.Join(append(append(append(append([]string(nil), s.OAT...), s.OWASPAPI...), s.Attack...), s.CWE...), ", "))
	}
	tab.Flush()
	if params := d.Params(); len(params) > 0 {
		fmt.Fprintf(w, "\nParameters, with their defaults (detect.%s in the configuration)\n", d.Name)
		for _, p := range params {
			fmt.Fprintf(tab, "  %s\t%s\t%s\n", p.Name, p.Default, p.Doc)
		}
		tab.Flush()
	}
}

func formatPage(w *pager, f decode.Format) {
	w.heading("Format " + f.Name)
	fmt.Fprintf(w, "%s\n\n", f.Title)
	w.prose(f.Doc)
	fmt.Fprintf(w, "Carries  %s\n", f.Carries)
	if f.Name != decode.JSON.Name {
		return
	}
	fmt.Fprint(w, "\nObjects with names of their own: decode.json in the configuration says where each thing is\n\n"+
		"    decode:\n      json: {time: started, client: who.ip, path: http.target, status: rc, duration_ms: took}\n\n")
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, x := range decode.Fields() {
		fmt.Fprintf(tab, "  %s\t%s\n", x.Name, x.Doc)
	}
	tab.Flush()
}

func outputPage(w *pager, f report.Format) {
	w.heading("Output " + f.Name)
	fmt.Fprintf(w, "%s\n\n", f.Title)
	w.prose(f.Doc)
}

// threatPage writes a page, of whose platforms only that one if platform is not "".
func threatPage(w *pager, p threat.Page, platform string) {
	w.heading("Threat " + p.Slug)
	w.wrap("", p.Title)
	fmt.Fprintln(w)
	if p.Gap() {
		w.wrap("Found by    ", "nothing yet. No detector reports this threat: it is a gap, and the commands below are what there is.")
	}
	for i, name := range p.Detectors {
		label := "Found by    "
		if i > 0 {
			label = "            "
		}
		title := ""
		if d, ok := detect.Lookup(name); ok {
			title = ": " + d.Title
		}
		w.wrap(label, name+title)
	}
	s := p.Standards
	if ids := slices.Concat(s.OAT, s.OWASPAPI, s.Attack, s.CWE); len(ids) > 0 {
		w.wrap("Standards   ", strings.Join(ids, ", "))
	}
	if platform == "" {
		var names []string
		for _, x := range p.Platforms {
			names = append(names, x.Name)
		}
		if len(names) > 0 {
			w.wrap("Platforms   ", strings.Join(names, ", ")+"; --platform NAME shows one of them")
		}
	}
	fmt.Fprintln(w)
	if platform != "" {
		w.prose(named(onPlatform(p, platform)))
	} else {
		w.prose(named(p.Body))
	}
}

// named writes the name of a page behind its title where a page lists others:
// it is what goshawk explain is asked for.
func named(body string) string {
	before, related, ok := strings.Cut(body, "\n## Related threats\n")
	if !ok {
		return body
	}
	list, after, _ := strings.Cut(related, "\n## ")
	return before + "\n## Related threats\n" + link.ReplaceAllStringFunc(list, func(s string) string {
		title, slug, _ := strings.Cut(strings.TrimPrefix(s, "["), "](")
		return title + " (`" + strings.TrimSuffix(slug, ")") + "`)"
	}) + "\n## " + after
}

// onPlatform is the body of a page with one platform's section, moved up to
// where somebody on that platform needs it, and without the others.
func onPlatform(p threat.Page, platform string) string {
	own := "What follows holds there as it does elsewhere.\n\n"
	for _, slug := range p.Related {
		if r, err := threat.Lookup(slug); err == nil && r.On(platform) != "" {
			own += "- There is more on " + platform + " in `goshawk explain " + slug + "`.\n"
		}
	}
	if body := p.On(platform); body != "" {
		own = body
	}
	var b strings.Builder
	for section := range strings.SplitSeq("\n"+p.Body, "\n## ") {
		title, _, _ := strings.Cut(section, "\n")
		if name, ok := strings.CutPrefix(title, "On "); title == "" || ok && slices.Contains(threat.Platforms, name) {
			continue
		}
		b.WriteString("## " + strings.TrimSpace(section) + "\n\n")
		if title == "What it is" {
			b.WriteString("## On " + platform + "\n\n" + own + "\n")
		}
	}
	return b.String()
}

// platformNamed returns the platform that is meant: node and nodejs are Node.js.
func platformNamed(s string) (string, error) {
	key := func(s string) string {
		return strings.TrimSuffix(strings.ToLower(strings.ReplaceAll(s, ".", "")), "js")
	}
	if s == "" {
		return "", nil
	}
	for _, name := range threat.Platforms {
		if key(name) == key(s) {
			return name, nil
		}
	}
	return "", fmt.Errorf("no platform %q: there are %s", s, strings.Join(threat.Platforms, ", "))
}

// recognise says what a few lines may mean.
func recognise(w *pager, in io.Reader) error {
	var lines []string
	scan := bufio.NewScanner(in)
	scan.Buffer(nil, 1<<20)
	more := false
	for scan.Scan() && !more {
		if more = len(lines) == threat.MaxPaste; !more {
			lines = append(lines, scan.Text())
		}
	}
	if err := scan.Err(); err != nil {
		return fmt.Errorf("read stdin: %w", err)
	}
	if more {
		warn("only the first %d lines were looked at; goshawk scan reads any number", threat.MaxPaste)
	}
	hits := threat.Recognise(lines)
	if len(hits) == 0 {
		w.wrap("", "Nothing in these lines is typical of a threat. That proves nothing: goshawk scan on the whole log is the judge.")
		return nil
	}
	w.wrap("", "What these lines may belong to. None of it is proved by so few; goshawk scan on the whole log is the judge.")
	for _, h := range hits {
		fmt.Fprintln(w)
		of := "Access log"
		if h.Platform != "" {
			of = h.Platform
		}
		p, err := threat.Lookup(h.Threat)
		if err != nil {
			return err
		}
		fmt.Fprintln(w, w.paint(sgrBold, p.Title))
		w.wrap("  shows    ", fmt.Sprintf("%s, in %s (%s)", h.Shows, places(h.Lines), of))
		w.wrap("  collect  ", h.Collect)
		w.wrap("  read     ", "goshawk explain "+h.Threat)
	}
	return nil
}

// places names lines, counted from 1.
func places(lines []int) string {
	const most = 6
	var s []string
	for _, i := range lines[:min(len(lines), most)] {
		s = append(s, fmt.Sprint(i+1))
	}
	if len(lines) > most {
		s = append(s, fmt.Sprintf("and %d more", len(lines)-most))
	}
	if len(lines) == 1 {
		return "line " + s[0]
	}
	return "lines " + strings.Join(s, ", ")
}
