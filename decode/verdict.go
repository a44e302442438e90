package decode

import (
	"net/netip"
	"strings"

	"goshawk/event"
)

// failures are the words, in lower case and by first letter, with which
// applications say that somebody did not get in.
var failures = [26][]string{
	'a' - 'a': {"authentication failure", "authentication failed", "authentication error", "auth failure", "auth failed", "authentication attempt for unknown user"},
	'b' - 'a': {"bad credentials", "bad password"},
	'f' - 'a': {"failed login", "failed password", "failed to log in", "failed to authenticate", "failed authentication"},
	'i' - 'a': {"invalid username", "invalid user or password", "invalid user ", "invalid password", "invalid credentials", "invalid login", "invalid email or password",
		"invalid admin token", "invalid totp code", "incorrect password", "incorrect username"},
	'l' - 'a': {"login failed", "login failure", "login attempt failed", "login incorrect", "login_error", "login error"},
	'm' - 'a': {"might not have worked"},
	'n' - 'a': {"no such user"},
	'p' - 'a': {"password mismatch", "password is incorrect", "password-auth.failed"},
	'u' - 'a': {"user denied", "username or password is incorrect", "unsuccessful login", "user not found", "unknown user "},
	'w' - 'a': {"wrong password", "wrong credentials", "wrong username"},
}

// successes are those with which they say that somebody did; they count only
// where a message begins, since a name may hold them.
var successes = []string{"accepted password", "successful login", "successfully logged in", "login successful", "login succeeded", "login_success",
	"authentication succeeded", "authentication successful", "session opened", "user logged in", "logged in"}

// verdict says what a message says about an attempt to authenticate.
func verdict(s string) event.Auth {
	for _, w := range successes {
		if hasFold(s, w) {
			return event.AuthOK
		}
	}
	for i := range len(s) {
		c := (s[i] | 0x20) - 'a'
		if c >= 26 || failures[c] == nil || i > 0 && !isBreak(s[i-1]) && s[i-1] != ':' && s[i-1] != ']' {
			continue
		}
		for _, w := range failures[c] {
			if hasFold(s[i:], w) && !aboutInput(s[i:], w) {
				return event.AuthFail
			}
		}
	}
	if k := strings.LastIndex(s, " failed"); k > 0 && strings.Contains(s[:k], "uthentication attempt ") {
		return event.AuthFail
	}
	return event.AuthUnknown
}

// aboutInput says that "invalid user " goes on with what is no name.
func aboutInput(s, w string) bool {
	if w[len(w)-1] != ' ' {
		return false
	}
	next, _ := word(s, len(w))
	next = strings.TrimRight(next, ":,.")
	for _, thing := range [...]string{"input", "id", "agent", "data", "or", "request", "session", "token", "name"} {
		if strings.EqualFold(next, thing) {
			return true
		}
	}
	return false
}

// account finds the name that a message about an attempt aims at: where it
// begins, or -1.
func account(s string) int {
	for i := 0; i < len(s); i++ {
		if i > 0 && !isBreak(s[i-1]) {
			continue
		}
		for _, tag := range [...]string{"for ", "username: ", "username=", "user: ", "user=", "account: ", "account=", "email: ", "email=", "invalid user ", "unknown user ",
			"unauthorized user ", "user denied: ", "login failed: "} {
			if !hasFold(s[i:], tag) {
				continue
			}
			at := i + len(tag)
			for _, more := range [...]string{"unknown ", "invalid ", "user ", "account ", "username "} {
				if tag == "for " && hasFold(s[at:], more) {
					at += len(more)
				}
			}
			return at
		}
	}
	return -1
}

// attempt reads the client and the account of a message about an attempt to
// authenticate. An address before the name is the client's, the first of them;
// else it is the last one, since the name may hold others. It returns where the
// name ends, 0 if there is none.
func attempt(said string, e *event.Event) (end int) {
	at := account(said)
	whole := said
	if at >= 0 {
		whole = said[:echo(said, at)]
	}
	f := finder{s: whole}
	best, first := found{}, true
	for a, ok := f.next(); ok; a, ok = f.next() {
		switch {
		case first && (at < 0 || a.start < at) && a.rank > 0:
			best, first = a, false
		case best.addr.IsValid() && at >= 0 && best.start < at:
		case at < 0 && best.addr != a.addr && best.rank == a.rank && a.rank == tagged:
			best.addr, best.rank = netip.Addr{}, tagged // two, and no telling which
		case a.rank > 0 && (at >= 0 || a.rank >= best.rank): // after a name anything may be part of it, but the last
			best, first = a, false
		}
	}
	if best.addr.IsValid() || best.rank > 0 {
		e.Client = best.addr
		e.Carries |= event.HasClient
	}
	if best.list != "" {
		e.Forwarded = best.list
		e.Client = netip.Addr{}
		e.Carries |= event.HasForwarded
	}
	if at < 0 {
		return 0
	}
	name := said[at:]
	if best.rank > 0 && best.start > at {
		name = said[at:best.start]
	} else if n := len(name); n > 1 && (name[0] == '"' || name[0] == '\'') {
		if k := strings.IndexByte(name[1:], name[0]); k >= 0 {
			name = name[:k+2]
		}
	} else {
		name = strings.TrimSuffix(name, " failed.")
	}
	end = at + len(name)
	if k := strings.Index(name, " - "); k > 0 {
		name, end = name[:k], at+k
	}
	name = strings.TrimRight(name, " ,;-([")
	name = strings.TrimSuffix(name, " (Remote") // IP:
	if k := strings.LastIndex(name, " against "); k > 0 {
		name = name[:k]
	}
	if k := strings.LastIndex(name, " ("); k > 0 && name[len(name)-1] == ')' {
		name = name[:k]
	}
	if n := len(name); n > 1 && (name[0] == '"' || name[0] == '\'') && name[n-1] == name[0] {
		name = name[1 : n-1]
	} else {
		name = strings.TrimSuffix(name, ".")
	}
	e.Carries |= event.HasAccount
	if !missing(name) {
		e.Account = name
	}
	return end
}

