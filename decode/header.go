package decode

import (
	"iter"
	"strings"
)

// Sections cuts text, whole lines of a log, where the meaning of its columns
// changes, and yields each piece with the header that is in force in it. header
// is the one in force before text, "" at the beginning of a log; what the last
// piece has is the header for the text that follows.
//
// A header is the #Fields line of W3C (with the #Date line before it, if the
// rows have no date), the #fields line of Zeek (with the #separator line before
// it, if there is one), or a first line that names the columns of comma or tab
// separated values. Where a first line has the columns that a server logs by
// default, it is the line that would have named them. How a line is headed does
// not depend on how the text before it is cut. The strings may alias text and
// header.
//
// Whoever gets line breaks into a log must not rename its columns. Those that a
// first line names stay named to the end of the log, since quoted values may hold
// line breaks. A log that began without a header has "#" for one, and what is
// named later has that before it: such a header is late, and its rows are what
// no other format understands.
func Sections(text, header string) iter.Seq2[string, string] {
	return func(yield func(header, text string) bool) {
		start := 0 // of the section
		for i := 0; i < len(text) && !isNamed(header); {
			if text[i] != '#' && header != "" {
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

const (
	noHeader     = "#"   // a log that began without one
	late         = "#\n" // before a header in such a log
	fieldsTag    = "#fields:"
	dateTag      = "#date:"
	separatorTag = "#separator "

	maxHeader = 16 << 10 // bytes; longer lines name nothing
)

// isNamed says whether a header is the first line of comma or tab separated
// values.
func isNamed(header string) bool { return header != "" && header[0] != '#' }

// succeed returns the header in force after a line that begins with #, or after
// any line while header is "".
func succeed(header, line string) string {
	switch {
	case line == "" || len(line) > maxHeader && line[0] == '#':
		return header
	case line[0] != '#':
		if isColumns(line) {
			return line
		}
		if l := headless(line); l != nil {
			return l.header
		}
		return noHeader
	case header == noHeader:
		if h := renamed("", line); h != "" {
			return late + h
		}
		return header
	case strings.HasPrefix(header, late):
		if h := renamed(header[len(late):], line); h != header[len(late):] {
			return late + h
		}
		return header
	}
	return renamed(header, line)
}

// renamed returns the header in force after a line that begins with #.
func renamed(header, line string) string {
	switch {
	case hasFold(line, fieldsTag):
		if date := leading(header, dateTag); date != "" && !namesDate(line) {
			return date + "\n" + line
		}
		return line
	case hasFold(line, dateTag):
		if names := fieldsOf(header); names != "" {
			if namesDate(names) {
				return header
			}
			return line + "\n" + names
		}
		if header == "" || hasFold(header, dateTag) {
			return line
		}
	case strings.HasPrefix(line, separatorTag):
		return line
	case isZeek(line):
		if separator := leading(header, separatorTag); separator != "" {
			return separator + "\n" + line
		}
		return line
	}
	return header
}

// isZeek says whether a line is #fields with a separator after it that is no
// part of a name.
func isZeek(line string) bool {
	const tag = "#fields"
	return strings.HasPrefix(line, tag) && len(line) > len(tag) && !letter(line[len(tag)]) && !digit(line[len(tag)])
}

// leading returns the first line of a header if it begins with tag.
func leading(header, tag string) string {
	if !hasFold(header, tag) {
		return ""
	}
	first, _, _ := strings.Cut(header, "\n")
	return first
}

// fieldsOf returns the #Fields line of a header of W3C.
func fieldsOf(header string) string {
	if hasFold(header, dateTag) {
		_, header, _ = strings.Cut(header, "\n")
	}
	if hasFold(header, fieldsTag) {
		return header
	}
	return ""
}

// namesDate says whether a #Fields line has a column that is a date.
func namesDate(line string) bool {
	for name := range strings.FieldsSeq(line[len(fieldsTag):]) {
		if hasFold(name, "date") {
			return true
		}
	}
	return false
}

// isColumns says whether a line names columns: three names or more that mean
// something, or a time and a message, and nothing that is a value.
func isColumns(line string) bool {
	if line == "" || len(line) > maxHeader || line[0] == '{' || line[0] == '[' || line[0] == '#' || digit(line[0]) {
		return false
	}
	known, all := 0, 0
	time, message := false, false
	sep := separatorOf(line)
	for more := true; more; all++ {
		i := strings.IndexByte(line, sep)
		name := line
		if more = i >= 0; more {
			name, line = line[:i], line[i+1:]
		}
		if name != "" && name[0] == ' ' || strings.Contains(name, ": ") {
			return false // a sentence
		}
		name = unquoted(name)
		for k := range len(name) {
			if c := name[k]; !letter(c) && (k == 0 || !digit(c)) && strings.IndexByte("_@", c) < 0 && (k == 0 || strings.IndexByte("-. ()/:", c) < 0) {
				return false
			}
		}
		c := csvColumn(name)
		time = time || c.slot == aTime || c.as == theClock
		message = message || c.slot == aMessage
		if c.means() && (c.slot == noSlot || c.rank > 0) {
			known++
		}
	}
	return known >= 3 && known*3 >= all || time && message
}

// separatorOf returns what separates the names of a header of values.
func separatorOf(line string) byte {
	switch {
	case strings.IndexByte(line, '\t') >= 0:
		return '\t'
	case strings.Count(line, ";") > strings.Count(line, ","):
		return ';'
	}
	return ','
}

// unquoted is a name without its quotes and blanks.
func unquoted(name string) string { return strings.Trim(name, `" `) }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
