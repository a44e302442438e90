package detect

import (
	"fmt"
	"math"

	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// FunctionOveruse reports an actor that has far more messages sent than others,
// and does not answer them.
//
// People who wait for a code ask for it twice or three times and then type it; a
// firm proves sixty telephones, and types sixty codes. Messages that are
// pumped to earn their fee are not read by anybody.
// Sources: OWASP API6:2023 and API4:2023.
var FunctionOveruse = registerBoth(Detector{
	Name:   "function_overuse",
	Title:  "One client has a costly function work far more than others do",
	Doc:    "Messages, codes or calls ordered far more often than peers order them, without the answers that people give to them.",
	Threat: "costly-function-abuse",
	Family: "sequence",
	Scopes: []event.Scope{event.IP, event.User, event.Key, event.Session},
	At:     OnTrade,
	Needs:  event.HasPath,
	Impact: Medium,
	Since:  "0.2",
}, overuseParams{Messages: 10}, judgeOveruse, tellOveruse, overuseCrowd)

type overuseParams struct {
	Messages int `doc:"messages that one person may have sent in a day without answering them"`
}

// unanswered is how messages are answered that nobody reads.
var unanswered = sketch.Beta{A: 19, B: 1}

func judgeOveruse(p *overuseParams, c *Case) (s Signal) {
	if c.Trade == nil || c.many() {
		return s
	}
	x := &c.Trade.Send
	if s = judgeTrials(p, c); s.LLR > 0 {
		return s
	}
	top, n := x.top()
	if int(n) < p.Messages || x.Good*2 < n {
		return s
	}
	end := c.View.Endpoint(top - 1)
	if end.Visitors < 8 {
		return s // nobody to compare with
	}
	sent, people := float64(n), float64(c.Record.Sharers())
	rest := float64(x.total()) - sent
	// What others have sent, this one not counted.
	usual := max(float64(end.Events)-sent, 0) / max(end.Visitors-1, 1)
	limit := float64(p.Messages)
	h0, known := sentUsually(c.View, top)
	if !known {
		limit = max(limit, 8*usual) // some talk all day
	}
	if over := (sent - 3*rest) / (limit * people); over > 1 {
		s.LLR = 4 + float64(1.5*math.Log(over))
	}
	if known && people > 1 && sent >= 20 {
		s.LLR = max(s.LLR, min(sendFactor(h0, sent, rest, people)-3, 6))
	}
	if s.LLR = clip(s.LLR); s.LLR <= 0 {
		return Signal{}
	}
	s.Target = top
	s.V = [8]float64{sent, rest, limit * people, usual, float64(x.numbers()), people}
	return s
}

// judgeTrials weighs free trials that are begun one after the other: as many as
// a class begins, by a program, or for nothing else.
func judgeTrials(p *overuseParams, c *Case) (s Signal) {
	j := &c.Trade.Join
	least := 2 * p.Messages // a class
	if int(j.Trials) < least || c.Profile == nil {
		return s
	}
	var f farm
	f.add(j.Trials, j, c.Profile)
	if s.LLR = clip(f.weight(least)); s.LLR <= 0 {
		return Signal{}
	}
	s.Test = 2
	s.V = [8]float64{float64(j.Trials), float64(j.Tools), float64(least), float64(c.Profile.Templates.Count()), float64(j.Latest - j.First)}
	return s
}

func tellTrials(s Signal) Evidence {
	return Evidence{
		Summary: fmt.Sprintf("%.0f free trials were begun within %.0f minutes, %.0f times by a program; all together used some %.0f endpoints.", s.V[0], math.Ceil(s.V[4]/60), s.V[1], s.V[3]),
		Facts: []Fact{
			{Name: "trials begun", Value: s.V[0], Unit: "trials", Limit: s.V[2], HasLimit: true},
			{Name: "sign-ups and trials by a program", Value: s.V[1], Unit: "trials"},
		},
		Counter: []string{"A class tries what is free from one address, too; it uses browsers, and looks around."},
	}
}

// sentUsually is the share that calls which send a message have of these and of
// those that follow up; known is false where too few follow up to tell.
func sentUsually(v *inventory.View, template uint32) (h0 sketch.Beta, known bool) {
	e := v.Endpoint(template - 1)
	if e.Follow < 0.25 || e.Visitors < 12 {
		return h0, false
	}
	// Three messages for each two that are followed up.
	return sketch.Beta{A: 2.4, B: 1.6}.WithMean(1 / (1 + e.Follow/1.5)), true
}

// sendFactor compares how few messages were followed up with how so many people
// follow up on theirs.
func sendFactor(h0 sketch.Beta, sent, rest, people float64) float64 {
	m := min(people, 32)
	return sketch.BayesFactor(unanswered, sketch.Beta{A: float64(h0.A * m), B: float64(h0.B * m)}, sent, sent+rest)
}

// overuseCrowd looks for those who share the work.
func overuseCrowd(p *overuseParams, c *Crowd) (l []Claim) {
	for _, address := range []bool{true, false} {
		var who []suspect
		for i := range c.Members {
			m := &c.Members[i]
			if m.Trade == nil || (m.Actor.Scope == event.IP) != address {
				continue
			}
			x := &m.Trade.Send
			top, n := x.top()
			if n < 3 {
				continue
			}
			h0, known := sentUsually(c.View, top)
			if !known {
				continue
			}
			who = append(who, suspect{m, sendFactor(h0, float64(n), float64(x.total()-n), float64(m.Record.Sharers())), x.total(), n, top})
		}
		x, ok := joint(c, who)
		if !ok {
			continue
		}
		x.Key = uint64(b2i(address))
		x.Title = fmt.Sprintf("%d clients together have messages sent that nobody answers", len(x.Members))
		x.Evidence = Evidence{
			Summary: fmt.Sprintf("%d actors had %d messages sent and followed up %d of them, where %.0f %% of those who have one sent follow up.", len(x.Members), x.hits, x.Events-int(x.hits), 100*c.View.Endpoint(x.Target-1).Follow),
			Facts: []Fact{
				{Name: "actors", Value: float64(len(x.Members)), Unit: "actors"},
				{Name: "messages sent", Value: float64(x.hits), Unit: "messages"},
				{Name: "calls that follow up on a message", Value: float64(x.Events) - float64(x.hits), Unit: "calls"},
			},
			Counter: []string{"People whose message does not come ask again and leave; how many do is what the group is compared with."},
		}
		l = append(l, x.Claim)
	}
	return l
}

// top is the template, plus one, that is called most, and how often.
func (x *Send) top() (template, n uint32) {
	for _, c := range x.Calls {
		if c.N > n {
			template, n = c.Template, c.N
		}
	}
	return template, n
}

func (x *Send) total() (n uint32) {
	for _, c := range x.Calls {
		n += c.N
	}
	return n + x.Other
}

func tellOveruse(p *overuseParams, c *Case, s Signal) Evidence {
	if s.Test == 2 {
		return tellTrials(s)
	}
	e := Evidence{
		Summary: fmt.Sprintf("Had %.0f messages sent and followed up %.0f of them; others have %.1f sent.", s.V[0], s.V[1], s.V[3]),
		Facts: []Fact{
			{Name: "messages sent", Value: s.V[0], Unit: "messages", Limit: round(s.V[2]), HasLimit: true, Peer: round(s.V[3]), HasPeer: true},
			{Name: "calls that follow up on a message", Value: s.V[1], Unit: "calls"},
		},
		Counter: []string{"Whoever waits for a code that does not come asks again, and in the end types one: three messages are allowed for each."},
	}
	if s.V[4] > 0 {
		e.Facts = append(e.Facts, Fact{Name: "different numbers, at least", Value: s.V[4], Unit: "numbers"})
	}
	if s.V[5] > 1 {
		e.Counter = append(e.Counter, fmt.Sprintf("About %.0f people share the address; so many would have typed some of their codes.", s.V[5]))
	}
	return e
}
