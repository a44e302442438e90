// Package decode turns the lines of logs into events. One file is one format;
// each registers itself, has its sample in testdata, and is recognised by
// content, never by a file's name.
package decode

import (
	"cmp"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"goshawk/event"
)

// Options of decoding. The zero value recognises every registered format.
type Options struct {
	LogFormat string            // an nginx log_format or an Apache LogFormat; tried before all others
	JSON      map[string]string // what JSON objects call things: paths such as "http.req.ip" by field, see Fields
	Format    string            // decode with this format only, and with the envelopes
	Zone      *time.Location    // of times that carry none; nil means UTC
}

// ErrSkip marks a line that is well formed but holds no request: a header, a
// start-up message. It counts as neither event nor failure.
var ErrSkip = errors.New("no request in this line")

// Error says why a line was not understood. It belongs to its decoder and is
// valid until that decoder's next call.
type Error struct {
	Offset int    // byte of the line as it was given
	Reason string // a few words, never text of the line
	Format string // that says so, "" if the line is like none
}

func (e *Error) Error() string { return "byte " + strconv.Itoa(e.Offset) + ": " + e.Reason }

// Format is one kind of log line, or an envelope around lines of other formats.
type Format struct {
	Name     string
	Title    string       // one line
	Doc      string       // a paragraph or two, Markdown
	Carries  event.Fields // the most that a line can carry; Event.Carries has what its own layout does
	Envelope bool         // what is inside it is decoded by another format; fits is exact

	// Encode appends e as one line, without a newline, and returns the longer
	// slice; nil for what is only read. Decoding the line gives back all of e that
	// the format holds, and no more than it holds.
	Encode func(dst []byte, e *event.Event) []byte

	object bool                   // its lines begin with {
	rank   int                    // of two formats that fit equally well, the lower is tried first; see loose
	fits   func(line string) bool // cheap: false only if decode is sure to fail
	decode func(d *Decoder, line string, e *event.Event) error
}

// loose is the least rank of formats that would understand a line of another's
// in a way: they are tried last, however well they fit.
const loose = 8

// maxDepth is how many envelopes a line may be in.
const maxDepth = 4

var registry []Format // by name

func register(f Format) Format {
	i, _ := slices.BinarySearchFunc(registry, f.Name, func(g Format, name string) int { return strings.Compare(g.Name, name) })
	registry = slices.Insert(registry, i, f)
	return f
}

// Formats returns every registered format, by name.
func Formats() []Format { return slices.Clone(registry) }

// Order is a list of formats to try, best first, as indices into Formats.
type Order []uint8

// Context is what the meaning of a line depends on beside the line: what was
// read before it, and when. The zero value tries every format.
type Context struct {
	Order   Order  // formats to try, best first, from Guess; nil for all
	Header  string // that names the lines' columns, from Sections
	Written int64  // when the log was last written, Unix nanoseconds: a time without a year lies in the year before; 0 unknown
}

// Decoder decodes lines. Make one for each goroutine.
type Decoder struct {
	clock    clock
	custom   *layout  // of Options.LogFormat
	mapping  *dialect // of Options.JSON
	dispatch bool     // JSON of a known dialect is read as such
	usable   Order    // formats that the options allow, in order of rank
	context  *Context
	fields   fields // of the line at hand
	keys     []*keyCache
	headers  map[string]*columns // compiled, by header
	columns  *columns            // the last of them
	names    map[string]column   // of IIS's XML
	readers  [headerKinds]int    // formats of what headers name, -1 where the options do not allow it
	mine     bool                // the line is a row of the header in force, even if it is broken
	scratch  []byte              // strings whose escapes were undone
	depth    int                 // of envelopes around the line at hand
	blanks   int                 // cut off the ends of that line and of the envelopes
	program  string              // that wrote the line, if an envelope tells
	wrappers Order               // envelopes of text
	err      Error
	begun    bool // the line that err is about was begun to be understood
}

// New returns a decoder. It fails on a LogFormat that cannot be compiled, with
// the position, and on a Format that does not exist.
func New(o Options) (*Decoder, error) {
	d := &Decoder{clock: newClock(o.Zone), dispatch: o.Format == ""}
	if o.LogFormat != "" {
		l, err := compile(o.LogFormat)
		if err != nil {
			return nil, fmt.Errorf("log format: %w", err)
		}
		d.custom = l
	}
	if len(o.JSON) > 0 {
		l, err := compileJSON(o.JSON)
		if err != nil {
			return nil, fmt.Errorf("JSON mapping: %w", err)
		}
		d.mapping = l
	}
	for i, f := range registry {
		if (o.Format == "" || o.Format == f.Name || f.Envelope) && (f.Name != customName || d.custom != nil) {
			d.usable = append(d.usable, uint8(i))
		}
		if f.Envelope && !f.object && f.rank < loose {
			d.wrappers = append(d.wrappers, uint8(i))
		}
	}
	for k, name := range headerFormats {
		d.readers[k] = -1
		if i := formatIndex(name); slices.Contains(d.usable, uint8(i)) {
			d.readers[k] = i
		}
	}
	slices.SortStableFunc(d.usable, func(a, b uint8) int { return cmp.Compare(registry[a].rank, registry[b].rank) })
	switch {
	case o.Format == "" || slices.ContainsFunc(d.usable, func(i uint8) bool { return registry[i].Name == o.Format }):
		return d, nil
	case o.Format == customName:
		return nil, fmt.Errorf("format %q needs a log format", customName)
	}
	names := make([]string, len(registry))
	for i, f := range registry {
		names[i] = f.Name
	}
	return nil, fmt.Errorf("unknown format %q: did you mean %q? There are %s", o.Format, Nearest(o.Format, names), strings.Join(names, ", "))
}

