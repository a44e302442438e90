package simulate

import (
	"fmt"
	"math/rand/v2"
	"time"

	"goshawk/event"
)

// shapes are the APIs a world can have. Each call draws another one.
var shapes = map[string]func(*rand.Rand) *api{"shop": shop, "b2b": b2b, "saas": saas, "site": site, "aws": aws}

// server draws what every API has.
func server(d dice) *api {
	a := &api{
		zone:     time.Duration(d.count(-8, 9)) * time.Hour,
		weekend:  d.between(0.6, 1.3),
		night:    d.between(0.06, 0.25),
		latency:  d.wide(8, 90),
		team:     1,
		logs:     logs{user: d.chance(0.7), mail: d.chance(0.75), session: d.chance(0.6), tls: d.chance(0.25), forwarded: d.chance(0.7)},
		failures: map[string]failures{},
		buckets:  map[string]bucket{},
		seized:   map[string]int64{},
		names:    map[string]bool{},
		believes: d.chance(0.3),
		seed:     d.Uint64(),
	}
	if d.chance(0.3) {
		a.limit = d.wide(120, 1500)
	}
	a.login = login{ok: 200, fail: []int{401, 401, 401, 400, 403, 422}[d.IntN(6)], okSize: int64(d.between(300, 1600)), size: int64(d.between(40, 160)), lockStatus: []int{429, 423, 403}[d.IntN(3)]}
	if d.chance(0.35) {
		a.login.lockAfter = d.many(5, 50)
	}
	return a
}

// numbered draws a collection with numeric ids.
func numbered(d dice, name, path string, n int) *collection {
	c := &collection{name: name, path: path, n: n, ids: event.Number, seed: d.Uint64(),
		base: uint64(d.wide(1, 5e6)), step: 1, gaps: d.wide(0.005, 0.3), size: d.wide(350, 4000),
		perPage: []int{10, 12, 20, 24, 25, 50}[d.IntN(6)], paging: d.pick([]string{"page", "page", "offset", "cursor"})}
	if d.chance(0.15) {
		c.step = uint64(d.count(2, 10)) // as clustered databases count
	}
	if d.chance(0.12) {
		c.inQuery = d.pick([]string{"id", name[:len(name)-1] + "_id", "ref"})
		c.listAt = path + "/list"
	}
	if d.chance(0.08) {
		c.mark = d.pick([]string{"INV-", "ORD-2026-", "C"})
	}
	c.guard = []guard{open, open, forbidden, hidden}[d.IntN(4)]
	return c
}

// unguessable draws a collection with random UUIDs.
func unguessable(d dice, name, path string, n int) *collection {
	c := numbered(d, name, path, n)
	c.ids, c.step, c.mark = event.UUID, 1, ""
	return c
}

func prefix(d dice) string { return d.pick([]string{"/api/v1", "/api/v2", "/api", "/v1", "/rest/V1"}) }

func web(d dice) (pages, assets []string) {
	pages = []string{"/", "/", "/sale", "/about"}
	for i := range d.count(2, 7) {
		assets = append(assets, fmt.Sprintf("/assets/%s.%06x.js", []string{"app", "vendor", "main", "chunk"}[i%4], d.IntN(1<<24)))
	}
	return pages, append(assets, "/assets/style.css", "/logo.svg", "/favicon.ico")
}

// shop sells goods: products are public and numbered, orders are somebody's.
func shop(r *rand.Rand) *api {
	d := dice{r}
	a := server(d)
	p := prefix(d)
	a.host = "shop.example.com"
	a.login.path = p + d.pick([]string{"/auth/login", "/login", "/sessions", "/users/login"})
	a.me = p + d.pick([]string{"/users/me", "/account", "/me"})
	a.search = p + "/search"
	a.accounts(d, p, a.me)
	a.polls = []string{p + "/cart", p + "/notifications", a.me}
	products := numbered(d, "products", p+"/products", d.many(300, 20000))
	products.below = []string{"/reviews", "/stock"}[:d.count(0, 2)]
	categories := numbered(d, "categories", p+"/categories", d.many(8, 60))
	categories.gaps = 0
	orders := numbered(d, "orders", p+"/orders", d.many(2000, 60000))
	orders.below = []string{"/tracking"}[:d.count(0, 1)]
	users := numbered(d, "users", p+d.pick([]string{"/users", "/customers", "/profiles"}), d.many(1000, 30000))
	users.gaps = d.wide(0.01, 0.1)
	users.private = true
	a.public = []*collection{products, categories}
	a.owned = []*collection{orders, users}
	orders.keyless = orders.guard == open && d.chance(0.4)
	users.keyless = users.guard == open && d.chance(0.4)
	a.keyed = d.chance(0.8)
	if d.chance(0.6) {
		a.pages, a.assets = web(d)
	}
	return a
}

