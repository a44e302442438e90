package sketch

import "math/bits"

// Tick is a duration on a logarithmic scale, 32 steps to a doubling: one that
// is 2 % longer is at most one step further.
type Tick uint16

// TickOf rounds a duration in milliseconds.
func TickOf(ms uint64) Tick {
	n := bits.Len64(ms)
	if n <= 6 {
		return Tick(n<<5) | Tick(ms<<(6-n)&31)
	}
	return Tick(n<<5) | Tick(ms>>(n-6)&31)
}

// Milliseconds is the duration that rounds to t.
func (t Tick) Milliseconds() float64 {
	n := int(t >> 5)
	if n == 0 {
		return 0
	}
	return float64(32|t&31) * float64(uint64(1)<<n) / 64
}

// Period remembers the latest 24 intervals of a series of events.
type Period struct {
	Gap [24]Tick
	N   uint8 // intervals held
	at  uint8 // where the next one goes
}

// Add remembers an interval in milliseconds.
func (p *Period) Add(ms uint64) {
	p.Gap[p.at] = TickOf(ms)
	if p.at++; int(p.at) == len(p.Gap) {
		p.at = 0
	}
	p.N = min(p.N+1, uint8(len(p.Gap)))
}

// Regularity is the median interval in milliseconds and how even the intervals
// are: 1 for a clock, about 0.5 for arrivals at random. It weighs the spread
// around the median and the skew of the quartiles.
// Source: RITA, analysis/beacons.go; the weights are those of Goshawk.
func (p *Period) Regularity() (median, even float64) {
	n := int(p.N)
	if n < 4 {
		return 0, 0
	}
	var g [24]float64
	for i := range n {
		g[i] = p.Gap[i].Milliseconds()
	}
	s := g[:n]
	insertionSort(s)
	q1, q3 := s[n/4], s[n-1-n/4]
	median = (s[(n-1)/2] + s[n/2]) / 2
	if median <= 0 {
		return 0, 0
	}
	skew := 0.0
	if q3 > q1 {
		skew = (q1 + q3 - 2*median) / (q3 - q1)
	}
	for i, x := range s {
		if s[i] = x - median; s[i] < 0 {
			s[i] = -s[i]
		}
	}
	insertionSort(s)
	mad := (s[(n-1)/2] + s[n/2]) / 2
	return median, max(float64(0.7*(1-mad/median))+float64(0.3*(1-max(skew, -skew))), 0)
}

// Rests says whether more than a twelfth of the intervals are far longer than
// most: work in bursts, not a clock.
func (p *Period) Rests() bool {
	median, _ := p.Regularity()
	long := 0
	for _, g := range p.Gap[:p.N] {
		if g.Milliseconds() > 4*median {
			long++
		}
	}
	return long*12 > int(p.N)
}

func insertionSort(s []float64) {
	for i := 1; i < len(s); i++ {
		for k := i; k > 0 && s[k] < s[k-1]; k-- {
			s[k], s[k-1] = s[k-1], s[k]
		}
	}
}
