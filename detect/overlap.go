package detect

import (
	"cmp"
	"slices"

	"goshawk/event"
)

// withoutOverlap leaves out claims most of whose members another claim names
// that weighs as much: one campaign looks alike from several sides, and is one
// finding. A claim of a few among very many is kept: it tells more. What is kept
// was known as early as either.
func withoutOverlap(l []Claim) (kept []Claim) {
	slices.SortStableFunc(l, func(a, b Claim) int {
		return cmp.Or(cmp.Compare(b.LLR, a.LLR), cmp.Compare(len(b.Members), len(a.Members)), cmp.Compare(a.Key, b.Key))
	})
	var names []map[event.Actor]bool
	for _, x := range l {
		if len(x.Members) == 0 { // of one actor, which is worth naming
			kept, names = append(kept, x), append(names, nil)
			continue
		}
		at := slices.IndexFunc(names, func(in map[event.Actor]bool) bool {
			n := 0
			for _, a := range x.Members {
				if in[a] {
					n++
				}
			}
			return 5*n >= 4*len(x.Members) && len(in) < 4*len(x.Members)
		})
		if at >= 0 {
			kept[at].At = min(kept[at].At, x.At)
			continue
		}
		in := map[event.Actor]bool{}
		for _, a := range x.Members {
			in[a] = true
		}
		kept, names = append(kept, x), append(names, in)
	}
	return kept
}
