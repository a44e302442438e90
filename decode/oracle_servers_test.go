package decode

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"goshawk/event"
)

// bare strips the syslog header, which an envelope strips elsewhere.
func bare(line string) string {
	m := regexp.MustCompile(`^(?:\w{3} [ \d]\d [\d:]{8} |\d{4}-\d\d-\d\dT[\d:.]+ )?\S+ (?:nginx|httpd|httpd/backend1|apache2|haproxy|lighttpd)\[\d+\]: (?:host nginx: )?(.*)$`).FindStringSubmatch(line)
	if m == nil {
		return line
	}
	return m[1]
}

// differences lists where we mean to differ from an oracle: part of the line,
// the field, and why.
var differences = []struct{ line, field, why string }{
	{`user "test": password mismatch, client: 127.0.0.1`, "client", "a name may hold the one address or a referer the other: nobody can tell which is true"},
	{`delaying request, excess`, "counted", "a delay refuses nothing"},
	{`client 172.77.77.254:`, "decoded", "a connection is no request, and the address is a balancer's"},
	{`could not be resolved`, "decoded", "a failed look-up of the client's name is no request"},
	{`"192.168.1.100, 10.42.0.1"`, "source_ip", "the first address of X-Forwarded-For is what the client says it is"},
	{`HTTP/1.1" - - "-" "Mozilla/5.00 (Nikto`, "body_bytes_sent", "- is how the family writes no bytes"},
	{`"fd00:1234:5678::5a24, [fd00:1234:5678::1]:54321"`, "source_ip", "the first address of X-Forwarded-For is what the client says it is"},
}

func differs(line, field string) bool {
	for _, x := range differences {
		if x.field == field && strings.Contains(line, x.line) {
			return true
		}
	}
	return false
}

// TestFail2ban compares with the samples of fail2ban's filters: each line that a
// filter matches must be an event of that client that counts against it, and
// none that it does not match may be a failure to authenticate.
func TestFail2ban(t *testing.T) {
	zurich, err := time.LoadLocation("Europe/Zurich") // where its tests are at home
	if err != nil {
		t.Skip(err)
	}
	refusal := func(e *event.Event) bool {
		return e.Status >= 400 || e.Flags&event.Malformed != 0 || e.Action >= event.Block
	}
	any := func(*event.Event) bool { return true }
	d, _ := New(Options{})
	f := func(name string, want int, counts func(*event.Event) bool) {
		t.Helper()
		log := lines(t, name)
		in := &Context{Order: d.Guess(strings.Join(log, "\n"))}
		var expected struct {
			Time  string
			Match bool
			Host  string
		}
		announced, matched := false, 0
		for i, line := range log {
			if _, j, ok := strings.Cut(line, "failJSON:"); ok && line[0] == '#' {
				expected.Time, expected.Match, expected.Host = "", false, ""
				if err := json.Unmarshal([]byte(j), &expected); err != nil {
					t.Fatalf("%s:%d: %v", name, i+1, err)
				}
				announced = true
				continue
			}
			if line == "" || line[0] == '#' || !announced {
				continue
			}
			announced = false
			line = bare(line)
			var e event.Event
			err := d.Decode(line, in, &e)
			if !expected.Match {
				if err == nil && e.Auth == event.AuthFail {
					t.Errorf("%s:%d: counted: %s", name, i+1, show(&e))
				}
				continue
			}
			if err != nil {
				t.Errorf("%s:%d: %v: %s", name, i+1, err, line)
				continue
			}
			matched++
			if e.Client.String() != expected.Host && !differs(line, "client") {
				t.Errorf("%s:%d: client is %v, want %s", name, i+1, e.Client, expected.Host)
			}
			if !counts(&e) && !differs(line, "counted") {
				t.Errorf("%s:%d: does not count: %s", name, i+1, show(&e))
			}
			at := time.Unix(0, e.Time).UTC()
			if e.Flags&event.TimeInferred == 0 {
				at = at.In(zurich)
			}
			if got, _, _ := strings.Cut(expected.Time, "."); e.Flags&event.NoTime == 0 && expected.Time != "" && at.Format("2006-01-02T15:04:05") != got {
				t.Errorf("%s:%d: time is %v, want %s", name, i+1, at, expected.Time)
			}
		}
		if matched != want {
			t.Errorf("%s: %d lines match, want %d", name, matched, want)
		}
	}
	f("nginx-error/fail2ban__nginx-http-auth", 17, func(e *event.Event) bool { return e.Auth == event.AuthFail || e.Flags&event.Malformed != 0 })
	f("nginx-error/fail2ban__nginx-limit-req", 9, func(e *event.Event) bool { return e.Action == event.Throttle })
	f("nginx-access/fail2ban__nginx-botsearch", 14, refusal)
	f("apache-error/fail2ban__apache-auth", 41, func(e *event.Event) bool {
		return e.Auth == event.AuthFail || e.Status == 403 || e.Status == 400 || e.Status == 421
	})
	f("apache-error/fail2ban__apache-botsearch", 17, refusal)
	f("apache-error/fail2ban__apache-modsecurity", 4, func(e *event.Event) bool { return e.Action == event.Block && e.Status > 400 && e.Path != "" })
	f("apache-error/fail2ban__apache-noscript", 13, refusal)
	f("apache-error/fail2ban__apache-overflows", 11, refusal)
	f("apache-access/fail2ban__apache-badbots", 4, any)
	f("lighttpd/fail2ban__lighttpd-auth", 8, func(e *event.Event) bool { return e.Auth == event.AuthFail })
	f("squid/fail2ban__squid", 4, refusal)
	f("php/fail2ban__php-url-fopen", 1, any)
}