// echo returns where a message repeats the name that begins at s[at:], as mail
// servers do (user=name), or its end. The repetition is what agrees with the
// name longest: a name that holds " user=" itself cannot agree as long.
func echo(s string, at int) int {
	end, longest := len(s), 0
	for i := at; ; i++ {
		k := strings.Index(s[i:], " user=")
		if k < 0 {
			return end
		}
		i += k
		n, a, b := 0, s[at:], s[i+len(" user="):]
		for n < len(b) && n < 256 && a[n] == b[n] {
			n++
		}
		if n > longest {
			end, longest = i, n
		}
	}
}

// How an address stands in a message.
const (
	untagged  = iota
	bracketed // [192.0.2.1]
	after     // after from, or address
	tagged    // after IP: and the like
)

// found is an address of a message.
type found struct {
	addr  netip.Addr
	rank  int
	start int    // of the words that introduce it
	list  string // the whole, if there are several with commas between
}

// finder walks the addresses of a message.
type finder struct {
	s            string
	i            int
	before, last string // the two words before the next
	at           int    // where the last one began
}

func (f *finder) next() (r found, ok bool) {
	s := f.s
	for f.i < len(s) {
		if s[f.i] == ' ' {
			f.i++
			continue
		}
		start, end := f.i, f.i
		equals, colon, colons, dots := 0, 0, 0, 0
		for ; end < len(s) && s[end] != ' '; end++ {
			switch s[end] {
			case '=':
				equals = end - start
			case ':':
				if colons++; colon == 0 {
					colon = end - start
				}
			case '.':
				dots++
			}
		}
		w := s[start:end]
		f.i = end
		if dots < 3 && colons < 2 { // no address
			f.before, f.last, f.at = f.last, w, start
			continue
		}
		value, before, last, at := w, f.before, f.last, f.at
		if k := equals; k > 0 {
			before, last, value, at = last, w[:k], w[k+1:], start
		} else if k := colon; k > 0 && isAddressTag(w[:k]) {
			before, last, value, at = last, w[:k], w[k+1:], start
		}
		f.before, f.last, f.at = last, w, start
		if value == "" || value[0]|0x20 > 'f' && value[0] != '[' {
			continue // no address begins so
		}
		if k := strings.IndexByte(value, '('); k > 0 {
			value = value[:k]
		}
		a, is := parseAddr(trimMarks(value))
		if !is && len(value) > 2 && value[0] == '[' {
			a, is = parseAddr(value[1:max(strings.LastIndexByte(value, ']'), 1)])
		}
		if !is {
			continue
		}
		r = found{addr: a, start: at}
		tag := strings.TrimLeft(strings.TrimRight(last, ":"), "(\"'[-")
		switch {
		case isAddressTag(tag):
			r.rank = tagged
		case strings.EqualFold(tag, "from") || strings.EqualFold(tag, "address") || strings.EqualFold(before, "from"):
			r.rank = after
		case value[0] == '[' || value[0] == '(':
			r.rank, r.start = bracketed, start
		}
		if value[len(value)-1] == ',' && r.rank == after { // a list, as X-Forwarded-For has it
			end := f.i
			for end < len(s) && s[end] == ' ' {
				w, e := word(s, end+1)
				if _, ok := parseAddr(strings.Trim(w, ",'\"")); !ok {
					break
				}
				end = e
			}
			if end > f.i {
				r.list = strings.Trim(s[start:end], "'\", ")
				f.i = end
			}
		}
		return r, true
	}
	return found{}, false
}

// trimMarks takes off what surrounds an address in a sentence.
func trimMarks(s string) string {
	mark := func(c byte) bool {
		switch c {
		case ',', ';', '(', ')', '"', '\'', '.':
			return true
		}
		return false
	}
	for s != "" && mark(s[0]) {
		s = s[1:]
	}
	for s != "" && mark(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// judge reads what the message of an object says of the client that the object
// names, and reports whether that makes an event. A message that quotes is none:
// it may be the line of another log.
func (d *Decoder) judge(e *event.Event) bool {
	said := d.fields.message
	if said == "" || len(said) > 256 || strings.IndexByte(said, '"') >= 0 {
		return false
	}
	if e.Auth == event.AuthUnknown {
		e.Auth = verdict(said)
	}
	if e.Auth != event.AuthUnknown {
		if e.Account == "" {
			client, forwarded := e.Client, e.Forwarded
			if attempt(said, e); client.IsValid() {
				e.Client, e.Forwarded = client, forwarded
			}
		}
		if e.Account == "" {
			e.Account = e.User
		}
		e.User = ""
		e.Flags |= event.Signature
		e.Carries |= event.HasAccount
		return e.Client.IsValid() || e.Forwarded != "" || e.Account != ""
	}
	status := meant(said)
	if status == 0 || e.Status != 0 || e.Path == "" && !e.Client.IsValid() {
		return false
	}
	e.Status = status
	if status == 429 {
		e.Action = event.Throttle
	}
	e.Flags |= event.StatusInferred | event.Signature
	e.Carries |= event.HasStatus
	return true
}
