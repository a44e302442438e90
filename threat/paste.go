package threat

import (
	"net/netip"
	"strconv"
	"strings"
)

// Clue describes what a few lines of one platform show of a threat: what an
// analyst would see in a paste of ten lines, and what to collect before
// believing it. A clue convicts nobody; that takes a detector and the whole log.
type Clue struct {
	Threat   string // slug of its page
	Platform string // one of Platforms; "" for an access log, whoever wrote it
	Shows    string // what the lines show, as the end of "These lines show …"
	Collect  string // what more to collect
	find     func(paste) []int
}

// Hit is a clue that was found.
type Hit struct {
	Clue
	Lines []int // indexes of the lines, ascending, at least one
}

// MaxPaste is how many lines Recognise looks at.
const MaxPaste = 500

// Recognise returns the clues in a few lines, in the order of their threats.
// Lines of combined access logs (with further fields behind or not), of
// CloudTrail (one record a line) and of the platforms' own logs may be mixed.
func Recognise(lines []string) (hits []Hit) {
	p := make(paste, 0, min(len(lines), MaxPaste))
	for _, l := range lines[:min(len(lines), MaxPaste)] {
		p = append(p, readLine(strings.TrimSpace(l)))
	}
	for _, c := range clues {
		if found := c.find(p); len(found) > 0 {
			hits = append(hits, Hit{c, found})
		}
	}
	return hits
}

// paste is a few lines, read loosely.
type paste []line

// line is what was read of one. What stood in quotes of an access log never
// gets into text, so that no client can write a clue.
type line struct {
	client, user, method, path, query, referer, agent string
	status, second                                    int     // second of the day, -1 unknown
	bytes, took                                       float64 // took: the last field, if it is a number
	forwarded                                         string
	call, refused, who, key                           string // CloudTrail: event name, error code or result of a log-in, ARN, access key
	text                                              string // a line of any other kind
}

// readLine reads a line of a combined access log, a record of CloudTrail, or text.
func readLine(s string) line {
	if strings.HasPrefix(s, "{") {
		l := line{
			second: -1, call: member(s, "eventName"), refused: member(s, "errorCode"), who: member(s, "arn"), key: member(s, "accessKeyId"),
			client: member(s, "sourceIPAddress"), agent: member(s, "userAgent"),
		}
		if result := member(s, "ConsoleLogin"); result != "" {
			l.refused = result
		}
		if l.call == "" {
			return line{second: -1, text: s}
		}
		return l
	}
	head, rest, ok := strings.Cut(s, ` "`)
	fields := strings.Fields(head)
	request, rest, ok2 := strings.Cut(rest, `" `)
	if !ok || !ok2 || len(fields) < 5 || !strings.HasPrefix(fields[len(fields)-2], "[") {
		return line{second: -1, text: s}
	}
	if _, err := netip.ParseAddr(fields[0]); err != nil {
		return line{second: -1, text: s}
	}
	l := line{client: fields[0], second: clock(fields[len(fields)-2])}
	if l.user = fields[2]; l.user == "-" {
		l.user = ""
	}
	r := strings.Fields(request)
	if len(r) > 1 {
		l.method = r[0]
		l.path, l.query, _ = strings.Cut(r[1], "?")
	}
	quoted := strings.Split(rest, `"`) // status bytes, referer, blank, agent, …
	if f := strings.Fields(quoted[0]); len(f) > 1 {
		l.status, _ = strconv.Atoi(f[0])
		l.bytes, _ = strconv.ParseFloat(f[1], 64)
	}
	if len(quoted) > 4 {
		l.referer, l.agent = quoted[1], quoted[3]
		l.took, _ = strconv.ParseFloat(strings.TrimSpace(quoted[4]), 64)
	}
	if len(quoted) > 6 {
		if _, err := netip.ParseAddr(quoted[5]); err == nil {
			l.forwarded = quoted[5]
		}
	}
	return l
}

// clock returns the second of the day of "[20/Nov/2026:03:14:07".
func clock(s string) int {
	f := strings.Split(s, ":")
	if len(f) != 4 {
		return -1
	}
	n := 0
	for _, x := range f[1:] {
		v, err := strconv.Atoi(x)
		if err != nil {
			return -1
		}
		n = n*60 + v
	}
	return n
}

