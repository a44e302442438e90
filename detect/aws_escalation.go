package detect

import (
	"fmt"
	"math/bits"

	"goshawk/event"
	"goshawk/sketch"
)

// AWSEscalation reports a principal that widens what it may do, or switches off
// what would show it.
//
// It counts kinds of deeds: administrators do one or two of them, with success,
// and one after the other as a procedure wants it; an intruder tries whatever
// might work. Trails that are moved are not trails switched off.
// Source: Rhino Security Labs, AWS IAM privilege escalation methods; MITRE
// ATT&CK T1098, T1685.002.
var AWSEscalation = register(Detector{
	Name:    "aws_escalation",
	Title:   "A principal widens its rights in AWS, or switches its records off",
	Doc:     "Counts the kinds of AWS calls by which a principal changes rights (policies, keys, log-ins, second factors) or stops what records and guards the account, and how many were refused.",
	Threat:  "aws-privilege-escalation",
	Family:  "cloud",
	Scopes:  cloudScopes,
	At:      OnCloud,
	Needs:   event.HasPath | event.HasStatus | event.HasKey,
	Impact:  High,
	Succeed: Critical,
	Since:   "0.2",
}, awsEscalationParams{Kinds: 2, Undone: 4}, judgeAWSEscalation, tellAWSEscalation)

type awsEscalationParams struct {
	Kinds  int `doc:"kinds of deeds before anything is said, but for records that were switched off"`
	Undone int `doc:"kinds of other removals from which it is a tearing down"`
}

func judgeAWSEscalation(p *awsEscalationParams, c *Case) (s Signal) {
	x := c.Cloud
	if x == nil {
		return s
	}
	rises, blinds := bits.OnesCount64(x.Rises), bits.OnesCount64(x.Blinds)
	if rises+blinds < p.Kinds && x.Blinded == 0 {
		return s
	}
	denied := bits.OnesCount64(x.RisesRefused) + bits.OnesCount64(x.BlindsRefused)
	barred := sketch.BayesFactor(sketch.Beta{A: 2, B: 2}, sketch.Beta{A: 1, B: 14}, float64(min(int(x.Barred), 3*denied)), float64(x.Deeds))
	if x.Deeds < 3 {
		barred = max(barred, 0)
	}
	s.LLR = min(0.7*float64(max(rises-1, 0)), 3) + min(max(barred, -3), 4) + min(0.3*float64(bits.OnesCount64(x.Builds)+bits.OnesCount64(x.Dims)), 1)
	switch {
	case blinds == 0 || x.Watches > 0 && blinds <= 2:
	case x.Blinded > 0:
		s.LLR += 4.5 + min(float64(blinds-1), 2)
	default:
		s.LLR += 1.5 + min(float64(blinds-1), 2)
	}
	if bits.OnesCount64(x.Undone) >= p.Undone && rises == 0 {
		s.LLR -= 2 // all is torn down, and its records with it
	}
	w := x.context(c.View)
	w.refusal = min(w.refusal, 2)
	s.LLR = clip(s.LLR + w.sum())
	s.Success = x.Risen > 0 && denied > 0 || x.Blinded > 0
	s.V = [8]float64{float64(rises), float64(blinds), float64(denied), float64(x.Risen), float64(x.Blinded), float64(x.Watches)}
	return s
}

func tellAWSEscalation(p *awsEscalationParams, c *Case, s Signal) Evidence {
	x := c.Cloud
	e := Evidence{
		Summary: fmt.Sprintf("It tried %.0f kinds of calls that change rights and %.0f that stop records or guards; %.0f kinds were refused, %.0f calls of the first and %.0f of the second succeeded.%s",
			s.V[0], s.V[1], s.V[2], s.V[3], s.V[4], x.said(c.View)),
		Facts: append([]Fact{
			{Name: "kinds of calls that change rights", Value: s.V[0], Unit: "kinds"},
			{Name: "kinds of calls that stop records or guards", Value: s.V[1], Unit: "kinds"},
			{Name: "kinds of them refused", Value: s.V[2], Unit: "kinds"},
		}, x.facts(c.View)...),
		Counter: append([]string{"Administrators do this too; they are seldom refused, and do it from where they always work."}, x.excuses(c.View)...),
	}
	if bits.OnesCount64(x.Undone) >= p.Undone {
		e.Counter = append(e.Counter, "It removed much else too, as who tears a sandbox down does: weighed.")
	}
	if s.V[5] > 0 {
		e.Counter = append(e.Counter, "It also switched records on, as who moves a trail does.")
	}
	return e
}
