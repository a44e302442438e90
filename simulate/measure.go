package simulate

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Sum puts the reports of several worlds together.
func Sum(reports ...Report) Report {
	var s Report
	for _, r := range reports {
		s.Claims += r.Claims
		s.True += r.True
		s.Typed += r.Typed
		s.Requests += r.Requests
		s.ActorDays += r.ActorDays
		s.False = append(s.False, r.False...)
		s.Campaigns = append(s.Campaigns, r.Campaigns...)
		s.Judged = append(s.Judged, r.Judged...)
	}
	return s
}

// Count says how many campaigns there were of a behaviour and a variant ("" for
// all), how many were found, and how many by their right name. Campaigns that
// never began do not count.
func (r Report) Count(behaviour, variant string) (n, found, typed int) {
	for _, o := range r.Campaigns {
		if o.Events == 0 || behaviour != "" && o.Behaviour != behaviour || variant != "" && o.Variant != variant {
			continue
		}
		n++
		if o.Found {
			found++
		}
		if o.Typed {
			typed++
		}
	}
	return n, found, typed
}

// Behaviours lists the behaviours of the campaigns, by name.
func (r Report) Behaviours() (names []string) {
	for _, o := range r.Campaigns {
		if !slices.Contains(names, o.Behaviour) {
			names = append(names, o.Behaviour)
		}
	}
	slices.Sort(names)
	return names
}

// Named is a number of something.
type Named struct {
	Name string
	N    int
}

func ranked(count map[string]int) (l []Named) {
	for name, n := range count {
		l = append(l, Named{name, n})
	}
	slices.SortFunc(l, func(a, b Named) int { return cmp.Or(b.N-a.N, strings.Compare(a.Name, b.Name)) })
	return l
}

// Hits counts the false claims by who was accused, most first.
func (r Report) Hits() []Named {
	count := map[string]int{}
	for _, a := range r.False {
		count[a.Kind]++
	}
	return ranked(count)
}

// Rules counts the false claims by detector, most first. Divided by ActorDays
// it is the detector's α: how often it accuses an innocent actor in a day.
func (r Report) Rules() []Named {
	count := map[string]int{}
	for _, a := range r.False {
		for _, d := range a.Detectors {
			count[d]++
		}
	}
	return ranked(count)
}

// Delay returns the median and the 95th percentile of what a found campaign had
// done when it was found: its requests, and seconds since its first. n is the
// number of campaigns whose time is known.
func (r Report) Delay() (requests, seconds [2]float64, n int) {
	var q, s []float64
	for _, o := range r.Campaigns {
		if o.Found && o.After >= 0 {
			q = append(q, float64(o.After))
			s = append(s, float64(o.Wait)/1e9)
		}
	}
	return [2]float64{quantile(q, 0.5), quantile(q, 0.95)}, [2]float64{quantile(s, 0.5), quantile(s, 0.95)}, len(q)
}

// quantile of a list, by the nearest rank; 0 of an empty one.
func quantile(l []float64, p float64) float64 {
	if len(l) == 0 {
		return 0
	}
	l = slices.Sorted(slices.Values(l))
	return l[min(int(p*float64(len(l))), len(l)-1)]
}

// Bin is the actors whose score lies in [From, To): what the scores promise, on
// average, and how many were abusers.
type Bin struct {
	From, To float64
	N, True  int
	Promised float64
}

// edges of the bins are the levels of confidence: watch, likely, high, certain.
var edges = []float64{0.5, 0.8, 0.95, 0.99, 1.0001}

// Calibration is the reliability of the scores from 0.5 up, and the expected
// calibration error: the mean distance of promise and truth, by actors.
func (r Report) Calibration() (bins []Bin, ece float64) {
	for i := range len(edges) - 1 {
		b := Bin{From: edges[i], To: min(edges[i+1], 1)}
		for _, j := range r.Judged {
			if j.Score >= edges[i] && j.Score < edges[i+1] {
				b.N++
				b.Promised += j.Score
				if j.True {
					b.True++
				}
			}
		}
		if b.N > 0 {
			ece += math.Abs(b.Promised - float64(b.True))
			b.Promised /= float64(b.N)
		}
		bins = append(bins, b)
	}
	return bins, ece / float64(max(len(r.Judged), 1))
}

// Dose is the campaigns of between From and To requests, and how many of them
// were found.
type Dose struct {
	From, To, N, Found int
}

// Response counts campaigns by how much they did: dose and response.
func (r Report) Response() []Dose {
	l := []Dose{{From: 1, To: 30}, {From: 30, To: 100}, {From: 100, To: 300}, {From: 300, To: 1000}, {From: 1000, To: 3000}, {From: 3000, To: math.MaxInt}}
	for _, o := range r.Campaigns {
		for i := range l {
			if o.Events >= l[i].From && o.Events < l[i].To {
				l[i].N++
				if o.Found {
					l[i].Found++
				}
			}
		}
	}
	return l
}

// Interval is the exact 95 % confidence interval of a share of which k of n
// were seen (Clopper and Pearson 1934); 0 to 1 where n is 0.
func Interval(k, n int) (lo, hi float64) {
	lo, hi = 0, 1
	if n == 0 {
		return lo, hi
	}
	if k > 0 {
		lo = solve(0.025, func(p float64) float64 { return 1 - binomial(k-1, n, p) })
	}
	if k < n {
		hi = solve(0.975, func(p float64) float64 { return 1 - binomial(k, n, p) })
	}
	return lo, hi
}

// solve finds p with f(p) = want, for a rising f.
func solve(want float64, f func(float64) float64) float64 {
	lo, hi := 0.0, 1.0
	for range 60 {
		if mid := (lo + hi) / 2; f(mid) < want {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// binomial is the probability of at most k successes of n.
func binomial(k, n int, p float64) (sum float64) {
	lg := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
	for i := 0; i <= k; i++ {
		sum += math.Exp(lg(n) - lg(i) - lg(n-i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return sum
}
