// Package enrich makes events know more: the endpoint's template, whether a
// line is a login, an object read or a refusal, and the actors it can be
// counted by.
package enrich

import (
	"net/netip"

	"github.com/zeebo/xxh3"

	"goshawk/event"
)

// Options of enrichment. The zero value trusts private peers only.
type Options struct {
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed; nil: Private()
	TagKey         [32]byte       // keys the tags that stand for credentials
	Reveal         bool           // show credentials in clear
	Geo            *Geo           // where addresses are; nil: unknown
	Crawlers       *Prefixes      // addresses that operators of crawlers publish; nil: none
}

// Enricher enriches the events of one worker. It is not safe for concurrent
// use; what it finds depends on the event, the options and the seed only.
type Enricher struct {
	trusted  []netip.Prefix
	seed     uint64
	shapes   *Shapes
	geo      *Geo
	crawlers *Prefixes
	placed   *placed
	question []byte         // a buffer
	agents   [1024]struct { // by the user agent's hash, a cache
		print  uint64
		mark   uint8
		says   event.Traits
		device uint32
		by     event.Caller

		ploy    event.Ploy
		payload uint64
		maker   event.Maker
		looks   event.Looks
		year    int
	}
}

// New returns an enricher whose hashes are keyed by seed.
func New(o Options, seed uint64) *Enricher {
	trusted := o.TrustedProxies
	if trusted == nil {
		trusted = Private()
	}
	n := &Enricher{trusted: trusted, seed: seed, shapes: newShapes(seed), geo: o.Geo, crawlers: o.Crawlers}
	if n.geo != nil || n.crawlers != nil {
		n.placed = &placed{}
	}
	return n
}

// Shapes returns the path shapes seen since Shapes.Cut was last called.
func (n *Enricher) Shapes() *Shapes { return n.shapes }

// Do resolves e's client and sets its Template, Class, IDs and Account, and
// fills r, whose Template is an index in the enricher's Shapes.
func (n *Enricher) Do(e *event.Event, r *event.Rec) {
	n.resolve(e)
	at, sh := n.shapes.fold(e)
	e.Template = sh.Text
	e.Class = classify(e, sh)
	*r = event.Rec{Time: e.Time, Template: at, Status: uint16(e.Status), Class: e.Class}
	if e.BytesOut > 0 {
		r.Bytes = uint32(min(e.BytesOut, 1<<32-1))
	}
	if e.Class&event.Login != 0 {
		if e.Account == "" {
			e.Account = e.User
		}
		e.User = ""
		if e.Account != "" {
			r.Account = uint32(n.hash(event.Account, e.Account)) | 1
		}
	}
	if e.Client.IsValid() {
		r.Client, r.Net = n.address(e.Client)
	}
	r.Principal, r.Who = n.principal(e)
	if e.TLS != "" {
		r.Print = n.hash(event.Fingerprint, e.TLS)
	} else if e.UserAgent != "" {
		r.Print = n.hash(event.Fingerprint, e.UserAgent)
	}
	n.more(e, sh, r)
	n.place(e, r)
	if r.Print != 0 {
		n.agent(e, r)
	}
	if e.Flags&event.NoTime != 0 {
		r.Mark |= event.MarkNoTime
	}
	if e.Flags&event.ErrorLog != 0 {
		r.Mark |= event.MarkErrorLog
	}
	if sh.traits&event.Cloud != 0 {
		n.called(e, sh, r)
	}
	if k := len(e.IDs); k > 0 {
		id := &e.IDs[k-1]
		r.Kind, r.ID = id.Kind, id.Hash
		if id.Kind == event.Number {
			r.ID = id.Number
		}
	}
}

func (n *Enricher) hash(s event.Scope, v string) uint64 {
	return xxh3.HashStringSeed(v, n.seed+uint64(s)) | 1
}

// address hashes an address, an IPv6 /64 counting as one, and its network.
func (n *Enricher) address(a netip.Addr) (client uint64, net uint32) {
	b := a.As16()
	if a.Is4() {
		client = mix(n.seed ^ uint64(b[12])<<24 ^ uint64(b[13])<<16 ^ uint64(b[14])<<8 ^ uint64(b[15]))
		b[15] = 0
		return client | 1, uint32(mix(n.seed+1^uint64(b[12])<<24^uint64(b[13])<<16^uint64(b[14])<<8)) | 1
	}
	var hi uint64
	for _, c := range b[:8] {
		hi = hi<<8 | uint64(c)
	}
	return mix(n.seed+2^hi) | 1, uint32(mix(n.seed+3^hi>>16)) | 1
}

// principal is who a request was made as: the user, else the key, else the
// session.
func (n *Enricher) principal(e *event.Event) (uint64, event.Scope) {
	switch {
	case e.User != "":
		return n.hash(event.User, e.User), event.User
	case e.Key != "":
		return n.hash(event.Key, e.Key), event.Key
	case e.Session != "":
		return n.hash(event.Session, e.Session), event.Session
	}
	return 0, event.NoScope
}

func mix(x uint64) uint64 {
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}

// Client is the hash of an address by which its requests are counted.
func (n *Enricher) Client(a netip.Addr) uint64 {
	client, _ := n.address(a)
	return client
}
