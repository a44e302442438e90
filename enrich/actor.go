package enrich

import (
	"net/netip"

	"goshawk/event"
)

// Actor names the actor of a scope in an event, as reports show it: an
// address, or a /64 for IPv6; a /24 or /48 network; keys and sessions as tags.
// ok is false where the event has none.
func Actor(e *event.Event, s event.Scope, t *Tagger) (a event.Actor, ok bool) {
	v := ""
	switch s {
	case event.IP:
		v = IPValue(e.Client)
	case event.Net:
		v = NetValue(e.Client)
	case event.User:
		v = e.User
	case event.Key:
		if e.Key != "" {
			v = t.Tag(e.Key)
		}
	case event.Session:
		if e.Session != "" {
			v = t.Tag(e.Session)
		}
	case event.Fingerprint:
		if v = e.TLS; v == "" {
			v = e.UserAgent
		}
		v = v[:min(len(v), 256)]
	case event.Account:
		v = e.Account
	case event.Endpoint:
		v = e.Template
	case event.All:
		v = "all"
	}
	return event.Actor{Scope: s, Value: string([]byte(v))}, v != ""
}

// IPValue is an address as an actor's value: the address, or the /64 of an
// IPv6 one; "" for none.
func IPValue(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	p, _ := a.WithZone("").Prefix(64)
	return p.String()
}

// NetValue is the /24 or /48 around an address.
func NetValue(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	bits := 48
	if a = a.Unmap(); a.Is4() {
		bits = 24
	}
	p, _ := a.WithZone("").Prefix(bits)
	return p.String()
}
