package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"goshawk/config"
	"goshawk/decode"
	"goshawk/enrich"
	"goshawk/event"
	"goshawk/report"
	"goshawk/source"
)

type doctorCmd struct {
	Path      string `arg:"" name:"file" help:"The log to look at, or - for standard input."`
	Format    string `placeholder:"NAME" help:"Read it in this format instead of recognising it."`
	LogFormat string `placeholder:"FORMAT" help:"The log_format of nginx or LogFormat of Apache that it is written with."`
	Config    string `short:"c" placeholder:"FILE" help:"Configuration file (YAML)."`
}

// Help is shown below the flags.
func (doctorCmd) Help() string {
	return `It reads the first 1 MiB and says which formats it found, what they carry, which lines it did not
understand and where in the line, and, where it can, the configuration that would understand them.

Examples:

    goshawk doctor access.log
    goshawk doctor --log-format '$remote_addr [$time_iso8601] "$request" $status' custom.log
    tail -n 1000 app.log | goshawk doctor -

Exit status: 0 all is understood, 1 a line is not, or the file cannot be read, 2 wrong usage or configuration.`
}

// Run diagnoses.
func (c *doctorCmd) Run() error {
	conf := &config.Config{}
	if c.Config != "" {
		var err error
		if conf, err = config.Read(c.Config); err != nil {
			return err
		}
	}
	conf.Decode.Format = cmp.Or(c.Format, conf.Decode.Format)
	conf.Decode.LogFormat = cmp.Or(c.LogFormat, conf.Decode.LogFormat)
	if conf.Decode.Zone == nil {
		conf.Decode.Zone = time.Local
	}
	found := source.Open([]string{c.Path}, source.Options{})
	for _, l := range found.Left {
		warn("%v", l)
	}
	if len(found.Sources) == 0 {
		return status(exitSource)
	}
	key, err := tagKey()
	if err != nil {
		warn("%v", err)
	}
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	healthy := true
	for i, s := range found.Sources {
		head, written, err := beginning(s)
		s.Close()
		if err != nil {
			warn("%s: %v", s.Name(), err)
			healthy = false
			continue
		}
		g, err := decode.Diagnose(head, written, conf.Decode)
		if err != nil {
			return err
		}
		if i > 0 {
			fmt.Fprintln(w)
		}
		x := examination{w, enrich.NewTagger(key, false)}
		x.tell(s.Name(), &g)
		healthy = healthy && g.Events > 0 && len(g.Failures) == 0
	}
	if !healthy {
		return status(exitSource)
	}
	return nil
}

// beginning reads the first MiB of a log.
func beginning(s *source.Source) (head string, written int64, err error) {
	const enough = 1 << 20
	var b []byte
	for len(b) < enough {
		chunk, err := s.Next()
		b = append(b, chunk...)
		written = s.Written()
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", 0, err
		}
	}
	return string(b), written, nil
}

// examination writes what was diagnosed. Log text is masked and made visible.
type examination struct {
	w   io.Writer
	tag *enrich.Tagger
}

func (x examination) tell(name string, g *decode.Diagnosis) {
	unparsed := g.Lines - g.Events - g.Skipped
	switch {
	case g.Lines == 0:
		fmt.Fprintf(x.w, "%s is empty.\n", report.Clean(name))
		return
	case g.Events == 0 && unparsed == 0:
		fmt.Fprintf(x.w, "%s: known, but none of %d lines holds a request.\n", report.Clean(name), g.Lines)
	case g.Events == 0:
		fmt.Fprintf(x.w, "%s: no known format understands it.\n", report.Clean(name))
	default:
		fmt.Fprintf(x.w, "%s: %d of %d lines are requests.\n", report.Clean(name), g.Events, g.Lines)
	}
	tab := tabwriter.NewWriter(x.w, 0, 0, 2, ' ', 0)
	for _, f := range g.Formats {
		fmt.Fprintf(tab, "  format\t%s\t%d lines\n", f.Format, f.Events)
	}
	if g.Skipped > 0 {
		fmt.Fprintf(tab, "  no request\t\t%d lines\n", g.Skipped)
	}
	if unparsed > 0 {
		fmt.Fprintf(tab, "  not understood\t\t%d lines\n", unparsed)
	}
	tab.Flush()
	if g.Events > 0 {
		fmt.Fprintf(x.w, "  carries: %s\n", g.Carries)
		if without := (event.HasTime | event.HasClient | event.HasPath | event.HasStatus) &^ g.Carries; without != 0 {
			fmt.Fprintf(x.w, "  lacks: %s; detectors that need them abstain\n", without)
		}
		for _, doubt := range []struct {
			flag event.Flags
			what string
		}{
			{event.TimeInferred, "the time zone or the year is not in the log: decode.timezone in the configuration sets the zone"},
			{event.NamedClient, "some clients are host names, which are no addresses: they are not counted as such"},
			{event.Undecided, "a number at the end of a line could be bytes, seconds or microseconds, and was not read: --log-format names it"},
		} {
			if g.Flags&doubt.flag != 0 {
				fmt.Fprintf(x.w, "  %s\n", doubt.what)
			}
		}
		if g.NoTime > 0 && g.Carries&event.HasTime != 0 {
			fmt.Fprintf(x.w, "  without a time: %d lines\n", g.NoTime)
		}
	}
	for _, f := range g.Failures {
		x.failure(f)
	}
	if g.Proposed != nil {
		x.proposal(name, g)
	} else if g.Events == 0 && unparsed > 0 {
		fmt.Fprintln(x.w, "\nIf you know how it is written, give the format: --log-format for nginx and Apache notation,\ndecode.json in the configuration for JSON (goshawk explain json). goshawk explain formats lists what is known.")
	}
}

