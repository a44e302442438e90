package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"goshawk/decide"
	"goshawk/decode"
	"goshawk/detect"
	"goshawk/engine"
	"goshawk/event"
	"goshawk/internal/hostile"
	"goshawk/simulate"
)

// memory is a source in memory, cut into chunks of random sizes.
type memory struct {
	name string
	text []byte
	most int // bytes of a chunk, about
	r    *rand.Rand
	err  error // after the text, instead of io.EOF
}

func (m *memory) Name() string { return m.name }

func (m *memory) Next() ([]byte, error) {
	if len(m.text) == 0 {
		if m.err != nil {
			return nil, m.err
		}
		return nil, io.EOF
	}
	n := min(1+m.r.IntN(m.most), len(m.text))
	if k := bytes.IndexByte(m.text[n-1:], '\n'); k >= 0 {
		n += k
	} else {
		n = len(m.text)
	}
	chunk := bytes.Clone(m.text[:n])
	m.text = m.text[n:]
	return chunk, nil
}

// world is a few hours of an API under attack, as lines of a format.
func world(t testing.TB, shape string, lines int, seed uint64, format func([]byte, *event.Event) []byte, bare bool) []byte {
	t.Helper()
	var attacks []simulate.Attack
	for _, b := range []string{"credential_stuffing", "enumeration", "rate", "brute_force", "password_spraying"} {
		attacks = append(attacks, simulate.Attack{Behaviour: b, Variant: "easy"}, simulate.Attack{Behaviour: b, Variant: "medium"})
	}
	var out []byte
	if slow {
		lines /= 2
	}
	w := simulate.World{Shape: shape, Start: 1772600000e9, Hours: 4, Lines: lines, Seed: seed, Attacks: attacks}
	if bare {
		w.Hide = simulate.Hidden(decode.Combined)
	}
	if _, err := w.Generate(func(e *event.Event, _ simulate.Label) { out = append(format(out, e), '\n') }); err != nil {
		t.Fatal(err)
	}
	return out
}

func run(t testing.TB, o engine.Options, most int, logs ...[]byte) *engine.Result {
	t.Helper()
	var l []engine.Source
	for i, text := range logs {
		l = append(l, &memory{name: fmt.Sprintf("log%d", i), text: text, most: most, r: rand.New(rand.NewPCG(uint64(most), uint64(i)))})
	}
	r, err := engine.Run(context.Background(), l, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What is found depends on the lines alone: not on workers, nor on how the
// input is cut, nor on being asked to tell of findings as they come.
func TestSameFindingsHoweverItRuns(t *testing.T) {
	shop := world(t, "shop", 15000, 1, decode.AppendJSON, false)
	site := world(t, "site", 15000, 2, decode.AppendCombined, true)
	half := bytes.IndexByte(shop[len(shop)/2:], '\n') + len(shop)/2 + 1
	for _, logs := range [][][]byte{{shop}, {site}, {shop, site}, {shop[:half], shop[half:], site}} {
		want := run(t, engine.Options{}, 256<<10, logs...)
		if want.Verdict != engine.Abuse || len(want.Findings) < 5 {
			t.Fatalf("verdict %s with %d findings: the world has ten campaigns", want.Verdict, len(want.Findings))
		}
		for _, c := range []struct{ workers, most int }{{2, 256 << 10}, {3, 1 << 12}, {7, 100 << 10}, {1, 300}, {2, 1 << 20}} {
			got := run(t, engine.Options{Workers: c.workers, OnFinding: func(string, *detect.Finding) {}}, c.most, logs...)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%d logs, %d workers, chunks of %d: %s", len(logs), c.workers, c.most, difference(got, want))
			}
		}
	}
}

func difference(got, want *engine.Result) string {
	g, w := reflect.ValueOf(*got), reflect.ValueOf(*want)
	for i := range g.NumField() {
		if !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()) {
			a, b := fmt.Sprintf("%+v", g.Field(i)), fmt.Sprintf("%+v", w.Field(i))
			at := 0
			for at < min(len(a), len(b)) && a[at] == b[at] {
				at++
			}
			from := max(at-80, 0)
			return fmt.Sprintf("%s: got …%s, want …%s", g.Type().Field(i).Name, a[from:min(at+80, len(a))], b[from:min(at+80, len(b))])
		}
	}
	return "the same"
}

