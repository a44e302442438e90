package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"goshawk/report"
)

// warn says something on stderr, line by line, with nothing in it that a
// terminal would obey: file names and logs are other people's text.
func warn(format string, args ...any) {
	for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
		fmt.Fprintf(os.Stderr, "goshawk: %s\n", report.Clean(line))
	}
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// width is the number of columns of the terminal on stdout; 0 if it is none.
func width() int {
	w, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 0
	}
	return w
}

// columns is how wide prose may be: the terminal, or COLUMNS where stdout is
// none; 0 if neither is known.
func columns() int {
	if w := width(); w > 0 {
		return w
	}
	const narrowest = 40
	n, err := strconv.Atoi(os.Getenv("COLUMNS"))
	if err != nil || n < narrowest {
		return 0
	}
	return n
}

// colour says whether stdout is to be coloured. Source: https://no-color.org
func colour(off bool) bool {
	return !off && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(os.Stdout)
}
