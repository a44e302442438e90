package threat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"goshawk/internal/servers"
)

// Every snippet goes through the program that it is for. Where that is not
// installed the test is skipped, and says which package has it.

// snippet is a fenced block of a page. Its first line names the file that it
// belongs into, where it does not belong into one that exists.
type snippet struct {
	slug, file, text string
}

// snippets returns the blocks of all pages in that language; a language without
// any is a fault of the test.
func snippets(t *testing.T, lang string) (all []snippet) {
	t.Helper()
	name := regexp.MustCompile(`^(?:#|//) (\S+\.\w+)\n|^<\?php\n// (\S+\.php)\n`)
	for _, p := range All() {
		for _, b := range blocks(p.Body, lang) {
			s := snippet{slug: p.Slug, text: b}
			if m := name.FindStringSubmatch(b); m != nil {
				s.file = m[1] + m[2]
			}
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		t.Fatalf("no page has a block of %s", lang)
	}
	return all
}

func (s snippet) String() string { return s.slug + ":\n" + s.text }

// TestLimitsAreTold: where a page gives something to install, it says what that cannot see.
func TestLimitsAreTold(t *testing.T) {
	for _, p := range All() {
		for section := range strings.SplitSeq(p.Body, "\n## ") {
			installs := false
			for _, lang := range []string{"nginx", "apache", "haproxy", "ini", "js", "python", "php", "json"} {
				for _, b := range blocks(section, lang) {
					installs = installs || !strings.Contains(b, `"Statement": [`) // a policy denies; it sees nothing
				}
			}
			if installs && !strings.Contains(section, "\nCannot see: ") {
				title, _, _ := strings.Cut(section, "\n")
				t.Errorf("%s, %s: does not say what its snippet cannot see", p.Slug, title)
			}
		}
	}
}

func TestApache(t *testing.T) {
	apache := servers.Command(t, "apache2", "apache2")
	for _, s := range snippets(t, "apache") {
		dir := t.TempDir()
		conf := filepath.Join(dir, "httpd.conf")
		write(t, conf, apacheHead(dir, "127.0.0.1:8080")+s.text)
		if out, err := exec.Command(apache, "-t", "-f", conf).CombinedOutput(); err != nil || strings.Contains(string(out), "arn") {
			t.Errorf("%v\n%s\n%s", err, out, s)
		}
	}
}

// apacheHead is a configuration with the modules that the pages use, and nothing to serve.
func apacheHead(dir, address string) string {
	var b strings.Builder
	for _, m := range []string{"mpm_event", "authn_core", "authz_core", "authz_host", "setenvif", "remoteip", "reqtimeout", "headers", "alias", "proxy", "proxy_http"} {
		fmt.Fprintf(&b, "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n", m, m)
	}
	if os.Getuid() == 0 { // it refuses to serve as root
		b.WriteString("User www-data\nGroup www-data\n")
	}
	fmt.Fprintf(&b, "ServerRoot %s\nDefaultRuntimeDir %s\nPidFile pid\nServerName example.com\nListen %s\nErrorLog error.log\n", dir, dir, address)
	return b.String()
}

func TestHAProxy(t *testing.T) {
	haproxy := servers.Command(t, "haproxy", "haproxy")
	for _, s := range snippets(t, "haproxy") {
		conf := filepath.Join(t.TempDir(), "haproxy.cfg")
		write(t, conf, haproxyHead+s.text)
		if out, err := exec.Command(haproxy, "-c", "-f", conf).CombinedOutput(); err != nil || strings.Contains(string(out), "WARNING") {
			t.Errorf("%v\n%s\n%s", err, out, s)
		}
	}
}

// TestHAProxyRefuses, TestNginxRefuses and TestApacheRefuses send real requests through a real
// proxy: what a page says is refused is, what it says passes does.
func TestHAProxyRefuses(t *testing.T) {
	app := newApp(t)
	haproxy := servers.Command(t, "haproxy", "haproxy")
	start := func(slug string) asker {
		return app.behind(t, slug, "haproxy", func(dir, _, text string) *exec.Cmd {
			write(t, filepath.Join(dir, "haproxy.cfg"), haproxyHead+text)
			return exec.Command(haproxy, "-db", "-f", filepath.Join(dir, "haproxy.cfg"))
		})
	}
	ask := start("request-rate-abuse")
	ask(t, 60, 200, "GET", "/api/v1/search", "X-API-Key", "a")
	ask(t, 5, 429, "GET", "/api/v1/search", "X-API-Key", "a")
	if got := app.answer.Load(); got != "60" {
		t.Errorf("Retry-After is %q", got)
	}
	ask(t, 1, 200, "GET", "/api/v1/search", "X-API-Key", "b")

	ask = start("resource-enumeration")
	ask(t, 150, 200, "GET", "/api/v1/orders/7", "", "")
	app.status.Store(http.StatusNotFound)
	ask(t, 110, 429, "GET", "/api/v1/orders/8", "", "")
	app.status.Store(http.StatusOK)

	ask = start("spoofed-forwarded-for")
	ask(t, 1, 200, "GET", "/", "X-Forwarded-For", "11.84.7.201")
	if got := app.forwarded.Load(); got != "127.0.0.1" {
		t.Errorf("the application is told of %v", got)
	}
}

// TestAtOnce: what bounds requests that run at once lets so many run, refuses
// the next, and lets it run once the others have ended.
func TestAtOnce(t *testing.T) {
	f := func(program, pkg, lang string, n int, start func(program, dir, text string) *exec.Cmd) {
		t.Helper()
		path := servers.Command(t, program, pkg)
		app := newApp(t)
		ask := app.behind(t, "resource-exhaustion", lang, func(dir, _, text string) *exec.Cmd {
			return start(path, dir, strings.ReplaceAll(text, "location /api/", "location /"))
		})
		ask(t, 1, 200, "GET", "/", "", "")
		var all sync.WaitGroup
		for range n {
			all.Go(func() { ask(t, 1, 200, "GET", "/slow", "", "") })
		}
		for deadline := time.Now().Add(30 * time.Second); app.waiting.Load() < int32(n); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: %d of %d run", program, app.waiting.Load(), n)
			}
		}
		ask(t, 1, 429, "GET", "/", "", "")
		close(app.slow)
		all.Wait()
		ask(t, 1, 200, "GET", "/", "", "")
	}
	f("haproxy", "haproxy", "haproxy", 10, func(program, dir, text string) *exec.Cmd {
		write(t, filepath.Join(dir, "haproxy.cfg"), haproxyHead+text)
		return exec.Command(program, "-db", "-f", filepath.Join(dir, "haproxy.cfg"))
	})
	f("nginx", "nginx", "nginx", 4, func(program, dir, text string) *exec.Cmd {
		write(t, filepath.Join(dir, "nginx.conf"), "pid pid;\ndaemon off;\nmaster_process off;\nevents {}\nhttp {\naccess_log off;\n"+servers.NginxPaths+text+"}\n")
		return exec.Command(program, "-p", dir, "-e", "stderr", "-c", filepath.Join(dir, "nginx.conf"))
	})
}

