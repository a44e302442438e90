package report

import (
	"io"
	"strconv"
	"strings"
	"time"

	"goshawk/detect"
	"goshawk/engine"
)

// CSV is for spreadsheets, which take a cell that begins with = for a formula.
var CSV = register(Format{
	Name:  "csv",
	Title: "One row a finding, for spreadsheets",
	Doc: "RFC 4180 with a row of names and newlines alone between rows. Every text is in quotes; one that begins with `=`, `+`, `-`, `@` or one of their wide forms, " +
		"blanks before it or not, has a `'` in front, so that no spreadsheet takes it for a formula. Lists have a blank between their members. Members are not listed, but counted.",
	Write: writeCSV,
})

var csvColumns = []string{
	"incident", "finding", "detector", "threat", "title", "severity", "confidence", "score", "actor_scope", "actor", "members", "target",
	"first_seen", "last_seen", "detected_at", "events", "summary", "lines", "oat", "owasp_api", "attack", "cwe", "advice",
}

// csvRow appends cells to b.
type csvRow struct{ b []byte }

func writeCSV(out io.Writer, r *engine.Result, o Options) error {
	w := csvRow{}
	w.b = append(w.b, strings.Join(csvColumns, ",")...)
	w.b = append(w.b, '\n')
	incidents := incidentOf(r)
	for i := range r.Findings {
		w.finding(r, &o, &r.Findings[i], incidents)
		if len(w.b) < 32<<10 {
			continue
		}
		if _, err := out.Write(w.b); err != nil {
			return err
		}
		w.b = w.b[:0]
	}
	_, err := out.Write(w.b)
	return err
}

func (w *csvRow) finding(r *engine.Result, o *Options, f *detect.Finding, incidents map[string]string) {
	target := ""
	if f.Target.Value != "" {
		target = f.Target.Value
	}
	var places []string
	for _, x := range f.Evidence.Lines {
		places = append(places, o.place(r, x.Source, x.Line))
	}
	w.text(incidents[f.ID])
	w.text(f.ID)
	w.text(f.Detector)
	w.text(f.Threat)
	w.text(f.Title)
	w.text(f.Severity.String())
	w.text(detect.Confidence(f.Score))
	w.number(strconv.FormatFloat(f.Score, 'f', -1, 64))
	w.text(f.Actor.Scope.String())
	w.text(f.Actor.Value)
	w.number(strconv.Itoa(max(f.MembersTotal, len(f.Members))))
	w.text(target)
	w.number(rfc3339(f.FirstSeen))
	w.number(rfc3339(f.LastSeen))
	w.number(rfc3339(f.DetectedAt))
	w.number(strconv.Itoa(f.Events))
	w.text(f.Evidence.Summary)
	w.text(strings.Join(places, " "))
	for _, l := range [][]string{f.Standards.OAT, f.Standards.OWASPAPI, f.Standards.Attack, f.Standards.CWE, f.Advice} {
		w.text(strings.Join(l, " "))
	}
	w.b[len(w.b)-1] = '\n'
}

// number adds a cell that is no text.
func (w *csvRow) number(s string) { w.b = append(append(w.b, s...), ',') }

// text adds a cell of text, in quotes.
func (w *csvRow) text(s string) {
	s = Clean(s)
	w.b = append(w.b, '"')
	if formula(s) {
		w.b = append(w.b, '\'')
	}
	w.b = append(w.b, strings.ReplaceAll(s, `"`, `""`)...)
	w.b = append(w.b, '"', ',')
}

// formula says whether a spreadsheet might compute cleaned text. Source: OWASP,
// "CSV Injection". What begins with a tab or a line's end begins with a
// backslash by now.
func formula(s string) bool {
	s = strings.TrimLeft(s, " \u00a0\u3000\"'")
	for _, c := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(s, c) {
			return true
		}
	}
	return false
}

// rfc3339 is a time in UTC, "" for none.
func rfc3339(ns int64) string {
	if ns == 0 {
		return ""
	}
	return time.Unix(0, ns).UTC().Format(time.RFC3339Nano)
}
