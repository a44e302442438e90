package decode

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// proposeLayout guesses the log_format, in nginx's notation, that a line was
// written with: what each word and each quoted text is, by its look. It returns
// "" if it does not find a client or a time, and a status or a request. What it
// does not know is a variable that means nothing.
func proposeLayout(line string) string {
	if strings.IndexByte(line, '$') >= 0 || len(line) > 8<<10 {
		return ""
	}
	p := proposal{clock: newClock(nil), seen: map[string]bool{}}
	for i := 0; i < len(line); {
		c := line[i]
		switch {
		case c == '"':
			end := closing(line, i+1)
			if end < 0 {
				return ""
			}
			p.text('"')
			p.value(line[i+1:end], true)
			p.text('"')
			i = end + 1
		case isSeparator(c):
			p.text(c)
			i++
		default:
			if _, n := p.clock.written(line[i:]); n > 0 {
				p.variable("time_local")
				i += n
				continue
			}
			end := i
			for end < len(line) && !isSeparator(line[end]) && line[end] != '"' && line[end] != '=' {
				end++
			}
			if end < len(line) && line[end] == '=' && isName(line[i:end]) { // key=value
				for ; i <= end; i++ {
					p.text(line[i])
				}
				continue
			}
			for end < len(line) && !isSeparator(line[end]) && line[end] != '"' {
				end++
			}
			if end == i {
				return ""
			}
			if strings.HasPrefix(line[i:], "Mozilla/") {
				end = len(line)
			}
			p.value(line[i:end], false)
			i = end
		}
	}
	if !(p.seen["remote_addr"] || p.seen["time_local"]) || !(p.seen["status"] || p.seen["request"] || p.seen["request_uri"]) {
		return ""
	}
	if strings.HasPrefix(string(p.format), "$field") && p.unknown > 3*len(p.seen) {
		return ""
	}
	return string(p.format)
}

func isSeparator(c byte) bool {
	return c == ' ' || c == '\t' || c == '|' || c == ';' || c == ',' || c == '[' || c == ']' || c == '(' || c == ')' || c == '<' || c == '>'
}

func isName(s string) bool {
	for i := range len(s) {
		if c := s[i]; c|0x20 < 'a' && !digit(c) && c != '_' && c != '-' && c != '.' || c|0x20 > 'z' {
			return false
		}
	}
	return s != "" && !digit(s[0])
}

// proposal is a log format that is being guessed.
type proposal struct {
	clock   clock
	format  []byte
	seen    map[string]bool
	unknown int
	last    bool // what came last is a variable
}

func (p *proposal) text(c byte) {
	p.format = append(p.format, c)
	p.last = false
}

func (p *proposal) variable(name string) {
	if p.last { // two variables need text between them
		return
	}
	if p.seen[name] {
		p.unknown++
		name = "field" + strconv.Itoa(p.unknown)
	}
	p.seen[name] = true
	p.format = append(append(p.format, '$'), name...)
	p.last = true
}

// value takes one value by its look.
func (p *proposal) value(v string, quoted bool) {
	name := ""
	_, address := parseAddr(v)
	_, _, _, request := splitRequest(v)
	_, _, _, url := splitURL(v)
	n, integer := number(v)
	_, time := p.clock.any(v)
	isMethod := false
	if m, ok := method(v); ok && len(m) >= 3 && !digit(m[0]) {
		isMethod = verb(m) == m
	}
	switch {
	case address && !p.seen["remote_addr"]:
		name = "remote_addr"
	case quoted && isAddrList(v):
		name = "http_x_forwarded_for"
	case request:
		name = "request"
	case isMethod && !p.seen["request"]:
		name = "request_method"
	case strings.HasPrefix(v, "HTTP/"):
		name = "server_protocol"
	case (url || v[:min(1, len(v))] == "/") && !p.seen["request"] && !p.seen["request_uri"]:
		name = "request_uri"
	case url:
		name = "http_referer"
	case integer && len(v) == 3 && n >= 100 && n < 600 && !p.seen["status"]:
		name = "status"
	case integer && v != "" && p.seen["status"] && !p.seen["body_bytes_sent"] && len(v) < 10:
		name = "body_bytes_sent"
	case time && !p.seen["time_local"] && !p.seen["msec"]:
		name = "msec"
	case looksLikeAgent(v):
		name = "http_user_agent"
	}
	if name == "" {
		p.unknown++
		name = "field" + strconv.Itoa(p.unknown)
	}
	p.variable(name)
}

