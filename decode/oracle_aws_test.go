package decode

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"goshawk/event"
)

// holds leaves of an event what a format has a place for, where that is less
// than FuzzEncode looks at.
var holds = map[string]func(e *event.Event){
	"apigw": func(e *event.Event) { e.Query = "" },
	"cloudtrail": func(e *event.Event) {
		source, name := trailPath(e.Path)
		e.Method, e.Host, e.Path, e.Query = "API", source, "/"+source+"/"+name, ""
		switch {
		case e.Status < 400:
			e.Status = 200
		case e.Status == 401:
			e.Status = 403
		case e.Status >= 500:
			e.Status = 500
		case e.Status != 403 && e.Status != 404 && e.Status != 429:
			e.Status = 400
		}
	},
}

// logged returns the objects of the samples that match the pattern, each on one
// line, out of what they are kept in.
func logged(t *testing.T, pattern string) (objects []string) {
	t.Helper()
	files, _ := filepath.Glob(shared + pattern)
	if len(files) == 0 {
		t.Skipf("no %s here", shared+pattern)
	}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for d := json.NewDecoder(file); ; {
			var o json.RawMessage
			if d.Decode(&o) != nil {
				break
			}
			var in struct {
				Records []json.RawMessage
				Log     json.RawMessage `json:"log"`
			}
			json.Unmarshal(o, &in)
			switch {
			case in.Records != nil:
				for _, r := range in.Records {
					objects = append(objects, string(r))
				}
			case in.Log != nil:
				objects = append(objects, string(in.Log))
			default:
				objects = append(objects, string(o))
			}
		}
		file.Close()
	}
	return objects
}

