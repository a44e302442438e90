package decode

import "strings"

// continuation says whether a line goes on with what an earlier one began: the
// frames of a stack trace, what it was caused by, the lines of a printed object.
func continuation(line string) bool {
	switch line[0] {
	case ' ', '\t':
		rest := strings.TrimLeft(line, " \t")
		return rest == "" || rest[0] != '{'
	case '\x1b', '^':
		if n := sequence(line); n > 0 && n < len(line) {
			return continuation(line[n:])
		}
	case 'T':
		return strings.HasPrefix(line, "Traceback (most recent call last)")
	case 'C':
		return strings.HasPrefix(line, "Caused by: ")
	case 'D':
		return strings.HasPrefix(line, "During handling of the above exception")
	case 'g':
		return strings.HasPrefix(line, "goroutine ") && strings.HasSuffix(line, "]:")
	case 'p':
		return strings.HasPrefix(line, "panic: ")
	case 'S':
		return line == "Stack trace:"
	case '.':
		return strings.HasPrefix(line, "... ") && strings.HasSuffix(line, " more")
	case 'a':
		return strings.HasPrefix(line, "at ") && strings.HasSuffix(line, ")")
	case '}', ']', ')':
		return len(line) <= 2
	}
	return false
}
