package simulate

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// functions are what an API does beyond keeping objects, and what its server
// remembers of that: the steps of a purchase, coupons, gift cards, stock.
type functions struct {
	at      string // what paths begin with
	flow    flow
	coupon  code
	card    code
	scarce  []*scarce // things of which few exist; everybody wants the first
	hold    string    // path that puts one aside, with %s for it
	aside   time.Duration
	join    string // registration
	invite  string // what a referral link begins with
	rewards string // what a referrer looks at
	sms     code   // sends a message to a number; its code is the number
	proof   string // where the code of that message goes
	trial   string // makes a free trial
	credit  string // the costly thing that a trial may use
	graphql string
	export  string
	upload  string
	admin   string
	opens   bool // an admin route forgets to look at the role
	waf     bool // something in front refuses crude payloads
}

// newFunctions draws them for a world of so many lines.
func newFunctions(d dice, a *api, shape string, lines int) functions {
	f := functions{aside: d.span(4*time.Minute, 45*time.Minute), opens: d.chance(0.6), waf: d.chance(0.4)}
	if len(a.owned) == 0 {
		return f
	}
	if shape != "site" {
		f.at = strings.TrimSuffix(a.owned[0].path, "/"+a.owned[0].name)
	}
	p := f.at
	f.flow = newFlow(d, shape, p)
	f.coupon = newCode(d, d.pick([]string{"coupons", "vouchers", "promo-codes"}), p)
	f.coupon.mark = d.pick([]string{"", "SAVE", "WELCOME-", "VIP", "SPRING26-"})
	f.coupon.once = d.chance(0.7)
	f.card = newCode(d, d.pick([]string{"gift-cards", "giftcards", "cards"}), p)
	f.card.letters, f.card.length = "0123456789", d.count(12, 19)
	f.card.mark = fmt.Sprintf("%d", d.count(6000, 6399))
	f.card.below = "/balance"
	if shape == "site" {
		f.coupon.path, f.coupon.place, f.coupon.param, f.coupon.wrong = "/", "ajax", "apply_coupon", 200
		f.card.path, f.card.place, f.card.param, f.card.wrong = "/gift-card-balance/", "query", "card", 200
	}
	f.hold = p + d.pick([]string{"/cart/items?product_id=%s", "/products/%s/reserve", "/reservations?item=%s", "/events/%s/hold"})
	f.join = p + d.pick([]string{"/register", "/users", "/signup"})
	f.invite = d.pick([]string{"/r/", "/invite/", p + "/referrals/"})
	f.rewards = p + d.pick([]string{"/referrals", "/rewards", "/credits"})
	f.sms = newCode(d, d.pick([]string{"phone/verify", "otp/send", "auth/sms"}), p)
	f.sms.method, f.sms.right = "POST", d.pickInt(200, 202, 204)
	if f.sms.place == "path" {
		f.sms.place = "query"
	}
	f.sms.param, f.sms.letters, f.sms.length, f.sms.mark = d.pick([]string{"phone", "to", "msisdn"}), "0123456789", d.count(5, 8), ""
	f.proof = f.sms.path + "/check"
	f.trial = p + d.pick([]string{"/trials", "/subscriptions/trial", "/workspaces"})
	f.credit = p + d.pick([]string{"/generate", "/render", "/labels", "/lookups"})
	f.export = p + d.pick([]string{"/exports", "/reports", "/export"})
	f.upload = p + d.pick([]string{"/uploads", "/files", "/imports"})
	f.admin = p + d.pick([]string{"/admin", "/admin", "/manage", "/backoffice", "/internal/admin"})
	if shape == "site" {
		f.admin, f.upload = "/wp-json/wc/v3", "/wp-json/wp/v2/media"
		f.sms.path, f.sms.place, f.sms.param, f.proof = "/", "ajax", "send_otp", "/"
		f.graphql = "/graphql"
	} else if d.chance(0.7) {
		f.graphql = d.pick([]string{"/graphql", p + "/graphql"})
	}
	for range d.many(4, 14) {
		f.scarce = append(f.scarce, &scarce{id: fmt.Sprint(d.count(100, 99999)), left: int(d.wide(3, 200) * max(1, float64(lines)/20000))})
	}
	return f
}

func (d dice) pickInt(list ...int) int { return list[d.IntN(len(list))] }

