package simulate

import (
	"fmt"
	"time"

	"goshawk/event"
)

// Enumeration walks numeric ids: up, down, by a stride or shuffled. It meets
// what is there: numbers that were deleted, and objects of others, which a
// vulnerable API hands over.
var Enumeration = register(Kind{
	Name:   "enumeration",
	Title:  "Walking numeric ids",
	Attack: true,
	start: func(c *cast) {
		col := c.numbered()
		if col == nil { // everything here has a UUID
			startGuessing(c)
			return
		}
		perMinute := pick3(c, c.wide(60, 900), c.wide(10, 120), c.wide(0.7, 12))
		n := int(pick3(c, c.wide(400, 8000), c.wide(200, 3000), c.wide(100, 800)))
		if col.mine == nil {
			n *= 4 // public things are taken in bulk or not worth it
		}
		n = min(n, c.budget())
		n = min(n, int(perMinute*c.Hours*60*0.8))
		lasts := time.Duration(float64(n) / perMinute * float64(time.Minute))
		h := c.hide(pick3(c, 1, c.many(1, 12), c.many(3, 400)))
		workers := pick3(c, c.many(1, 3), c.many(1, 8), c.many(1, 32))

		// As whom: nobody, one account or key for all addresses, or an account each.
		var accounts []identity
		as := "nobody"
		switch {
		case c.api.keyed && c.chance(0.35):
			accounts, as = []identity{{key: c.newKey()}}, "one key"
		case !col.keyless && col.mine != nil || c.api.members || c.chance(0.4):
			accounts, as = []identity{c.account(0)}, "one account"
			if c.chance(pick3(c, 0, 0.2, 0.4)) {
				as = "accounts"
				for i := range c.count(1, min(len(h.addrs), 12)) {
					accounts = append(accounts, c.account(i+1))
				}
			}
		}
		walk, how := c.walk(col, n)
		jitter := pick3(c, c.between(0, 0.2), c.between(0.1, 0.6), c.between(0.4, 0.95))
		pretend := pick3(c, 0, c.between(0, 0.3), c.between(0.1, 0.55))
		guard := "public"
		if col.mine != nil {
			guard = col.guard.String()
		}
		c.note(fmt.Sprintf("%s %s of %s (%s, gaps %.0f%%), %.1f/min, %d ids, %d addresses, %d workers, %s, %s, decoys %.0f%%",
			how, as, col.path, guard, col.gaps*100, perMinute, len(walk), len(h.addrs), workers, as, h.agentsName(), pretend*100))
		next := 0
		at := c.begin(lasts)
		sticky := c.chance(0.5) // a worker keeps its address
		for i, who := range accounts {
			c.enter(at-int64(c.between(1, 60)*1e9), who, func(cl *client) {
				cl.wear(h, i)
				cl.arrive()
			})
		}
		for w := range workers {
			c.enter(at+int64(w)*int64(time.Second), identity{}, func(cl *client) {
				gap := time.Duration(float64(time.Minute) / perMinute * float64(workers))
				for k := 0; next < len(walk); k++ {
					i := cl.IntN(len(h.addrs))
					if sticky {
						i = (w + k/40*workers) % len(h.addrs)
					}
					if len(accounts) > 0 {
						cl.identity = accounts[i%len(accounts)]
					}
					cl.wear(h, i)
					if cl.chance(pretend) {
						cl.pretend()
					} else {
						cl.openNumber(col, walk[next])
						next++
					}
					cl.pace(gap, jitter)
				}
			})
		}
	},
})

// numbered draws a collection worth walking: somebody's objects if any have
// numbers, else public ones.
func (c *cast) numbered() *collection {
	var found []*collection
	for _, col := range c.api.owned {
		if col.ids == event.Number {
			found = append(found, col)
		}
	}
	if len(found) == 0 || c.chance(0.15) {
		for _, col := range c.api.public {
			if col.ids == event.Number && col.n > 200 {
				found = append(found, col)
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found[c.IntN(len(found))]
}

// walk returns n numbers and the name of their order.
func (c *cast) walk(col *collection, n int) ([]uint64, string) {
	stride := col.step
	if c.chance(0.15) {
		stride = 1
	}
	if c.chance(0.15) {
		stride *= uint64(c.count(2, 13))
	}
	reach := uint64(col.n) * col.step
	from := col.base + uint64(c.Float64()*float64(reach)*0.9)
	if c.chance(0.2) {
		from = max(col.base, 1) // from the first
	}
	ids := make([]uint64, n)
	for i := range ids {
		ids[i] = from + uint64(i)*stride
	}
	order := c.IntN(4)
	if order == 0 {
		return ids, fmt.Sprintf("ascending by %d,", stride)
	}
	if order == 1 {
		for i := range ids {
			down := uint64(i) * stride
			ids[i] = max(from, down+1) - down
		}
		return ids, fmt.Sprintf("descending by %d,", stride)
	}
	if order == 2 {
		c.Shuffle(n, func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		return ids, fmt.Sprintf("shuffled block by %d,", stride)
	}
	for i := range ids {
		ids[i] = col.base + c.Uint64N(reach)/col.step*col.step
	}
	return ids, "random over all,"
}
