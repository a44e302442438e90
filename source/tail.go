package source

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
)

// ErrStream says that a source is no file, so that its end cannot be read.
var ErrStream = errors.New("not a file")

// Tail returns whole lines from the end of the source's newest file, about n
// bytes of them. A plain file is read from there; a packed one is unpacked, and a
// document is read, from its beginning. What comes before damage counts as all of
// it. Next is not affected.
func (s *Source) Tail(n int) ([]byte, error) {
	p := s.parts[len(s.parts)-1]
	if p.live {
		return nil, ErrStream
	}
	in, err := p.open()
	if err != nil {
		return nil, err
	}
	defer in.close()
	text, err := in.text()
	if err != nil {
		return nil, err
	}
	size := p.size
	if in.packed {
		size = -1
	}
	text, rec := framed(text, false, size)
	skipped := false
	if f, ok := in.raw.(*os.File); ok && !in.packed && p.size > int64(n) && (rec == nil || rec.f.Anywhere()) {
		if _, err := f.Seek(-int64(n), io.SeekEnd); err != nil {
			return nil, err
		}
		text, skipped = f, true
		if rec != nil {
			// The framer must begin at the beginning of a line.
			b := bufio.NewReaderSize(f, 64<<10)
			for err = bufio.ErrBufferFull; err == bufio.ErrBufferFull; {
				_, err = b.ReadSlice('\n')
			}
			rec.r, text, skipped = b, rec, false
		}
	}
	var tail []byte
	block := make([]byte, 64<<10)
	for err = nil; err == nil; {
		var k int
		k, err = text.Read(block)
		tail = append(tail, block[:k]...)
		if len(tail) > 2*n {
			tail = append(tail[:0], tail[len(tail)-n:]...)
			skipped = true
		}
	}
	if skipped {
		_, tail, _ = bytes.Cut(tail, newline)
	}
	return tail, nil
}
