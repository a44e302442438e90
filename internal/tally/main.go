// Command tally reads the output of `go test -json` from stdin, shows what
// failed and what was skipped, and closes with "N passed, N failed, N skipped".
//
// A test that has subtests counts by them. The exit status is 1 if anything
// failed, a package did not build, or nothing ran at all.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	ok, err := tally(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
	}
	if !ok || err != nil {
		os.Exit(1)
	}
}

// event is one line of `go test -json`. Source: go doc test2json.
type event struct {
	Action     string
	Package    string
	ImportPath string
	Test       string
	Output     string
	Elapsed    float64
}

type test struct{ pkg, name string }

// tally returns whether something ran and nothing failed. Lines that are not
// JSON are passed through.
func tally(in io.Reader, out io.Writer) (ok bool, err error) {
	var (
		passed, failed, skipped, broken int
		log                             = map[test][]string{} // output of tests that still run
		parent                          = map[test]bool{}
		notes                           []string // why a test was skipped
	)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if len(lines.Bytes()) == 0 || lines.Bytes()[0] != '{' || json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(out, lines.Text())
			continue
		}
		t := test{e.Package, e.Test}
		switch e.Action {
		case "run":
			if i := strings.LastIndexByte(e.Test, '/'); i >= 0 {
				parent[test{e.Package, e.Test[:i]}] = true
			}
		case "output":
			log[t] = append(log[t], e.Output)
		case "build-output":
			fmt.Fprint(out, e.Output)
		case "build-fail":
			broken++
		case "pass", "fail", "skip":
			leaf := e.Test != "" && !parent[t]
			switch {
			case e.Test == "" && e.Action != "skip":
				fmt.Fprintf(out, "%-4s %s %.1fs\n", e.Action, e.Package, e.Elapsed)
			case leaf && e.Action == "pass":
				passed++
			case leaf && e.Action == "skip":
				skipped++
				notes = append(notes, fmt.Sprintf("skip %s %s: %s", e.Package, e.Test, reason(log[t])))
			case leaf:
				failed++
			}
			if e.Action == "fail" {
				fmt.Fprint(out, strings.Join(log[t], ""))
				if e.Test == "" && failed == 0 && broken == 0 {
					broken++ // a panic in TestMain, a timeout
				}
			}
			delete(log, t)
		}
	}
	for _, n := range notes {
		fmt.Fprintln(out, n)
	}
	if passed+failed == 0 && broken == 0 {
		fmt.Fprintln(out, "no test ran")
		broken++
	}
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", passed, failed+broken, skipped)
	return failed+broken == 0, lines.Err()
}

// reason is what a skipped test said: its output without the frame around it.
func reason(output []string) string {
	var said []string
	for _, o := range output {
		if o = strings.TrimSpace(o); o != "" && !strings.HasPrefix(o, "===") && !strings.HasPrefix(o, "---") {
			if _, after, ok := strings.Cut(o, ".go:"); ok {
				_, o, _ = strings.Cut(after, ": ")
			}
			said = append(said, o)
		}
	}
	return strings.Join(said, " ")
}
