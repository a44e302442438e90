package enrich

import (
	"net/netip"
	"strings"

	"goshawk/event"
)

// Private returns the networks of peers that are trusted by default: loopback,
// RFC 1918, unique local (RFC 4193) and link-local.
func Private() []netip.Prefix {
	var p []netip.Prefix
	for _, s := range []string{"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10"} {
		p = append(p, netip.MustParsePrefix(s))
	}
	return p
}

// resolve finds the client behind trusted proxies: from the peer, it walks
// X-Forwarded-For from right to left over trusted addresses and takes the first
// that is not trusted; what a client wrote to its left is never believed.
func (n *Enricher) resolve(e *event.Event) {
	if e.Forwarded == "" {
		return
	}
	if !e.Peer.IsValid() {
		e.Peer = e.Client
	}
	if e.Peer.IsValid() && !n.trusts(e.Peer) {
		e.Client = e.Peer
		return
	}
	client, list := e.Peer, e.Forwarded
	for list != "" {
		i := strings.LastIndexByte(list, ',')
		hop := list[i+1:]
		list = list[:max(i, 0)]
		a, ok := Address(hop)
		if !ok {
			break
		}
		client = a
		if !n.trusts(a) {
			break
		}
	}
	e.Client = client
}

func (n *Enricher) trusts(a netip.Addr) bool {
	a = a.Unmap()
	for _, p := range n.trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// Address reads one hop of a forwarding header: an address, with or without a
// port, brackets, quotes or for=; ok is false for "unknown" and garbage.
func Address(s string) (a netip.Addr, ok bool) {
	s = strings.TrimSpace(s)
	if len(s) > 4 && strings.EqualFold(s[:4], "for=") {
		s = s[4:]
	}
	s = strings.Trim(s, `"`)
	if strings.HasPrefix(s, "[") {
		i := strings.IndexByte(s, ']')
		if i < 0 {
			return a, false
		}
		s = s[1:i]
	} else if strings.Count(s, ":") == 1 {
		s, _, _ = strings.Cut(s, ":")
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return a, false
	}
	return a.Unmap().WithZone(""), true
}

// bogon says whether the leftmost address of a forwarding header is one that no
// client can have: loopback, unspecified, multicast, reserved, or no address at
// all. Private addresses are what proxies of firms write there, and "unknown"
// and names that begin with an underscore are allowed by RFC 7239 §6.
func bogon(hop string) bool {
	a, ok := Address(hop)
	if !ok {
		s := strings.Trim(strings.TrimPrefix(strings.ToLower(hop), "for="), `"`)
		return s != "unknown" && s != "" && s != "-" && s[0] != '_'
	}
	if a.Is4() {
		b := a.As4()
		return b[0] == 0 || b[0] == 127 || b[0] >= 224
	}
	return a.IsLoopback() || a.IsUnspecified() || a.IsMulticast()
}

// forwarded hashes the leftmost address of a forwarding header: the upper half
// is its network's, a /16 or a /32, so that neighbours have it in common.
func (n *Enricher) forwarded(hop string) uint32 {
	h := uint32(n.hash(event.NoScope, hop)>>1)&0xffff | 1
	a, ok := Address(hop)
	if !ok {
		return uint32(n.hash(event.NoScope, hop)>>33)&0xffff0000 | h
	}
	bits := 16
	if a.Is6() {
		bits = 32
	}
	p, _ := a.Prefix(bits)
	b := p.Addr().As16()
	net := mix(n.seed + 5 ^ uint64(b[0])<<56 ^ uint64(b[1])<<48 ^ uint64(b[2])<<40 ^ uint64(b[3])<<32 ^ uint64(b[12])<<8 ^ uint64(b[13]))
	return uint32(net)&0xffff0000 | h
}
