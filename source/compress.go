package source

import (
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// window bounds the memory that a zstd file can ask for: what `zstd --long` and
// the highest levels use.
const window = 128 << 20

// unpack returns what is packed in r, which begins with head: gzip of any number
// of members, zstd and bzip2, known by their first bytes; other data as it is.
// closer, if any, frees the unpacker. Source: RFC 1952, RFC 8878, the bzip2 manual.
func unpack(head []byte, r io.Reader) (text io.Reader, closer io.Closer, err error) {
	has := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case has("\x1f\x8b\x08"):
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, nil, damaged("gzip", err)
		}
		return &unpacker{z, "gzip"}, z, nil
	case has("\x28\xb5\x2f\xfd"), len(head) >= 4 && head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(window))
		if err != nil {
			return nil, nil, damaged("zstd", err)
		}
		return &unpacker{z, "zstd"}, z.IOReadCloser(), nil
	case has("BZh") && len(head) >= 10 && string(head[4:10]) == "\x31\x41\x59\x26\x53\x59":
		return &unpacker{bzip2.NewReader(r), "bzip2"}, nil, nil
	}
	return r, nil, nil
}

// unpacker words the errors of an unpacker for people.
type unpacker struct {
	io.Reader
	kind string
}

func (u *unpacker) Read(b []byte) (int, error) {
	n, err := u.Reader.Read(b)
	if err != nil && err != io.EOF {
		err = damaged(u.kind, err)
	}
	return n, err
}

func damaged(kind string, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("the %s data stops early (%w); all before was read: is the copy complete, or is the file still being written?", kind, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("the %s data is damaged (%w); all before was read", kind, err)
}
