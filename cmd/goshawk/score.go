package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"goshawk/config"
	"goshawk/decode"
	"goshawk/engine"
	"goshawk/enrich"
	"goshawk/event"
	"goshawk/simulate"
	"goshawk/source"
)

type scoreCmd struct {
	Dirs     []string    `arg:"" name:"dir" help:"Folders that goshawk simulate wrote."`
	Output   string      `short:"o" default:"text" placeholder:"FORM" help:"What to print: text, markdown, json."`
	Findings []string    `placeholder:"FILE" help:"Score another tool's findings instead of scanning: one file a folder, in the same order. See below."`
	Tool     string      `placeholder:"NAME" help:"What the other tool is called."`
	Bare     bool        `help:"Leave the baselines out: awk, jail, threshold."`
	Config   string      `short:"c" placeholder:"FILE" help:"Configuration file (YAML) of the scan."`
	Memory   config.Size `placeholder:"SIZE" help:"Memory of the scan. Default: 512MiB."`
}

// Help is shown below the flags.
func (scoreCmd) Help() string {
	return `It scans each folder's log and compares what is found with the truth beside it, over all folders together:
recall by behaviour and variant with exact 95 % intervals, precision, false claims for each million innocent
requests and whom they hit, time to detect, calibration, and what was missed, by name. The same lines are given
to three rules that people use today.

Findings of another tool are JSON lines with an actor and, if known, when it was found:

    {"scope": "ip", "value": "203.0.113.9", "time": "2026-03-02T05:10:27Z"}
    {"scope": "key", "value": "sk_live_abc", "score": 0.97, "detector": "rate"}
    {"scope": "group", "value": "botnet-7", "members": [{"scope": "ip", "value": "203.0.113.9"}]}

score is 1 if absent; from 0.8 on it is a claim. A report of goshawk scan -o json --reveal is read too.

Examples:

    goshawk simulate -o w1 && goshawk score w1
    for s in 1 2 3; do goshawk simulate --seed $s -o w$s; done; goshawk score w1 w2 w3
    goshawk score --tool crowdsec --findings bans.jsonl w1`
}

// world is a folder that is scored.
type world struct {
	truthWorld
	dir   string
	log   string
	truth simulate.Truth
}

// Run scores.
func (c *scoreCmd) Run() error {
	show, ok := map[string]func(io.Writer, []row){"text": textScore, "markdown": markdownScore, "json": jsonScore}[c.Output]
	switch {
	case !ok:
		return fmt.Errorf("unknown output %q: there are text, markdown, json", c.Output)
	case len(c.Findings) > 0 && len(c.Findings) != len(c.Dirs):
		return errors.New("--findings: name one file for each folder")
	}
	var worlds []world
	for _, d := range c.Dirs {
		w, err := openWorld(d)
		if err != nil {
			return fmt.Errorf("%s: %w", d, err)
		}
		worlds = append(worlds, w)
	}
	var rows []row
	main := row{name: cmp.Or(c.Tool, "goshawk")}
	if len(c.Findings) > 0 {
		main.name = cmp.Or(c.Tool, filepath.Base(c.Findings[0]))
	}
	for i, w := range worlds {
		claims, err := c.claims(w, i)
		if err != nil {
			return fmt.Errorf("%s: %w", w.dir, err)
		}
		main.add(simulate.Score(claims, w.truth))
	}
	rows = append(rows, main)
	if !c.Bare {
		others, err := baselines(worlds)
		if err != nil {
			return err
		}
		rows = append(rows, others...)
	}
	out := bufio.NewWriter(os.Stdout)
	show(out, rows)
	return out.Flush()
}

// row is one tool, over all worlds.
type row struct {
	name string
	simulate.Report
}

func (r *row) add(x simulate.Report) { r.Report = simulate.Sum(r.Report, x) }

