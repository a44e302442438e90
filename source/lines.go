package source

import (
	"bytes"
	"errors"
	"io"
)

// errClosed ends reading when nobody takes the chunks any more.
var errClosed = errors.New("source closed")

// lines cuts a stream into chunks of whole lines. Memory stays below a few
// chunks and one line of Options.Line, whatever the stream holds.
type lines struct {
	o    Options
	last bool                               // the stream ends the log: no newline is added to its last line
	live bool                               // whole lines are handed out as soon as they are read
	emit func(data []byte, n, cut int) bool // takes data with its number of lines; false: stop

	buf  []byte // read, not yet handed out; begins at a line's start
	skip bool   // the rest of a line that was cut is being dropped
}

// read reads r to its end. The lines before an error are handed out first.
func (l *lines) read(r io.Reader) error {
	l.buf = make([]byte, 0, l.o.Chunk)
	empty := 0
	for {
		n, err := r.Read(l.buf[len(l.buf):cap(l.buf)])
		l.add(n)
		if !l.pass(err != nil) {
			return errClosed
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case n > 0:
			empty = 0
		default:
			if empty++; empty == 100 {
				return io.ErrNoProgress
			}
		}
	}
}

// add takes n bytes just read behind buf, less what belongs to a cut line.
func (l *lines) add(n int) {
	fresh := l.buf[len(l.buf) : len(l.buf)+n]
	if l.skip {
		i := bytes.IndexByte(fresh, '\n')
		if i < 0 {
			return
		}
		l.skip = false
		n = copy(fresh, fresh[i+1:])
	}
	l.buf = l.buf[:len(l.buf)+n]
}

// pass hands out what is ready: the whole lines of a full buffer, or of any
// buffer of a live stream, and everything at the end.
func (l *lines) pass(end bool) bool {
	if end {
		return l.finish()
	}
	full := len(l.buf) == cap(l.buf)
	if !full && !l.live {
		return true
	}
	i := bytes.LastIndexByte(l.buf, '\n')
	switch {
	case i >= 0:
		whole := l.buf[: i+1 : i+1]
		l.keep(l.buf[i+1:])
		return l.emit(whole, bytes.Count(whole, newline), 0)
	case !full:
		return true
	case cap(l.buf) < l.o.Line:
		l.buf = append(make([]byte, 0, min(2*cap(l.buf), l.o.Line)), l.buf...)
		return true
	}
	return l.truncate()
}

// keep goes on with the start of a line, in the same buffer while that has room.
func (l *lines) keep(rest []byte) {
	if cap(rest)-len(rest) > l.o.Chunk/4 {
		l.buf = rest
		return
	}
	l.buf = append(make([]byte, 0, max(l.o.Chunk, min(2*len(rest), l.o.Line))), rest...)
}

// truncate hands out the first bytes of a line that is too long.
func (l *lines) truncate() bool {
	cut := append(make([]byte, 0, l.o.Keep+1), l.buf[:l.o.Keep]...)
	l.buf, l.skip = l.buf[:0], true
	return l.emit(append(cut, '\n'), 1, 1)
}

func (l *lines) finish() bool {
	if len(l.buf) == 0 {
		return true
	}
	n := bytes.Count(l.buf, newline)
	if l.buf[len(l.buf)-1] != '\n' {
		n++
		if !l.last {
			l.buf = append(l.buf, '\n')
		}
	}
	return l.emit(l.buf, n, 0)
}

var newline = []byte{'\n'}
