package detect_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"goshawk/detect"
	"goshawk/engine"
)

// A sample is testdata/<detector>.txtar: logs of attacks on an imaginary API,
// logs of innocent people who look like it, and what must be found. The file's
// extension is the log's format; background.<extension> is mixed into every
// other log of that extension. Logs are written short:
//
//	repeat 40 from 9h30m every 2s~5s
//	  203.0.113.7 - u${1..} [${time}] "POST /api/login HTTP/1.1" ${401|401|200} 52 "-" "curl/8.5.0"
//
// says the indented lines forty times, one after the other, from 9:30 on
// Monday, 23 November 2026 (hours may go on beyond 24), each two to five
// seconds after the line before. Blocks run side by side: the log is in the
// order of time. Lines that begin with # explain. In a line,
//
//	${time}     is the line's time, ${iso} the same as RFC 3339
//	${7..}      counts the rounds from 7; ${7..90} begins again after 90,
//	${7..90+3}  counts in threes
//	${7~90}     is drawn from 7 to 90
//	${a|b|c}    is a, b and c in turn
//	${uuid}     is drawn too
//
// and all that is drawn is the same at every run.

var update = flag.Bool("update", false, "rewrite what the samples of testdata want")

var monday = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

type line struct {
	at   time.Time
	text string
}

var (
	blockStart = regexp.MustCompile(`^repeat (\d+) from (\S+) every ([^~\s]+)(?:~(\S+))?$`)
	variable   = regexp.MustCompile(`\$\{([^}]*)\}`)
	counter    = regexp.MustCompile(`^(\d+)(\.\.|~)(\d*)(?:\+(\d+))?$`)
)

// expand writes out the blocks of a log.
func expand(text string) (out []line, err error) {
	var body []string
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		if lines[i] == "" || lines[i][0] == '#' {
			continue
		}
		m := blockStart.FindStringSubmatch(lines[i])
		if m == nil {
			return nil, fmt.Errorf("line %d begins no block: %s", i+1, lines[i])
		}
		body = body[:0]
		for i+1 < len(lines) && strings.HasPrefix(lines[i+1], "  ") {
			i++
			body = append(body, lines[i][2:])
		}
		h := fnv.New64a()
		io.WriteString(h, m[0]+strings.Join(body, "\n"))
		r := rand.New(rand.NewPCG(h.Sum64(), 1))
		rounds, _ := strconv.Atoi(m[1])
		start, err := time.ParseDuration(m[2])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		least, err := time.ParseDuration(m[3])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		most, err := time.ParseDuration(cmp.Or(m[4], m[3]))
		if err != nil || most < least {
			return nil, fmt.Errorf("line %d: no interval %s~%s", i+1, m[3], m[4])
		}
		at := monday.Add(start)
		for n := range rounds {
			for _, b := range body {
				out = append(out, line{at, fill(b, at, n, r)})
				at = at.Add(least + time.Duration(r.Int64N(int64(most-least)+1)))
			}
		}
	}
	return out, nil
}

// fill puts values in the place of a line's variables, in round n.
func fill(text string, at time.Time, n int, r *rand.Rand) string {
	return variable.ReplaceAllStringFunc(text, func(v string) string {
		v = v[2 : len(v)-1]
		switch v {
		case "time":
			return at.Format("02/Jan/2006:15:04:05 -0700")
		case "iso":
			return at.Format(time.RFC3339)
		case "uuid":
			a, b := r.Uint64(), r.Uint64()
			return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>52, b&(1<<48-1))
		}
		if m := counter.FindStringSubmatch(v); m != nil {
			from, _ := strconv.Atoi(m[1])
			to, step := from+1<<40, 1
			if m[3] != "" {
				to, _ = strconv.Atoi(m[3])
			}
			if m[4] != "" {
				step, _ = strconv.Atoi(m[4])
			}
			if m[2] == "~" {
				return strconv.Itoa(from + r.IntN(to-from+1))
			}
			return strconv.Itoa(from + n*step%(to-from+1))
		}
		words := strings.Split(v, "|")
		return words[n%len(words)]
	})
}

// whole is a log as one chunk.
type whole struct {
	name string
	text []byte
}

func (w *whole) Name() string { return w.name }

func (w *whole) Next() ([]byte, error) {
	text := w.text
	w.text = nil
	return text, io.EOF
}

