package source

import (
	"bytes"
	"io"

	"goshawk/decode"
)

// records reads a log whose records are not lines as one whose records are.
type records struct {
	r    io.Reader
	f    *decode.Framer
	read []byte
	out  []byte // records not yet handed out
	err  error  // what ended r
	buf  []byte // of out
	cut  int    // records counted as cut
}

// framed returns text with one record a line: text itself where that is so
// already. It decides by the beginning, 64 KiB of it, or what of a live stream is
// there once a line is.
func framed(text io.Reader, live bool, size int64) (io.Reader, *records) {
	const most = 64 << 10
	head := make([]byte, 0, most)
	if size > 0 && size < most {
		head = make([]byte, 0, size+1)
	}
	var err error
	for empty := 0; err == nil && len(head) < cap(head) && empty < 100; {
		var n int
		n, err = text.Read(head[len(head):cap(head)])
		if head = head[:len(head)+n]; live && bytes.IndexByte(head, '\n') >= 0 {
			break
		}
		if empty++; n > 0 {
			empty = 0
		}
	}
	text = io.MultiReader(bytes.NewReader(head), &failed{text, err})
	f := decode.NewFramer(string(head))
	if f == nil {
		return text, nil
	}
	r := &records{r: text, f: f, read: make([]byte, most)}
	return r, r
}

// failed is a reader that ended in err, if that is not nil: not all repeat it.
type failed struct {
	io.Reader
	err error
}

func (f *failed) Read(b []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return f.Reader.Read(b)
}

// Read returns what is complete; it waits for the log only where nothing is.
func (r *records) Read(b []byte) (int, error) {
	for len(r.out) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		var n int
		n, r.err = r.r.Read(r.read)
		r.buf = r.f.Frame(r.buf[:0], r.read[:n], r.err != nil)
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