func TestNginxRefuses(t *testing.T) {
	app := newApp(t)
	nginx := servers.Command(t, "nginx", "nginx")
	start := func(slug string) asker {
		return app.behind(t, slug, "nginx", func(dir, _, text string) *exec.Cmd {
			text = strings.Replace(text, "# include /etc/nginx/banned-keys.map", "include "+dir+"/banned-keys.map", 1)
			write(t, filepath.Join(dir, "banned-keys.map"), "\"ak_live_0000example\" 1;\n")
			write(t, filepath.Join(dir, "nginx.conf"), "pid pid;\ndaemon off;\nmaster_process off;\nevents {}\nhttp {\naccess_log off;\n"+servers.NginxPaths+text+"}\n")
			return exec.Command(nginx, "-p", dir, "-e", "stderr", "-c", filepath.Join(dir, "nginx.conf"))
		})
	}
	ask := start("credential-stuffing")
	ask(t, 6, 200, "POST", "/api/v1/auth/login", "", "")
	ask(t, 1, 429, "POST", "/api/v1/auth/login", "", "")
	ask(t, 20, 200, "GET", "/api/v1/auth/login", "", "")

	ask = start("request-rate-abuse")
	ask(t, 21, 200, "GET", "/api/x", "X-API-Key", "a")
	ask(t, 1, 429, "GET", "/api/x", "X-API-Key", "a")
	ask(t, 1, 200, "GET", "/api/x", "X-API-Key", "b")

	ask = start("leaked-key")
	ask(t, 1, 401, "GET", "/api/x", "X-API-Key", "ak_live_0000example")
	ask(t, 1, 200, "GET", "/api/x", "X-API-Key", "ak_live_1111example")

	ask = start("ip-rotation")
	ask(t, 1, 429, "GET", "/api/x", "X-API-Key", "ak_live_0000example")
	ask(t, 1, 200, "GET", "/api/x", "X-API-Key", "ak_live_1111example")

	ask = start("password-spraying")
	ask(t, 16, 200, "POST", "/api/v1/auth/login", "", "")
	ask(t, 1, 429, "POST", "/api/v1/auth/login", "", "")

	ask = start("ignored-throttling")
	ask(t, 21, 200, "GET", "/api/x", "", "")
	ask(t, 1, 429, "GET", "/api/x", "", "")
	if got := app.answer.Load(); got != "60" {
		t.Errorf("Retry-After is %q", got)
	}

	ask = start("resource-enumeration")
	ask(t, 21, 200, "GET", "/api/v1/orders/7", "", "")
	ask(t, 1, 429, "GET", "/api/v1/orders/8", "", "")

	ask = start("broken-object-level-authorization")
	ask(t, 1, 503, "GET", "/api/v1/users/7001/profile", "", "")
	ask(t, 1, 200, "GET", "/api/v1/users/me", "", "")

	ask = start("unauthorized-api-access")
	ask(t, 1, 403, "GET", "/v1/admin/users", "", "")
	ask(t, 1, 200, "GET", "/v1/users", "", "")

	ask = start("reconnaissance")
	ask(t, 1, 404, "GET", "/.git/config", "", "")
	ask(t, 1, 200, "GET", "/git", "", "")

	ask = start("spoofed-forwarded-for")
	ask(t, 1, 200, "GET", "/api/x", "X-Forwarded-For", "11.84.7.201") // 127.0.0.1 is no proxy of its
	if got := app.forwarded.Load(); got != "127.0.0.1" {
		t.Errorf("the application is told of %v", got)
	}

	ask = start("payload-attacks")
	ask(t, 1, 403, "GET", "/api/products?sort=1%20UNION%20SELECT%20null", "", "")
	ask(t, 1, 200, "GET", "/api/products?q=union+of+selected+towns", "", "")

	ask = start("token-forgery")
	ask(t, 1, 401, "GET", "/api/x?access_token=eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "", "")
	ask(t, 1, 401, "GET", "/api/x", "Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.")
	ask(t, 1, 200, "GET", "/api/x", "Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl")

	ask = start("uuid-guessing")
	ask(t, 11, 200, "GET", "/api/v2/invoices/6fa459ea-ee8a-4ca4-894e-db77e160355e", "", "")
	ask(t, 1, 429, "GET", "/api/v2/invoices/6fa459ea-ee8a-4ca4-894e-db77e160355e", "", "")
	ask(t, 1, 200, "GET", "/api/v2/invoices/6fa459ea-ee8a-4ca4-894e-db77e160355e", "Authorization", "Bearer x")
}

func TestApacheRefuses(t *testing.T) {
	app := newApp(t)
	apache := servers.Command(t, "apache2", "apache2")
	start := func(slug string) asker {
		return app.behind(t, slug, "apache", func(dir, address, text string) *exec.Cmd {
			write(t, filepath.Join(dir, "httpd.conf"), apacheHead(dir, address)+"StartServers 1\nServerLimit 1\nThreadsPerChild 4\nMaxRequestWorkers 4\nMinSpareThreads 1\nMaxSpareThreads 4\n"+
				"DocumentRoot "+dir+"\nProxyPass /xmlrpc.php !\nProxyPass /wp-login.php !\nProxyPass /wp-cron.php !\nProxyPass / "+app.URL+"/\n"+text)
			open := []string{filepath.Dir(dir), dir} // to the user that it serves as
			for _, name := range []string{"xmlrpc.php", "wp-login.php", "wp-cron.php"} {
				write(t, filepath.Join(dir, name), "ok")
				open = append(open, filepath.Join(dir, name))
			}
			for _, name := range open {
				if err := os.Chmod(name, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			return exec.Command(apache, "-f", filepath.Join(dir, "httpd.conf"), "-D", "FOREGROUND")
		})
	}
	ask := start("leaked-key")
	ask(t, 1, 403, "GET", "/api/x", "X-API-Key", "ak_live_0000example")
	ask(t, 1, 200, "GET", "/api/x", "X-API-Key", "ak_live_1111example")
	ask(t, 1, 200, "GET", "/api/x", "", "")

	ask = start("resource-exhaustion")
	ask(t, 1, 200, "POST", "/api/x", "", "")
	ask(t, 1, 413, "POST", "/api/x", "Content-Length", "1048577")

	ask = start("wordpress-attacks")
	ask(t, 1, 403, "POST", "/xmlrpc.php", "", "")
	ask(t, 1, 403, "POST", "/wp-login.php", "", "")
	ask(t, 1, 200, "GET", "/wp-cron.php", "", "")
}

// app is the application behind a proxy.
type app struct {
	*httptest.Server
	status    atomic.Int32  // what it answers
	slow      chan struct{} // requests for /slow wait until it is closed
	waiting   atomic.Int32
	forwarded atomic.Value // the client that it was told of last
	answer    atomic.Value // the last answer's Retry-After, as its client sees it
}

func newApp(t *testing.T) *app {
	a := &app{slow: make(chan struct{})}
	a.status.Store(http.StatusOK)
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			a.waiting.Add(1)
			<-a.slow
		}
		a.forwarded.Store(strings.Join(r.Header.Values("X-Forwarded-For"), ", "))
		w.WriteHeader(int(a.status.Load()))
	}))
	t.Cleanup(a.Close)
	return a
}

