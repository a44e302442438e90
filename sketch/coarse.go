package sketch

import (
	"math"
	"math/bits"
)

// Coarse counts values in log buckets, two to a doubling, up to 2^32, in 256
// bytes: enough for a median of each endpoint. Counts are integers, so merging
// in any order gives the same sums.
type Coarse struct {
	N [64]uint32
}

// Add counts v.
func (h *Coarse) Add(v uint32) { h.N[coarse(v)]++ }

// Merge adds o's counts and clears o.
func (h *Coarse) Merge(o *Coarse) {
	for i, n := range o.N {
		h.N[i] += n
	}
	*o = Coarse{}
}

// Total returns how many values were added.
func (h *Coarse) Total() (n uint64) {
	for _, c := range h.N {
		n += uint64(c)
	}
	return n
}

func coarse(v uint32) int {
	if v < 2 {
		return int(v)
	}
	n := bits.Len32(v) // at least 2
	return min((n-1)<<1|int(v>>(n-2)&1), 63)
}

// Quantile returns the middle of the bucket below whose end a share q of all
// values lie, 0 if none were added.
func (h *Coarse) Quantile(q float64) float64 {
	total := h.Total()
	if total == 0 {
		return 0
	}
	want, sum := q*float64(total), 0.0
	last := 0.0
	for b, c := range h.N {
		if c == 0 {
			continue
		}
		last = float64(b)
		if b >= 2 {
			last = (2.5 + float64(b&1)) * float64(uint64(1)<<(b>>1)) / 2
		}
		if sum += float64(c); sum >= want {
			break
		}
	}
	return last
}

// Visitors counts distinct 64-bit hashes by HyperLogLog with 64 registers
// (± 13 %). Merging takes the greater of two registers, so any order gives the
// same. Source: Flajolet et al., 2007.
type Visitors struct {
	R [64]uint8
}

// Add counts h, whose bits must be well mixed.
func (v *Visitors) Add(h uint64) {
	rank := uint8(min(bits.LeadingZeros64(h<<6|1<<5)+1, 58))
	if r := &v.R[h>>58]; *r < rank {
		*r = rank
	}
}

// Merge takes in o's and clears o.
func (v *Visitors) Merge(o *Visitors) {
	for i, r := range o.R {
		v.R[i] = max(v.R[i], r)
	}
	*o = Visitors{}
}

// Count estimates how many distinct hashes were added.
func (v *Visitors) Count() float64 {
	sum, zero := 0.0, 0
	for _, r := range v.R {
		if r == 0 {
			zero++
		}
		sum += 1 / float64(uint64(1)<<r)
	}
	const m = 64
	e := 0.709 * m * m / sum
	if e <= 2.5*m && zero > 0 {
		e = m * lnRatio[zero]
	}
	return e
}

// lnRatio is ln(64/zero), of linear counting.
var lnRatio = func() (t [65]float64) {
	for z := 1; z <= 64; z++ {
		t[z] = math.Log(64 / float64(z))
	}
	return t
}()
