package decode

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"goshawk/event"
)

// TestHubJSON compares with CrowdSec's parsers of JSON.
func TestHubJSON(t *testing.T) {
	// What they make of lines that we read otherwise, on purpose.
	reasons := map[string]string{
		"hub__traefik_json.log 6 remote_addr": "they believe the last address of X-Forwarded-For, whoever the peer is",
	}
	used := 0
	f := func(name, parser, format string, want int) {
		t.Helper()
		assertion := regexp.MustCompile(`^results\["s01-parse"\]\["crowdsecurity/` + parser + `"\]\[(\d+)\]\.Evt\.Parsed\["(\w+)"\] == (".*")$`)
		events := map[string]map[string]string{}
		for _, line := range lines(t, name+".oracle.parser.assert") {
			if m := assertion.FindStringSubmatch(line); m != nil {
				if events[m[1]] == nil {
					events[m[1]] = map[string]string{}
				}
				events[m[1]][m[2]], _ = strconv.Unquote(m[3])
			}
		}
		d, _ := New(Options{})
		n := 0
		for i, w := range events {
			line := strings.TrimLeft(w["message"], " ")
			var e event.Event
			if err := d.Decode(line, nil, &e); err != nil {
				if w["verb"] != "" {
					t.Errorf("%s: %v: %s", name, err, line)
				}
				continue
			}
			if e.Format != format {
				t.Errorf("%s: read as %s: %s", name, e.Format, line)
			}
			same := func(field, got string) {
				if v, ok := w[field]; !ok || v == got || v == "-" && got == "" {
				} else if reasons[filepath.Base(name)+" "+i+" "+field] == "" {
					t.Errorf("%s:%s: %s: got %q, want %q", name, i, field, got, v)
				} else {
					used++
				}
			}
			same("remote_addr", e.Client.String())
			same("remote_ip", e.Client.String())
			same("verb", e.Method)
			same("request", target(&e))
			same("status", strconv.Itoa(e.Status))
			same("http_user_agent", e.UserAgent)
			same("http_version", strings.TrimPrefix(e.Proto, "HTTP/"))
			same("request_addr", e.Host)
			same("body_bytes_sent", strconv.FormatInt(e.BytesOut, 10))
			same("request_duration_in_ms", strconv.FormatInt(e.Duration, 10)) // they are nanoseconds
			n++
		}
		if n != want {
			t.Errorf("%s: %d lines checked, want %d", name, n, want)
		}
	}
	f("traefik/hub__traefik_json.log", "traefik-logs", "traefik", 6)
	f("caddy/hub__caddy-logs.log", "caddy-logs", "caddy", 10)
	f("fastly/hub__fastly-logs.log", "fastly-logs", "fastly", 4)
	if used != len(reasons) {
		t.Errorf("%d disagreements, %d explained", used, len(reasons))
	}
}

// TestSuricata compares with CrowdSec's parser of alerts, for those that show a
// request.
func TestSuricata(t *testing.T) {
	d, _ := New(Options{})
	var e event.Event
	n := 0
	for _, line := range lines(t, "suricata/hub__suricata-logs-evelog.log") {
		switch err := d.Decode(line, nil, &e); {
		case err == nil:
			if n++; e.Client.String() != "1.2.3.7" || e.Status != 400 || e.Path != "/cgi-bin/.%2e/.%2e/.%2e/.%2e/bin/sh" || e.Action != event.NoAction {
				t.Errorf("%s: %s", line, show(&e))
			}
		case err != ErrSkip:
			t.Errorf("%v: %s", err, line)
		}
	}
	if n != 2 {
		t.Errorf("%d requests", n)
	}
}

// TestWholeJSON holds how many requests these logs have, and that no line of
// them is a failure.
func TestWholeJSON(t *testing.T) {
	f := func(name, format string, want, skipped int) {
		t.Helper()
		d, _ := New(Options{})
		n, skips := 0, 0
		var e event.Event
		for _, line := range lines(t, name) {
			switch err := d.Decode(line, nil, &e); {
			case err == nil && e.Format == format:
				n++
			case err == ErrSkip:
				skips++
			default:
				t.Errorf("%s: %v, %s: %.200s", name, err, e.Format, line)
			}
		}
		if n != want || skips != skipped {
			t.Errorf("%s: %d requests, %d skipped, want %d and %d", name, n, skips, want, skipped)
		}
	}
	f("traefik/matomo__traefik_json.log", "traefik", 1, 0)
	f("caddy/lnav__logfile_caddy_log.1", "caddy", 4, 0)
	f("caddy/hub__caddy-coraza.log", "caddy", 0, 55) // warnings all
	f("cloudflare/lnav__logfile_cloudflare.json", "cloudflare", 1, 0)
	f("zeek/otrf__SCRANTON_http.log", "zeek_json", 62, 0)
	f("zeek/rita__valid_json_http.excerpt.json", "zeek_json", 314, 0)
	f("ecs/lnav__logfile_ecs_log.json", "ecs", 0, 5) // an application's
}

