package enrich

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"goshawk/event"
)

func TestShape(t *testing.T) {
	f := func(path, want string, ids ...string) {
		t.Helper()
		path, query, _ := strings.Cut(path, "?")
		e := event.Event{Method: "GET", Path: path, Query: query}
		var r event.Rec
		New(Options{}, 1).Do(&e, &r)
		if e.Template != "GET "+want {
			t.Errorf("%s: template %q, want %q", path, e.Template, "GET "+want)
		}
		var got []string
		for _, id := range e.IDs {
			got = append(got, fmt.Sprintf("%s=%s", id.Param, id.Value))
		}
		if fmt.Sprint(got) != fmt.Sprint(ids) {
			t.Errorf("%s: ids %v, want %v", path, got, ids)
		}
	}
	f("/", "/")
	f("/api/orders", "/api/orders")
	f("/api/orders/", "/api/orders")
	f("//api///orders", "/api/orders")
	f("/api/orders/10023", "/api/orders/{id}", "orders=10023")
	f("/api/orders/10023/items/7", "/api/orders/{id}/items/{id}", "orders=10023", "items=7")
	f("/api/v1/orders", "/api/v1/orders")
	f("/api/v2.1/orders", "/api/v2.1/orders")
	f("/orders/ORD-10023", "/orders/{id}", "orders=ORD-10023")
	f("/orders/AB12", "/orders/AB12")
	f("/orders/12345678901234567890", "/orders/{hex}", "orders=12345678901234567890")
	f("/invoices/10023.pdf", "/invoices/{id}.pdf", "invoices=10023")
	f("/files/0b6f3c1e-8a55-4d0e-9a7c-52d1f7c0a9e4", "/files/{uuid}", "files=0b6f3c1e-8a55-4d0e-9a7c-52d1f7c0a9e4")
	f("/files/507f1f77bcf86cd799439011", "/files/{hex}", "files=507f1f77bcf86cd799439011")
	f("/share/V1StGXR8_Z5jdHi6B-7t9A", "/share/{hex}", "share=V1StGXR8_Z5jdHi6B-7t9A")
	f("/blog/how-we-moved-our-servers", "/blog/how-we-moved-our-servers")
	f("/static/app.3f2a.js", "/static/{file}.js")
	f("/img/10023.png?id=5", "/img/{file}.png")
	f("/find?page=3&size=20&q=1234", "/find")
	f("/order?id=10023&page=2", "/order?id={id}", "id=10023")
	f("/order?user_id=5&orderId=ORD-777", "/order?user_id={id}&orderId={id}", "user_id=5", "orderId=ORD-777")
	f("/order?client_id=5&id=", "/order")
	f("/?rest_route=/wp/v2/users/7&page=2", "/?rest_route=/wp/v2/users/{id}", "users=7")
	f("/?rest_route=7&rest_route=", "/")
	f("/a/%2e%2e/etc", "/etc")
	f("/a/../../etc/passwd", "/a/../../etc/passwd")
	f(strings.Repeat("/a", 16)+"/b/c", strings.Repeat("/a", 16)+"/{rest}")
	f(strings.Repeat("/a", 16)+"/", strings.Repeat("/a", 16))
	f("/a"+strings.Repeat("/", 3000), "/a")
	f("/a/"+strings.Repeat("b", 3000)+"/c", "/a/{rest}")
	f("/a/"+strings.Repeat("b7", 1500)+"/c", "/a/{hex}/c", "a="+strings.Repeat("b7", 1500))
}

// A malformed request keeps nothing of its text in the template.
func TestMalformedShape(t *testing.T) {
	e := event.Event{Path: "\x16\x03\x01/1234", Flags: event.Malformed}
	var r event.Rec
	New(Options{}, 1).Do(&e, &r)
	if e.Template != " {malformed}" || len(e.IDs) != 0 {
		t.Errorf("template %q, ids %v", e.Template, e.IDs)
	}
}

func TestNumberInRec(t *testing.T) {
	var r, q event.Rec
	n := New(Options{}, 1)
	n.Do(&event.Event{Method: "GET", Path: "/a/3/b/ORD-00017"}, &r)
	if r.ID != 17 || r.Kind != event.Number {
		t.Errorf("the last id counts: %d, kind %d", r.ID, r.Kind)
	}
	n.Do(&event.Event{Method: "GET", Path: "/a/507f1f77bcf86cd799439011"}, &r)
	n.Do(&event.Event{Method: "GET", Path: "/a/507f1f77bcf86cd799439012"}, &q)
	if r.Kind != event.Hex || r.ID == 0 || r.ID == q.ID || r.Template != q.Template {
		t.Errorf("hex ids are hashes: %+v, %+v", r, q)
	}
}

