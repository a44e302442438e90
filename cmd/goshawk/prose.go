package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// column is where prose is wrapped.
const column = 80

func heading(w io.Writer, title string) {
	fmt.Fprintf(w, "%s\n%s\n\n", title, strings.Repeat("=", utf8.RuneCountInString(title)))
}

var (
	link   = regexp.MustCompile(`\[([^\]]+)\]\([^)]+\)`)
	strong = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	item   = regexp.MustCompile(`^(\s*(?:[-*]|\d+\.)\s+)(.*)$`)
)

// prose writes our own Markdown (headings, paragraphs, lists, fenced code) as
// plain text: code is indented, links and emphasis keep their words.
func prose(w io.Writer, markdown string) {
	var indent, text string
	flush := func() {
		if text != "" {
			wrap(w, indent, text)
		}
		indent, text = "", ""
	}
	code := false
	for line := range strings.Lines(strings.TrimSpace(markdown) + "\n") {
		line = strings.TrimRight(line, "\r\n")
		switch m := item.FindStringSubmatch(line); {
		case strings.HasPrefix(line, "```"):
			flush()
			code = !code
		case code && line != "":
			fmt.Fprintf(w, "    %s\n", line)
		case line == "":
			flush()
			fmt.Fprintln(w)
		case strings.HasPrefix(line, "#"):
			flush()
			title := strings.TrimLeft(line, "# ")
			fmt.Fprintf(w, "%s\n%s\n", title, strings.Repeat("-", utf8.RuneCountInString(title)))
		case m != nil:
			flush()
			indent, text = m[1], plain(m[2])
		default:
			text = strings.TrimSpace(text + " " + plain(strings.TrimSpace(line)))
		}
	}
	flush()
	fmt.Fprintln(w)
}

func plain(s string) string {
	return strong.ReplaceAllString(link.ReplaceAllString(s, "$1"), "$1")
}

// wrap writes text behind a first indent; the lines below it stand under its
// beginning.
func wrap(w io.Writer, indent, text string) {
	line := indent
	rest := strings.Repeat(" ", utf8.RuneCountInString(indent))
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > column:
			fmt.Fprintln(w, line)
			line = rest + word
		default:
			line += " " + word
		}
	}
	fmt.Fprintln(w, line)
}