// asker asks n times, and fails the test unless the last answer has the status.
type asker func(t *testing.T, n, status int, method, target, header, value string)

// behind starts a proxy with the last of a page's blocks in that language, at a
// free port and before the application.
func (a *app) behind(t *testing.T, slug, lang string, proxy func(dir, address, text string) *exec.Cmd) asker {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	text := ""
	for _, s := range snippets(t, lang) {
		if s.slug == slug {
			text = s.text
		}
	}
	if text == "" {
		t.Fatalf("%s has no block of %s", slug, lang)
	}
	text = strings.NewReplacer("bind 127.0.0.1:8080", "bind "+address, "listen 8080", "listen "+address, "127.0.0.1:3000", a.Listener.Addr().String()).Replace(text)
	cmd := proxy(t.TempDir(), address, text)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return func(t *testing.T, n, status int, method, target, header, value string) {
		t.Helper()
		got := 0
		for range n {
			r, err := http.NewRequest(method, "http://"+address+target, nil)
			if err != nil {
				t.Fatal(err)
			}
			if header == "Content-Length" { // a body of that many bytes
				n, err := strconv.Atoi(value)
				if err != nil {
					t.Fatal(err)
				}
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(make([]byte, n))), int64(n)
			} else if header != "" {
				r.Header.Set(header, value)
			}
			for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				res, err := http.DefaultClient.Do(r)
				if err == nil {
					res.Body.Close()
					got = res.StatusCode
					a.answer.Store(res.Header.Get("Retry-After"))
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("%s: %v", slug, err)
				}
			}
		}
		if got != status {
			t.Errorf("%s: %s %s with %s %s, the %dth: %d, not %d", slug, method, target, header, value, n, got, status)
		}
	}
}

