package correlate

import "math"

// Weight is the evidence of one detector on an actor.
type Weight struct {
	Family string
	LLR    float64
}

// prior is the log odds that an actor with an active finding abuses: not of
// all actors, most of which have none.
const prior = -4

// volume are the families whose detectors all count how much is asked for: what
// one sees the other sees too.
func volume(family string) string {
	if family == "rate" {
		return "enumeration"
	}
	return family
}

// Probability fuses all evidence on one actor: within a family the strongest
// plus three tenths of the rest, since its detectors see the same thing; across
// families the sum. Rate and enumeration count as one. Four decimals.
func Probability(w []Weight) float64 {
	sum := float64(prior)
	for i := range w {
		first := true
		for j := range i {
			first = first && volume(w[j].Family) != volume(w[i].Family)
		}
		if !first {
			continue
		}
		most, rest := w[i].LLR, 0.0
		for _, x := range w[i+1:] {
			if volume(x.Family) == volume(w[i].Family) {
				rest += min(most, x.LLR)
				most = max(most, x.LLR)
			}
		}
		sum += most + float64(0.3*rest)
	}
	return Logistic(sum)
}

// Logistic turns log odds into a probability of four decimals.
func Logistic(x float64) float64 { return math.Round(1e4/(1+math.Exp(-x))) / 1e4 }
