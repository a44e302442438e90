// Package schemas holds the outputs against what others publish about their
// formats: SARIF's schema, ECS's fields, a reader of Markdown. It is a module of
// its own, so that the product does not depend on what only these tests need:
//
//	cd internal/schemas && go test ./...
//
// Schemas come from packages of npm, which must be installed; a test that cannot
// have its schema is skipped and says so. For STIX, OCSF and CEF no registry
// carries one: docs/outputs.md says what is checked instead.
package schemas

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"goshawk/correlate"
	"goshawk/detect"
	"goshawk/engine"
	"goshawk/event"
	"goshawk/internal/hostile"
	"goshawk/report"
)

// outputs are what a format makes of its samples, of a scan of the demo's logs,
// and of every hostile string, by name.
func outputs(t *testing.T, format string) map[string]string {
	t.Helper()
	all := map[string]string{}
	a, err := txtar.ParseFile("../../report/testdata/" + format + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		all["sample "+f.Name] = string(f.Data)
	}
	all["demo"] = scanned(t, format)
	f, _ := report.Lookup(format)
	for _, s := range hostile.Strings() {
		var b strings.Builder
		if err := f.Write(&b, result(s), report.Options{Version: s}); err != nil {
			t.Fatal(err)
		}
		all[fmt.Sprintf("hostile %q", s)] = b.String()
	}
	return all
}

// scanned is a format's report on the demo's logs.
func scanned(t *testing.T, format string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "goshawk")
	build := exec.Command("go", "build", "-o", bin, "./cmd/goshawk")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	scan := exec.Command(bin, "scan", "-o", format, "demo")
	scan.Dir = "../.."
	scan.Env = append(os.Environ(), "GOSHAWK_STATE="+t.TempDir())
	out, err := scan.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// result has s in every text that may come from a log.
func result(s string) *engine.Result {
	f := detect.Finding{
		ID: "f-1", Detector: "rate", Threat: "request-rate-abuse", Title: s, Severity: detect.High, Impact: detect.High, Score: 0.9,
		Actor: event.Actor{Scope: event.User, Value: s}, Members: []event.Actor{{Scope: event.IP, Value: s}, {Scope: event.Net, Value: s}}, MembersTotal: 2,
		Target: event.Actor{Scope: event.Endpoint, Value: "GET /" + s}, FirstSeen: 1e18, LastSeen: 2e18, DetectedAt: 1e18, Events: 3,
		Evidence: detect.Evidence{
			Summary: s, Counter: []string{s}, Lines: []detect.Line{{Line: 1, Text: s}, {Line: 2, Text: s}},
			Facts: []detect.Fact{{Name: s, Unit: s, Value: 1, HasLimit: true, HasPeer: true}},
		},
		WouldNotFire: []string{s}, Advice: []string{s},
	}
	f.Standards.Attack = []string{"T1499.002"}
	return &engine.Result{
		Verdict: engine.Abuse, Summary: s, Findings: []detect.Finding{f},
		Input:      engine.Input{Sources: []engine.SourceStat{{Name: s, Format: s, Error: s, First: 1e18, Last: 2e18}}, Notes: []string{s}},
		Incidents:  []correlate.Incident{{ID: s, Title: s, Severity: detect.High, Probability: 0.9, Tags: []string{s}, Members: f.Members, Findings: []string{"f-1"}}},
		Signatures: []engine.Signature{{Name: s, Note: s, Text: s, Line: 1}},
		Posture:    []engine.Posture{{Endpoint: s, Evidence: s}},
	}
}

