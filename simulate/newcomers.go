package simulate

import (
	"fmt"
	"strings"
	"time"
)

// Newcomers sign up: a trickle all day, ten times as many when a paper or an
// offer names the site. Some take a name that is taken, some hide their mail
// behind a throw-away or an alias, many never come back.
var Newcomers = register(Kind{
	Name:  "newcomers",
	Title: "People who sign up, many at once after a campaign",
	Share: 0.03,
	start: func(c *cast) {
		i := 0
		visit := func(c *cast) {
			i++
			p := c.crowd.person(c.crowd.people + 2000000 + i)
			c.enter(c.now, p.at(c.dice), func(cl *client) { cl.join(p, p.account) })
		}
		c.arrivals(max(c.lines/16, 8), visit)
		if c.chance(0.5) {
			lasts := c.span(20*time.Minute, 5*time.Hour)
			at := c.begin(lasts)
			c.arrivalsWithin(at, min(at+int64(lasts), c.end), max(c.lines/14, 15), visit)
		}
	},
})

// join signs up as people do.
func (c *client) join(p person, account string) {
	s := c.api.signup
	if c.chance(0.7) {
		c.land()
		c.think(6 * time.Second)
	}
	c.referer = "https://" + c.api.host + "/"
	if s.oauth != "" && c.chance(0.4) {
		c.signUpBy(p)
	} else {
		c.look(s.form, 5200)
		c.think(25 * time.Second)
		if c.chance(0.08) {
			return // too many questions
		}
		if s.check != "" {
			c.get(s.check, "email="+account, 28)
			c.think(6 * time.Second)
		}
		if c.chance(0.06) { // had one already
			c.signUp(c.crowd.person(1+c.IntN(c.crowd.people)), c.crowd.anyone(c.dice).account)
			c.think(8 * time.Second)
		}
		if c.api.logs.mail && c.chance(0.12) {
			account = fmt.Sprintf("%s@%s", strings.ToLower(token(c.dice, 9)), c.pick([]string{"privaterelay.appleid.com", "mozmail.com", "yopmail.com", "mailinator.com", "duck.com"}))
		}
		if !c.signUp(p, account) {
			return
		}
		if c.chance(0.7) {
			c.think(40 * time.Second)
			c.verify()
		}
	}
	if c.chance(0.3) {
		return // another day perhaps
	}
	c.get(c.api.me, "", 640)
	for range 1 + int(c.ExpFloat64()*1.5) {
		c.think(12 * time.Second)
		c.browse(0)
	}
	if c.chance(0.3) {
		c.think(20 * time.Second)
		c.order()
	}
}
