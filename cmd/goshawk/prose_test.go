package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"goshawk/threat"
)

func TestProse(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		var b strings.Builder
		newPager(&b, 0, false).prose(in)
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
	f("`a * b` and 2*3 and `**c**`", "`a * b` and 2*3 and `**c**`\n")
}

func TestProseInColour(t *testing.T) {
	var b strings.Builder
	newPager(&b, 20, true).prose("## A\n\n**One two** and `three four` end")
	want := "\x1b[1mA\x1b[0m\n\x1b[2m-\x1b[0m\n\n\x1b[1mOne\x1b[0m \x1b[1mtwo\x1b[0m and \x1b[36mthree\x1b[0m\n\x1b[36mfour\x1b[0m end\n\n"
	if b.String() != want {
		t.Errorf("got %q\nwant %q", b.String(), want)
	}
}

// TestThreatPagesFit: at any width only code is wider, colour changes no word,
// and what is piped has no escape.
func TestThreatPagesFit(t *testing.T) {
	sgr := regexp.MustCompile("\x1b\\[[0-9]+m")
	for _, page := range threat.All() {
		for _, width := range []int{0, 60, 80, 200} {
			var plain, coloured bytes.Buffer
			threatPage(newPager(&plain, width, false), page, "")
			threatPage(newPager(&coloured, width, true), page, "")
			if bytes.ContainsRune(plain.Bytes(), '\x1b') {
				t.Errorf("%s: an escape without colour", page.Slug)
			}
			limit := min(width, widest)
			if width == 0 {
				limit = usual
			}
			for line := range strings.Lines(plain.String()) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > limit && !strings.HasPrefix(line, "    ") && strings.Contains(strings.TrimSpace(line), " ") && !strings.Contains(line, "https://") {
					t.Errorf("%s at %d columns: %d in %q", page.Slug, width, n, line)
				}
			}
			words := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "`", "")), " ") }
			if words(sgr.ReplaceAllString(coloured.String(), "")) != words(plain.String()) {
				t.Errorf("%s at %d columns: colour changes the words", page.Slug, width)
			}
		}
	}
}

// TestGapIsShown: a threat that no detector reports says so, on its page and in the list.
func TestGapIsShown(t *testing.T) {
	var b bytes.Buffer
	gap := threat.Page{Slug: "x", Title: "X", Body: "## What it is\n\nX.\n"}
	threatPage(newPager(&b, 0, false), gap, "")
	if !strings.Contains(b.String(), "No detector reports this threat") {
		t.Errorf("not said: %s", b.String())
	}
	for _, list := range topics("") {
		for i, slug := range list.names {
			if p, err := threat.Lookup(slug); err == nil && list.name == "threats" && p.Gap() != strings.Contains(list.line(i), "a gap") {
				t.Errorf("the list says %q of %s", list.line(i), slug)
			}
		}
	}
}
