// Package decide holds what is decided about actors: for now, who is not
// judged at all.
package decide

import (
	"errors"
	"net/netip"
	"strings"

	"goshawk/event"
)

// Allow is one entry of the allow list. All fields that are set must match; an
// event that matches is not counted at any scope.
type Allow struct {
	IP       netip.Prefix // the client: one address, or the /64 that reports show for IPv6
	Net      netip.Prefix // the client's network
	Key      string       // in clear, or its tag
	User     string       // a name, a whole ARN, or the role or user that an ARN names
	Endpoint string       // template: "GET /api/orders/{id}", or "/api/orders/{id}" for every method
	Reason   string       // shown beside what was allowed
}

// AllowList is a compiled list of entries. It is immutable: any number of
// goroutines may use it. A nil list allows nobody.
type AllowList struct {
	entries []Allow
	keys    bool
}

// NewAllowList compiles entries. It fails on one that has no field to match:
// that would allow everybody.
func NewAllowList(entries []Allow) (*AllowList, error) {
	l := &AllowList{entries: make([]Allow, len(entries))}
	for i, a := range entries {
		if !a.IP.IsValid() && !a.Net.IsValid() && a.Key == "" && a.User == "" && a.Endpoint == "" {
			return nil, errors.New("an entry that names nobody would allow everybody: set ip, net, key, user or endpoint")
		}
		a.IP, a.Net = a.IP.Masked(), a.Net.Masked()
		l.entries[i] = a
		l.keys = l.keys || a.Key != ""
	}
	return l, nil
}

// Len is the number of entries.
func (l *AllowList) Len() int {
	if l == nil {
		return 0
	}
	return len(l.entries)
}

// Keys says whether an entry names a key, so that Match needs the key's tag.
func (l *AllowList) Keys() bool { return l != nil && l.keys }

// Entry returns the entry of an index that Match returned.
func (l *AllowList) Entry(i int) Allow { return l.entries[i] }

// Match finds the first entry that allows e, an enriched event. keyTag is the
// tag of e.Key; it may be empty if Keys is false. Match does not allocate.
//
// A user counts only where the line does not show that authentication failed:
// otherwise who tries an allowed user's password would be allowed too.
func (l *AllowList) Match(e *event.Event, keyTag string) (index int, ok bool) {
	if l == nil || len(l.entries) == 0 {
		return 0, false
	}
	client := e.Client.Unmap().WithZone("")
	for i := range l.entries {
		a := &l.entries[i]
		if (!a.IP.IsValid() || a.IP.Contains(client)) &&
			(!a.Net.IsValid() || a.Net.Contains(client)) &&
			(a.Key == "" || e.Key != "" && (a.Key == e.Key || a.Key == keyTag)) &&
			(a.User == "" || authentic(e) && isUser(a.User, e.User)) &&
			(a.Endpoint == "" || isEndpoint(a.Endpoint, e.Template)) {
			return i, true
		}
	}
	return 0, false
}

// authentic says whether e's user can be believed.
func authentic(e *event.Event) bool {
	return e.User != "" && e.Class&event.Login == 0 && e.Auth != event.AuthFail && e.Status != 401
}

// isUser compares a name, an ARN or a role with the user of a line. The name of
// a role's session is the caller's own choice and matches nothing.
func isUser(want, user string) bool {
	if want == user {
		return true
	}
	account, kind, name, ok := arn(user)
	if !ok {
		return false
	}
	if !strings.HasPrefix(want, "arn:") {
		return want == name
	}
	a, k, n, ok := arn(want)
	return ok && k == kind && k == "role" && a == account && n == name
}

// arn takes an ARN of IAM or STS apart: arn:aws:sts::123456789012:assumed-role/Deploy/session
// and arn:aws:iam::123456789012:role/ci/Deploy both are the role Deploy of that
// account. Source: AWS, "IAM identifiers".
func arn(s string) (account, kind, name string, ok bool) {
	rest, ok := strings.CutPrefix(s, "arn:")
	if !ok {
		return "", "", "", false
	}
	_, rest, _ = strings.Cut(rest, ":") // partition
	service, rest, _ := strings.Cut(rest, ":")
	_, rest, _ = strings.Cut(rest, ":") // region
	account, rest, _ = strings.Cut(rest, ":")
	kind, path, ok := strings.Cut(rest, "/")
	if !ok {
		return "", "", "", false
	}
	switch {
	case service == "sts" && kind == "assumed-role":
		name, _, _ = strings.Cut(path, "/")
		return account, "role", name, name != ""
	case service == "iam" && (kind == "role" || kind == "user"):
		name = path[strings.LastIndexByte(path, '/')+1:]
		return account, kind, name, name != ""
	}
	return "", "", "", false
}

// isEndpoint compares a template, with or without a method, with another.
func isEndpoint(want, template string) bool {
	if strings.HasPrefix(want, "/") {
		_, template, _ = strings.Cut(template, " ")
	}
	return want == template
}
