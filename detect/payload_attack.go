package detect

import (
	"fmt"
	"math/bits"
	"strings"

	"goshawk/event"
)

// PayloadAttack reports an actor whose requests hold text that a careless
// server would execute.
//
// It counts different texts: one search for a strange word may be asked again
// on every page. Sources: OWASP WSTG-INPV; libinjection.
var PayloadAttack = register(Detector{
	Name:    "payload_attack",
	Title:   "Injection, traversal and requests to the inside",
	Doc:     "Counts the different texts in an actor's paths, queries, referers and user agents that would break out of a query, a page, a folder, a template or a command. Endpoints whose own language looks like that are held to more.",
	Threat:  "payload-attacks",
	Family:  "probing",
	Scopes:  []event.Scope{event.IP, event.User, event.Key, event.Session},
	At:      OnProbe,
	Needs:   event.HasPath,
	Impact:  High,
	Succeed: High,
	Since:   "0.2",
}, payloadParams{Payloads: 4}, judgePayload, tellPayload)

type payloadParams struct {
	Payloads int `doc:"different payloads before an actor is claimed"`
}

func judgePayload(p *payloadParams, c *Case) (s Signal) {
	x := c.Probe
	if x.Payloads == 0 {
		return s
	}
	texts, ploys := float64(x.Payloads.Count()), bits.OnesCount8(x.Ploys)
	s.LLR = min(1.5+float64((texts-1)*4/float64(max(p.Payloads-1, 1))), 5.5+float64(0.4*max(texts-float64(p.Payloads), 0)))
	if ploys >= 2 && texts >= 3 {
		s.LLR += 0.7
	}
	e := c.View.Endpoint(max(x.Aim, 1) - 1)
	if x.Aim > 0 && e.Speaks() {
		s.LLR = min(s.LLR, 3) // this endpoint's own language
	}
	slow := x.PayloadSlow >= 2 && e.DurationHigh > 0 && e.DurationHigh*3 < slowPayload
	if slow {
		s.LLR += 1
	}
	asked := float64(c.Profile.N)
	if c.Scope == event.IP && c.Record.Sharers() >= 2 && float64(x.PayloadN)*20 < asked {
		s.LLR -= 3 // one of several behind the address
	}
	s.LLR = min(s.LLR, 9)
	s.Success, s.Target = slow || x.PayloadFail >= 2, x.Aim
	s.V = [8]float64{texts, float64(ploys), float64(x.PayloadN), asked, float64(x.PayloadGood), float64(x.PayloadFail), float64(x.PayloadSlow), float64(x.Ploys)}
	return s
}

func tellPayload(p *payloadParams, c *Case, s Signal) Evidence {
	var kinds []string
	for i := range event.Command {
		if uint8(s.V[7])>>i&1 != 0 {
			kinds = append(kinds, (i + 1).String())
		}
	}
	e := Evidence{
		Summary: fmt.Sprintf("%.0f of %.0f requests held %.0f different payloads: %s.", s.V[2], s.V[3], s.V[0], strings.Join(kinds, ", ")),
		Facts: []Fact{
			{Name: "different payloads", Value: s.V[0], Unit: "texts", Limit: float64(p.Payloads), HasLimit: true},
			{Name: "kinds of payload", Value: s.V[1], Unit: "kinds"},
			{Name: "payloads answered with success", Value: s.V[4], Unit: "requests"},
			{Name: "payloads answered with 5xx", Value: s.V[5], Unit: "requests"},
		},
		Counter: []string{"Code and names with apostrophes that people search for break out of nothing and are not counted.",
			"A scan that the owner ordered looks the same: name its addresses in the allow list."},
	}
	if s.V[6] > 0 {
		e.Facts = append(e.Facts, Fact{Name: "payloads answered after 2 s or more", Value: s.V[6], Unit: "requests"})
	}
	return e
}