// TestFastly reads the lines as syslog hands them over.
func TestFastly(t *testing.T) {
	d, _ := New(Options{})
	for _, line := range lines(t, "fastly/hub__fastly-logs.log") {
		var e event.Event
		if err := d.Decode(line, nil, &e); err != nil || e.Format != "fastly" || e.Status == 0 {
			t.Errorf("%v, %s: %s", err, e.Format, line)
		}
	}
}

// TestZeek compares every field with a plain reading of the same JSON.
func TestZeek(t *testing.T) {
	d, _ := New(Options{})
	n := 0
	for _, name := range []string{"zeek/otrf__SCRANTON_http.log", "zeek/rita__valid_json_http.excerpt.json"} {
		for _, line := range lines(t, name) {
			var w map[string]any
			dec := json.NewDecoder(strings.NewReader(line))
			dec.UseNumber()
			if err := dec.Decode(&w); err != nil {
				t.Fatal(err)
			}
			var e event.Event
			if err := d.Decode(line, nil, &e); err != nil {
				t.Error(err)
				continue
			}
			or := func(names ...string) string {
				for _, n := range names {
					if v, ok := w[n]; ok && v != "-" {
						return fmt.Sprint(v)
					}
				}
				return ""
			}
			status := ""
			if e.Status != 0 {
				status = strconv.Itoa(e.Status)
			}
			uri := target(&e)
			if e.Flags&event.AbsoluteForm != 0 {
				uri = e.Scheme + "://" + e.Host + uri
			}
			got := []string{e.Client.String(), e.Method, uri, status, e.UserAgent, e.Referer, fmt.Sprint(e.BytesOut)}
			want := []string{or("id.orig_h", "id_orig_h"), or("method"), or("uri"), or("status_code"), or("user_agent"), or("referrer"), or("response_body_len")}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s\n got %q\nwant %q", line, got, want)
			}
			n++
		}
	}
	if n < 376 {
		t.Errorf("%d lines", n)
	}
}

// TestPanther compares with the records that another program's rules are tested
// with.
func TestPanther(t *testing.T) {
	str := func(v any, path ...string) string {
		for _, p := range path {
			m, _ := v.(map[string]any)
			v = m[p]
		}
		if v == nil {
			return ""
		}
		return fmt.Sprint(v)
	}
	f := func(name, format string, want int, expect func(v any) []string) {
		t.Helper()
		d, _ := New(Options{})
		n := 0
		for _, line := range lines(t, name) {
			var row struct{ Log json.RawMessage }
			var log any
			json.Unmarshal([]byte(line), &row)
			json.Unmarshal(row.Log, &log)
			var e event.Event
			switch err := d.Decode(string(row.Log), nil, &e); {
			case err == ErrSkip && expect(log) == nil:
				continue
			case err != nil || e.Format != format:
				t.Errorf("%s: %v, %s: %s", name, err, e.Format, row.Log)
				continue
			}
			got := []string{e.Client.String(), e.Method, target(&e), strconv.Itoa(e.Status), e.UserAgent, e.Action.String()}
			if fmt.Sprint(got) != fmt.Sprint(expect(log)) {
				t.Errorf("%s: %s\n got %q\nwant %q", name, row.Log, got, expect(log))
			}
			n++
		}
		if n != want {
			t.Errorf("%s: %d requests, want %d", name, n, want)
		}
	}
	f("cloudflare/panther__cloudflare_rules.0.jsonl", "cloudflare", 6, func(v any) []string {
		action, query := "", str(v, "ClientRequestQuery")
		if str(v, "Action") == "block" {
			action = "block"
		}
		if query != "" {
			query = "?" + query
		}
		return []string{str(v, "ClientIP"), str(v, "ClientRequestMethod"), str(v, "ClientRequestPath") + query, str(v, "EdgeResponseStatus"),
			str(v, "ClientRequestUserAgent"), action}
	})
	f("gcp-lb/panther__gcp_http_lb_rules.0.jsonl", "gcp", 6, func(v any) []string {
		request := "httpRequest"
		if str(v, request) == "" {
			request = "httprequest"
		}
		action := ""
		if str(v, "jsonPayload", "statusDetails") == "denied_by_security_policy" {
			action = "block"
		}
		url := str(v, request, "requestUrl")
		if url != "" {
			_, url, _ = strings.Cut(url, "://")
			_, url, _ = strings.Cut(url, "/")
			url = "/" + url
		}
		return []string{str(v, request, "remoteIp"), str(v, request, "requestMethod"), url, str(v, request, "status"), str(v, request, "userAgent"), action}
	})
	f("k8s-audit/panther__aws_eks_rules.0.jsonl", "k8s_audit", 17, func(v any) []string {
		if str(v, "stage") != "ResponseComplete" {
			return nil
		}
		method := map[string]string{"get": "GET", "watch": "GET", "create": "POST"}[str(v, "verb")]
		return []string{strings.Trim(str(v, "sourceIPs"), "[]"), method, str(v, "requestURI"), str(v, "responseStatus", "code"), str(v, "userAgent"), ""}
	})
}

