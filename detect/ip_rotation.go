package detect

import (
	"fmt"
	"math"

	"goshawk/event"
)

// IPRotation reports one session, user or key that leaves by a fresh address
// every few requests, so that no address asks for much.
//
// Telephones, privacy relays and offices change addresses, too: as many as
// their like here do, by addresses that others use, between visits rather than
// in the middle of one. Source: Chiapponi et al., "BADPASS: Bots Taking
// ADvantage of Proxy as a Service" (ISPEC 2022).
var IPRotation = registerBoth(Detector{
	Name:  "ip_rotation",
	Title: "One caller leaves by a fresh address every few requests",
	Doc: "Counts the addresses of a session, user or key against what others have used by as many requests. They must be its own rather than a relay's or a carrier's, which many share, " +
		"and it must go on across a change of address as within one: people move between visits.",
	Threat: "ip-rotation",
	Family: "identity",
	Scopes: []event.Scope{event.User, event.Session, event.Key},
	At:     OnProfile,
	Needs:  event.HasTime | event.HasClient,
	Impact: Medium,
	Since:  "0.2",
}, rotationParams{Addresses: 20}, judgeRotation, tellRotation, lookRotation)

type rotationParams struct {
	Addresses int `doc:"addresses of one caller before anything is said"`
}

func judgeRotation(p *rotationParams, c *Case) (s Signal) {
	x := c.Roam
	if x == nil {
		return s
	}
	if int(x.Len) < min(p.Addresses, len(x.Sample)) || x.N < 12 {
		return s
	}
	k := float64(x.Addresses())
	limit := roamLimit(c, c.Profile.N)
	if k < float64(p.Addresses) || k < 2*limit || k*40 < float64(x.N) || !x.Even() {
		return s
	}
	if nets := float64(c.Profile.Nets.Count()); nets < 0.4*min(k, 60) && k < 6*limit+40 {
		return s // a carrier's pool, or a home whose provider renews its prefix
	}
	if c.Scope != event.Session && float64(x.Returns) > 0.25*float64(x.Switches) {
		return s // several callers at a time, who share a key or an account
	}
	own := x.Own(c.View)
	if own < 0.6 {
		return s
	}
	s.LLR = 5.5 + float64(math.Log(k/max(2*limit, float64(p.Addresses))))
	if c.Scope == event.Key && c.Profile.Agents.Count() > 4 && 4*uint32(x.Stays) < x.N {
		s.LLR = min(s.LLR, 4) // a key that is public has a crowd behind it
	}
	if p := c.Profile; x.N > 8*uint32(k) || p.N < (p.Last-p.First)/60 || p.N < 130 {
		s.LLR = min(s.LLR, 4.9) // no more than anybody may ask from one address: a relay's or a monitor's
	}
	s.LLR = clip(s.LLR)
	s.V = [8]float64{k, float64(x.N), limit, float64(x.Peak), 100 * own, float64(c.Profile.Nets.Count()), float64(x.SwitchGap) / float64(max(x.Switches, 1)), float64(x.StayGap) / float64(max(x.Stays, 1))}
	return s
}

// roamLimit is how many addresses callers have used by as many requests.
func roamLimit(c *Case, n uint32) float64 {
	v := &c.View.Clients
	switch {
	case n <= 16:
		return v.Roam(0)
	case n <= 64:
		return v.Roam(1)
	}
	return v.Roam(2) * max(math.Sqrt(float64(n)/256), 1)
}

func tellRotation(p *rotationParams, c *Case, s Signal) Evidence {
	return Evidence{
		Summary: fmt.Sprintf("%.0f addresses of %.0f networks in %.0f requests, %.1f requests an address, up to %.0f new ones in ten minutes; all but a few others have used %.0f at most by then.", s.V[0], s.V[5], s.V[1], s.V[1]/s.V[0], s.V[3], s.V[2]),
		Facts: []Fact{
			{Name: "addresses", Value: s.V[0], Unit: "addresses", Limit: round(max(2*s.V[2], float64(p.Addresses))), HasLimit: true, Peer: round(s.V[2]), HasPeer: true},
			{Name: "new addresses in ten minutes", Value: s.V[3], Unit: "addresses"},
			{Name: "addresses that nobody else used", Value: round(s.V[4]), Unit: "%"},
			{Name: "mean gap before a change of address", Value: round(s.V[6]), Unit: "s", Peer: round(s.V[7]), HasPeer: s.V[7] > 0},
		},
		Counter: []string{"Telephones and privacy relays change address as well: between visits, by addresses that many share, and fewer than these. A caller that runs without a fixed machine, on functions of a cloud, looks the same: allow it by its key."},
	}
}
