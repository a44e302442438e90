package detect

import (
	"math"

	"goshawk/event"
	"goshawk/inventory"
)

// Identity is kept of principals (users, keys, sessions): where they are used
// from, and with what. Places that share a network or a device are one
// party's: a telephone changes networks and a household has many devices. A
// party whose network and device were both new is a stranger, until a device of
// its own is seen in the owner's network, or the other way round.
type Identity struct {
	First, Last uint32 // Unix seconds
	N           uint32 // events
	Lines       Refs

	stays   [5]stay  // where it was used: the latest, and the owner's
	parties [4]party // who used it, the first being the owner
	nets    uint64   // one bit of six of each network's hash seen
	devices uint64   // likewise
	used    uint64   // likewise, of the endpoints the owner asked for

	Strangers uint16 // parties but the owner
	Shared    uint16 // of them, with a session that another party used
	Between   uint16 // of them, after which the owner went on
	Tools     uint16 // of them, programmes, though the owner is none
	Far       uint16 // of them, farther off than anybody travels in the time
	Holding   uint16 // of them, that changed what keeps hold of the account, or took its data
	Acts      uint16 // such changes by strangers
	Back      uint16 // times the owner followed a stranger within half an hour
	Novel     uint16 // events of strangers on endpoints that the owner never asked for
	Foreign   uint16 // events of strangers
	Linked    uint16 // strangers that turned out to be the owner
	Top       uint16 // greatest speed between the owner and a stranger, km/h
	len       uint8  // stays
	now       uint8  // stay of the latest event
	kind      uint8  // inventory.KeyPlaces …
	voted     uint8
	browsed   bool  // the owner says that it is a browser
	Masked    uint8 // strangers that say so, though the owner does not
}

// stay is a place of a party.
type stay struct {
	Net, Device, Session uint32
	First, Last          uint32
	ASN                  uint32
	Lat, Lon             int16
	N                    uint16
	Country              [2]byte
	Party                uint8
}

// party is somebody who uses a principal.
type party struct {
	Client      uint64 // address it was first seen at; 0: nobody
	First, Last uint32
	N           uint16
	Wait        uint16 // seconds until it first changed what keeps hold of the account
	Flags       uint8
}

// Flags of a party.
const (
	sharing uint8 = 1 << iota
	between
	tooled
	distant
	holding
	masked // a browser, by its own account, with a programme's key
)

// Kinds of votes that were cast.
const (
	votedUsed uint8 = 1 << iota
	votedStrange
	votedHeld
)

// concurrent is how soon after a stranger the owner must be back for both to be
// at work at once, in seconds.
const concurrent = 1800

// Observe counts an event of the principal and says whether there is news of
// strangers.
func (x *Identity) Observe(p *Profile, r *event.Rec, s *inventory.Sums) (news bool) {
	sec := uint32(r.Time / 1e9)
	if x.N == 0 {
		x.First = sec
		x.kind = kindOf(r)
	}
	x.N++
	x.Last = sec
	if x.N == 8 && x.voted&votedUsed == 0 {
		x.voted |= votedUsed
		s.Used[x.kind]++
		if x.kind != inventory.KeyPlaces && p.Holds > 0 {
			s.Changed++
		}
		if r.Session != 0 && x.kind == inventory.UserPlaces {
			s.Used[inventory.SessionPlaces]++
		}
	}
	before := &x.stays[x.now]
	was := before.Party
	if x.len == 0 || before.Net != r.Net || before.Device != r.Device {
		news = x.settle(r, sec, s)
	}
	at := &x.stays[x.now]
	at.Last = sec
	at.N = saturate(at.N)
	q := &x.parties[at.Party]
	q.N = saturate(q.N)
	q.Last = sec
	if at.Party == 0 {
		x.browsed = x.browsed || r.Traits&event.Browser != 0
		x.used |= 1 << (r.Template & 63)
		if was != 0 {
			news = x.back(sec) || news
		}
	} else {
		news = x.follow(at, q, r, s) || news
	}
	at.Session = r.Session
	return news
}

