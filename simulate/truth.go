package simulate

import (
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
	actors    map[event.Actor]map[use]int
	benign    int
	taken     map[event.Actor]bool // worked innocently until a campaign took them over
}

// use is a campaign or a benign kind.
type use struct {
	campaign int
	kind     string
}

func newTally(attacks []Attack) tally {
	t := tally{actors: map[event.Actor]map[use]int{}, framed: map[event.Actor]bool{}, taken: map[event.Actor]bool{}, times: make([][]int64, len(attacks))}
	for i, a := range attacks {
		t.campaigns = append(t.campaigns, Campaign{ID: i + 1, Behaviour: a.Behaviour, Variant: a.Variant})
		t.victims = append(t.victims, map[string]bool{})
		t.stolen = append(t.stolen, map[event.Actor]bool{})
	}
	return t
}

func (t *tally) add(e *event.Event, l Label) {
	u := use{l.Campaign, l.Kind}
	for _, a := range Actors(e) {
		if t.actors[a] == nil {
			t.actors[a] = map[use]int{}
		}
		t.actors[a][u]++
	}
	if l.Campaign == 0 {
		t.benign++
		return
	}
	i := l.Campaign - 1
	c := &t.campaigns[i]
	if c.Events == 0 {
		c.First = e.Time
	}
	c.Last = e.Time
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
	if e.TLS != "" {
		add(event.Fingerprint, e.TLS)
	} else {
		add(event.Fingerprint, e.UserAgent)
	}
	add(event.Account, e.Account)
	return all
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
		for u, n := range uses {
			all += n
			if u.campaign != 0 {
				attacks += n
			} else if n > top || n == top && u.kind < kind {
				top, kind = n, u.kind
			}
		}
		taken := false // a victim's, which the campaign used all the same
		for u := range uses {
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
			if kinds[kind].Declared && len(uses) == 1 {
				out.Declared = append(out.Declared, a)
			}
			continue
		}
		most := 0 // of one campaign
		for u, n := range uses {
			if u.campaign != 0 {
				most = max(most, n)
			}
		}
		for u, n := range uses {
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
		for a := range t.stolen[i] {
			if used := t.actors[a]; used[use{i + 1, out.Campaigns[i].Behaviour}] > 0 {
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
func (t *tally) tried(uses map[use]int, account string) bool {
	for u := range uses {
		if u.campaign != 0 && t.victims[u.campaign-1][account] {
			return true
		}
	}
	return false
}
