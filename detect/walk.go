package detect

import (
	"math"
	"math/bits"

	"goshawk/event"
	"goshawk/inventory"
)

// Walk is how an actor goes through a catalogue: how many different things it
// reads, whether they are those that others read, and whether it turns one page
// after the other. 80 bytes.
type Walk struct {
	Seen       [32]uint8 // HyperLogLog of the things read: 64 registers of four bits
	Reads      uint32    // successful reads
	Warm, Cold uint32    // of them, of things that many read, and of others, where that is known
	Worded     uint32    // of them, of searches in words of its own
	Main       uint32    // template read most (Boyer and Moore's vote), plus one
	MainN      uint32    // its lead
	Page       uint32    // last page, on PageOf
	PageOf     uint32
	Run, Deep  uint16 // pages turned one after the other: now, and at most
	Hours      uint32 // hours of the day in which it asked, by bit
	Print      uint32 // program of its last read
	Net        uint32 // network of its last read
	Voted      uint16 // things voted for
	Declared   uint16 // requests that said whom to ask about them
	Library    uint16 // requests by a library that anybody may use
	Robots     uint8  // it asked what crawlers may read
	Crawler    uint8
}

func (x *Walk) observe(p *Profile, r *event.Rec, s *inventory.Sums) {
	if r.Traits&(event.Robots|event.Declared|event.AnyLibrary) != 0 {
		if r.Traits&event.AnyLibrary != 0 {
			x.Library = saturate(x.Library)
		}
		if r.Traits&event.Robots != 0 {
			x.Robots = 1
		}
		if r.Traits&event.Declared != 0 {
			x.Declared = saturate(x.Declared)
		}
	}
	if !inventory.Reads(r) {
		return
	}
	x.Reads++
	if !inventory.Named(r) {
		x.Worded++
	}
	x.Hours |= 1 << (uint64(r.Time) / 3600e9 % 24)
	x.Print, x.Net = uint32(r.Print>>32), r.Net
	thing := inventory.Thing(r)
	if warm, known := s.Warm(r, thing); known && warm {
		x.Warm++
	} else if known {
		x.Cold++
	}
	if x.add(thing) {
		n := uint16(x.Things())
		for x.Voted < n && int(x.Voted) < 1<<14 {
			next := max(2*x.Voted, 8)
			if next > n {
				break
			}
			x.Voted = next
			s.Things.Vote(casteOf(r), uint32(next))
		}
	}
	switch {
	case x.MainN == 0:
		x.Main, x.MainN = r.Template+1, 1
	case x.Main == r.Template+1:
		x.MainN++
	default:
		x.MainN--
	}
	if r.Page != 0 {
		x.turn(r, s)
	}
}

// turn counts a page: one that goes on where the last one ended, or that could,
// where pages have no number.
func (x *Walk) turn(r *event.Rec, s *inventory.Sums) {
	if r.Template+1 != x.PageOf {
		x.PageOf, x.Run = r.Template+1, 0
	} else if r.Page != x.Page && (r.Page > x.Page || r.Page>>31 == 1) {
		if x.Run = saturate(x.Run); x.Run > x.Deep {
			x.Deep = x.Run
			s.Pages.Vote(casteOf(r), uint32(x.Deep))
		}
	} else if r.Page < x.Page {
		x.Run = 0
	}
	x.Page = r.Page
}

// casteOf is the kind of actor that votes are cast as: a person, a program, or a
// key.
func casteOf(r *event.Rec) int {
	switch {
	case r.Who == event.Key:
		return 2
	case r.Mark&event.MarkTool != 0:
		return 1
	}
	return 0
}

// add counts a thing and says whether the estimate changed.
func (x *Walk) add(h uint64) bool {
	at, rank := h>>58, uint8(min(bits.LeadingZeros64(h<<6|1)+1, 15))
	shift := at & 1 * 4
	b := &x.Seen[at>>1]
	if *b>>shift&15 >= rank {
		return false
	}
	*b = *b&^(15<<shift) | rank<<shift
	return true
}

// Things estimates how many different things were read (± 13 %), at most as
// many as there were reads.
func (x *Walk) Things() int { return min(countSeen(&x.Seen), int(x.Reads)) }

func countSeen(seen *[32]uint8) int {
	sum, zero := uint32(0), uint32(0)
	for _, b := range seen {
		sum += registers[b].sum
		zero += registers[b].zero
	}
	e := 0.709 * 64 * 64 * (1 << 15) / float64(sum)
	if e < 160 && zero > 0 {
		e = logarithms[zero]
	}
	return int(e + 0.5)
}

// registers is what two registers of four bits add to the harmonic mean, and how
// many of the two are zero; logarithms is the estimate by the number of zeros.
var registers, logarithms = func() (t [256]struct{ sum, zero uint32 }, logs [65]float64) {
	for b := range t {
		for _, v := range [2]int{b & 15, b >> 4} {
			t[b].sum += 1 << (15 - v)
			if v == 0 {
				t[b].zero++
			}
		}
	}
	for n := 1; n < len(logs); n++ {
		logs[n] = 64 * math.Log(64/float64(n))
	}
	return t, logs
}()
