package source

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// ErrStream says that a source is no file, so that its end cannot be read.
var ErrStream = errors.New("not a file")

// Tail returns whole lines from the end of the source's newest file, about n
// bytes of them. A plain file is read from there, a packed one is unpacked; what
// comes before damage counts as all of it. Next is not affected.
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
	skipped := false
	if f, ok := in.raw.(*os.File); ok && !in.packed && p.size > int64(n) {
		if _, err := f.Seek(-int64(n), io.SeekEnd); err != nil {
			return nil, err
		}
		text, skipped = f, true
	}
	var tail []byte
	block := make([]byte, 64<<10)
	for err == nil {
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