// member returns the first string member of that name, anywhere in a JSON line.
func member(s, name string) string {
	_, rest, ok := strings.Cut(s, `"`+name+`":`)
	if !ok {
		return ""
	}
	value, ok := strings.CutPrefix(strings.TrimLeft(rest, " "), `"`)
	if !ok {
		return ""
	}
	value, _, _ = strings.Cut(value, `"`)
	return value
}

func (l line) ok() bool      { return l.status >= 200 && l.status < 400 }
func (l line) denied() bool  { return l.status >= 400 && l.status < 500 && l.status != 429 }
func (l line) write() bool   { return l.method == "POST" || l.method == "PUT" || l.method == "PATCH" }
func (l line) network() bool { return l.client != "" && l.method != "" }

// about says that the path names one of the words.
func (l line) about(words ...string) bool {
	path := strings.ToLower(l.path)
	for _, w := range words {
		if strings.Contains(path, w) {
			return true
		}
	}
	return false
}

// says says that a line of text contains all of the words.
func (l line) says(words ...string) bool {
	for _, w := range words {
		if !strings.Contains(l.text, w) {
			return false
		}
	}
	return l.text != ""
}

// number is the last whole number in the path, with the path up to it.
func (l line) number() (prefix string, n int, ok bool) {
	end := len(l.path)
	for end > 0 && (l.path[end-1] < '0' || l.path[end-1] > '9') {
		end--
	}
	start := end
	for start > 0 && l.path[start-1] >= '0' && l.path[start-1] <= '9' {
		start--
	}
	if start == end || start == 0 || l.path[start-1] != '/' || end < len(l.path) && l.path[end] != '/' {
		return "", 0, false
	}
	n, err := strconv.Atoi(l.path[start:end])
	return l.path[:start], n, err == nil
}

// uuid says that a part of the path is one.
func (l line) uuid() bool {
	for part := range strings.SplitSeq(l.path, "/") {
		if len(part) == 36 && strings.Count(part, "-") == 4 && part[8] == '-' {
			return true
		}
	}
	return false
}

// parameter returns a parameter of the query.
func (l line) parameter(name string) string {
	for p := range strings.SplitSeq(l.query, "&") {
		if v, ok := strings.CutPrefix(p, name+"="); ok {
			return v
		}
	}
	return ""
}

// each returns the lines that fit, if there are at least n.
func each(n int, fits func(line) bool) func(paste) []int {
	return func(p paste) (found []int) {
		for i, l := range p {
			if fits(l) {
				found = append(found, i)
			}
		}
		if len(found) < n {
			return nil
		}
		return found
	}
}

// by groups the lines for which key is not empty, in order of appearance, and
// returns the first group that shows it.
func by(key func(line) string, shows func(paste, []int) bool) func(paste) []int {
	return func(p paste) []int {
		var order []string
		groups := map[string][]int{}
		for i, l := range p {
			if k := key(l); k != "" {
				if groups[k] == nil {
					order = append(order, k)
				}
				groups[k] = append(groups[k], i)
			}
		}
		for _, k := range order {
			if g := groups[k]; shows(p, g) {
				return g
			}
		}
		return nil
	}
}

// distinct counts the values that a group shows; empty ones are none.
func distinct(p paste, group []int, value func(line) string) int {
	seen := map[string]bool{}
	for _, i := range group {
		if v := value(p[i]); v != "" {
			seen[v] = true
		}
	}
	return len(seen)
}

// atLeast shows groups of n lines and more.
func atLeast(n int) func(paste, []int) bool {
	return func(_ paste, g []int) bool { return len(g) >= n }
}

// differing shows groups with n values and more.
func differing(n int, value func(line) string) func(paste, []int) bool {
	return func(p paste, g []int) bool { return distinct(p, g, value) >= n }
}

// even shows groups of n and more whose gaps are the same, of two seconds and more.
func even(n int) func(paste, []int) bool {
	return func(p paste, g []int) bool {
		if len(g) < n {
			return false
		}
		gap := p[g[1]].second - p[g[0]].second
		for k, i := range g {
			if p[i].second < 0 || gap < 2 || k > 0 && p[i].second-p[g[k-1]].second != gap {
				return false
			}
		}
		return true
	}
}

func client(l line) string { return l.client }
func agent(l line) string  { return l.agent }
func user(l line) string   { return l.user }
func path(l line) string   { return l.path }
func target(l line) string { return l.path + "?" + l.query }

// only is key for lines that fit, nothing for others.
func only(key func(line) string, fits func(line) bool) func(line) string {
	return func(l line) string {
		if !fits(l) {
			return ""
		}
		return key(l)
	}
}