// found tells what the engine finds in a log, a finding a line: detector,
// actor, number of members, severity, confidence.
func found(t *testing.T, name string, log []byte, workers int) (string, []detect.Finding) {
	t.Helper()
	r, err := engine.Run(context.Background(), []engine.Source{&whole{name, log}}, engine.Options{Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	if r.Input.Unparsed > 0 {
		t.Fatalf("%d lines were not understood: %+v", r.Input.Unparsed, r.Input.Samples)
	}
	var out []string
	for _, f := range r.Findings {
		value := f.Actor.Value
		if strings.Contains(value, " ") {
			value = strconv.Quote(value)
		}
		out = append(out, fmt.Sprintf("%s: %s %s %s %d %s %s\n", name, f.Detector, f.Actor.Scope, value, f.MembersTotal, f.Severity, cmp.Or(detect.Confidence(f.Score), "none")))
	}
	slices.Sort(out)
	return strings.Join(out, ""), r.Findings
}

// TestSamples runs every log of every sample.
func TestSamples(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	sampled, logs := map[string]bool{}, 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		sampled[name] = true
		if _, ok := detect.Lookup(name); !ok {
			t.Errorf("%s is the sample of no detector", file)
			continue
		}
		t.Run(name, func(t *testing.T) { logs += sample(t, file, name) })
	}
	for _, d := range detect.All() {
		if !sampled[d.Name] {
			t.Errorf("%s has no sample: testdata/%s.txtar is missing", d.Name, d.Name)
		}
	}
	if flag.Lookup("test.run").Value.String() == "" && logs < 3*len(detect.All()) {
		t.Errorf("only %d logs ran: an attack, an evasive attack and an innocent look-alike are the least for each of %d detectors", logs, len(detect.All()))
	}
	t.Logf("%d logs of %d samples", logs, len(sampled))
}

// sample runs the logs of one archive and returns how many there were.
func sample(t *testing.T, file, detector string) (logs int) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var (
		want, got  string
		wanted     = -1
		background = map[string][]line{}
		attacks    = 0
		innocents  = 0
	)
	for i, f := range a.Files {
		if ext, ok := strings.CutPrefix(f.Name, "background"); ok {
			if background[ext], err = expand(string(f.Data)); err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
		if f.Name == "want" {
			want, wanted = string(f.Data), i
		}
	}
	if wanted < 0 {
		t.Fatal("there is no want section")
	}
	for i, f := range a.Files {
		if i == wanted || strings.HasPrefix(f.Name, "background") {
			continue
		}
		lines, err := expand(string(f.Data))
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		lines = append(lines, background[filepath.Ext(f.Name)]...)
		slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
		var log []byte
		for _, l := range lines {
			log = append(append(log, l.text...), '\n')
		}
		one, findings := found(t, f.Name, log, 1)
		if two, _ := found(t, f.Name, log, 2); two != one {
			t.Errorf("%s: two workers find\n%sbut one finds\n%s", f.Name, two, one)
		}
		got += one
		logs++
		claims := slices.ContainsFunc(findings, func(x detect.Finding) bool { return x.Score >= 0.8 && x.Detector == detector })
		switch {
		case strings.HasPrefix(f.Name, "attack"):
			attacks++
			if !claims {
				t.Errorf("%s: %s claims nobody\n%s", f.Name, detector, tell(findings))
			}
		case strings.HasPrefix(f.Name, "innocent"):
			innocents++
			if slices.ContainsFunc(findings, func(x detect.Finding) bool { return x.Score >= 0.8 }) {
				t.Errorf("%s: somebody is claimed\n%s", f.Name, tell(findings))
			}
		default:
			t.Errorf("%s is neither an attack nor innocent", f.Name)
		}
	}
	if attacks < 2 || innocents < 1 {
		t.Errorf("%d attacks and %d innocents: want an attack, an evasive one and a look-alike", attacks, innocents)
	}
	if *update {
		a.Files[wanted].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return logs
	}
	if got != want {
		t.Errorf("found\n%swant\n%s", got, want)
	}
	return logs
}

// tell is the long form of findings, for whoever must mend a sample.
func tell(findings []detect.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "  %s %s: %.4f, LLR %.2f, %d members: %s\n", f.Detector, f.Actor, f.Score, f.LLR, f.MembersTotal, f.Evidence.Summary)
	}
	return b.String()
}

func TestExpand(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		lines, err := expand(in)
		got := ""
		for _, l := range lines {
			got += l.text + "\n"
		}
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s\ngot\n%s\nwant\n%s", in, got, want)
		}
	}
	f("repeat 3 from 25h every 90s\n  ${iso} ${5..} ${1..2} ${1..9+4} ${a|b}\n", "2026-11-24T01:00:00Z 5 1 1 a\n2026-11-24T01:01:30Z 6 2 5 b\n2026-11-24T01:03:00Z 7 1 9 a\n")
	f("# why\nrepeat 1 from 1s every 1s\n  ${time}\n  b ${3~3}\n", "23/Nov/2026:00:00:01 +0000\nb 3\n")
	f("x", "line 1 begins no block: x")
	f("repeat 1 from 1 every 1s", "line 1: time: missing unit in duration \"1\"")
	f("repeat 1 from 1s every 3s~1s", "line 1: no interval 3s~1s")
}
