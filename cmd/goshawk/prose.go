package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// pager writes our own pages as plain text that is wrapped, with colour or
// without. Code is not wrapped: it is there to be copied.
type pager struct {
	io.Writer
	column int // where prose is wrapped
	colour bool
}

// Prose that is wider than this is hard to read, however wide the terminal.
const widest, usual = 100, 80

// newPager fits pages to a terminal of that width; 0 is no terminal.
func newPager(w io.Writer, width int, colour bool) *pager {
	if width == 0 {
		width = usual
	}
	return &pager{w, min(width, widest), colour}
}

const (
	sgrBold  = "1"
	sgrFaint = "2"
	sgrCode  = "36"
)

func (p *pager) paint(sgr, s string) string {
	if !p.colour || s == "" {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}

func (p *pager) heading(title string) { p.underlined(title, "="); fmt.Fprintln(p) }

func (p *pager) underlined(title, line string) {
	fmt.Fprintf(p, "%s\n%s\n", p.paint(sgrBold, title), p.paint(sgrFaint, strings.Repeat(line, utf8.RuneCountInString(title))))
}

var (
	link = regexp.MustCompile(`\[([^\]]+)\]\([^)]+\)`)
	item = regexp.MustCompile(`^(\s*(?:[-*]|\d+\.)\s+)(.*)$`)
)

// prose writes Markdown (headings, paragraphs, lists, fenced code): code is
// indented, links keep their words.
func (p *pager) prose(markdown string) {
	var indent, text string
	flush := func() {
		if text != "" {
			p.wrap(indent, text)
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
			fmt.Fprintf(p, "    %s\n", line)
		case line == "":
			flush()
			fmt.Fprintln(p)
		case strings.HasPrefix(line, "#"):
			flush()
			p.underlined(strings.TrimLeft(line, "# "), "-")
		case m != nil:
			flush()
			indent, text = m[1], m[2]
		default:
			text = strings.TrimSpace(text + " " + strings.TrimSpace(line))
		}
	}
	flush()
	fmt.Fprintln(p)
}

// wrap writes a paragraph behind a first indent; the lines below it stand under
// its beginning.
func (p *pager) wrap(indent, text string) {
	rest := strings.Repeat(" ", utf8.RuneCountInString(indent))
	line, at := indent, utf8.RuneCountInString(indent)
	in := span{pager: p}
	for i, word := range strings.Fields(link.ReplaceAllString(text, "$1")) {
		shown, n := in.word(word)
		switch {
		case i == 0:
		case at+1+n > p.column:
			fmt.Fprintln(p, line)
			line, at = rest, len(rest)
		default:
			line, at = line+" ", at+1
		}
		line, at = line+shown, at+n
	}
	fmt.Fprintln(p, line)
}

// span follows emphasis and code through a paragraph, word by word.
type span struct {
	*pager
	strong, code bool
}

// word returns how a word of Markdown is shown, and in how many columns. Without
// colour code keeps its marks, or nobody could tell it from the text around it.
func (s *span) word(w string) (shown string, columns int) {
	for w != "" {
		i := strings.IndexAny(w, "`*")
		for i >= 0 && w[i] == '*' && (s.code || !strings.HasPrefix(w[i:], "**")) {
			k := strings.IndexAny(w[i+1:], "`*")
			if k < 0 {
				i = -1
			} else {
				i += 1 + k
			}
		}
		text := w
		if i >= 0 {
			text = w[:i]
		}
		columns += utf8.RuneCountInString(text)
		switch {
		case s.code:
			shown += s.paint(sgrCode, text)
		case s.strong:
			shown += s.paint(sgrBold, text)
		default:
			shown += text
		}
		if i < 0 {
			break
		}
		if w[i] == '`' {
			s.code = !s.code
			if w = w[i+1:]; !s.colour {
				shown, columns = shown+"`", columns+1
			}
			continue
		}
		s.strong = !s.strong
		w = w[i+2:]
	}
	return shown, columns
}
