package decode

import (
	"math"
	"strings"
	"time"
)

// clock reads the times that logs write. It remembers the last one, since most
// lines of a busy server share their second.
type clock struct {
	zone *time.Location // of times that carry none
	text [26]byte
	ns   int64 // what text means

	bsdText    [15]byte // the same, of a time without a year
	bsdWritten int64
	bsdStamp   stamp
}

// stamp is a time as a log gives it.
type stamp struct {
	ns    int64 // Unix nanoseconds
	zoned bool  // its zone was there, not assumed
	fine  bool  // it is finer than a second
}

func newClock(zone *time.Location) clock {
	if zone == nil {
		zone = time.UTC
	}
	return clock{zone: zone, text: [26]byte([]byte("01/Jan/1970:00:00:00 +0000"))}
}

// clf26 reads 12/Oct/2023:14:32:45 +0000, exactly.
func (c *clock) clf26(s string) (int64, bool) {
	if string(c.text[:]) == s {
		return c.ns, true
	}
	t, n := c.clf(s)
	if n != len(s) || n != len(c.text) || !t.zoned {
		return 0, false
	}
	copy(c.text[:], s)
	c.ns = t.ns
	return t.ns, true
}

// The readers below read a time at the start of s and return its length, 0 if
// there is none.

// clf reads 12/Oct/2023:14:32:45[.123][ zone], also with a space before the hour
// and with dashes (PHP).
func (c *clock) clf(s string) (t stamp, n int) {
	if len(s) < 20 || s[2] != s[6] || s[2] != '/' && s[2] != '-' || s[11] != ':' && s[11] != ' ' {
		return t, 0
	}
	return c.rest(s, 20, four(s, 7), month(s[3:6]), two(s, 0), s[12:20])
}

// iso reads 2023-10-12T14:32:45[.123][zone] (RFC 3339), also with slashes, with
// a space for the T, and with a comma before the fraction (Python, Java).
func (c *clock) iso(s string) (t stamp, n int) {
	if len(s) < 19 || s[4] != s[7] || s[4] != '-' && s[4] != '/' || s[10] != 'T' && s[10] != 't' && s[10] != ' ' {
		return t, 0
	}
	return c.rest(s, 19, four(s, 0), two(s, 5), two(s, 8), s[11:19])
}

// rfc1123 reads Thu, 12 Oct 2023 14:32:45 GMT.
func (c *clock) rfc1123(s string) (t stamp, n int) {
	if len(s) < 25 || s[3] != ',' || s[4] != ' ' || s[7] != ' ' || s[11] != ' ' || s[16] != ' ' {
		return t, 0
	}
	return c.rest(s, 25, four(s, 12), month(s[8:11]), two(s, 5), s[17:25])
}

// bsd reads Oct 12 14:32:45[.123456] (RFC 3164), its day perhaps with a blank
// before it. The year is the last in which the time does not lie more than a
// day after written, in Unix nanoseconds; if that is 0, it is 1970.
func (c *clock) bsd(s string, written int64) (t stamp, n int) {
	if len(s) < 15 || s[3] != ' ' || s[6] != ' ' {
		return t, 0
	}
	if len(s) == 15 && string(c.bsdText[:]) == s && c.bsdWritten == written {
		return c.bsdStamp, 15
	}
	m, d := month(s[:3]), two(s, 4)
	if s[4] == ' ' && digit(s[5]) {
		d = int(s[5] - '0')
	}
	year := max(time.Unix(0, written).UTC().Year(), 1970)
	for back := range 8 { // 29 February is not in every year
		if t, n = c.rest(s, 15, year-back, m, d, s[7:15]); n > 0 && (t.ns <= written+24*int64(time.Hour) || written == 0) {
			if len(s) == 15 {
				copy(c.bsdText[:], s)
				c.bsdWritten, c.bsdStamp = written, t
			}
			return t, n
		}
	}
	return stamp{}, 0
}

// ctime reads Thu Oct 12 14:32:45[.123456] 2023.
func (c *clock) ctime(s string) (t stamp, n int) {
	if len(s) < 24 || s[3] != ' ' || s[7] != ' ' || s[10] != ' ' {
		return t, 0
	}
	d := two(s, 8)
	if s[8] == ' ' && digit(s[9]) {
		d = int(s[9] - '0')
	}
	end := 19
	if s[end] == '.' {
		for end++; end < len(s) && digit(s[end]); end++ {
		}
	}
	if end+5 > len(s) || s[end] != ' ' {
		return t, 0
	}
	if t, n = c.rest(s[:end], 19, four(s, end+1), month(s[4:7]), d, s[11:19]); n != end {
		return stamp{}, 0
	}
	return t, end + 5
}

// written reads a time in any of these forms.
func (c *clock) written(s string) (stamp, int) {
	if t, n := c.clf(s); n > 0 {
		return t, n
	}
	if t, n := c.iso(s); n > 0 {
		return t, n
	}
	if t, n := c.rfc1123(s); n > 0 {
		return t, n
	}
	return c.ctime(s)
}

