package engine

import (
	"net/netip"

	"goshawk/correlate"
	"goshawk/detect"
	"goshawk/event"
)

// damage counts, for each incident, the objects and bytes that its members got.
// A request has an address and a principal: the scope that accounts for most is
// taken, so that nothing counts twice.
func (g *Engine) damage(l []correlate.Incident) {
	keys := map[event.Actor]uint64{}
	for _, sh := range g.shards {
		for key, sub := range sh.subjects {
			if !sub.group() && !sub.allowed {
				keys[sub.actor] = key
			}
		}
		for key, name := range sh.table.names {
			if a := sh.table.find(key); a != nil && a.Flags&detect.Allowed == 0 {
				keys[event.Actor{Scope: a.Scope, Value: name}] = key
			}
		}
	}
	for i := range l {
		in := &l[i]
		var bytes [event.Group + 1]int64
		var objects [event.Group + 1]int
		for _, m := range in.Members {
			a := g.recordOf(m, keys)
			if a == nil {
				continue
			}
			n, b := g.shards[shardOf(a.Key)].table.got(a)
			objects[m.Scope] += n
			bytes[m.Scope] += b
		}
		for s := range bytes {
			in.Blast.Objects, in.Blast.Bytes = max(in.Blast.Objects, objects[s]), max(in.Blast.Bytes, bytes[s])
		}
	}
}

// recordOf finds the record of an actor named in a finding, nil if there is
// none any more.
func (g *Engine) recordOf(m event.Actor, keys map[event.Actor]uint64) *detect.Record {
	key, ok := keys[m]
	if !ok && m.Scope == event.IP {
		addr, err := netip.ParseAddr(m.Value)
		if err != nil {
			p, err := netip.ParsePrefix(m.Value)
			if err != nil {
				return nil
			}
			addr = p.Addr()
		}
		key = g.workers[0].en.Client(addr)
	}
	if key == 0 {
		return nil
	}
	return g.shards[shardOf(key)].table.find(key)
}

// got estimates the distinct objects returned to an actor, and says how many
// bytes were.
func (t *table) got(a *detect.Record) (objects int, bytes int64) {
	if a.Profile != 0 {
		bytes = int64(t.profiles.at(a.Profile).Bytes)
	}
	if a.Objects == 0 {
		return 0, bytes
	}
	sum := uint64(0)
	for ref := t.glimpses.at(a.Objects).full; ref != 0; {
		o := t.objects.at(ref)
		if o.N > 0 {
			objects += o.Distinct.Count() * int(o.Returned) / int(o.N)
		}
		sum += o.Bytes
		ref = o.Next
	}
	return objects, max(bytes, int64(sum))
}