const haproxyHead = "defaults\n    mode http\n    timeout connect 5s\n    timeout client 30s\n    timeout server 30s\n\n"

// jails says what each jail is tried with: lines with %s for the time, of which
// the attacker's must be found and lead to the ban, and the others not.
var jails = map[string]struct {
	filter   string // "" for the jail's own name; one that fail2ban ships
	time     string // layout
	attack   string
	repeat   int
	banned   string
	innocent string
}{
	"api-login": {
		time:     nginxTime,
		attack:   `203.0.113.7 - - [%s] "POST /api/v1/auth/login HTTP/1.1" 401 58 "-" "python-requests/2.32.3"`,
		repeat:   21,
		banned:   "203.0.113.7",
		innocent: `198.51.100.4 - - [%s] "POST /api/v1/auth/login HTTP/1.1" 200 912 "POST /api/v1/auth/login HTTP/1.1\" 401 " "a"`,
	},
	"api-misses": {
		time:     nginxTime,
		attack:   `203.0.113.7 - - [%s] "GET /api/v2/invoices/6fa459ea-ee8a-4ca4-894e-db77e160355e HTTP/1.1" 404 31 "-" "Go-http-client/2.0"`,
		repeat:   31,
		banned:   "203.0.113.7",
		innocent: `198.51.100.4 - - [%s] "GET /api/v2/invoices/6fa459ea-ee8a-4ca4-894e-db77e160355e HTTP/1.1" 200 310 "-" "a"`,
	},
	"api-flood": {
		time:     nginxTime,
		attack:   `203.0.113.7 - - [%s] "GET /api/v1/search?q=lamp HTTP/1.1" 200 5120 "-" "python-requests/2.32.3"`,
		repeat:   101,
		banned:   "203.0.113.7",
		innocent: `198.51.100.4 - - [%s] "GET /static/app.css?x=/api/ HTTP/1.1" 200 310 "-" "a"`,
	},
	"api-throttled": {
		time:     nginxTime,
		attack:   `203.0.113.7 - - [%s] "GET /api/search?q=lamp HTTP/1.1" 429 52 "-" "python-requests/2.32.3"`,
		repeat:   101,
		banned:   "203.0.113.7",
		innocent: `198.51.100.4 - - [%s] "GET /api/search?q=lamp HTTP/1.1" 200 429 "-" "a"`,
	},
	"api-key": {
		time:     nginxTime,
		attack:   `203.0.113.7 - - [%s] "GET /api/products?page=1 HTTP/1.1" 429 52 "-" "Mozilla/5.0" "ak_live_0000example"`,
		repeat:   61,
		banned:   "ak_live_0000example",
		innocent: `198.51.100.4 - - [%s] "GET /api/products HTTP/1.1" 429 52 "-" "Mozilla/5.0" "-"`,
	},
	"wp-login": {
		time:     nginxTime,
		attack:   `203.0.113.7 - - [%s] "POST //xmlrpc.php HTTP/1.1" 200 403 "-" "Mozilla/5.0"`,
		repeat:   11,
		banned:   "203.0.113.7",
		innocent: `198.51.100.4 - - [%s] "POST /wp-login.php HTTP/1.1" 302 0 "-" "a"`,
	},
	"api-denied": {
		time:     "2006-01-02T15:04:05.000Z",
		attack:   `%s ERROR 403 Access Denied - /api/user/data - IP: 203.0.113.7 - User-Agent: Mozilla/5.0`,
		repeat:   21,
		banned:   "203.0.113.7",
		innocent: `%s INFO 200 OK - /api/user/data - IP: 198.51.100.4 - User-Agent: ERROR 403 Access Denied - /x - IP: 198.51.100.4`,
	},
	"apache-auth": {
		time:     "Mon Jan 02 15:04:05.000000 2006",
		attack:   `[%s] [auth_basic:error] [pid 12:tid 13] [client 203.0.113.7:51034] AH01617: user mbrandt: authentication failure for "/private": Password Mismatch`,
		repeat:   11,
		banned:   "203.0.113.7",
		innocent: `[%s] [core:error] [pid 12:tid 13] [client 198.51.100.4:51034] AH00037: Symbolic link not allowed`,
	},
}

