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

// shared holds logs from elsewhere, each with what another program makes of it.
// It is not part of this repository.
const shared = "../../shared/samples/"

func lines(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile(shared + name)
	if os.IsNotExist(err) {
		t.Skipf("no %s here", shared+name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

// target is the request target as it was sent, but for an absolute one's host.
func target(e *event.Event) string {
	if e.Query != "" {
		return e.Path + "?" + e.Query
	}
	return e.Path
}

// TestBeats compares with Filebeat's modules.
func TestBeats(t *testing.T) {
	d, _ := New(Options{})
	for _, name := range []string{"apache-access/beats__access-test.log", "nginx-access/beats__access-test.log"} {
		log := lines(t, name)
		checked := 0
		for _, row := range lines(t, name+".oracle.condensed.tsv")[1:] {
			f := strings.Split(row, "\t")
			n, _ := strconv.Atoi(f[0])
			var e event.Event
			if err := d.Decode(log[n-1], nil, &e); err != nil {
				t.Errorf("%s:%d: %v", name, n, err)
				continue
			}
			status := ""
			if e.Status != 0 {
				status = strconv.Itoa(e.Status)
			}
			got := []string{time.Unix(0, e.Time).UTC().Format(time.RFC3339), e.Method, target(&e), strings.TrimPrefix(e.Proto, "HTTP/"), status}
			want := []string{f[1], f[3], f[4], f[5], f[6]}
			if len(f) > 8 { // every address that the line names, the peer last
				all := e.Client.String()
				if e.Forwarded != "" {
					all = strings.ReplaceAll(e.Forwarded, " ", "") + "," + all
				}
				got, want = append(got, all), append(want, f[8])
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s:%d\n got %q\nwant %q", name, n, got, want)
			}
			checked++
		}
		if checked < 5 {
			t.Errorf("%s: only %d lines checked", name, checked)
		}
	}
}

// TestHub compares with CrowdSec's nginx parser.
func TestHub(t *testing.T) {
	d, _ := New(Options{})
	files, _ := filepath.Glob(shared + "nginx-access/hub__*.log")
	if len(files) == 0 {
		t.Skipf("no %s here", shared)
	}
	assertion := regexp.MustCompile(`^results\["s01-parse"\]\["crowdsecurity/nginx-logs"\]\[(\d+)\]\.Evt\.Parsed\["(\w+)"\] == (".*")$`)
	checked, foreign := 0, 0
	for _, file := range files {
		asserted, err := os.ReadFile(file + ".oracle.parser.assert")
		if err != nil {
			t.Fatal(err)
		}
		events := map[string]map[string]string{}
		for line := range strings.Lines(string(asserted)) {
			if m := assertion.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil {
				if events[m[1]] == nil {
					events[m[1]] = map[string]string{}
				}
				events[m[1]][m[2]], _ = strconv.Unquote(m[3])
			}
		}
		for _, want := range events {
			line := want["message"]
			if want["status"] == "" || line[0] == '[' {
				foreign++ // error logs, and nginx-proxy-manager's formats
				continue
			}
			var e event.Event
			if err := d.Decode(line, nil, &e); err != nil {
				t.Errorf("%v: %s", err, line)
				continue
			}
			f := func(name, got string) {
				if w, ok := want[name]; ok && w != got && !(w == "-" && got == "") {
					t.Errorf("%s: got %q, want %q: %s", name, got, w, line)
				}
			}
			f("remote_addr", e.Client.String())
			f("status", fmt.Sprint(e.Status))
			f("body_bytes_sent", fmt.Sprint(e.BytesOut))
			f("remote_user", e.User)
			f("http_referer", e.Referer)
			if !strings.Contains(line, `\x`) { // it keeps escapes
				f("http_user_agent", e.UserAgent)
				if e.Flags&event.Malformed == 0 {
					f("verb", e.Method)
					f("request", target(&e))
				}
			}
			checked++
		}
	}
	t.Logf("%d lines agree, %d are of other formats", checked, foreign)
	if checked < 50 {
		t.Errorf("only %d lines checked", checked)
	}
}

// TestWhole holds that every line of these logs is understood, honeypots' too.
func TestWhole(t *testing.T) {
	f := func(name, format string, want int) {
		t.Helper()
		log := lines(t, name)
		d, _ := New(Options{})
		in := &Context{Order: d.Guess(strings.Join(log, "\n"))}
		n := 0
		var e event.Event
		for _, line := range log {
			switch err := d.Decode(line, in, &e); {
			case err == nil && e.Format == format:
				n++
			case err == ErrSkip:
			default:
				t.Errorf("%s: %v: %.200s", name, err, line)
			}
		}
		if n != want {
			t.Errorf("%s: %d requests, want %d", name, n, want)
		}
	}
	f("apache-access/examples__apache_logs.excerpt.log", "combined", 870)
	f("apache-access/honeynet__access_log.19", "combined", 474)
	f("apache-access/honeynet__access_log.2", "combined", 417)
	f("apache-access/honeynet__access_log.4", "combined", 692)
	f("apache-access/honeynet__access_log.5", "combined", 251)
	f("apache-access/fail2ban__apache-badbots", "combined", 4)
	f("apache-access/lnav__logfile_bad_access_log.0", "combined", 3)
	f("apache-access/mtail__apache-combined.log", "combined", 5)
	f("apache-access/matomo__gandi.log", "combined", 2)
	f("nginx-access/lnav__logfile_shop_access_log.0", "combined", 627)
	f("nginx-json/matomo__nginx_json.log", "json", 2)
	f("pino/lnav__logfile_pino.0", "json", 0) // an application's log, without requests
}

// TestExpected compares with expectations written from the formats' documents.
func TestExpected(t *testing.T) {
	var all map[string][]map[string]any
	if err := json.Unmarshal([]byte(strings.Join(lines(t, "constructed/expected.json"), "\n")), &all); err != nil {
		t.Fatal(err)
	}
	d, _ := New(Options{})
	for _, name := range []string{"clf-traps.log", "nginx-json-traps.log", "pino-http.log", "bunyan-http.log", "apigw-access.json.log", "apigw-access.clf.log",
		"morgan-default.log", "node-freetext.log", "aws-freetext.log", "winston-express.log"} {
		log := lines(t, "constructed/"+name)
		if len(all[name]) != len(log) {
			t.Errorf("%s: %d lines, %d expectations", name, len(log), len(all[name]))
			continue
		}
		for i, want := range all[name] {
			var e event.Event
			err := d.Decode(log[i], nil, &e)
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
				if got := wire(&e, field); fmt.Sprint(got) != fmt.Sprint(w) {
					t.Errorf("%s:%d: %s is %v, want %v", name, i+1, field, got, w)
				}
			}
		}
	}
}

// wire returns a field of e under the name that the expectations use.
func wire(e *event.Event, field string) any {
	switch field {
	case "time":
		if e.Flags&event.NoTime != 0 {
			return nil
		}
		return time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano)
	case "cip", "cip_without_trusted_proxies":
		return e.Client
	case "cip_if_10/8_trusted":
		first, _, _ := strings.Cut(e.Forwarded, ",")
		return first
	case "method":
		return e.Method
	case "path":
		return e.Path
	case "query":
		return e.Query
	case "proto":
		return e.Proto
	case "status":
		return e.Status
	case "bytes":
		return e.BytesOut
	case "duration_ms":
		return e.Duration / 1e6
	case "ua":
		return e.UserAgent
	case "user":
		return e.User
	case "host":
		return e.Host
	case "trace_id":
		return e.Trace
	case "action":
		return e.Action
	case "api_key_id_present":
		return e.Key != ""
	case "flags":
		switch {
		case e.Flags&event.Malformed != 0:
			return []string{"malformed_request"}
		case e.Flags&event.Truncated != 0:
			return []string{"truncated"}
		}
		return []string{}
	}
	return "a field that this test does not know"
}
