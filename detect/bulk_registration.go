package detect

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"

	"goshawk/enrich"
	"goshawk/event"
	"goshawk/sketch"
)

// BulkRegistration reports accounts that a programme makes: many from one
// address or network, or a few from each of many addresses that have the same
// shape.
//
// Many sign-ups behind one address are a classroom as often as a programme, and
// a campaign multiplies everybody's. So it asks what people do and programmes
// leave out: people come, look around, load what belongs to a page, sign up once
// on each device, and use what they signed up for.
// Sources: OWASP OAT-019; Xiao, Freeman and Hwa, "Detecting Clusters of Fake
// Accounts in Online Social Networks", AISec 2015.
var BulkRegistration = registerCrowd(Detector{
	Name:   "bulk_registration",
	Title:  "A programme makes many accounts",
	Doc:    "Groups sign-ups by address, network, client, name and mail domain, and asks of each group how little else its addresses do, how many accounts one device makes, how alike names are, and how even the pace is, against the other sign-ups of the same log.",
	Threat: "fake-accounts",
	Family: "coordination",
	Scopes: []event.Scope{event.IP, event.Group},
	Needs:  event.HasStatus | event.HasPath | event.HasClient,
	Impact: Medium,
	Since:  "0.2",
}, registrationParams{Accounts: 10, Addresses: 5}, lookForRegistrations)

type registrationParams struct {
	Accounts  int `doc:"accounts made before anything is said"`
	Addresses int `doc:"addresses of a group that is more than one address"`
}

// SignsUp says whether an event is a sign-up, or somebody's return from another
// site with whose account he signs in, perhaps for the first time.
func SignsUp(r *event.Rec) bool {
	return r.Class&event.Register != 0 || r.Traits&event.Callback != 0 && r.Verb == event.Get && r.Status/100 == 3 && r.Asked != 0
}

// source is an address that signed up.
type source struct {
	client  uint64
	addr    [16]byte
	net     uint32
	print   uint64 // of most of its accounts
	made    int    // accounts, of that print where it is one of many
	tried   int
	prints  int // distinct, of those that succeeded
	events  int // all that it asked for
	assets  int
	reads   int // of its first few events, those that were not a sign-up
	tools   int
	member  uint64 // key of its record, 0 none
	entries []int  // of the journal
	strange []int  // of the strangers
}

// lean says how many requests it makes for each account.
func (x *source) lean() float64 { return float64(x.events) / float64(max(x.tried, 1)) }

// signUps gathers the addresses that signed up, in the order in which they did.
// Accounts made by somebody who is logged in are an administrator's.
func signUps(c *Crowd) []*source {
	at := map[uint64]*source{}
	var l []*source
	for i := range c.Journal {
		e := &c.Journal[i]
		if !SignsUp(&e.Rec) || e.Principal != 0 || e.Status == 0 || e.Status >= 500 {
			continue
		}
		x := at[e.Client]
		if x == nil {
			x = &source{client: e.Client, addr: e.Addr, net: e.Net, print: e.Print}
			at[e.Client] = x
			l = append(l, x)
		}
		x.tried++
		if e.Mark&event.MarkTool != 0 {
			x.tools++
		}
		if e.Status < 400 {
			x.entries = append(x.entries, i)
		}
	}
	byAddr := map[string]*source{}
	for _, x := range l {
		x.made = len(x.entries)
		var few sketch.Few
		for _, i := range x.entries {
			few.Add(c.Journal[i].Print)
		}
		x.prints = few.Count()
		byAddr[x.actor().Value] = x
	}
	for i := range c.Strangers {
		e := &c.Strangers[i]
		if x := at[e.Client]; x != nil {
			x.events++
			x.strange = append(x.strange, i)
			if e.Class&event.Asset != 0 {
				x.assets++
			}
			if e.Class&event.Write == 0 {
				x.reads++
			}
		}
	}
	for i := range c.Members {
		m := &c.Members[i]
		if m.Actor.Scope != event.IP {
			continue
		}
		if x := byAddr[m.Actor.Value]; x != nil {
			x.events, x.member = max(x.events, int(m.Record.N)), m.Record.Key
			x.assets = max(x.assets, int(m.Profile.Assets))
		}
	}
	for _, x := range l {
		x.events = max(x.events, x.tried)
	}
	return l
}

