package detect

import (
	"fmt"
	"math"

	"goshawk/event"
	"goshawk/inventory"
)

// ImpossibleTravel reports a person's session or account that is used in two
// places at once by clients which one owner does not alternate between.
//
// Distance alone proves little: whoever switches a VPN on flies in a second. But
// a session lives in one browser. That a stranger has it, whose network and
// device both were never seen with it, hardly ever happens to honest people; how
// rarely is learned from this log. Source: CrowdSec, impossible-travel; Elastic's
// detection rules on sessions.
var ImpossibleTravel = register(Detector{
	Name:   "impossible_travel",
	Title:  "A session is used by a stranger while its owner goes on",
	Doc:    "Follows each person's networks and devices. A party whose network and device are both new, and never seen with the owner's, weighs as much as such parties are rare among peers; more where it has the owner's session, alternates with the owner, is a programme, is farther off than anybody travels, or changes what keeps hold of the account.",
	Threat: "impossible-travel",
	Family: "identity",
	Scopes: []event.Scope{event.User, event.Session},
	At:     OnIdentity,
	Needs:  event.HasTime | event.HasUserAgent,
	Impact: High,
	Since:  "0.2",
}, travelParams{Strangers: 1}, judgeTravel, tellTravel)

type travelParams struct {
	Strangers int `doc:"parties unlike the owner in network and device before anything is said"`
}

// How rare it is among honest people that a second party alternates with the
// first within half an hour, is a programme beside a browser, or is too far off
// by the tables: as logs of people with several devices show.
const (
	alternates = 0.2
	programme  = 0.03
	remote     = 0.15
	goesOn     = 0.5
)

// rarity is the weight of something that happens to a share of honest people.
func rarity(share float64) float64 { return -math.Log(share) }

// certainty is what must be known before a weight counts: the claim of one in a
// hundred thousand honest actors is a claim, as for all detectors.
const certainty = 6

// strangeness weighs the strangers of a person's identity, in all; at most two
// of those with a session of their own count, since some people own many
// devices.
func (x *Identity) strangeness(v *inventory.View) (w float64) {
	kind := int(x.kind)
	w = float64(x.Shared) * rarity(v.Strange[inventory.SessionPlaces])
	if own := x.Strangers - x.Shared; own > 0 && kind == inventory.UserPlaces {
		w += float64(min(own, 2)) * rarity(v.Strange[kind])
	}
	if x.Between > 0 {
		w += rarity(goesOn)
	}
	if x.Back >= 2 {
		w += rarity(alternates)
	}
	if x.Tools > 0 {
		w += rarity(programme)
	}
	if x.Far > 0 {
		w += rarity(remote)
	}
	if x.Holding > 0 {
		of := kind
		if x.Shared > 0 {
			of = inventory.SessionPlaces
		}
		w += rarity(v.Held[of])
	}
	return w
}

func judgeTravel(p *travelParams, c *Case) (s Signal) {
	x := c.Identity
	if x == nil || x.kind == inventory.KeyPlaces || int(x.Strangers) < max(p.Strangers, 1) || x.Shared == 0 && x.Far == 0 {
		return s
	}
	if s.LLR = clip(min(x.strangeness(c.View)-certainty, 7)); s.LLR <= 0 {
		return s
	}
	if x.Shared == 0 {
		s.LLR = min(s.LLR, 4) // two who share an account log in each for themselves
		s.Test = 1
	}
	s.V = [8]float64{float64(x.Strangers), float64(x.Shared), float64(x.Back), float64(x.Holding), float64(x.Far), float64(x.Top), float64(x.Tools), float64(x.Foreign)}
	return s
}

func tellTravel(p *travelParams, c *Case, s Signal) Evidence {
	x := c.Identity
	share, what := c.View.Strange[inventory.SessionPlaces], "session"
	if s.Test == 1 {
		share, what = c.View.Strange[inventory.UserPlaces], "account"
	}
	e := Evidence{
		Summary: fmt.Sprintf("%.0f strangers used the same %s beside its owner, unlike the owner in network and device%s; %.2f %% of peers have any. %.0f of their requests were answered as the owner's, and the owner was back within half an hour %.0f times.",
			s.V[0], what, x.apart(), 100*share, s.V[7], s.V[2]),
		Facts: []Fact{
			{Name: "strangers", Value: s.V[0], Unit: "parties", Limit: float64(max(p.Strangers, 1) - 1), HasLimit: true, Peer: round(share), HasPeer: true},
			{Name: "strangers with the owner's session", Value: s.V[1], Unit: "parties"},
			{Name: "turns from a stranger to the owner within half an hour", Value: s.V[2], Unit: "turns"},
			{Name: "strangers that changed what keeps hold of the account", Value: s.V[3], Unit: "parties"},
		},
		Counter: []string{"A VPN, a train or a second connection changes the network but not the device, and was not counted."},
	}
	if s.V[4] > 0 {
		e.Facts = append(e.Facts, Fact{Name: "speed between them", Value: s.V[5], Unit: "km/h", Limit: fastest, HasLimit: true})
	}
	if s.V[6] > 0 {
		e.Facts = append(e.Facts, Fact{Name: "strangers that are programmes, beside a browser", Value: s.V[6], Unit: "parties"})
	}
	if x.Linked > 0 {
		e.Counter = append(e.Counter, fmt.Sprintf("%d others looked strange until a device of theirs was seen in the owner's network; they were taken for the owner.", x.Linked))
	}
	return e
}

// apart tells where owner and stranger are, as far as that is known.
func (x *Identity) apart() string {
	a, b := x.owner(), x.foreigner()
	if a == nil || b == nil {
		return ""
	}
	from, to := a.where(), b.where()
	if from == "" || to == "" {
		return ""
	}
	return fmt.Sprintf(" (%s, %s)", from, to)
}

func (s *stay) where() string {
	switch {
	case s.Country[0] != 0 && s.ASN != 0:
		return fmt.Sprintf("%s AS%d", s.Country, s.ASN)
	case s.Country[0] != 0:
		return string(s.Country[:])
	case s.ASN != 0:
		return fmt.Sprintf("AS%d", s.ASN)
	}
	return ""
}
