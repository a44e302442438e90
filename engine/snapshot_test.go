package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"goshawk/decode"
	"goshawk/detect"
	"goshawk/engine"
	"goshawk/event"
	"goshawk/inventory"
)

var errEnough = errors.New("enough")

// sources are logs in memory, cut into chunks of most bytes, about.
func sources(most int, logs [][]byte) (l []engine.Source) {
	for i, text := range logs {
		l = append(l, &memory{name: fmt.Sprintf("log%d", i), text: text, most: most, r: rand.New(rand.NewPCG(uint64(most), uint64(i)))})
	}
	return l
}

// until runs to the end of an epoch and returns the state there.
func until(t testing.TB, o engine.Options, epoch, most int, logs ...[]byte) []byte {
	t.Helper()
	var state bytes.Buffer
	o.OnEpoch = func(n int, save func(io.Writer) error) error {
		if n < epoch {
			return nil
		}
		if err := save(&state); err != nil {
			return err
		}
		return errEnough
	}
	if _, err := engine.Run(context.Background(), sources(most, logs), o); err != errEnough {
		t.Fatalf("epoch %d: %v", epoch, err)
	}
	return state.Bytes()
}

// news notes what OnFinding is told, but for the closings at a run's end.
func news(told *[]string) func(string, *detect.Finding) {
	return func(state string, f *detect.Finding) {
		if state != "closed" {
			*told = append(*told, fmt.Sprintf("%s %+v", state, *f))
		}
	}
}

// disturb moves some lines far from where they belong, so that clocks run
// ahead and back, and lets some addresses do nothing but fail to log in.
func disturb(log []byte, r *rand.Rand, failing string) []byte {
	lines := bytes.SplitAfter(log, []byte("\n"))
	for range len(lines) / 50 {
		i := r.IntN(len(lines))
		l := lines[i]
		lines = slices.Insert(slices.Delete(lines, i, i+1), r.IntN(len(lines)-1), l)
	}
	for i := range 90 {
		for range 2 {
			lines = slices.Insert(lines, len(lines)*(i+1)/100, fmt.Appendf(nil, failing+"\n", i, r.IntN(1e6)))
		}
	}
	at := len(lines) / 2 // the clock is set back for good
	lines = slices.Insert(lines, at, slices.Concat(lines[at/8:at/8+40])...)
	return bytes.Join(lines, nil)
}

// A run that stops after any epoch and goes on from there, on other workers and
// in other chunks, once or twice, finds, tells and knows what one run does.
func TestResumeIsOneRun(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	how := func() (engine.Options, int) {
		return engine.Options{Workers: 1 + r.IntN(4), Memory: 32 << 20}, []int{300, 1 << 12, 100 << 10, 1 << 20}[r.IntN(4)]
	}
	for seed := range uint64(4) {
		shop := world(t, "shop", 5000+r.IntN(5000), seed+1, decode.AppendJSON, false)
		site := world(t, "site", 5000+r.IntN(5000), seed+2, decode.AppendCombined, true)
		half := bytes.IndexByte(shop[len(shop)/2:], '\n') + len(shop)/2 + 1
		shop = disturb(shop, r, `{"remote_addr":"198.51.100.%d","request":"POST /api/login HTTP/1.1","status":"401","username":"x%d","http_user_agent":"Mozilla/5.0 (X11)"}`)
		logs := [][][]byte{{shop}, {site}, {shop, site}, {shop[:half], []byte("no event\n"), shop[half:], site}}[seed%4]

		states, toldBy := map[int][]byte{}, map[int]int{}
		var told []string
		o, most := how()
		o.OnFinding = news(&told)
		o.OnEpoch = func(n int, save func(io.Writer) error) error {
			var b bytes.Buffer
			err := save(&b)
			states[n], toldBy[n] = b.Bytes(), len(told)
			return err
		}
		want := run(t, o, most, logs...)
		if len(want.Findings) < 5 || len(told) < 5 || len(states) < 5 {
			t.Fatalf("%d findings, %d news, %d epochs: too few to tell", len(want.Findings), len(told), len(states))
		}
		for range 3 {
			stop := 1 + r.IntN(len(states))
			var again []string
			o, most := how()
			o.OnFinding = news(&again)
			state := until(t, o, stop, most, logs...)
			if !bytes.Equal(state, states[stop]) {
				t.Errorf("world %d, epoch %d: the state depends on workers, chunks or being saved before", seed, stop)
			}
			if next := stop + r.IntN(len(states)-stop+1); next > stop {
				o, most := how()
				o.OnFinding, o.Resume = news(&again), bytes.NewReader(state)
				if state = until(t, o, next, most, logs...); !bytes.Equal(state, states[next]) {
					t.Errorf("world %d: from epoch %d to %d the state became another", seed, stop, next)
				}
				stop = next
			}
			if !slices.Equal(again, told[:toldBy[stop]]) {
				t.Errorf("world %d: by epoch %d %d news were told, want %d", seed, stop, len(again), toldBy[stop])
			}
			o, most = how()
			o.OnFinding, o.Resume = news(&again), bytes.NewReader(state)
			got := run(t, o, most, logs...)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("world %d, resumed at epoch %d: %s", seed, stop, difference(got, want))
			}
			if !slices.Equal(again, told) {
				t.Errorf("world %d, resumed at epoch %d: %d news were told, want %d", seed, stop, len(again), len(told))
			}
		}
	}
}

