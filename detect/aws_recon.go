package detect

import (
	"fmt"
	"math"

	"goshawk/event"
)

// AWSRecon reports a principal that asks an account what it holds and who may
// do what, though that is not what it is for.
//
// It counts kinds of questions and the services they are put to, not calls: a
// programme reads the state of a few things again and again, an intruder reads
// everything once. Looking alone convicts nobody, since people, scanners and
// builders look at everything too: that the principal is refused, or that it
// looks from a new place, or that no other session of its role looks, must add
// to it. Source: MITRE ATT&CK T1580, T1526, T1087.004.
var AWSRecon = register(Detector{
	Name:   "aws_recon",
	Title:  "A principal explores an AWS account that it does not know",
	Doc:    "Counts the kinds of questions that a principal asks about an AWS account, and weighs how often it is refused, whether it asks from a place and with a program that it never used, and whether other sessions of its role ask the same.",
	Threat: "aws-reconnaissance",
	Family: "cloud",
	Scopes: cloudScopes,
	At:     OnCloud,
	Needs:  event.HasPath | event.HasStatus | event.HasKey,
	Impact: Low,
	Since:  "0.2",
}, awsReconParams{Kinds: 5, Services: 3}, judgeAWSRecon, tellAWSRecon)

// cloudScopes are those of principals: an address stands for whoever uses it.
var cloudScopes = []event.Scope{event.User, event.Key, event.Session}

type awsReconParams struct {
	Kinds    int `doc:"kinds of questions before anything is said"`
	Services int `doc:"services they must be put to"`
}

func judgeAWSRecon(p *awsReconParams, c *Case) (s Signal) {
	x := c.Cloud
	if x == nil {
		return s
	}
	looks := x.Looks.Count()
	if looks < p.Kinds || x.Services.Count() < p.Services {
		return s
	}
	s.LLR = min(1.5*math.Log(float64(looks)/float64(p.Kinds)), 3)
	if x.WhoAmI {
		s.LLR += 0.5
	}
	if x.WinPeak > 6 {
		s.LLR += 0.5
	}
	w := x.context(c.View)
	s.LLR = clip(s.LLR + w.sum())
	s.V = [8]float64{float64(looks), float64(x.Services.Count()), float64(x.WinPeak), w.refusal, w.moved, w.peers, w.caller}
	return s
}

func tellAWSRecon(p *awsReconParams, c *Case, s Signal) Evidence {
	x := c.Cloud
	e := Evidence{
		Summary: fmt.Sprintf("It asked %.0f kinds of questions about what is in the account, of %.0f services, up to %.0f kinds within five minutes.%s", s.V[0], s.V[1], s.V[2], x.said(c.View)),
		Facts:   append([]Fact{{Name: "kinds of discovery calls", Value: s.V[0], Unit: "kinds", Limit: float64(p.Kinds), HasLimit: true}}, x.facts(c.View)...),
		Counter: append([]string{"Posture scanners and inventories ask as much: they are rarely refused, come back daily, and other sessions of their role do the same."}, x.excuses(c.View)...),
	}
	return e
}
