package decode

import (
	"encoding/base64"
	"net/netip"
	"strings"
	"unsafe"

	"goshawk/event"
)

// fields gathers the named fields of one line, in whatever order they come,
// until finish makes an event of them.
type fields struct {
	rank     [slots]uint8 // of what a slot holds, plus one; 0 for nothing
	target   string
	absolute bool   // target is the one of the request, not one that the application made
	request  string // a request that is not HTTP, or no request at all
	query    string
	message  string
	real     netip.Addr // of X-Real-IP
	socket   netip.Addr // where the log tells it apart from the peer
	latency  int64
	bunyan   bool
	notes    [notes]string
	cut      bool // the object does not end
}

// notes is how many values a dialect may keep for its hook.
const notes = 18

// where is what kind of object a field stands in.
type where uint8

const (
	atTop where = iota
	inRequest
	inResponse
	inHeaders
	inResponseHeaders
	inQuery
	inBody
	inUser
	inSession
	inCookies
	inClient
	elsewhere
	nowhere // nothing in it counts
	places
)

func mask(of ...slot) (m uint64) {
	for _, s := range of {
		m |= 1 << s
	}
	return m
}

// counted says which slots count where. What a request's body or an error says
// about a "status" is not the request's.
var counted = [places]uint64{
	atTop: mask(noSlot, anID, aName) ^ (1<<slots - 1),
	inRequest: mask(aPeer, aClient, aForwarded, aMethod, aRequest, aTarget, aRoute, aQuery, aBytesIn, aLength, aAgent, aReferer, aUser, aUserName,
		aKey, aAuthorized, aSession, aCookie, aTLS, aHost, aScheme, aProto, aTrace, anID, aBody, headers, cookies, aTime),
	inResponse:        mask(aStatus, aCode, aBytes, aLength, aMillis, aMicros, aNanos, aSeconds, headers),
	inHeaders:         mask(aRealIP, aForwarded, aAgent, aReferer, aKey, aAuthorized, aSession, aCookie, aHost, aScheme, aLength, aTrace, aTLS),
	inResponseHeaders: mask(aLength),
	inQuery:           mask(aKey),
	inBody:            mask(aUser, aUserName, aAccount),
	inUser:            mask(aUser, aUserName, aAccount, anID, aName),
	inSession:         mask(aSession, anID),
	inCookies:         mask(aSession),
	inClient:          mask(aClient, aPeer),
	elsewhere: mask(aPeer, aClient, aForwarded, aMethod, aTarget, aStatus, aAgent, aReferer, aKey, aTLS,
		aRequest, response, headers, wrapper),
}

// carried says which field of the event a slot fills.
var carried = [slots]event.Fields{
	aTime: event.HasTime, aPeer: event.HasClient, aClient: event.HasClient, aSocket: event.HasClient, aRealIP: event.HasClient, aForwarded: event.HasForwarded,
	aMethod: event.HasMethod, aRequest: event.HasMethod | event.HasPath, aTarget: event.HasPath, aRoute: event.HasPath, aStatus: event.HasStatus,
	aBytes: event.HasBytes, aBytesIn: event.HasBytesIn, aSeconds: event.HasDuration, aTook: event.HasDuration, aMillis: event.HasDuration,
	aMicros: event.HasDuration, aNanos: event.HasDuration, aAgent: event.HasUserAgent, aReferer: event.HasReferer, aUser: event.HasUser,
	aUserName: event.HasUser | event.HasAccount, aAccount: event.HasAccount, aKey: event.HasKey, aAuthorized: event.HasKey, aSession: event.HasSession,
	aCookie: event.HasSession, aTLS: event.HasTLS, aHost: event.HasHost,
}

// enter returns what an object is that field m, itself standing in w, holds.
func (w where) enter(m meaning) where {
	if m.slot != noSlot && counted[w]&(1<<m.slot) == 0 {
		return nowhere
	}
	switch m.slot {
	case aMessage:
		if m.rank < 2 {
			return elsewhere
		}
		return w
	case wrapper:
		return w
	case aRequest:
		return inRequest
	case response:
		return inResponse
	case headers:
		if w == inResponse {
			return inResponseHeaders
		}
		return inHeaders
	case aQuery:
		return inQuery
	case aBody:
		return inBody
	case aUser, aUserName, aAccount:
		return inUser
	case aSession:
		return inSession
	case cookies, aCookie:
		return inCookies
	case aClient, aPeer:
		return inClient
	case noSlot:
		if w == atTop || w == inRequest {
			return elsewhere
		}
		if w == inBody || w == elsewhere {
			return w
		}
	}
	return nowhere
}