const nginxTime = "02/Jan/2006:15:04:05 -0700"

// TestFail2ban starts a real fail2ban with every jail of the pages, each on a log
// of its own with the attack in it, and waits until it has banned the attacker
// and nobody else.
func TestFail2ban(t *testing.T) {
	server := servers.Command(t, "fail2ban-server", "fail2ban")
	dir := t.TempDir()
	conf := filepath.Join(dir, "fail2ban")
	if out, err := exec.Command("cp", "-r", "/etc/fail2ban", conf).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, do := range []error{os.RemoveAll(filepath.Join(conf, "jail.d")), os.Mkdir(filepath.Join(conf, "jail.d"), 0o700)} {
		if do != nil {
			t.Fatal(do)
		}
	}
	write(t, filepath.Join(conf, "fail2ban.local"), "[Definition]\ndbfile = None\n")
	write(t, filepath.Join(conf, "action.d", "record.conf"), "[Definition]\nactionban = true\nactionunban = true\n")
	write(t, filepath.Join(conf, "jail.local"), "[DEFAULT]\nbackend = polling\nbanaction = record\nbanaction_allports = record\nusedns = no\n")
	var found []string
	for _, s := range snippets(t, "ini") {
		text := s.text
		if name, ok := strings.CutPrefix(s.file, "jail.d/"); ok {
			name = strings.TrimSuffix(name, ".conf")
			found = append(found, name)
			text = regexp.MustCompile(`/var/log/\S+`).ReplaceAllString(text, filepath.Join(dir, name+".log"))
		}
		text = strings.ReplaceAll(strings.ReplaceAll(text, "/etc/nginx/", dir+"/"), "nginx -s reload", "true")
		write(t, filepath.Join(conf, s.file), text)
	}
	// Far from UTC, so that a time with a zone is read with it, and one without as local.
	const zone = "Asia/Tokyo"
	tokyo, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TZ", zone)
	now := time.Now().In(tokyo)
	for _, name := range found {
		j, ok := jails[name]
		if !ok {
			t.Errorf("the jail %s is not tried with anything", name)
			continue
		}
		at := now.Format(j.time)
		if strings.HasSuffix(j.time, "Z") {
			at = now.UTC().Format(j.time)
		}
		var log strings.Builder
		for range j.repeat {
			fmt.Fprintf(&log, j.attack+"\n", at)
		}
		fmt.Fprintf(&log, j.innocent+"\n", at)
		file := filepath.Join(dir, name+".log")
		write(t, file, log.String())

		filter := j.filter
		if filter == "" {
			filter = name
		}
		out, err := exec.Command("fail2ban-regex", "-c", conf, file, filepath.Join(conf, "filter.d", filter+".conf")).CombinedOutput()
		if want := fmt.Sprintf("%d matched, 1 missed", j.repeat); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: fail2ban-regex: %v, not %s:\n%s", name, err, want, out)
		}
	}
	if len(found) != len(jails) {
		t.Errorf("the pages have the jails %v, tried are %d", found, len(jails))
	}
	if t.Failed() {
		return
	}

	socket := filepath.Join(dir, "sock")
	cmd := exec.Command(server, "-f", "-c", conf, "-s", socket, "-p", filepath.Join(dir, "pid"), "-x", "--logtarget", "STDOUT", "start")
	out, err := os.Create(filepath.Join(dir, "said"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer func() {
		cmd.Process.Signal(os.Interrupt)
		<-ended
	}()
	ask := func(args ...string) string {
		b, _ := exec.Command("fail2ban-client", append([]string{"-c", conf, "-s", socket}, args...)...).CombinedOutput()
		return string(b)
	}
	list := regexp.MustCompile(`Banned IP list:\s*(.*)`)
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(300 * time.Millisecond) {
		missing := ""
		for name, j := range jails {
			status := ask("status", name)
			if m := list.FindStringSubmatch(status); m == nil || m[1] != j.banned {
				missing += name + ": " + status + "\n"
			}
		}
		if missing == "" { // its actions run after it says so
			b, _ := os.ReadFile(filepath.Join(dir, "banned-keys.map"))
			if string(b) == "\"ak_live_0000example\" 1;\n" {
				break
			}
			missing = "the map of keys holds: " + string(b)
		}
		select {
		case err := <-ended:
			ended <- err
			deadline = time.Time{}
		default:
		}
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(filepath.Join(dir, "said"))
			t.Fatalf("not banned, or not alone:\n%s\n%s", missing, said)
		}
	}
}