// odd says whether an address does what people do not: it makes several accounts
// on one device, or asks for hardly anything else.
func (x *source) odd(h habit) bool {
	return x.repeats() && x.lean() < 1.5*h.events || x.lean() < 0.6*h.events
}

// repeats says whether one device made several accounts.
func (x *source) repeats() bool { return x.made >= 2 && x.prints == 1 }

// directory says whether an address may be a firm's directory: it makes many
// accounts and never opens a form, nor a mail. It is judged alone.
func (x *source) directory(p *registrationParams) bool { return x.made >= p.Accounts && x.reads == 0 }

func (x *source) actor() event.Actor {
	return event.Actor{Scope: event.IP, Value: enrich.IPValue(netip.AddrFrom16(x.addr))}
}

// habit is what is usual among those who sign up.
type habit struct {
	events  float64 // requests for each account
	random  float64 // share of names of letters and digits at random
	assets  float64 // share of addresses that load what belongs to pages
	named   bool    // the log shows names
	sources int
}

// usual learns from the addresses that made one account. What an attack that is
// most of them can teach is bounded.
func usual(c *Crowd, l []*source) habit {
	var each []float64
	h := habit{sources: len(l)}
	var random, names, assets, ones float64
	for _, x := range l {
		for _, i := range x.entries {
			if c.Journal[i].Stem != 0 {
				h.named = true
			}
		}
		if x.made != 1 {
			continue
		}
		each = append(each, float64(x.events))
		ones++
		if x.assets > 0 {
			assets++
		}
		if s := c.Journal[x.entries[0]].Stem; s != 0 {
			names++
			if s == event.RandomName {
				random++
			}
		}
	}
	slices.Sort(each)
	h.events, h.random, h.assets = 6, 0.2, 0
	if n := len(each); n >= 8 {
		h.events = min(max(each[n/2], 5.5), 12)
	}
	if names >= 8 {
		h.random = min(max(random/names, 0.05), 0.3)
	}
	if ones >= 8 {
		h.assets = assets / ones
	}
	return h
}

// batch is a group of sign-ups that may be one programme's.
type batch struct {
	key     uint64
	what    string // what they have in common
	sources []*source
	entries []int // of the journal, in order
	signs   []string
	facts   []Fact
	llr     float64
}

func lookForRegistrations(p *registrationParams, c *Crowd) (claims []Claim) {
	l := signUps(c)
	if len(l) == 0 {
		return nil
	}
	h := usual(c, l)
	rare := rareDomains(c, l, h)
	for _, b := range batches(p, c, l, h, rare) {
		weigh(p, c, b, h, rare)
		if b.llr < 2 {
			continue
		}
		claims = append(claims, b.claim(p, c, h))
	}
	return withoutOverlap(claims)
}

