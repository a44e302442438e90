package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"goshawk/decode"
	"goshawk/detect"
	"goshawk/report"
	"goshawk/threat"
)

type explainCmd struct {
	Name string `arg:"" optional:"" help:"A detector, a format, an output or a threat; or detectors, formats, outputs, threats for a list. Nothing: all lists."`
}

// Help is shown below the flags.
func (explainCmd) Help() string {
	return `Examples:

    goshawk explain
    goshawk explain detectors
    goshawk explain credential_stuffing
    goshawk explain broken-object-level-authorization`
}

// topic is a list of things that can be explained.
type topic struct {
	name  string
	title string
	names []string
	line  func(i int) string // what names[i] is, in one line
	page  func(w io.Writer, i int)
}

func topics() []topic {
	detectors, formats, outputs, threats := detect.All(), decode.Formats(), report.Formats(), threat.All()
	t := []topic{
		{
			name: "detectors", title: "Detectors: what is found",
			line: func(i int) string { return detectors[i].Title },
			page: func(w io.Writer, i int) { detectorPage(w, detectors[i]) },
		},
		{
			name: "formats", title: "Formats: what is read",
			line: func(i int) string { return formats[i].Title },
			page: func(w io.Writer, i int) { formatPage(w, formats[i]) },
		},
		{
			name: "outputs", title: "Outputs: what is printed",
			line: func(i int) string { return outputs[i].Title },
			page: func(w io.Writer, i int) { outputPage(w, outputs[i]) },
		},
		{
			name: "threats", title: "Threats: what it means, and what to do",
			line: func(i int) string { return threats[i].Title },
			page: func(w io.Writer, i int) { threatPage(w, threats[i]) },
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
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	var names []string
	found := false
	for _, t := range topics() {
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

func (t topic) list(w io.Writer) {
	fmt.Fprintln(w, t.title)
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, n := range t.names {
		fmt.Fprintf(tab, "  %s\t%s\n", n, t.line(i))
	}
	tab.Flush()
}

func detectorPage(w io.Writer, d *detect.Detector) {
	heading(w, "Detector "+d.Name)
	fmt.Fprintf(w, "%s.\n\n", d.Title)
	prose(w, d.Doc)
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
		row("Threat", p.Slug)
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

func formatPage(w io.Writer, f decode.Format) {
	heading(w, "Format "+f.Name)
	fmt.Fprintf(w, "%s\n\n", f.Title)
	prose(w, f.Doc)
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

func outputPage(w io.Writer, f report.Format) {
	heading(w, "Output "+f.Name)
	fmt.Fprintf(w, "%s\n\n", f.Title)
	prose(w, f.Doc)
}

func threatPage(w io.Writer, p threat.Page) {
	heading(w, "Threat "+p.Slug)
	fmt.Fprintf(w, "%s\n\n", p.Title)
	prose(w, p.Body)
	if len(p.Detectors) > 0 {
		fmt.Fprintf(w, "Detectors: %s\n", strings.Join(p.Detectors, ", "))
	}
}
