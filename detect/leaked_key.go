package detect

import (
	"fmt"

	"goshawk/event"
	"goshawk/inventory"
)

// LeakedKey reports a programme's key, or the account it logs in with, that
// strangers use beside it.
//
// A key moves to another host now and then, and has strangers on both then: one
// of them, that does what the owner did. Several, each with a network and a
// client of its own, that ask for other things while the owner goes on, do not
// happen to a key that is secret. A key without an owner, such as one that
// documentation prints, is left alone. Sources: OWASP API2:2023; experiments with
// planted keys by Comparitech and by Project Spacecrab.
var LeakedKey = register(Detector{
	Name:   "leaked_key",
	Title:  "Strangers use a key beside its owner",
	Doc:    "Follows the networks and clients of each key, and of accounts that programmes use. A party whose network and client are both new weighs as much as keys rarely have one; what it asks for that the owner never did, and changes of what keeps hold of the account, add to that.",
	Threat: "leaked-key",
	Family: "identity",
	Scopes: []event.Scope{event.Key, event.User, event.Session},
	At:     OnIdentity,
	Needs:  event.HasUserAgent,
	Impact: High,
	Since:  "0.2",
}, leakParams{Strangers: 1}, judgeLeak, tellLeak)

type leakParams struct {
	Strangers int `doc:"parties unlike the owner in network and client before anything is said"`
}

// elsewhere is how rare it is that most of what an honest second party asks for
// is new to the key.
const elsewhere = 0.2

// allElsewhere is how rare it is that all of it is, and unmasked that a
// programme's key is in a browser too: somebody looks at what it does.
const allElsewhere, unmasked = 0.07, 0.15

// minOwner is how many requests of the owner's must be known.
const minOwner = 16

func judgeLeak(p *leakParams, c *Case) (s Signal) {
	x := c.Identity
	if x == nil || x.kind != inventory.KeyPlaces || int(x.Between) < max(p.Strangers, 1) || !x.established(minOwner) {
		return s
	}
	strangers := int(x.Between) - x.partners(minOwner)
	if strangers < max(p.Strangers, 1) {
		return s
	}
	w := float64(strangers) * rarity(c.View.Strange[inventory.KeyPlaces])
	switch {
	case x.Foreign >= 16 && 10*int(x.Novel) >= 9*int(x.Foreign):
		w += rarity(allElsewhere)
	case x.Foreign >= 4 && x.Novel*2 >= x.Foreign:
		w += rarity(elsewhere)
	}
	if x.Masked > 0 && !x.browsed && c.Scope == event.Key {
		w += rarity(unmasked)
	}
	if x.Back >= 8 {
		w += rarity(alternates)
	} else if x.Back >= 2 {
		w += rarity(goesOn)
	}
	if x.Holding > 0 {
		w += rarity(c.View.Held[inventory.KeyPlaces])
	}
	if s.LLR = clip(min(w-certainty, 7)); s.LLR <= 0 {
		return s
	}
	s.V = [8]float64{float64(x.Strangers), float64(strangers), float64(x.Foreign), float64(x.Novel), float64(x.Holding), float64(x.parties[0].N)}
	return s
}

func tellLeak(p *leakParams, c *Case, s Signal) Evidence {
	x := c.Identity
	share := c.View.Strange[inventory.KeyPlaces]
	return Evidence{
		Summary: fmt.Sprintf("%.0f strangers, each with a network and a client of its own%s, used it beside its owner, who went on after %.0f of them; %.1f %% of peers have one stranger. %.0f of their %.0f requests ask for what the owner never did.",
			s.V[0], x.apart(), s.V[1], 100*share, s.V[3], s.V[2]),
		Facts: []Fact{
			{Name: "strangers after which the owner went on", Value: s.V[1], Unit: "parties", Limit: float64(max(p.Strangers, 1)), HasLimit: true, Peer: round(share), HasPeer: true},
			{Name: "strangers", Value: s.V[0], Unit: "parties"},
			{Name: "requests of strangers", Value: s.V[2], Unit: "requests"},
			{Name: "of them, for what the owner never asked for", Value: s.V[3], Unit: "requests"},
			{Name: "requests of the owner", Value: s.V[5], Unit: "requests"},
		},
		Counter: []string{
			"Parties that are there for as long as the owner, as programmes of one firm are, were not counted.",
			"Servers of one firm that run one programme are one party, however many networks they are in.",
			"A key that moves to another host has one stranger, not several.",
		},
	}
}
