package decode

import (
	"iter"
	"strings"
)

// Sections cuts text, whole lines of a log, where the meaning of its columns
// changes, and yields each piece with the header that is in force in it. header
// is the one in force before text, "" at the beginning of a log.
//
// A header is the #Fields line of W3C, the #fields line of Zeek (with the
// #separator line before it, if there is one), or a first line that names the
// columns of comma or tab separated values. The strings alias text and header.
func Sections(text, header string) iter.Seq2[string, string] {
	return func(yield func(header, text string) bool) {
		if header == "" {
			first, _, _ := strings.Cut(text, "\n")
			if first, _ = clean(first); isColumns(first) {
				header = first
			}
		}
		start := 0 // of the section
		for i := 0; i < len(text); {
			if text[i] != '#' {
				k := strings.Index(text[i:], "\n#")
				if k < 0 {
					break
				}
				i += k + 1
			}
			line, _, more := strings.Cut(text[i:], "\n")
			next := i + len(line) + 1
			if !more {
				next = len(text)
			}
			line, _ = clean(line)
			if h := succeed(header, line); h != header {
				if i > start && !yield(header, text[start:i]) {
					return
				}
				start, header = i, h
			}
			i = next
		}
		if start < len(text) {
			yield(header, text[start:])
		}
	}
}

const separatorTag = "#separator"

// succeed returns the header in force after a line that begins with #.
func succeed(header, line string) string {
	switch {
	case hasFold(line, separatorTag):
		return line
	case !hasFold(line, "#fields"):
		return header
	case strings.HasPrefix(header, separatorTag):
		before, _, _ := strings.Cut(header, "\n")
		return before + "\n" + line
	}
	return line
}

// isColumns says whether a line names columns: three names or more that mean
// something, and nothing that is a value.
func isColumns(line string) bool {
	if line == "" || line[0] == '{' || line[0] == '[' || line[0] == '#' || digit(line[0]) {
		return false
	}
	sep := byte(',')
	if strings.IndexByte(line, '\t') >= 0 {
		sep = '\t'
	}
	known, all := 0, 0
	for more := true; more; all++ {
		i := strings.IndexByte(line, sep)
		name := line
		if more = i >= 0; more {
			name, line = line[:i], line[i+1:]
		}
		name = strings.Trim(name, `" `)
		for k := range len(name) {
			if c := name[k]; c|0x20 < 'a' || c|0x20 > 'z' {
				if !digit(c) && c != '_' && c != '-' && c != '.' && c != ' ' && c != '(' && c != ')' && c != '@' && c != ':' || k == 0 && c != '@' && c != '_' {
					return false
				}
			}
		}
		if m := lookup(name); m.slot != noSlot && m.rank > 0 {
			known++
		}
	}
	return known >= 3 && known*3 >= all
}
