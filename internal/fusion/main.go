// Command fusion asks whether learned weights would fuse the evidence on an
// actor better than the fixed rule does, and prints the answer as Markdown.
//
// Evidence of simulated worlds is what it learns from and what it is judged on:
// one set of worlds to learn from, one to choose the threshold on, one to
// measure. A second independent generator does not exist; that alone keeps
// learned weights off, whatever they gain here.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"

	"goshawk/decode"
	"goshawk/detect"
	"goshawk/engine"
	"goshawk/event"
	"goshawk/simulate"
)

func main() {
	lines := flag.Int("lines", 30_000, "innocent requests of a world")
	seeds := flag.Int("seeds", 2, "seeds of each set of worlds")
	flag.Parse()
	if err := run(os.Stdout, *lines, *seeds); err != nil {
		fmt.Fprintln(os.Stderr, "fusion:", err)
		os.Exit(1)
	}
}

// budget is the false claims for each million innocent requests at which
// recall is compared.
const budget = 20

func run(w io.Writer, lines, seeds int) error {
	sets := make([]set, 3)
	for i, first := range []uint64{9100, 9200, 9300} {
		for s := range uint64(seeds) {
			for _, shape := range []string{"shop", "b2b", "saas", "site"} {
				if err := sets[i].add(shape, first+s, lines); err != nil {
					return err
				}
			}
		}
	}
	learn, choose, judge := &sets[0], &sets[1], &sets[2]
	m := learn.fit(nil)
	fixed := func(r *row) float64 { return r.score }
	learned := m.score
	a, b := choose.threshold(fixed), choose.threshold(learned)
	fmt.Fprintf(w, "### On simulated worlds\n\n%d worlds to learn from, %d to choose thresholds on, %d to measure on (%d innocent requests, %d campaigns).\n\n",
		4*seeds, 4*seeds, 4*seeds, judge.requests, len(judge.campaigns))
	fmt.Fprintf(w, "| | recall | easy | medium | evasive | false claims a million |\n|---|---|---|---|---|---|\n")
	fmt.Fprintf(w, "| fixed rule, claim from 0.8 | %s |\n", judge.tell(fixed, 0.8))
	fmt.Fprintf(w, "| fixed rule, threshold for %d a million | %s |\n", budget, judge.tell(fixed, a))
	fmt.Fprintf(w, "| learned weights, threshold for %d a million | %s |\n\n", budget, judge.tell(learned, b))
	lo, hi := judge.compare(fixed, a, learned, b)
	fmt.Fprintf(w, "Learned minus fixed, paired bootstrap over campaigns: %+.3f to %+.3f (95 %%).\n\n", lo, hi)

	fmt.Fprintf(w, "Weights learned without the campaigns of one family, measured on that family alone:\n\n| family | campaigns | fixed | learned |\n|---|---|---|---|\n")
	for _, f := range families() {
		other := learn.fit(f.behaviours)
		t := choose.threshold(other.score)
		n, x := judge.recall(fixed, a, f.behaviours, "")
		_, y := judge.recall(other.score, t, f.behaviours, "")
		if n > 0 {
			fmt.Fprintf(w, "| %s | %d | %.2f | %.2f |\n", f.name, n, x, y)
		}
	}
	fmt.Fprintf(w, "\nThe weights, for one unit of a detector's evidence (the fixed rule gives each 1, 0.3 beside a stronger one of its family):\n\n")
	var l []string
	for i, d := range detect.All() {
		if m.w[i] != 0 {
			l = append(l, fmt.Sprintf("%s %.2f", d.Name, m.w[i]))
		}
	}
	fmt.Fprintf(w, "%s; constant %.2f.\n", strings.Join(l, ", "), m.b)
	return nil
}

// row is the evidence on one actor, and what it is.
type row struct {
	llr       []float64 // by detector
	score     float64   // of the fixed rule
	guilty    bool
	campaigns []int // of the set
}

