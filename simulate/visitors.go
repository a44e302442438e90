package simulate

import (
	"time"
)

// Visitors are people with a browser: they look at lists, open what interests
// them, some log in and look at what is theirs.
var Visitors = register(Kind{
	Name:  "visitors",
	Title: "People with a browser",
	Share: 0.42,
	start: func(c *cast) {
		habits := newHabits(c)
		c.arrivals(c.lines/habits.lines, func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, p.at(c.dice), func(cl *client) { habits.visit(cl, p) })
		})
	},
})

// habits are what the front end makes its visitors do.
type habits struct {
	signIn   float64 // share of visits with a login
	prefetch int     // objects the page fetches by itself after a list
	pages    float64 // lists a visit, about
	lines    float64 // requests a visit, about
}

func newHabits(c *cast) habits {
	h := habits{signIn: c.between(0.08, 0.5), pages: c.between(1, 4)}
	if c.chance(0.25) {
		h.prefetch = c.count(3, 20)
	}
	if c.api.members {
		h.signIn = c.between(0.4, 1)
	}
	h.lines = 3 + h.pages*(3.2+float64(h.prefetch)) + h.signIn*5 + float64(len(c.api.assets))*0.7
	return h
}

func (h habits) visit(c *client, p person) {
	if len(c.api.pages) > 0 {
		c.referer = c.pick([]string{"", "", "https://www.google.com/", "https://duckduckgo.com/"})
		c.land()
		c.referer = "https://" + c.api.host + "/"
		c.think(5 * time.Second)
	}
	if c.api.members || c.chance(h.signIn) {
		if c.api.members && !c.chance(h.signIn) {
			c.session, c.user, c.person = token(c.dice, 24), p.user, p.index // still logged in
		} else if !c.signIn(p, p.clumsy) {
			return
		}
		c.get(c.api.me, "", 640)
	}
	for range 1 + int(c.ExpFloat64()*h.pages) {
		c.browse(h.prefetch)
		if c.chance(0.15) {
			c.get(c.api.search, "q="+c.pick(words), c.about(3000, 0.4))
			c.think(8 * time.Second)
		}
	}
	if c.person != 0 {
		c.ownThings()
	}
}

// browse looks at one list and opens some of it.
func (c *client) browse(prefetch int) {
	cols := c.api.public
	if len(cols) == 0 || c.person != 0 && c.chance(0.4) {
		cols = c.api.owned
	}
	col := cols[0]
	if other := cols[c.IntN(len(cols))]; c.chance(0.3) && !other.private {
		col = other
	}
	page := int(c.ExpFloat64() * 0.5)
	shown := c.list(col, page)
	for i, id := range shown {
		if i == prefetch {
			break
		}
		c.wait(time.Duration(c.between(3, 60) * 1e6))
		c.open(col, id)
	}
	c.think(6 * time.Second)
	for range int(c.ExpFloat64() * 2.2) {
		var id int
		switch {
		case len(shown) > 0 && c.chance(0.6):
			id = shown[c.IntN(len(shown))]
		case col.mine == nil:
			id = col.popular(c.dice)
		default:
			return
		}
		c.openWith(col, id)
		c.think(14 * time.Second)
	}
}

// ownThings opens the caller's own objects, and sometimes makes one.
func (c *client) ownThings() {
	col := c.api.owned[0]
	if c.chance(0.7) {
		shown := c.list(col, 0)
		for _, id := range shown[:min(len(shown), int(c.ExpFloat64()*2))] {
			c.think(9 * time.Second)
			c.openWith(col, id)
		}
	}
	if c.chance(0.25) {
		c.think(20 * time.Second)
		c.order()
	}
}

// order makes an object and looks at it.
func (c *client) order() {
	col := c.api.owned[0]
	buy := ask{method: "POST", path: col.path, status: 201, in: 500, out: 310, slow: 4}
	if c.api.buy != "" {
		buy.path, buy.status = c.api.buy, 302
	}
	if c.send(buy) != buy.status {
		return
	}
	id := col.create(c.person)
	c.wait(time.Duration(c.between(0.1, 3) * 1e9))
	c.open(col, id)
}