// at returns what an object has at a path, as text.
func at(o map[string]any, path ...string) string {
	var v any = o
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// TestCloudTrail compares records with what encoding/json finds in them.
func TestCloudTrail(t *testing.T) {
	d, _ := New(Options{})
	checked, skipped := 0, 0
	for _, line := range logged(t, "aws-cloudtrail/*.json*") {
		var o map[string]any
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		if at(o, "eventSource") == "" {
			skipped++ // lower-case names, and no names
			continue
		}
		var e event.Event
		if err := d.Decode(strings.ReplaceAll(line, "\n", " "), nil, &e); err != nil || e.Format != "cloudtrail" {
			t.Errorf("%v, %s: %.300s", err, e.Format, line)
			continue
		}
		f := func(name, got, want string) {
			t.Helper()
			if missing(want) {
				want = ""
			}
			if got != want {
				t.Errorf("%s: got %q, want %q: %.300s", name, got, want, line)
			}
		}
		client := at(o, "sourceIPAddress")
		if _, ok := parseAddr(client); !ok {
			client = "invalid IP"
		}
		f("client", e.Client.String(), client)
		if when := at(o, "eventTime"); len(when) >= 19 { // some were replaced by "..."
			f("time", time.Unix(0, e.Time).UTC().Format(time.DateTime), strings.Replace(when[:19], "T", " ", 1))
		}
		f("path", e.Path, "/"+at(o, "eventSource")+"/"+at(o, "eventName"))
		f("agent", e.UserAgent, at(o, "userAgent"))
		user := ""
		for _, name := range []string{"arn", "userName", "principalId", "type"} {
			if user == "" {
				user = at(o, "userIdentity", name)
			}
		}
		f("user", e.User, user)
		f("key", e.Key, at(o, "userIdentity", "accessKeyId"))
		failed := at(o, "errorCode") != "" || at(o, "responseElements", "ConsoleLogin") == "Failure"
		if failed != (e.Status >= 400) {
			t.Errorf("status %d: %.300s", e.Status, line)
		}
		checked++
	}
	t.Logf("%d records agree, %d have no eventSource", checked, skipped)
	if checked < 800 {
		t.Errorf("only %d records checked", checked)
	}
}

// TestALB compares with the expression that Athena's documents give for these
// logs.
func TestALB(t *testing.T) {
	fields := regexp.MustCompile(`^([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (|[-0-9]*) (-|[-0-9]*) ([-0-9]*) ([-0-9]*) "([^ ]*) (.*) (- |[^ ]*)" "([^"]*)" ([A-Z0-9-_]+) ([A-Za-z0-9.-]*) ([^ ]*) "([^"]*)" "([^"]*)" "([^"]*)" ([-.0-9]*) ([^ ]*) "([^"]*)" "([^"]*)"`)
	d, _ := New(Options{})
	checked := 0
	for _, name := range []string{"aws-alb/hub__aws-alb-logs.log", "aws-alb/otel__alb_al_valid_logs.log"} {
		for _, line := range lines(t, name) {
			want := fields.FindStringSubmatch(line)
			if want == nil {
				t.Errorf("not in the documents' form: %s", line)
				continue
			}
			var e event.Event
			if err := d.Decode(line, nil, &e); err != nil || e.Format != "alb" {
				t.Errorf("%v, %s: %s", err, e.Format, line)
				continue
			}
			url := e.Scheme + "://" + e.Host
			if strings.IndexByte(e.Host, ':') < 0 {
				url += map[string]string{"http": ":80", "https": ":443"}[e.Scheme]
			}
			got := []string{time.Unix(0, e.Time).UTC().Format("2006-01-02T15:04:05.000000Z"), e.Client.String(), fmt.Sprint(e.Status),
				fmt.Sprint(e.BytesIn), fmt.Sprint(e.BytesOut), e.Method, url + target(&e), e.Proto, e.UserAgent, e.Trace}
			expected := []string{want[2], strings.Trim(want[4], "[]"), want[11], want[13], want[14], want[15], want[16], want[17], want[18], want[22]}
			if fmt.Sprint(got) != fmt.Sprint(expected) {
				t.Errorf("%s\n got %q\nwant %q", line, got, expected)
			}
			checked++
		}
	}
	if checked < 14 {
		t.Errorf("only %d lines checked", checked)
	}
}

// TestS3 compares with OpenTelemetry's parser, which takes the object's size for
// the number of bytes sent: that one is not compared.
func TestS3(t *testing.T) {
	d, _ := New(Options{})
	want := map[string]string{}
	for _, row := range lines(t, "aws-s3/otel__valid_s3_access_log.log.oracle.condensed.tsv") {
		k, v, _ := strings.Cut(row, "\t")
		want[k] = v
	}
	var e event.Event
	if err := d.Decode(lines(t, "aws-s3/otel__valid_s3_access_log.log")[0], nil, &e); err != nil || e.Format != "s3" {
		t.Fatalf("%v, %s", err, e.Format)
	}
	f := func(name, got string) {
		t.Helper()
		if got != want[name] {
			t.Errorf("%s: got %q, want %q", name, got, want[name])
		}
	}
	f("time_utc", time.Unix(0, e.Time).UTC().Format(time.RFC3339))
	f("source.address", e.Client.String())
	f("user.id", e.User)
	f("aws.request_id", e.Trace)
	f("http.request.method", e.Method)
	f("url", target(&e))
	f("http.response.status_code", fmt.Sprint(e.Status))
	f("duration_ms", fmt.Sprint(e.Duration/1e6))
	f("user_agent.original", e.UserAgent)
	f("http.request.header.host", e.Host)

	if err := d.Decode(lines(t, "aws-s3/matomo__s3.log")[0], nil, &e); err != nil || e.Format != "s3" || e.Path != "/index" || e.BytesOut != 368 ||
		e.User != "arn:aws:iam::179580289999:user/phillip.boss" {
		t.Errorf("%v, %s", err, show(&e))
	}
}

// TestWAF compares with what encoding/json finds.
func TestWAF(t *testing.T) {
	d, _ := New(Options{})
	checked := 0
	for _, line := range logged(t, "aws-waf/*.json*") {
		var o map[string]any
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		var e event.Event
		err := d.Decode(strings.ReplaceAll(line, "\n", " "), nil, &e)
		if at(o, "webaclId") == "" || at(o, "httpRequest", "httpMethod") == "" {
			continue // not of WAF, or cut down for the rule it tests
		}
		if err != nil || e.Format != "waf" {
			t.Errorf("%v, %s: %.300s", err, e.Format, line)
			continue
		}
		agent := ""
		r, _ := o["httpRequest"].(map[string]any)
		all, _ := r["headers"].([]any)
		for _, h := range all {
			if h := h.(map[string]any); strings.EqualFold(at(h, "name"), "user-agent") {
				agent = at(h, "value")
			}
		}
		action := map[string]string{"ALLOW": "allow", "BLOCK": "block", "CAPTCHA": "block", "CHALLENGE": "block"}[at(o, "action")]
		if at(o, "terminatingRuleType") == "RATE_BASED" && action == "block" {
			action = "throttle"
		}
		uri := at(r, "uri") // two of them, made up for rules, have the query in it
		if args := at(r, "args"); args != "" {
			uri += "?" + args
		}
		got := []string{e.Client.String(), e.Method, target(&e), e.UserAgent, e.Action.String()}
		want := []string{at(r, "clientIp"), at(r, "httpMethod"), uri, agent, action}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%.300s\n got %q\nwant %q", line, got, want)
		}
		checked++
	}
	t.Logf("%d agree", checked)
	if checked < 10 {
		t.Errorf("only %d checked", checked)
	}
}