type set struct {
	rows      []row
	requests  int
	campaigns []simulate.Campaign
}

func (s *set) add(shape string, seed uint64, lines int) error {
	w := simulate.World{Shape: shape, Seed: seed, Lines: lines, Start: 1772409600e9, Hours: 24}
	for _, k := range simulate.Kinds() {
		if k.Attack && k.Fits(shape) {
			for _, v := range simulate.Variants {
				w.Attacks = append(w.Attacks, simulate.Attack{Behaviour: k.Name, Variant: v})
			}
		}
	}
	var log []byte
	truth, err := w.Generate(func(e *event.Event, _ simulate.Label) { log = append(decode.AppendJSON(log, e), '\n') })
	if err != nil {
		return err
	}
	s.requests += truth.Requests
	first := len(s.campaigns)
	s.campaigns = append(s.campaigns, truth.Campaigns...)
	belongs := map[event.Actor][]int{}
	for i, c := range truth.Campaigns {
		for _, m := range c.Members {
			belongs[m] = append(belongs[m], first+i)
		}
	}
	declared := map[event.Actor]bool{}
	for _, a := range truth.Declared {
		declared[a] = true
	}
	index := map[string]int{}
	for i, d := range detect.All() {
		index[d.Name] = i
	}
	o := engine.Options{Workers: runtime.NumCPU()}
	o.Enrich.Reveal = true
	o.OnWeighed = func(x engine.Weighed) {
		if declared[x.Actor] || x.Actor.Scope == event.Group && len(x.Members) < 2 {
			return
		}
		r := row{llr: make([]float64, len(index)), score: x.Score, campaigns: belongs[x.Actor]}
		if len(x.Members) > 0 && r.campaigns == nil {
			r.campaigns = mostly(x.Members, belongs)
		}
		r.guilty = len(r.campaigns) > 0
		for i, d := range x.Detectors {
			r.llr[index[d]] = max(r.llr[index[d]], x.LLR[i])
		}
		s.rows = append(s.rows, r)
	}
	_, err = engine.Run(context.Background(), []engine.Source{&memory{log}}, o)
	return err
}

// mostly are the campaigns that at least four fifths of the members belong to,
// each with three tenths of them or more.
func mostly(members []event.Actor, belongs map[event.Actor][]int) (l []int) {
	in, count := 0, map[int]int{}
	for _, m := range members {
		if len(belongs[m]) > 0 {
			in++
		}
		for _, i := range belongs[m] {
			count[i]++
		}
	}
	if in*5 < len(members)*4 {
		return nil
	}
	for i, n := range count {
		if n*10 >= in*3 {
			l = append(l, i)
		}
	}
	slices.Sort(l)
	return l
}

type memory struct{ log []byte }

func (m *memory) Name() string { return "log" }
func (m *memory) Next() ([]byte, error) {
	l := m.log
	m.log = nil
	return l, io.EOF
}

// model is a regularised logistic regression on the detectors' evidence.
type model struct {
	w []float64
	b float64
}

// ridge is the penalty on a squared weight: weak, but enough for a detector
// that was never wrong.
const ridge = 1

// fit learns from rows, but for those of campaigns of the behaviours left out,
// by Newton's method on one coordinate after the other.
func (s *set) fit(without []string) *model {
	n := len(detect.All())
	m := &model{w: make([]float64, n), b: -4}
	var use []*row
	for i := range s.rows {
		r := &s.rows[i]
		if !slices.ContainsFunc(r.campaigns, func(c int) bool { return slices.Contains(without, s.campaigns[c].Behaviour) }) {
			use = append(use, r)
		}
	}
	z := make([]float64, len(use))
	for i := range z {
		z[i] = m.b
	}
	for range 60 {
		for j := -1; j < n; j++ {
			at := func(r *row) float64 {
				if j < 0 {
					return 1
				}
				return r.llr[j]
			}
			g, h := 0.0, 1e-6
			if j >= 0 {
				g, h = -ridge*m.w[j], ridge
			}
			for i, r := range use {
				x := at(r)
				if x == 0 {
					continue
				}
				p := 1 / (1 + math.Exp(-z[i]))
				y := 0.0
				if r.guilty {
					y = 1
				}
				g += (y - p) * x
				h += p * (1 - p) * x * x
			}
			step := max(min(g/h, 1), -1)
			if j < 0 {
				m.b += step
			} else {
				m.w[j] += step
			}
			for i, r := range use {
				z[i] += step * at(r)
			}
		}
	}
	return m
}