// packed is the file of a package of npm, or the test is skipped.
func packed(t *testing.T, name, file string) []byte {
	t.Helper()
	dir := t.TempDir()
	pack := exec.Command("npm", "pack", "--silent", name)
	pack.Dir = dir
	out, err := pack.Output()
	if err != nil {
		t.Skipf("no schema to check against: npm pack %s: %v", name, err)
	}
	f, err := os.Open(filepath.Join(dir, strings.TrimSpace(string(out))))
	if err != nil {
		t.Skipf("no schema to check against: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			t.Fatalf("%s has no %s", name, file)
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Name == "package/"+file {
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
	}
}

// SARIF logs are valid against the schema of 2.1.0 (rtm.5, of Microsoft's
// @microsoft/jest-sarif, MIT).
func TestSARIF(t *testing.T) {
	raw := packed(t, "@microsoft/jest-sarif@1.0.0-beta.0", "lib/schemas/sarif-2.1.0-rtm.5.json")
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for name, s := range outputs(t, "sarif") {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(s))
		if err == nil {
			err = schema.Validate(v)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		n++
	}
	t.Logf("%d logs are valid", n)
}

// field is what ECS says of one.
type field struct {
	Type      string                  `json:"type"`
	Normalize []string                `json:"normalize"`
	Allowed   []struct{ Name string } `json:"allowed_values"`
}

// Every field of an ECS document is one of ECS (release 9.4.0, of Elastic's
// @elastic/ecs, Apache-2.0), a list where it must be, and of the values allowed.
func TestECS(t *testing.T) {
	js := filepath.Join(t.TempDir(), "ecs.js")
	if err := os.WriteFile(js, packed(t, "@elastic/ecs@9.4.0", "generated/ecs_flat.js"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("node", "-e", "process.stdout.write(JSON.stringify(require(process.argv[1]).EcsFlat))", js).Output()
	if err != nil {
		t.Skipf("no schema to check against: node: %v", err)
	}
	var fields map[string]field
	if err := json.Unmarshal(out, &fields); err != nil || len(fields) < 1000 {
		t.Fatalf("%d fields, %v", len(fields), err)
	}
	n := 0
	for name, s := range outputs(t, "ecs") {
		lines := bufio.NewScanner(strings.NewReader(s))
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			var doc map[string]any
			if err := json.Unmarshal(lines.Bytes(), &doc); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			delete(doc, "goshawk")
			for _, fault := range faults("", doc, fields) {
				t.Errorf("%s: %s", name, fault)
			}
			n++
		}
	}
	if n == 0 {
		t.Error("no document")
	}
	t.Logf("%d documents are of ECS", n)
}

func faults(path string, v any, fields map[string]field) (l []string) {
	if m, ok := v.(map[string]any); ok {
		for k, v := range m {
			l = append(l, faults(strings.TrimPrefix(path+"."+k, "."), v, fields)...)
		}
		return l
	}
	f, ok := fields[path]
	if !ok {
		return []string{path + " is no field"}
	}
	list, isList := v.([]any)
	if isList != slices.Contains(f.Normalize, "array") {
		l = append(l, fmt.Sprintf("%s is a list: %v", path, isList))
	}
	if !isList {
		list = []any{v}
	}
	for _, x := range list {
		if len(f.Allowed) > 0 && !slices.ContainsFunc(f.Allowed, func(a struct{ Name string }) bool { return a.Name == x }) {
			l = append(l, fmt.Sprintf("%s may not be %v", path, x))
		}
		_, number := x.(float64)
		if number != slices.Contains([]string{"long", "float"}, f.Type) {
			l = append(l, fmt.Sprintf("%s is %s, not %v", path, f.Type, x))
		}
	}
	return l
}

// A reader of GitHub's Markdown sees nothing but headings, paragraphs, lists,
// code and what is strong: no link, picture, raw HTML or table, whatever the
// log says.
func TestMarkdown(t *testing.T) {
	md := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser()
	plain := []string{"Document", "Heading", "Paragraph", "TextBlock", "List", "ListItem", "Text", "Emphasis", "CodeSpan", "String"}
	n := 0
	for name, s := range outputs(t, "markdown") {
		err := ast.Walk(md.Parse(text.NewReader([]byte(s))), func(x ast.Node, in bool) (ast.WalkStatus, error) {
			if in && !slices.Contains(plain, x.Kind().String()) {
				t.Errorf("%s: %s", name, x.Kind())
			}
			return ast.WalkContinue, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	t.Logf("%d reports are plain", n)
}