// batches are the candidates: addresses, networks, and groups of addresses that
// share a client, the beginning of names, or a mail domain, or that each make
// several accounts on one device. Of larger groups, those addresses are taken
// that are odd by themselves: the rest share a browser, or a mail provider, with
// half of the world.
func batches(p *registrationParams, c *Crowd, l []*source, h habit, rare map[uint16]bool) (all []*batch) {
	group := func(what string, salt uint64, key func(*source, *Entry) uint64, least int) {
		at := map[uint64]*batch{}
		var found []*batch
		for _, x := range l {
			if least > 2 && (!x.odd(h) || x.directory(p)) {
				continue
			}
			for _, i := range x.entries {
				k := key(x, &c.Journal[i])
				if k == 0 {
					continue
				}
				b := at[k]
				if b == nil {
					b = &batch{key: k*8 + salt, what: what}
					at[k] = b
					found = append(found, b)
				}
				b.entries = append(b.entries, i)
				if n := len(b.sources); n == 0 || b.sources[n-1] != x {
					b.sources = append(b.sources, x)
				}
			}
		}
		for _, b := range found {
			if least > 2 && len(b.sources) >= least {
				if b.tidy(c); !b.spread(p, c) {
					continue
				}
			}
			if len(b.entries) >= p.Accounts && len(b.sources) >= least {
				slices.Sort(b.entries)
				all = append(all, b)
			}
		}
	}
	group("one address", 0, func(x *source, e *Entry) uint64 { return x.client }, 1)
	group("one network", 1, func(x *source, e *Entry) uint64 { return uint64(e.Net) }, 2)
	group("one client", 2, func(x *source, e *Entry) uint64 {
		if x.prints > 2 || !x.repeats() && x.tools == 0 {
			return 0 // a browser is everybody's
		}
		return e.Print
	}, p.Addresses)
	group("names that begin alike", 3, func(x *source, e *Entry) uint64 {
		if e.Stem == event.RandomName {
			return 0
		}
		return uint64(e.Stem)
	}, p.Addresses)
	group("one mail domain", 4, func(x *source, e *Entry) uint64 {
		if rare[e.Domain] {
			return uint64(e.Domain)
		}
		return 0
	}, p.Addresses)
	group("several accounts on each device", 5, func(x *source, e *Entry) uint64 {
		if x.repeats() {
			return 1
		}
		return 0
	}, p.Addresses)
	group("mail domains that hardly anybody else has", 7, func(x *source, e *Entry) uint64 {
		if rare[e.Domain] {
			return 1
		}
		return 0
	}, p.Addresses)
	group("names of letters and digits at random", 6, func(x *source, e *Entry) uint64 {
		if e.Stem == event.RandomName {
			return 1
		}
		return 0
	}, p.Addresses)
	return all
}

// spread says whether a group of addresses would be one without the few that
// made most of its accounts.
func (b *batch) spread(p *registrationParams, c *Crowd) bool {
	n := map[uint64]int{}
	for _, i := range b.entries {
		n[c.Journal[i].Client]++
	}
	var each []int
	for _, x := range b.sources {
		each = append(each, n[x.client])
	}
	slices.Sort(each)
	rest := 0
	for _, k := range each[:max(len(each)-p.Addresses+1, 0)] {
		rest += k
	}
	return 2*rest >= p.Accounts
}

// class is how many accounts one room makes at most, on computers of one sort.
const class = 60

