// Package source reads logs: files, directories of rotated and compressed
// files, and standard input. A source hands out chunks of whole lines; it reads
// ahead in a goroutine of its own, so that unpacking overlaps parsing.
package source

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Options of reading. The zero value works.
type Options struct {
	Chunk int // bytes a chunk aims at; 0: 256 KiB, see Open
	Line  int // bytes of the longest line kept whole; 0: 1 MiB
	Keep  int // bytes kept of a longer one; 0: 64 KiB
}

func (o Options) withDefaults() Options {
	if o.Chunk <= 0 {
		o.Chunk = 256 << 10
	}
	if o.Line <= 0 {
		o.Line = 1 << 20
	}
	if o.Keep <= 0 {
		o.Keep = 64 << 10
	}
	o.Chunk = min(o.Chunk, o.Line)
	o.Keep = min(o.Keep, o.Line)
	return o
}

// Source is one log: one stream, or the rotated files of one log, oldest first.
// Where a log is a document, its records are its lines. Next is for one goroutine at a time, the other methods for any.
type Source struct {
	name  string
	parts []part
	o     Options

	start sync.Once
	ready chan chunk
	done  chan struct{}
	stop  sync.Once
	idle  sync.WaitGroup
	open  atomic.Pointer[input]

	read atomic.Int64
	errs []error

	mu    sync.Mutex // guards what Next counts
	spans []Span
	cut   int
	last  int // part of the last chunk
}

// Span is the part of a source that one file is: the source's lines from First
// (1-based) on, Lines of them so far. Where a log is a document, its records are
// its lines.
type Span struct {
	Name  string
	First int
	Lines int
}

// part is one file or stream of a source.
type part struct {
	name string
	size int64 // on disk, -1 unknown
	live bool  // lines are handed on as they come, and reading may wait for ever
	open func() (*input, error)

	written int64 // last modification, Unix nanoseconds, 0 unknown
}

// chunk is what the reading goroutine hands over: whole lines of one part, or
// what ended it.
type chunk struct {
	part  int
	data  []byte
	lines int
	cut   int
	err   error
}

func newSource(name string, o Options, parts ...part) *Source {
	return &Source{
		name: name, parts: parts, o: o.withDefaults(),
		ready: make(chan chunk, 2), done: make(chan struct{}),
	}
}

// Name is the path of the log, of the newest file where it was rotated.
func (s *Source) Name() string { return s.name }

// Next returns the next chunk: whole lines, each ended by a newline but for the
// last of the log, about Options.Chunk bytes of them. The chunk is the caller's
// from then on. A line longer than Options.Line is cut to Options.Keep bytes and
// counted. At the end, and after Close, the error is io.EOF; any other error is
// one sentence on what could not be read, and comes after all that could.
func (s *Source) Next() ([]byte, error) {
	s.start.Do(func() { s.idle.Go(s.run) })
	for {
		var c chunk
		var more bool
		select {
		case c, more = <-s.ready:
		case <-s.done:
			select {
			case c, more = <-s.ready:
			default:
			}
		}
		if !more {
			if err := errors.Join(s.errs...); err != nil {
				s.errs = nil
				return nil, err
			}
			return nil, io.EOF
		}
		if c.err != nil {
			s.errs = append(s.errs, c.err)
			continue
		}
		s.count(c)
		return c.data, nil
	}
}

func (s *Source) count(c chunk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := s.parts[c.part].name
	s.cut += c.cut
	s.last = c.part
	if n := len(s.spans); n == 0 || s.spans[n-1].Name != name {
		first := 1
		if n > 0 {
			first = s.spans[n-1].First + s.spans[n-1].Lines
		}
		s.spans = append(s.spans, Span{Name: name, First: first})
	}
	s.spans[len(s.spans)-1].Lines += c.lines
}

// Files says which lines came from which file, in the order of reading; files
// without a line are absent.
func (s *Source) Files() []Span {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.spans)
}

// At says which line of which file a line of the source is, both 1-based.
func (s *Source) At(line int) (file string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range slices.Backward(s.spans) {
		if line >= f.First {
			return f.Name, line - f.First + 1
		}
	}
	return s.name, line
}

// Cut is the number of lines that were too long and were cut.
func (s *Source) Cut() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cut
}

// Written is when the file of the chunk that Next returned last was modified, in
// Unix nanoseconds: that of the first file before the first chunk, now for a
// stream. Times without a year are taken to lie before it.
func (s *Source) Written() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.parts[s.last]; !p.live && p.written != 0 {
		return p.written
	}
	return time.Now().UnixNano()
}

// Progress returns the bytes read so far as they lie on disk, packed, and how
// many there are; of is -1 for a stream.
func (s *Source) Progress() (n, of int64) {
	for _, p := range s.parts {
		if p.size < 0 {
			return s.read.Load(), -1
		}
		of += p.size
	}
	return s.read.Load(), of
}

// Close stops reading and frees what is open. What was read ahead may still be
// taken with Next. Close waits for the reader, but not for a live stream, which
// may be silent for ever.
func (s *Source) Close() {
	s.start.Do(func() { close(s.ready) })
	s.stop.Do(func() { close(s.done) })
	live := false
	for _, p := range s.parts {
		live = live || p.live
	}
	if live {
		if in := s.open.Load(); in != nil {
			in.interrupt()
		}
		return
	}
	s.idle.Wait()
}

// run reads the parts one after the other. A part that fails does not keep the
// next ones from being read.
func (s *Source) run() {
	defer close(s.ready)
	for i, p := range s.parts {
		err := s.readPart(i, p)
		if errors.Is(err, errClosed) || s.closed() {
			return
		}
		if err != nil && !s.send(chunk{part: i, err: s.explain(p, err)}) {
			return
		}
	}
}

// explain names the file where a source has several.
func (s *Source) explain(p part, err error) error {
	if p.name == s.name {
		return err
	}
	return fmt.Errorf("%s: %w", p.name, err)
}

func (s *Source) readPart(i int, p part) error {
	in, err := p.open()
	if err != nil {
		return err
	}
	defer in.close()
	s.open.Store(in)
	in.count = &s.read
	text, err := in.text()
	if err != nil {
		return err
	}
	size := p.size
	if in.packed {
		size = -1
	}
	text, rec := framed(text, p.live, size)
	l := lines{o: s.o, last: i == len(s.parts)-1, live: p.live}
	if p.size >= 0 && !in.packed {
		l.o.Chunk = int(min(int64(l.o.Chunk), max(p.size+1, 4<<10))) // many small files must not take much
	}
	l.emit = func(data []byte, n, cut int) bool {
		return s.send(chunk{part: i, data: data, lines: n, cut: cut + rec.newlyCut()})
	}
	return l.read(text)
}

// send hands c over; it is false once the source is closed. A live stream's
// chunk is handed over even then: it is small, and it has been read.
func (s *Source) send(c chunk) bool {
	if s.parts[c.part].live {
		s.ready <- c
		return !s.closed()
	}
	select {
	case s.ready <- c:
		return true
	case <-s.done:
		return false
	}
}

func (s *Source) closed() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}
