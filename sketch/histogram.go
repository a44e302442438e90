package sketch

import (
	"math"
	"math/bits"
)

// Histogram counts values in log buckets, eight to a doubling, up to 2^32. Counts are integers, so merging histograms in any order gives the same
// sums.
type Histogram struct {
	N [256]uint32
}

// Add counts v.
func (h *Histogram) Add(v uint32) { h.N[bucket(v)]++ }

// Merge adds o's counts and clears o.
func (h *Histogram) Merge(o *Histogram) {
	for i, n := range o.N {
		h.N[i] += n
	}
	*o = Histogram{}
}

// Total returns how many values were added.
func (h *Histogram) Total() (n uint64) {
	for _, c := range h.N {
		n += uint64(c)
	}
	return n
}

// bucket is exact below 16, and after that the position of the leading bit with
// the three bits that follow it.
func bucket(v uint32) int {
	if v < 16 {
		return int(v)
	}
	n := bits.Len32(v) // at least 5
	return (n-3)<<3 | int(v>>(n-4)&7)
}

// value is the middle of a bucket.
func value(b int) float64 {
	if b < 16 {
		return float64(b)
	}
	return (float64(b&7) + 8.5) * math.Exp2(float64(b>>3-1))
}

// Quantile returns the value below which a share q of all values lie, 0 if
// none were added.
func (h *Histogram) Quantile(q float64) float64 {
	total := h.Total()
	if total == 0 {
		return 0
	}
	want, sum := q*float64(total), 0.0
	for b, c := range h.N {
		if sum += float64(c); c > 0 && sum >= want {
			return value(b)
		}
	}
	return value(255)
}

// Spread returns the median of the values and the median absolute deviation of
// their natural logs.
func (h *Histogram) Spread() (median, mad float64) {
	median = h.Quantile(0.5)
	if median == 0 {
		return 0, 0
	}
	var dev Histogram // of the absolute log ratios, in thousandths
	for b, c := range h.N {
		if c > 0 {
			d := math.Abs(math.Log(max(value(b), 0.5) / median))
			dev.N[bucket(uint32(d*1000+0.5))] += c
		}
	}
	return median, dev.Quantile(0.5) / 1000
}