// TestGateway compares with expectations written from the documents.
func TestGateway(t *testing.T) {
	var all map[string][]map[string]any
	if err := json.Unmarshal([]byte(strings.Join(lines(t, "constructed/expected.json"), "\n")), &all); err != nil {
		t.Fatal(err)
	}
	d, _ := New(Options{})
	f := func(name, format string, log []string) {
		t.Helper()
		for i, want := range all[name] {
			var e event.Event
			if err := d.Decode(log[i], nil, &e); err != nil || e.Format != format {
				t.Errorf("%s:%d: %v, %s", name, i+1, err, e.Format)
				continue
			}
			for field, w := range want {
				got := wire(&e, field)
				switch field {
				case "request":
					got = e.Trace
				case "xff":
					got = strings.Split(e.Forwarded, ", ")
				}
				if fmt.Sprint(got) != fmt.Sprint(w) {
					t.Errorf("%s:%d: %s is %v, want %v", name, i+1, field, got, w)
				}
			}
		}
	}
	f("apigw-access.json.log", "apigw", lines(t, "constructed/apigw-access.json.log"))
	f("apigw-access.clf.log", "combined", lines(t, "constructed/apigw-access.clf.log"))
	f("apigw-access.csv.log", "apigw_csv", lines(t, "constructed/apigw-access.csv.log"))

	// The lines of a request are joined before they come here.
	joined := make([]string, 2)
	for _, line := range lines(t, "constructed/apigw-execution.log") {
		i := 0
		if strings.HasPrefix(line, "(fd443056") {
			i = 1
		}
		joined[i] = strings.TrimPrefix(joined[i]+" "+line, " ")
		var e event.Event
		if err := d.Decode(line, nil, &e); err != ErrSkip && (err != nil || e.Status != 403) {
			t.Errorf("%v: %s", err, line)
		}
		if e.Key != "" {
			t.Errorf("key %s", e.Key)
		}
	}
	f("apigw-execution.log", "apigw_execution", joined)
}

// TestFlow holds that flows are no requests, as lines or as the objects that
// others make of them.
func TestFlow(t *testing.T) {
	d, _ := New(Options{})
	for _, line := range logged(t, "aws-vpcflow/*.jsonl") {
		var e event.Event
		if err := d.Decode(line, nil, &e); err == nil {
			t.Errorf("%s is %s", line, show(&e))
		}
	}
}
