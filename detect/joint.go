package detect

import (
	"math"
	"slices"
)

// suspect is a member of the crowd that may take part in something.
type suspect struct {
	*Member
	factor float64 // log of how much better taking part explains what it did
	n      uint32  // what it did
	hits   uint32  // of that, what counts against it
	target uint32  // template, plus one
}

// jointly is a claim about suspects together.
type jointly struct {
	Claim
	hits uint32
}

// surely is the odds from which a suspect is named as a member.
const surely = 12

// joint weighs whether a share of the suspects takes part in one thing: the
// likelihood of everybody's doings when a share f does, for the best f, against
// none. The shares tried are few, which costs little, and they are paid for.
//
// Members whose own findings convict them say nothing of the others.
func joint(c *Crowd, who []suspect) (x jointly, ok bool) {
	who = slices.DeleteFunc(who, func(s suspect) bool { return s.Score >= 0.8 })
	best, share := 0.0, 0.0
	for _, f := range [...]float64{0.02, 0.05, 0.1, 0.2, 0.4, 0.7} {
		sum := 0.0
		for i := range who {
			sum += math.Log1p(float64(f * math.Expm1(min(who[i].factor, 20))))
		}
		if sum > best {
			best, share = sum, f
		}
	}
	if best < 5 {
		return x, false
	}
	for i := range who {
		w := &who[i]
		odds := float64(share/(1-share)) * math.Exp(min(w.factor, 20))
		if odds < surely {
			continue
		}
		first, last := int64(w.Profile.First)*1e9, int64(w.Profile.Last)*1e9
		if len(x.Members) == 0 || first < x.First {
			x.First = first
		}
		x.Last = max(x.Last, last)
		x.Members = append(x.Members, w.Actor)
		x.Shown = append(x.Shown, w.Record.Key)
		x.Events += int(w.n)
		x.hits += w.hits
		if w.target != 0 {
			x.Target = w.target
		}
	}
	if len(x.Members) < 3 {
		return x, false
	}
	x.LLR = min(best-3, 6.5)
	x.At = x.Last
	return x, true
}
