// Package sketch holds bounded, pointer-free summaries of streams: what a
// record can afford to remember about everything it has seen. All of them
// depend on what was added, and in which order, and on nothing else.
package sketch

import (
	"math"
	"math/bits"
)

// Distinct counts distinct 32-bit hashes: exactly up to 24, then by
// HyperLogLog with 128 registers of four bits (± 9 %, up to some four million).
// The zero value is empty. Source: Flajolet et al., 2007.
type Distinct struct {
	cell [24]uint32 // the hashes, or in its first 16 words the registers
	n    uint8      // hashes held; sketched once they no longer fit
}

const sketched = 255

// Add counts h and says whether it was new as far as d can tell.
func (d *Distinct) Add(h uint32) bool {
	if d.n != sketched {
		for _, c := range d.cell[:d.n] {
			if c == h {
				return false
			}
		}
		if int(d.n) < len(d.cell) {
			d.cell[d.n] = h
			d.n++
			return true
		}
		held := d.cell
		d.cell, d.n = [24]uint32{}, sketched
		for _, c := range held {
			d.register(c)
		}
	}
	return d.register(h)
}

func (d *Distinct) register(h uint32) bool {
	h *= 0x9E3779B1
	h ^= h >> 15
	h *= 0x85EBCA77
	h ^= h >> 13
	rank := min(uint32(bits.LeadingZeros32(h<<7|1<<6))+1, 15)
	w, shift := &d.cell[h>>25>>3], h>>25&7*4
	if *w>>shift&15 >= rank {
		return false
	}
	*w = *w&^(15<<shift) | rank<<shift
	return true
}

// Count returns how many distinct hashes were added.
func (d *Distinct) Count() int {
	if d.n != sketched {
		return int(d.n)
	}
	sum, zero := 0.0, 0
	for _, w := range d.cell[:16] {
		for s := 0; s < 32; s += 4 {
			r := w >> s & 15
			if r == 0 {
				zero++
			}
			sum += 1 / float64(uint32(1)<<r)
		}
	}
	const m = 128
	e := 0.7213 / (1 + 1.079/m) * m * m / sum
	if e <= 2.5*m && zero > 0 {
		e = m * math.Log(m/float64(zero))
	}
	return max(int(e+0.5), len(d.cell)+1)
}

// Few counts up to some sixty distinct things in 32 bits by linear counting.
type Few uint32

// Add counts h.
func (f *Few) Add(h uint64) { *f |= 1 << (h >> 59) }

// Count estimates how many distinct things were added; a full bitmap is 128.
func (f Few) Count() int {
	return int(fewCount[bits.OnesCount32(uint32(f))])
}

// fewCount is the estimate for each number of bits set.
var fewCount = func() (t [33]uint8) {
	for ones := range 32 {
		t[ones] = uint8(32*math.Log(32/float64(32-ones)) + 0.5)
	}
	t[32] = 128
	return t
}()
