package simulate

import (
	"slices"
	"strings"

	"goshawk/event"
)

// Baseline is a rule that people use today: it sees one address and one line at
// a time. It is measured on the same lines as everything else.
type Baseline struct {
	Name  string
	Title string
	rule  func() func(e *event.Event) bool
}

// Baselines lists them.
func Baselines() []Baseline {
	return []Baseline{
		{"awk", "more than 20 answers of 401 in the whole log: awk '$9 == 401 {print $1}' | sort | uniq -c | awk '$1 > 20'", func() func(*event.Event) bool {
			seen := map[string]int{}
			return func(e *event.Event) bool {
				if e.Status != 401 {
					return false
				}
				a := e.Client.String()
				seen[a]++
				return seen[a] == 21
			}
		}},
		{"jail", "5 answers of 401 or 403 within 10 minutes, as a fail2ban jail bans by default", func() func(*event.Event) bool {
			return within(5, 600e9, func(e *event.Event) bool { return e.Status == 401 || e.Status == 403 })
		}},
		{"threshold", "100 requests within 60 seconds, as a Snort detection_filter by source", func() func(*event.Event) bool {
			return within(100, 60e9, func(*event.Event) bool { return true })
		}},
	}
}

// within says when an address has had n events that count within a time.
func within(n int, ns int64, counts func(*event.Event) bool) func(*event.Event) bool {
	recent := map[string][]int64{}
	return func(e *event.Event) bool {
		if !counts(e) {
			return false
		}
		a := e.Client.String()
		l := append(recent[a], e.Time)
		i := 0
		for l[i] < e.Time-ns {
			i++
		}
		l = slices.Delete(l, 0, i)
		recent[a] = l
		return len(l) >= n
	}
}

// Judge plays events to the baseline and returns a claim for each address, at
// the time it was first made.
func (b Baseline) Judge() (see func(*event.Event), claims func() []Claim) {
	fires := b.rule()
	var l []Claim
	made := map[string]bool{}
	see = func(e *event.Event) {
		if !e.Client.IsValid() || !fires(e) {
			return
		}
		a := e.Client.String()
		if made[a] {
			return
		}
		a = strings.Clone(a)
		made[a] = true
		l = append(l, Claim{Actor: event.Actor{Scope: event.IP, Value: a}, Score: 1, Detector: b.Name, DetectedAt: e.Time})
	}
	return see, func() []Claim { return l }
}
