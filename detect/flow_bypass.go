package detect

import (
	"fmt"

	"goshawk/event"
	"goshawk/sketch"
)

// FlowBypass reports an actor that reaches the end of a flow without the steps
// that lead there, or reaches it again and again by having gone once.
//
// What must precede what is learned: each actor has one vote for each step. An
// object's steps count whoever made them, so a checkout taken up on another
// device is whole. How often others leave a step out, as a test of a shorter way
// or an invoice lets them, is what an actor is compared with.
// Sources: OWASP API6:2023; OWASP WSTG-BUSL-06.
var FlowBypass = registerBoth(Detector{
	Name:    "flow_bypass",
	Title:   "One client leaves out steps that all others make",
	Doc:     "Steps of a purchase or a proof of identity made without those that nearly all others make before them, made again on one confirmation, or made after the cart was changed once more: repeatedly, and far more often than by others.",
	Threat:  "business-flow-bypass",
	Family:  "sequence",
	Scopes:  []event.Scope{event.IP, event.User, event.Key, event.Session},
	At:      OnProfile,
	Needs:   event.HasPath | event.HasStatus,
	Impact:  Medium,
	Succeed: High,
	Since:   "0.2",
}, bypassParams{Times: 3}, judgeBypass, tellBypass, bypassCrowd)

type bypassParams struct {
	Times int `doc:"steps out of order before anything is said"`
}

// bypass is how somebody makes a step who goes round the costly one before it:
// mostly out of order.
var bypass = sketch.Beta{A: 3, B: 1.5}

// factor compares how often a step was out of order with how often others' is.
func (x *Passed) factor() float64 {
	n := float64(x.N)
	usual := min(max(float64(x.Usual)/1000/n, 0.01), 0.9)
	return sketch.BayesFactor(bypass, sketch.Beta{A: float64(10 * usual), B: float64(10 * (1 - usual))}, float64(x.odd()), n)
}

// worst is the step that weighs most.
func (x *Trail) worst(times int) (worst *Passed, factor float64) {
	for i := range x.Steps {
		if s := &x.Steps[i]; int(s.odd()) >= times {
			if f := s.factor(); f > factor {
				worst, factor = s, f
			}
		}
	}
	return worst, factor
}

func judgeBypass(p *bypassParams, c *Case) (s Signal) {
	if c.Profile == nil || c.many() || c.Profile.Trail.Last == 0 {
		return s
	}
	x, factor := c.Profile.Trail.worst(p.Times)
	if s.LLR = clip(factor - 3); s.LLR <= 0 {
		return Signal{}
	}
	s.Success = uint32(x.Good)*2 > x.odd()
	if f := &c.View.Flow; int(x.Step) <= len(f.Guards) {
		s.Target = f.Guards[x.Step-1].Template + 1
	}
	s.V = [8]float64{float64(x.odd()), float64(x.N), float64(x.Skipped), float64(x.Again), float64(x.Late), float64(x.Usual) / 1000 / float64(x.N), float64(x.Good), float64(x.Missing)}
	return s
}

// bypassCrowd looks for many accounts that each go round a step now and then.
func bypassCrowd(p *bypassParams, c *Crowd) (l []Claim) {
	for step := range c.View.Flow.Guards {
		var who []suspect
		for i := range c.Members {
			m := &c.Members[i]
			for k := range m.Profile.Trail.Steps {
				if x := &m.Profile.Trail.Steps[k]; int(x.Step) == step+1 {
					who = append(who, suspect{m, x.factor(), uint32(x.N), x.odd(), c.View.Flow.Guards[step].Template + 1})
				}
			}
		}
		x, ok := joint(c, who)
		if !ok {
			continue
		}
		x.Key = uint64(step)
		x.Title = fmt.Sprintf("%d clients leave out steps that others make", len(x.Members))
		x.Evidence = Evidence{
			Summary: fmt.Sprintf("%d actors came to %s %d times, and %d times out of order; of others' %.1f %% are.", len(x.Members), c.View.Endpoint(x.Target-1).Name, x.Events, x.hits, 100*c.View.Flow.Steps[step].Usual()),
			Facts: []Fact{
				{Name: "actors", Value: float64(len(x.Members)), Unit: "actors"},
				{Name: "steps out of order", Value: float64(x.hits), Unit: "steps"},
				{Name: "share out of order", Value: round(100 * float64(x.hits) / float64(x.Events)), Unit: "%", Peer: round(100 * c.View.Flow.Steps[step].Usual()), HasPeer: true},
			},
			Counter: []string{"People whom a test or an invoice lets leave a step out are among those whom the group is compared with."},
		}
		l = append(l, x.Claim)
	}
	return l
}

func tellBypass(p *bypassParams, c *Case, s Signal) Evidence {
	e := Evidence{
		Summary: fmt.Sprintf("%.0f of %.0f steps were out of order: %.0f without a step that others make before, %.0f made again on one confirmation, %.0f after the cart was changed; of others' steps %.1f %% are.",
			s.V[0], s.V[1], s.V[2], s.V[3], s.V[4], 100*s.V[5]),
		Facts: []Fact{
			{Name: "steps out of order", Value: s.V[0], Unit: "steps", Limit: float64(p.Times), HasLimit: true},
			{Name: "share out of order", Value: round(100 * s.V[0] / s.V[1]), Unit: "%", Peer: round(100 * s.V[5]), HasPeer: true},
			{Name: "let through by the server", Value: s.V[6], Unit: "steps"},
		},
		Counter: []string{"A purchase taken up again on another device keeps its object, whose steps count whoever made them; a test of a shorter way is among what others do."},
	}
	f := &c.View.Flow
	if m := int(s.V[7]); m > 0 && m <= len(f.Guards) && s.Target > 0 {
		e.Summary += fmt.Sprintf(" Last: %s without %s.", c.View.Endpoint(s.Target-1).Name, c.View.Endpoint(f.Guards[m-1].Template).Name)
	}
	return e
}
