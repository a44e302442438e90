package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"goshawk/detect"
	"goshawk/event"
)

// near is how far apart findings may lie to belong to one incident.
const near = int64(6 * 3600e9)

// hub is the number of findings from which a shared actor joins nothing: it is
// everybody's.
const hub = 50

// Join makes incidents of findings, which it leaves as they are: those that
// share an actor or a member and lie within six hours of each other are one
// story. Findings must be in the order of detection; incidents are by
// probability, then time.
func Join(findings []detect.Finding) []Incident {
	root := make([]int, len(findings))
	for i := range root {
		root[i] = i
	}
	var find func(int) int
	find = func(i int) int {
		if root[i] != i {
			root[i] = find(root[i])
		}
		return root[i]
	}
	by := map[event.Actor][]int{}
	for i := range findings {
		for _, a := range actors(&findings[i]) {
			by[a] = append(by[a], i)
		}
	}
	for i := range findings {
		for _, a := range actors(&findings[i]) {
			l := by[a]
			if len(l) > hub {
				continue
			}
			for _, j := range l {
				if j > i && apart(&findings[i], &findings[j]) <= near {
					x, y := find(i), find(j)
					root[max(x, y)] = min(x, y)
				}
			}
		}
	}
	groups := map[int][]int{}
	for i := range findings {
		groups[find(i)] = append(groups[find(i)], i)
	}
	var out []Incident
	for i := range findings {
		if g := groups[i]; len(g) > 0 {
			out = append(out, story(findings, g))
		}
	}
	slices.SortStableFunc(out, func(a, b Incident) int {
		return cmp.Or(cmp.Compare(b.Probability, a.Probability), cmp.Compare(a.FirstSeen, b.FirstSeen), strings.Compare(a.ID, b.ID))
	})
	return out
}

func actors(f *detect.Finding) []event.Actor {
	l := append([]event.Actor{f.Actor}, f.Members...)
	l = append(l, f.Seen...)
	if f.Target.Scope == event.Account {
		l = append(l, f.Target)
	}
	return l
}

// apart is the time between two findings, 0 where they overlap.
func apart(a, b *detect.Finding) int64 {
	return max(a.FirstSeen-b.LastSeen, b.FirstSeen-a.LastSeen, 0)
}

// stageOf says which step of an attack a family's findings are.
var stageOf = map[string]string{"probing": "reconnaissance", "auth": "access", "identity": "access", "enumeration": "enumeration", "rate": "impact", "sequence": "impact"}

var stageOrder = []string{"reconnaissance", "access", "enumeration", "extraction", "impact"}

func story(all []detect.Finding, group []int) Incident {
	first := &all[group[0]]
	in := Incident{ID: "inc-" + first.ID, FirstSeen: first.FirstSeen, LastSeen: first.LastSeen}
	members := map[event.Actor]bool{}
	var weights []Weight
	var titles []string
	attack := false
	for _, i := range group {
		f := &all[i]
		in.Findings = append(in.Findings, f.ID)
		in.FirstSeen, in.LastSeen = min(in.FirstSeen, f.FirstSeen), max(in.LastSeen, f.LastSeen)
		in.Probability, in.Severity = max(in.Probability, f.Score), max(in.Severity, f.Severity)
		weights = append(weights, Weight{f.Family, f.LLR})
		if f.Actor.Scope != event.Group {
			members[f.Actor] = true
		}
		for _, m := range f.Members {
			members[m] = true
		}
		if !slices.Contains(titles, f.Title) {
			titles = append(titles, f.Title)
		}
		attack = attack || f.Family == "auth"
		if s := stageOf[f.Family]; s != "" {
			in.Stages = append(in.Stages, Stage{s, f.DetectedAt, f.ID})
		}
		blast(&in.Blast, f)
	}
	in.Probability = max(in.Probability, Probability(advance(weights, in.Stages)))
	in.Title = strings.Join(titles[:min(len(titles), 2)], "; ")
	if len(titles) > 2 {
		in.Title += fmt.Sprintf("; and %d more", len(titles)-2)
	}
	in.Tags = []string{"abuse"}
	if attack {
		in.Tags = []string{"attack"}
	}
	for m := range members {
		in.Members = append(in.Members, m)
	}
	slices.SortFunc(in.Members, event.Actor.Compare)
	in.MembersTotal = len(in.Members)
	in.Members = in.Members[:min(len(in.Members), 10_000)]
	slices.SortStableFunc(in.Stages, func(a, b Stage) int {
		return cmp.Or(cmp.Compare(a.At, b.At), slices.Index(stageOrder, a.Name)-slices.Index(stageOrder, b.Name))
	})
	return in
}

// advance adds one unit of evidence for each stage that follows an earlier one
// in the order of an attack, three at most.
func advance(w []Weight, stages []Stage) []Weight {
	reached, steps := -1, -1
	for _, s := range stages {
		if k := slices.Index(stageOrder, s.Name); k > reached {
			reached = k
			steps++
		}
	}
	return append(w, Weight{"story", float64(min(max(steps, 0), 3))})
}

// blast adds up the damage a finding's own numbers show.
func blast(b *Blast, f *detect.Finding) {
	for _, x := range f.Evidence.Facts {
		switch {
		case f.Family == "auth" && x.Name == "accounts entered":
			b.Accounts = max(b.Accounts, int(x.Value))
		case f.Family == "enumeration" && (x.Name == "returned" || x.Name == "foreign objects returned"):
			b.Objects = max(b.Objects, int(x.Value))
		case f.Family == "enumeration" && x.Name == "bytes returned":
			b.Bytes = max(b.Bytes, int64(x.Value))
		}
	}
}
