package report

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
)

// page is text of a given width, made of rows: a label in a narrow column on
// the left, and what it says in lines beside it. All text that comes in is
// cleaned here, and only here; the page's own colours are put around it.
type page struct {
	b      []byte
	width  int
	colour bool
}

// colour is the parameters of an SGR escape sequence (ECMA-48, 8.3.117).
type colour string

const (
	plain  colour = ""
	bold   colour = "1"
	faint  colour = "2"
	red    colour = "1;31"
	yellow colour = "1;33"
	green  colour = "1;32"
	blue   colour = "1;34"
)

// piece is a stretch of text in one colour.
type piece struct {
	colour colour
	text   string
}

const labels = 12 // columns left of what a row says

// put writes cleaned text.
func (p *page) put(c colour, s string) {
	if !p.colour || c == plain || s == "" {
		p.b = append(p.b, s...)
		return
	}
	p.b = append(p.b, "\x1b["+string(c)+"m"+s+"\x1b[0m"...)
}

func (p *page) pad(n int) { p.b = append(p.b, strings.Repeat(" ", max(n, 0))...) }

// end ends the line, without blanks at its end.
func (p *page) end() { p.b = append(bytes.TrimRight(p.b, " "), '\n') }

// blank leaves a line empty, but never two in a row.
func (p *page) blank() {
	if len(p.b) > 0 && !bytes.HasSuffix(p.b, []byte("\n\n")) {
		p.end()
	}
}

// row writes a label and beside it pieces, wrapped.
func (p *page) row(label string, pieces ...piece) {
	p.label(label)
	p.flow(labels, labels, pieces...)
}

func (p *page) label(s string) {
	p.pad(2)
	p.put(faint, s)
	p.pad(labels - 2 - len(s))
}

// title begins a section: a word, and what there is to say about it.
func (p *page) title(c colour, word string, about piece) {
	p.blank()
	p.put(c, word)
	p.pad(2)
	p.flow(columns(word)+2, columns(word)+2, about)
}

// table writes rows of four cleaned cells in columns. Where the page is too
// narrow each row becomes a sentence.
func (p *page) table(rows [][4]string) {
	var width [4]int
	total := labels
	for i := range width {
		for _, row := range rows {
			width[i] = max(width[i], columns(row[i]))
		}
		if width[i] > 0 {
			width[i] += 3
		}
		total += width[i]
	}
	for _, row := range rows {
		if total-3 > p.width {
			cells := slices.DeleteFunc(row[1:], func(s string) bool { return s == "" })
			p.row("", piece{plain, row[0] + ": " + strings.Join(cells, ", ")})
			continue
		}
		p.pad(labels)
		for i, cell := range row {
			p.put(plain, cell)
			p.pad(width[i] - columns(cell))
		}
		p.end()
	}
}

// flow writes the words of pieces from column at, wrapped to begin at column
// indent, and ends the line.
func (p *page) flow(at, indent int, pieces ...piece) {
	fresh := true // no word stands on this line yet
	run, c := "", plain
	change := func(to colour) {
		p.put(c, run)
		run, c = "", to
	}
	wrap := func() {
		change(c)
		p.end()
		p.pad(indent)
		at, fresh = indent, true
	}
	for _, x := range pieces {
		for _, w := range strings.Fields(Clean(x.text)) {
			if !fresh && at+1+columns(w) > p.width {
				wrap()
			}
			if !fresh {
				run += " "
				at++
			}
			if c != x.colour {
				change(x.colour)
			}
			for at+columns(w) > p.width && columns(w) > 1 {
				var head string
				head, w = split(w, p.width-at)
				run += head
				wrap()
			}
			run += w
			at, fresh = at+columns(w), false
		}
	}
	change(plain)
	p.end()
}

// cut cleans s and shortens it to a number of columns.
func cut(s string, width int) string {
	if s = Clean(s); columns(s) <= width {
		return s
	}
	head, _ := split(s, width-1)
	return head + "…"
}

// split cuts cleaned text after at most that many columns, but not before its
// first rune.
func split(s string, width int) (head, rest string) {
	n := 0
	for i, r := range s {
		if n += runeColumns(r); n > width && i > 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// columns is the width of cleaned text on a terminal.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

// runeColumns is 0 for a mark that stands on the letter before it, 2 for the
// wide letters of East Asia and pictures, 1 for others. Source: Unicode,
// UAX #11 East Asian Width, in broad strokes.
func runeColumns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case 0x1100 <= r && r <= 0x115f, 0x2e80 <= r && r <= 0xa4cf, 0xac00 <= r && r <= 0xd7a3, 0xf900 <= r && r <= 0xfaff,
		0xfe30 <= r && r <= 0xfe6f, 0xff00 <= r && r <= 0xff60, 0xffe0 <= r && r <= 0xffe6, 0x1f300 <= r && r <= 0x1faff, 0x20000 <= r && r <= 0x3fffd:
		return 2
	}
	return 1
}
