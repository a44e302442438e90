package decode

import (
	"strconv"
	"strings"
	"time"

	"goshawk/event"
)

// ALB reads the access logs of AWS Application Load Balancers.
var ALB = register(Format{
	Name:  "alb",
	Title: "AWS Application Load Balancer access log",
	Doc: "`type time elb client:port target:port request_time target_time response_time elb_status target_status received sent \"request\" \"user agent\" " +
		"cipher protocol target_group \"trace\" \"domain\" \"certificate\" priority created \"actions\" …`\n\n" +
		"The time is when the answer was sent, as in other access logs, not `created`. The duration is the sum of the three times, unknown if one is -1. " +
		"The status is the load balancer's own. A request that ended with the action `waf` was blocked. Fields that were appended over the years may be missing, and more may follow. " +
		"Connection logs hold no requests and are skipped.\n\n" +
		"Source: AWS, \"Access logs for your Application Load Balancer\".",
	Carries: balancerFields,
	Encode:  appendALB,
	fits: func(line string) bool {
		return isBalancerType(line) > 0 || isConnection(line) || isControl(line)
	},
	decode: decodeALB,
})

const balancerFields = event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn |
	event.HasDuration | event.HasUserAgent | event.HasHost | event.HasKey

// isBalancerType returns the index after the type and its space, 0 if there is
// none. A time must follow.
func isBalancerType(s string) int {
	i := strings.IndexByte(s[:min(len(s), 6)], ' ')
	if i < 0 {
		return 0
	}
	switch s[:i] {
	case "http", "https", "h2", "grpcs", "ws", "wss":
		if i+11 < len(s) && digit(s[i+1]) && s[i+5] == '-' && s[i+11] == 'T' {
			return i + 1
		}
	}
	return 0
}

// isControl tells the line that AWS writes when it is allowed to log.
func isControl(s string) bool {
	return strings.HasPrefix(s, "Enable ") && (strings.HasPrefix(s, "Enable ConnectionLog for ELB") || strings.HasPrefix(s, "Enable AccessLog for ELB"))
}

// isConnection tells a connection log: time address port port protocol cipher …
func isConnection(s string) bool {
	if len(s) < 40 || !digit(s[0]) || s[10] != 'T' {
		return false
	}
	for i, n := 0, 0; ; n++ {
		w, end := word(s, i)
		switch n {
		case 0:
			if w[len(w)-1] != 'Z' {
				return false
			}
		case 1:
			if _, ok := parseAddr(w); !ok {
				return false
			}
		default:
			if !isPort(w) {
				return false
			}
			if n == 3 {
				return true
			}
		}
		if i = end + 1; i >= len(s) {
			return false
		}
	}
}

func decodeALB(d *Decoder, line string, e *event.Event) error {
	i := isBalancerType(line)
	if i == 0 {
		return ErrSkip
	}
	i, err := d.balancer(line, i, e)
	if err != nil || i < 0 {
		return err
	}
	// target_group "trace" "domain" "certificate" priority created "actions"
	c := cursor{line, i}
	c.word()
	e.Trace = d.plain(c.quoted())
	c.quoted()
	c.quoted()
	c.word()
	c.word()
	if actions := c.quoted(); actions == "waf" || strings.HasSuffix(actions, ",waf") {
		e.Action = event.Block
	}
	return nil
}

// cursor cuts fields off the front of a line. At its end all fields are "".
type cursor struct {
	s string
	i int
}

// word returns the field up to the next space, "" for a hyphen.
func (c *cursor) word() string {
	if c.i >= len(c.s) {
		return ""
	}
	s := c.s[c.i:]
	end := 0
	for end < len(s) && end < 8 && s[end] != ' ' { // most are short
		end++
	}
	if end == 8 {
		if k := strings.IndexByte(s[8:], ' '); k >= 0 {
			end += k
		} else {
			end = len(s)
		}
	}
	c.i += end + 1
	if end == 1 && s[0] == '-' {
		return ""
	}
	return s[:end]
}

// quoted returns what is between quotes, escapes and all, "" for a hyphen.
func (c *cursor) quoted() string {
	if c.i >= len(c.s) || c.s[c.i] != '"' {
		return c.word()
	}
	end := closing(c.s, c.i+1)
	if end < 0 {
		c.i = len(c.s)
		return ""
	}
	w := c.s[c.i+1 : end]
	c.i = end + 2
	if w == "-" {
		return ""
	}
	return w
}

// balancer reads what the logs of all load balancers have in common, from the
// time at s[i] to the TLS protocol, and returns the index after it; -1 if
// nothing follows.
func (d *Decoder) balancer(s string, i int, e *event.Event) (int, error) {
	c := cursor{s, i}
	t, n := d.clock.iso(c.word())
	if n == 0 {
		return -1, d.fail(i, "no time")
	}
	e.Time = t.ns
	c.word()
	i = c.i
	client := c.word()
	a, ok := parseAddr(client)
	if !ok {
		return -1, d.fail(min(i, len(s)), "no client")
	}
	e.Client, e.Peer = a, a
	e.Carries = balancerFields &^ event.HasKey
	c.word()
	e.Duration = 0
	for range 3 {
		ns, ok := scaled(c.word(), 1e9)
		if !ok || e.Duration < 0 {
			e.Duration = -1
		} else {
			e.Duration += ns
		}
	}
	if status := c.word(); len(status) == 3 {
		n, _ := number(status)
		e.Status = int(n)
	}
	c.word()
	e.BytesIn, e.BytesOut = size(c.word()), size(c.word())
	if c.i >= len(s) || s[c.i] != '"' {
		return -1, d.fail(min(c.i, len(s)), "no request")
	}
	start := c.i + 1
	end := closing(s, start)
	if end < 0 {
		e.Flags |= event.Truncated
		if verb, target, ok := strings.Cut(s[start:], " "); ok && verb != "-" {
			target, _, _ = strings.Cut(target, " ")
			e.Method, _ = method(verb)
			setTarget(e, d.plain(target))
			e.Flags &^= event.AbsoluteForm
			ownPort(e)
		}
		return -1, nil
	}
	request := s[start:end]
	if request == "- - - " || request == "- - -" {
		return -1, ErrSkip // a TCP connection
	}
	d.absolute(e, request)
	c.i = end + 2
	if c.i >= len(s) { // logs of before 2015
		e.Carries &^= event.HasUserAgent
		return -1, nil
	}
	if s[c.i] != '"' {
		return -1, d.fail(c.i, "no agent")
	}
	if end = closing(s, c.i+1); end < 0 {
		e.Flags |= event.Truncated
		e.UserAgent = d.plain(s[c.i+1:])
		return -1, nil
	}
	if agent := s[c.i+1 : end]; agent != "-" {
		e.UserAgent = d.plain(agent)
	}
	c.i = end + 2
	c.word()
	c.word()
	if c.i >= len(s) {
		return -1, nil
	}
	return c.i, nil
}

