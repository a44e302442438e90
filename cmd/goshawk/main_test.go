package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"goshawk": main})
}

// The sessions of testdata. Besides testscript's own commands they know:
//
//	logins N FILE      N failed logins from one address, one a second
//	write FILE TEXT    TEXT with Go's escapes, such as \x00
//	long FILE MB       a request, a line of so many megabytes, a request
//	pack FILE          FILE.gz
//	shorten FILE N     FILE without its last N bytes
//	exits N goshawk …  goshawk exits with status N
//	unpack ZIP FOLDER  the files of a zip file, in a new folder
//	tamper ZIP NEW FILE [FROM TO]
//	                   NEW is ZIP with FROM in a file become TO, or with the file added
//	isjson FILE KEY…   FILE holds these keys at its top, in this order
func TestSessions(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d sessions, %v", len(files), err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("GOSHAWK_STATE", filepath.Join(e.WorkDir, ".state"))
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"logins": func(ts *testscript.TestScript, _ bool, args []string) {
				var b strings.Builder
				for i := range number(ts, args[0]) {
					at := time.Date(2026, 11, 20, 3, 0, i, 0, time.UTC).Format("02/Jan/2006:15:04:05 -0700")
					fmt.Fprintf(&b, "203.0.113.7 - - [%s] \"POST /api/v1/auth/login HTTP/1.1\" 401 58 \"-\" \"python-requests/2.32.3\"\n", at)
				}
				put(ts, args[1], b.String())
			},
			"write": func(ts *testscript.TestScript, _ bool, args []string) {
				s, err := strconv.Unquote(`"` + strings.ReplaceAll(args[1], `"`, `\"`) + `"`)
				ts.Check(err)
				put(ts, args[0], s)
			},
			"long": func(ts *testscript.TestScript, _ bool, args []string) {
				const request = `192.0.2.1 - - [20/Nov/2026:03:00:00 +0000] "GET / HTTP/1.1" 200 58 "-" "curl/8.5.0"` + "\n"
				put(ts, args[0], request+strings.Repeat("x", number(ts, args[1])<<20)+"\n"+request)
			},
			"pack": func(ts *testscript.TestScript, _ bool, args []string) {
				var b bytes.Buffer
				z := gzip.NewWriter(&b)
				z.Write([]byte(ts.ReadFile(args[0])))
				ts.Check(z.Close())
				put(ts, args[0]+".gz", b.String())
			},
			"shorten": func(ts *testscript.TestScript, _ bool, args []string) {
				s := ts.ReadFile(args[0])
				put(ts, args[0], s[:len(s)-number(ts, args[1])])
			},
			"exits": func(ts *testscript.TestScript, _ bool, args []string) {
				err := ts.Exec(args[1], args[2:]...)
				got := 0
				var exit *exec.ExitError
				if errors.As(err, &exit) {
					got = exit.ExitCode()
				} else {
					ts.Check(err)
				}
				if want := number(ts, args[0]); got != want {
					ts.Fatalf("exit status %d, want %d", got, want)
				}
			},
			"unpack": unpack,
			"tamper": tamper,
			"isjson": isJSON,
		},
	})
}

func unpack(ts *testscript.TestScript, _ bool, args []string) {
	z, err := zip.OpenReader(ts.MkAbs(args[0]))
	ts.Check(err)
	defer z.Close()
	ts.Check(os.CopyFS(ts.MkAbs(args[1]), z))
}

func tamper(ts *testscript.TestScript, _ bool, args []string) {
	z, err := zip.OpenReader(ts.MkAbs(args[0]))
	ts.Check(err)
	defer z.Close()
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range z.File {
		text, err := fs.ReadFile(z, f.Name)
		ts.Check(err)
		if f.Name == args[2] {
			text = bytes.ReplaceAll(text, []byte(args[3]), []byte(args[4]))
		}
		w, err := out.Create(f.Name)
		ts.Check(err)
		w.Write(text)
	}
	if len(args) == 3 {
		_, err := out.Create(args[2])
		ts.Check(err)
	}
	ts.Check(out.Close())
	put(ts, args[1], b.String())
}

func number(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}

func put(ts *testscript.TestScript, name, content string) {
	ts.Check(os.WriteFile(ts.MkAbs(name), []byte(content), 0o644))
}

func isJSON(ts *testscript.TestScript, _ bool, args []string) {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	var keys []string
	_, err := d.Token()
	for err == nil && d.More() {
		var key json.Token
		if key, err = d.Token(); err == nil {
			keys = append(keys, fmt.Sprint(key))
			err = d.Decode(new(any))
		}
	}
	ts.Check(err)
	at := 0
	for _, want := range args[1:] {
		i := slices.Index(keys[at:], want)
		if i < 0 {
			ts.Fatalf("no key %q in its place among %v", want, keys)
		}
		at += i + 1
	}
}