// weigh counts the signs of a programme. One sign has many explanations, two
// together are rare, three rarer.
func weigh(p *registrationParams, c *Crowd, b *batch, h habit, rare map[uint16]bool) {
	thrice, events, tried, several, lean, tools, assets, reads, prints := 0, 0, 0, 0, 0, 0, 0, 0, sketch.Few(0)
	for _, x := range b.sources {
		if x.repeats() && x.made >= 3 {
			thrice++
		}
		events += x.events
		tried += x.tried
		if x.repeats() {
			several++
		}
		if x.lean() < 0.6*h.events {
			lean++
		}
		if x.assets > 0 {
			assets++
		}
		tools += x.tools
		reads += x.reads
	}
	stems, domains := map[uint16]int{}, map[uint16]int{}
	random, named, mailed, thrown, topStem, topDomain := 0, 0, 0, 0, 0, 0
	var gaps, squares float64
	for k, i := range b.entries {
		e := &c.Journal[i]
		prints.Add(e.Print)
		switch {
		case e.Stem == event.RandomName:
			random++
			named++
		case e.Stem != 0:
			named++
			stems[e.Stem]++
			topStem = max(topStem, stems[e.Stem])
		}
		if e.Domain != 0 {
			mailed++
			domains[e.Domain]++
			topDomain = max(topDomain, domains[e.Domain])
			if rare[e.Domain] {
				thrown++
			}
		}
		if k > 0 {
			gap := float64(e.Time-c.Journal[b.entries[k-1]].Time) / 1e9
			gaps += gap
			squares += float64(gap * gap)
		}
	}
	n, k := float64(len(b.entries)), float64(len(b.sources))
	each := float64(events) / float64(max(tried, 1))
	sign := func(is bool, text string) {
		if is {
			b.signs = append(b.signs, text)
		}
	}
	sign(each < 0.5*h.events || k >= 5 && float64(lean) >= 0.7*k, "hardly ask for anything else")
	sign(k >= 2 && float64(several) >= 0.4*k && several >= p.Addresses || k < 2 && b.sources[0].prints == 1 && (n >= class || n >= 20 && assets == 0 && h.assets >= 0.3), "one device makes several accounts")
	sign(thrice >= 8 && thrice*10 >= h.sources, "do so from many places, each three times or more")
	sign(float64(tools) >= 0.6*float64(tried), "come from a library or a tool")
	if mean := gaps / max(n-1, 1); n >= 20 && mean >= 1 {
		sign(squares/(n-1) < 1.36*mean*mean, "follow each other at even intervals") // at random it is 2, and a variation of 0.6 has 1.36
	}
	alike := false // no firm's people are
	if named >= p.Accounts {
		x, y := float64(random), float64(named)
		alike = x >= 0.5*y && x >= 2*h.random*y || float64(topStem) >= 0.5*y
		sign(alike, "have names of one pattern")
	}
	if mailed >= p.Accounts && k >= float64(p.Addresses) {
		sign(float64(thrown) >= 0.6*float64(mailed), "have mail at domains that hardly anybody else has")
	}
	switch len(b.signs) {
	case 0, 1:
		return
	case 2:
		b.llr = 4.5
	case 3:
		b.llr = 6
	default:
		b.llr = 6.5
	}
	b.llr += min(0.5*math.Log2(n/float64(p.Accounts)), 1.5)
	if k <= 2 && topDomain == mailed && mailed >= p.Accounts && !alike {
		b.llr = min(b.llr-3, 4.5) // a firm's directory, or a school's, at its own domain
	}
	if k <= 2 && n < 3*class && each >= 0.5*h.events && 2*tools < tried {
		b.llr = min(b.llr, 4.5) // a class has computers of one sort and names from a list, but looks around
	}
	if k <= 2 && each >= 1.5*h.events {
		b.llr = min(b.llr, 4.5) // many people's address, or one that others pretend to have
	}
	if k <= 2 && reads == 0 && !alike {
		b.llr = min(b.llr, 4.5) // nor does a directory open the form, or answer mails
	}
	b.facts = []Fact{
		{Name: "accounts made", Value: n, Unit: "accounts", Limit: float64(p.Accounts), HasLimit: true},
		{Name: "addresses", Value: k, Unit: "addresses"},
		{Name: "requests for each account", Value: round(each), Unit: "requests", Peer: round(h.events), HasPeer: true},
		{Name: "addresses with several accounts on one device", Value: float64(several), Unit: "addresses"},
		{Name: "clients", Value: float64(prints.Count()), Unit: "clients"},
	}
}

// rareDomains finds the mail domains of odd addresses that hardly any other
// address uses: domains of an attacker's own, and throw-away mail.
func rareDomains(c *Crowd, l []*source, h habit) map[uint16]bool {
	type holders struct{ odd, others int }
	at := map[uint16]*holders{}
	for _, x := range l {
		var had []uint16
		for _, i := range x.entries {
			d := c.Journal[i].Domain
			if d == 0 || slices.Contains(had, d) {
				continue
			}
			had = append(had, d)
			k := at[d]
			if k == nil {
				k = &holders{}
				at[d] = k
			}
			if x.odd(h) {
				k.odd++
			} else {
				k.others++
			}
		}
	}
	rare := map[uint16]bool{}
	for d, k := range at {
		rare[d] = k.odd >= 3 && k.others*3 <= k.odd
	}
	return rare
}

