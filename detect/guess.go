package detect

import (
	"fmt"
	"math"

	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// codeParams are those of both detectors of guessed codes.
type codeParams struct {
	Tries int `doc:"different codes of one person that fail before their number says something"`
}

// failing is how codes that are made up are answered: nearly all in one way.
var failing = sketch.Beta{A: 19, B: 1}

// codeGuess weighs the codes of one kind that an actor tried.
//
// Two things are weighed together: nearly all get the one answer that few other
// people's first codes get, and they are many. Where an address stands for
// several people, each may have tried some; but then the answers must be far
// more alike than so many people's are.
func codeGuess(p *codeParams, c *Case, kind int) (s Signal) {
	if c.Trade == nil || c.many() {
		return s
	}
	g := &c.Trade.Codes[kind]
	if int(g.Fresh) < p.Tries || g.Fresh*2 < g.Tries && g.Hidden == 0 {
		return s
	}
	most := g.most()
	n, k := float64(g.Fresh), float64(most.N)
	people := float64(c.Record.Sharers())
	h0, known := usualAnswer(c.View, kind, most.Kind)
	if !known {
		return s
	}
	if s.LLR = codeWeight(p, h0, most.Kind, k, n, people); s.LLR <= 0 {
		return Signal{}
	}
	if g.Hidden == 0 && g.Fresh*2 > c.Profile.N {
		s.LLR = clip(s.LLR + 1)
	}
	s.Target = g.Target
	s.Success = k < n && n-k < 0.5*n
	s.V = [8]float64{n, k, n - k, h0.Mean(), people, float64(g.Hidden), float64(most.Kind), float64(c.Profile.N)}
	return s
}

// usualAnswer is how often other people's first codes get an answer; known is
// false where too few have tried to say that a success is a refusal in disguise,
// or where it is not the shorter answer: a success tells of the code.
func usualAnswer(v *inventory.View, kind int, answer uint8) (h0 sketch.Beta, known bool) {
	usual := &v.Trade.Codes[kind]
	if answer == 0 {
		return usual.Refused, true
	}
	longer := 0.0
	for k := int(answer) + 1; k < len(usual.Answers); k++ {
		longer += usual.Answers[k]
	}
	if usual.N < 20 || longer < 0.1 {
		return h0, false
	}
	return usual.Refused.WithMean(max(usual.Answers[answer], 0.1)), true
}

// working is how the codes are answered of somebody who has many that work, and
// mistypes some: a firm that checks the cards it gives away.
var working = sketch.Beta{A: 6, B: 2}

// codeFactor compares how a guesser's codes are answered with how so many
// people's are: many people's answers vary less than one person's. A success by
// its status is a refusal only if it is more alike than codes that work are.
func codeFactor(h0 sketch.Beta, kind uint8, k, n, people float64) float64 {
	m := min(people, 32)
	bf := sketch.BayesFactor(failing, sketch.Beta{A: float64(h0.A * m), B: float64(h0.B * m)}, k, n)
	if kind != 0 {
		bf = min(bf, sketch.BayesFactor(failing, working, k, n))
	}
	return bf
}

func codeWeight(p *codeParams, h0 sketch.Beta, kind uint8, k, n, people float64) (llr float64) {
	if x, bf := k/(float64(p.Tries)*people), codeFactor(h0, kind, k, n, 1); x >= 1 && bf > 0 {
		llr = min(4+float64(1.5*math.Log(x)), 2+2*bf) // many, and unlike others' answers
	}
	if people > 1 && n >= 20 {
		llr = max(llr, min(codeFactor(h0, kind, k, n, people)-3, 6))
	}
	return clip(llr)
}

// most is the commonest answer.
func (g *Guess) most() answers {
	if g.Kinds[1].N > g.Kinds[0].N {
		return g.Kinds[1]
	}
	return g.Kinds[0]
}

// codeCrowd looks for guessers who share the work, so that none of them tries
// enough to be sure of.
func codeCrowd(p *codeParams, c *Crowd, kind int, what string) (l []Claim) {
	for _, address := range []bool{true, false} {
		var who []suspect
		for i := range c.Members {
			m := &c.Members[i]
			if m.Trade == nil || (m.Actor.Scope == event.IP) != address {
				continue
			}
			g := &m.Trade.Codes[kind]
			if g.Fresh < 3 || g.Fresh*2 < g.Tries && g.Hidden == 0 {
				continue
			}
			most := g.most()
			h0, known := usualAnswer(c.View, kind, most.Kind)
			if !known {
				continue
			}
			who = append(who, suspect{m, codeFactor(h0, most.Kind, float64(most.N), float64(g.Fresh), float64(m.Record.Sharers())), g.Fresh, most.N, g.Target})
		}
		x, ok := joint(c, who)
		if !ok {
			continue
		}
		x.Key = uint64(kind)<<1 | uint64(b2i(address))
		x.Title = fmt.Sprintf("%d clients together guess %s", len(x.Members), what)
		x.Evidence = Evidence{
			Summary: fmt.Sprintf("%d actors tried %d different %s; %d failed (%.0f %%), where other people's first tries fail in %.0f %%.", len(x.Members), x.Events, what, x.hits, 100*float64(x.hits)/float64(x.Events), 100*c.View.Trade.Codes[kind].Refused.Mean()),
			Facts: []Fact{
				{Name: "actors", Value: float64(len(x.Members)), Unit: "actors"},
				{Name: "failed tries of different codes", Value: float64(x.hits), Unit: "codes"},
				{Name: "share that failed", Value: round(100 * float64(x.hits) / float64(x.Events)), Unit: "%", Peer: round(100 * c.View.Trade.Codes[kind].Refused.Mean()), HasPeer: true},
			},
			Counter: []string{"People who mistype a code find the right one after a try or two; that is the rate they are compared with."},
		}
		l = append(l, x.Claim)
	}
	return l
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func tellCodes(p *codeParams, c *Case, s Signal, what string) Evidence {
	how := "refused"
	if s.V[6] > 0 {
		how = "answered alike, with a size that successes of others rarely have"
	}
	seen := "different " + what
	if s.V[5] > 0 {
		seen = what + " (their text is not in the log)"
	}
	e := Evidence{
		Summary: fmt.Sprintf("%.0f tries of %s, %.0f of them %s (%.0f %%); of other people's first tries %.0f %% are.", s.V[0], seen, s.V[1], how, 100*s.V[1]/s.V[0], 100*s.V[3]),
		Facts: []Fact{
			{Name: "failed tries of different codes", Value: s.V[1], Unit: "codes", Limit: float64(p.Tries) * s.V[4], HasLimit: true},
			{Name: "share that failed", Value: round(100 * s.V[1] / s.V[0]), Unit: "%", Peer: round(100 * s.V[3]), HasPeer: true},
			{Name: "other answers", Value: s.V[2], Unit: "codes"},
		},
	}
	if s.V[4] > 1 && c.Scope == event.IP {
		e.Counter = append(e.Counter, fmt.Sprintf("About %.0f people share the address; so many people's codes would fail less evenly.", s.V[4]))
	}
	if s.V[5] == 0 {
		e.Counter = append(e.Counter, "A shared coupon is one code tried again, which is not counted here.")
	} else {
		e.Counter = append(e.Counter, "One code typed again and again would look the same, as the log does not show codes.")
	}
	return e
}