func (m *model) score(r *row) float64 {
	z := m.b
	for j, x := range r.llr {
		z += m.w[j] * x
	}
	return 1 / (1 + math.Exp(-z))
}

// threshold is the least score from which a set has no more false claims than
// the budget.
func (s *set) threshold(score func(*row) float64) float64 {
	var wrong []float64
	for i := range s.rows {
		if !s.rows[i].guilty {
			wrong = append(wrong, score(&s.rows[i]))
		}
	}
	slices.SortFunc(wrong, func(a, b float64) int { return int(math.Copysign(1, b-a)) })
	k := budget * s.requests / 1_000_000
	if k >= len(wrong) {
		return 0.5
	}
	return math.Nextafter(max(wrong[k], 0.5), 2)
}

// found says, for each campaign, whether a member reaches the threshold.
func (s *set) found(score func(*row) float64, t float64) []bool {
	l := make([]bool, len(s.campaigns))
	for i := range s.rows {
		if r := &s.rows[i]; r.guilty && score(r) >= t {
			for _, c := range r.campaigns {
				l[c] = true
			}
		}
	}
	return l
}

func (s *set) recall(score func(*row) float64, t float64, of []string, variant string) (n int, share float64) {
	hit := 0
	for i, ok := range s.found(score, t) {
		c := &s.campaigns[i]
		if c.Events == 0 || of != nil && !slices.Contains(of, c.Behaviour) || variant != "" && c.Variant != variant {
			continue
		}
		n++
		if ok {
			hit++
		}
	}
	return n, float64(hit) / float64(max(n, 1))
}

func (s *set) tell(score func(*row) float64, t float64) string {
	var l []string
	for _, v := range []string{"", "easy", "medium", "evasive"} {
		_, x := s.recall(score, t, nil, v)
		l = append(l, fmt.Sprintf("%.3f", x))
	}
	wrong := 0
	for i := range s.rows {
		if !s.rows[i].guilty && score(&s.rows[i]) >= t {
			wrong++
		}
	}
	return strings.Join(l, " | ") + fmt.Sprintf(" | %.0f", float64(wrong)*1e6/float64(s.requests))
}

// compare is the 95 % interval of how much more b finds than a.
func (s *set) compare(a func(*row) float64, ta float64, b func(*row) float64, tb float64) (lo, hi float64) {
	x, y := s.found(a, ta), s.found(b, tb)
	r := rand.New(rand.NewPCG(1, 2))
	var d []float64
	for range 2000 {
		sum := 0
		for range x {
			k := r.IntN(len(x))
			if y[k] {
				sum++
			}
			if x[k] {
				sum--
			}
		}
		d = append(d, float64(sum)/float64(len(x)))
	}
	slices.Sort(d)
	return d[50], d[1949]
}

type family struct {
	name       string
	behaviours []string
}

// families groups the behaviours by the family of the first detector that names
// them rightly.
func families() (l []family) {
	of := map[string][]string{}
	for _, k := range simulate.Kinds() {
		if !k.Attack || len(simulate.Right[k.Name]) == 0 {
			continue
		}
		if d, ok := detect.Lookup(simulate.Right[k.Name][0]); ok {
			of[d.Family] = append(of[d.Family], k.Name)
		}
	}
	for name, b := range of {
		l = append(l, family{name, b})
	}
	slices.SortFunc(l, func(a, b family) int { return strings.Compare(a.name, b.name) })
	return l
}