// flow is the steps that lead to something of value.
type flow struct {
	steps  []step
	paid   int // the step that costs something or proves something
	goal   int
	refuse int // what the server answers to who has not come so far
	// What the server forgets to check.
	skips, replays, reorders bool
}

// step is one request; % in its path stands for the journey's id.
type step struct {
	name, method, path, query string
	status                    int
	size                      float64
	optional                  bool
}

func newFlow(d dice, shape, p string) flow {
	f := flow{refuse: d.pickInt(409, 422, 400, 403, 402)}
	switch shape {
	case "site":
		f.refuse = d.pickInt(302, 400, 403)
		f.steps = []step{
			{"add", "POST", "/", "wc-ajax=add_to_cart", 200, 900, false},
			{"cart", "GET", "/cart/", "", 200, 21000, true},
			{"checkout", "GET", "/checkout/", "", 200, 30000, false},
			{"review", "POST", "/", "wc-ajax=update_order_review", 200, 4000, true},
			{"pay", "POST", "/", "wc-ajax=checkout", 200, 420, false},
			{"received", "GET", "/checkout/order-received/%/", "key=wc_order_%", 200, 26000, false},
		}
		f.paid, f.goal = 4, 5
	case "shop":
		c := p + d.pick([]string{"/checkout", "/checkouts", "/baskets"})
		f.steps = []step{
			{"add", "POST", p + "/cart/items", "", 201, 640, false},
			{"cart", "GET", p + "/cart", "", 200, 1400, true},
			{"begin", "POST", c, "", 201, 700, false},
			{"address", "PUT", c + "/%/address", "", 200, 500, true},
			{"shipping", "PUT", c + "/%/shipping", "", 200, 380, true},
			{"pay", "POST", c + "/%/payment", "", d.pickInt(200, 201, 202), 420, false},
			{"confirm", "POST", c + "/%/confirm", "", 201, 520, false},
		}
		f.paid, f.goal = 5, 6
	default:
		c := p + d.pick([]string{"/onboarding", "/applications", "/kyc"})
		f.steps = []step{
			{"begin", "POST", c, "", 201, 320, false},
			{"profile", "PUT", c + "/%/profile", "", 200, 600, false},
			{"company", "PUT", c + "/%/company", "", 200, 700, true},
			{"documents", "POST", c + "/%/documents", "", 201, 260, true},
			{"verify", "POST", c + "/%/" + d.pick([]string{"verification", "identity-check", "screening"}), "", d.pickInt(200, 202), 240, false},
			{"status", "GET", c + "/%/status", "", 200, 180, true},
			{"activate", "POST", c + "/%/activate", "", d.pickInt(200, 201), 400, false},
		}
		f.paid, f.goal = 4, 6
	}
	// One thing at least is not checked, or nobody would abuse it.
	f.skips, f.replays, f.reorders = d.chance(0.55), d.chance(0.4), d.chance(0.3)
	if !f.skips && !f.replays && !f.reorders {
		f.skips = true
	}
	return f
}

// journey is one way through the flow.
type journey struct {
	id       string
	done     uint
	changed  bool // after it was paid
	finished int  // how often the goal was reached
}

func (c *client) journey() *journey {
	switch a, b := c.Uint64(), c.Uint64(); c.api.seed % 4 {
	case 0:
		return &journey{id: uuid(a, b)}
	case 1:
		return &journey{id: strconv.FormatUint(1e8+a%9e8, 10)}
	case 2:
		return &journey{id: fmt.Sprintf("%016x%08x", a, b>>32)}
	default:
		return &journey{id: fmt.Sprintf("cs_%016x", a)}
	}
}

// take makes the i-th step of a journey and reports whether the server let it.
func (c *client) take(j *journey, i int) bool {
	f := &c.api.flow
	s := f.steps[i]
	a := ask{method: s.method, path: strings.ReplaceAll(s.path, "%", j.id), query: strings.ReplaceAll(s.query, "%", j.id), status: s.status, out: c.about(s.size, 0.15), slow: 1.5}
	if s.method != "GET" {
		a.in = int64(c.about(180, 0.4))
	}
	if i == f.goal {
		a.slow = 4
		switch {
		case j.done>>f.paid&1 == 0 && !f.skips, j.changed && !f.reorders, j.finished > 0 && !f.replays:
			a.status, a.out = f.refuse, 96
		}
	}
	if c.send(a) != s.status || a.status != s.status {
		return false
	}
	if i == 0 && j.done>>f.paid&1 == 1 {
		j.changed = true
	}
	j.done |= 1 << i
	if i == f.goal {
		j.finished++
	}
	return true
}

