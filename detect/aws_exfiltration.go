package detect

import (
	"fmt"
	"math"
	"math/bits"

	"goshawk/event"
	"goshawk/sketch"
)

// AWSExfiltration reports a principal that takes data and secrets out of an
// account.
//
// Programmes read many objects and a few secrets all day, backups read
// everything: how much is read convicts nobody. What counts is reading while
// refused, reading what nobody of the role reads, many secrets, or several ways
// of giving a copy away. Source: MITRE ATT&CK T1530, T1537, T1555.006.
var AWSExfiltration = register(Detector{
	Name:    "aws_exfiltration",
	Title:   "A principal takes data or secrets out of AWS",
	Doc:     "Counts secrets read, objects fetched, and the kinds of calls that share or export data, and weighs how often the principal is refused, from where it does so, and whether others of its role do the same.",
	Threat:  "aws-data-exfiltration",
	Family:  "cloud",
	Scopes:  cloudScopes,
	At:      OnCloud,
	Needs:   event.HasPath | event.HasStatus | event.HasKey,
	Impact:  High,
	Succeed: High,
	Since:   "0.2",
}, awsExfiltrationParams{Secrets: 20, Fetches: 100, Kinds: 2}, judgeAWSExfiltration, tellAWSExfiltration)

type awsExfiltrationParams struct {
	Secrets int `doc:"secrets read before anything is said"`
	Fetches int `doc:"objects and tables fetched before anything is said"`
	Kinds   int `doc:"kinds of calls that share or export before anything is said"`
}

func judgeAWSExfiltration(p *awsExfiltrationParams, c *Case) (s Signal) {
	x := c.Cloud
	if x == nil {
		return s
	}
	shares, reads := bits.OnesCount64(x.Shares), int(x.Reads)
	if x.Objects != 0 {
		reads = x.Objects.Count()
	}
	switch {
	case shares >= p.Kinds:
		s.LLR, s.Test = min(1.1*float64(shares)+0.4*float64(bits.OnesCount64(x.Copies)), 5), 2
	case reads >= p.Secrets:
		s.LLR, s.Test = min(1+math.Log(float64(reads)/float64(p.Secrets)), 3), 1
		if x.Objects != 0 { // different ones
			s.LLR++
		}
		if x.WhoAmI {
			s.LLR += 0.5
		}
		if x.Typed*2 > x.N { // programs that need many secrets have a program for it
			s.LLR++
		}
	case int(x.Fetches) >= p.Fetches:
		s.LLR = min(0.5*math.Log(float64(x.Fetches)/float64(p.Fetches)), 1.5)
	default:
		return s
	}
	w := x.context(c.View)
	if s.Test < 2 && int(x.AwayTaken) < p.Secrets {
		w.moved = 0 // what was taken was taken at home
	}
	// The same call allowed, refused and allowed again is somebody who tries one
	// thing after the other; a programme is let in or not.
	n := x.Reads + x.Fetches + x.Taken
	w.refusal = 0
	if x.Relapses >= 3 {
		relapse := sketch.BayesFactor(sketch.Beta{A: 2, B: 12}, sketch.Beta{A: 1, B: 60}, float64(x.Relapses), float64(n))
		w.refusal = min(max(relapse, -1.5), 6)
	}
	if s.Test == 0 && w.moved <= 0 && w.refusal <= 0 {
		return Signal{} // much was read, and that is all
	}
	if c := x.Refused.Count(); c*2 > x.Asked.Count() && x.Probed.Count()*2 < c {
		w.refusal-- // a new programme whose rights are being mended
	}
	s.LLR = clip(s.LLR + w.sum())
	s.Success = true
	s.V = [8]float64{float64(reads), float64(x.Fetches), float64(shares), float64(x.Taken)}
	return s
}

func tellAWSExfiltration(p *awsExfiltrationParams, c *Case, s Signal) Evidence {
	x := c.Cloud
	return Evidence{
		Summary: fmt.Sprintf("%.0f secrets were read and %.0f objects or tables fetched, and %.0f kinds of calls share or export data; %.0f of these calls were refused.%s", s.V[0], s.V[1], s.V[2], s.V[3], x.said(c.View)),
		Facts: append([]Fact{
			{Name: "secrets read", Value: s.V[0], Unit: "secrets", Limit: float64(p.Secrets), HasLimit: s.Test == 1},
			{Name: "objects fetched", Value: s.V[1], Unit: "calls", Limit: float64(p.Fetches), HasLimit: s.Test == 0},
			{Name: "kinds of calls that share or export", Value: s.V[2], Unit: "kinds", Limit: float64(p.Kinds), HasLimit: s.Test == 2},
		}, x.facts(c.View)...),
		Counter: append([]string{"Backups and data pipelines read as much; they are not refused on the way."}, x.excuses(c.View)...),
	}
}