// How much of a source Guess looks at.
const (
	guessBytes = 64 << 10
	guessLines = 200
)

// Guess returns the formats in the order in which they explain head, the
// beginning of a source. It looks at 64 KiB and 200 lines that are not blank.
// Every usable format is in the result, so a mixed log is decoded line by line.
func (d *Decoder) Guess(head string) Order {
	var e event.Event
	score := make([]int, len(registry))
	n := 0
	for header, text := range Sections(head[:min(len(head), guessBytes)], "") {
		in := Context{Order: d.usable, Header: header}
		for line := range strings.Lines(text) {
			if line, _ = clean(line); line == "" {
				continue
			}
			if n++; n > guessLines {
				break
			}
			for _, i := range d.usable {
				f := &registry[i]
				d.begin(&in)
				switch d.try(f, line, &e) {
				case nil:
					weight := 100 + bits.OnesCount32(uint32(e.Carries))
					score[i] += weight
					if e.Format != f.Name { // in an envelope
						score[formatIndex(e.Format)] += weight
					}
				case ErrSkip:
					score[i]++
				}
			}
		}
	}
	order := slices.Clone(d.usable)
	slices.SortStableFunc(order, func(a, b uint8) int {
		f, g := &registry[a], &registry[b]
		if f.rank < 0 != (g.rank < 0) || f.rank >= loose != (g.rank >= loose) {
			return cmp.Compare(f.rank, g.rank)
		}
		return cmp.Compare(score[b], score[a])
	})
	return order
}

func formatIndex(name string) int {
	i, _ := slices.BinarySearchFunc(registry, name, func(f Format, name string) int { return strings.Compare(f.Name, name) })
	return i
}

// Decode fills e from one line without its newline. It tries the formats of the
// context's order until one understands the line; a nil context is an empty one.
// The result depends on the line and the context alone, never on earlier lines.
//
// Strings of e alias line, or memory of d that its next call reuses: Clone
// what outlives that. ErrSkip marks a line that is no request. Any other error
// is an *Error, of the format that came farthest into the line; e is then empty.
func (d *Decoder) Decode(line string, in *Context, e *event.Event) error {
	blanks := len(line)
	line, cut := clean(line)
	if line == "" {
		e.Reset()
		return ErrSkip
	}
	if in == nil {
		in = &everything
	}
	d.begin(in)
	d.blanks = blanks - cut - len(line)
	err := d.choose(line, e)
	if err != nil {
		e.Reset()
		d.err.Offset += cut
	}
	return err
}

var everything Context

// begin forgets the last line.
func (d *Decoder) begin(in *Context) {
	d.context, d.scratch, d.depth, d.blanks, d.program = in, d.scratch[:0], 0, 0, ""
}

// choose decodes the line with the first format that understands it. Rows of a
// header go to its format before all others, and to no other if they are plainly
// its rows, for their values may look like anything; those of a late header go
// to it last. The error is that of the format that came farthest, of a loose one
// only if no other came anywhere. An envelope that fails has recognised itself,
// and its error stands: what it holds may have been written to look like a line
// of another format.
func (d *Decoder) choose(line string, e *event.Event) error {
	order := d.context.Order
	if order == nil {
		order = d.usable
	}
	best, begun := Error{Offset: -1}, false
	reader, last := -1, false
	if l := d.headed(); l != nil {
		if reader, last = d.readers[l.kind], l.late; reader >= 0 && !last {
			d.mine = false
			switch err := d.try(&registry[reader], line, e); {
			case err == nil || err == ErrSkip || err != errUnfit && d.mine:
				d.begun = true
				return err
			case err != errUnfit:
				best = d.err
			}
		}
	}
	for _, i := range order {
		f := &registry[i]
		if int(i) == reader || f.object && line[0] != '{' {
			continue
		}
		switch d.try(f, line, e) {
		case nil:
			return nil
		case ErrSkip:
			return ErrSkip
		case errUnfit:
		default:
			if f.Envelope {
				d.err.Format, d.begun = cmp.Or(d.err.Format, f.Name), true
				return &d.err
			}
			if f.rank < loose && d.err.Offset > best.Offset || f.rank >= loose && best.Offset <= 0 {
				name := cmp.Or(d.err.Format, f.Name)
				best = d.err
				best.Format = name
				begun = f.rank < loose && best.Offset > 0
			}
		}
	}
	if line[0] == '#' || continuation(line) {
		return ErrSkip
	}
	if last && reader >= 0 {
		if err := d.try(&registry[reader], line, e); err == nil || err == ErrSkip {
			return err
		}
	}
	if best.Offset < 0 {
		best = Error{Reason: "no format fits"}
	}
	d.err, d.begun = best, begun
	return &d.err
}

