package decode

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"goshawk/event"
)

// TestUnwrapped compares the message in an envelope with what CrowdSec finds in
// it: the line and the message must give the same event, but for the time.
func TestUnwrapped(t *testing.T) {
	f := func(name, parser string, want int) {
		t.Helper()
		d, _ := New(Options{})
		checked := 0
		for i, a := range asserted(t, name, "crowdsecurity/"+parser) {
			line := lines(t, name)[i]
			if a["message"] == "" || strings.TrimSpace(line) == "" {
				continue
			}
			checked++
			var e event.Event
			err := d.Decode(a["message"], nil, &e)
			bare := e.Clone()
			err2 := d.Decode(line, nil, &e)
			if (err == nil) != (err2 == nil) && !(err2 == ErrSkip && err != nil) {
				t.Errorf("%s:%d: %v, the message alone %v", name, i+1, err2, err)
				continue
			}
			if bare.Flags&(event.NoTime|event.TimeInferred) != 0 {
				bare.Time, bare.Flags = e.Time, e.Flags
				bare.Carries |= event.HasTime
			}
			if bare.Level == "" {
				bare.Level = e.Level
			}
			if a, b := show(&e), show(&bare); err == nil && a != b {
				t.Errorf("%s:%d\n got %s\nwant %s", name, i+1, a, b)
			}
		}
		if checked < want {
			t.Errorf("%s: only %d lines checked", name, checked)
		}
	}
	f("docker/hub__docker-logs.log", "docker-logs", 3)
	f("k8s-cri/hub__cri-logs.log", "cri-logs", 3)
	f("k8s-cri/hub__envoy-logs.log", "cri-logs", 9)
	f("syslog/hub__pfsense-rfc5424-nginx.log", "syslog-logs", 1)
}

// TestQuiet holds that what is not about requests is no failure.
func TestQuiet(t *testing.T) {
	f := func(name string, strays int) {
		t.Helper()
		log := lines(t, name)
		d, _ := New(Options{})
		in := &Context{Order: d.Guess(strings.Join(log, "\n")), Written: sampled}
		var e event.Event
		for _, line := range log {
			switch err := d.Decode(line, in, &e); {
			case err == nil:
				t.Errorf("%s: a request: %s\n%s", name, line, show(&e))
			case err != ErrSkip:
				strays--
			}
		}
		if strays != 0 {
			t.Errorf("%s: %d strays fewer than there are", name, strays)
		}
	}
	f("syslog/lnav__logfile_bad_syslog.0", 0)
	f("syslog/lnav__logfile_syslog.1", 0)
	f("syslog/lnav__logfile_syslog.2", 0)
	f("syslog/lnav__logfile_syslog.3", 0)
	f("journald/lnav__logfile_journald.json", 0)
	f("docker/lnav__logfile_docker_compose_with_noise.0", 2) // "out of frame"
	f("docker/lnav__logfile_docker_compose_with_ts.0", 0)
}

// TestExpectedEnvelopes compares with expectations written from documents. What
// makes lines of arrays and joins parts of lines is not decode's: the test does.
func TestExpectedEnvelopes(t *testing.T) {
	var all map[string][]map[string]any
	if err := json.Unmarshal([]byte(strings.Join(lines(t, "constructed/expected.json"), "\n")), &all); err != nil {
		t.Fatal(err)
	}
	d, _ := New(Options{})
	f := func(name string, log []string) {
		t.Helper()
		if len(all[name]) != len(log) {
			t.Fatalf("%s: %d lines, %d expectations", name, len(log), len(all[name]))
		}
		for i, want := range all[name] {
			var e event.Event
			if err := d.Decode(log[i], &Context{Written: sampled}, &e); err != nil {
				t.Errorf("%s:%d: %v: %s", name, i+1, err, log[i])
				continue
			}
			for field, w := range want {
				got := fmt.Sprint(wire(&e, field))
				if field == "time" {
					got = strings.TrimSuffix(got, "Z") // expectations of CloudWatch are cut to the second
					w = strings.TrimSuffix(fmt.Sprint(w), "Z")
				}
				if got != fmt.Sprint(w) {
					t.Errorf("%s:%d: %s is %v, want %v", name, i+1, field, got, w)
				}
			}
		}
	}
	f("syslog-rfc5424-access.log", lines(t, "constructed/syslog-rfc5424-access.log"))

	parts := lines(t, "constructed/cri-partial.log")
	_, at := readCRI(parts[2])
	f("cri-partial.log", []string{strings.Replace(parts[0], " P ", " F ", 1) + parts[2][at:]})

	for _, name := range []string{"cloudwatch-subscription.json.log", "cloudwatch-lambda.json.log"} {
		b, err := os.ReadFile(shared + "constructed/" + name)
		if err != nil {
			t.Fatal(err)
		}
		f(name, logEvents(t, string(b)))
	}
}

// logEvents returns the elements of CloudWatch's subscriptions, each as a line.
func logEvents(t *testing.T, text string) (events []string) {
	dec := json.NewDecoder(strings.NewReader(text))
	for dec.More() {
		var batch struct {
			LogEvents []json.RawMessage
			AWSLogs   struct{ Data []byte }
		}
		if err := dec.Decode(&batch); err != nil {
			t.Fatal(err)
		}
		if len(batch.AWSLogs.Data) > 0 {
			events = append(events, logEvents(t, gunzip(t, batch.AWSLogs.Data))...)
		}
		for _, e := range batch.LogEvents {
			events = append(events, string(e))
		}
	}
	return events
}

func gunzip(t *testing.T, b []byte) string {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
