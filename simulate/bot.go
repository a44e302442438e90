package simulate

import (
	"fmt"
	"time"
)

// errand is something worth asking an API for again and again: what a bot is
// built for. Its target differs from request to request, unless it watches.
type errand struct {
	name string
	do   func(cl *client, i int)
	size int // distinct things there are to ask for; 0 without end
}

// errands are those that make sense here for a caller without rights to
// others' objects.
func (c *cast) errands() []errand {
	all := []errand{{"searches", func(cl *client, i int) {
		q := fmt.Sprintf("q=%s+%s", words[i%len(words)], words[i/len(words)%len(words)])
		cl.send(ask{method: "GET", path: cl.api.search, query: q, status: 200, out: cl.about(2600, 0.3), slow: 3})
	}, len(words) * len(words)}}
	if len(c.api.public) > 0 {
		col := c.api.public[0]
		start := c.IntN(col.n)
		all = append(all,
			errand{"the catalogue", func(cl *client, i int) { cl.open(col, (start+i)%col.n) }, col.n},
			errand{"the catalogue at random", func(cl *client, i int) { cl.open(col, int(mix(uint64(start), uint64(i))%uint64(col.n))) }, col.n},
			errand{"the lists", func(cl *client, i int) { cl.list(col, i%(1+col.n/col.perPage)) }, 1 + col.n/col.perPage})
		hot := []int{col.popular(c.dice), col.popular(c.dice), col.popular(c.dice)}[:c.count(1, 3)]
		all = append(all, errand{"a few things, watched", func(cl *client, i int) { cl.open(col, hot[i%len(hot)]) }, len(hot)})
		if len(col.below) > 0 {
			all = append(all, errand{"what is in stock", func(cl *client, i int) {
				cl.get(col.path+"/"+col.id((start+i)%col.n)+col.below[len(col.below)-1], "", col.size*0.5)
			}, col.n})
		}
	}
	if c.api.signup.check != "" && !c.api.members {
		all = append(all, errand{"which mail addresses have accounts", func(cl *client, i int) {
			p := cl.crowd.person(cl.crowd.people + 200000 + i)
			if cl.chance(0.3) {
				p = cl.crowd.anyone(cl.dice)
			}
			cl.get(cl.api.signup.check, "email="+p.account, 28)
		}, 0})
	}
	return all
}

func (c *cast) errand() errand {
	all := c.errands()
	return all[c.IntN(len(all))]
}

// passes returns the identity that a bot needs: nobody where the API is open,
// else an account or a key of its own.
func (c *cast) passes(i int, keyed float64) identity {
	switch {
	case c.api.keyed && c.chance(keyed):
		return identity{key: c.newKey()}
	case c.api.members || c.chance(0.4):
		return c.account(i)
	}
	return identity{}
}

// spread fits n requests at a pace into the world, and within the budget.
func (c *cast) spread(n int, perMinute float64) (int, time.Duration) {
	n = min(n, c.budget(), int(perMinute*c.Hours*60*0.85))
	n = max(n, 1)
	return n, time.Duration(float64(n) / perMinute * float64(time.Minute))
}