func looksLikeAgent(v string) bool {
	i := strings.IndexByte(v, '/')
	return i > 1 && i+1 < len(v) && digit(v[i+1]) && v[0]|0x20 >= 'a' && v[0]|0x20 <= 'z' && !strings.HasPrefix(v, "HTTP/")
}

// proposeMapping guesses what the objects of a JSON log call things, by the
// look of their values and words in their names.
func proposeMapping(head string) map[string]string {
	type stat struct{ n, client, method, path, status, time, agent int }
	stats := map[string]*stat{}
	c := newClock(nil)
	lines := 0
	for line := range strings.Lines(head) {
		if line, _ = clean(line); line == "" || line[0] != '{' {
			continue
		}
		if lines++; lines > guessLines {
			break
		}
		pairsOf(line, func(path, v string) {
			s := stats[path]
			if s == nil {
				if len(stats) >= 256 {
					return
				}
				s = &stat{}
				stats[strings.Clone(path)] = s
			}
			s.n++
			if a, ok := parseAddr(v); ok && a.IsValid() {
				s.client++
			}
			if m, ok := method(v); ok && v != "" && verb(m) == m {
				s.method++
			}
			if _, _, _, url := splitURL(v); url || v != "" && v[0] == '/' {
				s.path++
			}
			if n, ok := number(v); ok && len(v) == 3 && n >= 100 && n < 600 {
				s.status++
			}
			if _, ok := c.any(v); ok {
				s.time++
			}
			if looksLikeAgent(v) {
				s.agent++
			}
		})
	}
	mapping := map[string]string{}
	taken := map[string]bool{}
	pick := func(field string, count func(*stat) int, words ...string) {
		best, score := "", 0
		for _, path := range slices.Sorted(maps.Keys(stats)) {
			s := stats[path]
			n := count(s)
			if taken[path] || n*5 < s.n*4 || n*2 < lines {
				continue
			}
			points := n
			name := strings.ToLower(path)
			for k, w := range words {
				if strings.Contains(name, w) {
					points += lines * (len(words) - k)
					break
				}
			}
			if points > score {
				best, score = path, points
			}
		}
		if best != "" {
			mapping[field], taken[best] = best, true
		}
	}
	pick("method", func(s *stat) int { return s.method }, "method", "verb")
	pick("client", func(s *stat) int { return s.client }, "client", "remote", "src", "source", "peer", "ip", "addr")
	pick("user_agent", func(s *stat) int { return s.agent }, "agent", "ua")
	pick("path", func(s *stat) int { return s.path }, "uri", "path", "url", "target", "resource")
	pick("status", func(s *stat) int { return s.status }, "status", "code", "rc", "response", "result")
	pick("time", func(s *stat) int { return s.time }, "time", "ts", "date", "start", "at")
	if mapping["path"] == "" && mapping["client"] == "" || mapping["status"] == "" && mapping["method"] == "" {
		return nil
	}
	return mapping
}

// pairsOf tells of every text and number of an object, with its path.
func pairsOf(line string, tell func(path, value string)) {
	var path []byte
	var walk func(i, depth int) int
	walk = func(i, depth int) int {
		for i++; i < len(line); {
			for i < len(line) && (line[i] <= ' ' || line[i] == ',') {
				i++
			}
			if i >= len(line) || line[i] != '"' {
				return i + 1
			}
			end := closing(line, i+1)
			if end < 0 {
				return len(line)
			}
			base := len(path)
			if base > 0 {
				path = append(path, '.')
			}
			path = append(path, line[i+1:end]...)
			for i = end + 1; i < len(line) && (line[i] == ' ' || line[i] == ':'); i++ {
			}
			switch {
			case i >= len(line):
				return i
			case line[i] == '"':
				if end = closing(line, i+1); end < 0 {
					return len(line)
				}
				tell(string(path), line[i+1:end])
				i = end + 1
			case line[i] == '{' && depth < maxNesting:
				i = walk(i, depth+1)
			case line[i] == '[' || line[i] == '{':
				s := scanner{s: line}
				if i = s.skip(i); i < 0 {
					return len(line)
				}
			default:
				for end = i; end < len(line) && line[end] != ',' && line[end] != '}'; end++ {
				}
				tell(string(path), strings.TrimRight(line[i:end], " "))
				i = end
			}
			path = path[:base]
		}
		return i
	}
	walk(0, 0)
}
