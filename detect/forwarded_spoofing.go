package detect

import (
	"fmt"
	"math"

	"goshawk/event"
)

// ForwardedSpoofing reports a client that changes X-Forwarded-For, or the
// spelling of paths, from request to request, so that a limit which believes
// either counts somebody, or something, else.
//
// A proxy that nobody configured shows many addresses in the header, too; but
// they are its clients', who differ in their agents and come back. One client's
// are new each time, while all else goes on as before. Sources: RFC 7239 §8.1;
// RFC 3986 §6.
var ForwardedSpoofing = register(Detector{
	Name:  "forwarded_spoofing",
	Title: "X-Forwarded-For, or the spelling of paths, is changed again and again to dodge limits",
	Doc: "Counts how often the leftmost X-Forwarded-For of one peer, session or user changes while agent, principal and errand stay the same, and the odd ways in which a client spells paths. " +
		"A peer whose forwarded clients differ among themselves and come back is a proxy, and is not accused; nor is whoever's address was written into the header.",
	Threat: "spoofed-forwarded-for",
	Family: "identity",
	Scopes: []event.Scope{event.IP, event.User, event.Session, event.Key},
	At:     OnProfile,
	Needs:  event.HasPath,
	Impact: Medium,
	Since:  "0.2",
}, forwardedParams{Changes: 16, Spellings: 8}, judgeForwarded, tellForwarded)

type forwardedParams struct {
	Changes   int `doc:"changes of X-Forwarded-For by one client before anything is said"`
	Spellings int `doc:"odd spellings of paths by one client before anything is said"`
}

const (
	forwardedSame   = iota // one session or user under many addresses
	forwardedNew           // one agent under addresses that are new each time
	forwardedFew           // one agent that changes between a few
	forwardedBogus         // addresses that no client has
	forwardedSpells        // paths spelled in many ways
)

func judgeForwarded(p *forwardedParams, c *Case) (s Signal) {
	x := &c.Profile.Guise
	if x.Swaps < 8 && x.Bogons < 6 && x.Odd < 8 {
		return s
	}
	values, nets := float64(x.Sources.Count()), float64(x.SourceNets.Count())
	swaps, alike := float64(x.Swaps), float64(x.Alike)
	one := alike >= 0.9*swaps // whoever it is, it is one
	owned := c.Scope == event.User || c.Scope == event.Session
	enough := 0.5 * math.Log(max(swaps/float64(max(p.Changes, 1)), 1))
	switch fresh := float64(x.Fresh) >= 0.8*swaps; {
	case int(x.Swaps) < p.Changes/2:
	case x.Bogons >= 6 && values >= 4:
		s.LLR, s.Test = 6, forwardedBogus
	case owned && alike >= float64(p.Changes)/2 && (nets >= 5 || nets >= 3 && alike >= 20 && float64(x.Onward) >= 0.5*alike):
		s.LLR, s.Test = 5.5+enough, forwardedSame
	case owned || !one || int(x.Swaps) < p.Changes:
	case nets >= 6 && values >= 8 && fresh && (x.Makes != 1<<event.OldWeb && x.Makes != 1<<event.App || float64(x.Onward) >= 0.6*alike):
		s.LLR, s.Test = 5.5+enough, forwardedNew
	case nets >= 3 && swaps >= 24 && float64(x.Onward) >= 0.7*alike:
		s.LLR, s.Test = 4, forwardedFew
	}
	// Spelling: a sloppy client has one manner, or two; a wordlist misses.
	if n := x.Spellings.Count(); n >= p.Spellings && 10*int(c.Profile.Good+c.Profile.Missing) >= 5*int(x.Odd) {
		odd := float64(x.Odd) / float64(max(c.Profile.N, 1))
		if l := 5.5 + float64(0.5*math.Log(float64(n)/float64(p.Spellings))); odd >= 0.2 && l > s.LLR {
			s.LLR, s.Test = l, forwardedSpells
		}
	}
	s.LLR = clip(s.LLR)
	s.V = [8]float64{values, nets, swaps, alike, float64(x.Bogons), float64(x.Handed), float64(x.Spellings.Count()), float64(x.Odd)}
	return s
}

func tellForwarded(p *forwardedParams, c *Case, s Signal) Evidence {
	if s.Test == forwardedSpells {
		return Evidence{
			Summary: fmt.Sprintf("%.0f of %d requests spell their path in an odd way, in about %.0f different ways: case, doubled slashes, dots, escaped letters or parameters that a server strips.", s.V[7], c.Profile.N, s.V[6]),
			Facts: []Fact{
				{Name: "odd spellings", Value: s.V[6], Unit: "ways", Limit: float64(p.Spellings), HasLimit: true, Peer: 0, HasPeer: true},
				{Name: "requests spelled oddly", Value: s.V[7], Unit: "requests"},
			},
			Counter: []string{"A client with a careless base address doubles a slash, always the same one; this one varies."},
		}
	}
	e := Evidence{
		Summary: fmt.Sprintf("The leftmost X-Forwarded-For changed %.0f times in %.0f requests, to about %.0f addresses of %.0f networks; %.0f %% of the changes happened within one client's requests.", s.V[2], s.V[5], s.V[0], s.V[1], 100*s.V[3]/max(s.V[2], 1)),
		Facts: []Fact{
			{Name: "changes of X-Forwarded-For", Value: s.V[2], Unit: "changes", Limit: float64(p.Changes), HasLimit: true},
			{Name: "networks claimed", Value: s.V[1], Unit: "networks"},
			{Name: "changes with the same agent and principal", Value: s.V[3], Unit: "changes"},
		},
		Counter: []string{"A proxy that nobody configured forwards many clients; they would differ in agent, session and errand, and come back. Those whose addresses are in the header are not accused."},
	}
	if s.V[4] > 0 {
		e.Facts = append(e.Facts, Fact{Name: "impossible addresses", Value: s.V[4], Unit: "requests"})
	}
	if s.Test == forwardedFew {
		e.Counter = append(e.Counter, "A small proxy before a few machines of one make looks the same; configure it as trusted if it is yours.")
	}
	return e
}
