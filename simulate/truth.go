package simulate

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"goshawk/event"
)

// tally counts who used which identity, while the world runs.
type tally struct {
	campaigns []Campaign
	times     [][]int64
	victims   []map[string]bool      // accounts of others that a campaign tried
	stolen    []map[event.Actor]bool // whom else a campaign acted as
	framed    map[event.Actor]bool   // whose address a campaign wrote on its requests
	actors    map[event.Actor]*uses
	benign    int
	taken     map[event.Actor]bool // worked innocently until a campaign took them over
}

// use is a campaign or a benign kind.
type use struct {
	campaign int
	kind     string
}

// uses counts the requests of an actor by use. Nearly all have one.
type uses struct {
	only  use
	n     int
	other map[use]int
}

func (u *uses) add(x use) {
	if x == u.only {
		u.n++
		return
	}
	if u.other == nil {
		u.other = map[use]int{}
	}
	u.other[x]++
}

func (u *uses) all(yield func(use, int) bool) {
	if !yield(u.only, u.n) {
		return
	}
	for x, n := range u.other {
		if !yield(x, n) {
			return
		}
	}
}

func (u *uses) has(x use) bool { return u != nil && (u.only == x || u.other[x] > 0) }

// wake is whom a client's last event named, so that the next need not be
// looked up.
type wake struct {
	addr   netip.Addr
	values [7]string
	uses   [7]*uses
}

func newTally(attacks []Attack) tally {
	t := tally{actors: map[event.Actor]*uses{}, framed: map[event.Actor]bool{}, taken: map[event.Actor]bool{}, times: make([][]int64, len(attacks))}
	for i, a := range attacks {
		t.campaigns = append(t.campaigns, Campaign{ID: i + 1, Behaviour: a.Behaviour, Variant: a.Variant})
		t.victims = append(t.victims, map[string]bool{})
		t.stolen = append(t.stolen, map[event.Actor]bool{})
	}
	return t
}

func (t *tally) add(e *event.Event, l Label, w *wake) {
	u := use{l.Campaign, l.Kind}
	if e.Client != w.addr {
		w.addr = e.Client
		w.values[0], w.values[1] = addrName(e.Client), netName(e.Client)
		w.uses[0], w.uses[1] = nil, nil
	}
	for i, a := range [...]event.Actor{{Scope: event.IP, Value: w.values[0]}, {Scope: event.Net, Value: w.values[1]}, {Scope: event.Key, Value: e.Key},
		{Scope: event.User, Value: e.User}, {Scope: event.Session, Value: e.Session}, fingerprint(e), {Scope: event.Account, Value: e.Account}} {
		if a.Value == "" {
			continue
		}
		if w.uses[i] == nil || w.values[i] != a.Value {
			known := t.actors[a]
			if known == nil {
				known = &uses{only: u}
				t.actors[a] = known
			}
			w.values[i], w.uses[i] = a.Value, known
		}
		w.uses[i].add(u)
	}
	if l.Campaign == 0 {
		t.benign++
		return
	}
	i := l.Campaign - 1
	c := &t.campaigns[i]
	if c.Events == 0 || e.Time < c.First {
		c.First = e.Time
	}
	c.Last = max(c.Last, e.Time)
	c.Events++
	t.times[i] = append(t.times[i], e.Time)
}

// Actors returns whom an event names, in the form that Score compares: an IPv6
// address stands for its /64, a network is a /24 or a /48, a fingerprint is
// the TLS fingerprint or else the user agent.
func Actors(e *event.Event) []event.Actor {
	all := make([]event.Actor, 0, 6)
	add := func(s event.Scope, v string) {
		if v != "" {
			all = append(all, event.Actor{Scope: s, Value: v})
		}
	}
	add(event.IP, addrName(e.Client))
	add(event.Net, netName(e.Client))
	add(event.Key, e.Key)
	add(event.User, e.User)
	add(event.Session, e.Session)
	add(event.Fingerprint, fingerprint(e).Value)
	add(event.Account, e.Account)
	return all
}

func fingerprint(e *event.Event) event.Actor {
	return event.Actor{Scope: event.Fingerprint, Value: cmp.Or(e.TLS, e.UserAgent)}
}

func addrName(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a, 64).Masked().String()
}

func netName(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	bits := 48
	if a = a.Unmap(); a.Is4() {
		bits = 24
	}
	return netip.PrefixFrom(a, bits).Masked().String()
}

// mostly is the share of an actor's requests, or of a group's members, from
// which it counts as a campaign's.
const mostly = 0.8

func (t *tally) truth() Truth {
	out := Truth{Campaigns: t.campaigns, Benign: map[event.Actor]string{}, Requests: t.benign, Times: t.times}
	for a, uses := range t.actors {
		var all, attacks, top int
		kind := ""
		for u, n := range uses.all {
			all += n
			if u.campaign != 0 {
				attacks += n
			} else if n > top || n == top && u.kind < kind {
				top, kind = n, u.kind
			}
		}
		taken := false // a victim's, which the campaign used all the same
		for u := range uses.all {
			taken = taken || u.campaign != 0 && t.stolen[u.campaign-1][a]
		}
		if taken {
			continue
		}
		if attacks > 0 && t.framed[a] {
			out.Benign[a] = "framed"
			continue
		}
		if a.Scope == event.Account && attacks > 0 && t.tried(uses, a.Value) {
			out.Benign[a] = "victim"
			continue
		}
		if float64(attacks) < mostly*float64(all) && !(t.taken[a] && attacks > 0) {
			if attacks > 0 {
				kind += " and attack"
			}
			out.Benign[a] = kind
			if kinds[kind].Declared && len(uses.other) == 0 {
				out.Declared = append(out.Declared, a)
			}
			continue
		}
		most := 0 // of one campaign
		for u, n := range uses.all {
			if u.campaign != 0 {
				most = max(most, n)
			}
		}
		for u, n := range uses.all {
			if u.campaign != 0 && (float64(n) >= 0.1*float64(all) || n == most || t.taken[a]) {
				c := &out.Campaigns[u.campaign-1]
				c.Members = append(c.Members, a)
				if t.taken[a] {
					c.Stolen = append(c.Stolen, a)
				}
			}
		}
	}
	slices.SortFunc(out.Declared, event.Actor.Compare)
	for i := range out.Campaigns {
		slices.Sort(out.Times[i]) // clocks may be wrong
		for a := range t.stolen[i] {
			if t.actors[a].has(use{i + 1, out.Campaigns[i].Behaviour}) {
				out.Campaigns[i].Members = append(out.Campaigns[i].Members, a)
				out.Campaigns[i].Stolen = append(out.Campaigns[i].Stolen, a)
			}
		}
		slices.SortFunc(out.Campaigns[i].Members, event.Actor.Compare)
		slices.SortFunc(out.Campaigns[i].Stolen, event.Actor.Compare)
		out.Campaigns[i].Victims = slices.Sorted(maps.Keys(t.victims[i]))
	}
	return out
}

// tried reports whether an account belongs to somebody whom one of its users
// attacked.
func (t *tally) tried(uses *uses, account string) bool {
	for u := range uses.all {
		if u.campaign != 0 && t.victims[u.campaign-1][account] {
			return true
		}
	}
	return false
}