func openWorld(dir string) (world, error) {
	w := world{dir: dir}
	truth, err := os.Open(filepath.Join(dir, truthFile))
	if err != nil {
		return w, err
	}
	defer truth.Close()
	labels, err := os.Open(filepath.Join(dir, labelsFile))
	if err != nil {
		return w, err
	}
	defer labels.Close()
	if w.truthWorld, w.truth, err = readTruth(truth, labels); err != nil {
		return w, err
	}
	w.truth.Days = w.Hours / 24
	w.log = filepath.Join(dir, w.Format+".log")
	_, err = os.Stat(w.log)
	return w, err
}

// claims are what is found in the i-th world.
func (c *scoreCmd) claims(w world, i int) ([]simulate.Claim, error) {
	if len(c.Findings) > 0 {
		f, err := os.Open(c.Findings[i])
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readClaims(f)
	}
	conf := &config.Config{}
	if c.Config != "" {
		var err error
		if conf, err = config.Read(c.Config); err != nil {
			return nil, err
		}
	}
	o := engine.Options{
		Workers: runtime.GOMAXPROCS(0), Memory: int64(cmp.Or(c.Memory, conf.Memory)), Seed: 1,
		Decode: conf.Decode, Enrich: conf.Enrich, Detect: conf.Detect,
	}
	o.Enrich.Reveal = true // the truth names keys in clear
	found := source.Open([]string{w.log}, source.Options{})
	var sources []engine.Source
	for _, s := range found.Sources {
		defer s.Close()
		sources = append(sources, s)
	}
	r, err := engine.Run(context.Background(), sources, o)
	if err != nil {
		return nil, err
	}
	var l []simulate.Claim
	for i := range r.Findings {
		f := &r.Findings[i]
		l = append(l, simulate.Claim{Actor: f.Actor, Members: f.Members, Score: f.Score, Detector: f.Detector, DetectedAt: f.DetectedAt})
	}
	return l, nil
}

// readClaims reads JSON lines of findings, or a report of ours.
func readClaims(r io.Reader) ([]simulate.Claim, error) {
	type actor struct{ Scope, Value string }
	type finding struct {
		actor
		Actor      *actor
		Members    []actor
		Score      *float64
		Detector   string
		Time       time.Time
		DetectedAt time.Time `json:"detected_at"`
		Event      string
		ID         string
	}
	parse := func(a actor) (event.Actor, error) { return truthActor{a.Scope, a.Value}.actor() }
	var l []simulate.Claim
	at := map[string]int{} // of a finding told before: the last state wins
	add := func(f finding) error {
		a := f.actor
		if f.Actor != nil {
			a = *f.Actor
		}
		who, err := parse(a)
		if err != nil {
			return err
		}
		x := simulate.Claim{Actor: who, Score: 1, Detector: f.Detector}
		if f.Score != nil {
			x.Score = *f.Score
		}
		if t := f.DetectedAt; !t.IsZero() {
			x.DetectedAt = t.UnixNano()
		} else if !f.Time.IsZero() {
			x.DetectedAt = f.Time.UnixNano()
		}
		for _, m := range f.Members {
			who, err := parse(m)
			if err != nil {
				return err
			}
			x.Members = append(x.Members, who)
		}
		if i, ok := at[f.ID]; ok && f.ID != "" {
			l[i] = x
			return nil
		}
		at[f.ID] = len(l)
		l = append(l, x)
		return nil
	}
	dec := json.NewDecoder(r)
	for n := 1; ; n++ {
		var x struct {
			finding
			Schema   string
			Findings []finding
		}
		if err := dec.Decode(&x); err == io.EOF {
			return l, nil
		} else if err != nil {
			return nil, fmt.Errorf("finding %d: %w", n, err)
		}
		all := x.Findings
		if x.Schema == "" {
			all = []finding{x.finding}
		}
		for _, f := range all {
			if err := add(f); err != nil {
				return nil, fmt.Errorf("finding %d: %w", n, err)
			}
		}
	}
}