// TestHubServers compares with CrowdSec's parsers of servers and proxies.
func TestHubServers(t *testing.T) {
	assertion := regexp.MustCompile(`^results\["(s0[01])-\w+"\]\["([\w/-]+)"\]\[(\d+)\]\.Evt\.(?:Parsed|Meta)\["(\w+)"\] == (".*")$`)
	d, _ := New(Options{})
	f := func(name string, want int) {
		t.Helper()
		log := lines(t, name)
		asserted, err := os.ReadFile(shared + name + ".oracle.parser.assert")
		if err != nil {
			t.Fatal(err)
		}
		raw, parsed := map[string]string{}, map[string]map[string]string{}
		for line := range strings.Lines(string(asserted)) {
			m := assertion.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
			if m == nil {
				continue
			}
			value, _ := strconv.Unquote(m[5])
			switch {
			case m[1] == "s00" && m[2] == "crowdsecurity/non-syslog" && m[4] == "message":
				raw[m[3]] = value
			case m[1] == "s01":
				if parsed[m[3]] == nil {
					parsed[m[3]] = map[string]string{}
				}
				parsed[m[3]][m[4]] = value
			}
		}
		if strings.Contains(name, "nginx-mail") { // not all of its lines are its parser's
			n := 0
			for _, line := range log {
				if strings.HasPrefix(line, "20") && !strings.Contains(line, "directory index") {
					raw[strconv.Itoa(n)] = line
					n++
				}
			}
		}
		in := &Context{Order: d.Guess(strings.Join(log, "\n"))}
		checked := 0
		for i, want := range parsed {
			line := raw[i]
			if line == "" {
				line = want["message"]
			}
			if want["source_ip"] == "" || line[0] == '{' {
				continue // not parsed there either; JSON
			}
			checked++
			var e event.Event
			if err := d.Decode(bare(line), in, &e); err != nil {
				if !differs(line, "decoded") {
					t.Errorf("%s: %v: %s", name, err, line)
				}
				continue
			}
			f := func(name, got string) {
				w, ok := want[name]
				if w == "-" {
					w = ""
				}
				if ok && w != got && !differs(line, name) {
					t.Errorf("%s: got %q, want %q: %s", name, got, w, line)
				}
			}
			count := func(n int64) string {
				if n < 0 {
					return ""
				}
				return strconv.FormatInt(n, 10)
			}
			f("source_ip", e.Client.String())
			if e.Flags&event.StatusInferred == 0 {
				f("http_status", strings.TrimPrefix(strconv.Itoa(e.Status), "0"))
			}
			f("body_bytes_sent", count(e.BytesOut))
			f("bytes_read", count(e.BytesOut))
			f("request_duration_in_ms", count(e.Duration/1e6))
			f("time_duration", count(e.Duration/1e6))
			f("username", e.Account)
			f("user", e.User+e.Account)
			f("targeturi", e.Path)
			f("targethost", e.Host)
			f("uniqueid", e.Trace)
			f("time_local", time.Unix(0, e.Time).In(zoneOf(want["time_local"])).Format("02/Jan/2006:15:04:05 -0700"))
			f("accept_date", time.Unix(0, e.Time).UTC().Format("02/Jan/2006:15:04:05.000"))
			if want["request_time"] != "" {
				f("request_time", fmt.Sprintf("%.3f", float64(e.Duration)/1e9))
			}
			if e.Host != "" {
				f("target_fqdn", e.Host)
			}
			if e.Flags&event.Malformed == 0 && !strings.Contains(line, `\x`) { // it keeps escapes
				f("http_verb", e.Method)
				f("http_path", target(&e))
				f("http_user_agent", e.UserAgent)
				f("http_referer", e.Referer)
			}
			switch want["sub_type"] {
			case "auth_fail":
				f("sub_type", "auth_"+e.Auth.String())
			case "auth_success":
				if e.Auth != event.AuthOK {
					t.Errorf("auth is %v: %s", e.Auth, line)
				}
			}
		}
		if checked != want {
			t.Errorf("%s: %d lines checked, want %d", name, checked, want)
		}
	}
	f("nginx-error/hub__nginx-mail-logs.log", 11)
	f("nginx-error/hub__npmplus-logs.log", 10)
	f("nginx-proxy-manager/hub__nginx-proxy-manager-logs.log", 14)
	f("modsecurity/hub__modsecurity-logs.log", 13)
	f("zoraxy/hub__zoraxy-http-logs.log", 13)
	f("traefik/hub__traefik_clf.log", 7)
	f("haproxy/hub__haproxy-logs.log", 4)
	f("haproxy/hub__haproxy-nextcloud-whitelist.log", 1)
	f("k8s-cri/hub__envoy-logs.log", 4)
	f("nginx-access/hub__nginx_http-catch-npm.log", 6)
}

