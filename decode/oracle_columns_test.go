package decode

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"goshawk/event"
)

// asserted returns what CrowdSec's parser makes of a log's lines, by the stages'
// number of the line: Parsed and Meta by their keys, and the time as "time".
func asserted(t *testing.T, name, parser string) []map[string]string {
	t.Helper()
	assertion := regexp.MustCompile(`^results\["(s\d\d-\w+)"\]\["([^"]+)"\]\[(\d+)\]\.Evt\.(?:Parsed|Meta|Enriched)\["(\w+)"\] == (".*")$`)
	var all []map[string]string
	for _, line := range lines(t, name+".oracle.parser.assert") {
		m := assertion.FindStringSubmatch(line)
		if m == nil || m[2] != parser && m[4] != "MarshaledTime" {
			continue
		}
		n, _ := strconv.Atoi(m[3])
		for len(all) <= n {
			all = append(all, map[string]string{})
		}
		all[n][m[4]], _ = strconv.Unquote(m[5])
	}
	return all
}

// under decodes the lines of a log under the headers that are in it.
func under(t *testing.T, log []string, each func(n int, line string, e *event.Event, err error)) {
	t.Helper()
	d, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(log, "\n")
	order := d.Guess(text)
	n := 0
	for header, piece := range Sections(text, "") {
		for line := range strings.Lines(piece) {
			var e event.Event
			n++
			line = strings.TrimSuffix(line, "\n")
			err := d.Decode(line, &Context{Order: order, Header: header}, &e)
			each(n, line, &e, err)
		}
	}
}

// TestHubColumns compares with CrowdSec's parsers of CloudFront and of IIS's XML.
func TestHubColumns(t *testing.T) {
	f := func(name, parser, format string, want map[string]func(e *event.Event) string) {
		t.Helper()
		oracle := asserted(t, name, parser)
		log := lines(t, name)
		checked := 0
		under(t, log, func(n int, line string, e *event.Event, err error) {
			if err != nil || e.Format != format || n > len(oracle) {
				t.Errorf("%s:%d: %v, read as %q", name, n, err, e.Format)
				return
			}
			for key, get := range want {
				w, ok := oracle[n-1][key]
				if !ok {
					t.Errorf("%s:%d: the oracle has no %s", name, n, key)
				}
				if w == "-" {
					w = ""
				}
				if key == "http_user_agent" {
					w = strings.ReplaceAll(w, "+", " ") // it keeps IIS's blanks as they are written
				}
				if got := get(e); got != w {
					t.Errorf("%s:%d: %s is %q, want %q", name, n, key, got, w)
				}
			}
			checked++
		})
		if checked != len(oracle) || checked == 0 {
			t.Errorf("%s: %d lines checked of %d", name, checked, len(oracle))
		}
	}
	stamp := func(e *event.Event) string { return time.Unix(0, e.Time).UTC().Format(time.RFC3339) }
	f("iis/hub__iis-xml-logs.log", "crowdsecurity/iis-logs", "iis_xml", map[string]func(e *event.Event) string{
		"MarshaledTime":   stamp,
		"source_ip":       func(e *event.Event) string { return e.Client.String() },
		"verb":            func(e *event.Event) string { return e.Method },
		"http_path":       func(e *event.Event) string { return e.Path },
		"http_args":       func(e *event.Event) string { return e.Query },
		"http_status":     func(e *event.Event) string { return fmt.Sprint(e.Status) },
		"http_user_agent": func(e *event.Event) string { return e.UserAgent },
	})
	f("aws-cloudfront/hub__aws-cloudfront-logs.log", "crowdsecurity/aws-cloudfront", "w3c", map[string]func(e *event.Event) string{
		"MarshaledTime":       stamp,
		"c_ip":                func(e *event.Event) string { return e.Client.String() },
		"cs_method":           func(e *event.Event) string { return e.Method },
		"cs_uri_stem":         func(e *event.Event) string { return e.Path },
		"cs_uri_query":        func(e *event.Event) string { return e.Query },
		"cs_user_agent":       func(e *event.Event) string { return e.UserAgent },
		"cs_referer":          func(e *event.Event) string { return e.Referer },
		"cs_protocol":         func(e *event.Event) string { return e.Scheme },
		"cs_protocol_version": func(e *event.Event) string { return e.Proto },
		"cs_bytes":            func(e *event.Event) string { return fmt.Sprint(e.BytesIn) },
		"sc_bytes":            func(e *event.Event) string { return fmt.Sprint(e.BytesOut) },
		"sc_status":           func(e *event.Event) string { return fmt.Sprint(e.Status) },
		"x_edge_request_id":   func(e *event.Event) string { return e.Trace },
		"x_host_header":       func(e *event.Event) string { return e.Host },
		"time_taken":          func(e *event.Event) string { return strconv.FormatFloat(float64(e.Duration)/1e9, 'f', -1, 64) },
	})
}