// size reads a number of bytes, -1 if it is none.
func size(s string) int64 {
	if n, ok := number(s); ok && s != "" {
		return n
	}
	return -1
}

// absolute is setRequest for those who always log an absolute URL. A request that was not understood is
// logged as "- http://host:80- -": it has neither method nor path.
func (d *Decoder) absolute(e *event.Event, raw string) {
	if strings.HasPrefix(raw, "- ") {
		_, host, _, _ := splitURL(raw[2:])
		e.Host = strings.TrimRight(host, "- ")
	} else {
		d.setRequest(e, raw)
		e.Flags &^= event.AbsoluteForm
	}
	ownPort(e)
}

// ownPort leaves out of the host a port that the scheme implies.
func ownPort(e *event.Event) {
	if host, port, _ := strings.Cut(e.Host, ":"); port == "80" || port == "443" {
		e.Host = host
	}
}

// appendALB appends e as a line of the HTTPS listener of a load balancer, its
// target and its names made up.
func appendALB(dst []byte, e *event.Event) []byte {
	kind, port := "https ", ":443"
	if e.Scheme == "http" {
		kind, port = "http ", ":80"
	}
	dst = append(dst, kind...)
	t := time.Unix(0, e.Time).UTC()
	dst = t.AppendFormat(dst, "2006-01-02T15:04:05.000000Z")
	dst = append(dst, " app/api/50dc6c495c0c9188 "...)
	dst = appendBalancer(dst, e, kind[:len(kind)-1], port)
	if port == ":443" {
		dst = append(dst, " ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2"...)
	} else {
		dst = append(dst, " - -"...)
	}
	dst = append(dst, ` arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/api/73e2d6bc24d8a067 "`...)
	dst = appendOr(dst, appendHex, e.Trace)
	dst = append(dst, `" "`...)
	dst = appendOr(dst, appendHex, e.Host)
	dst = append(dst, `" "-" 0 `...)
	dst = t.Add(-time.Duration(max(e.Duration, 0))).AppendFormat(dst, "2006-01-02T15:04:05.000000Z")
	if e.Action == event.Block {
		return append(dst, ` "waf" "-" "-" "-" "-" "-" "-"`...)
	}
	return append(dst, ` "forward" "-" "-" "10.0.0.1:80" "-" "-" "-"`...)
}

// appendBalancer writes what balancer reads, from the client to the agent.
func appendBalancer(dst []byte, e *event.Event, scheme, port string) []byte {
	v6 := e.Client.Is6()
	if v6 {
		dst = append(dst, '[')
	}
	dst = appendClient(dst, e, "-")
	if v6 {
		dst = append(dst, ']')
	}
	dst = append(dst, ":40000 10.0.0.1:80 "...)
	if e.Duration < 0 {
		dst = append(dst, "-1 -1 -1 "...)
	} else {
		dst = append(dst, "0.000 "...)
		dst = strconv.AppendFloat(dst, float64(e.Duration/1e6)/1e3, 'f', 3, 64)
		dst = append(dst, " 0.000 "...)
	}
	if e.Status == 0 {
		dst = append(dst, "- - "...)
	} else {
		dst = strconv.AppendInt(dst, int64(e.Status), 10)
		dst = append(dst, ' ')
		dst = strconv.AppendInt(dst, int64(e.Status), 10)
		dst = append(dst, ' ')
	}
	dst = strconv.AppendInt(dst, max(e.BytesIn, 0), 10)
	dst = append(dst, ' ')
	dst = strconv.AppendInt(dst, max(e.BytesOut, 0), 10)
	dst = append(dst, ` "`...)
	switch {
	case e.Flags&event.Malformed != 0:
		dst = appendHex(dst, e.Path)
	default:
		dst = appendOr(dst, appendHex, e.Method)
		dst = append(dst, ' ')
		dst = append(dst, scheme...)
		dst = append(dst, "://"...)
		dst = appendHex(dst, e.Host)
		if strings.IndexByte(e.Host, ':') < 0 {
			dst = append(dst, port...)
		}
		if e.Method == "" {
			dst = append(dst, "- -"...)
			break
		}
		dst = appendHex(dst, e.Path)
		if e.Query != "" {
			dst = append(dst, '?')
			dst = appendHex(dst, e.Query)
		}
		dst = append(dst, ' ')
		if e.Proto == "" {
			dst = append(dst, "HTTP/1.1"...)
		} else {
			dst = appendHex(dst, e.Proto)
		}
	}
	dst = append(dst, `" "`...)
	dst = appendOr(dst, appendHex, e.UserAgent)
	return append(dst, '"')
}
