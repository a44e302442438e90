package simulate

import (
	"container/heap"
	"errors"
	"iter"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"goshawk/event"
)

// run is one world under way.
type run struct {
	World
	api   *api
	crowd *crowd
	queue queue
	seq   uint64
	now   int64
	end   int64
	emit  func(*event.Event, Label)
	e     event.Event
	tally tally

	logins   int        // tries of the innocent
	partners []identity // programmes with keys or lasting sessions, which can be stolen
	regulars []identity // people who stay logged in
}

// Generate plays the world and calls emit for each request, in order of time
// unless a scenario's clocks are wrong.
// The event is only valid during the call. Memory grows with the number of
// actors, not of events; what is kept for each event is its time, if it
// belongs to a campaign.
func (w World) Generate(emit func(e *event.Event, label Label)) (Truth, error) {
	w, err := w.withDefaults()
	if err != nil {
		return Truth{}, err
	}
	r := &run{World: w, emit: emit, now: w.Start, end: w.Start + int64(w.Hours*float64(time.Hour))}
	r.tally = newTally(w.Attacks)
	root := rng(w.Seed, w.Shape)
	r.api = shapes[w.Shape](root)
	r.crowd = newCrowd(r, root)
	r.api.settle(r.crowd.people)
	r.api.functions = newFunctions(dice{rng(w.Seed, w.Shape+"functions")}, r.api, w.Shape, w.Lines)

	var playing []Kind
	var shares float64
	for _, k := range Kinds() {
		if k.Attack || !k.Fits(w.Shape) || w.People != nil && !slices.Contains(w.People, k.Name) {
			continue
		}
		playing = append(playing, k)
		shares += k.Share
	}
	for _, k := range playing {
		c := &cast{run: r, dice: dice{rng(w.Seed, w.Shape+k.Name)}, label: Label{Kind: k.Name}}
		if shares > 0 {
			c.lines = float64(w.Lines) * k.Share / shares
		}
		k.start(c)
	}
	for i, a := range w.Attacks {
		id := i + 1
		c := &cast{run: r, dice: dice{rng(mix(w.Seed, uint64(id)), w.Shape+a.Behaviour+a.Variant)},
			label: Label{Campaign: id, Behaviour: a.Behaviour, Variant: a.Variant, Kind: a.Behaviour}}
		if w.Scenario != "" {
			scenarios[w.Scenario].parts[i].start(c)
			continue
		}
		kinds[a.Behaviour].start(c)
	}
	for len(r.queue) > 0 && r.queue[0].at < r.end {
		c := r.queue[0]
		r.now = c.at
		if _, more := c.next(); more {
			heap.Fix(&r.queue, 0)
		} else {
			heap.Pop(&r.queue)
		}
	}
	for _, c := range r.queue {
		c.stop()
	}
	truth := r.tally.truth()
	truth.Days = w.Hours / 24
	return truth, nil
}

// rng returns the source that the seed and a name choose.
func rng(seed uint64, name string) *rand.Rand {
	h := uint64(14695981039346656037)
	for _, b := range []byte(name) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(seed, h))
}

