package source

import (
	"bytes"
	"io"

	"goshawk/decode"
)

// look is how much of a log says whether its records are lines.
const look = 64 << 10

// records reads a log whose records are not lines as one whose records are.
type records struct {
	r    io.Reader
	f    *decode.Framer
	read []byte
	buf  []byte
	out  []byte // of buf, not yet handed out
	err  error  // what ended r
	cut  int    // records counted as cut

	unsure int  // bytes until a live stream has shown what it is
	past   bool // its records are lines: what follows goes by unread
}

// framed returns text with one record a line: text itself where that is so
// already. A file is known by its beginning. A live stream is framed while it
// begins, so that nothing waits and the result does not depend on how it comes.
func framed(text io.Reader, live bool, size int64) (io.Reader, *records) {
	if live {
		r := &records{r: text, f: new(decode.Framer), read: make([]byte, look), unsure: look}
		return r, r
	}
	head := make([]byte, 0, look)
	if size > 0 && size < look {
		head = make([]byte, 0, size+1)
	}
	head, err := peek(text, head, cap(head))
	if err != nil {
		return &failed{err}, nil
	}
	text = io.MultiReader(bytes.NewReader(head), text)
	f := decode.NewFramer(string(head))
	if f == nil {
		return text, nil
	}
	r := &records{r: text, f: f, read: make([]byte, look)}
	return r, r
}

// Read returns what is complete; it waits for the log only where nothing is.
func (r *records) Read(b []byte) (int, error) {
	for len(r.out) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if r.past {
			return r.r.Read(b)
		}
		var n int
		n, r.err = r.r.Read(r.read)
		r.buf = r.f.Frame(r.buf[:0], r.read[:n], r.err != nil)
		if r.unsure > 0 && r.err == nil {
			if r.unsure -= n; r.unsure <= 0 {
				r.buf, r.past = r.f.Release(r.buf)
			}
		}
		r.out = r.buf
		if n == 0 && r.err == nil {
			break
		}
	}
	n := copy(b, r.out)
	r.out = r.out[n:]
	return n, nil
}

// newlyCut is the number of records cut since it was last called.
func (r *records) newlyCut() int {
	if r == nil {
		return 0
	}
	n := r.f.Cut() - r.cut
	r.cut += n
	return n
}

// failed is a reader that could not be read.
type failed struct{ err error }

func (f *failed) Read([]byte) (int, error) { return 0, f.err }
