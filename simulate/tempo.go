package simulate

import (
	"fmt"
	"time"
)

// tempo is how a campaign goes about it: how fast, how much, from where, and
// between how many harmless requests.
type tempo struct {
	disguise
	perMinute float64
	n         int
	lasts     time.Duration
	jitter    float64
	decoys    float64
	human     bool // more by day than by night
	bursts    float64
}

// tempo draws one; a range is requests a minute from and to, then how many
// requests from and to; addrs is how many addresses at most.
func (c *cast) tempo(addrs [3]int, easy, medium, evasive [4]float64) tempo {
	r := pick3(c, easy, medium, evasive)
	t := tempo{perMinute: c.wide(r[0], r[1]), jitter: pick3(c, c.between(0, 0.25), c.between(0.1, 0.6), c.between(0.4, 0.95)),
		decoys: pick3(c, 0, c.between(0, 0.25), c.between(0.1, 0.6)), human: c.chance(pick3(c, 0, 0.2, 0.7)), bursts: pick3(c, 0, c.between(0, 0.005), c.between(0, 0.02))}
	t.n = max(8, min(c.budget(), int(c.wide(r[2], r[3]))))
	// What does not fit into the world goes faster, within the variant.
	room := c.Hours * 60 * pick3(c, 0.5, 0.7, 0.8) * (1 - t.decoys)
	if fast := min(float64(t.n)/room, r[1]); fast > t.perMinute {
		t.perMinute = fast
	}
	t.n = max(8, min(t.n, int(t.perMinute*room)))
	t.lasts = time.Duration(float64(t.n) / (1 - t.decoys) / t.perMinute * float64(time.Minute))
	t.disguise = c.hide(pick3(c, c.many(1, addrs[0]), c.many(1, addrs[1]), c.many(min(3, addrs[2]), addrs[2])))
	return t
}

func (t tempo) String() string {
	return fmt.Sprintf("%.2f/min, %d requests, %d addresses, %s, decoys %.0f%%", t.perMinute, t.n, len(t.addrs), t.agentsName(), t.decoys*100)
}

// next waits for the campaign's next request, with decoys on the way.
func (t tempo) next(c *client) {
	t.gap(c)
	for c.chance(t.decoys) {
		c.pretend()
		t.gap(c)
	}
}

func (t tempo) gap(c *client) {
	d := float64(time.Minute) / t.perMinute
	if t.human {
		d *= min(1/(0.15+c.api.rhythm(c.at)), 3)
	}
	c.pace(time.Duration(d), t.jitter)
	c.lull(t.bursts, 10*time.Minute)
}

// perform runs a campaign of n deeds by one actor that changes addresses.
func (c *cast) perform(t tempo, who identity, deed func(cl *client, i int)) {
	c.enter(c.begin(t.lasts), who, func(cl *client) {
		cl.wear(t.disguise, 0)
		cl.arrive()
		for i := range t.n {
			cl.wear(t.disguise, cl.IntN(len(t.addrs)))
			deed(cl, i)
			t.next(cl)
		}
	})
}

// throwaways are accounts that a campaign made for itself.
func (c *cast) throwaways(n int) []identity {
	list := make([]identity, n)
	for i := range list {
		list[i] = c.account(i)
	}
	return list
}

// act puts on the i-th of several accounts, and one of the addresses that
// stay with it.
func (c *client) act(who []identity, h disguise, i int) {
	i %= len(who)
	c.identity = who[i]
	if more := len(h.addrs) / len(who); more > 1 {
		i += len(who) * c.IntN(more)
	}
	c.wear(h, i)
}