// Shapes are numbered anew after a cut, and the same again in the same order.
func TestCut(t *testing.T) {
	n := New(Options{}, 1)
	at := func(path string) uint32 {
		var r event.Rec
		n.Do(&event.Event{Method: "GET", Path: path}, &r)
		return r.Template
	}
	if a, b, c := at("/a"), at("/b"), at("/a"); a != 0 || b != 1 || c != 0 {
		t.Errorf("numbers %d, %d, %d", a, b, c)
	}
	if l := n.Shapes().Cut(); len(l) != 2 || l[0].Text != "GET /a" || l[1].Text != "GET /b" {
		t.Errorf("cut %v", l)
	}
	if b, a := at("/b"), at("/a"); b != 0 || a != 1 {
		t.Errorf("after the cut %d, %d", b, a)
	}
}

var classNames = []struct {
	c event.Class
	s string
}{{event.Login, "login"}, {event.Failed, "failed"}, {event.Succeeded, "succeeded"}, {event.Refusal, "refusal"}, {event.Throttled, "throttled"},
	{event.Object, "object"}, {event.Create, "create"}, {event.Write, "write"}, {event.List, "list"}, {event.Asset, "asset"}, {event.Register, "register"}}

func classOf(e event.Event) string {
	var r event.Rec
	New(Options{}, 1).Do(&e, &r)
	var l []string
	for _, x := range classNames {
		if e.Class&x.c != 0 {
			l = append(l, x.s)
		}
	}
	if r.Class != e.Class {
		l = append(l, "differs")
	}
	return strings.Join(l, " ")
}

func TestClass(t *testing.T) {
	f := func(request string, status int, want string) {
		t.Helper()
		method, path, _ := strings.Cut(request, " ")
		path, query, _ := strings.Cut(path, "?")
		if got := classOf(event.Event{Method: method, Path: path, Query: query, Status: status}); got != want {
			t.Errorf("%s %d: %q, want %q", request, status, got, want)
		}
	}
	f("POST /api/login", 401, "login failed refusal write")
	f("POST /api/login/", 200, "login succeeded write")
	f("POST /Login", 302, "login succeeded write")
	f("POST /login.php", 403, "login failed refusal write")
	f("POST /api/v1/auth/token", 400, "login failed write")
	f("POST /oauth/token?grant_type=password", 422, "login failed write")
	f("POST /sessions", 423, "login failed write")
	f("POST /login", 429, "login failed refusal throttled write")
	f("POST /login", 503, "login write") // a failing server decides nothing
	f("POST /login", 0, "login write")
	f("GET /login", 200, "list")
	f("POST /api/login/17", 200, "object write")
	f("POST /token/refresh", 401, "refusal write")
	f("POST /logout", 200, "write")
	f("POST /reset-password", 200, "write")
	f("POST /api/signup", 201, "create write register")
	// WordPress shows the form again after a failure, and redirects after a success.
	f("POST /wp-login.php", 200, "login failed write")
	f("POST /blog/wp-login.php", 302, "login succeeded write")
	f("POST /wp-login.php", 403, "login failed refusal write")
	f("POST /wp-login.php?redirect_to=/wp-admin/&action=login", 200, "login failed write")
	f("POST /wp-login.php?action=lostpassword", 302, "write")
	f("POST /wp-login.php?action=register", 302, "create write register")
	f("POST /wp-login.php?action=postpass", 302, "write")
	f("GET /wp-login.php?action=logout&_wpnonce=a", 302, "")
	f("GET /wp-login.php", 200, "list")
	f("POST /xmlrpc.php", 200, "login write") // always 200: says nothing
	f("POST /blog/xmlrpc.php", 403, "login failed refusal write")
	f("POST /xmlrpc.php", 500, "login write")
	f("GET /xmlrpc.php", 405, "refusal")
	f("POST /wp-signup.php", 200, "create write register")
	f("POST /my-account/lost-password/", 302, "write")
	f("POST /wp-cron.php?doing_wp_cron=1", 200, "write")
	f("POST /wp-admin/admin-ajax.php", 200, "write")
	f("GET /?author=7", 301, "object")
	f("GET /blog/wp-json/wp/v2/users", 200, "list")
	f("GET /wp-json/wp/v2/users/7", 200, "object")
	f("GET /?rest_route=/wp/v2/users", 200, "list")
	f("GET /?rest_route=/wp/v2/users/7", 200, "object")
	f("GET /api/orders/17", 200, "object")
	f("GET /api/orders/17", 404, "refusal object")
	f("DELETE /api/orders/17", 204, "object write")
	f("GET /api/orders", 200, "list")
	f("GET /api/orders?page=2", 200, "list")
	f("GET /api/orders", 403, "refusal")
	f("GET /app.js", 200, "asset")
	f("GET /app.js", 404, "refusal asset")
}

