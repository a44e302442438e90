package source

import (
	"bytes"
	"fmt"
	"io"
	"sync/atomic"
)

// input is an open file or stream. Its text is what remains after unpacking,
// without the NUL bytes and the byte order mark that it may begin with.
type input struct {
	raw    io.Reader
	closer io.Closer     // of raw, nil if it is not ours to close
	count  *atomic.Int64 // of bytes taken from raw; may be nil
	packed bool
	unpack io.Closer // frees the unpacker, if any
}

func (in *input) Read(b []byte) (int, error) {
	n, err := in.raw.Read(b)
	if in.count != nil {
		in.count.Add(int64(n))
	}
	return n, err
}

func (in *input) close() {
	if in.unpack != nil {
		in.unpack.Close()
	}
	in.interrupt()
}

// interrupt ends a Read that waits, where the system can do that.
func (in *input) interrupt() {
	if in.closer != nil {
		in.closer.Close()
	}
}

// text unpacks the input and returns its text. It fails on what is no text,
// with the reason.
func (in *input) text() (io.Reader, error) {
	head, err := peek(in, nil, 16)
	if err != nil {
		return nil, err
	}
	r, closer, err := unpack(head, io.MultiReader(bytes.NewReader(head), in))
	if err != nil {
		return nil, err
	}
	in.unpack = closer
	_, in.packed = r.(*unpacker)

	// A file cut by copytruncate while its writer went on begins with NUL bytes.
	const sample = 8 << 10
	head, err = peek(r, make([]byte, 0, sample), 1)
	for err == nil && len(head) > 0 && len(bytes.TrimLeft(head, "\x00")) == 0 {
		head, err = peek(r, head[:0], 1)
	}
	if err != nil {
		return nil, err
	}
	head = bytes.TrimLeft(head, "\x00")
	if what := notText(head); what != "" {
		return nil, &BinaryError{What: what}
	}
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	return io.MultiReader(bytes.NewReader(head), r), nil
}

// peek reads at least n bytes into b's capacity, fewer only at the end. It
// returns an error only where nothing was read: unpackers repeat theirs.
func peek(r io.Reader, b []byte, n int) ([]byte, error) {
	if b == nil {
		b = make([]byte, 0, n)
	}
	k, err := io.ReadAtLeast(r, b[:cap(b)], n)
	if k > 0 || err == io.EOF {
		err = nil
	}
	return b[:k], err
}

// BinaryError says that a file is no text, and what it is.
type BinaryError struct{ What string }

func (e *BinaryError) Error() string {
	return fmt.Sprintf("this is no log but %s", e.What)
}

// kinds are the beginnings of files that are no logs but lie beside them.
var kinds = []struct{ magic, what string }{
	{"\x7fELF", "a program (ELF)"},
	{"MZ\x90", "a program (PE)"},
	{"\x89PNG", "a PNG image"},
	{"\xff\xd8\xff", "a JPEG image"},
	{"GIF8", "a GIF image"},
	{"%PDF-", "a PDF document"},
	{"PK\x03\x04", "a ZIP archive: unpack it first, or pipe it: unzip -p FILE | goshawk scan -"},
	{"\xfd7zXZ\x00", "xz data: unpack it first, or pipe it: xz -dc FILE | goshawk scan -"},
	{"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"},
	{"Rar!\x1a\x07", "a RAR archive: unpack it first"},
	{"SQLite format 3\x00", "a SQLite database"},
	{"LPKSHHRH", "a systemd journal: pipe it: journalctl -o json | goshawk scan -"},
	{"PAR1", "a Parquet file"},
	{"\xd4\xc3\xb2\xa1", "a packet capture"},
	{"\x0a\x0d\x0d\x0a", "a packet capture"},
	{"\xff\xfe", "UTF-16 text: convert it first, or pipe it: iconv -f UTF-16 -t UTF-8 FILE | goshawk scan -"},
	{"\xfe\xff", "UTF-16 text: convert it first, or pipe it: iconv -f UTF-16 -t UTF-8 FILE | goshawk scan -"},
}

// notText says what the beginning of a file is if it is no text, else "". A
// clean first line makes a text of it, whatever follows: those who can write
// bytes into a log must not be able to hide it.
func notText(head []byte) string {
	for _, k := range kinds {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return k.what
		}
	}
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return "a tar archive: unpack it first"
	}
	first, _, _ := bytes.Cut(head, newline)
	if len(first) >= 16 && controls(first) == 0 {
		return ""
	}
	if n := controls(head); n*10 > len(head) {
		return "binary data"
	}
	return ""
}

// controls counts the bytes that text does not hold.
func controls(b []byte) (n int) {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			n++
		}
	}
	return n
}
