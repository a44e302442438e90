package simulate

import (
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"goshawk/decode"
	"goshawk/event"
)

// small returns a world that plays in milliseconds, with every attack there is.
func small(shape string, seed uint64) World {
	w := World{Shape: shape, Seed: seed, Hours: 4, Lines: 6000, Start: time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC).UnixNano()}
	for _, k := range Kinds() {
		if k.Attack && k.Fits(shape) {
			for _, v := range Variants {
				w.Attacks = append(w.Attacks, Attack{k.Name, v})
			}
		}
	}
	return w
}

func play(t *testing.T, w World, emit func(*event.Event, Label)) Truth {
	t.Helper()
	truth, err := w.Generate(emit)
	if err != nil {
		t.Fatal(err)
	}
	return truth
}

func line(e *event.Event) string {
	return fmt.Sprint(e.Time, e.Client, e.Method, e.Path, e.Query, e.Status, e.BytesOut, e.Duration, e.UserAgent, e.User, e.Key, e.Session, e.Account, e.Forwarded, e.Referer)
}

// Everybody plays somewhere, in order of time, and is labelled.
func TestEveryKindPlays(t *testing.T) {
	played := map[string]int{}
	for _, shape := range Shapes() {
		w := small(shape, 7)
		w.Hours = 24
		last, benign := int64(0), 0
		truth := play(t, w, func(e *event.Event, l Label) {
			if e.Time < last || e.Time < w.Start || e.Time >= w.Start+int64(w.Hours*3.6e12) {
				t.Fatalf("%s: time %d after %d", shape, e.Time, last)
			}
			last = e.Time
			if l.Campaign == 0 {
				benign++
			}
			played[l.Kind]++
			if !e.Client.IsValid() || !strings.HasPrefix(e.Path, "/") || e.Method == "" || e.Status < 200 || e.Status > 599 || shape != "aws" && (e.BytesOut < 0 || e.Duration <= 0) {
				t.Fatalf("%s: %+v by %s", shape, e, l.Kind)
			}
			if e.Account != "" && (e.Method != "POST" && e.Method != "API" || e.User != "") {
				t.Fatalf("%s: a login line by %s: %+v", shape, l.Kind, e)
			}
		})
		if benign != truth.Requests || benign < w.Lines/2 || benign > w.Lines*3 {
			t.Errorf("%s: %d benign lines, truth says %d, asked for %d", shape, benign, truth.Requests, w.Lines)
		}
		for i, c := range truth.Campaigns {
			if c.Events == 0 || len(c.Members) == 0 || c.Note == "" || len(truth.Times[i]) != c.Events || c.First > c.Last {
				t.Errorf("%s: campaign %s %s is %d events, %d members, note %q", shape, c.Behaviour, c.Variant, c.Events, len(c.Members), c.Note)
			}
		}
	}
	n := 0
	for _, k := range Kinds() {
		if played[k.Name] == 0 {
			t.Errorf("%s never played", k.Name)
		}
		n++
	}
	if n < 25 || len(played) != n {
		t.Errorf("%d kinds, %d played", n, len(played))
	}
}

// The same world twice gives the same events.
func TestSameSeedSameWorld(t *testing.T) {
	f := func(w World) uint64 {
		h := fnv.New64a()
		play(t, w, func(e *event.Event, l Label) { fmt.Fprintln(h, line(e), l) })
		return h.Sum64()
	}
	w := small("shop", 3)
	if a, b := f(w), f(w); a != b {
		t.Error("two runs differ")
	}
	other := w
	other.Seed++
	if f(w) == f(other) {
		t.Error("the seed changes nothing")
	}
}

// A log of nginx's combined format names no user, key, session, account or TLS
// fingerprint.
func TestHide(t *testing.T) {
	w := small("b2b", 5)
	w.Hide = Hidden(decode.Combined)
	truth := play(t, w, func(e *event.Event, l Label) {
		if e.User+e.Key+e.Session+e.Account+e.TLS != "" {
			t.Fatalf("%+v", e)
		}
	})
	for _, c := range truth.Campaigns {
		for _, a := range c.Members {
			if a.Scope != event.IP && a.Scope != event.Net && a.Scope != event.Fingerprint {
				t.Errorf("member %v", a)
			}
		}
	}
}

// People do what they do whoever attacks, but for what the attack breaks:
// an account locked or seized, a limit reached, objects made that a sync fetches.
func TestPeopleIgnoreAttacks(t *testing.T) {
	f := func(w World) map[string]int {
		count := map[string]int{}
		play(t, w, func(e *event.Event, l Label) {
			if l.Campaign == 0 {
				count[l.Kind]++
			}
		})
		return count
	}
	w := small("saas", 9)
	with := f(w)
	w.Attacks = nil
	for kind, n := range f(w) {
		if d := math.Abs(float64(with[kind] - n)); d > float64(n)/20+2*math.Sqrt(float64(n)) {
			t.Errorf("%s: %d requests alone, %d under attack", kind, n, with[kind])
		}
	}
}

func TestWorldErrors(t *testing.T) {
	f := func(want string, w World) {
		t.Helper()
		_, err := w.Generate(func(*event.Event, Label) {})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	f(`no API shape "moon"`, World{Shape: "moon"})
	f(`no attack "visitors"`, World{Attacks: []Attack{{"visitors", "easy"}}})
	f(`no attack "uuid_guessing" on a shop`, World{Attacks: []Attack{{"uuid_guessing", "easy"}}})
	f(`no variant "hard"`, World{Attacks: []Attack{{"rate", "hard"}}})
	f(`no people called "rate"`, World{People: []string{"rate"}})
}

func BenchmarkGenerate(b *testing.B) {
	w := small("shop", 1)
	n := 0
	for b.Loop() {
		if _, err := w.Generate(func(*event.Event, Label) { n++ }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/event")
}

func BenchmarkWrite(b *testing.B) {
	w := small("shop", 1)
	w.Lines = 100_000
	w.Hours = 24
	n := 0
	for b.Loop() {
		truth, err := w.Write(io.Discard, io.Discard, decode.JSON)
		if err != nil {
			b.Fatal(err)
		}
		n += truth.Requests
		for _, c := range truth.Campaigns {
			n += c.Events
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/line")
}
