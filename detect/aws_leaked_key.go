package detect

import (
	"fmt"

	"goshawk/event"
)

// AWSLeakedKey reports a principal whose credential works in a second place for
// other things than in the first.
//
// A new place alone is a journey, a new program an update, a new call a change.
// All three at once, while the first place goes on as before, is a second
// person. How often new kinds of calls are normal is learned from the principal
// itself: from the share of kinds that it asked once at home (Good, 1953).
// The credentials of a machine or function, held for an hour by whoever read
// them from its metadata, give themselves away sooner: a Mac's programs use them,
// and no such machine is one.
// Source: MITRE ATT&CK T1078.004, T1552.005.
var AWSLeakedKey = register(Detector{
	Name:    "aws_leaked_key",
	Title:   "An AWS credential is used elsewhere, for other things than at home",
	Doc:     "Remembers where a principal is first used, with which programs and for what. Weighs calls from other networks that are of new kinds more often than its own past explains, and calls with a machine's credentials from what is no such machine.",
	Threat:  "aws-access-key-leak",
	Family:  "cloud",
	Scopes:  cloudScopes,
	At:      OnCloud,
	Needs:   event.HasClient | event.HasPath | event.HasKey,
	Impact:  High,
	Succeed: High,
	Since:   "0.2",
}, awsLeakedKeyParams{Kinds: 3}, judgeAWSLeakedKey, tellAWSLeakedKey)

type awsLeakedKeyParams struct {
	Kinds int `doc:"new kinds of calls from elsewhere before anything is said"`
}

func judgeAWSLeakedKey(p *awsLeakedKeyParams, c *Case) (s Signal) {
	x := c.Cloud
	if x == nil {
		return s
	}
	if x.OffMachine > 0 {
		s.LLR, s.V[6] = 4, float64(x.OffMachine) // a Mac hired from the provider, from first to last
		if x.OffMachine < x.N {
			s.LLR = 6
		}
		return s
	}
	if x.AwayN < 3 {
		return s
	}
	llr, fresh, expected := x.moved()
	if fresh < float64(p.Kinds) || llr < 2 {
		return s
	}
	w := x.context(c.View)
	s.LLR = clip(w.moved + 1 + w.caller + min(max(w.refusal, -0.5), 2) + min(w.peers, 0))
	s.V = [8]float64{fresh, round(expected), float64(x.AwayN), float64(x.HomeN), float64(x.HomeAfter), float64(x.AwayOdd)}
	return s
}

func tellAWSLeakedKey(p *awsLeakedKeyParams, c *Case, s Signal) Evidence {
	x := c.Cloud
	if s.V[6] > 0 {
		return Evidence{
			Summary: fmt.Sprintf("%.0f of %d calls with the credentials of a machine of the cloud came from a Mac's programs.%s", s.V[6], x.N, x.said(c.View)),
			Facts:   append([]Fact{{Name: "calls with a machine's credentials from a Mac", Value: s.V[6], Unit: "calls"}}, x.facts(c.View)...),
			Counter: append([]string{"Macs can be hired from AWS too, but then all of the machine's calls come from one."}, x.excuses(c.View)...),
		}
	}
	return Evidence{
		Summary: fmt.Sprintf("%.0f calls came from other networks than the %.0f at home, and were of %.0f kinds never used there, where its own past explains %.1f; the home went on with %.0f calls meanwhile.%s",
			s.V[2], s.V[3], s.V[0], s.V[1], s.V[4], x.said(c.View)),
		Facts: append([]Fact{
			{Name: "new kinds of calls from elsewhere", Value: s.V[0], Unit: "kinds", Limit: float64(p.Kinds), HasLimit: true, Peer: s.V[1], HasPeer: true},
			{Name: "calls from elsewhere with another program", Value: s.V[5], Unit: "calls"},
		}, x.facts(c.View)...),
		Counter: append([]string{"Who travels, or moves a service, does there what was done at home: new calls would be as rare as before."}, x.excuses(c.View)...),
	}
}
