package decode

import "strings"

// Nearest returns the name that is most like s, the first of equals; "" if
// there are none.
func Nearest(s string, names []string) string {
	best, least := "", 0
	for _, n := range names {
		if d := distance(strings.ToLower(s), n); best == "" || d < least {
			best, least = n, d
		}
	}
	return best
}

// distance counts the letters to insert, remove, change or swap.
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, row[j]+1, last[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
