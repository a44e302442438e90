package inventory

import "math"

// Kinds of principals, and of what they share, that are used in several places.
const (
	KeyPlaces     = iota // keys, and other principals that programmes use
	SessionPlaces        // one session
	UserPlaces           // one user, by whatever session
	placeKinds
)

// PlaceSums count principals with sixteen events or more: how many were used by
// somebody whose network and device both were new to them, and of those how many
// had that stranger change something that keeps hold of the account.
type PlaceSums struct {
	Used, Strange, Held [placeKinds]uint64
	Changed             uint64 // of people's, those that changed such a thing themselves
}

func (s *PlaceSums) merge(o *PlaceSums) {
	for i := range placeKinds {
		s.Used[i] += o.Used[i]
		s.Strange[i] += o.Strange[i]
		s.Held[i] += o.Held[i]
	}
	s.Changed += o.Changed
}

// Places are the shares of principals, by kind, that are used by a stranger at
// all, and of strangers that change what keeps hold of an account.
type Places struct {
	Strange, Held [placeKinds]float64
	Changed       float64 // of people, who change such a thing in a visit
}

// Before any was seen: most keys stay where they are, a session lives in one
// browser, and one user in eight has a second device that is first seen in
// another network.
var priorPlaces = Places{
	Strange: [placeKinds]float64{0.04, 0.005, 0.12},
	Held:    [placeKinds]float64{0.1, 0.1, 0.1},
	Changed: 0.1,
}

// placeVotes is how many principals outweigh a prior.
const placeVotes = 100

func (s *PlaceSums) solve() (p Places) {
	for i := range placeKinds {
		p.Strange[i] = shareOf(priorPlaces.Strange[i], s.Strange[i], s.Used[i])
		p.Held[i] = shareOf(priorPlaces.Held[i], s.Held[i], s.Strange[i])
	}
	// A user's events name a session too: the larger of both is all people.
	p.Changed = shareOf(priorPlaces.Changed, s.Changed, max(s.Used[UserPlaces], s.Used[SessionPlaces]))
	return p
}

// shareOf moves a prior share towards what was seen, within [½, 4] of it, so
// that thieves cannot teach their own rate as the normal one. A tenth of all is
// more than they steal: then the field means something else than we think, such
// as a session that follows a person from one device to the next.
func shareOf(prior float64, k, n uint64) float64 {
	seen := (float64(k) + float64(placeVotes*prior)) / (float64(n) + placeVotes)
	if n >= placeVotes && k*10 > n {
		return math.Max(seen, prior)
	}
	return math.Min(math.Max(seen, prior/2), 4*prior)
}
