package engine

import (
	"net/netip"

	"goshawk/detect"
	"goshawk/enrich"
	"goshawk/event"
)

// active is how many events make an actor active.
const active = 8

// everything asks for all of an actor's memories to be judged.
const everything = 1<<detect.OnProfile | 1<<detect.OnProbe | 1<<detect.OnIdentity | 1<<detect.OnTrade | 1<<detect.OnCloud

// profile counts record i for an active actor and judges it where that changes
// much.
func (p *pass) profile(sh *shard, i int, r *event.Rec, a *detect.Record) {
	t := sh.table
	if a.Profile == 0 {
		if a.Profile = t.profiles.take(); a.Profile == 0 {
			if a.Profile = t.retire(); a.Profile == 0 {
				return
			}
		}
		x := t.profiles.at(a.Profile)
		x.Key = a.Key
		if a.Scope == event.IP {
			c, at := p.b.chunks[p.b.where[i].chunk], p.b.where[i].rec
			x.Addr = c.addr[at]
		} else if actor, ok := enrich.Actor(p.evidence(i), a.Scope, p.tagger); ok {
			t.names[a.Key] = actor.Value
		}
	}
	x := t.profiles.at(a.Profile)
	x.Observe(r, p.sums)
	at := 0
	if x.Due() {
		at |= 1 << detect.OnProfile
	}
	probes := detect.Probes(r, p.view)
	if m := memory(&t.probes, &x.Probe, probes); m != nil && probes {
		if m.Observe(x, r, p.sums); m.Odd() {
			at |= 1 << detect.OnProbe
			if m.Lines.Wants() {
				m.Lines.Keep(p.keep(sh, i))
			}
		}
	}
	if x.Probe != 0 && r.Status/100 == 2 {
		t.probes.at(x.Probe).Found(x, r)
	}
	if m := memory(&t.trades, &x.Trade, detect.Trades(r)); m != nil && detect.Trades(r) {
		if m.Observe(x, r, p.sums); m.Odd() {
			at |= 1 << detect.OnTrade
			if m.Lines.Wants() {
				m.Lines.Keep(p.keep(sh, i))
			}
		}
	}
	if cloud := a.Scope != event.IP && detect.Clouds(r); !cloud { // an address stands for its principals
	} else if m := memory(&t.clouds, &x.Cloud, true); m != nil {
		if m.Observe(x, r, p.sums); m.Odd() {
			at |= 1 << detect.OnCloud
			if m.Lines.Wants() {
				m.Lines.Keep(p.keep(sh, i))
			}
		}
	}
	if a.Scope != event.IP {
		if m := memory(&t.identities, &x.Identity, true); m != nil && m.Observe(x, r, p.sums) {
			at |= 1 << detect.OnIdentity
			if m.Lines.Wants() {
				m.Lines.Keep(p.keep(sh, i))
			}
		}
	}
	if a.Scope != event.IP {
		m := memory(&t.roams, &x.Roam, x.Clients.Count() >= detect.RoamFrom)
		if m != nil {
			m.Observe(x, r)
		}
		detect.CountRoam(x, m, p.sums)
	}
	if habitual(a, x) {
		if m := p.habits(t, a, x); m != nil {
			m.Observe(r, p.view)
		}
	}
	if at == 0 {
		return
	}
	if x.N == active || x.N == 16*active {
		x.Lines.Keep(p.keep(sh, i))
	}
	p.consider(sh, i, a, x, at)
}

// habitual says whether an actor's habits are one's own: a principal's, or those
// of an address that none uses.
func habitual(a *detect.Record, x *detect.Profile) bool {
	return a.Scope != event.IP || a.Principals.Count() == 0 && x.Agents.Count() <= 2
}

// habits returns what is remembered of an actor's habits: what the baseline knows
// of them to begin with, if it does. It is nil for an actor with few events.
func (p *pass) habits(t *table, a *detect.Record, x *detect.Profile) *detect.Habits {
	if x.Habits != 0 || x.N != active && x.N < detect.HabitsFrom {
		return memory(&t.habits, &x.Habits, false)
	}
	known := p.known.of(a.Key)
	m := memory(&t.habits, &x.Habits, known != nil || x.N >= detect.HabitsFrom)
	if m != nil && known != nil {
		*m = *known
	}
	return m
}

