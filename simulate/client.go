package simulate

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"goshawk/event"
)

// ask is one request and what the server would answer if it were well.
type ask struct {
	method, path, query string
	account             string // of a login
	status              int
	in                  int64
	out                 float64
	slow                float64 // times the usual latency; 0 is 1
}

// send asks and returns the status, after repeating what the actor repeats.
func (c *client) send(a ask) int {
	for try := 0; ; try++ {
		status := c.sendOnce(a)
		if status < 500 || try >= c.retries {
			return status
		}
		c.wait(time.Duration(float64(time.Second) * float64(int(1)<<min(try, 6)) * c.between(0.5, 1.2)))
	}
}

func (c *client) sendOnce(a ask) int {
	e := &c.run.e
	e.Reset()
	if a.slow == 0 {
		a.slow = 1
	}
	out := a.out * c.between(0.98, 1.02)
	took := c.about(c.api.latency*a.slow, 0.5)
	switch {
	case c.api.down(c.at) && c.chance(0.85):
		a.status, out, took = []int{502, 503, 503, 504}[c.IntN(4)], 162, took*c.wide(1, 40)
	case c.chance(0.0004):
		a.status, out = 500, 87
	case c.api.over(c.caller(), c.limit, c.at):
		a.status, out, took = 429, 52, 1
		c.refused++
	}
	e.Time = c.at + c.api.clock(c.addr)
	e.Duration = int64(time.Duration(took*1e6).Truncate(time.Millisecond) + time.Millisecond)
	e.BytesOut = int64(out)
	e.BytesIn = a.in + int64(220+len(a.path)+len(a.query)+len(c.agent))
	e.Client = c.seen()
	e.Peer = e.Client // whom the server believes, it logs
	if c.api.logs.forwarded {
		e.Forwarded = c.forwarded
		e.Carries |= event.HasForwarded
	}
	e.Method, e.Path, e.Query = a.method, a.path, a.query
	e.Scheme, e.Host, e.Proto = "https", c.api.host, "HTTP/1.1"
	if len(c.agent) > 60 && (c.tls == "" || strings.Contains(c.tls, "/2.0") || strings.HasPrefix(c.tls, "okhttp") || strings.HasPrefix(c.tls, "Firefox")) {
		e.Proto = "HTTP/2.0"
	}
	e.Referer = c.referer
	e.UserAgent = c.agent
	e.Status = a.status
	e.Key = c.key
	e.Account = a.account
	if a.account == "" {
		e.User = c.user
		e.Session = c.session
	}
	if !c.api.logs.user {
		e.User = ""
	}
	if !c.api.logs.session {
		e.Session = ""
	}
	if c.api.logs.tls {
		e.TLS = ja4(cmp.Or(c.tls, c.agent))
	}
	if c.api.cloud != nil {
		asCall(e)
	}
	hide(e, c.Hide)
	c.run.tally.add(e, c.label, &c.wake)
	c.run.emit(e, c.label)
	return a.status
}

func (c *client) caller() string {
	switch {
	case c.key != "":
		return c.key
	case c.session != "":
		return c.session
	}
	return c.seen().String()
}

// seen is the address that the server takes for the client's.
func (c *client) seen() netip.Addr {
	if c.forwarded != "" && c.api.believes {
		for f := range strings.SplitSeq(c.forwarded, ",") {
			if a, err := netip.ParseAddr(strings.TrimSpace(f)); err == nil && !a.IsPrivate() && !a.IsLoopback() {
				return a
			}
		}
	}
	return c.addr
}

// get fetches a document that exists.
func (c *client) get(path, query string, size float64) int {
	return c.send(ask{method: "GET", path: path, query: query, status: 200, out: size})
}

// missing fetches what does not exist.
func (c *client) missing(path string) int {
	return c.send(ask{method: "GET", path: path, status: 404, out: 146, slow: 0.3})
}

// land opens a page as a browser does, with what belongs to it.
func (c *client) land() {
	if len(c.api.pages) == 0 {
		return
	}
	page := c.pick(c.api.pages)
	if c.send(ask{method: "GET", path: page, status: 200, out: c.about(14000, 0.3), slow: 2}) >= 400 {
		return
	}
	before := c.referer
	c.referer = "https://" + c.api.host + page
	cached := c.chance(0.4)
	for _, a := range c.api.assets {
		c.wait(time.Duration(c.between(5, 90) * 1e6))
		status, size := 200, 2000+float64(mix(c.api.seed, uint64(len(a))*31+uint64(a[len(a)-4]))%90000)
		if cached {
			if c.chance(0.7) {
				continue
			}
			status, size = 304, 0
		}
		c.send(ask{method: "GET", path: a, status: status, out: size, slow: 0.1})
	}
	c.referer = before
}