// Findings told as they come are the ones reported at the end.
func TestFindingsAreToldOnce(t *testing.T) {
	opened := map[string]int{}
	r := run(t, engine.Options{Workers: 2, OnFinding: func(state string, f *detect.Finding) {
		if state == "opened" {
			opened[f.Detector+f.Actor.String()]++
		}
	}}, 64<<10, world(t, "shop", 15000, 1, decode.AppendJSON, false))
	for k, n := range opened {
		if n != 1 {
			t.Errorf("%s was opened %d times", k, n)
		}
	}
	if len(opened) == 0 || len(r.Findings) == 0 {
		t.Fatal("nothing was found")
	}
}

// A flood of addresses that come once must neither burst the memory nor hide
// the one that comes back.
func TestFloodOfAddresses(t *testing.T) {
	var log []byte
	r := rand.New(rand.NewPCG(1, 2))
	n := 0
	for i := range 400_000 {
		log = fmt.Appendf(log, "%d.%d.%d.%d - - [20/Nov/2026:10:%02d:%02d +0000] \"GET /api/items HTTP/1.1\" 200 12 \"-\" \"Mozilla/5.0\"\n",
			11+r.IntN(180), r.IntN(256), r.IntN(256), 1+r.IntN(254), i/7000, i/120%60)
		if i%200 == 0 {
			log = fmt.Appendf(log, "203.0.113.9 - - [20/Nov/2026:10:%02d:%02d +0000] \"GET /api/orders/%d HTTP/1.1\" %d 12 \"-\" \"curl/8\"\n",
				i/7000, i/120%60, 1000+n, []int{200, 404, 403}[n%3])
			n++
		}
	}
	got := run(t, engine.Options{Memory: 16 << 20}, 256<<10, log)
	if got.Input.Evicted == 0 {
		t.Error("nothing was forgotten: the budget does not hold")
	}
	for _, a := range got.Actors {
		if a.Actor == (event.Actor{Scope: event.IP, Value: "203.0.113.9"}) && a.Score >= 0.8 {
			return
		}
	}
	t.Errorf("the address that walks through orders was lost; actors: %v", got.Actors)
}

func TestVerdicts(t *testing.T) {
	f := func(log string, want engine.Verdict) {
		t.Helper()
		if r := run(t, engine.Options{}, 1<<16, []byte(log)); r.Verdict != want {
			t.Errorf("%.60q: %s (%s), want %s", log, r.Verdict, r.Summary, want)
		}
	}
	const line = "203.0.113.9 - - [20/Nov/2026:10:00:00 +0000] \"GET /api/items HTTP/1.1\" 200 12 \"-\" \"curl/8\"\n"
	f("", engine.Insufficient)
	f("hello\nworld\n", engine.Insufficient)
	f(line, engine.Clean)
	f(line+"x\ny\n", engine.Insufficient)
	f(`2023-10-12T14:32:45.123Z ERROR 403 Access Denied - /api/user/data - IP: 192.168.1.100 - User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)`, engine.Insufficient)
	f(`ERROR: Unauthorized access attempt detected for API /v1/deleteUser from IP 192.168.1.100 - Request Body: {"userId":"12345"}`, engine.Insufficient)
}

// A source that breaks in the middle is judged for what it gave.
func TestSourceThatBreaks(t *testing.T) {
	m := &memory{name: "a", text: []byte("203.0.113.9 - - [20/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"\n"), most: 10, r: rand.New(rand.NewPCG(1, 1)), err: io.ErrUnexpectedEOF}
	r, err := engine.Run(context.Background(), []engine.Source{m}, engine.Options{})
	if err != nil || r.Input.Events != 1 || r.Input.Sources[0].Error != "unexpected EOF" {
		t.Errorf("%v, %+v", err, r.Input)
	}
}

// Clocks that jump, run back, or are missing must not confuse the windows.
func TestClocks(t *testing.T) {
	f := func(want string, times ...string) {
		t.Helper()
		var log strings.Builder
		for _, x := range times {
			fmt.Fprintf(&log, "203.0.113.9 - - [%s +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"\n", x)
		}
		in := run(t, engine.Options{}, 1<<16, []byte(log.String())).Input
		if got := fmt.Sprintf("late %d skewed %d", in.Late, in.Skewed); got != want {
			t.Errorf("%v: %s, want %s", times, got, want)
		}
	}
	f("late 0 skewed 0", "20/Nov/2026:10:00:00", "20/Nov/2026:10:00:01")
	f("late 1 skewed 0", "20/Nov/2026:10:00:01", "20/Nov/2026:10:00:00", "20/Nov/2026:10:00:02")
	f("late 0 skewed 1", "20/Nov/2026:10:00:00", "20/Nov/2100:10:00:00", "20/Nov/2026:10:00:02")
	f("late 0 skewed 0", "20/Nov/2026:10:00:00", "21/Nov/2026:10:00:00", "21/Nov/2026:10:00:02")
}

// In steady state a line costs no allocation.
func TestAllocationsPerLine(t *testing.T) {
	if testing.Short() || slow {
		t.Skip("short, or watched by the race detector, which allocates too")
	}
	var log []byte
	for i := range 300_000 {
		log = fmt.Appendf(log, "203.0.%d.%d - - [20/Nov/2026:10:%02d:%02d +0000] \"GET /api/items?page=%d HTTP/1.1\" 200 12 \"-\" \"Mozilla/5.0\"\n",
			i%113, 1+i%200, i/5400, i/90%60, i%9)
	}
	part := log[:bytes.LastIndexByte(log[:len(log)/3*2], '\n')+1]
	count := func(text []byte) float64 {
		return testing.AllocsPerRun(2, func() { run(t, engine.Options{}, 256<<10, text) })
	}
	few, all := count(part), count(log)
	if per := (all - few) / 100_000; per > 0.01 {
		t.Errorf("%.4f allocations a line: two thirds of the log take %.0f, all of it %.0f", per, few, all)
	}
}

func BenchmarkScan(b *testing.B) {
	for name, log := range map[string][]byte{"combined": world(b, "shop", 100_000, 1, decode.AppendCombined, true), "json": world(b, "shop", 100_000, 1, decode.AppendJSON, false)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(log)))
			b.ReportAllocs()
			for b.Loop() {
				run(b, engine.Options{}, 256<<10, log)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/line")
		})
	}
}

