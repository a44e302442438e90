package simulate

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"time"

	"goshawk/event"
)

// api is the server: it knows what exists, whose it is, and answers.
type api struct {
	host     string
	buy      string        // where orders are placed, if not at the first owned collection
	zone     time.Duration // of its customers, ahead of UTC
	weekend  float64       // activity on Saturday and Sunday
	night    float64       // activity at four in the morning
	keyed    bool          // machines come with a key
	members  bool          // nothing without an account
	pages    []string      // documents that a browser opens first
	assets   []string      // and what it fetches for them
	me       string        // the account's own page, if any
	search   string        // a costly read that takes ?q=
	polls    []string      // what an app asks now and then
	login    login
	signup   signup
	settings settings
	public   []*collection // free to read
	owned    []*collection // each object is somebody's
	team     int           // people who share their objects
	limit    float64       // requests a minute and caller before 429; 0 unlimited
	latency  float64       // median, milliseconds
	logs     logs
	outages  []window // when the server answers 5xx
	locked   []window // when no login succeeds
	failures map[string]failures
	seized   map[string]int64 // accounts whose password a thief changed, until when
	names    map[string]bool  // accounts that came to be in this world
	believes bool             // takes the first address of X-Forwarded-For for the client
	buckets  map[string]bucket
	clocks   []int64 // how far the clock of each of its servers is off; none is right
	seed     uint64
	cloud    *cloud // it is an account at AWS
	functions
}

// logs says which identities the log carries, besides address and agent.
type logs struct{ user, mail, session, tls, forwarded bool }

// login is how one signs in.
type login struct {
	path         string
	form         string // page that shows the form, if it is one
	ok, fail     int
	okSize, size int64
	lockAfter    int // failures in a row before lockStatus; 0 never
	lockStatus   int
}

type window struct{ from, to int64 }

func (w window) holds(t int64) bool { return t >= w.from && t < w.to }

type failures struct {
	n    int
	last int64
}

type bucket struct {
	level float64
	last  int64
}

// guard is what the API answers to somebody who asks for another's object.
type guard int

const (
	open      guard = iota // vulnerable: 200
	forbidden              // 403
	hidden                 // 404
)

func (g guard) String() string { return [...]string{"open", "forbidden", "hidden"}[g] }

// collection is objects of one kind. An object is known by its index, in order
// of creation; -1 is none.
type collection struct {
	name    string
	path    string   // of the list, and with a slash and the id of the object
	below   []string // what clients also fetch under an object
	private bool     // has no list for its owner
	listAt  string   // path of the list, if it is not path
	inQuery string   // query parameter that carries the id, if not the path
	mark    string   // what numbers are preceded by, such as "INV-"
	paging  string   // query parameter
	perPage int
	ids     event.IDKind
	n       int
	base    uint64
	step    uint64  // between numbers
	gaps    float64 // share of objects that were deleted
	guard   guard   // for owned ones
	keyless bool    // vulnerable to callers without a session, too
	size    float64 // median bytes of an object

	team   int
	people int
	owners []int32 // 0-based team of each object
	mine   map[int32][]int
	zipf   *rand.Zipf
	seed   uint64
}

// settle gives the objects to people.
func (a *api) settle(people int) {
	for _, c := range append(append([]*collection{}, a.public...), a.owned...) {
		c.people, c.team = people, max(a.team, 1)
	}
	for _, c := range a.owned {
		r := rand.New(rand.NewPCG(a.seed, c.seed))
		teams := (people + c.team - 1) / c.team
		c.mine = map[int32][]int{}
		c.owners = make([]int32, 0, c.n)
		for i := range c.n {
			u := r.Float64()
			c.give(i, int32(float64(teams)*math.Pow(u, 1.4)))
		}
	}
}

func (c *collection) give(i int, team int32) {
	c.owners = append(c.owners, team)
	if c.exists(i) {
		c.mine[team] = append(c.mine[team], i)
	}
}

// exists reports whether the object with index i was made and not deleted.
func (c *collection) exists(i int) bool {
	return i >= 0 && i < c.n && float64(mix(c.seed, uint64(i))>>11)/(1<<53) >= c.gaps
}

// owner returns the team that object i belongs to.
func (c *collection) owner(i int) int32 { return c.owners[i] }

// of returns the objects of a person (1-based), oldest first.
func (c *collection) of(person int) []int {
	if person == 0 {
		return nil
	}
	return c.mine[int32((person-1)/c.team)]
}

// index returns the object with that number, or -1.
func (c *collection) index(number uint64) int {
	if number < c.base || (number-c.base)%c.step != 0 {
		return -1
	}
	if i := int((number - c.base) / c.step); i < c.n {
		return i
	}
	return -1
}

func (c *collection) number(i int) uint64 { return c.base + uint64(i)*c.step }

