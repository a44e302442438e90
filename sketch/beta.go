package sketch

import "math"

// Beta is a Beta distribution: what we believe about a rate.
type Beta struct{ A, B float64 }

// Mean of the distribution.
func (b Beta) Mean() float64 { return b.A / (b.A + b.B) }

// WithMean returns a distribution of the same strength (a+b) with mean m, which
// is kept within [0.001, 0.999].
func (b Beta) WithMean(m float64) Beta {
	m = min(max(m, 0.001), 0.999)
	s := b.A + b.B
	return Beta{float64(m * s), float64((1 - m) * s)}
}

// Evidence is the log probability of one order of k hits in n tries.
func (b Beta) Evidence(k, n float64) float64 {
	return lnBeta(b.A+k, b.B+n-k) - lnBeta(b.A, b.B)
}

// BayesFactor is the natural log of how much better h1 explains k hits in n
// tries than h0 does. Unlike a test of a fixed rate it allows both innocent and
// guilty actors to differ among themselves.
func BayesFactor(h1, h0 Beta, k, n float64) float64 { return h1.Evidence(k, n) - h0.Evidence(k, n) }

func lnBeta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}
