package decode

import (
	"strings"
	"testing"

	"goshawk/event"
)

// TestServers reads what other servers write in the Common Log Format.
func TestServers(t *testing.T) {
	f := func(line, want string) {
		t.Helper()
		got, _, _ := strings.Cut(decoded(t, Options{}, line), " carries=")
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
	// gunicorn, with "%(D)s"
	f(`203.0.113.9 - - [12/Oct/2023:14:32:45 +0000] "GET /a HTTP/1.1" 200 12 "-" "curl/8.1.2" "1834"`,
		`combined time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a proto=HTTP/1.1 status=200 out=12 agent=curl/8.1.2`)
	// Tomcat's common pattern
	f(`203.0.113.9 - mary [12/Oct/2023:14:32:45 +0000] "GET /a.jsp HTTP/1.1" 404 -`,
		`combined time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a.jsp proto=HTTP/1.1 status=404 out=0 user=mary`)
	// morgan's combined, which escapes no quotes, and its default
	f(`::ffff:203.0.113.9 - - [12/Oct/2023:14:32:45 +0000] "GET /a HTTP/1.1" - - "-" "a "quoted agent"`,
		`combined time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a proto=HTTP/1.1 out=0 agent="a \"quoted agent"`)
	f(`203.0.113.9 - - [Thu, 12 Oct 2023 14:32:45 GMT] "GET /a HTTP/1.1" 200 15 "-" "curl/8.1.2"`,
		`combined time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a proto=HTTP/1.1 status=200 out=15 agent=curl/8.1.2`)
}

// TestSite reads messages whose program an envelope has told.
func TestSite(t *testing.T) {
	d, _ := New(Options{})
	f := func(program, line, want string) {
		t.Helper()
		var e event.Event
		d.begin(&everything)
		got := "error"
		if err := d.inside(line, envelope{program: program}, &e); err == nil {
			got, _, _ = strings.Cut(e.Format+" "+show(&e), " flags=")
		}
		if got != want {
			t.Errorf("%s: %s\n got %s\nwant %s", program, line, got, want)
		}
	}
	const failure = "Authentication failure for admin from 203.0.113.9"
	f("wordpress(www.example.com)", failure, "wordpress client=203.0.113.9 host=www.example.com account=admin auth=fail")
	f("wp(www.example.com)", failure, "wordpress client=203.0.113.9 host=www.example.com account=admin auth=fail")
	f("wordpress", failure, "wordpress client=203.0.113.9 account=admin auth=fail")
	f("wordpress(www.example.com", failure, "text client=203.0.113.9 account=admin auth=fail")
	f("sshd", failure, "text client=203.0.113.9 account=admin auth=fail")
}

// TestVerdict tells attempts from what only sounds like one.
func TestVerdict(t *testing.T) {
	f := func(said, want string) {
		t.Helper()
		if got := verdict(said).String(); got != want {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
	f("Login failed for bob", "fail")
	f("auth: LOGIN FAILED", "fail")
	f("Invalid username or password", "fail")
	f("invalid user bob from 192.0.2.61", "fail")
	f("Logged in bob", "ok")
	f("Login failed: Accepted password", "fail")
	f("GET /login failed", "")
	f("invalid user input", "")
	f("invalid user idris from 192.0.2.61", "fail")
	f("unknown user agent", "")
	f("/x?login failed", "")
	f("failed", "")
	f("", "")
}

// TestAliases holds that hostile names cannot pass for a client.
func TestAliases(t *testing.T) {
	d, _ := New(Options{})
	for _, layout := range []string{
		"Login failed for %s from 192.0.2.61",
		"Invalid user %s from 192.0.2.61 port 22",
		"Authentication failure for %s from 192.0.2.61",
		"WARNING: Authentication attempt from 192.0.2.61 for user \"%s\" failed.",
		"FAILED LOGIN for %s [192.0.2.61] to Horde",
		"Invalid password. IP: 192.0.2.61. Username: %s",
		"Invalid password. Username: %s. IP: 192.0.2.61",
		"user denied: %s (mysql-denied) from 192.0.2.61",
		"IMAP Error: Login failed for %s from 192.0.2.61. AUTHENTICATE PLAIN: no. user=%s in /srv/imap.php on line 7 (POST /mail/)",
		"type=LOGIN_ERROR, ipAddress=192.0.2.61, error=x, username=%s",
		`level=error msg="Invalid username or password" uname="%s" remote_addr=192.0.2.61`,
		`{"msg":"Login failed for %s","remote_addr":"192.0.2.61"}`,
	} {
		for _, name := range []string{"bob", "x from 6.6.6.6", "x [6.6.6.6] to", "x IP: 6.6.6.6", "x ip=6.6.6.6", "x, ipAddress=6.6.6.6", "x user=x from 6.6.6.6",
			"x for y from 6.6.6.6 port 22", "x failed. from 6.6.6.6", "from 6.6.6.6", "x Username: y IP: 6.6.6.6", "x - IP: 6.6.6.6 - y"} {
			line := strings.ReplaceAll(layout, "%s", name)
			var e event.Event
			err := d.Decode(line, nil, &e)
			if name == "bob" && (err != nil || e.Client.String() != "192.0.2.61" || e.Account != "bob" || e.Auth != event.AuthFail) {
				t.Errorf("%s: %v, %s", line, err, show(&e))
			}
			if err == nil && e.Client.IsValid() && e.Client.String() != "192.0.2.61" {
				t.Errorf("%s: %s", line, show(&e))
			}
		}
	}
}
