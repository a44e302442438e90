package engine

import (
	"cmp"
	"slices"

	"goshawk/detect"
)

// habit is what a baseline knows of one actor, by the key of its record: a keyed
// hash.
type habit struct {
	Key uint64
	detect.Habits
}

// known are habits by key, in order.
type known []habit

// maxKnown bounds the actors whose habits a baseline holds: those seen last.
const maxKnown = 1 << 14

// of returns what is known of an actor, or nil.
func (l known) of(key uint64) *detect.Habits {
	i, ok := slices.BinarySearchFunc(l, key, func(h habit, key uint64) int { return cmp.Compare(h.Key, key) })
	if !ok {
		return nil
	}
	return &l[i].Habits
}

// habits are those of everybody who is not suspected, as they are now; who is,
// or was not seen, stays as the baseline knew it.
func (g *Engine) habits() (l known) {
	taken := map[uint64]bool{}
	for _, sh := range g.shards {
		t := sh.table
		for i := range t.slots {
			a := &t.slots[i]
			if a.Key == 0 || a.Profile == 0 || a.Flags&(detect.Watched|detect.Allowed) != 0 {
				continue
			}
			if x := t.profiles.at(a.Profile); x.Habits != 0 {
				l = append(l, habit{a.Key, *t.habits.at(x.Habits)})
				taken[a.Key] = true
			}
		}
	}
	for _, h := range g.known {
		if !taken[h.Key] {
			l = append(l, h)
		}
	}
	if len(l) > maxKnown {
		slices.SortFunc(l, func(a, b habit) int { return cmp.Or(cmp.Compare(b.Hour, a.Hour), cmp.Compare(a.Key, b.Key)) })
		l = l[:maxKnown]
	}
	slices.SortFunc(l, func(a, b habit) int { return cmp.Compare(a.Key, b.Key) })
	return l
}