// take reports whether a value of this rank may fill the slot.
func (f *fields) take(e *event.Event, s slot, rank uint8) bool {
	e.Carries |= carried[s]
	if rank+1 < f.rank[s] {
		return false
	}
	f.rank[s] = rank + 1
	return true
}

// missing says whether v is how logs write that there is no value.
func missing(v string) bool {
	switch v {
	case "", "-", "--", "null", "(empty)", "N/A", "undefined", "(null)":
		return true
	}
	return false
}

// redacted says whether a logger has blotted a secret out.
func redacted(v string) bool {
	return v[0] == '[' || v[0] == '*' || strings.EqualFold(v, "redacted") || strings.EqualFold(v, "<redacted>")
}

// set takes the value v, its escapes undone, of a field meaning m that stands in w.
func (d *Decoder) set(e *event.Event, w where, m meaning, v string) {
	if counted[w]&(1<<m.slot) == 0 {
		return
	}
	if missing(v) {
		e.Carries |= carried[m.slot]
		return
	}
	f := &d.fields
	if w == elsewhere && m.slot != aTLS {
		m.rank = 0
	}
	switch m.slot {
	case aTime:
		d.setTime(e, m.rank, v)
	case aTook:
		if !d.setTime(e, m.rank, v) {
			if ns, ok := seconds(v); ok && f.take(e, aSeconds, m.rank) {
				e.Duration = ns
			}
		}
	case aSeconds, aMillis, aMicros, aNanos:
		d.setDuration(e, m.rank, v, [...]int64{1e9, 1e6, 1e3, 1}[m.slot-aSeconds])
	case aElapsed, aLatency:
		if v[len(v)-1] == 's' {
			d.setDuration(e, m.rank, v, 0)
		} else if ns, ok := scaled(v, 1e6); ok && m.slot == aLatency {
			f.latency = ns
		}
	case aPeer:
		if a, ok := parseAddr(v); ok && f.take(e, aPeer, m.rank) {
			e.Peer = a
		}
	case aSocket:
		if a, ok := parseAddr(v); ok && f.take(e, aSocket, m.rank) {
			f.socket = a
		}
	case aClient:
		if a, ok := parseAddr(v); ok && f.take(e, aClient, m.rank) {
			e.Client = a
		}
	case aRealIP:
		if a, ok := parseAddr(v); ok && f.take(e, aRealIP, m.rank) {
			f.real = a
		}
	case aForwarded:
		if f.take(e, aForwarded, m.rank) {
			e.Forwarded = v
		}
	case aMethod:
		if v, ok := method(v); ok && f.take(e, aMethod, m.rank) {
			e.Method = v
		}
	case aRequest:
		method, target, proto, ok := splitRequest(v)
		if !ok {
			f.request = v
			return
		}
		if f.take(e, aMethod, m.rank) {
			e.Method = method
		}
		if f.take(e, aProto, m.rank) {
			e.Proto = proto
		}
		f.setTarget(e, m.rank, target)
	case aTarget:
		if _, _, _, absolute := splitURL(v); absolute || v[0] == '/' || m.rank >= 4 {
			f.setTarget(e, m.rank, v)
		}
	case aRoute:
		if _, path, both := strings.Cut(v, " "); both {
			v = path
		}
		if v != "" && v[0] == '/' {
			f.setTarget(e, 0, v)
		}
	case aQuery:
		if f.take(e, aQuery, m.rank) {
			f.query = strings.TrimPrefix(v, "?")
		}
	case aStatus, aCode:
		n, ok := number(v)
		if ok && len(v) <= 3 && (m.slot == aStatus || n >= 100 && n < 600) && f.take(e, aStatus, m.rank) {
			e.Status = int(n)
		}
	case aLength:
		switch w {
		case inRequest, inHeaders:
			d.setCount(e, aBytesIn, 0, v, &e.BytesIn)
		case inResponse, inResponseHeaders:
			d.setCount(e, aBytes, 0, v, &e.BytesOut)
		default:
			d.setCount(e, aBytes, m.rank, v, &e.BytesOut)
		}
	case aBytes:
		d.setCount(e, aBytes, m.rank, v, &e.BytesOut)
	case aBytesIn:
		d.setCount(e, aBytesIn, m.rank, v, &e.BytesIn)
	case aAgent:
		d.setText(e, aAgent, m.rank, v, &e.UserAgent)
	case aReferer:
		d.setText(e, aReferer, m.rank, v, &e.Referer)
	case aUser:
		if w == inBody {
			d.setText(e, aAccount, 2, v, &e.Account)
		} else {
			d.setText(e, aUser, m.rank, v, &e.User)
		}
	case aUserName:
		if w != inUser {
			d.setText(e, aAccount, m.rank, v, &e.Account)
		}
		if w != inBody {
			d.setText(e, aUser, m.rank, v, &e.User)
		}
	case aAccount:
		if w == inUser {
			d.setText(e, aUser, 0, v, &e.User)
		} else {
			d.setText(e, aAccount, m.rank, v, &e.Account)
		}
	case aKey:
		d.setSecret(e, aKey, m.rank, v, &e.Key)
	case aSession:
		d.setSecret(e, aSession, m.rank, v, &e.Session)
	case aAuthorized:
		d.setAuthorization(e, m.rank, v)
	case aCookie:
		e.Carries |= event.HasSession
		for more := true; more; {
			var pair string
			pair, v, more = strings.Cut(v, ";")
			name, value, _ := strings.Cut(strings.TrimLeft(pair, " "), "=")
			if c := lookup(name); c.slot == aSession && value != "" {
				d.setSecret(e, aSession, 0, value, &e.Session)
			}
		}
	case aTLS:
		d.setText(e, aTLS, m.rank, v, &e.TLS)
	case aHost:
		d.setText(e, aHost, m.rank, v, &e.Host)
	case aScheme:
		d.setText(e, aScheme, m.rank, v, &e.Scheme)
	case aProto:
		switch v {
		case "http", "https":
			d.setText(e, aScheme, 0, v, &e.Scheme)
			return
		case "1.0":
			v = "HTTP/1.0"
		case "1.1":
			v = "HTTP/1.1"
		case "2", "2.0":
			v = "HTTP/2.0"
		case "3", "3.0":
			v = "HTTP/3.0"
		}
		d.setText(e, aProto, m.rank, v, &e.Proto)
	case aTrace:
		d.setText(e, aTrace, m.rank, v, &e.Trace)
	case anID:
		switch w {
		case inRequest:
			d.setText(e, aTrace, m.rank, v, &e.Trace)
		case inUser:
			d.setText(e, aUser, 5, v, &e.User)
		case inSession:
			d.setSecret(e, aSession, 5, v, &e.Session)
		}
	case aName:
		d.setText(e, aUser, 1, v, &e.User)
	case aLevel:
		e.Level = level(v)
	case aBody:
		e.Body = v
	case aMessage:
		if f.take(e, aMessage, m.rank) {
			f.message = v
		}
	case anOutcome:
		switch v {
		case "THROTTLED", "QUOTA_EXCEEDED", "REJECTED":
			e.Action = event.Throttle
		case "WAF_FILTERED":
			e.Action = event.Block
		case "UNAUTHORIZED", "INVALID_API_KEY", "MISSING_AUTHENTICATION_TOKEN":
			e.Auth = event.AuthFail
		}
	case aBunyan:
		f.bunyan = v == "0"
	case aNote:
		f.notes[m.rank] = v
	}
}