// list shows a page (0-based) of a collection: all of a public one, or the
// caller's own objects. Staff and keys see all.
func (c *client) list(col *collection, page int) []int {
	var shown []int
	if col.mine == nil || c.staff {
		shown = col.page(page)
	} else {
		own := col.of(c.person)
		for i := len(own) - 1 - page*col.perPage; i >= 0 && len(shown) < col.perPage; i-- {
			shown = append(shown, own[i])
		}
	}
	status := 200
	if col.mine != nil && !c.known() {
		status = 401
		shown = nil
	}
	at := col.path
	if col.listAt != "" {
		at = col.listAt
	}
	if c.send(ask{method: "GET", path: at, query: pageQuery(col, page), status: status, out: 60 + float64(len(shown))*col.size*0.35, slow: 1.5}) != 200 {
		return nil
	}
	return shown
}

func pageQuery(col *collection, page int) string {
	switch col.paging {
	case "offset":
		return fmt.Sprintf("limit=%d&offset=%d", col.perPage, page*col.perPage)
	case "cursor":
		if page == 0 {
			return fmt.Sprintf("limit=%d", col.perPage)
		}
		return fmt.Sprintf("limit=%d&cursor=%s", col.perPage, strconv.FormatUint(mix(col.seed, uint64(page)), 36))
	}
	if page == 0 {
		return ""
	}
	return fmt.Sprintf("page=%d", page+1)
}

func (c *client) known() bool { return c.person != 0 || c.staff || c.key != "" }

// may returns what the API answers to this caller for object i; i may not exist.
func (c *client) may(col *collection, i int) int {
	switch {
	case col.mine != nil && !c.known() && !col.keyless:
		return 401
	case !col.exists(i):
		return 404
	case col.mine == nil || c.staff || c.person != 0 && col.owner(i) == int32((c.person-1)/col.team):
		return 200
	}
	return []int{200, 403, 404}[col.guard]
}

// open fetches one object.
func (c *client) open(col *collection, i int) int { return c.openID(col, i, col.id(i)) }

// openID fetches the object that has an id; i is its index or -1.
func (c *client) openID(col *collection, i int, id string) int {
	status := c.may(col, i)
	size := 74.0
	if status == 200 {
		size = col.bytes(i)
	}
	path, query := col.path+"/"+id, ""
	if col.inQuery != "" {
		path, query = col.path, col.inQuery+"="+id
	}
	return c.send(ask{method: "GET", path: path, query: query, status: status, out: size})
}

// openNumber fetches the object that has a number.
func (c *client) openNumber(col *collection, n uint64) int {
	return c.openID(col, col.index(n), col.text(n))
}

// openWith fetches an object and now and then what belongs to it.
func (c *client) openWith(col *collection, i int) int {
	status := c.open(col, i)
	if status != 200 {
		return status
	}
	for _, below := range col.below {
		if c.chance(0.6) && col.inQuery == "" {
			c.wait(time.Duration(c.between(10, 200) * 1e6))
			c.get(col.path+"/"+col.id(i)+below, "", col.size*0.7)
		}
	}
	return status
}

// try attempts to log in to an account once and reports whether it worked.
// When it does, the caller has a session.
func (c *client) try(account string, right bool) bool {
	l := c.api.login
	if c.label.Campaign == 0 {
		c.run.logins++
	}
	a := ask{method: "POST", path: l.path, account: account, status: l.fail, out: float64(l.size), slow: 3,
		in: int64(38 + len(account) + c.IntN(9))}
	switch {
	case c.api.isLocked(account, c.at):
		a.status = l.lockStatus
	case c.api.signInDown(c.at):
	case right && (c.label.Campaign != 0 || c.api.seized[account] <= c.at):
		a.status, a.out = l.ok, float64(l.okSize)
	}
	if a.status == l.fail {
		c.api.failed(account, c.at)
	}
	if c.label.Campaign != 0 && account != c.own {
		c.run.tally.victims[c.label.Campaign-1][account] = true
	}
	if status := c.send(a); status != l.ok || a.status != l.ok {
		return false
	}
	delete(c.api.failures, account)
	c.session = token(c.dice, 24)
	return true
}

// signIn logs in as a person does, with mistakes, and reports whether that
// worked in the end.
func (c *client) signIn(p person, clumsy float64) bool {
	if c.api.login.form != "" {
		c.get(c.api.login.form, "", 5200)
		c.think(8 * time.Second)
	}
	mistakes := 0
	for mistakes < 3 && c.chance(clumsy) {
		mistakes++
		clumsy = min(0.6, clumsy*2.5)
	}
	for range mistakes {
		c.try(p.account, false)
		c.think(7 * time.Second)
	}
	for range 1 + c.IntN(3) {
		if c.try(p.account, true) {
			c.user, c.person = p.user, p.index
			return true
		}
		c.think(20 * time.Second)
	}
	return false
}

// token returns n random letters and digits.
func token(d dice, n int) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[d.IntN(len(letters))]
	}
	return string(b)
}
