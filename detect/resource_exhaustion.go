package detect

import (
	"fmt"
	"math"
	"time"

	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// ResourceExhaustion reports a client whose requests, few or many, cost the
// server far more than those of others.
//
// A request is heavy if it takes many times its endpoint's median of time or
// bytes, or asks for far more at once than others do. What counts is how many
// of them were in service at the same time (Little's law: rate times duration),
// and their share of everything the server did. Source: OWASP API4:2023.
var ResourceExhaustion = register(Detector{
	Name:   "resource_exhaustion",
	Title:  "Few requests of great cost",
	Doc:    "Counts requests that cost many times their endpoint's median, how many of them were in service at once, and their share of all the server's time.",
	Threat: "resource-exhaustion",
	Family: "rate",
	Scopes: []event.Scope{event.IP, event.User, event.Key, event.Session},
	At:     OnProfile,
	Needs:  event.HasTime,
	Impact: Medium,
	Since:  "0.2",
}, exhaustionParams{Heavy: 8}, judgeExhaustion, tellExhaustion)

type exhaustionParams struct {
	Heavy int `doc:"heavy requests below which nobody is reported"`
}

// slow is how a client looks that sends bodies which never end; peersSlow how
// others do.
var (
	slow      = sketch.Beta{A: 6, B: 2}
	peersSlow = sketch.Beta{A: 1, B: 60}
)

func judgeExhaustion(p *exhaustionParams, c *Case) (s Signal) {
	x := &c.Profile.Cost
	if int(x.Heavy) < p.Heavy && int(x.Cut) < p.Heavy {
		return s
	}
	v := c.View
	end := v.Endpoint(x.Template - 1)
	if x.Template == 0 {
		end = v.Endpoint(1<<32 - 1)
	}
	others := (float64(end.Heavy) - float64(x.Heavy)) / max(float64(end.Events)-float64(c.Profile.N), 20)
	if others > 0.1 {
		return s // slow for everybody
	}
	n := float64(c.Profile.N)
	busy := float64(x.Peak) / 1000 / window
	if busy > 0.5 {
		s.LLR += min(2+float64(2*math.Log(busy)), 5.5)
	}
	s.LLR += min(2*inventory.Alpha(v.Reach[2].Beyond(c.kind(), 1, x.Heavy)), 2)
	share := 0.0
	if v.Time > 0 && x.HeavyTime > 0 {
		share = min(float64(x.HeavyTime)/max(v.Time, float64(x.HeavyTime)), 1)
		if share >= 0.05 {
			s.LLR += min(1+math.Log(share/0.05), 3) * min(busy, 1)
		}
	}
	if int(x.Large) >= p.Heavy {
		s.LLR++
	}
	if float64(x.Heavy) >= 0.5*n {
		s.LLR++ // it does little else
	}
	if x.Cut > 0 && !c.crowded() {
		s.LLR += min(max(sketch.BayesFactor(slow, peersSlow, float64(x.Cut), n)-3, 0), 4)
	}
	if c.crowded() {
		s.LLR -= 2
	}
	// Nobody waits for fifty slow answers, and hardly does anything else, until the
	// server has worked a tenth of its time for him.
	grind := busy >= 0.9 && share >= 0.1 && int(x.Heavy) >= 6*p.Heavy && float64(x.Heavy) >= 0.6*n
	if grind {
		s.LLR += 1.5
	}
	if busy < 1 && !grind {
		s.LLR = min(s.LLR, 4) // one after the other, as reports are asked for
	} else if busy < 1.8 && !grind {
		s.LLR = min(s.LLR, 5) // two windows side by side
	}
	if s.LLR <= 0 {
		return Signal{}
	}
	s.LLR = clip(s.LLR)
	s.Success = busy >= 4 || share >= 0.5
	s.Target = x.Template
	s.V = [8]float64{float64(x.Heavy), float64(x.HeavyTime) / 1000, busy, 100 * share, float64(x.Large), float64(x.Cut), float64(x.HeavyTime) / float64(max(x.Heavy, 1)) / 1000, end.Duration / 1e6}
	return s
}

func tellExhaustion(p *exhaustionParams, c *Case, s Signal) Evidence {
	e := Evidence{
		Summary: fmt.Sprintf("%.0f of %d requests cost many times what is usual on their endpoints, %s of the server's time in all (%.0f %% of everybody's); %.1f of them were in service at once in the busiest five minutes.",
			s.V[0], c.Profile.N, (time.Duration(s.V[1]) * time.Second).String(), s.V[3], s.V[2]),
		Facts: []Fact{
			{Name: "heavy requests", Value: s.V[0], Unit: "requests", Limit: float64(p.Heavy), HasLimit: true},
			{Name: "in service at once", Value: round(s.V[2]), Unit: "requests"},
			{Name: "share of the server's time", Value: round(s.V[3]), Unit: "%"},
		},
		Counter: []string{"The endpoint answers others as fast as ever: the server was not slow for everybody.", "Reports and exports are slow too, but are asked for one at a time."},
	}
	if s.V[6] > 0 {
		e.Facts = append(e.Facts, Fact{Name: "time of a heavy request", Value: round(s.V[6]), Unit: "s", Peer: round(s.V[7]), HasPeer: s.V[7] > 0})
	}
	if s.V[4] > 0 {
		e.Facts = append(e.Facts, Fact{Name: "asked for far more at once than others", Value: s.V[4], Unit: "requests"})
	}
	if s.V[5] > 0 {
		e.Facts = append(e.Facts, Fact{Name: "given up unanswered after a long time", Value: s.V[5], Unit: "requests"})
	}
	return e
}
