package decode

import "goshawk/event"

// claim takes what a header says about the client, where a producer writes it in
// place of the address: anyone can send a header, so the peer decides who is
// believed. Without a peer there is nothing better than the claim, unless the
// line is cut and may have named the peer.
func (d *Decoder) claim(e *event.Event, v string) {
	if v == "" || d.fields.cut && !e.Peer.IsValid() {
		return
	}
	a, ok := parseAddr(v)
	if e.Carries |= event.HasClient; e.Peer.IsValid() || !ok {
		e.Carries |= event.HasForwarded
	}
	switch {
	case !e.Peer.IsValid():
		if ok {
			e.Client = a
		} else if e.Forwarded == "" {
			e.Forwarded = v
		}
	case a != e.Peer && e.Forwarded == "":
		e.Forwarded = v
	}
}

// settled is for producers that know which proxies to believe: where they took
// the client from a header, the header has nothing to add.
func settled(e *event.Event) {
	if e.Client.IsValid() && e.Peer.IsValid() && e.Client != e.Peer {
		e.Forwarded = ""
	}
}