// memory returns what ref refers to; where that is nothing yet, and wanted, a
// new one; nil if there is none.
func memory[T any](s *slab[T], ref *uint32, wanted bool) *T {
	if *ref == 0 {
		if !wanted {
			return nil
		}
		if *ref = s.take(); *ref == 0 {
			return nil
		}
	}
	return s.at(*ref)
}

// consider judges an active actor at those moments whose bits are set in at.
func (p *pass) consider(sh *shard, i int, a *detect.Record, x *detect.Profile, at int) {
	now := p.last
	if i >= 0 {
		now = p.b.recs[i].Time
	}
	for m := detect.OnProfile; m <= detect.OnCloud; m++ {
		if at>>m&1 == 0 {
			continue
		}
		switch m {
		case detect.OnProfile:
			if x.Cloud != 0 {
				continue // programs that do a cloud's work are as fast and as even as they like
			}
		case detect.OnProbe:
			if x.Probe == 0 || !sh.table.probes.at(x.Probe).Odd() {
				continue
			}
		case detect.OnIdentity:
			if x.Identity == 0 {
				continue
			}
		case detect.OnTrade:
			if x.Trade == 0 || !sh.table.trades.at(x.Trade).Odd() {
				continue
			}
		case detect.OnCloud:
			if x.Cloud == 0 || !sh.table.clouds.at(x.Cloud).Odd() {
				continue
			}
		}
		p.judge(sh, i, a, m, detect.Case{Now: now, Moment: m})
	}
}

// remember gives a case what is remembered of an active actor.
func (t *table) remember(c *detect.Case, a *detect.Record) {
	x := t.profiles.at(a.Profile)
	c.Profile = x
	if x.Probe != 0 {
		c.Probe = t.probes.at(x.Probe)
	}
	if x.Identity != 0 {
		c.Identity = t.identities.at(x.Identity)
	}
	if x.Trade != 0 {
		c.Trade = t.trades.at(x.Trade)
	}
	if x.Cloud != 0 {
		c.Cloud = t.clouds.at(x.Cloud)
	}
	if x.Roam != 0 {
		c.Roam = t.roams.at(x.Roam)
	}
	if x.Habits != 0 {
		c.Habits = t.habits.at(x.Habits)
	}
}

// forget gives back the memories of an active actor.
func (t *table) forget(a *detect.Record) {
	if a.Profile == 0 {
		return
	}
	x := t.profiles.at(a.Profile)
	t.probes.release(x.Probe)
	t.identities.release(x.Identity)
	t.trades.release(x.Trade)
	t.clouds.release(x.Cloud)
	t.roams.release(x.Roam)
	t.habits.release(x.Habits)
	t.profiles.release(a.Profile)
	a.Profile = 0
	delete(t.names, a.Key)
}

// retire takes the profile from whoever of eight has been quiet longest, unless
// it is suspected, and returns it, zero; 0 where all eight are.
func (t *table) retire() uint32 {
	var least *detect.Record
	for range 8 {
		t.oldest = t.oldest%t.profiles.n + 1
		x := t.profiles.at(t.oldest)
		if a := t.find(x.Key); a != nil && a.Profile == t.oldest && a.Flags&detect.Watched == 0 && (least == nil || a.Last < least.Last) {
			least = a
		}
	}
	if least == nil {
		return 0
	}
	t.forget(least)
	return t.profiles.take()
}

// nameOf is an active actor by what is remembered of it.
func (sh *shard) nameOf(a *detect.Record, x *detect.Profile) (event.Actor, bool) {
	v := ""
	if a.Scope == event.IP {
		v = enrich.IPValue(netip.AddrFrom16(x.Addr))
	} else {
		v = sh.table.names[a.Key]
	}
	return event.Actor{Scope: a.Scope, Value: v}, v != ""
}