func (d *Decoder) setText(e *event.Event, s slot, rank uint8, v string, to *string) {
	if d.fields.take(e, s, rank) {
		*to = v
	}
}

// setSecret notes that a blotted-out secret was there, and nothing else: two
// clients that both sent "[REDACTED]" have nothing in common.
func (d *Decoder) setSecret(e *event.Event, s slot, rank uint8, v string, to *string) {
	if redacted(v) {
		e.Carries |= carried[s]
	} else {
		d.setText(e, s, rank, v, to)
	}
}

func (d *Decoder) setCount(e *event.Event, s slot, rank uint8, v string, to *int64) {
	if n, ok := number(v); ok && d.fields.take(e, s, rank) {
		*to = n
	}
}

// setDuration reads a number of units, or one that names its unit itself.
func (d *Decoder) setDuration(e *event.Event, rank uint8, v string, unit int64) {
	var ns int64
	var ok bool
	if v[len(v)-1] == 's' {
		ns, ok = span(v)
	} else {
		ns, ok = scaled(v, unit)
	}
	if ok && d.fields.take(e, aSeconds, rank) {
		e.Duration = ns
	}
}

// setTime prefers a time with a zone to one without, then a finer one.
func (d *Decoder) setTime(e *event.Event, rank uint8, v string) bool {
	t, ok := d.clock.any(v)
	if !ok {
		return false
	}
	if t.zoned {
		rank += 16
	}
	if t.fine {
		rank += 8
	}
	if d.fields.take(e, aTime, rank) {
		e.Time = t.ns
		if e.Flags &^= event.TimeInferred; !t.zoned {
			e.Flags |= event.TimeInferred
		}
	}
	return true
}

func (f *fields) setTarget(e *event.Event, rank uint8, v string) {
	if f.take(e, aTarget, rank) {
		f.target, f.absolute = v, rank >= 4
	}
}

