package main

import (
	"strings"
	"testing"
)

func TestProse(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		var b strings.Builder
		prose(&b, in)
		if got := strings.TrimSuffix(b.String(), "\n"); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
	}
	f("Two lines\nof text.", "Two lines of text.\n")
	f("## What it is\n\nText.", "What it is\n----------\n\nText.\n")
	f("- **One** thing, see [another](other-page)\n- two", "- One thing, see another\n- two\n")
	f("1. "+strings.Repeat("word ", 20), "1. "+strings.Repeat("word ", 14)+"word\n   "+strings.Repeat("word ", 4)+"word\n")
	f("Before:\n\n```sh\na  |  b\n\n# c\n```", "Before:\n\n    a  |  b\n\n    # c\n")
	f(strings.Repeat("x", 100)+" y", strings.Repeat("x", 100)+"\ny\n")
}