// TestWholeColumns holds that every line of these logs is understood, or why not.
func TestWholeColumns(t *testing.T) {
	f := func(log []string, name, format string, want int, failures map[int]string) {
		t.Helper()
		n := 0
		under(t, log, func(i int, line string, e *event.Event, err error) {
			switch why, fails := failures[i]; {
			case err == nil && e.Format == format:
				if n++; e.Flags&(event.Truncated|event.Malformed|event.NoTime) != 0 || e.Method == "" || e.Path == "" || !e.Client.IsValid() && !(fails && why == "") {
					t.Errorf("%s:%d: %s", name, i, show(e))
				}
			case err == ErrSkip && !fails:
			case err == nil:
				t.Errorf("%s:%d: read as %s: %s", name, i, e.Format, show(e))
			case err.Error() != why:
				t.Errorf("%s:%d: %v: %.200s", name, i, err, line)
			}
		})
		if n != want {
			t.Errorf("%s: %d requests, want %d", name, n, want)
		}
	}
	file := func(name, format string, want int) { t.Helper(); f(lines(t, name), name, format, want, nil) }
	file("iis/lnav__logfile_w3c.0", "w3c", 1)
	file("iis/lnav__logfile_w3c.1", "w3c", 1)
	file("iis/lnav__logfile_w3c.2", "w3c", 0)                                                          // FTP
	f(lines(t, "iis/lnav__logfile_w3c.3"), "iis/lnav__logfile_w3c.3", "w3c", 3, map[int]string{9: ""}) // its c-ip is -
	file("iis/lnav__logfile_w3c.4", "w3c", 2)
	f(lines(t, "iis/lnav__logfile_w3c.5"), "iis/lnav__logfile_w3c.5", "w3c", 0,
		map[int]string{2: "byte 52: more values than columns"}) // its #Fields line was cut short, and so names 6 of 17
	file("iis/lnav__logfile_w3c.6", "w3c", 1)
	file("iis/lnav__logfile_w3c_big.0", "w3c", 210)
	file("iis/matomo__iis.log", "w3c", 1)
	file("iis/matomo__incapsula_w3c.log", "w3c", 2)
	file("iis/hub__iis-xml-logs.log", "iis_xml", 1)
	file("aws-cloudfront/hub__aws-cloudfront-logs.log", "w3c", 2)
	file("aws-cloudfront/matomo__amazon_cloudfront_web.log", "w3c", 1)
	file("zeek/lnav__logfile_bro_http.log.0", "zeek", 197)
	file("zeek/rita__proxy_http.log", "zeek", 407)

	const rolling = "zeek/rita__proxy_rolling_http.log.gz"
	r, err := os.Open(shared + rolling)
	if err != nil {
		t.Skip(err)
	}
	defer r.Close()
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	f(strings.Split(strings.TrimSuffix(string(b), "\n"), "\n"), rolling, "zeek", 2325, nil)
}

// TestOwnWords compares what was decoded with what a row says, cut in the
// simplest way.
func TestOwnWords(t *testing.T) {
	f := func(name, sep string, column map[string]int) {
		t.Helper()
		n := 0
		under(t, lines(t, name), func(i int, line string, e *event.Event, err error) {
			if err != nil {
				return
			}
			v := strings.Split(line, sep)
			host, query := e.Host, e.Query
			if host == "" {
				host = "-"
			}
			if query == "" {
				query = "-"
			}
			for field, got := range map[string]string{"client": e.Client.String(), "method": e.Method, "status": fmt.Sprint(e.Status), "path": e.Path, "query": query,
				"target": target(e), "bytes": fmt.Sprint(e.BytesOut), "in": fmt.Sprint(e.BytesIn), "host": host, "ms": fmt.Sprint(e.Duration / 1e6)} {
				if k, ok := column[field]; ok && v[k] != got && !(v[k] == "-" && got == "0") && e.Flags&event.AbsoluteForm == 0 {
					t.Errorf("%s:%d: %s is %q, want %q", name, i, field, got, v[k])
				}
			}
			n++
		})
		if n < 100 {
			t.Errorf("%s: only %d lines checked", name, n)
		}
	}
	f("iis/lnav__logfile_w3c_big.0", " ", map[string]int{"method": 3, "path": 4, "query": 5, "client": 8, "status": 11, "bytes": 14, "in": 15, "ms": 16})
	f("zeek/lnav__logfile_bro_http.log.0", "\t", map[string]int{"client": 2, "method": 7, "host": 8, "in": 13, "bytes": 14, "status": 15})
	f("zeek/rita__proxy_http.log", "\t", map[string]int{"client": 2, "method": 7, "host": 8, "target": 9, "in": 14, "bytes": 15, "status": 16})
}
