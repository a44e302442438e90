package report

import (
	"io"

	"goshawk/detect"
	"goshawk/engine"
)

// Lines is the findings alone, one a line.
var Lines = register(Format{
	Name:  "jsonl",
	Title: "Findings as they are detected, one JSON object a line",
	Doc: "`event` is `opened`, `updated` or `closed`, the rest is a finding as in `findings` of the format json. " +
		"The last state of an `id` wins. Written from a finished result, every finding is closed.",
	Write: func(w io.Writer, r *engine.Result, _ Options) error {
		var line []byte
		for i := range r.Findings {
			line = JSONL(line[:0], "closed", &r.Findings[i])
			if _, err := w.Write(line); err != nil {
				return err
			}
		}
		return nil
	},
})

// JSONL appends the line, with its newline, that says a finding is in a state:
// "opened", "updated" or "closed".
func JSONL(dst []byte, state string, f *detect.Finding) []byte {
	w := jsonWriter{b: append(dst, '{')}
	w.text("event", state)
	w.finding(f)
	return append(w.b, '}', '\n')
}