func zoneOf(date string) *time.Location {
	if t, err := time.Parse("02/Jan/2006:15:04:05 -0700", date); err == nil {
		return t.Location()
	}
	return time.UTC
}

// TestServersWhole holds that every line of these logs is understood.
func TestServersWhole(t *testing.T) {
	f := func(name, format string, want int) {
		t.Helper()
		log := lines(t, name)
		d, _ := New(Options{})
		in := &Context{Order: d.Guess(strings.Join(log, "\n"))}
		n := 0
		var e event.Event
		for _, line := range log {
			switch err := d.Decode(bare(line), in, &e); {
			case err == nil && e.Format == format:
				n++
			case err == ErrSkip:
			default:
				t.Errorf("%s: %v, %s: %.200s", name, err, e.Format, line)
			}
		}
		if n != want {
			t.Errorf("%s: %d requests, want %d", name, n, want)
		}
	}
	f("haproxy/lnav__logfile_haproxy.0", "haproxy", 14)
	f("haproxy/matomo__haproxy.log", "haproxy", 1)
	f("apache-error/beats__error-test.log", "apache_error", 2)
	f("lighttpd/mtail__lighttpd_access.log", "combined", 19)
	f("apache-access/mtail__apache-common.log", "combined", 3)
	f("apache-access/lnav__logfile_access_log.1", "combined", 1)
	f("apache-access/lnav__logfile_regexp_access_log.0", "combined", 2)
	f("apache-access/matomo__common_complete.log", "combined", 1)
	f("apache-access/matomo__common_vhost.log", "combined", 1)
	f("apache-access/matomo__ovh.log", "combined", 1)
	f("edge-cases/matomo__icecast2.log", "combined", 1)
}

// TestLighttpd compares sums with mtail's, which leaves out lines without a client.
func TestLighttpd(t *testing.T) {
	d, _ := New(Options{})
	requests, bytes := map[int]int{}, map[int]int64{}
	var e event.Event
	for _, line := range lines(t, "lighttpd/mtail__lighttpd_access.log") {
		if err := d.Decode(line, nil, &e); err != nil {
			t.Fatal(err)
		}
		if e.Host != "192.0.2.5" && e.Host != "127.0.0.1" {
			t.Errorf("host is %q: %s", e.Host, line)
		}
		if e.Client.IsValid() {
			requests[e.Status]++
			bytes[e.Status] += e.BytesOut
		}
	}
	if requests[200] != 13 || requests[304] != 3 || bytes[200] != 2338666 || bytes[304] != 0 {
		t.Errorf("got %v requests, %v bytes", requests, bytes)
	}
}

// TestServersExpected compares with expectations written from the formats' documents.
func TestServersExpected(t *testing.T) {
	var all map[string][]map[string]any
	if err := json.Unmarshal([]byte(strings.Join(lines(t, "constructed/expected.json"), "\n")), &all); err != nil {
		t.Fatal(err)
	}
	d, _ := New(Options{})
	for _, name := range []string{"haproxy-captured.log", "envoy-default.log", "clf-traps.log"} {
		log := lines(t, filepath.Join("constructed", name))
		if len(all[name]) != len(log) {
			t.Errorf("%s: %d lines, %d expectations", name, len(log), len(all[name]))
			continue
		}
		for i, want := range all[name] {
			var e event.Event
			if err := d.Decode(bare(log[i]), nil, &e); (err == nil) != (want != nil) {
				t.Errorf("%s:%d: %v", name, i+1, err)
				continue
			}
			for field, w := range want {
				if got := wire(&e, field); fmt.Sprint(got) != fmt.Sprint(w) {
					t.Errorf("%s:%d: %s is %v, want %v", name, i+1, field, got, w)
				}
			}
		}
	}
}