// TestNode lets Node.js check every script, and runs what the pages' driver does with it.
func TestNode(t *testing.T) {
	node := servers.Command(t, "node", "nodejs")
	dir := t.TempDir()
	for _, s := range snippets(t, "js") {
		file := filepath.Join(dir, s.file)
		write(t, file, s.text)
		if out, err := exec.Command(node, "--check", file).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s\n%s", err, out, s)
		}
	}
	drive(t, dir, "driver.mjs", node)
}

// TestDjango runs every module under Django and Django REST framework.
func TestDjango(t *testing.T) {
	servers.Command(t, "django-admin", "python3-django")
	const python = "/usr/bin/python3" // the one that Debian's packages are for
	if err := exec.Command(python, "-c", "import rest_framework").Run(); err != nil {
		t.Skip("Django REST framework is not installed: apt-get install python3-djangorestframework, or make test as root, which does it")
	}
	dir := t.TempDir()
	for _, s := range snippets(t, "python") {
		write(t, filepath.Join(dir, s.file), s.text)
	}
	drive(t, dir, "driver.py", python)
}

// TestWordPress lets PHP check every plug-in, and runs it with WordPress's hooks
// played by the driver.
func TestWordPress(t *testing.T) {
	php := servers.Command(t, "php", "php-cli")
	dir := t.TempDir()
	for _, s := range snippets(t, "php") {
		file := filepath.Join(dir, s.file)
		write(t, file, s.text)
		if out, err := exec.Command(php, "-l", file).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s\n%s", err, out, s)
		}
	}
	drive(t, dir, "driver.php", php)
}