// What the log says of the outcome goes before the status.
func TestOutcomeSaid(t *testing.T) {
	f := func(a event.Auth, status int, want string) {
		t.Helper()
		if got := classOf(event.Event{Method: "POST", Path: "/login", Status: status, Auth: a}); got != want {
			t.Errorf("auth %v, %d: %q, want %q", a, status, got, want)
		}
	}
	f(event.AuthFail, 200, "login failed write")
	f(event.AuthOK, 401, "login succeeded refusal write")
}

// Logs of attempts name an account, or no path; a refused request with a path
// and no account is none.
func TestAttempts(t *testing.T) {
	f := func(e event.Event, want string) {
		t.Helper()
		if got := classOf(e); got != want {
			t.Errorf("%+v: %q, want %q", e, got, want)
		}
	}
	f(event.Event{Auth: event.AuthFail}, "login failed")
	f(event.Event{Auth: event.AuthFail, Account: "bob"}, "login failed")
	f(event.Event{Auth: event.AuthOK, Account: "bob"}, "login succeeded")
	f(event.Event{Auth: event.AuthFail, Account: "bob", Method: "POST", Path: "/mail/"}, "login failed write")
	f(event.Event{Auth: event.AuthFail, Method: "GET", Path: "/api/items", Status: 401}, "refusal")
	f(event.Event{Action: event.Block}, "")
	e := event.Event{Auth: event.AuthFail, User: "bob"}
	var r event.Rec
	New(Options{}, 1).Do(&e, &r)
	if e.Account != "bob" || e.User != "" || r.Principal != 0 || r.Account == 0 || e.Template != " {login}" {
		t.Errorf("account %q, user %q, template %q: %+v", e.Account, e.User, e.Template, r)
	}
}

func TestClient(t *testing.T) {
	f := func(peer, forwarded, want string, trusted ...string) {
		t.Helper()
		var o Options
		for _, p := range trusted {
			o.TrustedProxies = append(o.TrustedProxies, netip.MustParsePrefix(p))
		}
		e := event.Event{Forwarded: forwarded}
		if peer != "" {
			e.Client = netip.MustParseAddr(peer)
		}
		var r event.Rec
		New(o, 1).Do(&e, &r)
		got := ""
		if e.Client.IsValid() {
			got = e.Client.String()
		}
		if got != want {
			t.Errorf("%s forwarding %q, trusting %v: %s, want %s", peer, forwarded, trusted, got, want)
		}
		if r.Client != 0 != (want != "") {
			t.Errorf("hash %x of %q", r.Client, want)
		}
	}
	f("203.0.113.9", "", "203.0.113.9")
	f("", "", "")
	f("10.0.0.1", "203.0.113.9", "203.0.113.9")
	// What the client wrote stands to the left, and is not believed.
	f("10.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.9")
	f("10.0.0.1", "192.0.2.1, 198.51.100.4, 203.0.113.9, 10.0.0.7", "203.0.113.9")
	f("203.0.113.9", "192.0.2.1", "203.0.113.9")
	f("203.0.113.9", "10.0.0.1, 127.0.0.1", "203.0.113.9")
	f("198.51.100.10", "192.0.2.1, 203.0.113.9", "203.0.113.9", "198.51.100.0/24")
	f("10.0.0.1", "203.0.113.9", "10.0.0.1", "198.51.100.0/24")
	// Everybody trusted: the first is who asked. Garbage ends the walk.
	f("10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2")
	f("10.0.0.1", "203.0.113.9, unknown", "10.0.0.1")
	f("10.0.0.1", "203.0.113.9, ', 10.0.0.3", "10.0.0.3")
	f("10.0.0.1", ",", "10.0.0.1")
	f("::ffff:10.0.0.1", "2001:db8::5", "2001:db8::5")
	f("fd00::1", "for=\"[2001:db8::5]:4711\"", "2001:db8::5")
	f("", "192.0.2.1, 203.0.113.9", "203.0.113.9")
}

