package detect

import (
	"fmt"

	"goshawk/event"
)

// AWSDenied reports a principal that tries what it may do by trying everything.
//
// It counts kinds of calls that were refused at the first try, among all kinds
// tried: a misconfigured programme is refused the same call a thousand times,
// and that counts once. A first deployment is refused what it builds with;
// somebody who tries permissions is refused looks, secrets and rights as well.
// Source: Detection of AccessDenied bursts, MITRE ATT&CK T1526.
var AWSDenied = register(Detector{
	Name:   "aws_denied",
	Title:  "A principal is refused one kind of AWS call after the other",
	Doc:    "Counts the kinds of AWS calls that a principal was refused at the first try, and compares their share of all kinds it tried with that of others.",
	Threat: "aws-reconnaissance",
	Family: "cloud",
	Scopes: cloudScopes,
	At:     OnCloud,
	Needs:  event.HasPath | event.HasStatus | event.HasKey,
	Impact: Medium,
	Since:  "0.2",
}, awsDeniedParams{Kinds: 5, Services: 3}, judgeAWSDenied, tellAWSDenied)

type awsDeniedParams struct {
	Kinds    int `doc:"kinds of calls refused before anything is said"`
	Services int `doc:"services that must have refused"`
}

func judgeAWSDenied(p *awsDeniedParams, c *Case) (s Signal) {
	x := c.Cloud
	if x == nil {
		return s
	}
	k := x.Refused.Count()
	if k < p.Kinds || x.Turned.Count() < p.Services {
		return s
	}
	w := x.context(c.View)
	w.refusal = min(x.refusal(c.View)-3, x.telling(7))
	if x.Probed.Count() < p.Kinds {
		w.refusal = min(w.refusal, 1.5) // what a new programme is refused until its rights are mended
	}
	s.LLR = clip(w.sum())
	s.V = [8]float64{float64(k), float64(x.Asked.Count()), float64(x.Turned.Count()), float64(x.Probed.Count())}
	return s
}

func tellAWSDenied(p *awsDeniedParams, c *Case, s Signal) Evidence {
	x := c.Cloud
	return Evidence{
		Summary: fmt.Sprintf("%.0f of %.0f kinds of calls were refused at the first try, by %.0f services; %.0f of them ask for what is there, for secrets or for rights.%s", s.V[0], s.V[1], s.V[2], s.V[3], x.said(c.View)),
		Facts: append([]Fact{
			{Name: "kinds of calls refused", Value: s.V[0], Unit: "kinds", Limit: float64(p.Kinds), HasLimit: true},
			{Name: "share of kinds refused", Value: round(100 * s.V[0] / s.V[1]), Unit: "%", Peer: round(100 * c.View.Cloud.Refused.Mean()), HasPeer: true},
		}, x.facts(c.View)...),
		Counter: append([]string{"A first deployment is refused much too, but only what it builds with, and again and again the same; each kind counts once here."}, x.excuses(c.View)...),
	}
}
