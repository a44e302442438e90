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
	LogFormat string         // an nginx log_format or an Apache LogFormat; tried before all others
	Format    string         // decode with this format only
	Zone      *time.Location // of times that carry none; nil means UTC
}

// ErrSkip marks a line that is well formed but holds no request: a header, a
// start-up message. It counts as neither event nor failure.
var ErrSkip = errors.New("no request in this line")

// Error says why a line was not understood. It belongs to its decoder and is
// valid until that decoder's next call.
type Error struct {
	Offset int    // byte of the line as it was given
	Reason string // a few words, never text of the line
}

func (e *Error) Error() string { return "byte " + strconv.Itoa(e.Offset) + ": " + e.Reason }

// Format is one kind of log line.
type Format struct {
	Name    string
	Title   string       // one line
	Doc     string       // a paragraph or two, Markdown
	Carries event.Fields // the most that a line can carry; Event.Carries has what its own layout does

	rank   int                    // of two formats that fit equally well, the lower is tried first
	fits   func(line string) bool // cheap: false only if decode is sure to fail
	decode func(d *Decoder, line string, e *event.Event) error
}

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

// Decoder decodes lines. Make one for each goroutine.
type Decoder struct {
	clock   clock
	custom  *layout // of Options.LogFormat
	usable  Order   // formats that the options allow, in order of rank
	fields  fields  // of the line at hand
	keys    keyCache
	scratch []byte // strings whose escapes were undone
	depth   int    // of messages inside messages
	err     Error
}

// New returns a decoder. It fails on a LogFormat that cannot be compiled, with
// the position, and on a Format that does not exist.
func New(o Options) (*Decoder, error) {
	d := &Decoder{clock: newClock(o.Zone)}
	if o.LogFormat != "" {
		l, err := compile(o.LogFormat)
		if err != nil {
			return nil, fmt.Errorf("log format: %w", err)
		}
		d.custom = l
	}
	for i, f := range registry {
		if (o.Format == "" || o.Format == f.Name) && (f.Name != customName || d.custom != nil) {
			d.usable = append(d.usable, uint8(i))
		}
	}
	slices.SortStableFunc(d.usable, func(a, b uint8) int { return cmp.Compare(registry[a].rank, registry[b].rank) })
	switch {
	case len(d.usable) > 0:
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
	var (
		e     event.Event
		line  string
		score = make([]int, len(registry))
	)
	head = head[:min(len(head), guessBytes)]
	for n := 0; n < guessLines && head != ""; {
		line, head, _ = strings.Cut(head, "\n")
		if line, _ = clean(line); line == "" {
			continue
		}
		n++
		for _, i := range d.usable {
			if !registry[i].fits(line) {
				continue
			}
			switch d.try(&registry[i], line, &e) {
			case nil:
				score[i] += 100 + bits.OnesCount32(uint32(e.Carries))
			case ErrSkip:
				score[i]++
			}
		}
	}
	order := slices.Clone(d.usable)
	slices.SortStableFunc(order, func(a, b uint8) int {
		if d.custom != nil && (registry[a].Name == customName) != (registry[b].Name == customName) {
			return cmp.Compare(registry[a].rank, registry[b].rank)
		}
		return cmp.Compare(score[b], score[a])
	})
	return order
}

// Decode fills e from one line without its newline. It tries the formats of
// order until one understands the line; with a nil order, all of them. The
// result depends on the line and the order alone, never on earlier lines.
//
// Strings of e alias line, or memory of d that its next call reuses: Clone
// what outlives that. ErrSkip marks a line that is no request. Any other error
// is an *Error: why the likeliest format did not understand it; e is then empty.
func (d *Decoder) Decode(line string, order Order, e *event.Event) error {
	line, cut := clean(line)
	if line == "" {
		e.Reset()
		return ErrSkip
	}
	if order == nil {
		order = d.usable
	}
	first := Error{Reason: "no format fits"}
	tried := false
	for _, i := range order {
		f := &registry[i]
		if !f.fits(line) {
			continue
		}
		err := d.try(f, line, e)
		if err == nil {
			e.Format = f.Name
			return nil
		}
		if err == ErrSkip {
			e.Reset()
			return err
		}
		if !tried {
			first, tried = d.err, true
		}
	}
	e.Reset()
	if line[0] == '#' {
		return ErrSkip
	}
	first.Offset += cut
	d.err = first
	return &d.err
}

func (d *Decoder) try(f *Format, line string, e *event.Event) error {
	e.Reset()
	d.scratch, d.depth = d.scratch[:0], 0
	return f.decode(d, line, e)
}

func (d *Decoder) fail(offset int, reason string) error {
	d.err = Error{offset, reason}
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
