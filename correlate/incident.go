package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"goshawk/detect"
	"goshawk/event"
)

// near is how far apart findings may lie to belong to one incident: six hours,
// or five times the mean gap between their events, where that is longer, but
// no more than a week.
func near(a, b *detect.Finding) int64 {
	const hours, week = int64(6 * 3600e9), int64(7 * 24 * 3600e9)
	gap := int64(0)
	for _, f := range []*detect.Finding{a, b} {
		if f.Events > 1 {
			gap = max(gap, (f.LastSeen-f.FirstSeen)/int64(f.Events-1))
		}
	}
	return min(max(hours, 5*gap), week)
}

// hub is the number of findings from which a shared actor joins nothing: it is
// everybody's.
const hub = 50

// alike is the number of findings from which a fingerprint in a network is
// everybody's there.
const alike = 8

// Join makes incidents of findings, which it leaves as they are: those that
// share an actor or a member, or both a fingerprint and a network, and lie near
// each other are one story. Findings must be in the order of detection; incidents are by
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
	by, weak := map[event.Actor][]int{}, map[[2]event.Actor][]int{}
	for i := range findings {
		for _, a := range actors(&findings[i]) {
			by[a] = append(by[a], i)
		}
		for _, p := range pairs(&findings[i]) {
			weak[p] = append(weak[p], i)
		}
	}
	join := func(i int, l []int, most int) {
		if len(l) > most {
			return
		}
		for _, j := range l {
			if a, b := &findings[i], &findings[j]; j > i && apart(a, b) <= near(a, b) {
				x, y := find(i), find(j)
				root[max(x, y)] = min(x, y)
			}
		}
	}
	for i := range findings {
		for _, a := range actors(&findings[i]) {
			join(i, by[a], hub)
		}
		for _, p := range pairs(&findings[i]) {
			join(i, weak[p], alike)
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

// pairs are a finding's fingerprints, each with each of its networks.
func pairs(f *detect.Finding) (l [][2]event.Actor) {
	for _, a := range f.Weak {
		for _, b := range f.Weak {
			if a.Scope == event.Fingerprint && b.Scope == event.Net {
				l = append(l, [2]event.Actor{a, b})
			}
		}
	}
	return l
}

// apart is the time between two findings, 0 where they overlap.
func apart(a, b *detect.Finding) int64 {
	return max(a.FirstSeen-b.LastSeen, b.FirstSeen-a.LastSeen, 0)
}

// stages says which step of an attack the findings of a detector are, or of a
// family for those that are not named.
var stages = map[string]string{
	"probing": "reconnaissance", "auth": "access", "identity": "access", "enumeration": "enumeration",
	"rate": "impact", "sequence": "impact", "coordination": "impact", "cloud": "impact",

	"payload_attack": "access", "bfla": "access", "aws_leaked_key": "access", "aws_escalation": "access", "key_farm": "access", "bulk_registration": "access",
	"aws_recon": "reconnaissance", "aws_denied": "reconnaissance", "uniform_interval": "enumeration",
	"ip_rotation": "enumeration", "forwarded_spoofing": "enumeration", "missing_headers": "reconnaissance", "own_baseline": "extraction",
	"scraping": "extraction", "aws_exfiltration": "extraction",
}

func stageOf(f *detect.Finding) string { return cmp.Or(stages[f.Detector], stages[f.Family]) }

// attacks are the families, and detectors, whose findings are attacks on the
// server or its accounts rather than abuse of what it offers.
var attacks = map[string]bool{"auth": true, "cloud": true, "probing": true, "impossible_travel": true, "leaked_key": true, "bola": true}

// notAttacks are exceptions to it.
var notAttacks = map[string]bool{"unusual_request": true}

var stageOrder = []string{"reconnaissance", "access", "enumeration", "extraction", "impact"}

func story(all []detect.Finding, group []int) Incident {
	first := &all[group[0]]
	in := Incident{ID: "inc-" + first.ID, FirstSeen: first.FirstSeen, LastSeen: first.LastSeen}
	members := map[event.Actor]bool{}
	var weights []Weight
	var titles []string
	attack, abuse := false, false
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
		if (attacks[f.Family] || attacks[f.Detector]) && !notAttacks[f.Detector] {
			attack = true
		} else {
			abuse = true
		}
		if s := stageOf(f); s != "" {
			in.Stages = append(in.Stages, Stage{s, f.DetectedAt, f.ID})
		}
		for _, x := range f.Evidence.Facts {
			if x.Name == "accounts entered" {
				in.Blast.Accounts = max(in.Blast.Accounts, int(x.Value))
			}
		}
	}
	in.Probability = max(in.Probability, Probability(advance(weights, in.Stages)))
	in.Title = strings.Join(titles[:min(len(titles), 2)], "; ")
	if len(titles) > 2 {
		in.Title += fmt.Sprintf("; and %d more", len(titles)-2)
	}
	if attack {
		in.Tags = append(in.Tags, "attack")
	}
	if abuse {
		in.Tags = append(in.Tags, "abuse")
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
