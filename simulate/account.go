package simulate

import (
	"cmp"
	"time"
)

// settings are the places where an account looks after itself. Writes are made
// by the method write; an empty path is one that this API lacks.
type settings struct {
	write                                     string
	done                                      int // status of a write
	profile, mail, password, addresses, cards string
	export                                    string // everything about me, in one file
	keys                                      string // POST makes an API key
}

// signup is how one gets an account.
type signup struct {
	path, query string
	form        string // page that shows the form
	check       string // asked whether a name is free, while it is typed
	verify      string // link in a mail
	oauth       string // begins with another site's account; its callback is below
	ok, taken   int
}

// account draws what a JSON API offers its accounts below a path.
func (a *api) accounts(d dice, p, below string) {
	a.settings = settings{
		write: d.pick([]string{"PATCH", "PUT", "POST"}), done: []int{200, 200, 204}[d.IntN(3)],
		profile: below, mail: below + "/email", password: below + d.pick([]string{"/password", "/change-password"}),
		addresses: below + "/addresses", cards: below + d.pick([]string{"/payment-methods", "/cards", "/billing"}),
	}
	if d.chance(0.5) {
		a.settings.export = below + "/export"
	}
	a.signup = signup{path: p + d.pick([]string{"/register", "/signup", "/auth/register"}), ok: []int{201, 201, 200}[d.IntN(3)], taken: []int{409, 422, 400}[d.IntN(3)]}
	if d.chance(0.5) {
		a.signup.check = p + "/users/available"
	}
	if d.chance(0.6) {
		a.signup.verify = p + "/auth/verify"
	}
	if d.chance(0.4) {
		a.signup.oauth = p + "/auth/" + d.pick([]string{"google", "github", "facebook"})
	}
}

// alter writes to one of the account's settings.
func (c *client) alter(path string) int {
	if path == "" {
		return 0
	}
	a := ask{method: c.api.settings.write, path: path, status: c.api.settings.done, in: int64(c.between(40, 400)), out: 180, slow: 2}
	if path == c.api.settings.addresses && a.status == 200 {
		a.method, a.status = "POST", 201
	}
	if !c.known() {
		a.status = 401
	}
	return c.send(a)
}

// look reads one of the account's settings, if the API has it.
func (c *client) look(path string, size float64) {
	if path != "" {
		c.get(path, "", size)
	}
}

// mint makes an API key.
func (c *client) mint() {
	if c.api.settings.keys != "" {
		c.send(ask{method: "POST", path: c.api.settings.keys, status: 201, in: 60, out: 140, slow: 2})
	}
}

// signUp asks for an account of that name and reports whether there is one
// now. A name that somebody has is refused.
func (c *client) signUp(p person, name string) bool {
	s := c.api.signup
	a := ask{method: "POST", path: s.path, query: s.query, account: name, status: s.ok, in: int64(90 + 2*len(name)), out: 240, slow: 5}
	if p.index <= c.crowd.people || c.api.names[name] {
		a.status, a.out = s.taken, 88
	}
	session := c.session
	c.session = ""
	if c.send(a) != s.ok || a.status != s.ok {
		c.session = session
		return false
	}
	c.api.names[name] = true
	c.user, c.person, c.session = cmp.Or(p.user, name), p.index, token(c.dice, 24)
	return true
}

// signUpBy comes with another site's account. The log names nobody until then.
func (c *client) signUpBy(p person) {
	s := c.api.signup
	c.send(ask{method: "GET", path: s.oauth, status: 302, slow: 0.5})
	c.wait(time.Duration(c.about(2.5e9, 0.6)))
	c.send(ask{method: "GET", path: s.oauth + "/callback", query: "code=" + token(c.dice, 30) + "&state=" + token(c.dice, 16), status: 302, slow: 6})
	c.user, c.person, c.session = p.user, p.index, token(c.dice, 24)
}

// verify follows the link in the mail.
func (c *client) verify() {
	if v := c.api.signup.verify; v != "" {
		c.get(v, "token="+token(c.dice, 32), 120)
	}
}

// seize keeps an account's owner out until they have got it back.
func (c *client) seize(account string) {
	c.api.seized[account] = c.at + int64(c.span(2*time.Hour, 60*time.Hour))
}

// rob is what a thief does in somebody's account: look what it is worth, then
// turn it into goods, data, a thing to sell or a way back. Half of the thieves
// of a well-known study order, three or four times, most others sell what they
// found. Sources: Ravelin, "What do fraudsters do after they take over an
// account?"; OWASP OAT-008.
func (c *client) rob(account, motive string, pause time.Duration) {
	s := c.api.settings
	c.get(c.api.me, "", 640)
	c.think(pause)
	c.look(s.cards, 420)
	switch motive {
	case "goods":
		c.think(pause)
		c.alter(s.addresses)
		if c.chance(0.5) {
			c.think(pause)
			c.alter(s.profile) // the telephone, for the courier
		}
		for range 1 + c.IntN(4) {
			c.think(4 * pause)
			if c.send(ask{method: "POST", path: cmp.Or(c.api.buy, c.api.owned[0].path), status: c.bought(), in: 500, out: 310, slow: 4}) == c.bought() {
				c.api.owned[0].create(c.person)
			}
		}
	case "data":
		shown := c.list(c.api.owned[0], 0)
		for _, id := range shown[:min(len(shown), 3+c.IntN(12))] {
			c.think(pause)
			c.open(c.api.owned[0], id)
		}
		c.look(s.export, 60000)
	case "foothold":
		c.think(pause)
		c.mint()
		c.list(c.api.owned[0], 0)
		c.think(pause)
		c.alter(s.mail)
	default: // to sell
		c.think(pause)
		c.list(c.api.owned[0], 0)
		c.think(pause)
		c.alter(s.mail)
		c.think(pause)
		if c.alter(s.password) == s.done {
			c.seize(account)
		}
	}
}

// bought is the status of an order that was placed.
func (c *client) bought() int {
	if c.api.buy != "" {
		return 302
	}
	return 201
}
