package inventory

import (
	"math/bits"

	"goshawk/event"
	"goshawk/sketch"
)

// GuiseSums are an endpoint's sums of what browsers send with their requests,
// each address counting for its first few requests only.
type GuiseSums struct {
	Asked, Sent uint64 // by browsers of today; of them with a referer
}

func (t *GuiseSums) merge(o *GuiseSums) {
	t.Asked += o.Asked
	t.Sent += o.Sent
}

// Guise is what browsers send on an endpoint.
type Guise struct {
	Asked, Sent uint64
}

// Manners is the share of browsers' requests that carry a referer, drawn towards
// none by twenty imaginary ones, and whether it is known at all.
func (g *Guise) Manners() (share float64, known bool) {
	return float64(g.Sent) / float64(g.Asked+20), g.Asked >= 50
}

const (
	handRows  = 1 << 11
	placeRows = 1 << 16
)

// CrowdSums are what is learned of clients and addresses as a whole.
type CrowdSums struct {
	Hands  [handRows][event.Makers]uint32 // by TLS fingerprint: addresses by what they said they are at first
	Total  [event.Makers]uint32
	Places [placeRows / 8]uint64       // a byte an address: a bit for one in eight of those who used it
	Any    bool                        // handshakes were counted
	Roam   [3]sketch.Histogram         // addresses that principals had used by their 16th, 64th and 256th request
	Dress  [2]struct{ N, Bare uint64 } // browsers with 16, and 64, requests; those without referer and asset
}

func (c *CrowdSums) merge(o *CrowdSums) {
	if o.Any {
		c.Any = true
		for i := range o.Hands {
			for m, n := range o.Hands[i] {
				c.Hands[i][m] += n
			}
		}
		for m, n := range o.Total {
			c.Total[m] += n
		}
	}
	for i, b := range o.Places {
		c.Places[i] |= b
	}
	for i := range o.Roam {
		c.Roam[i].Merge(&o.Roam[i])
	}
	for i := range o.Dress {
		c.Dress[i].N += o.Dress[i].N
		c.Dress[i].Bare += o.Dress[i].Bare
	}
}

// crowd returns the sums of clients and addresses, which are made when first used.
func (s *Sums) crowd() *CrowdSums {
	if s.Crowd == nil {
		s.Crowd = &CrowdSums{}
	}
	return s.Crowd
}

// Meet counts an address's n-th request: what its handshake and its agent are,
// and who uses the address.
func (s *Sums) Meet(r *event.Rec, n uint32) {
	c := s.crowd()
	if who := r.Principal; who != 0 {
		p := place(r.Client)
		c.Places[p/8] |= 1 << (p%8*8 + uint32(who>>40&7))
	}
	if n <= 16 && r.Maker().Engine() {
		t := s.Template(r.Template)
		t.Asked++
		if r.Traits&event.Referred != 0 {
			t.Sent++
		}
	}
	if n == 1 && r.Looks()&event.Handshake != 0 {
		c.Hands[hand(uint32(r.Print>>32))][r.Maker()]++
		c.Total[r.Maker()]++
		c.Any = true
	}
}

func place(client uint64) uint32 { return uint32(client>>24) % placeRows }

func hand(print uint32) uint32 { return print % handRows }

// Roamed counts a principal that had used so many addresses by its 16th, 64th
// or 256th request: size 0, 1 or 2.
func (s *Sums) Roamed(size, addresses int) { s.crowd().Roam[size].Add(uint32(addresses)) }

// Dressed counts a browser with 16 or 64 requests: size 0 or 1.
func (s *Sums) Dressed(size int, bare bool) {
	d := &s.crowd().Dress[size]
	d.N++
	if bare {
		d.Bare++
	}
}

// Clients is what is known of clients and addresses as a whole.
type Clients struct{ sums *CrowdSums }

// Handshake returns how many addresses showed a TLS fingerprint first as a
// client of each make, by the upper half of its hash.
func (c Clients) Handshake(print uint32) (n [event.Makers]uint32) {
	if c.sums != nil {
		n = c.sums.Hands[hand(print)]
	}
	return n
}

// Of returns how many addresses that showed a handshake said first that they
// are of a make.
func (c Clients) Of(m event.Maker) uint32 {
	if c.sums == nil {
		return 0
	}
	return c.sums.Total[m]
}

// Shared says whether several principals used an address, by bits 24 to 39 of
// its hash. It may say so of one that was used by one, never the other way
// round for four or more.
func (c Clients) Shared(client uint64) bool {
	p := place(client)
	return c.sums != nil && bits.OnesCount8(uint8(c.sums.Places[p/8]>>(p%8*8))) >= 2
}

// Roam is how many addresses all but a few principals had used at most by their
// 16th, 64th or 256th request; the four who used most do not count, so that
// they cannot make themselves the rule.
func (c Clients) Roam(size int) float64 {
	prior := [3]float64{6, 10, 16}[size]
	if c.sums == nil {
		return prior
	}
	h := &c.sums.Roam[size]
	n := float64(h.Total())
	if n < 8 {
		return prior
	}
	return max(h.Quantile(1-max(0.004, 4/n)), prior/2)
}

// Bare is the share of browsers with 16 or 64 requests that had sent no referer
// and fetched nothing that a page needs, of n.
func (c Clients) Bare(size int) (share float64, n uint64) {
	if c.sums == nil {
		return 1, 0
	}
	d := c.sums.Dress[size]
	return float64(d.Bare+1) / float64(d.N+2), d.N
}
