package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"goshawk/detect"
)

// number is x for people: whole above 100, with at most two decimals or two
// significant digits below, and with a comma every three digits.
func number(x float64) string {
	switch a := math.Abs(x); {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "?"
	case a != 0 && a < 0.095 || a >= 1e15:
		return strconv.FormatFloat(x, 'g', 2, 64)
	case a < 100:
		x = math.Round(x*100) / 100
	default:
		x = math.Round(x)
	}
	s := strconv.FormatFloat(x, 'f', -1, 64)
	whole, decimals, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if decimals != "" {
		whole += "." + decimals
	}
	if x < 0 {
		return "-" + whole
	}
	return whole
}

// amount is a number with its unit.
func amount(x float64, unit string) string {
	if (unit == "B" || unit == "bytes") && 0 <= x && x < 1e18 {
		return size(int64(x))
	}
	if x == 1 && len(unit) > 3 {
		unit = singular(unit)
	}
	return strings.TrimSpace(number(x) + " " + Clean(unit))
}

// singular is one of "accounts", "addresses", "parties".
func singular(s string) string {
	switch {
	case strings.HasSuffix(s, "sses"):
		return s[:len(s)-2]
	case strings.HasSuffix(s, "ies"):
		return s[:len(s)-3] + "y"
	}
	return strings.TrimSuffix(s, "s")
}

// terse is amount beside another of the same unit, which names it.
func terse(x float64, unit string) string {
	switch unit {
	case "B", "bytes", "%":
		return amount(x, unit)
	}
	return number(x)
}

// count is a number of things, given in the singular.
func count(n int64, what string) string {
	if n != 1 {
		what += "s"
	}
	return number(float64(n)) + " " + what
}

// size is a number of bytes.
func size(n int64) string {
	x, unit := float64(n), "B"
	for _, u := range []string{"kB", "MB", "GB", "TB"} {
		if x < 1000 {
			break
		}
		x, unit = x/1000, u
	}
	if unit != "B" {
		x = math.Round(x*10) / 10
	}
	return number(x) + " " + unit
}

// duration is nanoseconds in the two largest units that count.
func duration(ns int64) string {
	s := ns / 1e9
	switch {
	case ns < 1e9:
		return fmt.Sprintf("%d ms", ns/1e6)
	case s < 10:
		return number(math.Round(float64(ns)/1e8)/10) + " s"
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return units(s/60, "min", s%60, "s")
	case s < 86400:
		return units(s/3600, "h", s%3600/60, "min")
	}
	return units(s/86400, "d", s%86400/3600, "h")
}

func units(a int64, large string, b int64, small string) string {
	if b == 0 {
		return fmt.Sprintf("%d %s", a, large)
	}
	return fmt.Sprintf("%d %s %d %s", a, large, b, small)
}

func clock(ns int64) string { return time.Unix(0, ns).UTC().Format("15:04:05") }

// span is the time from one moment to another, with how long it took.
func span(from, to int64) string {
	if from == 0 {
		return "at an unknown time"
	}
	a, b := time.Unix(0, from).UTC(), time.Unix(0, to).UTC()
	s := a.Format("2006-01-02 15:04:05")
	switch {
	case to-from < 1e9:
		return s + " UTC"
	case a.Format(time.DateOnly) == b.Format(time.DateOnly):
		s += " to " + b.Format("15:04:05")
	default:
		s += " to " + b.Format("2006-01-02 15:04:05")
	}
	return s + " UTC (" + duration(to-from) + ")"
}

// certainty is the word for a probability, with the number.
func certainty(p float64) string {
	percent := amount(math.Floor(p*1000+1e-6)/10, "%") // never 100 for less
	if word := detect.Confidence(p); word != "" {
		return word + " (" + percent + ")"
	}
	return percent
}
