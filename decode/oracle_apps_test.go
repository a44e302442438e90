package decode

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"goshawk/event"
)

// who is the client of an event, a forwarded one if it has no other.
func who(e *event.Event) string {
	if e.Client.IsValid() {
		return e.Client.String()
	}
	first, _, _ := strings.Cut(e.Forwarded, ",")
	return first
}

// TestFail2banApps compares with fail2ban's own tests: a line that it matches is an
// attempt that failed, of that client; one that it does not match is none.
func TestFail2banApps(t *testing.T) {
	known := map[string]string{ // why an event is no failed attempt, or there is none
		"NOTEXIST":   "a page that does not exist: 404",
		"NOTALLOWED": "a page that is not allowed: 403",
	}
	for _, name := range []string{"drupal-auth", "grafana", "guacamole", "horde", "monitorix", "phpmyadmin-syslog", "roundcube-auth", "sogo-auth", "vaultwarden"} {
		var want struct {
			Match bool   `json:"match"`
			Host  string `json:"host"`
			User  string `json:"user"`
		}
		d, _ := New(Options{})
		matched, expected := 0, false
		for _, line := range lines(t, "app-auth/fail2ban__"+name) {
			if comment, ok := strings.CutPrefix(line, "# failJSON: "); ok {
				want.Host, want.User = "", ""
				if err := json.Unmarshal([]byte(comment), &want); err != nil {
					t.Fatal(err)
				}
				expected = true
				continue
			}
			if line == "" || line[0] == '#' || !expected {
				continue
			}
			expected = false
			var e event.Event
			err := d.Decode(line, &Context{Written: sampled}, &e)
			failed := err == nil && e.Auth == event.AuthFail
			reason := ""
			for tag, why := range known {
				if strings.Contains(line, " - "+tag+" - ") {
					reason = why
				}
			}
			switch {
			case want.Match && reason != "":
				if err != nil || who(&e) != want.Host || !strings.HasSuffix(reason, fmt.Sprint(e.Status)) {
					t.Errorf("%s: %v, %s, %s: %s", name, err, show(&e), reason, line)
				}
			case want.Match && (!failed || who(&e) != want.Host):
				t.Errorf("%s: %v, %s, want a failure of %s: %s", name, err, show(&e), want.Host, line)
			case want.Match && want.User != "" && e.Account != want.User:
				t.Errorf("%s: account %q, want %q", name, e.Account, want.User)
			case !want.Match && failed:
				t.Errorf("%s: %s, want no failure: %s", name, show(&e), line)
			}
			if want.Match {
				matched++
			}
		}
		if matched == 0 {
			t.Errorf("%s: nothing compared", name)
		}
	}
}

// TestHubApps compares with CrowdSec's parsers of applications.
func TestHubApps(t *testing.T) {
	f := func(name, parser string, want int) {
		t.Helper()
		asserted, err := os.ReadFile(shared + "app-auth/hub__" + name + ".log.oracle.parser.assert")
		if err != nil {
			t.Skipf("no %s here", shared)
		}
		assertion := regexp.MustCompile(`^results\["s01-parse"\]\["` + parser + `"\]\[(\d+)\]\.Evt\.(?:Meta|Parsed)\["(\w+)"\] == (".*")$`)
		events := map[string]map[string]string{}
		for line := range strings.Lines(string(asserted)) {
			if m := assertion.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil {
				if events[m[1]] == nil {
					events[m[1]] = map[string]string{}
				}
				events[m[1]][m[2]], _ = strconv.Unquote(m[3])
			}
		}
		d, _ := New(Options{})
		for _, want := range events {
			line := want["message"]
			var e event.Event
			if err := d.Decode(line, nil, &e); err != nil {
				t.Errorf("%s: %v: %s", name, err, line)
				continue
			}
			failed := e.Auth == event.AuthFail || e.Status == 401
			if failed == strings.HasSuffix(want["log_type"], "success") {
				t.Errorf("%s: %s, want %s: %s", name, show(&e), want["log_type"], line)
			}
			if ip := want["source_ip"]; ip != "" && who(&e) != ip {
				t.Errorf("%s: client %s, want %s: %s", name, who(&e), ip, line)
			}
			if u := want["username"]; u != "" && e.Account != u && !strings.Contains(line, `{"key":"username","value":`) { // names in lists are not looked for
				t.Errorf("%s: account %q, want %q", name, e.Account, u)
			}
		}
		if len(events) != want {
			t.Errorf("%s: %d lines, want %d", name, len(events), want)
		}
	}
	f("grafana-logs", "LePresidente/grafana-logs", 9)
	f("keycloak-logs", "inherent-io/keycloak-logs", 7)
	f("litellm-logs", "LearningSpot/litellm-logs", 6)
	f("gitlab-logs", "timokoessler/gitlab-logs", 3)
}

