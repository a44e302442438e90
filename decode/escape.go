package decode

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// plain undoes the escapes of s, those of nginx (\x22), Apache (\" \\ \n) and
// JSON (\u0022) alike: each writes a backslash as an escape, so they cannot be
// confused. What is no escape stays as it is. The result aliases s if it holds
// none, else the scratch.
func (d *Decoder) plain(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	start := len(d.scratch)
	b := append(d.scratch, s[:i]...)
	for i < len(s) {
		if s[i] != '\\' || i+1 == len(s) {
			end := i + 1
			for end < len(s) && s[end] != '\\' {
				end++
			}
			b = append(b, s[i:end]...)
			i = end
			continue
		}
		c := s[i+1]
		i += 2
		switch c {
		case '"', '\\', '/', '\'':
			b = append(b, c)
		case 'n':
			b = append(b, '\n')
		case 't':
			b = append(b, '\t')
		case 'r':
			b = append(b, '\r')
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'v':
			b = append(b, '\v')
		case 'x':
			if v, ok := hex(s, i, 2); ok {
				b = append(b, byte(v))
				i += 2
				continue
			}
			b = append(b, '\\', 'x')
		case 'u':
			v, ok := hex(s, i, 4)
			if !ok {
				b = append(b, '\\', 'u')
				continue
			}
			i += 4
			if utf16.IsSurrogate(v) && strings.HasPrefix(s[i:], `\u`) {
				if low, ok := hex(s, i+2, 4); ok {
					if r := utf16.DecodeRune(v, low); r != utf8.RuneError {
						v = r
						i += 6
					}
				}
			}
			b = utf8.AppendRune(b, v) // a lone surrogate becomes U+FFFD
		default:
			b = append(b, '\\', c)
		}
	}
	d.scratch = b
	return text(b[start:])
}

func hex(s string, i, n int) (v rune, ok bool) {
	if i+n > len(s) {
		return 0, false
	}
	for _, c := range []byte(s[i : i+n]) {
		switch {
		case digit(c):
			v = v<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			v = v<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}

// text is b as a string, without a copy: b must not change while it is used.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// closing returns the index of the quote that ends the string whose first byte
// is s[i], -1 if there is none. A backslash hides the byte after it.
func closing(s string, i int) int {
	for start := i; ; i++ {
		k := strings.IndexByte(s[i:], '"')
		if k < 0 {
			return -1
		}
		i += k
		slashes := 0
		for i-slashes > start && s[i-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
	}
}

// join is a and b as one text.
func (d *Decoder) join(a, b string) string {
	start := len(d.scratch)
	d.scratch = append(append(d.scratch, a...), b...)
	return text(d.scratch[start:])
}
