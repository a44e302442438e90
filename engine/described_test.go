package engine_test

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"goshawk/engine"
	"goshawk/inventory"
)

func described(ops ...*inventory.Operation) *inventory.Spec {
	s := &inventory.Spec{Files: []string{"api.yaml"}}
	for _, o := range ops {
		o.File, o.Line = "api.yaml", 7
		s.Add(o, "", "/v1")
	}
	return s
}

func names(r *engine.Result) string {
	var l []string
	for _, f := range r.Findings {
		l = append(l, fmt.Sprintf("%s %s %s", f.Detector, f.Actor.Scope, f.Actor.Value))
	}
	return strings.Join(l, ", ")
}

// What the owner of an API allows is the limit: 40 requests a minute are fine
// where 60 are, and too many where 10 are; on other routes peers still tell.
func TestDocumentedLimit(t *testing.T) {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var log []byte
	for i := range 800 {
		log = fmt.Appendf(log, "203.0.113.7 - - [%s] \"GET /v1/search?q=%d HTTP/1.1\" 200 900 \"-\" \"curl/8.5.0\"\n", start.Add(time.Duration(i)*1500*time.Millisecond).Format("02/Jan/2006:15:04:05 -0700"), i)
	}
	f := func(path string, limit inventory.Limit, want string) {
		t.Helper()
		o := engine.Options{}
		if path != "" {
			o.Spec = described(&inventory.Operation{Method: "GET", Path: path, Limit: limit})
		}
		r := run(t, o, 64<<10, log)
		if got := names(r); got != want {
			t.Errorf("%s, %v: %q, want %q", path, limit, got, want)
		}
		if want != "" && !strings.Contains(r.Findings[0].Evidence.Summary, "its documented limit of "+limit.String()) {
			t.Error(r.Findings[0].Evidence.Summary)
		}
	}
	f("", inventory.Limit{}, "")
	f("/search", inventory.Limit{Requests: 60, Seconds: 60}, "")
	f("/search", inventory.Limit{Requests: 10, Seconds: 60}, "rate ip 203.0.113.7")
	f("/search", inventory.Limit{Requests: 10000, Seconds: 3600}, "")
	f("/other", inventory.Limit{Requests: 10, Seconds: 60}, "")
	f("/search", inventory.Limit{}, "")
}

// TestDescribed: documented routes are endpoints, whatever stands for their
// parameters; the report tells what the description misses, and where it
// promises what does not hold.
func TestDescribed(t *testing.T) {
	var log []byte
	for i := range 300 {
		path, user, method, status := fmt.Sprintf("/v1/users/name-%c%c", 'a'+i%26, 'a'+i/26), fmt.Sprintf("u%d", i%40), "GET", 200
		switch {
		case i%50 == 7:
			user = "-"
		case i%50 == 8:
			path = "/v1/debug/users"
		case i%50 == 9:
			method = "DELETE"
		case i%50 == 10:
			path, status = "/.env", 404
		case i%50 == 11:
			path = "/static/site.css"
		}
		log = fmt.Appendf(log, "198.51.100.%d - %s [23/Nov/2026:09:%02d:%02d +0000] \"%s %s HTTP/1.1\" %d 900 \"-\" \"curl/8.5.0\"\n", i%40, user, i/60, i%60, method, path, status)
	}
	spec := described(&inventory.Operation{Method: "GET", Path: "/users/{name}", Secured: true}, &inventory.Operation{Method: "GET", Path: "/orders/{id}", Secured: true})
	o := engine.Options{Spec: spec}
	r := run(t, o, 1<<12, log)
	want := &engine.Described{Files: []string{"api.yaml"}, Operations: 2, Seen: 1, Total: 2, Shadows: []engine.Shadow{
		{Endpoint: "DELETE /v1/users/{name}", Method: true, Requests: 6, Answered: 6},
		{Endpoint: "GET /v1/debug/users", Requests: 6, Answered: 6},
	}}
	if !reflect.DeepEqual(r.Described, want) {
		t.Errorf("%+v, want %+v", r.Described, want)
	}
	if p := r.Posture; len(p) != 1 || p[0].Fact != "documented_as_secured" || p[0].Endpoint != "GET /v1/users/{name}" || len(p[0].Lines) != 1 ||
		p[0].Evidence != "api.yaml:7 says that GET /users/{name} needs credentials. 6 of 276 successes went to callers whom the log does not name; 270 named theirs. Of the whole API's successes 98 % were named." {
		t.Errorf("%+v", p)
	}

	// What was learned without the description serves with it.
	var file bytes.Buffer
	run(t, engine.Options{Learn: &file}, 1<<12, []byte(strings.ReplaceAll(string(log), "/name-", "/7")))
	o.Baseline = io.Reader(&file)
	if r := run(t, o, 1<<12, log); r.Described == nil || r.Described.Seen != 1 || r.Described.Total != 2 || r.Described.Shadows[0].Requests != 12 {
		t.Errorf("after a baseline: %+v", r.Described)
	}
}