// through makes the steps from one to the goal as a person does, leaving out
// optional ones as often as lazy says.
func (c *client) through(j *journey, from int, lazy float64, think time.Duration) bool {
	for i := from; i < len(c.api.flow.steps); i++ {
		if c.api.flow.steps[i].optional && c.chance(lazy) {
			continue
		}
		if !c.take(j, i) {
			c.think(think)
			if !c.take(j, i) {
				return false
			}
		}
		c.think(think)
	}
	return true
}

// exists asks, as forms do while one types, whether an account is taken.
func (c *client) exists(account string, taken bool) {
	status := 404
	if taken {
		status = 200
	}
	c.send(ask{method: "GET", path: c.api.at + "/accounts/exists", query: "email=" + escape(account), status: status, out: 60})
}

// changeMail gives the account another address.
func (c *client) changeMail() {
	c.send(ask{method: "PUT", path: strings.TrimSuffix(c.api.me, "/") + "/email", status: 200, out: 120, in: 70})
}

// code is something a customer types, and how the server is asked for it.
type code struct {
	method, path, below string
	place               string // of the code: path, query, body or ajax
	param               string
	wrong, right        int
	mark, letters       string
	length              int
	once                bool // it works but once
	n                   int  // of them that work
	seed                uint64
	spent               map[string]bool
}

func newCode(d dice, name, p string) code {
	k := code{method: "POST", path: p + "/" + name, place: d.pick([]string{"path", "query", "body"}), param: d.pick([]string{"code", "number"}),
		wrong: d.pickInt(404, 404, 400, 422, 200), right: 200, letters: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", length: d.count(4, 9), n: d.many(40, 3000),
		seed: d.Uint64(), spent: map[string]bool{}}
	if k.place != "body" && d.chance(0.7) {
		k.method = "GET"
	}
	return k
}

// text writes the i-th code that works.
func (k *code) text(i int) string {
	b := []byte(k.mark)
	h := mix(k.seed, uint64(i))
	for len(b) < len(k.mark)+k.length {
		b = append(b, k.letters[h%uint64(len(k.letters))])
		h = mix(h, 7)
	}
	return string(b)
}

// try tries a code and returns the status and whether it worked.
func (c *client) enterCode(k *code, text string, works bool) (int, bool) {
	works = works && !(k.once && k.spent[text])
	a := ask{method: k.method, path: k.path, status: k.wrong, out: 88, slow: 1.5}
	if works {
		a.status, a.out = k.right, 214
	}
	switch k.place {
	case "path":
		a.path += "/" + text + k.below
	case "query":
		a.query = k.param + "=" + text
	case "ajax":
		a.query = "wc-ajax=" + k.param
	}
	if k.method == "POST" {
		a.in = int64(14 + len(text))
	}
	status := c.send(a)
	if works = works && status == k.right; works && k.once {
		k.spent[text] = true
	}
	return status, works
}

// scarce is a thing of which few exist.
type scarce struct {
	id    string
	left  int
	holds []*hold // in no order
}

type hold struct{ until int64 }

// put tries to put one aside.
func (c *client) put(s *scarce) *hold {
	live := s.holds[:0]
	for _, h := range s.holds {
		if h.until > c.at {
			live = append(live, h)
		}
	}
	s.holds = live
	path, query, _ := strings.Cut(fmt.Sprintf(c.api.hold, s.id), "?")
	a := ask{method: "POST", path: path, query: query, status: 201, out: 410, in: 60, slow: 2}
	if len(live) >= s.left {
		a.status, a.out = 409, 74
	}
	if c.send(a) != 201 || a.status != 201 {
		return nil
	}
	h := &hold{c.at + int64(c.api.aside)}
	s.holds = append(s.holds, h)
	return h
}

// sell ends a hold with a purchase.
func (s *scarce) sell(h *hold, at int64) {
	if h.until > at {
		s.left--
		h.until = 0
	}
}
