package source

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestRecords(t *testing.T) {
	dir := t.TempDir()
	f := func(name, content, want string) {
		t.Helper()
		path := write(t, dir, name, content)
		s := one(t, path, Options{})
		if got, err := drain(t, s); got != want || err != nil {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
		if got, err := one(t, path, Options{}).Tail(1 << 20); string(got) != want || err != nil {
			t.Errorf("%s: its end is %q, %v, want %q", name, got, err, want)
		}
		if spans := s.Files(); len(spans) != 1 || spans[0] != (Span{path, 1, strings.Count(want, "\n")}) {
			t.Errorf("%s: files %v", name, spans)
		}
	}
	document := `{"Records":[{"a":1},{"b":2}]}`
	f("trail.json", document, "{\"a\":1}\n{\"b\":2}\n")
	f("trail.json.gz", gz(document), "{\"a\":1}\n{\"b\":2}\n")
	f("trail.json.zst", zst(document+"\n")+zst(document), "{\"a\":1}\n{\"b\":2}\n{\"a\":1}\n{\"b\":2}\n")
	f("bom.json", "\xef\xbb\xbf"+document, "{\"a\":1}\n{\"b\":2}\n")
	f("pretty.json", "[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": 2\n  }\n]\n", "{\"a\": 1}\n{\"b\": 2}\n")
	f("pod.log", "2023-10-12T14:32:45.1Z stdout P a\n2023-10-12T14:32:45.1Z stdout F b\n", "2023-10-12T14:32:45.1Z stdout F ab\n")
	f("lines.json", "{\"a\":1}\n{\"b\":2}\n", "{\"a\":1}\n{\"b\":2}\n")
}

// A document that breaks off gives what came before, and the error.
func TestRecordsTruncated(t *testing.T) {
	var document strings.Builder
	document.WriteString(`{"Records":[{"n":-1}`)
	for i := range 20000 {
		fmt.Fprintf(&document, `,{"n":%d,"token":"%x"}`, i, i*i*7919)
	}
	packed := gz(document.String() + "]}")
	got, err := drain(t, one(t, write(t, t.TempDir(), "x.gz", packed[:len(packed)*9/10]), Options{}))
	if err == nil || !strings.Contains(err.Error(), "stops early") || !strings.HasPrefix(got, "{\"n\":-1}\n{\"n\":0,") || len(got) < document.Len()/2 {
		t.Errorf("read %d bytes, %v", len(got), err)
	}
}

// Records of a live stream are there as soon as they are complete, however the
// stream comes.
func TestRecordsLive(t *testing.T) {
	stream := func(r io.Reader) *Source {
		return newSource("-", Options{}, part{name: "-", size: -1, live: true, open: func() (*input, error) { return &input{raw: r}, nil }})
	}
	r, w := io.Pipe()
	s := stream(r)
	f := func(write, want string) {
		t.Helper()
		go io.WriteString(w, write)
		if got, err := s.Next(); string(got) != want || err != nil {
			t.Errorf("after %q: %q, %v, want %q", write, got, err, want)
		}
	}
	f("{\"Records\":[\n{\"a\":1},", "{\"a\":1}\n")
	f("{\"b\":2},{\"c\"", "{\"b\":2}\n")
	f(":3}", "{\"c\":3}\n")
	f("]}\ntext\n", "text\n")
	f("{\n\"d\":4\n}\n", "{\"d\":4}\n")
	if before := time.Now().UnixNano(); s.Written() < before {
		t.Error("a stream was written before now")
	}
	go func() {
		io.WriteString(w, "{\"e\":")
		w.Close()
	}()
	if got, err := s.Next(); string(got) != "{\"e\":\n" || err != nil {
		t.Errorf("at the end: %q, %v", got, err)
	}
	if got, err := s.Next(); err != io.EOF || s.Files()[0].Lines != 6 {
		t.Errorf("after the end: %q, %v, %v", got, err, s.Files())
	}

	log := "{\n\"a\":1}\n{\"Records\":[{\"b\":2},{\"c\":3}]}"
	if got, err := drain(t, stream(iotest.OneByteReader(strings.NewReader(log)))); got != "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n" || err != nil {
		t.Errorf("byte by byte: %q, %v", got, err)
	}
}

