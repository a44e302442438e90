// Package law holds the project's import law as a test. It parses the files
// itself, so that an edit anywhere in the module is seen at once.
//
//   - Pure packages import pure packages to their left, and nothing that touches
//     disk, network, clock or chance: one engine then serves the command line,
//     the tests and the browser, and a replay finds what the first run found.
//   - World packages import pure packages only, never one another.
//   - Assembly packages import anything.
//
// Test files are free.
package law

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "goshawk"

var (
	pure = []string{
		"event", "sketch", "decode", "enrich", "inventory", "threat", "detect",
		"correlate", "decide", "engine", "simulate", "report", "export",
	}
	world    = []string{"source", "gateway", "enforce", "notify", "store", "web"}
	assembly = []string{"config", "api", "daemon", "cmd", "bench", "internal"}
)

// libraries are the third-party packages that pure packages may import, each with its reason.
var libraries = map[string]string{
	"github.com/corazawaf/libinjection-go":    "recognises SQL and script injection; pure Go, no state",
	"github.com/oschwald/maxminddb-golang/v2": "reads a database of networks from bytes; pure Go, no state of its own",
	"github.com/zeebo/xxh3":                   "seeded hashing, the same on every machine; pure Go, no state",
}

// exceptions are imports that the law forbids and we allow: "file's folder: import", each with its reason.
var exceptions = map[string]string{}

// forbidden are standard packages, with all below them, that pure packages may not import.
var forbidden = map[string]string{
	"os":            "disk and environment",
	"io/ioutil":     "disk",
	"path/filepath": "disk",
	"net":           "network",
	"net/http":      "network",
	"syscall":       "the machine",
	"crypto/rand":   "chance",
	"encoding/json": "too slow for the hot path and too large for the browser",
	"html/template": "too large for the browser",
	"log":           "writes to stderr",
	"C":             "cgo",
}

// allowed are packages below a forbidden one that are fine.
var allowed = []string{"net/netip", "net/url"}

// identifiers are what pure packages may not use of packages that they may import.
var identifiers = map[string][]string{
	"time": {
		"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", // the clock
		"Local", "LoadLocation", // the machine's zones
	},
	"math/rand":    global,
	"math/rand/v2": global,
}

// global are the functions of math/rand that draw from the process's own source.
var global = []string{
	"ExpFloat64", "Float32", "Float64", "Int", "Int31", "Int31n", "Int32", "Int32N", "Int63", "Int63n", "Int64", "Int64N",
	"IntN", "Intn", "N", "NormFloat64", "Perm", "Read", "Seed", "Shuffle", "Uint", "Uint32", "Uint32N", "Uint64", "Uint64N", "UintN",
}

func TestImportLaw(t *testing.T) {
	root := filepath.Join("..", "..")
	files, packages := 0, map[string]bool{}
	used := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != root && (name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		files++
		packages[strings.Split(rel, "/")[0]] = true
		for _, b := range breaches(rel, text) {
			if reason := exceptions[b.exception()]; reason != "" {
				used[b.exception()] = true
				continue
			}
			t.Error(b)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for e := range exceptions {
		if !used[e] {
			t.Errorf("the exception %q is no longer needed", e)
		}
	}
	if files == 0 || !packages["event"] || !packages["engine"] {
		t.Fatalf("looked at %d files in %v: that is not the project", files, packages)
	}
	t.Logf("looked at %d files", files)
}

// breach is one violation.
type breach struct {
	folder, imports string // imports may hold an identifier: "time.Now"
	at, why         string
}

func (b breach) exception() string { return b.folder + ": " + b.imports }
func (b breach) String() string    { return b.at + ": " + b.imports + ": " + b.why }

// breaches returns what a file breaks. Its path is relative to the module, with slashes.
func breaches(path string, text []byte) []breach {
	folder, _, _ := strings.Cut(path, "/")
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, text, 0)
	if err != nil {
		return []breach{{folder, "", path, "does not parse: " + err.Error()}}
	}
	var all []breach
	add := func(pos token.Pos, imports, why string) {
		p := set.Position(pos)
		all = append(all, breach{folder, imports, fmt.Sprintf("%s:%d", path, p.Line), why})
	}
	place := slices.Index(pure, folder)
	isPure, isWorld := place >= 0, slices.Contains(world, folder)
	if !isPure && !isWorld && !slices.Contains(assembly, folder) {
		add(file.Package, folder, "this folder has no place in the law")
		return all
	}

	watched := map[string]string{} // local name → import path
	for _, spec := range file.Imports {
		imp, _ := strconv.Unquote(spec.Path.Value)
		if own, ok := strings.CutPrefix(imp, module+"/"); ok {
			other, _, _ := strings.Cut(own, "/")
			at := slices.Index(pure, other)
			switch {
			case other == folder:
			case isPure && at < 0:
				add(spec.Pos(), imp, "a pure package imports pure packages only")
			case isPure && at > place:
				add(spec.Pos(), imp, "imports point left: "+folder+" comes before "+other)
			case isWorld && at < 0:
				add(spec.Pos(), imp, "a world package imports pure packages only")
			}
			continue
		}
		if !isPure {
			continue
		}
		if strings.Contains(strings.Split(imp, "/")[0], ".") {
			if libraries[imp] == "" {
				add(spec.Pos(), imp, "no library of pure packages")
			}
			continue
		}
		for at := imp; at != "."; at = parent(at) {
			if why := forbidden[at]; why != "" && !slices.Contains(allowed, imp) {
				add(spec.Pos(), imp, why)
				break
			}
		}
		if identifiers[imp] == nil {
			continue
		}
		name := strings.TrimSuffix(imp, "/v2")
		name = name[strings.LastIndexByte(name, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "." {
			add(spec.Pos(), imp, "a dot import hides what is used")
		}
		watched[name] = imp
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok || x.Obj != nil { // a variable of that name, not the package
			return true
		}
		if imp := watched[x.Name]; imp != "" && slices.Contains(identifiers[imp], sel.Sel.Name) {
			add(sel.Pos(), imp+"."+sel.Sel.Name, "neither clock, nor zones of the machine, nor chance without a seed")
		}
		return true
	})
	return all
}

// parent is path without its last element, "." at the end.
func parent(path string) string {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i]
	}
	return "."
}