// any reads the whole of s: a written time, or a number of seconds,
// milliseconds, microseconds or nanoseconds since 1970, told by its magnitude.
// Numbers that would mean a time before 1973 are durations, or nothing.
func (c *clock) any(s string) (stamp, bool) {
	if t, n := c.written(s); n > 0 {
		return t, n == len(s)
	}
	whole, fraction, _ := strings.Cut(s, ".")
	n, ok := number(whole)
	f, okf := nanos(fraction)
	if !ok || !okf || n < 1e8 {
		return stamp{}, false
	}
	unit := int64(1)
	switch {
	case n < 1e11:
		unit = 1e9
	case n < 1e14:
		unit = 1e6
	case n < 1e17:
		unit = 1e3
	}
	if n >= math.MaxInt64/unit {
		return stamp{}, false
	}
	return stamp{n*unit + f*unit/1e9, true, unit < 1e9 || fraction != ""}, true
}

// utc reads the whole of s, a time of a format whose times are UTC whether they
// say so or not.
func utc(s string) (ns int64, ok bool) {
	c := clock{zone: time.UTC}
	t, n := c.iso(s)
	return t.ns, n > 0 && n == len(s)
}

func (c *clock) rest(s string, n, y, m, d int, hms string) (t stamp, _ int) {
	h, min, sec := two(hms, 0), two(hms, 3), two(hms, 6)
	if hms[2] != ':' || hms[5] != ':' || y < 1970 || y > 2261 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) ||
		h < 0 || h > 23 || min < 0 || min > 59 || sec < 0 || sec > 60 {
		return t, 0
	}
	var fraction int64
	if n+1 < len(s) && (s[n] == '.' || s[n] == ',') && digit(s[n+1]) {
		end := n + 1
		for end < len(s) && digit(s[end]) {
			end++
		}
		fraction, _ = nanos(s[n+1 : end])
		t.fine = true
		n = end
	}
	at := n
	if at < len(s) && s[at] == ' ' {
		at++
	}
	offset, k := zone(s[at:])
	if t.zoned = k > 0; t.zoned {
		n = at + k
	}
	unix := days(y, m, d)*86400 + int64(h*3600+min*60+sec-offset)
	if !t.zoned && c.zone != time.UTC {
		unix = time.Date(y, time.Month(m), d, h, min, sec, 0, c.zone).Unix()
	}
	t.ns = unix*1e9 + fraction
	return t, n
}

// zone reads Z, GMT, UTC, +02:00, +0200 or +02 and returns seconds east.
func zone(s string) (offset, n int) {
	switch {
	case s == "":
		return 0, 0
	case strings.HasPrefix(s, "GMT"), strings.HasPrefix(s, "UTC"):
		return 0, 3
	case s[0] == 'Z' || s[0] == 'z':
		return 0, 1
	case s[0] != '+' && s[0] != '-' || len(s) < 3:
		return 0, 0
	}
	h, m, n := two(s, 1), 0, 3
	if at := n; len(s) >= at+2 {
		if s[at] == ':' {
			at++
		}
		if len(s) >= at+2 {
			if v := two(s, at); v >= 0 {
				m, n = v, at+2
			}
		}
	}
	if h < 0 || h > 23 || m > 59 {
		return 0, 0
	}
	offset = h*3600 + m*60
	if s[0] == '-' {
		offset = -offset
	}
	return offset, n
}

// days counts from 1970-01-01. Source: H. Hinnant, "chrono-Compatible
// Low-Level Date Algorithms", days_from_civil.
func days(y, m, d int) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	return int64(365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d - 719469)
}

func daysIn(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func month(s string) int {
	switch s {
	case "Jan":
		return 1
	case "Feb":
		return 2
	case "Mar":
		return 3
	case "Apr":
		return 4
	case "May":
		return 5
	case "Jun":
		return 6
	case "Jul":
		return 7
	case "Aug":
		return 8
	case "Sep":
		return 9
	case "Oct":
		return 10
	case "Nov":
		return 11
	case "Dec":
		return 12
	}
	return 0
}

func digit(c byte) bool { return c-'0' <= 9 }

// two and four read digits at s[i], -1 if they are none.
func two(s string, i int) int {
	a, b := s[i]-'0', s[i+1]-'0'
	if a > 9 || b > 9 {
		return -1
	}
	return int(a)*10 + int(b)
}

func four(s string, i int) int {
	a, b := two(s, i), two(s, i+2)
	if a < 0 || b < 0 {
		return -1
	}
	return a*100 + b
}

// number reads at most 18 digits; "" is 0.
func number(s string) (n int64, ok bool) {
	if len(s) > 18 {
		if n, ok = number(s[:18]); !ok || len(s) > 19 || !digit(s[18]) || n > 922337203685477579 {
			return 0, false
		}
		return n*10 + int64(s[18]-'0'), true
	}
	for i := range len(s) {
		if !digit(s[i]) {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}

// nanos reads the digits after a decimal point as billionths.
func nanos(s string) (n int64, ok bool) {
	for i := range len(s) {
		if !digit(s[i]) {
			return 0, false
		}
		if i < 9 {
			n = n*10 + int64(s[i]-'0')
		}
	}
	for i := len(s); i < 9; i++ {
		n *= 10
	}
	return n, true
}
