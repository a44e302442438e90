// Package event holds the record that flows through Goshawk: one request,
// normalised, whatever log it came from.
//
// Text fields are strings that alias the line they were read from, or the
// decoder's scratch when an escape had to be undone. They are valid until the
// same decoder's next call: Clone what outlives that.
package event

import (
	"net/netip"
	"strings"
)

// Event is one request as a log line tells it. The zero value of a field means
// that the line does not say; numbers whose zero is meaningful use -1 for that.
type Event struct {
	Time     int64 // Unix nanoseconds, UTC; meaningless with NoTime set
	Duration int64 // nanoseconds, -1 unknown
	BytesOut int64 // bytes sent to the client, -1 unknown
	BytesIn  int64 // bytes of the request, -1 unknown

	Client    netip.Addr // who asked, after trusted proxies are peeled off; invalid if unknown
	Peer      netip.Addr // the socket's other end
	Forwarded string     // raw X-Forwarded-For list, as logged

	Method  string
	Scheme  string
	Host    string
	Path    string // raw, never decoded; holds the raw request text when Malformed is set
	Query   string // raw, without the question mark
	Proto   string
	Trace   string // request or trace id
	Level   string // log level of free text and application logs
	Body    string // request body, where a log shows one
	Referer string

	UserAgent string
	TLS       string // JA4, else JA3

	User    string // authenticated principal as logged; the account aimed at on a login line
	Key     string // API key or key id, in clear: never shown, see enrich.Tagger
	Session string // session id, in clear: never shown
	Account string // account that a login attempt aims at
	Object  string // what a call of a cloud's API names: a bucket, a secret, a user; may be secret, never shown

	ASN     uint32 // autonomous system of the client, as logged; 0 unknown
	Country string // of the client, ISO 3166-1, as logged; "" unknown

	Status  int // 0 unknown
	Auth    Auth
	Action  Action
	Flags   Flags
	Caller  Caller // of a cloud's API
	Carries Fields // what this line's format can carry
	Format  string // name of the decoder that understood the line

	// Set by enrich.
	Template string // "GET /api/orders/{id}"; shared, safe to keep
	Class    Class
	IDs      []ID // at most 8; valid until the next event
}

// ID is one identifier found in a path or a query.
type ID struct {
	Param   string // "{id}" position's name: the path segment before it, or the query parameter
	Value   string
	Hash    uint64 // of Value
	Number  uint64 // where Kind is Number
	Kind    IDKind
	InQuery bool
}

// IDKind is the shape of an identifier.
type IDKind uint8

// Shapes of identifiers.
const (
	NoID IDKind = iota
	Number
	UUID
	Hex
	Slug
)

// Reset clears e for the next line and sets unknown numbers to -1.
func (e *Event) Reset() {
	ids := e.IDs[:0]
	*e = Event{Duration: -1, BytesOut: -1, BytesIn: -1, IDs: ids}
}

// Clone returns a copy of e whose strings are its own, for keeping.
func (e *Event) Clone() Event {
	c := *e
	for _, s := range []*string{&c.Forwarded, &c.Method, &c.Scheme, &c.Host, &c.Path, &c.Query, &c.Proto, &c.Trace,
		&c.Level, &c.Body, &c.Referer, &c.UserAgent, &c.TLS, &c.User, &c.Key, &c.Session, &c.Account, &c.Object, &c.Country, &c.Template} {
		*s = strings.Clone(*s)
	}
	c.IDs = append([]ID(nil), e.IDs...)
	for i := range c.IDs {
		c.IDs[i].Param, c.IDs[i].Value = strings.Clone(c.IDs[i].Param), strings.Clone(c.IDs[i].Value)
	}
	return c
}

// Auth is the outcome of authentication that a line shows.
type Auth uint8

// Outcomes of authentication.
const (
	AuthUnknown Auth = iota
	AuthFail
	AuthOK
)

func (a Auth) String() string { return [...]string{"", "fail", "ok"}[a] }

// Action is what the server or a filter in front of it did.
type Action uint8

// Actions.
const (
	NoAction Action = iota
	Allow
	Block
	Throttle
)

func (a Action) String() string { return [...]string{"", "allow", "block", "throttle"}[a] }

// Flags are facts about how a line was read.
type Flags uint16

// Flags.
const (
	NoTime         Flags = 1 << iota // the line carries no time
	TimeInferred                     // the zone, or the year, was assumed
	Truncated                        // the line was cut
	Malformed                        // the request line is not HTTP; Path holds it raw
	StatusInferred                   // the status comes from words such as "Access Denied"
	AbsoluteForm                     // the request target was an absolute URL
	Signature                        // free text that a known signature describes
	ErrorLog                         // from an error log: the access log may have the same request
	NamedClient                      // the client is logged as a host name, which is no address
	Undecided                        // a number that could be several things was left unread
)

// Fields is a mask of what a format can carry. A detector that needs a field
// outside the mask abstains: a field never logged is not a field missing.
type Fields uint32

// Fields.
const (
	HasTime Fields = 1 << iota
	HasClient
	HasMethod
	HasPath
	HasStatus
	HasBytes
	HasDuration
	HasUserAgent
	HasReferer
	HasUser
	HasKey
	HasSession
	HasAccount
	HasTLS
	HasForwarded
	HasHost
	HasBytesIn
)

// Class is the mask of kinds that an event belongs to; only some records are
// kept for every event, the rest only for their class.
type Class uint16

// Classes.
const (
	Login     Class = 1 << iota // an attempt to authenticate
	Refusal                     // 401, 403, 404, 405, 410, 429
	Throttled                   // 429 or a limiter's message
	Object                      // touches an object by id
	Create                      // makes an object
	Write                       // changes state
	List                        // a successful read of a collection
	Asset                       // a static file
	Register                    // signs up
	Failed                      // with Login: the attempt failed
	Succeeded                   // with Login: the attempt succeeded
)

// Scope says what kind of actor a value names.
type Scope uint8

// Scopes. Their names are part of the report's contract.
const (
	NoScope Scope = iota
	IP
	Net
	ASN
	Key
	User
	Session
	Fingerprint
	Account
	Endpoint
	All
	Group
	scopes
)

var scopeNames = [scopes]string{"", "ip", "net", "asn", "key", "user", "session", "fingerprint", "account", "endpoint", "all", "group"}

func (s Scope) String() string { return scopeNames[s] }

// ParseScope returns the scope of that name.
func ParseScope(name string) (Scope, bool) {
	for s, n := range scopeNames {
		if n == name && n != "" {
			return Scope(s), true
		}
	}
	return NoScope, false
}

// Actor is somebody, or something, that requests can be counted by.
type Actor struct {
	Scope Scope
	Value string
}

func (a Actor) String() string { return a.Scope.String() + " " + a.Value }

// Compare orders actors by scope, then value.
func (a Actor) Compare(b Actor) int {
	if a.Scope != b.Scope {
		return int(a.Scope) - int(b.Scope)
	}
	return strings.Compare(a.Value, b.Value)
}

var fieldNames = []string{"time", "client", "method", "path", "status", "bytes", "duration", "user agent", "referer", "user", "key", "session", "account",
	"TLS fingerprint", "X-Forwarded-For", "host", "request length"}

// String lists the fields of a mask.
func (f Fields) String() string {
	var l []string
	for i, n := range fieldNames {
		if f>>i&1 != 0 {
			l = append(l, n)
		}
	}
	return strings.Join(l, ", ")
}