// What is forgotten for want of memory is the same too, events that were told
// are not told again, and a log that ended before counts.
func TestResumeWithLittleMemory(t *testing.T) {
	var log []byte
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 150_000 {
		log = fmt.Appendf(log, "%d.%d.%d.%d - u%d [20/Nov/2026:10:%02d:%02d +0000] \"GET /api/orders/%d HTTP/1.1\" %d 12 \"-\" \"Mozilla/5.0\"\n",
			11+r.IntN(180), r.IntN(256), r.IntN(256), 1+r.IntN(254), r.IntN(20_000), i/3000, i/50%60, r.IntN(50_000), []int{200, 404}[r.IntN(2)])
	}
	count := func(n *int) engine.Options {
		return engine.Options{Memory: 16 << 20, OnEvent: func(*event.Event, int, int) { *n++ }}
	}
	brief := log[:bytes.IndexByte(log, '\n')+1]
	all, parts := 0, 0
	want := run(t, count(&all), 256<<10, brief, log)
	o := count(&parts)
	o.Resume = bytes.NewReader(until(t, count(&parts), 2, 100<<10, brief, log))
	if got := run(t, o, 256<<10, brief, log); !reflect.DeepEqual(got, want) {
		t.Error(difference(got, want))
	}
	if want.Input.Evicted == 0 || parts != all {
		t.Errorf("%d records forgotten; %d events told in parts, %d at once", want.Input.Evicted, parts, all)
	}
}

// A state holds no line of a log, and nothing of a run that shows secrets.
func TestSnapshotKeepsNoSecret(t *testing.T) {
	var log []byte
	for i := range 3000 {
		log = fmt.Appendf(log, `{"time":"2026-11-20T10:%02d:%02dZ","remote_addr":"203.0.113.%d","request":"POST /api/login HTTP/1.1","status":"%d","username":"user%d","api_key":"sk_live_51Habcdefghijklmnop%d"}`+"\n",
			i/60%60, i%60, i%3, []int{401, 200}[i%40/39], i, i%3)
	}
	if state := until(t, engine.Options{}, 1, 1<<16, log); bytes.Contains(state, []byte("51Habcdefgh")) || bytes.Contains(state, []byte("remote_addr")) {
		t.Error("the state holds a secret, or a line")
	}
	o := engine.Options{OnEpoch: func(_ int, save func(io.Writer) error) error { return save(io.Discard) }}
	o.Enrich.Reveal = true
	if _, err := engine.Run(context.Background(), sources(1<<16, [][]byte{log}), o); err == nil || !strings.Contains(err.Error(), "clear") {
		t.Errorf("saved with secrets revealed: %v", err)
	}
}