// errUnfit says that a line is plainly not of a format.
var errUnfit = errors.New("unfit")

// wrapped says whether a line is in an envelope. Formats that would otherwise
// understand such a line, and lose what the envelope says, ask.
func (d *Decoder) wrapped(line string) bool {
	if line[0] == '"' || line[0] == '{' {
		return false
	}
	for _, i := range d.wrappers {
		if registry[i].fits(line) {
			return true
		}
	}
	return false
}

func (d *Decoder) try(f *Format, line string, e *event.Event) error {
	if !f.fits(line) {
		return errUnfit
	}
	e.Reset()
	err := f.decode(d, line, e)
	if err == nil && e.Format == "" {
		e.Format = f.Name
	}
	return err
}

// envelope is what surrounds a line and counts for it.
type envelope struct {
	time    stamp
	timed   bool   // time is one
	level   string // log level
	program string // that wrote the line: nginx, haproxy, wordpress(example.com)
	at      int    // where in the envelope's own line the line begins
	undone  bool   // its escapes were undone, so that bytes of it are not at its places any more
}

// inside decodes the line that an envelope holds by the formats of the order.
// The line's own time counts if it has a date and a zone, else the envelope's.
func (d *Decoder) inside(line string, env envelope, e *event.Event) error {
	blanks := len(line)
	line, cut := clean(line)
	d.blanks += blanks - cut - len(line)
	if line == "" || d.depth == maxDepth {
		return ErrSkip
	}
	outer := d.program
	if env.program != "" {
		d.program = env.program
	}
	d.depth++
	err := d.choose(line, e)
	d.depth--
	d.program = outer
	if err != nil {
		if d.err.Offset += env.at + cut; env.undone {
			d.err.Offset = env.at
		}
		return err
	}
	if env.timed && (e.Flags&event.NoTime != 0 || e.Flags&event.TimeInferred != 0 && env.time.zoned) {
		d.stamp(e, env.time)
	}
	if e.Level == "" {
		e.Level = env.level
	}
	return nil
}

// said decodes what a program said, as inside does, but that no format begins to
// understand it is no failure of ours.
func (d *Decoder) said(line string, env envelope, e *event.Event) error {
	err := d.inside(line, env, e)
	if err != nil && !d.begun {
		return ErrSkip
	}
	return err
}

// around is the envelope that the fields of an object make around a line, whose
// escapes were undone.
func (d *Decoder) around(e *event.Event) envelope {
	return envelope{
		time:   stamp{ns: e.Time, zoned: e.Flags&event.TimeInferred == 0},
		timed:  d.fields.rank[aTime] > 0,
		level:  e.Level,
		undone: true,
	}
}

// original makes an event of the line that an object keeps beside what was read
// out of it. The object's fields make it only if no format understands the line,
// or one alone that understands much, which clients could write.
func (d *Decoder) original(line string, env envelope, e *event.Event) error {
	fields, outer := d.fields, *e
	err := ErrSkip
	if line != "" {
		err = d.said(line, env, e)
	}
	if err == nil && registry[formatIndex(e.Format)].rank < loose {
		return nil
	}
	inner := *e
	d.fields, *e = fields, outer
	if d.finish(e) {
		e.Format = jsonName
		return nil
	}
	*e = inner
	return err
}

// stamp sets the time of e.
func (d *Decoder) stamp(e *event.Event, t stamp) {
	e.Time = t.ns
	e.Carries |= event.HasTime
	if e.Flags &^= event.NoTime | event.TimeInferred; !t.zoned {
		e.Flags |= event.TimeInferred
	}
}

func (d *Decoder) fail(offset int, reason string) error {
	d.err = Error{Offset: offset, Reason: reason}
	return &d.err
}

// clean strips what copying and cutting files leaves on a line: NUL runs and a
// byte order mark before it, carriage returns and blanks after it. It returns
// how many bytes went before.
func clean(line string) (string, int) {
	n := len(line)
	if n > 0 && (line[0] == 0 || line[0] == 0xEF) {
		line = strings.TrimLeft(line, "\x00")
		line = strings.TrimPrefix(line, "\ufeff")
		line = strings.TrimLeft(line, "\x00")
	}
	cut := n - len(line)
	for i := len(line); ; i-- {
		if i == 0 || line[i-1] != '\r' && line[i-1] != '\n' && line[i-1] != ' ' {
			return line[:i], cut
		}
	}
}