// id returns the text of an object's id.
func (c *collection) id(i int) string {
	switch c.ids {
	case event.UUID:
		return uuid(mix(c.seed, uint64(i)), mix(c.seed+1, uint64(i)))
	case event.Slug:
		h := mix(c.seed, uint64(i))
		return words[h%uint64(len(words))] + "-" + words[h>>16%uint64(len(words))] + "-" + words[h>>32%uint64(len(words))] + "-" + strconv.Itoa(i)
	}
	return c.text(c.number(i))
}

// text writes a number as this collection's ids are written.
func (c *collection) text(number uint64) string {
	if c.mark != "" {
		return fmt.Sprintf("%s%07d", c.mark, number)
	}
	return strconv.FormatUint(number, 10)
}

func uuid(a, b uint64) string {
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

// popular draws an object as readers do: few are read often.
func (c *collection) popular(d dice) int {
	if c.zipf == nil {
		c.zipf = rand.NewZipf(rand.New(rand.NewPCG(c.seed, 1)), 1.15, 8, uint64(c.n-1))
	}
	for range 50 {
		rank := c.zipf.Uint64()
		if d.chance(0.2) {
			rank = d.Uint64N(uint64(c.n))
		}
		if i := int(mix(c.seed^0xabc, rank) % uint64(c.n)); c.exists(i) {
			return i
		}
	}
	return c.n - 1
}

// random draws an existing object, all alike.
func (c *collection) random(d dice) int {
	for range 50 {
		if i := d.IntN(c.n); c.exists(i) {
			return i
		}
	}
	return c.n - 1
}

// page returns what the list shows on its page-th page (0-based), newest first.
func (c *collection) page(page int) []int {
	var shown []int
	// Deleted ones do not show; counting them in keeps this a cheap jump.
	from := c.n - 1 - int(float64(page*c.perPage)/(1-c.gaps))
	for i := from; i >= 0 && len(shown) < c.perPage; i-- {
		if c.exists(i) {
			shown = append(shown, i)
		}
	}
	return shown
}

// create adds an object for a person and returns it.
func (c *collection) create(person int) int {
	i := c.n
	c.n++
	if c.mine != nil {
		c.give(i, int32((max(person, 1)-1)/c.team))
	}
	return i
}

// bytes returns the size of object i, the same each time but for a little.
func (c *collection) bytes(i int) float64 {
	h := rand.New(rand.NewPCG(c.seed, uint64(i)))
	return c.size * math.Exp(0.35*h.NormFloat64())
}

// rhythm returns how busy customers are at a time, about 1 on average by day.
func (a *api) rhythm(t int64) float64 {
	local := time.Unix(0, t).UTC().Add(a.zone)
	h := float64(local.Hour()) + float64(local.Minute())/60
	// Low at four, high in the late morning and the evening.
	w := 0.65 - 0.45*math.Cos((h-4)/24*2*math.Pi) + 0.15*math.Sin((h-8)/12*2*math.Pi)
	w = max(w, a.night)
	if d := local.Weekday(); d == time.Saturday || d == time.Sunday {
		w *= a.weekend
	}
	return w
}

// awake reports whether customers are.
func (a *api) awake(t int64) bool {
	h := time.Unix(0, t).UTC().Add(a.zone).Hour()
	return h >= 8 && h < 22
}

// down reports whether the server is failing.
func (a *api) down(t int64) bool {
	for _, w := range a.outages {
		if w.holds(t) {
			return true
		}
	}
	return false
}

func (a *api) signInDown(t int64) bool {
	for _, w := range a.locked {
		if w.holds(t) {
			return true
		}
	}
	return false
}

// over reports whether a caller is above the limit, which is its plan's or
// else everybody's.
func (a *api) over(caller string, plan float64, t int64) bool {
	limit := cmp.Or(plan, a.limit)
	if limit == 0 {
		return false
	}
	b := a.buckets[caller]
	b.level = max(0, b.level-float64(t-b.last)/float64(time.Minute)*limit)
	b.last = t
	over := b.level >= max(limit/2, 1)
	if !over {
		b.level++
	}
	a.buckets[caller] = b
	return over
}

// isLocked reports whether an account had too many failures in a row.
func (a *api) isLocked(account string, t int64) bool {
	f := a.failures[account]
	return a.login.lockAfter > 0 && f.n >= a.login.lockAfter && t-f.last < int64(15*time.Minute)
}

func (a *api) failed(account string, t int64) {
	if a.login.lockAfter == 0 {
		return
	}
	f := a.failures[account]
	if t-f.last > int64(30*time.Minute) {
		f.n = 0
	}
	a.failures[account] = failures{f.n + 1, t}
}

// clock returns how far the clock is off of the server that an address reaches.
func (a *api) clock(addr netip.Addr) int64 {
	if len(a.clocks) == 0 {
		return 0
	}
	b := addr.As16()
	return a.clocks[int(b[15])%len(a.clocks)]
}