// kindOf says what a principal is compared with.
func kindOf(r *event.Rec) uint8 {
	if r.Who == event.Key || r.Mark&event.MarkTool != 0 {
		return inventory.KeyPlaces
	}
	return person(r)
}

func person(r *event.Rec) uint8 {
	if r.Who == event.Session {
		return inventory.SessionPlaces
	}
	return inventory.UserPlaces
}

// settle finds or makes the stay of an event that is elsewhere than the one
// before, and says whether it is a stranger's first.
func (x *Identity) settle(r *event.Rec, sec uint32, s *inventory.Sums) bool {
	byNet, byDevice, byASN := -1, -1, -1
	for i := range x.stays[:x.len] {
		t := &x.stays[i]
		switch {
		case t.Net == r.Net && t.Device == r.Device:
			x.now = uint8(i)
			return false
		case t.Net == r.Net:
			byNet = i
		case t.Device == r.Device:
			byDevice = i
		case t.ASN != 0 && t.ASN == r.ASN && t.Country == r.Country:
			byASN = i
		}
	}
	net, device := uint64(1)<<(r.Net>>1&63), uint64(1)<<(r.Device>>1&63)
	forgotten := x.len > 0 && (x.nets&net != 0 || x.devices&device != 0)
	x.nets, x.devices = x.nets|net, x.devices|device
	to, fresh := uint8(0), false
	switch {
	case byNet >= 0 && byDevice >= 0:
		to = x.stays[byNet].Party
		if other := x.stays[byDevice].Party; other != to {
			x.link(min(to, other), max(to, other))
			to = min(to, other)
		}
	case byNet >= 0:
		to = x.stays[byNet].Party
	case byDevice >= 0:
		to = x.stays[byDevice].Party
	case byASN >= 0:
		to = x.stays[byASN].Party
	case x.len == 0:
		x.parties[0] = party{Client: r.Client, First: sec, Last: sec}
	case forgotten || x.parties[0].N < 3 || r.Device == 0:
		// Known from before, or nobody had settled in: the owner's.
	default:
		to, fresh = x.stranger(r, sec, s), true
	}
	x.now = x.room()
	x.stays[x.now] = stay{First: sec, Last: sec, Net: r.Net, Device: r.Device, ASN: r.ASN, Lat: r.Lat, Lon: r.Lon, Country: r.Country, Party: to}
	return fresh
}

// room returns the place of a new stay: that of the one left longest ago, but
// never of the owner's latest, nor of the longest.
func (x *Identity) room() uint8 {
	if int(x.len) < len(x.stays) {
		x.len++
		return x.len - 1
	}
	home, long := -1, 0
	for i := range x.stays {
		if x.stays[i].span() > x.stays[long].span() {
			long = i
		}
		if x.stays[i].Party == 0 && (home < 0 || x.stays[i].Last >= x.stays[home].Last) {
			home = i
		}
	}
	least := -1
	for i := range x.stays {
		if i != home && i != long && (least < 0 || x.stays[i].Last < x.stays[least].Last) {
			least = i
		}
	}
	return uint8(least)
}

