package decode

import (
	"net/netip"
	"strings"

	"goshawk/event"
)

// Logfmt reads key=value pairs.
var Logfmt = register(Format{
	Name:  "logfmt",
	Title: "key=value pairs: Rails with lograge, Go services, Grafana, Heroku's router, Keycloak",
	Doc: "Keys mean what they mean in JSON. Words may come before the first pair, such as a time and a level; pairs may have commas between. " +
		"A value is quoted, or in braces or brackets, or runs to the next blank. " +
		"A duration without a unit is in milliseconds where lograge wrote it (`controller=` or `view=`), else unknown.\n\n" +
		"Of a key that is there twice the first counts, for the second may be part of a value that nobody quoted; two different clients are none. " +
		"Words such as `msg=\"Invalid password\"` or `type=LOGIN_ERROR` mean an attempt to authenticate.",
	Carries: event.HasBytesIn<<1 - 1,
	rank:    5,
	fits:    fitsLogfmt,
	decode:  decodeLogfmt,
})

// fitsLogfmt says whether two pairs come before any quote or bracket that is no
// value's, after at most twelve words.
func fitsLogfmt(line string) bool {
	if c := line[0]; c == '{' || c == ' ' || c == '\t' || c == '#' || c == '"' {
		return false
	}
	return strings.IndexByte(line, '=') > 0 && firstPair(line) >= 0
}

// firstPair returns where the first pair begins that another one follows, -1 if
// there is none.
func firstPair(s string) int {
	for i, words := 0, 0; i < len(s) && words < 12; words++ {
		end := i
		for end < len(s) && s[end] != ' ' {
			end++
		}
		if n := pairKey(s[i:end]); n > 0 {
			v := valueEnd(s, i+n+1)
			for v < len(s) && (s[v] == ' ' || s[v] == ',') {
				v++
			}
			next, _ := word(s, v)
			if pairKey(next) > 0 {
				return i
			}
			return -1
		}
		if _, is := parseAddr(s[i:end]); is {
			return -1 // of an access log, whose words are the clients'
		}
		i = end + 1
	}
	return -1
}

// pairKey returns the length of the key of a word that is a pair, 0 for none.
func pairKey(w string) int {
	for i := range len(w) {
		switch c := w[i]; {
		case c == '=':
			return i
		case c|0x20 >= 'a' && c|0x20 <= 'z', c == '_', c == '.', c == '@', i > 0 && (digit(c) || c == '-'):
		default:
			return 0
		}
		if i > 40 {
			return 0
		}
	}
	return 0
}

// valueEnd returns the index after the value that begins at s[i].
func valueEnd(s string, i int) int {
	if i >= len(s) {
		return len(s)
	}
	switch c := s[i]; c {
	case '"':
		if end := closing(s, i+1); end >= 0 {
			return end + 1
		}
		return len(s)
	case '{', '[':
		depth := 0
		for k := i; k < len(s); k++ {
			switch s[k] {
			case '"':
				end := closing(s, k+1)
				if end < 0 {
					return len(s)
				}
				k = end
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return k + 1
				}
			}
		}
		return len(s)
	}
	_, end := word(s, i)
	return end
}

func decodeLogfmt(d *Decoder, line string, e *event.Event) error {
	d.fields = fields{}
	f := &d.fields
	start := firstPair(line)
	if start < 0 {
		return d.fail(0, "no pairs of key and value")
	}
	for i := 0; i < start; { // what comes before the pairs
		i = skipBlanks(line[:start], i)
		if n := d.leadingTime(line[i:start], e); n > 0 {
			f.rank[aTime] = 1 // one that a pair gives counts for more
			i += n
		} else if n = leadingLevel(line[i:start], e); n > 0 {
			i += n
		} else {
			_, i = word(line[:start], i)
			i++
		}
	}
	var (
		seen      [slots]bool
		client    [slots]string
		clash     bool   // two clients
		commas    bool   // between pairs
		lograge   bool   //
		bare      string // a duration without its unit
		says, err string
		auth      event.Auth
		pairs     int
	)
	for i := start; i < len(line); {
		if line[i] == ' ' || line[i] == ',' {
			i++
			continue
		}
		w, end := word(line, i)
		n := pairKey(w)
		if n == 0 { // a word of a value that nobody quoted
			i = end
			continue
		}
		key, at := line[i:i+n], i+n+1
		i = valueEnd(line, at)
		v := line[at:i]
		if strings.HasSuffix(v, ",") {
			v, commas = v[:len(v)-1], true
		}
		pairs++
		switch {
		case v == "":
		case v[0] == '"' && (len(v) == 1 || v[len(v)-1] != '"'):
			e.Flags |= event.Truncated
			v = d.plain(v[1:])
		case v[0] == '"':
			v = d.plain(v[1 : len(v)-1])
		case v[0] == '{' || v[0] == '[':
			continue
		}
		m := lookup(key)
		switch key {
		case "fwd": // its last address is the client's
			e.Carries |= event.HasClient
			m = meaning{aForwarded, 3}
		case "service":
			m = meaning{aElapsed, 1}
		case "at", "lvl":
			m = meaning{aLevel, 1}
		case "time_ms":
			m = meaning{aMillis, 3}
		case "uname":
			m = meaning{aUser, 3}
		case "controller", "view":
			lograge = true
			continue
		case "type":
			switch v {
			case "LOGIN_ERROR":
				auth = event.AuthFail
			case "LOGIN":
				auth = event.AuthOK
			}
			continue
		case "error", "err":
			err = v
			continue
		case "source", "code", "clientId": // of whatever the line is about
			continue
		}
		switch m.slot {
		case noSlot, aNote, aName, anID, aBunyan:
			continue
		case aMessage:
			if says == "" {
				says = v
			}
			continue
		case aElapsed:
			if v != "" && digit(v[len(v)-1]) && bare == "" {
				bare = v
				continue
			}
		case aUser:
			if v == "0" { // nobody
				v = ""
			}
		case aClient, aPeer:
			if clash = clash || seen[m.slot] && client[m.slot] != v && !commas; !seen[m.slot] {
				client[m.slot] = v
			}
		}
		if m.slot < wrapper && !seen[m.slot] {
			seen[m.slot] = true
			d.set(e, atTop, m, v)
		}
	}
	if lograge && bare != "" {
		d.setDuration(e, 3, bare, 1e6)
	}
	if e.Status == 0 && e.Method == "" && auth == event.AuthUnknown {
		if e.Status = meant(says); e.Status == 0 {
			e.Status = meant(line[:start])
		}
		if e.Status != 0 {
			e.Flags |= event.StatusInferred | event.Signature
			e.Carries |= event.HasStatus
		}
	}
	done := d.finish(e)
	if clash {
		e.Client, e.Peer = netip.Addr{}, netip.Addr{}
	}
	if auth == event.AuthUnknown && (e.Status == 0 || e.Status/100 == 4) {
		if auth = verdict(says); auth == event.AuthUnknown {
			auth = verdict(err)
		}
	}
	if auth != event.AuthUnknown {
		if e.Auth = auth; e.Account == "" {
			e.Account = e.User
		}
		e.User = ""
		e.Carries |= event.HasAccount
		done = done || e.Client.IsValid() || e.Forwarded != "" || e.Account != ""
	}
	switch {
	case done:
		return nil
	case start == 0 || commas:
		return ErrSkip
	}
	return d.fail(start, "too little to be a request")
}
