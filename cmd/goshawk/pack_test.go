package main

import (
	"bufio"
	"fmt"
	"strings"
	"testing"
)

// A line's bytes are those between the ends of lines, however long it is and
// wherever the reader's buffer ends.
func TestLocate(t *testing.T) {
	f := func(text string, lines int64, want string, wanted ...int) {
		t.Helper()
		var l []*packLine
		for _, n := range wanted {
			l = append(l, &packLine{Line: n})
		}
		n, size, err := locate(bufio.NewReaderSize(strings.NewReader(text), 16), l)
		got := ""
		for _, x := range l {
			if x.Offset == nil {
				got += "none;"
			} else {
				got += fmt.Sprint(text[*x.Offset:*x.Offset+*x.Length], ";")
			}
		}
		if err != nil || n != lines || size != int64(len(text)) || got != want {
			t.Errorf("%q: %d lines, %d bytes, %q, %v; want %d, %q", text, n, size, got, err, lines, want)
		}
	}
	long := strings.Repeat("x", 40)
	f("", 0, "")
	f("a\nb\nc\n", 3, "a;c;", 1, 3)
	f("a\n\nc", 3, ";c;", 2, 3)
	f("a\nb\n", 2, "b;b;", 2, 2)
	f("a\nb\n", 2, "none;", 3)
	f(long+"\nb\n"+long, 3, long+";b;"+long+";", 1, 2, 3)
	f("0123456789abcde\nb\n", 2, "b;", 2)
	f("a\r\nb\r\n", 2, "a\r;", 1)
}