// stranger makes room for a party; where there is none, the one whose turn is
// longest ago goes, and what was counted of it stays.
func (x *Identity) stranger(r *event.Rec, sec uint32, s *inventory.Sums) uint8 {
	at := 1
	for i := 1; i < len(x.parties); i++ {
		if x.parties[i].Client == 0 {
			at = i
			break
		}
		if x.parties[i].Last < x.parties[at].Last {
			at = i
		}
	}
	for i := range x.stays[:x.len] {
		if int(x.stays[i].Party) == at {
			x.stays[i].Net, x.stays[i].Device, x.stays[i].Session = 0, 0, 0
		}
	}
	q := &x.parties[at]
	*q = party{Client: r.Client, First: sec, Last: sec}
	x.Strangers = saturate(x.Strangers)
	session := r.Who == event.Session
	for i := range x.stays[:x.len] {
		session = session || r.Session != 0 && x.stays[i].Session == r.Session
	}
	if session {
		q.Flags |= sharing
		x.Shared = saturate(x.Shared)
	}
	tool := r.Mark&event.MarkTool != 0
	if x.kind == inventory.KeyPlaces && r.Who != event.Key && !tool {
		x.kind, tool = person(r), true // a programme came first, but a person has it too
	}
	if x.kind == inventory.KeyPlaces && r.Traits&event.Browser != 0 && !x.browsed {
		q.Flags |= masked
		x.Masked = min(x.Masked+1, 255-1)
	}
	if tool && x.kind != inventory.KeyPlaces {
		q.Flags |= tooled
		x.Tools = saturate(x.Tools)
	}
	if v := x.speed(r, sec); v > fastest {
		q.Flags |= distant
		x.Far = saturate(x.Far)
		x.Top = max(x.Top, uint16(min(v, 1<<16-1)))
	}
	if x.voted&votedStrange == 0 && q.Flags&tooled == 0 { // a programme with a person's session is no habit to learn
		x.voted |= votedStrange
		s.Strange[x.kind]++
		if session && x.kind == inventory.UserPlaces {
			s.Strange[inventory.SessionPlaces]++
		}
	}
	return uint8(at)
}

// link makes one party of two: a device of one was seen in a network of the
// other.
func (x *Identity) link(keep, gone uint8) {
	a, b := &x.parties[keep], &x.parties[gone]
	a.First, a.Last = min(a.First, b.First), max(a.Last, b.Last)
	a.N += min(b.N, 1<<16-1-a.N)
	x.Linked = saturate(x.Linked)
	drop := func(n *uint16, flag uint8) {
		if *n > 0 && (flag == 0 || b.Flags&flag != 0 && a.Flags&flag == 0 || keep == 0 && b.Flags&flag != 0) {
			*n--
		}
	}
	drop(&x.Strangers, 0)
	drop(&x.Shared, sharing)
	drop(&x.Between, between)
	drop(&x.Tools, tooled)
	drop(&x.Far, distant)
	drop(&x.Holding, holding)
	if b.Flags&masked != 0 && a.Flags&masked == 0 && x.Masked > 0 {
		x.Masked--
	}
	if keep != 0 {
		a.Flags |= b.Flags
	}
	*b = party{}
	for i := range x.stays[:x.len] {
		if x.stays[i].Party == gone {
			x.stays[i].Party = keep
		}
	}
}

// back counts that the owner goes on after strangers, and says whether that is
// news of one of them.
func (x *Identity) back(sec uint32) (news bool) {
	for i := 1; i < len(x.parties); i++ {
		q := &x.parties[i]
		if q.Client == 0 {
			continue
		}
		if q.Flags&between == 0 {
			q.Flags |= between
			x.Between = saturate(x.Between)
			news = true
		}
		if sec-q.Last <= concurrent {
			x.Back = saturate(x.Back)
			news = news || x.Back <= 8
		}
	}
	return news
}

// follow counts what a stranger does, and says whether it is news.
func (x *Identity) follow(at *stay, q *party, r *event.Rec, s *inventory.Sums) (news bool) {
	x.Foreign = saturate(x.Foreign)
	if x.used>>(r.Template&63)&1 == 0 {
		x.Novel = saturate(x.Novel)
	}
	if Holds(r) {
		x.Acts = saturate(x.Acts)
		news = x.Acts <= 16
		if q.Flags&holding == 0 {
			q.Flags |= holding
			q.Wait = uint16(min(uint32(r.Time/1e9)-q.First, 1<<16-1))
			x.Holding = saturate(x.Holding)
		}
		if x.voted&votedHeld == 0 {
			x.voted |= votedHeld
			s.PlaceSums.Held[x.kind]++
			if q.Flags&sharing != 0 && x.kind == inventory.UserPlaces {
				s.PlaceSums.Held[inventory.SessionPlaces]++
			}
		}
	}
	return news || q.N == 4 || q.N == 8 || q.N == 16
}