func TestLawBites(t *testing.T) {
	f := func(path, imports, body string, want ...string) {
		t.Helper()
		text := "package p\n"
		for i := range strings.SplitSeq(imports, ",") {
			if i = strings.TrimSpace(i); i != "" {
				text += "import " + i + "\n"
			}
		}
		var got []string
		for _, b := range breaches(path, []byte(text+body)) {
			got = append(got, b.imports)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s %s %s: got %q, want %q", path, imports, body, got, want)
		}
	}
	f("detect/rate.go", `"goshawk/event", "goshawk/threat", "strings"`, "")
	f("detect/rate.go", `"goshawk/engine"`, "", "goshawk/engine")
	f("detect/rate.go", `"goshawk/source"`, "", "goshawk/source")
	f("detect/rate.go", `"goshawk/internal/golden"`, "", "goshawk/internal/golden")
	f("source/file.go", `"goshawk/engine", "os", "github.com/klauspost/compress/zstd"`, "")
	f("source/file.go", `"goshawk/store"`, "", "goshawk/store")
	f("source/file.go", `"goshawk/config"`, "", "goshawk/config")
	f("cmd/goshawk/scan.go", `"goshawk/store", "goshawk/engine", "os"`, "var _ = time.Now")
	f("util/util.go", "", "", "util")

	f("event/event.go", `"net/netip", "net/url", "math/rand/v2", "time"`, "")
	f("event/event.go", `"os"`, "", "os")
	f("event/event.go", `"os/exec"`, "", "os/exec")
	f("event/event.go", `"net"`, "", "net")
	f("event/event.go", `"net/http/httptest"`, "", "net/http/httptest")
	f("event/event.go", `"crypto/rand"`, "", "crypto/rand")
	f("event/event.go", `"encoding/json"`, "", "encoding/json")
	f("event/event.go", `"html/template"`, "", "html/template")
	f("event/event.go", `"C"`, "", "C")
	f("event/event.go", `"github.com/zeebo/xxh3"`, "")
	f("event/event.go", `"github.com/expr-lang/expr"`, "", "github.com/expr-lang/expr")

	f("event/event.go", `"time"`, "var _ = time.Now()", "time.Now")
	f("event/event.go", `clock "time"`, "var _ = clock.Since", "time.Since")
	f("event/event.go", `"time"`, "var _ = time.UTC")
	f("event/event.go", `"time"`, "func f(time struct{ Now int }) int { return time.Now }")
	f("event/event.go", `. "time"`, "", "time")
	f("event/event.go", `"math/rand/v2"`, "var _ = rand.New(rand.NewPCG(1, 2)); var _ = rand.IntN(3)", "math/rand/v2.IntN")
}
