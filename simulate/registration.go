package simulate

import (
	"fmt"
	"strings"
	"time"
)

// Registration makes accounts in bulk, for spam, for what newcomers are given,
// or for other campaigns: by the form or with another site's accounts. Most do
// nothing for a while, as OWASP OAT-019 says.
var Registration = register(Kind{
	Name:   "bulk_registration",
	Title:  "Accounts made in bulk",
	Attack: true,
	start: func(c *cast) {
		n := min(900, pick3(c, c.many(60, 900), c.many(50, 700), c.many(40, 400)))
		perMinute := pick3(c, c.wide(5, 120), c.wide(0.8, 25), c.wide(0.1, 4))
		perMinute = max(perMinute, float64(n)/(c.Hours*60*0.85))
		lasts := time.Duration(float64(n) / perMinute * float64(time.Minute))
		h := c.hide(pick3(c, c.count(1, 3), c.many(2, 60), c.many(20, n)))
		byOther := c.api.signup.oauth != "" && c.chance(0.3)
		jitter := pick3(c, c.between(0, 0.2), c.between(0.1, 0.7), c.between(0.5, 0.95))
		bursts := pick3(c, 0, c.between(0, 0.02), c.between(0, 0.06)) // rests between handfuls
		human := c.chance(pick3(c, 0, 0.1, 0.5))                      // by day only
		form := pick3(c, 0.1, c.between(0, 1), c.between(0.5, 1))     // share that opens it first
		fill := pick3(c, c.span(100*time.Millisecond, time.Second), c.span(time.Second, 6*time.Second), c.span(5*time.Second, 40*time.Second))
		verified := pick3(c, c.between(0, 0.6), c.between(0, 1), c.between(0.4, 1))
		busy := pick3(c, c.between(0, 0.5), c.between(0, 0.6), c.between(0.1, 0.8)) // share that is used at once
		known := c.between(0, 0.1)                                                  // names that somebody has
		name, how := c.names()
		via := "the form"
		if byOther {
			via = "other sites' accounts"
		}
		c.note(fmt.Sprintf("%d accounts by %s, %s, %.1f/min, from %d addresses, %s, verified %.0f%%, used %.0f%%", n, via, how, perMinute, len(h.addrs), h.agentsName(), verified*100, busy*100))
		at := c.begin(lasts)
		when := at
		for i := range n {
			p := c.crowd.person(c.crowd.people + 300000 + 1000*c.label.Campaign + i)
			if human {
				for range 40 {
					if c.chance(c.api.rhythm(when)) {
						break
					}
					when += int64(10 * time.Minute)
				}
			}
			c.enter(when, identity{}, func(cl *client) {
				cl.wear(h, i)
				account := name(i)
				if byOther {
					if cl.chance(form) {
						cl.openOrLand()
						cl.pace(fill, 0.5)
					}
					cl.signUpBy(p)
				} else {
					if cl.chance(form) {
						cl.look(cl.api.signup.form, 5200)
						cl.pace(fill, 0.6)
						if cl.api.signup.check != "" {
							cl.get(cl.api.signup.check, "email="+account, 28)
							cl.pace(fill/3, 0.6)
						}
					}
					if cl.chance(known) {
						cl.signUp(cl.crowd.person(1+cl.IntN(cl.crowd.people)), cl.crowd.anyone(cl.dice).account)
						cl.pace(fill, 0.5)
					}
					if !cl.signUp(p, account) {
						cl.pace(5*fill, 0.5)
						if !cl.signUp(p, account) {
							return
						}
					}
					if cl.chance(verified) {
						cl.pace(10*fill, 0.8)
						cl.verify()
					}
				}
				if !cl.chance(busy) {
					return
				}
				cl.pace(3*fill, 0.6)
				cl.get(cl.api.me, "", 640)
				for range 1 + cl.IntN(5) {
					cl.pace(3*fill, 0.8)
					switch cl.IntN(3) {
					case 0:
						cl.alter(cl.api.settings.profile)
					case 1:
						cl.pretend()
					default: // what newcomers get, or spam
						if cl.send(ask{method: "POST", path: cl.api.owned[0].path, status: 201, in: 900, out: 310, slow: 4}) == 201 {
							cl.api.owned[0].create(cl.person)
						}
					}
				}
			})
			when += int64(float64(time.Minute) / perMinute * (1 + jitter*c.between(-1, 1)))
			if c.chance(bursts) {
				when += int64(c.span(time.Minute, 40*time.Minute))
			}
			if when > c.end { // the rest in what time is left
				when = at + int64(c.Float64()*float64(c.end-at))
			}
		}
	},
})

// names returns how a campaign makes up names, and what that is called. People
// make up some of theirs the same way.
func (c *cast) names() (func(i int) string, string) {
	domains := []string{"mailinator.com", "guerrillamail.com", "temp-mail.example", "10minutemail.net", "yopmail.com", "sharklasers.com"}
	kind := "disposable mail"
	switch {
	case c.chance(0.35):
		domains, kind = []string{c.pick(words) + c.pick(words) + ".xyz", c.pick(words) + "-" + c.pick(words) + ".top"}, "domains of its own"
	case c.chance(0.5):
		domains, kind = []string{"gmail.com", "outlook.com", "gmx.net", "proton.me"}, "free mail"
	}
	d := dice{rng(c.Uint64(), "names")}
	base := d.pick(firstNames) + d.pick(lastNames)
	from := d.IntN(9000)
	how := d.IntN(5)
	local := func(i int) string {
		switch how {
		case 0:
			return fmt.Sprintf("%s%d", base, from+i)
		case 1:
			return strings.ToLower(token(d, 8+d.IntN(5)))
		case 2:
			return fmt.Sprintf("%s.%s%d", d.pick(firstNames), d.pick(lastNames), d.IntN(10000))
		case 3:
			return fmt.Sprintf("%s%s%02d", d.pick(words), d.pick(words), d.IntN(100))
		}
		return fmt.Sprintf("%s+%s", base, strings.ToLower(token(d, 3)))
	}
	return func(i int) string {
		name := local(i)
		if c.api.logs.mail {
			name += "@" + domains[i%len(domains)]
		}
		return name
	}, []string{"one name and a number", "random letters", "first and last names", "two words", "one mailbox with suffixes"}[how] + " at " + kind
}
