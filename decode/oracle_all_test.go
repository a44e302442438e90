package decode

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"goshawk/event"
)

// requestless lists the samples that hold no request, or lines that are broken,
// and why.
var requestless = map[string]string{
	"apache-access/matomo__custom_regex_custom_date.log":   "its date is of nobody's format but its own: --log-format reads it",
	"app-auth/fail2ban__guacamole":                         "Java's dates above its lines",
	"app-auth/lnav__logfile_nextcloud.0":                   "an application's messages, without requests",
	"app-auth/lnav__logfile_openam.0":                      "audit records without a header",
	"aws-cloudtrail/panther__aws_cloudtrail_rules.0.jsonl": "tests of rules, whose records TestCloudTrail reads",
	"aws-cloudtrail/panther__aws_cloudtrail_rules.1.jsonl": "the same",
	"aws-cloudtrail/panther__aws_cloudtrail_rules.2.jsonl": "the same",
	"aws-vpcflow/panther__aws_vpc_flow_rules.0.jsonl":      "connections",
	"bunyan/lnav__logfile_bunyan.0":                        "an application's messages",
	"caddy/hub__caddy-coraza.log":                          "warnings of rules about requests that passed",
	"cloudflare/panther__cloudflare_rules.0.jsonl":         "tests of rules, whose records TestCloudflare reads",
	"constructed/clf-traps.log":                            "a line that ends within its date",
	"docker/lnav__logfile_docker_compose_with_noise.0":     "messages of MySQL and others",
	"docker/lnav__logfile_docker_compose_with_ts.0":        "the same",
	"ecs/lnav__logfile_ecs_log.json":                       "an application's messages",
	"edge-cases/lnav__logfile_ansi.1":                      "an application's messages",
	"edge-cases/lnav__logfile_crlf.0":                      "an application's messages",
	"edge-cases/lnav__logfile_invalid_json2.json":          "broken JSON",
	"edge-cases/lnav__logfile_mixed_json2.json":            "an application's messages",
	"edge-cases/lnav__logfile_pretty.0":                    "an application's messages",
	"edge-cases/lnav__logfile_zap_console.0":               "an application's messages",
	"iis/lnav__logfile_w3c.2":                              "FTP",
	"iis/lnav__logfile_w3c.5":                              "more values than columns",
	"journald/lnav__logfile_journald.json":                 "messages of the kernel",
	"logfmt/lnav__logfile_grafana.0":                       "an application's messages",
	"logfmt/lnav__logfile_logfmt.0":                        "an application's messages",
	"nginx-access/fail2ban__nginx-botsearch":               "a syslog header in a syslog header",
	"otel/lnav__logfile_otel_collector.jsonl":              "an application's messages",
	"pino/lnav__logfile_pino.0":                            "an application's messages",
	"syslog/lnav__logfile_bad_syslog.0":                    "messages of the system",
	"syslog/lnav__logfile_syslog.1":                        "messages of the system",
	"syslog/lnav__logfile_syslog.2":                        "messages of the system",
	"traefik/hub__traefik_json.log":                        "a message of a plugin",
	"syslog/lnav__logfile_syslog.3":                        "messages of the system",
}

// TestEverySample reads every log there is: each is recognised and understood,
// line by line, but for those listed.
func TestEverySample(t *testing.T) {
	files, _ := filepath.Glob(shared + "*/*")
	if len(files) == 0 {
		t.Skipf("no %s here", shared)
	}
	checked := 0
	for _, file := range files {
		name := strings.TrimPrefix(filepath.ToSlash(file), shared)
		if strings.Contains(name, ".oracle.") || strings.HasSuffix(name, "expected.json") {
			continue
		}
		events, bad, reason := understood(t, file)
		switch why := requestless[name]; {
		case why == "" && (events == 0 || bad > 0):
			t.Errorf("%s: %d events, %d lines not understood: %s", name, events, bad, reason)
		case why != "" && events > 0 && bad == 0:
			t.Errorf("%s is understood, although %s", name, why)
		}
		checked++
	}
	if checked < 150 {
		t.Errorf("only %d logs checked", checked)
	}
}

// understood counts the events of a log, and the lines not understood.
func understood(t *testing.T, file string) (events, bad int, reason string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	switch filepath.Ext(file) {
	case ".gz":
		r, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		b, _ = io.ReadAll(r)
	case ".bz2":
		b, _ = io.ReadAll(bzip2.NewReader(bytes.NewReader(b)))
	}
	if f := NewFramer(string(b)); f != nil {
		b = f.Frame(nil, b, true)
	}
	d, _ := New(Options{})
	order := d.Guess(string(b))
	for header, text := range Sections(string(b), "") {
		in := &Context{Order: order, Header: header, Written: sampled}
		for line := range strings.Lines(text) {
			var e event.Event
			switch err := d.Decode(strings.TrimSuffix(line, "\n"), in, &e); {
			case err == nil:
				events++
			case err != ErrSkip:
				bad++
				reason = err.Error() + ": " + line[:min(len(line), 120)]
			}
		}
	}
	return events, bad, reason
}
