package detect

import (
	"cmp"
	"fmt"
	"slices"

	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// AccountTakeover reports a place from which other people's accounts are
// entered and robbed.
//
// No account shows it alone: people buy new telephones, log in from hotels and
// change their passwords. But a place that is the stranger in one account after
// the other, in sessions that their owners go on using, or that changes what
// keeps hold of each as soon as it is in, or that was refused by other accounts
// before, is nobody's home. A place where most people are at home is left alone,
// whoever visits it. Sources: OWASP OAT-008; Ravelin, "What do fraudsters do
// after they take over an account?".
var AccountTakeover = registerCrowd(Detector{
	Name:   "account_takeover",
	Title:  "Other people's accounts are entered and robbed from one place",
	Doc:    "Looks for addresses and networks that are strangers in several people's accounts: network and device new to the account. Weighs whether they have the owners' sessions, are programmes, how soon they change mail, password, keys or orders, and whether other accounts refused them.",
	Threat: "account-takeover",
	Family: "auth",
	Scopes: []event.Scope{event.IP, event.Net},
	Needs:  event.HasTime | event.HasUserAgent,
	Impact: Critical,
	Since:  "0.2",
}, takeoverParams{Accounts: 2}, lookTakeover)

type takeoverParams struct {
	Accounts int `doc:"accounts of others used from one place before anything is said"`
}

// raid is what is known of one place.
type raid struct {
	place    uint64
	guests   []guest
	at       int  // principals seen there
	tool     bool // the place is a programme, at any address
	addr     *Member
	loot     int // guests that changed what keeps hold of an account
	shared   int
	tools    int
	quick    int
	refused  int
	entered  int
	llr      float64
	detected int64
}

// guest is a principal in which the place is a stranger.
type guest struct {
	member *Member
	party  *party
	shared bool // its session is used by somebody else too
}

// hasty is how soon, in seconds, after a place is first seen in an account it
// changes something that it takes people longer to find; rushed is how rare that
// is among people who do change something there at all.
const hastyWait, rushedShare = 10, 0.15

// visiting is how rare it is that somebody is at a place with a device that the
// account has not seen: at a friend's, at a counter, in an office. It is common
// where it happens at all, so that it weighs little.
const visiting = 0.5

func lookTakeover(p *takeoverParams, c *Crowd) (claims []Claim) {
	places := map[uint64]*raid{}
	var list []*raid
	visit := func(place uint64) *raid {
		r := places[place]
		if r == nil {
			r = &raid{place: place}
			places[place] = r
			list = append(list, r)
		}
		return r
	}
	for i := range c.Members {
		m := &c.Members[i]
		if m.Identity == nil {
			continue
		}
		x := m.Identity
		for k := range x.parties {
			q := &x.parties[k]
			if q.Client == 0 {
				continue
			}
			r := visit(q.Client)
			// Of two that have one session the first to come may be the thief.
			shared := q.Flags&sharing != 0 || k == 0 && x.Shared > 0
			if (k > 0 || shared) && x.kind != inventory.KeyPlaces {
				r.guests = append(r.guests, guest{m, q, shared})
				if d := x.deviceOf(k); q.Flags&tooled != 0 && d != 0 {
					// One programme, wherever it comes from.
					t := visit(uint64(d) | 1<<40)
					t.tool = true
					t.at++
					t.guests = append(t.guests, guest{m, q, shared})
				}
			}
			if k > 0 || shared || x.athome() {
				r.at++
			}
		}
	}
	for i := range c.Members {
		m := &c.Members[i]
		if r := places[m.Record.Key]; r != nil && m.Actor.Scope == event.IP {
			r.addr = m
		}
	}
	for _, r := range list {
		if len(r.guests) < max(p.Accounts, 2) || len(r.guests)*2 < r.at || r.tool && len(r.guests) < fleet {
			continue
		}
		r.weigh(c.View)
		if r.tool && (max(r.loot, r.shared)*2 < len(r.guests) || r.gathered()) {
			continue // many people's service programmes are called like their library
		}
		if r.llr > worthSaying {
			claims = append(claims, r.claim(c.View))
		}
	}
	for i := range c.Members {
		m := &c.Members[i]
		if m.Actor.Scope != event.IP || m.Profile.Holds < minEntered || m.entered() < minEntered {
			continue
		}
		if x, ok := spree(m, c.View); ok {
			claims = append(claims, x)
		}
	}
	return claims
}

// fleet is how many accounts a programme must be a stranger in, at any address:
// its name alone is shared by all who use the library.
const fleet = 3

// minEntered is how many accounts an address must have entered, and changed
// something in, for that to be its trade.
const minEntered = 4

// rushedWithin is within how many seconds of the request before a change comes
// that no person has filled in a form for.
const rushedWithin = 4

// What share of log-ins is followed by a change of what keeps hold of the
// account: of few people's, of most of a thief's.
var (
	fewChange  = sketch.Beta{A: 1, B: 9}
	mostChange = sketch.Beta{A: 6, B: 2}
)

// entered is how many accounts an address was let into: log-ins, or those that
// a browser there had the cookies of. A programme's accounts may all be its own.
func (m *Member) entered() int {
	if m.Record.Flags&Tool != 0 {
		return int(m.Record.Logins)
	}
	return max(int(m.Record.Logins), m.Record.Principals.Count())
}

// spree weighs what one address does by itself: it logs in to one account after
// the other and changes something in each. People who work at a counter do so
// too, so that this alone is never a claim; a programme, haste, and accounts
// that refuse it make it one.
func spree(m *Member, v *inventory.View) (c Claim, ok bool) {
	a, p := m.Record, m.Profile
	n := float64(m.entered())
	k := min(float64(p.Holds), n)
	w := min(sketch.BayesFactor(mostChange, fewChange.WithMean(v.Changed), k, n), 4)
	if w <= 0 {
		return c, false
	}
	tool, rushed, refused := a.Flags&Tool != 0, 0.0, 0
	if tool {
		w += rarity(programme)
	}
	if a.Prints.Count() <= 2 && p.Rushed*2 >= p.Holds {
		rushed = float64(p.Rushed)
		w += min(rushed, 4) * rarity(rushedShare)
	}
	if t := m.Tries; t != nil {
		if refused = t.Tried.Count() - t.Entered.Count(); refused >= 2 && t.Tried.Count() > 0 {
			w += refusedBy(refused, t.Tried.Count(), v)
		}
	}
	llr := clip(min(w-certainty, 8))
	if llr <= worthSaying {
		return c, false
	}
	c = Claim{Key: a.Key, Actor: m.Actor, LLR: llr, Success: true, Events: int(a.N), Shown: []uint64{a.Key},
		First: int64(p.First) * 1e9, Last: int64(p.Last) * 1e9, At: int64(p.Last) * 1e9}
	c.Evidence = Evidence{
		Summary: fmt.Sprintf("%.0f accounts entered from one address, and %d changes of what keeps hold of an account or takes its data: %.0f of them within %d seconds of the request before; %d other accounts refused it.",
			n, p.Holds, rushed, rushedWithin, max(refused, 0)),
		Facts: []Fact{
			{Name: "changes of what keeps hold of accounts", Value: float64(p.Holds), Unit: "changes", Peer: round(n * v.Changed), HasPeer: true},
			{Name: "accounts entered", Value: n, Unit: "accounts"},
			{Name: "changes within seconds", Value: rushed, Unit: "changes"},
			{Name: "other accounts that refused it", Value: float64(max(refused, 0)), Unit: "accounts"},
		},
		Counter: []string{"Staff at a counter log in for one customer after the other and change their accounts, at the pace of people; where nothing else is known, that does not suffice for a claim."},
	}
	if tool {
		c.Evidence.Facts = append(c.Evidence.Facts, Fact{Name: "programme where people log in", Value: 1})
	}
	return c, true
}

// refusedBy weighs that an address was refused by k of n accounts. It is the
// business of credential_stuffing to claim that; here it makes what is done in
// the others more likely to be theft.
func refusedBy(k, n int, v *inventory.View) float64 {
	return min(max(sketch.BayesFactor(most, v.Login, float64(k), float64(n)), 0), 2)
}

// worthSaying is the weight from which a claim is made at all.
const worthSaying = 1

// weigh adds up what the guests show, in the order in which they came, and notes
// when there was enough.
func (r *raid) weigh(v *inventory.View) {
	slices.SortFunc(r.guests, func(a, b guest) int {
		return cmp.Or(cmp.Compare(a.party.First, b.party.First), cmp.Compare(a.member.Record.Key, b.member.Record.Key))
	})
	kept := 0.0 // what weighs whether or not people come to a counter for help
	soft := 0.0
	for _, g := range r.guests {
		q := g.party
		if g.shared {
			r.shared++
			kept += rarity(v.Strange[inventory.SessionPlaces])
			if g.member.Identity.Back >= 2 {
				kept += rarity(alternates)
			}
		} else {
			soft += rarity(visiting)
		}
		if q.Flags&holding != 0 {
			r.loot++
			soft += rarity(v.Held[inventory.UserPlaces])
			if q.Wait < hastyWait {
				r.quick++
				kept += rarity(rushedShare)
			}
		}
		if q.Flags&tooled != 0 {
			r.tools++
			kept += rarity(visiting)
			if r.tools == 1 {
				kept += rarity(programme)
			}
		}
		r.llr = kept + min(soft, 4) - certainty
		if r.detected == 0 && r.llr >= 5.5 {
			r.detected = int64(q.First) * 1e9
			if q.Flags&holding != 0 {
				r.detected += int64(q.Wait) * 1e9
			}
		}
	}
	if r.addr != nil && r.addr.Tries != nil {
		t := r.addr.Tries
		r.entered = t.Entered.Count()
		r.refused = max(t.Tried.Count()-r.entered, 0)
		if r.refused >= 2 && r.loot > 0 {
			r.llr += refusedBy(r.refused, r.refused+r.entered, v)
		}
	}
	if r.shared == 0 && r.crowded() {
		r.llr = min(r.llr, 4)
	}
	r.llr = clip(min(r.llr, 8))
	if r.detected == 0 {
		r.detected = int64(r.guests[len(r.guests)-1].party.Last) * 1e9
	}
}

// crowded says whether the address has as many programmes as a carrier's, where
// each person's phone comes to his account for the first time once.
func (r *raid) crowded() bool {
	return r.addr != nil && r.addr.Record.Prints.Count() >= 8 && 5*r.addr.Record.Prints.Count() >= len(r.guests)
}

// gathered says whether all guests came from one address, which is claimed
// itself.
func (r *raid) gathered() bool {
	for _, g := range r.guests {
		if g.party.Client != r.guests[0].party.Client {
			return false
		}
	}
	return true
}

func (r *raid) what() string {
	if r.tool {
		return "One programme"
	}
	return "One address"
}

func (r *raid) claim(v *inventory.View) Claim {
	first, last, events := r.guests[0].party.First, uint32(0), 0
	c := Claim{Key: r.place, LLR: r.llr, Success: true, At: r.detected}
	for _, g := range r.guests {
		last = max(last, g.party.Last)
		events += int(g.party.N)
		c.Members = append(c.Members, g.member.Actor)
		if len(c.Shown) < 5 {
			c.Shown = append(c.Shown, g.member.Record.Key)
		}
	}
	c.First, c.Last, c.Events = int64(first)*1e9, int64(last)*1e9, events
	if r.addr != nil {
		c.Actor = r.addr.Actor
	}
	n := float64(len(r.guests))
	c.Evidence = Evidence{
		Summary: fmt.Sprintf("%s is a stranger in %.0f accounts of the %d seen there, with a network and a device that they never had: in %d with the owner's own session; in %d it changed what keeps hold of the account or took its data, in %d of them within %d seconds.",
			r.what(), n, r.at, r.shared, r.loot, r.quick, hastyWait),
		Facts: []Fact{
			{Name: "accounts in which it is a stranger", Value: n, Unit: "accounts", Limit: 1, HasLimit: true},
			{Name: "of them, with the owner's session", Value: float64(r.shared), Unit: "accounts", Peer: round(n * v.Strange[inventory.SessionPlaces]), HasPeer: true},
			{Name: "of them, changed or emptied", Value: float64(r.loot), Unit: "accounts", Peer: round(n * v.Held[inventory.UserPlaces]), HasPeer: true},
			{Name: "of them, within seconds", Value: float64(r.quick), Unit: "accounts"},
			{Name: "of them, by a programme", Value: float64(r.tools), Unit: "accounts"},
		},
		Counter: []string{"At a counter, in an office or at a friend's people are strangers to their accounts too, and may change them with help: where nothing else is known, that does not suffice for a claim."},
	}
	if r.refused > 0 {
		c.Evidence.Facts = append(c.Evidence.Facts, Fact{Name: "other accounts that refused it", Value: float64(r.refused), Unit: "accounts", Peer: round(v.Login.Mean() * float64(r.refused+r.entered)), HasPeer: true})
	}
	return c
}
