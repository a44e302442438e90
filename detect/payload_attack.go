package detect

import (
	"fmt"
	"math"
	"math/bits"
	"strings"

	"goshawk/event"
)

// PayloadAttack reports an actor whose requests carry attacks on the server:
// injection, traversal, requests that the server is to make itself.
//
// What is an attack in a line is decided where the line is read; here it is
// counted, for one odd line is a typing error, a quotation, or a name.
// Source: OWASP API8:2023, API7:2023, CWE-89, CWE-79, CWE-22, CWE-918.
var PayloadAttack = register(Detector{
	Name:    "payload_attack",
	Title:   "Sends attacks in paths and parameters",
	Doc:     "Counts requests whose path, query, referer or user agent hold SQL or script injection, traversal, commands, templates or addresses of the server's own network, decoded at most twice.",
	Threat:  "payload-attacks",
	Family:  "probing",
	Scopes:  []event.Scope{event.IP, event.User, event.Key, event.Session},
	At:      OnProbe,
	Needs:   event.HasPath,
	Impact:  Medium,
	Succeed: High,
	Since:   "0.2",
}, payloadParams{Requests: 3}, judgePayload, tellPayload)

type payloadParams struct {
	Requests int `doc:"requests with an attack before anything is said"`
}

func judgePayload(p *payloadParams, c *Case) (s Signal) {
	w := &c.Probe.Wander
	if int(w.Payloads) < p.Requests {
		return s
	}
	n := float64(w.Payloads)
	s.LLR = 3.5 + float64(1.5*math.Log(n/float64(p.Requests)))
	if kinds := bits.OnesCount16(w.Ploys); kinds > 1 {
		s.LLR += min(float64(kinds-1), 2) // nobody writes SQL, scripts and paths by accident
	}
	share := n / float64(max(c.Profile.N, 1))
	if share < 0.02 {
		s.LLR -= 2 // somebody who pastes code, or a name with an apostrophe
	}
	s.LLR = clip(s.LLR)
	s.V = [8]float64{n, float64(c.Profile.N), 100 * share, float64(w.Targets.Count())}
	return s
}

func tellPayload(p *payloadParams, c *Case, s Signal) Evidence {
	return Evidence{
		Summary: fmt.Sprintf("%.0f of %.0f requests (%.0f %%) carry an attack on the server, against %.0f endpoints: %s.", s.V[0], s.V[1], s.V[2], s.V[3], ploys(c.Probe.Wander.Ploys)),
		Facts: []Fact{
			{Name: "requests with an attack", Value: s.V[0], Unit: "requests", Limit: float64(p.Requests), HasLimit: true},
			{Name: "share of its requests", Value: round(s.V[2]), Unit: "%"},
			{Name: "endpoints attacked", Value: s.V[3], Unit: "endpoints"},
		},
		Counter: []string{"Searches may hold quotation marks and code; each counted request reads as an attack as a whole, and there are several."},
	}
}

// ploys names what is tried.
func ploys(mask uint16) string {
	var l []string
	for p := event.SQL; p <= event.Command; p++ {
		if mask>>p&1 != 0 {
			l = append(l, p.String())
		}
	}
	return strings.Join(l, ", ")
}