// Holds says whether an event changes what keeps hold of an account, or takes
// its money or all of its data, and succeeds.
func Holds(r *event.Rec) bool {
	if r.Status >= 400 {
		return false
	}
	if r.Traits&event.Export != 0 {
		return true
	}
	return r.Class&event.Write != 0 && r.Traits&(event.Hold|event.Contact|event.Checkout|event.GiftCard|event.Reset) != 0
}

// fastest is how fast anybody travels, km/h, and farEnough how far places must
// lie apart, in km, for tables to be trusted that they do: both as products in
// use have it. Source: CrowdSec, impossible-travel; Elastic's rule on sessions.
const fastest, farEnough = 1000, 500

// speed is how fast the owner's latest place was left for r's, km/h; 0 if that
// is unknown, or no distance.
func (x *Identity) speed(r *event.Rec, sec uint32) float64 {
	var home *stay
	for i := range x.stays[:x.len] {
		if t := &x.stays[i]; t.Party == 0 && (home == nil || t.Last >= home.Last) {
			home = t
		}
	}
	if home == nil || home.Lat == 0 && home.Lon == 0 || r.Lat == 0 && r.Lon == 0 {
		return 0
	}
	d := distance(home.Lat, home.Lon, r.Lat, r.Lon)
	if d < farEnough {
		return 0
	}
	return d * 3600 / float64(max(sec-home.Last, 60))
}

// distance between two places, km.
func distance(lat1, lon1, lat2, lon2 int16) float64 {
	const rad = math.Pi / 18000
	a, b := float64(lat1)*rad, float64(lat2)*rad
	u, v := math.Sin((b-a)/2), math.Sin(float64(int(lon2)-int(lon1))*rad/2)
	h := float64(u*u) + float64(math.Cos(a)*math.Cos(b)*v*v)
	return 2 * 6371 * math.Asin(math.Sqrt(min(h, 1)))
}

// established says whether there is an owner: somebody who is in one network
// with one client for at least half of the time that the principal is used at
// all. A key that documentation prints has none: there is always somebody with
// the same tool, but from anywhere.
func (x *Identity) established(least uint16) bool {
	for i := range x.stays[:x.len] {
		if t := &x.stays[i]; t.N >= least && uint64(t.span())*2 >= uint64(x.Last-x.First) {
			return true
		}
	}
	return false
}

// partners is how many parties but the first are there for as long as owners
// are: programmes of one firm that share a key.
func (x *Identity) partners(least uint16) (n int) {
	for i := 1; i < len(x.parties); i++ {
		if q := &x.parties[i]; q.Client != 0 && q.N >= least && uint64(q.Last-q.First)*2 >= uint64(x.Last-x.First) {
			n++
		}
	}
	return n
}

func (s *stay) span() uint32 { return s.Last - s.First }

// athome says whether the party that came first stayed longest, as owners do; a
// thief may have come before the log shows the owner.
func (x *Identity) athome() bool {
	o := &x.parties[0]
	for i := 1; i < len(x.parties); i++ {
		if q := &x.parties[i]; q.Client != 0 && q.Last-q.First > o.Last-o.First {
			return false
		}
	}
	return true
}

// deviceOf returns the device that a party used last, 0 if that is forgotten.
func (x *Identity) deviceOf(party int) uint32 {
	if t := x.latest(func(p uint8) bool { return int(p) == party }); t != nil {
		return t.Device
	}
	return 0
}

// owner is the owner's latest stay, and foreigner the latest of a stranger; nil
// if there is none.
func (x *Identity) owner() *stay     { return x.latest(func(p uint8) bool { return p == 0 }) }
func (x *Identity) foreigner() *stay { return x.latest(func(p uint8) bool { return p != 0 }) }

func (x *Identity) latest(of func(party uint8) bool) (found *stay) {
	for i := range x.stays[:x.len] {
		if t := &x.stays[i]; of(t.Party) && t.Net != 0 && (found == nil || t.Last >= found.Last) {
			found = t
		}
	}
	return found
}