// elements returns those of an array somewhere in a document, one a line.
func elements(t *testing.T, name string, path ...string) (out []string) {
	t.Helper()
	at := []json.RawMessage{json.RawMessage(strings.Join(lines(t, name), "\n"))}
	for _, p := range path {
		var next []json.RawMessage
		for _, raw := range at {
			var m map[string]json.RawMessage
			var list []json.RawMessage
			if err := json.Unmarshal(raw, &m); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(m[p], &list); err != nil {
				t.Fatal(err)
			}
			next = append(next, list...)
		}
		at = next
	}
	for _, raw := range at {
		var b strings.Builder
		dec := json.NewDecoder(strings.NewReader(string(raw)))
		dec.UseNumber()
		var v any
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.Encode(v)
		out = append(out, strings.TrimSuffix(b.String(), "\n"))
	}
	return out
}

func TestAzure(t *testing.T) {
	d, _ := New(Options{})
	f := func(line, want string) {
		t.Helper()
		var e event.Event
		if err := d.Decode(line, nil, &e); err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%s %s %s %s %s %d %d %dms", e.Format, e.Client, e.Method, e.Host, target(&e), e.Status, e.BytesOut, e.Duration/1e6)
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
	gateway := elements(t, "azure/otel__agw-access-log.json", "records")
	f(gateway[0], "azure 203.0.113.97 GET www.contoso.com /phpmyadmin/scripts/setup.php 404 553 205ms")
	f(gateway[1], "azure 185.42.129.24 GET 20.110.30.194 / 200 466 34ms")
	f(gateway[2], "azure 167.220.238.80 GET 52.136.127.228 /search?q=books 301 1541 13ms")
	f(gateway[3], "azure 191.96.249.97    400 361 0ms")
	f(elements(t, "azure/otel__frontdoor-access-log.json", "records")[0],
		"azure 2001:1c00:3280:6700:fbfa:bf04:1296:ebfc GET opentelemetry-test-fmagg0exgdcfhefq.z01.azurefd.net / 200 1624 35ms")
}

// TestExpectedJSON compares with expectations written from the formats' documents.
func TestExpectedJSON(t *testing.T) {
	var all map[string][]map[string]any
	if err := json.Unmarshal([]byte(strings.Join(lines(t, "constructed/expected.json"), "\n")), &all); err != nil {
		t.Fatal(err)
	}
	d, _ := New(Options{})
	f := func(name, format string, line string) {
		t.Helper()
		var e event.Event
		if err := d.Decode(line, nil, &e); err != nil || e.Format != format {
			t.Errorf("%s: %v, %s", name, err, e.Format)
			return
		}
		for field, w := range all[name][0] {
			got := wire(&e, field)
			if field == "ja3" {
				got = e.TLS
			}
			if fmt.Sprint(got) != fmt.Sprint(w) {
				t.Errorf("%s: %s is %v, want %v", name, field, got, w)
			}
		}
	}
	f("kong.log", "kong", lines(t, "constructed/kong.log")[0])
	f("ecs-http.json.log", "ecs", lines(t, "constructed/ecs-http.json.log")[0])
	f("ocsf-http.json.log", "ocsf", lines(t, "constructed/ocsf-http.json.log")[0])
	f("otel-http.json.log", "otel", elements(t, "constructed/otel-http.json.log", "resourceLogs", "scopeLogs", "logRecords")[0])
	n := 0
	for _, line := range lines(t, "otel/lnav__logfile_otel_collector.jsonl") {
		var e event.Event
		if err := d.Decode(line, nil, &e); err != ErrSkip {
			t.Errorf("%v: %s", err, line)
		}
		n++
	}
	if n == 0 {
		t.Error("no line")
	}
}
