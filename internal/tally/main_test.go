package main

import (
	"strings"
	"testing"
)

func TestTally(t *testing.T) {
	f := func(in string, wantOK bool, want ...string) {
		t.Helper()
		var out strings.Builder
		ok, err := tally(strings.NewReader(in), &out)
		if ok != wantOK || err != nil {
			t.Errorf("got %v, %v", ok, err)
		}
		for _, w := range want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("no %q in\n%s", w, out.String())
			}
		}
		if !strings.HasSuffix(out.String(), want[len(want)-1]+"\n") {
			t.Errorf("does not close with %q:\n%s", want[len(want)-1], out.String())
		}
	}
	f(`{"Action":"run","Package":"p","Test":"A"}
{"Action":"pass","Package":"p","Test":"A"}
{"Action":"pass","Package":"p","Elapsed":1.5}
`, true, "pass p 1.5s", "1 passed, 0 failed, 0 skipped")

	// A parent counts by its subtests; a failure shows what it said.
	f(`{"Action":"run","Package":"p","Test":"A"}
{"Action":"run","Package":"p","Test":"A/x"}
{"Action":"run","Package":"p","Test":"A/y"}
{"Action":"output","Package":"p","Test":"A/x","Output":"    a_test.go:7: got 1, want 2\n"}
{"Action":"fail","Package":"p","Test":"A/x"}
{"Action":"pass","Package":"p","Test":"A/y"}
{"Action":"fail","Package":"p","Test":"A"}
{"Action":"fail","Package":"p"}
`, false, "got 1, want 2", "fail p", "1 passed, 1 failed, 0 skipped")

	// A skip says why.
	f(`{"Action":"run","Package":"p","Test":"A"}
{"Action":"run","Package":"p","Test":"B"}
{"Action":"output","Package":"p","Test":"B","Output":"=== RUN   B\n"}
{"Action":"output","Package":"p","Test":"B","Output":"    b_test.go:12: nginx is not installed\n"}
{"Action":"skip","Package":"p","Test":"B"}
{"Action":"pass","Package":"p","Test":"A"}
{"Action":"skip","Package":"q"}
`, true, "skip p B: nginx is not installed", "1 passed, 0 failed, 1 skipped")

	// What does not build, or ends without a test, has failed.
	f(`{"ImportPath":"p","Action":"build-output","Output":"p.go:1: syntax error\n"}
{"ImportPath":"p","Action":"build-fail"}
{"Action":"fail","Package":"p","FailedBuild":"p"}
`, false, "syntax error", "0 passed, 1 failed, 0 skipped")
	f(`{"Action":"output","Package":"p","Output":"panic: TestMain\n"}
{"Action":"fail","Package":"p"}
`, false, "panic: TestMain", "0 passed, 1 failed, 0 skipped")
	f("no go files\n", false, "no go files", "no test ran", "0 passed, 1 failed, 0 skipped")
}