// baselines judges the worlds by the rules that people use today.
func baselines(worlds []world) ([]row, error) {
	rules := simulate.Baselines()
	rows := make([]row, len(rules))
	for _, w := range worlds {
		see := make([]func(*event.Event), len(rules))
		claims := make([]func() []simulate.Claim, len(rules))
		for i, b := range rules {
			rows[i].name = b.Name
			see[i], claims[i] = b.Judge()
		}
		found := source.Open([]string{w.log}, source.Options{})
		d, err := decode.New(decode.Options{})
		if err != nil {
			return nil, err
		}
		en := enrich.New(enrich.Options{}, 1)
		var in *decode.Context
		for _, s := range found.Sources {
			for {
				chunk, err := s.Next()
				text := string(chunk)
				if in == nil {
					in = &decode.Context{Order: d.Guess(text)}
				}
				var e event.Event
				var rec event.Rec
				for line := range strings.Lines(text) {
					if d.Decode(strings.TrimSuffix(line, "\n"), in, &e) != nil {
						continue
					}
					en.Do(&e, &rec)
					for _, f := range see {
						f(&e)
					}
				}
				en.Shapes().Cut()
				if err == io.EOF {
					break
				}
				if err != nil {
					return nil, err
				}
			}
			s.Close()
		}
		for i := range rules {
			rows[i].add(simulate.Score(claims[i](), w.truth))
		}
	}
	return rows, nil
}

// share writes k of n, as a percentage with its exact interval.
func share(k, n int) string {
	if n == 0 {
		return "–"
	}
	lo, hi := simulate.Interval(k, n)
	return fmt.Sprintf("%.2f (%.2f–%.2f)", float64(k)/float64(n), lo, hi)
}

// table is a head and its rows, as text or as Markdown.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) text(w io.Writer) {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range append([][]string{t.head}, t.rows...) {
		fmt.Fprintln(tab, "  "+strings.Join(r, "\t"))
	}
	tab.Flush()
}

func (t *table) markdown(w io.Writer) {
	line := func(cells []string) {
		fmt.Fprintf(w, "| %s |\n", strings.ReplaceAll(strings.Join(cells, " | "), "\n", " "))
	}
	line(t.head)
	line(slices.Repeat([]string{"---"}, len(t.head)))
	for _, r := range t.rows {
		line(r)
	}
}

func textScore(w io.Writer, rows []row) {
	for i, s := range sections(rows) {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, s.title)
		s.text(w)
	}
}

func markdownScore(w io.Writer, rows []row) {
	for _, s := range sections(rows) {
		fmt.Fprintf(w, "**%s**\n\n", s.title)
		s.markdown(w)
		fmt.Fprintln(w)
	}
}

type section struct {
	title string
	table
}