// drive runs testdata/driver among the snippets: it uses each of them, fails if
// one does not do what its page says, and prints the names of those it used.
func drive(t *testing.T, dir, driver, program string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", driver))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, driver), string(b))
	cmd := exec.Command(program, driver)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, f := range files {
		if used := "used " + filepath.Base(f) + "\n"; !strings.Contains(string(out), used) {
			t.Errorf("%s does not use %s", driver, filepath.Base(f))
		}
	}
}

// TestAWS reads every rule of AWS WAF and every usage plan into the types of
// AWS's own SDK, where no field may be unknown, and every policy into the
// grammar of IAM.
func TestAWS(t *testing.T) {
	var rules []snippet
	for _, s := range snippets(t, "json") {
		if strings.Contains(s.text, `"Statement": [`) {
			checkPolicy(t, s)
		} else {
			rules = append(rules, s)
		}
	}
	check := exec.Command("go", "build", "-o", filepath.Join(t.TempDir(), "check"), ".")
	check.Dir = filepath.Join("testdata", "aws")
	check.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	if out, err := check.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "dial tcp") || strings.Contains(string(out), "module lookup disabled") || strings.Contains(string(out), "proxy") {
			t.Skip("AWS's SDK is not there and cannot be fetched: go mod download in threat/testdata/aws")
		}
		t.Fatalf("%v\n%s", err, out)
	}
	for _, s := range rules {
		cmd := exec.Command(check.Args[3])
		cmd.Stdin = strings.NewReader(s.text)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s\n%s", err, out, s)
		}
	}
}

// checkPolicy holds a policy to IAM's grammar. Source: AWS, IAM user guide,
// Grammar of the IAM JSON policy language.
func checkPolicy(t *testing.T, s snippet) {
	t.Helper()
	type oneOrMore any
	var p struct {
		Version   string
		Statement []struct {
			Sid, Effect, Resource   oneOrMore
			Action, NotAction       oneOrMore
			Principal, NotPrincipal oneOrMore
			Condition               map[string]map[string]oneOrMore
		}
	}
	d := json.NewDecoder(strings.NewReader(s.text))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil || p.Version != "2012-10-17" || len(p.Statement) == 0 {
		t.Errorf("no policy: %v\n%s", err, s)
	}
	action := regexp.MustCompile(`^(\*|[a-z0-9-]+:[A-Za-z*]+)$`)
	operator := regexp.MustCompile(`^(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals|Like)(IgnoreCase)?|Numeric\w+|Date(Not)?(Equals|LessThan|GreaterThan)(Equals)?|Bool|(Not)?IpAddress|Arn(Not)?(Equals|Like)|Null)(IfExists)?$`)
	for _, x := range p.Statement {
		if x.Effect != "Allow" && x.Effect != "Deny" {
			t.Errorf("effect %v\n%s", x.Effect, s)
		}
		list, ok := x.Action.([]any)
		if !ok {
			list = []any{x.Action}
		}
		for _, a := range list {
			if a, ok := a.(string); !ok || !action.MatchString(a) {
				t.Errorf("action %v\n%s", a, s)
			}
		}
		for op := range x.Condition {
			if !operator.MatchString(op) {
				t.Errorf("operator %s\n%s", op, s)
			}
		}
	}
}
