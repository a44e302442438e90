package decode

import (
	"cmp"
	"slices"
	"strings"

	"goshawk/event"
)

// Diagnosis says how the beginning of a log is understood. It owns its memory.
type Diagnosis struct {
	Lines    int // that are not blank
	Events   int
	Skipped  int // well formed, but no request
	Formats  []Share
	Carries  event.Fields // of any event
	Flags    event.Flags  // of any event
	NoTime   int          // events without a time
	Failures []Failure    // the first lines that were not understood
	Proposed *Proposal    // nil if nothing better was found
}

// Share is a format and the events that it understood.
type Share struct {
	Format string
	Events int
}

// Failure is a line that was not understood.
type Failure struct {
	Line   int // from 1
	Text   string
	Format string // that came farthest into the line, "" if none fits
	Offset int    // byte of Text up to which it came
	Reason string
}

// Proposal is a configuration that would understand more: a log format, or what
// JSON objects call things.
type Proposal struct {
	LogFormat string            // for Options.LogFormat
	JSON      map[string]string // for Options.JSON
	Events    int               // that it understands, of Diagnosis.Lines
	First     event.Event       // what the first line would mean
}

// How much Diagnose looks at, and tells of.
const (
	diagnoseBytes = 1 << 20
	maxFailures   = 5
)

// Diagnose reads the beginning of a log, up to 1 MiB, written at a time in Unix
// nanoseconds (0 unknown), with the options that a scan would have. It fails as
// New does.
func Diagnose(head string, written int64, o Options) (Diagnosis, error) {
	d, err := New(o)
	if err != nil {
		return Diagnosis{}, err
	}
	head = head[:min(len(head), diagnoseBytes)]
	g := Diagnosis{}
	var failed []string
	counts := map[string]int{}
	read(d, head, written, func(n int, line string, in *Context, e *event.Event, err error) {
		g.Lines++
		switch {
		case err == ErrSkip:
			g.Skipped++
		case err == nil:
			g.Events++
			counts[e.Format]++
			g.Carries |= e.Carries
			g.Flags |= e.Flags
			if e.Flags&event.NoTime != 0 {
				g.NoTime++
			}
		default:
			if len(failed) < guessLines {
				failed = append(failed, line)
			}
			if len(g.Failures) < maxFailures {
				bad := err.(*Error)
				g.Failures = append(g.Failures, Failure{n, strings.Clone(line), bad.Format, bad.Offset, strings.Clone(bad.Reason)})
			}
		}
	})
	for name, n := range counts {
		g.Formats = append(g.Formats, Share{name, n})
	}
	slices.SortFunc(g.Formats, func(a, b Share) int { return cmp.Or(b.Events-a.Events, strings.Compare(a.Format, b.Format)) })
	if g.Events*2 < g.Lines || len(failed)*10 > g.Lines {
		g.Proposed = propose(head, written, failed, g.Events, g.Lines, o)
	}
	return g, nil
}

// read hands every line of head that is not blank to tell.
func read(d *Decoder, head string, written int64, tell func(n int, line string, in *Context, e *event.Event, err error)) {
	order := d.Guess(head)
	n := 0
	var e event.Event
	for header, text := range Sections(head, "") {
		in := &Context{Order: order, Header: header, Written: written}
		for line := range strings.Lines(text) {
			n++
			whole := strings.HasSuffix(line, "\n")
			if line = strings.TrimSuffix(line, "\n"); strings.TrimSpace(line) == "" || !whole && n > 1 && len(head) == diagnoseBytes {
				continue
			}
			tell(n, line, in, &e, d.Decode(line, in, &e))
		}
	}
}

// propose looks for a configuration that understands at least half of what is
// not understood now.
func propose(head string, written int64, failed []string, now, lines int, o Options) *Proposal {
	if o.Format != "" {
		return nil
	}
	var best *Proposal
	try := func(p Proposal) {
		o.LogFormat, o.JSON = p.LogFormat, p.JSON
		d, err := New(o)
		if err != nil {
			return
		}
		read(d, head, written, func(n int, line string, in *Context, e *event.Event, err error) {
			if err != nil {
				return
			}
			if p.Events++; p.First.Format == "" && (e.Format == customName || e.Format == JSON.Name) {
				p.First = e.Clone()
			}
		})
		if p.Events > now && 2*(p.Events-now) >= lines-now && (best == nil || p.Events > best.Events) {
			best = &p
		}
	}
	for i, line := range failed {
		if i == 2*maxFailures {
			break
		}
		if line, _ = clean(line); line == "" || line[0] == '{' {
			continue
		}
		if f := proposeLayout(line); f != "" {
			try(Proposal{LogFormat: f})
		}
	}
	if m := proposeMapping(head); len(m) > 0 {
		try(Proposal{JSON: m})
	}
	return best
}
