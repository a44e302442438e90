package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const hex = "0123456789abcdef"

// Clean returns s as text that is safe to print. A rune that is a control, has
// no glyph or changes the order of reading is written \u202e or \U000e0041, one
// of ASCII \n, \r, \t or \x1b, and a byte that is no UTF-8 \xff. Backslashes of
// s stay as they are, so the result is for reading, not for undoing.
func Clean(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = ' ' <= s[i] && s[i] < 0x7f
	}
	if clean {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteString(`\x`)
			digits(&b, rune(s[0]), 2)
		case visible(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x80:
			b.WriteString(`\x`)
			digits(&b, r, 2)
		case r <= 0xffff:
			b.WriteString(`\u`)
			digits(&b, r, 4)
		default:
			b.WriteString(`\U`)
			digits(&b, r, 8)
		}
		s = s[n:]
	}
	return b.String()
}

func digits(b *strings.Builder, r rune, n int) {
	for n--; n >= 0; n-- {
		b.WriteByte(hex[r>>(4*n)&15])
	}
}

// visible says whether r has a glyph and stands where it is written.
func visible(r rune) bool {
	switch r {
	case 0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0: // letters, marks and symbols without ink
		return false
	}
	return unicode.IsPrint(r) && !unicode.Is(unicode.Variation_Selector, r)
}