// FuzzScan feeds arbitrary bytes: nothing may panic, get lost, or depend on
// how it is cut and by how many it is worked on.
func FuzzScan(f *testing.F) {
	for _, s := range hostile.Strings() {
		f.Add([]byte(s))
		f.Add([]byte("203.0.113.9 - - [20/Nov/2026:10:00:00 +0000] \"GET /" + s + " HTTP/1.1\" 401 12 \"-\" \"" + s + "\"\n"))
	}
	f.Add([]byte(strings.Repeat("203.0.113.9 - bob [20/Nov/2026:10:00:00 +0000] \"POST /login HTTP/1.1\" 401 12 \"-\" \"x\"\n", 50)))
	f.Add([]byte(strings.Repeat("no request\n", 30)))
	f.Add([]byte(`{"time":"2026-11-20T10:00:00Z","remote_addr":"::1","request":"POST /api/login HTTP/1.1","status":"401","username":"a"}` + "\n"))
	f.Fuzz(func(t *testing.T, log []byte) {
		one := run(t, engine.Options{}, 1<<16, log)
		two := run(t, engine.Options{Workers: 2}, 7, log)
		if !reflect.DeepEqual(one, two) {
			t.Fatalf("%s", difference(two, one))
		}
		lines := int64(bytes.Count(log, []byte{'\n'}))
		if len(log) > 0 && log[len(log)-1] != '\n' {
			lines++
		}
		if one.Input.Lines != lines || one.Input.Events+one.Input.Unparsed > lines {
			t.Fatalf("%d lines: counted %d, of which %d events and %d not understood", lines, one.Input.Lines, one.Input.Events, one.Input.Unparsed)
		}
	})
}

// An allowed actor is shown with what it would have been accused of, counts
// nowhere, and nobody else's findings change for it.
func TestAllowed(t *testing.T) {
	log := world(t, "shop", 15000, 1, decode.AppendJSON, false)
	want := run(t, engine.Options{}, 1<<16, log)
	worst := want.Actors[0].Actor
	for _, a := range want.Actors {
		if a.Actor.Scope == event.IP {
			worst = a.Actor
			break
		}
	}
	allow, err := decide.NewAllowList([]decide.Allow{{IP: netip.MustParsePrefix(worst.Value + "/32"), Reason: "ours"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{1, 2} {
		got := run(t, engine.Options{Allow: allow, Workers: workers}, 1<<16, log)
		if len(got.Allowed) != 1 || got.Allowed[0].Actor != worst || got.Allowed[0].Score < 0.8 || got.Allowed[0].Detector == "" || got.Allowed[0].Events == 0 {
			t.Errorf("allowed: %+v", got.Allowed)
		}
		for _, a := range got.Actors {
			if a.Actor == worst {
				t.Errorf("%v is accused though it is allowed", worst)
			}
		}
		if got.Input.Events != want.Input.Events {
			t.Errorf("%d events, want %d", got.Input.Events, want.Input.Events)
		}
	}
}