// A live stream of lines passes as it is, also what no framer looks at any more.
func TestLinesLive(t *testing.T) {
	var log strings.Builder
	for i := range 10000 {
		fmt.Fprintf(&log, "{\"n\":%d,\"s\":\"{[\"}\n%d - - [x] \"y\"\n\n", i, i)
	}
	for _, r := range []io.Reader{strings.NewReader(log.String()), iotest.HalfReader(strings.NewReader(log.String())), iotest.DataErrReader(strings.NewReader(log.String()))} {
		s := newSource("-", Options{}, part{name: "-", size: -1, live: true, open: func() (*input, error) { return &input{raw: r}, nil }})
		if got, err := drain(t, s); got != log.String() || err != nil {
			t.Errorf("%d bytes, %v, want %d", len(got), err, log.Len())
		}
	}
}

// A document of 64 MiB on one line streams in little memory; its records are its
// lines, and one that is too long is cut.
func TestRecordsMemory(t *testing.T) {
	record := `,{"eventName":"GetObject","userAgent":"` + strings.Repeat("x", 900) + `"}`
	r := io.MultiReader(strings.NewReader(`{"Records":[{"first":1}`), io.LimitReader(&cycle{record}, int64(len(record)*(64<<20/len(record)))),
		strings.NewReader(`,{"long":"`), io.LimitReader(endless{}, 8<<20), strings.NewReader(`"},{"last":1}]}`))
	s := newSource("x", Options{}, part{name: "x", size: -1, open: func() (*input, error) { return &input{raw: r}, nil }})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	lines, most, last := 0, uint64(0), ""
	for i := 0; ; i++ {
		c, err := s.Next()
		if err != nil {
			break
		}
		lines += strings.Count(string(c), "\n")
		last = string(c[max(0, len(c)-20):])
		if i%16 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&after)
			most = max(most, after.HeapAlloc)
		}
	}
	if want := 64<<20/len(record) + 3; lines != want || !strings.HasSuffix(last, "\n{\"last\":1}\n") || s.Cut() != 1 {
		t.Errorf("%d lines, want %d; %d cut; the last is %q", lines, want, s.Cut(), last)
	}
	if most > before.HeapAlloc+8<<20 {
		t.Errorf("%d MiB in use", (most-before.HeapAlloc)>>20)
	}
}

// cycle repeats a text.
type cycle struct{ s string }

func (c *cycle) Read(b []byte) (int, error) {
	n := copy(b, c.s)
	c.s = c.s[n:] + c.s[:n]
	return n, nil
}

func TestRecordsTail(t *testing.T) {
	dir := t.TempDir()
	var document, lines, pod strings.Builder
	document.WriteString(`{"Records":[{"n":-1}`)
	for i := range 20000 {
		fmt.Fprintf(&document, `,{"n":%d}`, i)
		fmt.Fprintf(&lines, `{"logEvents":[{"n":%d},{"m":%d}]}`+"\n", i, i)
		fmt.Fprintf(&pod, "2023-10-12T14:32:45.1Z stdout P a\n2023-10-12T14:32:45.1Z stdout F %d\n", i)
	}
	f := func(name, content, first, last string) {
		t.Helper()
		const n = 10000
		got, err := one(t, write(t, dir, name, content), Options{}).Tail(n)
		all := strings.Split(strings.TrimSuffix(string(got), "\n"), "\n")
		if err != nil || len(got) > 2*n || len(got) < n/2 || !strings.HasPrefix(all[0], first) || all[len(all)-1] != last {
			t.Errorf("%s: %d bytes from %q to %q, %v", name, len(got), all[0], all[len(all)-1], err)
		}
	}
	f("document", document.String()+"]}", `{"n":19`, `{"n":19999}`)
	f("document.gz", gz(document.String()+"]}"), `{"n":19`, `{"n":19999}`)
	f("lines", lines.String(), `{"n":19`, `{"m":19999}`)
	f("pod", pod.String(), "2023-10-12T14:32:45.1Z stdout F ", "2023-10-12T14:32:45.1Z stdout F a19999")
	f("joined", strings.ReplaceAll(lines.String(), "\n", ""), `{"`, `{"m":19999}`)
}

func TestWritten(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.log", "two\n")
	write(t, dir, "a.log.1", "one\n")
	old, recent := time.Unix(1_700_000_000, 0), time.Unix(1_700_100_000, 5)
	os.Chtimes(filepath.Join(dir, "a.log.1"), old, old)
	os.Chtimes(filepath.Join(dir, "a.log"), recent, recent)
	s := one(t, dir, Options{})
	for i, want := range []time.Time{old, old, recent} {
		if got := s.Written(); got != want.UnixNano() {
			t.Errorf("before chunk %d: %d, want %d", i, got, want.UnixNano())
		}
		s.Next()
	}
}
