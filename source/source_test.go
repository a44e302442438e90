package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// write makes a file in dir and returns its path.
func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func gz(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.String()
}

func zst(s string) string {
	w, _ := zstd.NewWriter(nil)
	defer w.Close()
	return string(w.EncodeAll([]byte(s), nil))
}

// bz is "packed by bzip2\n".
const bz = "BZh91AY&SYm\x8a\xbd\xdf\x00\x00\x06\xd9\x80\x00\x10@\x00\x10\x00>(@0 \x00!\xa8\x18\x87\xe9\x08\x06\x805 \xa1O\x861\xab\x17rE8P\x90m\x8a\xbd\xdf"

func one(t *testing.T, path string, o Options) *Source {
	t.Helper()
	f := Open([]string{path}, o)
	if len(f.Sources) != 1 || len(f.Left) != 0 {
		t.Fatalf("%s: %d sources, left out %v", path, len(f.Sources), f.Left)
	}
	t.Cleanup(f.Sources[0].Close)
	return f.Sources[0]
}

// drain reads s to its end and checks the contract of every chunk.
func drain(t *testing.T, s *Source) (string, error) {
	t.Helper()
	var all []byte
	for {
		c, err := s.Next()
		if err != nil {
			if c != nil {
				t.Errorf("%s: a chunk with error %v", s.Name(), err)
			}
			n := bytes.Count(all, newline)
			if len(all) > 0 && all[len(all)-1] != '\n' {
				n++
			}
			for _, f := range s.Files() {
				n -= f.Lines
			}
			if n != 0 {
				t.Errorf("%s: the lines of %v are %d too few", s.Name(), s.Files(), n)
			}
			if err == io.EOF {
				err = nil
			}
			return string(all), err
		}
		if len(c) == 0 || len(all) > 0 && all[len(all)-1] != '\n' {
			t.Fatalf("%s: chunk of %d bytes after %q", s.Name(), len(c), all[max(0, len(all)-20):])
		}
		all = append(all, c...)
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	f := func(name, content, want string) {
		t.Helper()
		got, err := drain(t, one(t, write(t, dir, name, content), Options{}))
		if got != want || err != nil {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
	f("plain", "a\nb\n", "a\nb\n")
	f("empty", "", "")
	f("no-final-newline", "a\nb", "a\nb")
	f("crlf", "a\r\nb\r\n", "a\r\nb\r\n")
	f("blank", "\n\n", "\n\n")
	f("nul-inside", "a request for /\x00\x00 here\nb\n", "a request for /\x00\x00 here\nb\n")
	f("copytruncate", strings.Repeat("\x00", 20000)+"a line after them\n", "a line after them\n")
	f("only-nul", strings.Repeat("\x00", 20000), "")
	f("bom", "\xef\xbb\xbfa\n", "a\n")
	f("not-utf8", "caf\xe9 \xff\xfe\n", "caf\xe9 \xff\xfe\n")
	f("ansi", "\x1b[0m\x1b[32mok\x1b[0m\n", "\x1b[0m\x1b[32mok\x1b[0m\n")
	f("by-content.txt", gz("a\nb\n"), "a\nb\n")
	f("members.gz", gz("a\n")+gz("b\n"), "a\nb\n")
	f("empty.gz", gz(""), "")
	f("x.zst", zst("a\n")+zst("b\n"), "a\nb\n")
	f("skippable.zst", "\x50\x2a\x4d\x18\x02\x00\x00\x00hi"+zst("a\n"), "a\n")
	f("x.bz2", bz, "packed by bzip2\n")
	f("two.bz2", bz+bz, "packed by bzip2\npacked by bzip2\n")
	f("BZh-is-no-magic", "BZh9 is how it begins\n", "BZh9 is how it begins\n")
}

func TestBinary(t *testing.T) {
	dir := t.TempDir()
	f := func(content, want string) {
		t.Helper()
		got := Open([]string{write(t, dir, "x", content)}, Options{})
		if len(got.Sources) != 0 || len(got.Left) != 1 || !got.Left[0].Failed || !strings.Contains(got.Left[0].Error(), want) {
			t.Errorf("%q: %d sources, left out %v, want %q", content[:4], len(got.Sources), got.Left, want)
		}
	}
	f("\x7fELF\x02\x01\x01"+strings.Repeat("\x00", 100), "no log but a program")
	f("\x89PNG\r\n\x1a\n....", "a PNG image")
	f("PK\x03\x04....", "unzip -p")
	f("\xff\xfea\x00\n\x00", "iconv")
	f("\x01\x02\x03\x04\x05\x00\x00\x00", "binary data")
	f(gz(strings.Repeat("x", 257)+"ustar"+strings.Repeat("\x00", 250)), "a tar archive")
}

// What was packed before the data breaks off is read.
func TestTruncated(t *testing.T) {
	dir := t.TempDir()
	var log strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&log, "line %d of the log, token %x\n", i, i*i*7919)
	}
	f := func(name, packed, want string) {
		t.Helper()
		got, err := drain(t, one(t, write(t, dir, name, packed[:len(packed)*9/10]), Options{}))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
		if !strings.HasPrefix(log.String(), got) || len(got) < log.Len()/2 {
			t.Errorf("%s: read %d of %d bytes", name, len(got), log.Len())
		}
	}
	f("x.gz", gz(log.String()), "the gzip data stops early (unexpected EOF)")
	f("x.zst", zst(log.String()), "the zstd data stops early (unexpected EOF)")

	flipped := []byte(gz(log.String()))
	flipped[len(flipped)-6] ^= 1
	if _, err := drain(t, one(t, write(t, dir, "flipped.gz", string(flipped)), Options{})); err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Errorf("a wrong checksum: error %v", err)
	}
}