// TestWholeApps holds that every line of these logs is understood, or skipped.
func TestWholeApps(t *testing.T) {
	f := func(name, format string, requests, errors int) {
		t.Helper()
		log := lines(t, name)
		d, _ := New(Options{})
		in := &Context{Order: d.Guess(strings.Join(log, "\n"))}
		n, bad := 0, 0
		var e event.Event
		for _, line := range log {
			switch err := d.Decode(line, in, &e); {
			case err == nil && e.Format == format:
				n++
			case err == nil:
				t.Errorf("%s: read as %s: %s", name, e.Format, line)
			case err != ErrSkip:
				bad++
			}
		}
		if n != requests || errors >= 0 && bad != errors { // -1: it is of no format, or of one in an envelope
			t.Errorf("%s: %d requests and %d errors, want %d and %d", name, n, bad, requests, errors)
		}
	}
	f("wordpress/hub__http-wordpress_user-enum.log", "combined", 12, 0)
	f("php/fail2ban__php-url-fopen", "combined", 1, 0)
	f("uwsgi/lnav__logfile_uwsgi.0", "uwsgi", 19, 0)
	f("logfmt/lnav__logfile_grafana.0", "", 0, 0)
	f("logfmt/lnav__logfile_logfmt.0", "", 0, 0)
	f("pino/lnav__logfile_pino.0", "", 0, 0)
	f("bunyan/lnav__logfile_bunyan.0", "", 0, 0)
	f("edge-cases/lnav__logfile_ansi.1", "", 0, -1)
	f("edge-cases/lnav__logfile_crlf.0", "", 0, -1)
	f("edge-cases/lnav__logfile_invalid_json2.json", "", 0, -1)
	f("edge-cases/lnav__logfile_mixed_json2.json", "", 0, -1)
	f("edge-cases/lnav__logfile_pretty.0", "", 0, -1)
	f("edge-cases/lnav__logfile_zap_console.0", "", 0, -1)
	f("edge-cases/matomo__icecast2.log", "combined", 1, 0)
	f("app-auth/lnav__logfile_nextcloud.0", "json", 0, 0)
	f("app-auth/lnav__logfile_openam.0", "", 0, -1)
}

// TestExpectedApps compares with expectations written from the formats'
// documents.
func TestExpectedApps(t *testing.T) {
	var all map[string][]map[string]any
	if err := json.Unmarshal([]byte(strings.Join(lines(t, "constructed/expected.json"), "\n")), &all); err != nil {
		t.Fatal(err)
	}
	d, _ := New(Options{})
	for _, name := range []string{"morgan-default.log", "morgan-short.log", "morgan-tiny.log", "morgan-dev.log", "winston-express.log", "pino-http.log", "bunyan-http.log",
		"django.log", "node-freetext.log", "aws-freetext.log", "wp-fail2ban.log"} {
		log := lines(t, "constructed/"+name)
		if len(all[name]) != len(log) {
			t.Errorf("%s: %d lines, %d expectations", name, len(log), len(all[name]))
			continue
		}
		for i, want := range all[name] {
			var e event.Event
			err := d.Decode(log[i], &Context{Written: sampled}, &e)
			if want == nil {
				if err == nil {
					t.Errorf("%s:%d: decoded: %s", name, i+1, show(&e))
				}
				continue
			}
			if err != nil {
				t.Errorf("%s:%d: %v", name, i+1, err)
				continue
			}
			for field, w := range want {
				got := wire(&e, field)
				switch {
				case field == "user" && e.Account != "": // the account aimed at is never the principal
					got = e.Account
				case field == "action" && e.Auth != event.AuthUnknown:
					got = "auth_" + e.Auth.String()
				}
				if fmt.Sprint(got) != fmt.Sprint(w) {
					t.Errorf("%s:%d: %s is %v, want %v", name, i+1, field, got, w)
				}
			}
		}
	}
}