func TestAddress(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		got := ""
		if a, ok := Address(in); ok {
			got = a.String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	f("192.0.2.1", "192.0.2.1")
	f(" 192.0.2.1:443 ", "192.0.2.1")
	f("2001:db8::1", "2001:db8::1")
	f("[2001:db8::1]:443", "2001:db8::1")
	f("[2001:db8::1", "")
	f("For=192.0.2.1", "192.0.2.1")
	f(`for="[2001:db8::1]"`, "2001:db8::1")
	f("::ffff:192.0.2.1", "192.0.2.1")
	f("fe80::1%eth0", "fe80::1")
	f("unknown", "")
	f("_hidden", "")
	f("", "")
}

// rec enriches an event for its hashes.
func rec(e event.Event, seed uint64) (r event.Rec) {
	New(Options{}, seed).Do(&e, &r)
	return r
}

// An IPv6 /64 counts as one; networks are /24 and /48.
func TestAddressesAsActors(t *testing.T) {
	f := func(a, b string, sameClient, sameNet bool) {
		t.Helper()
		x := rec(event.Event{Client: netip.MustParseAddr(a)}, 1)
		y := rec(event.Event{Client: netip.MustParseAddr(b)}, 1)
		if (x.Client == y.Client) != sameClient || (x.Net == y.Net) != sameNet {
			t.Errorf("%s and %s: same client %v, same network %v", a, b, x.Client == y.Client, x.Net == y.Net)
		}
		if (IPValue(netip.MustParseAddr(a)) == IPValue(netip.MustParseAddr(b))) != sameClient || (NetValue(netip.MustParseAddr(a)) == NetValue(netip.MustParseAddr(b))) != sameNet {
			t.Errorf("%s and %s are shown otherwise than they are counted", a, b)
		}
	}
	f("192.0.2.1", "192.0.2.1", true, true)
	f("192.0.2.1", "192.0.2.2", false, true)
	f("192.0.2.1", "192.0.3.1", false, false)
	f("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true, true)
	f("2001:db8:1:2::1", "2001:db8:1:3::1", false, true)
	f("2001:db8:1:2::1", "2001:db8:2:2::1", false, false)
	f("0.0.0.0", "::", false, false)
}

// On a log-in the user named is the account aimed at, never who asks.
func TestAccountMovesOnLogin(t *testing.T) {
	f := func(path, user, account, wantUser, wantAccount string) {
		t.Helper()
		e := event.Event{Method: "POST", Path: path, User: user, Account: account, Status: 401}
		var r event.Rec
		New(Options{}, 1).Do(&e, &r)
		if e.User != wantUser || e.Account != wantAccount {
			t.Errorf("%s by %q at %q: user %q, account %q", path, user, account, e.User, e.Account)
		}
		if (r.Principal != 0) != (wantUser != "") || (r.Account != 0) != (wantAccount != "" && path == "/login") {
			t.Errorf("%s: principal %x, account %x", path, r.Principal, r.Account)
		}
	}
	f("/login", "alice", "", "", "alice")
	f("/login", "alice", "bob", "", "bob")
	f("/login", "", "", "", "")
	f("/orders", "alice", "", "alice", "")
}

func TestPrincipal(t *testing.T) {
	f := func(e event.Event, want event.Scope) {
		t.Helper()
		r := rec(e, 1)
		if r.Who != want || (r.Principal != 0) != (want != event.NoScope) {
			t.Errorf("%+v: %v, %x, want %v", e, r.Who, r.Principal, want)
		}
		if other := rec(e, 2); want != event.NoScope && other.Principal == r.Principal {
			t.Errorf("%v: the hash does not depend on the seed", want)
		}
	}
	f(event.Event{}, event.NoScope)
	f(event.Event{User: "a", Key: "a", Session: "a"}, event.User)
	f(event.Event{Key: "a", Session: "a"}, event.Key)
	f(event.Event{Session: "a"}, event.Session)
	if rec(event.Event{User: "a"}, 1).Principal == rec(event.Event{Key: "a"}, 1).Principal {
		t.Error("a user and a key of the same name are one")
	}
}

func TestActor(t *testing.T) {
	e := &event.Event{Client: netip.MustParseAddr("2001:db8:1:2::9"), User: "alice", Key: "ak_live_7Yd0qPz3mN81xvKc", Session: "0123456789abcdef", Account: "bob",
		UserAgent: "curl/8.5.0", Template: "GET /a"}
	tag := NewTagger([32]byte{1}, false)
	f := func(s event.Scope, want string) {
		t.Helper()
		a, ok := Actor(e, s, tag)
		if got := a.String(); got != want || !ok || a.Scope != s {
			t.Errorf("%v: %q, %v, want %q", s, got, ok, want)
		}
		if _, ok := Actor(&event.Event{}, s, tag); ok && s != event.All {
			t.Errorf("%v: an empty event has one", s)
		}
	}
	f(event.IP, "ip 2001:db8:1:2::/64")
	f(event.Net, "net 2001:db8:1::/48")
	f(event.User, "user alice")
	f(event.Account, "account bob")
	f(event.Endpoint, "endpoint GET /a")
	f(event.All, "all all")
	f(event.Fingerprint, "fingerprint curl/8.5.0")
	e.TLS = "t13d1516h2_8daaf6152771_b186095e22b6"
	f(event.Fingerprint, "fingerprint "+e.TLS)
	f(event.Key, "key "+tag.Tag(e.Key))
	f(event.Session, "session "+tag.Tag(e.Session))
	for _, s := range []event.Scope{event.Key, event.Session} {
		if a, _ := Actor(e, s, tag); strings.Contains(a.Value, e.Key) || strings.Contains(a.Value, e.Session) {
			t.Errorf("%v is shown in clear: %s", s, a.Value)
		}
	}
	e.TLS = strings.Repeat("x", 1000)
	if a, _ := Actor(e, event.Fingerprint, tag); len(a.Value) != 256 {
		t.Errorf("a fingerprint of %d bytes", len(a.Value))
	}
	e.Client = netip.MustParseAddr("::ffff:192.0.2.1")
	f(event.IP, "ip 192.0.2.1")
	f(event.Net, "net 192.0.2.0/24")
}

func TestIsTool(t *testing.T) {
	f := func(agent string, want bool) {
		t.Helper()
		if IsTool(agent) != want {
			t.Errorf("%q: %v", agent, !want)
		}
		if r := rec(event.Event{UserAgent: agent}, 1); agent != "" && (r.Mark&event.MarkTool != 0) != want {
			t.Errorf("%q: mark %b", agent, r.Mark)
		}
	}
	f("", true)
	f("curl/8.5.0", true)
	f("partner-sync/2.1", true)
	f("python-requests/2.32.3", true)
	f("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", false)
	f("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36", true)
	f("Mozilla/5.0 (compatible; Examplebot/2.1)", true)
	f("okhttp/4.12.0", false)
	f("ExampleShop/4.1.0 (iPhone; iOS 18.6) CFNetwork/1568", false)
}

// FuzzShape folds arbitrary requests: the template is bounded, there are at most
// eight ids, each of them a part of the line, and folding what was folded finds
// no more.
func FuzzShape(f *testing.F) {
	f.Add("GET", "/api/orders/10023", "user_id=5&page=2")
	f.Add("POST", "/files/0b6f3c1e-8a55-4d0e-9a7c-52d1f7c0a9e4/x.js", "id=")
	f.Add("", "//%2e%2e/\x00/{id}/é", "&&==&id=1=2&")
	f.Add(strings.Repeat("M", 99), strings.Repeat("/1", 99), strings.Repeat("id=7&", 99))
	f.Fuzz(func(t *testing.T, method, path, query string) {
		e := event.Event{Method: method, Path: path, Query: query}
		var r event.Rec
		n := New(Options{}, 1)
		n.Do(&e, &r)
		if most := maxShape + 64; len(e.Template) > most {
			t.Fatalf("a template of %d bytes, %d at most", len(e.Template), most)
		}
		if len(e.IDs) > maxIDs {
			t.Fatalf("%d ids", len(e.IDs))
		}
		for _, id := range e.IDs {
			if id.Value == "" || id.Kind == event.NoID || !strings.Contains(path, id.Value) && !strings.Contains(query, id.Value) {
				t.Fatalf("id %+v", id)
			}
		}
		var again event.Rec
		if n.Do(&e, &again); again.Template != r.Template {
			t.Fatalf("the second time it is template %d, not %d", again.Template, r.Template)
		}
		if path == "" || e.Path == "" {
			return
		}
		fold, _, _ := strings.Cut(e.Template[strings.IndexByte(e.Template, ' ')+1:], "?")
		if strings.ContainsAny(method, " ") || strings.Contains(path, "?") {
			return
		}
		twice := event.Event{Method: method, Path: fold}
		n.Do(&twice, &again)
		if len(twice.IDs) > 0 {
			t.Fatalf("%q still holds ids: %+v", fold, twice.IDs)
		}
	})
}