// b2b is an API for other firms' programmes, and a portal for their staff.
func b2b(r *rand.Rand) *api {
	d := dice{r}
	a := server(d)
	p := d.pick([]string{"/v2", "/api/v3", "/partner/v1"})
	a.host = "api.example.net"
	a.weekend = d.between(0.1, 0.4)
	a.keyed, a.members = true, true
	a.team = d.count(3, 12)
	a.login.path = d.pick([]string{"/oauth/token", p + "/auth/token", p + "/login"})
	a.me = p + "/company"
	a.search = p + d.pick([]string{"/quotes", "/rates", "/availability"})
	a.accounts(d, p, a.me)
	a.settings.keys = p + "/keys"
	a.polls = []string{p + "/events", p + "/orders/status"}
	items := numbered(d, "items", p+"/items", d.many(500, 20000))
	invoices := numbered(d, "invoices", p+"/invoices", d.many(3000, 60000))
	invoices.below = []string{"/pdf"}[:d.count(0, 1)]
	shipments := numbered(d, "shipments", p+"/shipments", d.many(3000, 60000))
	customers := numbered(d, "customers", p+"/customers", d.many(1000, 20000))
	a.public = []*collection{items}
	a.owned = []*collection{invoices, shipments, customers}
	return a
}

// saas is a product used by teams: every object has a UUID and an owner.
func saas(r *rand.Rand) *api {
	d := dice{r}
	a := server(d)
	p := prefix(d)
	a.host = "app.example.io"
	a.weekend = d.between(0.15, 0.6)
	a.members = true
	a.keyed = d.chance(0.7)
	a.team = d.count(2, 15)
	a.login.path = p + d.pick([]string{"/auth/login", "/session", "/auth/sign_in"})
	a.me = p + "/me"
	a.search = p + "/search"
	a.accounts(d, p, a.me)
	a.settings.keys = p + "/tokens"
	a.polls = []string{p + "/notifications", p + "/presence"}
	projects := unguessable(d, "projects", p+"/projects", d.many(1000, 20000))
	projects.below = []string{"/tasks", "/members", "/activity"}[:d.count(1, 3)]
	documents := unguessable(d, "documents", p+"/documents", d.many(3000, 40000))
	a.owned = []*collection{projects, documents}
	if d.chance(0.5) {
		tickets := numbered(d, "tickets", p+"/tickets", d.many(3000, 40000))
		a.owned = append(a.owned, tickets)
	}
	if d.chance(0.5) {
		a.pages, a.assets = web(d)
	}
	return a
}

// site is a publisher's WordPress, with a small shop in it.
func site(r *rand.Rand) *api {
	d := dice{r}
	a := server(d)
	a.host = "www.example.org"
	a.login = login{path: "/wp-login.php", form: "/wp-login.php", ok: 302, fail: 200, size: 6800, okSize: 0}
	a.logs = logs{}
	a.me = "/my-account/"
	a.search = "/"
	a.polls = []string{"/wp-admin/admin-ajax.php", "/wp-json/wp/v2/types"}
	posts := numbered(d, "posts", "/blog", d.many(200, 5000))
	posts.ids, posts.size, posts.paging, posts.inQuery, posts.listAt = event.Slug, d.wide(9000, 60000), "page", "", ""
	a.buy = "/checkout/"
	raw := numbered(d, "wp posts", "/wp-json/wp/v2/posts", d.many(200, 5000))
	orders := numbered(d, "orders", "/my-account/view-order", d.many(1000, 20000))
	orders.guard, orders.listAt, orders.inQuery, orders.mark = forbidden, "/my-account/orders/", "", ""
	if d.chance(0.5) {
		orders.guard = open
		orders.keyless = d.chance(0.5)
	}
	a.public = []*collection{posts, raw}
	a.owned = []*collection{orders}
	a.settings = settings{write: "POST", done: 302, profile: "/my-account/edit-account/", mail: "/my-account/edit-account/", password: "/my-account/edit-account/",
		addresses: "/my-account/edit-address/billing/", cards: "/my-account/payment-methods/"}
	a.signup = signup{path: "/my-account/", form: "/my-account/", ok: 302, taken: 200}
	if d.chance(0.4) {
		a.signup.path, a.signup.form, a.signup.query = "/wp-login.php", "/wp-login.php", "action=register"
	}
	a.pages, a.assets = web(d)
	a.pages = []string{"/", "/", "/category/news/", "/category/travel/", "/contact/"}
	for i := range a.assets {
		a.assets[i] = "/wp-content/themes/twentytwenty" + a.assets[i]
	}
	a.team = 1
	return a
}