// small is a log of two epochs and its state after the first.
func small(t testing.TB) (log, state []byte) {
	log = world(t, "shop", 5000, 3, decode.AppendJSON, false)
	return log, until(t, engine.Options{Memory: 16 << 20}, 1, 1<<16, log)
}

// resume goes on from a state with a cancelled context, so that nothing is
// judged, and returns the error.
func resume(state []byte, o engine.Options, logs ...[]byte) error {
	o.Memory, o.Resume = 16<<20, bytes.NewReader(state)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := engine.Run(ctx, sources(1<<16, logs), o)
	return err
}

func TestResumeFromWhatItCannot(t *testing.T) {
	log, state := small(t)
	f := func(want string, state []byte, o engine.Options, logs ...[]byte) {
		t.Helper()
		err := resume(state, o, logs...)
		if !errors.Is(err, engine.ErrResume) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	flip := func(at int) []byte {
		s := bytes.Clone(state)
		s[at] ^= 1
		return s
	}
	f("it is damaged", nil, engine.Options{}, log)
	f("it is none, or of another version", []byte("hello, this is no state"), engine.Options{}, log)
	f("it is none, or of another version", flip(0), engine.Options{}, log)
	f("it is of another version", flip(24), engine.Options{}, log)
	f("seed, tag key or memory budget", state, engine.Options{Seed: 1}, log)
	f("description of the API, seed, tag key or memory budget", state, engine.Options{Spec: described(&inventory.Operation{Method: "GET", Path: "/"})}, log)
	f("it is of other sources", state, engine.Options{}, log, log)
	f("it is damaged", flip(40), engine.Options{}, log)
	f("it is damaged", flip(len(state)-1), engine.Options{}, log)
	f("it is damaged", state[:len(state)/2], engine.Options{}, log)
	f("it is damaged", append(bytes.Clone(state), 0), engine.Options{}, log)
	for range 50 {
		f("it is damaged", flip(32+rand.IntN(len(state)-32)), engine.Options{}, log)
	}
	if err := resume(state, engine.Options{}, log); err != context.Canceled {
		t.Errorf("a good state: %v", err)
	}
	_, err := engine.Run(context.Background(), sources(100, [][]byte{log[:2000]}), engine.Options{Memory: 16 << 20, Resume: bytes.NewReader(state)})
	if !errors.Is(err, engine.ErrResume) || !strings.Contains(err.Error(), "another log") {
		t.Errorf("a shorter log: %v", err)
	}
}

// FuzzResume cuts and patches a state: unless it stays what it was it is
// refused, without a panic and without taking much more memory than it has.
func FuzzResume(f *testing.F) {
	log, state := small(f)
	f.Add(uint32(0), uint32(0), []byte{})
	f.Add(uint32(0), uint32(3), []byte("x"))
	for at := 32; at < len(state); at += len(state)/20 + 1 {
		f.Add(uint32(0), uint32(at), bytes.Repeat([]byte{0xff}, 8))
		f.Add(uint32(0), uint32(at), []byte{0, 0, 0, 0, 0, 0, 0, 0x7f})
		f.Add(uint32(at), uint32(at/2), []byte{1})
	}
	f.Fuzz(func(t *testing.T, cut, at uint32, patch []byte) {
		s := bytes.Clone(state)
		s = s[:len(s)-int(cut)%len(s)]
		copy(s[int(at)%len(s):], patch)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := resume(s, engine.Options{}, log)
		runtime.ReadMemStats(&after)
		if same := bytes.Equal(s, state); same != (err == context.Canceled) || !same && !errors.Is(err, engine.ErrResume) {
			t.Fatalf("same %t: %v", same, err)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 {
			t.Fatalf("took %d MiB", took>>20)
		}
	})
}

func BenchmarkSnapshot(b *testing.B) {
	log, state := small(b)
	b.SetBytes(int64(len(state)))
	for b.Loop() {
		if err := resume(state, engine.Options{}, log[:1]); err != context.Canceled {
			b.Fatal(err)
		}
	}
}