// A line of 100 MB is cut, and costs no more memory than a short one.
func TestLongLine(t *testing.T) {
	long := io.LimitReader(endless{}, 100<<20)
	r := io.MultiReader(strings.NewReader("before\n"), long, strings.NewReader("\nafter\n"))
	s := newSource("x", Options{}, part{name: "x", size: -1, open: func() (*input, error) { return &input{raw: r}, nil }})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := drain(t, s)
	runtime.ReadMemStats(&after)
	want := "before\n" + strings.Repeat("x", 64<<10) + "\nafter\n"
	if got != want || err != nil || s.Cut() != 1 {
		t.Errorf("read %d bytes, cut %d lines, %v", len(got), s.Cut(), err)
	}
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 8 {
		t.Errorf("took %d MiB", mb)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

// Chunks end at newlines however the reads fall, and no line changes.
func TestChunks(t *testing.T) {
	var log strings.Builder
	for i := range 300 {
		log.WriteString(strings.Repeat("y", i%97) + "\n")
	}
	for _, size := range []int{16, 100, 1000, 1 << 20} {
		for _, read := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader} {
			for _, live := range []bool{false, true} {
				r := read(strings.NewReader(log.String()))
				s := newSource("x", Options{Chunk: size, Line: 1 << 10}, part{name: "x", size: -1, live: live, open: func() (*input, error) { return &input{raw: r}, nil }})
				if got, err := drain(t, s); got != log.String() || err != nil || s.Cut() != 0 {
					t.Errorf("chunks of %d: read %d bytes of %d, cut %d, %v", size, len(got), log.Len(), s.Cut(), err)
				}
			}
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add("a\nbb\n\nccc", uint8(3), uint8(2))
	f.Add(strings.Repeat("z", 50)+"\nq", uint8(1), uint8(0))
	f.Fuzz(func(t *testing.T, text string, chunk, reads uint8) {
		const line, keep = 40, 10
		var want strings.Builder
		for l := range strings.Lines(text) {
			if body := strings.TrimSuffix(l, "\n"); len(body) >= line {
				l = body[:keep] + "\n"
			}
			want.WriteString(l)
		}
		var got []byte
		l := lines{o: Options{Chunk: int(chunk), Line: line, Keep: keep}.withDefaults(), last: true}
		l.emit = func(b []byte, n, cut int) bool {
			got = append(got, b...)
			return true
		}
		var r io.Reader = strings.NewReader(text)
		if reads%2 == 1 {
			r = iotest.OneByteReader(r)
		}
		if err := l.read(r); err != nil {
			t.Fatal(err)
		}
		if string(got) != want.String() {
			t.Errorf("%q: got %q, want %q", text, got, want.String())
		}
	})
}

func TestRotation(t *testing.T) {
	f := func(want string, names ...string) {
		t.Helper()
		var got []string
		for _, g := range group(names) {
			got = append(got, strings.Join(g, " < "))
		}
		if s := strings.Join(got, " | "); s != want {
			t.Errorf("got  %s\nwant %s", s, want)
		}
	}
	f("access.log.10.gz < access.log.2.gz < access.log.1 < access.log", "access.log", "access.log.1", "access.log.10.gz", "access.log.2.gz")
	f("access.log-20261119.gz < access.log-20261120.gz < access.log", "access.log-20261120.gz", "access.log", "access.log-20261119.gz")
	f("access.log-20261119.gz < access.log.1 < access.log", "access.log", "access.log.1", "access.log-20261119.gz")
	f("access.2.log < access.1.log < access.log", "access.1.log", "access.2.log", "access.log")
	f("a.2026-11-19.log < a.2026-11-20.log < a.log", "a.log", "a.2026-11-20.log", "a.2026-11-19.log")
	f("a.2026-11-20.9.log < a.2026-11-20.10.log", "a.2026-11-20.10.log", "a.2026-11-20.9.log")
	f("a.log-2026112009 < a.log-2026112010", "a.log-2026112010", "a.log-2026112009")
	f("a.log.old < a.log", "a.log", "a.log.old")
	f("u_ex261119.log < u_ex261120.log", "u_ex261120.log", "u_ex261119.log")
	f("1_CloudTrail_eu_20261120T2335Z_b.json.gz < 1_CloudTrail_eu_20261120T2340Z_a.json.gz",
		"1_CloudTrail_eu_20261120T2340Z_a.json.gz", "1_CloudTrail_eu_20261120T2335Z_b.json.gz")
	f("lb_20261120T2340Z_192.0.2.1_x.log | lb_20261120T2340Z_192.0.2.2_y.log", "lb_20261120T2340Z_192.0.2.2_y.log", "lb_20261120T2340Z_192.0.2.1_x.log")
	f("E1.2026-11-20-09.aaaa1111.gz < E1.2026-11-20-10.00000000.gz", "E1.2026-11-20-10.00000000.gz", "E1.2026-11-20-09.aaaa1111.gz")
	f("192.0.2.1 | 192.0.2.2", "192.0.2.2", "192.0.2.1")
	f("web-192.0.2.1.log | web-192.0.2.2.log", "web-192.0.2.2.log", "web-192.0.2.1.log")
	f("a/access.log | b/access.log.1", "b/access.log.1", "a/access.log")
	f("access.log | error.log", "error.log", "access.log")
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "access.log", "three\nfour")
	write(t, dir, "access.log.1", "two")
	write(t, dir, "access.log.2.gz", gz("one\n"))
	write(t, dir, "sub/error.log", "e\n")
	write(t, dir, ".hidden", "h\n")
	write(t, dir, "README.md", "# notes\n")
	write(t, dir, "logo.png", "\x89PNG\r\n\x1a\n")
	write(t, dir, "new.log", "")
	os.Symlink(dir, filepath.Join(dir, "sub", "loop"))
	os.Symlink(filepath.Join(dir, "access.log"), filepath.Join(dir, "sub", "again.log"))
	os.Symlink("nowhere", filepath.Join(dir, "dangling.log"))

	f := Open([]string{dir, filepath.Join(dir, "access.log")}, Options{})
	var left []string
	for _, l := range f.Left {
		if l.Failed {
			t.Errorf("%v counts as failed", l)
		}
		left = append(left, filepath.Base(l.Name))
	}
	if got, want := strings.Join(left, " "), "README.md dangling.log logo.png new.log"; got != want {
		t.Errorf("left out %s, want %s", got, want)
	}
	if len(f.Sources) != 2 {
		t.Fatalf("%d sources", len(f.Sources))
	}
	s := f.Sources[0]
	got, err := drain(t, s)
	if want := "one\ntwo\nthree\nfour"; got != want || err != nil {
		t.Errorf("read %q, %v, want %q", got, err, want)
	}
	if want := filepath.Join(dir, "access.log"); s.Name() != want {
		t.Errorf("the source is %s, want %s", s.Name(), want)
	}
	want := fmt.Sprint([]Span{{dir + "/access.log.2.gz", 1, 1}, {dir + "/access.log.1", 2, 1}, {dir + "/access.log", 3, 2}})
	if got := fmt.Sprint(s.Files()); got != want {
		t.Errorf("files %s, want %s", got, want)
	}
	if file, n := s.At(4); file != dir+"/access.log" || n != 2 {
		t.Errorf("line 4 is %s:%d", file, n)
	}
	if n, of := s.Progress(); n != of || of < 13 {
		t.Errorf("progress %d of %d", n, of)
	}
}

// A damaged rotation does not keep the others from being read.
func TestFolderDamaged(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.log", "two\n")
	z := gz(strings.Repeat("one\n", 1000))
	write(t, dir, "a.log.1.gz", z[:len(z)-9])
	got, err := drain(t, one(t, dir, Options{}))
	if !strings.HasPrefix(got, "one\n") || !strings.HasSuffix(got, "\ntwo\n") || err == nil || !strings.Contains(err.Error(), "a.log.1.gz: the gzip data stops early") {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestNothing(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "pictures/logo.png", "\x89PNG\r\n\x1a\n")
	write(t, dir, "pictures/.hidden.log", "a\n")
	os.Mkdir(filepath.Join(dir, "empty"), 0o755)
	f := func(path, want string) {
		t.Helper()
		got := Open([]string{filepath.Join(dir, path)}, Options{})
		if len(got.Sources) != 0 || len(got.Left) != 1 || !got.Left[0].Failed || got.Left[0].Reason.Error() != want {
			t.Errorf("%s: %d sources, %v, want %q", path, len(got.Sources), got.Left, want)
		}
	}
	f("empty", "there is no log in this folder: it holds no file")
	f("pictures", "there is no log in this folder (logo.png: this is no log but a PNG image)")
	f("missing.log", "no such file or folder")
}

// Close ends a read that waits for a silent stream; what was read is not lost.
func TestClose(t *testing.T) {
	r, w := io.Pipe()
	s := newSource("-", Options{}, part{name: "-", size: -1, live: true, open: func() (*input, error) { return &input{raw: r}, nil }})
	go w.Write([]byte("the first line is here\nthe second is not"))
	if c, err := s.Next(); string(c) != "the first line is here\n" || err != nil {
		t.Fatalf("got %q, %v", c, err)
	}
	end := make(chan error)
	go func() {
		_, err := s.Next()
		end <- err
	}()
	s.Close()
	if err := <-end; err != io.EOF {
		t.Errorf("after Close: %v", err)
	}
	w.Close()

	unread := newSource("x", Options{}, file("x"))
	unread.Close()
	if _, err := unread.Next(); err != io.EOF {
		t.Errorf("closed before the first Next: %v", err)
	}
}

func TestVanished(t *testing.T) {
	path := write(t, t.TempDir(), "x.log", "a\n")
	s := one(t, path, Options{})
	os.Remove(path)
	if _, err := drain(t, s); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkRead(b *testing.B) {
	path := filepath.Join(b.TempDir(), "x.log")
	line := `192.0.2.7 - - [20/Nov/2026:10:00:00 +0000] "GET /api/orders/1234 HTTP/1.1" 200 512 "-" "curl/8.5.0"` + "\n"
	os.WriteFile(path, bytes.Repeat([]byte(line), 200_000), 0o644)
	b.SetBytes(int64(200_000 * len(line)))
	b.ReportAllocs()
	for b.Loop() {
		s := Open([]string{path}, Options{}).Sources[0]
		for {
			if _, err := s.Next(); err != nil {
				break
			}
		}
	}
}

func TestTail(t *testing.T) {
	dir := t.TempDir()
	var log strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&log, "line %d\n", i)
	}
	f := func(name, content string, n int, want string) {
		t.Helper()
		got, err := one(t, write(t, dir, name, content), Options{}).Tail(n)
		if !strings.HasSuffix(string(got), want) || !strings.HasPrefix(string(got), "line ") || len(got) > 2*n || err != nil {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	f("plain", log.String(), 100, "line 999\n")
	f("short", "line 1\n", 100, "line 1\n")
	f("packed.gz", gz(log.String()), 100, "line 999\n")
	f("damaged.gz", gz(log.String())[:1500], 100, "")
	if _, err := newSource(Stdin, Options{}, stdin()).Tail(100); err != ErrStream {
		t.Errorf("standard input: %v", err)
	}
}