// tidy takes out of a group an address that is most of it, which is judged
// alone, and where most make several accounts on one device, those that do not.
func (b *batch) tidy(c *Crowd) {
	several := 0
	for _, x := range b.sources {
		if x.repeats() {
			several++
		}
	}
	if several*10 >= 6*len(b.sources) {
		b.sources = slices.DeleteFunc(b.sources, func(x *source) bool { return !x.repeats() })
	}
	n := make([]int, len(b.sources))
	for {
		at := map[uint64]int{}
		for i, x := range b.sources {
			at[x.client], n[i] = i, 0
		}
		b.entries = slices.DeleteFunc(b.entries, func(i int) bool {
			k, in := at[c.Journal[i].Client]
			if in {
				n[k]++
			}
			return !in
		})
		most := 0
		for i := range b.sources {
			if n[i] > n[most] {
				most = i
			}
		}
		if len(b.sources) == 0 || n[most]*5 <= 2*len(b.entries) {
			return
		}
		b.sources = slices.Delete(b.sources, most, most+1)
	}
}

func (b *batch) claim(p *registrationParams, c *Crowd, h habit) Claim {
	x := Claim{Key: b.key, LLR: b.llr, Events: len(b.entries), Success: true}
	first, last := &c.Journal[b.entries[0]], &c.Journal[b.entries[len(b.entries)-1]]
	x.First, x.Last, x.Target = first.Time, last.Time, first.Template+1
	enough := max(p.Accounts, 3*p.Addresses)
	if len(b.sources) < p.Addresses {
		enough = 2 * p.Accounts
	}
	x.At = c.Journal[b.entries[min(enough, len(b.entries))-1]].Time
	if len(b.sources) == 1 {
		x.Actor = b.sources[0].actor()
	}
	for _, s := range b.sources {
		if len(b.sources) > 1 {
			x.Members = append(x.Members, s.actor())
		}
		if s.member != 0 && len(x.Shown) < 5 {
			x.Shown = append(x.Shown, s.member)
		}
		if len(s.strange) > 0 && len(x.Entries) < 5 {
			x.Entries = append(x.Entries, s.strange[0])
		}
	}
	slices.SortFunc(x.Members, event.Actor.Compare)
	signs := ""
	for i, s := range b.signs {
		switch {
		case i > 0 && i == len(b.signs)-1:
			signs += " and "
		case i > 0:
			signs += ", "
		}
		signs += s
	}
	x.Evidence = Evidence{
		Summary: fmt.Sprintf("%d accounts were made from %s in %s, grouped by %s; they %s.", len(b.entries), counted(len(b.sources), "address", "addresses"), length(x.Last-x.First), b.what, signs),
		Facts:   b.facts,
	}
	if b.llr < 5 {
		x.Evidence.Counter = append(x.Evidence.Counter, "A firm's or a school's directory that makes accounts for its people looks the same: ask whose it is.")
	} else {
		x.Evidence.Counter = append(x.Evidence.Counter, fmt.Sprintf("A class or a campaign makes many accounts, too, but with about %.0f requests for each, and one on each device.", h.events))
	}
	if !h.named {
		x.Evidence.Counter = append(x.Evidence.Counter, "The log does not show the accounts' names; they were not compared.")
	}
	return x
}

func counted(n int, one, many string) string {
	if n == 1 {
		many = one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// length is a duration for a sentence.
func length(ns int64) string {
	s := float64(ns) / 1e9
	for _, u := range [...]struct {
		least, unit float64
		name        string
	}{{2 * 86400, 86400, "days"}, {2 * 3600, 3600, "hours"}, {120, 60, "minutes"}} {
		if s >= u.least {
			return fmt.Sprintf("%.0f %s", s/u.unit, u.name)
		}
	}
	return fmt.Sprintf("%.0f seconds", cmp.Or(s, 1))
}