// setAuthorization takes a bearer token or an access key id as the key, and of
// Basic credentials the user's name alone.
func (d *Decoder) setAuthorization(e *event.Event, rank uint8, v string) {
	e.Carries |= event.HasKey
	scheme, rest, both := strings.Cut(v, " ")
	rest = strings.TrimLeft(rest, " ")
	switch {
	case !both || rest == "" || strings.EqualFold(scheme, "digest"):
	case strings.EqualFold(scheme, "basic"):
		start := len(d.scratch)
		src := strings.TrimRight(rest, "=")
		b, err := base64.RawStdEncoding.AppendDecode(d.scratch, unsafe.Slice(unsafe.StringData(src), len(src)))
		d.scratch = b[:max(start, len(b))]
		name, _, ok := strings.Cut(text(d.scratch[start:]), ":")
		if err == nil && ok && name != "" {
			d.setText(e, aUser, rank, name, &e.User)
		}
	case strings.HasPrefix(scheme, "AWS4-"):
		if _, id, ok := strings.Cut(rest, "Credential="); ok {
			id, _, _ = strings.Cut(id, "/")
			if id != "" {
				d.setSecret(e, aKey, rank, id, &e.Key)
			}
		}
	default:
		d.setSecret(e, aKey, rank, rest, &e.Key)
	}
}

// finish makes an event of what was gathered, and reports whether it is one:
// it has a status, or a method with a target, and a target or a client.
func (d *Decoder) finish(e *event.Event) bool {
	f := &d.fields
	switch {
	case f.target != "":
		host, scheme := e.Host, e.Scheme
		setTarget(e, f.target)
		if e.Flags&event.AbsoluteForm != 0 && !f.absolute { // applications log full URLs of plain requests
			e.Flags &^= event.AbsoluteForm
			e.Carries |= event.HasHost
			if host != "" {
				e.Host = host
			}
			if scheme != "" {
				e.Scheme = scheme
			}
		}
	case f.request != "" && (e.Carries&event.HasMethod != 0 && e.Method == "" || !isToken(f.request)):
		e.Flags |= event.Malformed
		e.Path = f.request
		e.Carries |= carried[aRequest]
	}
	if e.Query == "" {
		e.Query = f.query
	}
	setQueryKey(e)
	if !e.Client.IsValid() {
		e.Client = e.Peer
	}
	if !e.Client.IsValid() {
		e.Client = f.real
	}
	if f.socket.IsValid() {
		e.Peer = f.socket
	}
	if f.rank[aTime] == 0 {
		e.Flags |= event.NoTime
	}
	if f.bunyan && f.latency > 0 && f.take(e, aSeconds, 0) {
		e.Duration = f.latency
	}
	return (e.Status != 0 || e.Method != "" && e.Path != "" || e.Flags&event.Malformed != 0 && e.Client.IsValid()) && (e.Path != "" || e.Client.IsValid())
}

// isToken says whether s could be an id, which some logs call "request".
func isToken(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7F {
			return false
		}
	}
	return true
}

// method returns v in upper case, if it is one of the common methods, or as it
// is, if it looks like one.
func method(v string) (string, bool) {
	for _, m := range [...]string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"} {
		if strings.EqualFold(v, m) {
			return m, true
		}
	}
	for i := range len(v) {
		if c := v[i]; (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return "", false
		}
	}
	return v, len(v) <= 32
}

// level names the numbers of pino and bunyan.
func level(v string) string {
	switch v {
	case "10":
		return "trace"
	case "20":
		return "debug"
	case "30":
		return "info"
	case "40":
		return "warn"
	case "50":
		return "error"
	case "60":
		return "fatal"
	}
	return v
}

// span reads a duration whose parts name their units: 1.5ms, 0.05s, 1m2.5s.
func span(v string) (ns int64, ok bool) {
	for v != "" {
		n := 0
		for n < len(v) && (digit(v[n]) || v[n] == '.') {
			n++
		}
		end := n
		for end < len(v) && !digit(v[end]) {
			end++
		}
		unit := int64(0)
		switch v[n:end] {
		case "h":
			unit = 3600e9
		case "m":
			unit = 60e9
		case "s":
			unit = 1e9
		case "ms":
			unit = 1e6
		case "us", "µs", "μs":
			unit = 1e3
		case "ns":
			unit = 1
		default:
			return 0, false
		}
		part, ok := scaled(v[:n], unit)
		if ns += part; !ok || ns > 1e18 {
			return 0, false
		}
		v = v[end:]
	}
	return ns, true
}

// scaled reads a decimal number of units as nanoseconds.
func scaled(v string, unit int64) (ns int64, ok bool) {
	whole, fraction, _ := strings.Cut(v, ".")
	n, ok := number(whole)
	f, okf := nanos(fraction)
	if !ok || !okf || whole == "" || n > 1e18/unit {
		return 0, false
	}
	return n*unit + f*unit/1e9, true
}