// shown is how much of a line is printed.
const shown = 160

func (x examination) failure(f decode.Failure) {
	by := ""
	if f.Format != "" {
		by = f.Format + ": "
	}
	fmt.Fprintf(x.w, "\nline %d, byte %d: %s%s\n", f.Line, f.Offset, by, f.Reason)
	masked := x.tag.Mask(f.Text)
	from := 0
	if f.Offset > shown/2 {
		from = f.Offset - shown/2
	}
	if f.Offset > len(masked) || masked[:f.Offset] != f.Text[:f.Offset] { // the place has moved
		fmt.Fprintf(x.w, "  %s\n", report.Clean(masked[:min(len(masked), shown)]))
		return
	}
	before := report.Clean(masked[from:f.Offset])
	fmt.Fprintf(x.w, "  %s%s\n", before, report.Clean(masked[f.Offset:min(len(masked), from+shown)]))
	fmt.Fprintf(x.w, "  %s^\n", strings.Repeat(" ", utf8.RuneCountInString(before)))
}

func (x examination) proposal(name string, g *decode.Diagnosis) {
	p := g.Proposed
	fmt.Fprintf(x.w, "\nThis configuration would understand %d of %d lines. It is a guess from how the values look: check it.\n\n", p.Events, g.Lines)
	fmt.Fprintln(x.w, "    decode:")
	if p.LogFormat != "" {
		fmt.Fprintf(x.w, "      log_format: '%s'\n", report.Clean(strings.ReplaceAll(p.LogFormat, "'", "''")))
	} else {
		fmt.Fprintln(x.w, "      json:")
		for _, field := range slices.Sorted(maps.Keys(p.JSON)) {
			fmt.Fprintf(x.w, "        %s: %s\n", field, quoted(p.JSON[field]))
		}
	}
	e := &p.First
	fmt.Fprintln(x.w, "\nIts first line would then mean:")
	tab := tabwriter.NewWriter(x.w, 0, 0, 2, ' ', 0)
	row := func(name, v string) {
		if v != "" {
			fmt.Fprintf(tab, "    %s\t%s\n", name, report.Clean(x.tag.Mask(v, e.Key, e.Session)))
		}
	}
	if e.Flags&event.NoTime == 0 {
		row("time", time.Unix(0, e.Time).UTC().Format(time.RFC3339))
	}
	if e.Client.IsValid() {
		row("client", e.Client.String())
	}
	row("method", e.Method)
	row("path", e.Path)
	row("query", e.Query)
	if e.Status != 0 {
		row("status", fmt.Sprint(e.Status))
	}
	if e.BytesOut >= 0 {
		row("bytes", fmt.Sprint(e.BytesOut))
	}
	row("user agent", e.UserAgent)
	tab.Flush()
	if p.LogFormat != "" {
		fmt.Fprintf(x.w, "\nTry it: goshawk doctor --log-format '%s' %s\n", report.Clean(strings.ReplaceAll(p.LogFormat, "'", `'\''`)), report.Clean(name))
	}
}

// quoted is a YAML scalar.
func quoted(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") == "" {
		return s
	}
	return "'" + report.Clean(strings.ReplaceAll(s, "'", "''")) + "'"
}