// sections are the tables of a score.
func sections(rows []row) []section {
	first := rows[0].Report
	overall := section{title: "Tools, over all worlds"}
	overall.head = []string{"tool", "precision", "right type", "false claims per million", "recall easy", "medium", "evasive"}
	for _, r := range rows {
		cells := []string{r.name, share(r.True, r.Claims), share(r.Typed, r.True), fmt.Sprintf("%.1f", r.FalsePerMillion())}
		for _, v := range simulate.Variants {
			n, found, _ := r.Count("", v)
			cells = append(cells, share(found, n))
		}
		overall.add(cells...)
	}
	by := section{title: fmt.Sprintf("Recall of %s by behaviour: found of all, and found by the right name", rows[0].name)}
	by.head = []string{"behaviour", "easy", "medium", "evasive", "named"}
	for _, b := range first.Behaviours() {
		cells := []string{b}
		for _, v := range simulate.Variants {
			n, found, _ := first.Count(b, v)
			cells = append(cells, fmt.Sprintf("%d of %d", found, n))
		}
		_, found, typed := first.Count(b, "")
		by.add(append(cells, fmt.Sprintf("%d of %d", typed, found))...)
	}
	requests, seconds, n := first.Delay()
	delay := section{title: fmt.Sprintf("Time to detect, of %d campaigns", n)}
	delay.head = []string{"", "median", "95th percentile"}
	delay.add("requests of the campaign", fmt.Sprintf("%.0f", requests[0]), fmt.Sprintf("%.0f", requests[1]))
	delay.add("time since its first", short(seconds[0]), short(seconds[1]))
	bins, ece := first.Calibration()
	calibration := section{title: fmt.Sprintf("Calibration: expected error %.3f", ece)}
	calibration.head = []string{"score", "actors", "promised", "true"}
	for _, b := range bins {
		if b.N > 0 {
			calibration.add(fmt.Sprintf("%.2f–%.2f", b.From, b.To), fmt.Sprint(b.N), fmt.Sprintf("%.3f", b.Promised), share(b.True, b.N))
		}
	}
	dose := section{title: "Recall by what the campaign did"}
	dose.head = []string{"requests", "found"}
	for _, d := range first.Response() {
		if d.N > 0 {
			to := fmt.Sprintf("%d–%d", d.From, d.To-1)
			if d.To > 1e9 {
				to = fmt.Sprintf("%d and more", d.From)
			}
			dose.add(to, fmt.Sprintf("%d of %d", d.Found, d.N))
		}
	}
	hits := section{title: fmt.Sprintf("Innocent accused, of %s actor-days and %s requests", thousands(int(first.ActorDays)), thousands(first.Requests))}
	hits.head = []string{"who", "claims"}
	for _, h := range first.Hits() {
		hits.add(h.Name, fmt.Sprint(h.N))
	}
	rules := section{title: "α: false claims of a detector for each innocent actor-day"}
	rules.head = []string{"detector", "claims", "α"}
	for _, h := range first.Rules() {
		rules.add(h.Name, fmt.Sprint(h.N), fmt.Sprintf("%.1e", float64(h.N)/max(first.ActorDays, 1)))
	}
	missed := section{title: "Missed"}
	missed.head = []string{"behaviour", "variant", "requests", "what it was"}
	for _, o := range first.Campaigns {
		if !o.Found && o.Events > 0 {
			missed.add(o.Behaviour, o.Variant, fmt.Sprint(o.Events), o.Note)
		}
	}
	return slices.DeleteFunc([]section{overall, by, delay, calibration, dose, hits, rules, missed}, func(s section) bool { return len(s.rows) == 0 })
}

func short(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
}

func jsonScore(w io.Writer, rows []row) {
	type variant struct {
		Behaviour, Variant      string
		Campaigns, Found, Typed int
	}
	type out struct {
		Tool             string           `json:"tool"`
		Claims           int              `json:"claims"`
		True             int              `json:"true"`
		Typed            int              `json:"typed"`
		Precision        float64          `json:"precision"`
		FalsePerMillion  float64          `json:"false_per_million"`
		Requests         int              `json:"requests"`
		ECE              float64          `json:"ece"`
		RequestsToDetect float64          `json:"median_requests_to_detect"`
		SecondsToDetect  float64          `json:"median_seconds_to_detect"`
		Recall           []variant        `json:"recall"`
		Hits             []simulate.Named `json:"hits"`
	}
	enc := json.NewEncoder(w)
	for _, r := range rows {
		x := out{Tool: r.name, Claims: r.Claims, True: r.True, Typed: r.Typed, Precision: r.Precision(), FalsePerMillion: r.FalsePerMillion(), Requests: r.Requests, Hits: r.Hits()}
		_, x.ECE = r.Calibration()
		q, s, _ := r.Delay()
		x.RequestsToDetect, x.SecondsToDetect = q[0], s[0]
		for _, b := range r.Behaviours() {
			for _, v := range simulate.Variants {
				n, found, typed := r.Count(b, v)
				x.Recall = append(x.Recall, variant{b, v, n, found, typed})
			}
		}
		enc.Encode(x)
	}
}
