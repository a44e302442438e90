package enrich

import "strings"

// spelled is how many bytes of s at i spell want, either byte for byte or with
// escapes; 0 for none.
func spelled(s string, i int, want string) int {
	if strings.HasPrefix(s[i:], want) {
		return len(want)
	}
	at := i
	for _, w := range []byte(want) {
		if at >= len(s) {
			return 0
		}
		c, n, _ := unit(s, at)
		if c != w {
			return 0
		}
		at += n
	}
	return at - i
}

func decode(s string) string {
	var b []byte
	for i := 0; i < len(s); {
		c, n, _ := unit(s, i)
		b = append(b, c)
		i += n
	}
	return string(b)
}

// unit reads the character at s[i:] in n bytes and undoes an escape: percent,
// applied level times, or a backslash's.
func unit(s string, i int) (c byte, n, level int) {
	switch s[i] {
	case '%':
		j := i + 1
		for level = 1; strings.HasPrefix(s[j:], "25"); level++ {
			if _, ok := hexByte(s, j+2); !ok {
				break
			}
			j += 2
		}
		if c, ok := hexByte(s, j); ok {
			return c, j + 2 - i, level
		}
	case '\\':
		if i+1 == len(s) {
			break
		}
		switch e := s[i+1]; e {
		case '"', '\'', '\\', '/':
			return e, 2, 0
		case 'n', 'r', 't':
			return '\n', 2, 0
		case 'x':
			if c, ok := hexByte(s, i+2); ok {
				return c, 4, 0
			}
		case 'u':
			if c, ok := hexByte(s, i+4); ok && s[i+2:i+4] == "00" {
				return c, 6, 0
			}
		}
	}
	return s[i], 1, 0
}

func hexByte(s string, i int) (byte, bool) {
	if i+2 > len(s) {
		return 0, false
	}
	hi, lo := nibble(s[i]), nibble(s[i+1])
	return hi<<4 | lo, hi < 16 && lo < 16
}

func nibble(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 16
}

func digit(c byte) bool  { return '0' <= c && c <= '9' }
func alnum(c byte) bool  { return digit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }
func plain(c byte) bool  { return alnum(c) || c == '_' || c == '-' } // in a tag
func inWord(c byte) bool { return plain(c) || c == '.' }