// mix hashes two numbers into one.
func mix(a, b uint64) uint64 {
	x := a ^ b*0x9e3779b97f4a7c15
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// cast is what a kind gets to put its actors on stage.
type cast struct {
	*run
	dice
	label Label
	lines float64 // benign requests this kind should make, 0 if its volume is its own
}

// stole says that a campaign acts as somebody else: what names that victim
// names the campaign, however much the owner uses it.
func (c *cast) stole(scope event.Scope, value string) {
	if value != "" {
		c.tally.stolen[c.label.Campaign-1][event.Actor{Scope: scope, Value: value}] = true
	}
}

// note keeps the numbers that a campaign drew.
func (c *cast) note(s string) { c.tally.campaigns[c.label.Campaign-1].Note = s }

// begin draws when a campaign starts: early enough to leave it most of d.
func (c *cast) begin(d time.Duration) int64 {
	room := c.end - c.Start
	slack := max(room-int64(d), room/5)
	return c.Start + int64(c.between(0.02, 0.95)*float64(slack))
}

// enter starts a script at a time; each actor has its own dice.
func (c *cast) enter(at int64, who identity, script func(*client)) {
	c.run.seq++
	cl := &client{run: c.run, dice: dice{rand.New(rand.NewPCG(c.Uint64(), c.Uint64()))}, label: c.label, identity: who, at: max(at, c.run.now), seq: c.run.seq}
	cl.next, cl.stop = iter.Pull(func(yield func(struct{}) bool) {
		cl.yield = yield
		defer func() {
			if p := recover(); p != nil && p != errOver {
				panic(p)
			}
		}()
		script(cl)
	})
	heap.Push(&c.run.queue, cl)
}

// cast returns a stage for actors that a script brings on by itself.
func (c *client) cast() *cast { return &cast{run: c.run, dice: c.dice, label: c.label} }

// arrivals calls visit for about n visitors over the world, more by day than
// by night.
func (c *cast) arrivals(n float64, visit func(*cast)) {
	c.arrivalsWithin(c.Start, c.end, n, visit)
}

func (c *cast) arrivalsWithin(from, to int64, n float64, visit func(*cast)) {
	var sum, peak float64
	step := max((to-from)/512, 1)
	for t := from; t < to; t += step {
		w := c.api.rhythm(t)
		sum += w
		peak = max(peak, w)
	}
	mean := sum / float64((to-from+step-1)/step)
	gap := float64(to-from) / n * mean / peak // between candidates, of which rhythm/peak are kept
	c.enter(from, identity{}, func(cl *client) {
		inner := &cast{run: c.run, dice: cl.dice, label: c.label}
		for {
			cl.wait(time.Duration(cl.ExpFloat64() * gap))
			if cl.at >= to {
				return
			}
			if cl.Float64() < c.api.rhythm(cl.at)/peak {
				visit(inner)
			}
		}
	})
}

// errOver unwinds a script when its world ends.
var errOver = errors.New("the world is over")

// identity is how an actor shows in the log.
type identity struct {
	addr    netip.Addr
	agent   string
	tls     string // program that really speaks; "" is what agent says
	user    string
	key     string
	session string
	person  int    // 1-based index of the account acted for; 0 nobody
	staff   bool   // may see everybody's objects
	own     string // account that an attacker has of its own

	forwarded string  // X-Forwarded-For, as it arrives
	limit     float64 // requests a minute of this caller's plan; 0 is the API's limit
}

// client is one actor: a script that waits and asks. While it runs, at is the
// world's time.
type client struct {
	*run
	dice
	identity
	label   Label
	at      int64
	seq     uint64
	retries int // how often it repeats a request that met a server error
	referer string
	refused int // requests that met 429
	wake    wake
	yield   func(struct{}) bool
	next    func() (struct{}, bool)
	stop    func()
}

// wait lets time pass.
func (c *client) wait(d time.Duration) {
	c.at += max(int64(d), int64(time.Millisecond))
	if !c.yield(struct{}{}) {
		panic(errOver)
	}
}

// until waits for a time, at once if it is past.
func (c *client) until(t int64) { c.wait(time.Duration(t - c.at)) }

// think waits as a person does: usually about the median, sometimes much longer.
func (c *client) think(median time.Duration) {
	c.wait(time.Duration(c.about(float64(median), 0.8)))
}

// pace waits about d, as a programme does; jitter is a share of d.
func (c *client) pace(d time.Duration, jitter float64) {
	c.wait(time.Duration(float64(d) * (1 + jitter*c.between(-1, 1))))
}

type queue []*client

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].seq < q[j].seq
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(*client)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	x := (*q)[last]
	*q = (*q)[:last]
	return x
}

// dice are the draws that scripts make. A world must be the same on every
// machine, but processors fuse products with sums, and compute exponentials,
// each in its own way in the last bits: the products are kept apart, and the
// last bits of exponentials dropped.
type dice struct{ *rand.Rand }

func (d dice) chance(p float64) bool          { return d.Float64() < p }
func (d dice) between(lo, hi float64) float64 { return lo + float64((hi-lo)*d.Float64()) }
func (d dice) wide(lo, hi float64) float64    { return same(lo * math.Pow(hi/lo, d.Float64())) } // each decade alike
func (d dice) about(median, sigma float64) float64 {
	return same(median * math.Exp(sigma*d.NormFloat64()))
}
func same(x float64) float64        { return float64(float32(x)) }
func (d dice) count(lo, hi int) int { return lo + d.IntN(hi-lo+1) }
func (d dice) many(lo, hi int) int  { return int(d.wide(float64(lo), float64(hi)+0.99)) }
func (d dice) span(lo, hi time.Duration) time.Duration {
	return time.Duration(d.wide(float64(lo), float64(hi)))
}
func (d dice) pick(list []string) string { return list[d.IntN(len(list))] }
