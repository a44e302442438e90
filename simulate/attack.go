package simulate

import (
	"net/netip"
	"time"

	"goshawk/event"
)

// What attackers have in common: where they come from, what they pretend to
// be, and how much of the world they may fill.

// budget returns how many requests one campaign may make: enough to be a
// campaign, not so many that the log is nothing else.
func (c *cast) budget() int { return max(1200, c.Lines/8) }

// pick3 chooses by variant.
func pick3[T any](c *cast, easy, medium, evasive T) T {
	switch c.label.Variant {
	case "easy":
		return easy
	case "medium":
		return medium
	}
	return evasive
}

// disguise is the addresses and user agents that a campaign works from.
type disguise struct {
	addrs   []netip.Addr
	agents  []string // one for all, or one for each address
	referer string   // the site's own, from those who think of it
	tls     string   // the tool behind a browser's name; "" is a real browser
}

// hide draws a disguise with n addresses: the careless keep a tool's name and
// rent servers, the careful look like homes with browsers.
func (c *cast) hide(n int) disguise {
	kind := hosting
	if c.chance(pick3(c, 0.2, 0.5, 0.85)) {
		kind = residential
	}
	h := disguise{addrs: c.crowd.addresses(c.dice, n, kind)}
	if c.chance(pick3(c, 0, 0.06, 0.12)) {
		h.addrs = c.crowd.prefix(c.dice, n)
	}
	if n > 3 && c.chance(pick3(c, 0, 0.1, 0.25)) {
		h.addrs[n-1] = c.crowd.carriers[c.IntN(len(c.crowd.carriers))] // a phone among them
	}
	if c.chance(pick3(c, 0.1, 0.3, 0.6)) {
		h.referer = "https://" + c.api.host + "/"
	}
	switch browserly := c.chance(pick3(c, 0.3, 0.7, 1)); {
	case !browserly:
		h.agents = []string{c.pick(tools)}
		return h
	case c.chance(pick3(c, 0.05, 0.35, 0.75)):
		for range n {
			h.agents = append(h.agents, browser(c.dice, c.chance(0.3)))
		}
	default:
		h.agents = []string{browser(c.dice, false)}
	}
	if c.chance(pick3(c, 1, 0.8, 0.4)) {
		h.tls = c.pick(tools)
	}
	return h
}

func (h disguise) agentsName() string {
	if len(h.agents) > 1 {
		return "random browsers"
	}
	return h.agents[0]
}

// wear puts on the i-th disguise.
func (c *client) wear(h disguise, i int) {
	c.addr = h.addrs[i%len(h.addrs)]
	c.agent = h.agents[i%len(h.agents)]
	c.referer = h.referer
	c.tls = h.tls
}

// account returns the identity of an account that the attacker owns, logged in.
func (c *cast) account(i int) identity {
	p := c.crowd.person(c.crowd.people + 300000 + 1000*c.label.Campaign + i)
	return identity{person: p.index, user: p.user, session: token(c.dice, 24), own: p.account}
}

// takeOver says that an actor was innocent until the campaign: it is a member
// all the same.
func (c *cast) takeOver(a event.Actor) { c.tally.taken[a] = true }

// arrive logs in to the account that the attacker owns, as most do first.
func (c *client) arrive() {
	if c.own == "" || c.chance(0.3) {
		return
	}
	session := c.session
	c.session = ""
	c.try(c.own, true)
	c.session = session
	c.think(2 * time.Second)
}

// pretend does a little of what people do.
func (c *client) pretend() {
	switch c.IntN(5) {
	case 0:
		c.get(c.api.me, "", 640)
	case 1:
		c.get(c.api.search, "q="+c.pick(words), 2500)
	case 2:
		if len(c.api.public) > 0 {
			c.list(c.api.public[0], c.IntN(3))
			return
		}
		c.list(c.api.owned[0], 0)
	default:
		if len(c.api.public) > 0 {
			c.open(c.api.public[0], c.api.public[0].popular(c.dice))
			return
		}
		c.get(c.api.polls[0], "", 300)
	}
}

// sometime draws a time within d: any, or for the evasive one when customers
// are about.
func (c *cast) sometime(from int64, d time.Duration) int64 {
	t := from
	for range 30 {
		t = from + int64(c.Float64()*float64(d))
		if c.label.Variant != "evasive" || c.chance(c.api.rhythm(t)) {
			break
		}
	}
	return t
}

// lull sleeps through what a programme with working hours would.
func (c *client) lull(p float64, d time.Duration) {
	if c.chance(p) {
		c.wait(time.Duration(c.about(float64(d), 0.6)))
	}
}
