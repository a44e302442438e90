package detect

import (
	"fmt"
	"math"
	"strings"

	"goshawk/event"
)

// MissingHeaders reports a client that is not what it says it is.
//
// A handshake is the programme's own, and what it says of itself is a line of
// text. Which handshakes belong to tools is learned from the tools that do not
// hide, and from handshakes that several browsers' engines seem to share. What
// else is missing (referer, whatever a page needs, a version of these years)
// speaks against a browser, but strict browsers and apps with a browser inside
// lack the same: it adds to other evidence and never convicts alone.
// Sources: Li et al., "Good Bot, Bad Bot" (IEEE S&P 2021); FoxIO, JA4.
var MissingHeaders = register(Detector{
	Name:  "missing_headers",
	Title: "A client is not the browser or app that it says it is",
	Doc: "Compares the TLS fingerprint with those of clients that say the same and with those of tools, and what a browser sends and fetches with what browsers do on the same endpoints. " +
		"Only a handshake that tools are seen to use, or one session under many browsers, is enough for a claim.",
	Threat: "client-impersonation",
	Family: "identity",
	Scopes: []event.Scope{event.IP, event.User, event.Session, event.Key},
	At:     OnProfile,
	Needs:  event.HasUserAgent,
	Impact: Low,
	Since:  "0.2",
}, guiseParams{Tools: 3, Cap: 4}, judgeGuise, tellGuise)

type guiseParams struct {
	Tools int     `doc:"addresses that must show a handshake as tools before it is a tool's"`
	Cap   float64 `doc:"the most that what is missing may weigh without a handshake"`
}

const (
	guiseTool    = iota // a handshake of tools
	guiseSeveral        // one of tools that several engines claim
	guiseTurns          // one session, many browsers
	guiseWeak           // what is missing
)

func judgeGuise(p *guiseParams, c *Case) (s Signal) {
	x := &c.Profile.Guise
	if x.Browsers < 8 && x.Makes&(1<<event.App|1<<event.OldWeb) == 0 {
		return s
	}
	for i := range x.Hands {
		h := &x.Hands[i]
		if int(h.N) < 8 || 2*int(h.N) < int(c.Profile.N) && h.N < 64 || !h.Maker.Engine() && h.Maker != event.OldWeb && h.Maker != event.App {
			continue
		}
		if t := handshake(p, c, h); t.LLR > s.LLR {
			s = t
		}
	}
	if c.Scope == event.Session && x.Turns >= 6 && c.Profile.Agents.Count() >= 4 {
		if l := min(5.5+float64(0.5*math.Log(float64(x.Turns)/6)), 7); l > s.LLR {
			s = Signal{LLR: l, Test: guiseTurns, V: [8]float64{float64(x.Turns), float64(c.Profile.Agents.Count())}}
		}
	}
	if s.LLR == 0 {
		s = bare(p, c)
	}
	return s
}

// handshake weighs what a handshake is against what its owner says it is.
func handshake(p *guiseParams, c *Case, h *hand) (s Signal) {
	v := &c.View.Clients
	row := v.Handshake(h.Print)
	tools, own := float64(row[event.Library]), float64(row[h.Maker])
	all, most := tools, 0.0
	for m := event.Chromium; m <= event.App; m++ {
		all += float64(row[m])
		if m.Engine() {
			most = max(most, float64(row[m]))
		}
	}
	engines := float64(row[event.Chromium] + row[event.Gecko] + row[event.WebKit])
	common := own / float64(max(v.Of(h.Maker), 1)) // share of those who say the same
	s.V = [8]float64{tools, own, 100 * tools / max(all, 1), 100 * common, float64(v.Of(h.Maker)), float64(h.N), engines}
	s.V[7] = float64(h.Maker)
	if h.Maker == event.OldWeb {
		common = 0 // they are few, and of many kinds
	}
	switch {
	case v.Of(h.Maker) < 20 && h.Maker != event.OldWeb || tools < 2:
		return Signal{}
	case tools >= 0.5*all && common < 0.2:
		s.LLR = 5
		if int(tools) >= p.Tools {
			s.LLR = 5.5 + float64(0.5*math.Log(tools/float64(max(p.Tools, 1))))
		}
	case int(tools) >= p.Tools && tools >= 0.05*all && most <= 0.9*engines && common < 0.2:
		s.LLR, s.Test = 5.5, guiseSeveral // an engine's handshake is its own
	case int(tools) >= 2*p.Tools && tools >= 0.15*all && common < 0.2:
		s.LLR = 4
	default:
		return Signal{}
	}
	s.LLR = clip(s.LLR)
	return s
}

// bare weighs what a browser should have sent and fetched, and did not.
func bare(p *guiseParams, c *Case) (s Signal) {
	x := &c.Profile.Guise
	if x.Browsers < 24 || c.Scope == event.Key {
		return s
	}
	asked, want, sent := 0.0, 0.0, 0.0
	for _, a := range x.Asks {
		if a.N == 0 {
			continue
		}
		if q, ok := c.View.Endpoint(uint32(a.Template) - 1).Manners(); ok && q >= 0.8 {
			asked, want, sent = asked+float64(a.N), want+float64(q*float64(a.N)), sent+float64(a.Sent)
		}
	}
	referer := 0.0
	if asked >= 16 && sent < 0.05*want {
		referer = min(max(-math.Log(1-want/asked)-1, 0), 2)
	}
	size := 0
	if x.Browsers >= 64 {
		size = 1
	}
	share, n := c.View.Clients.Bare(size)
	nothing := 0.0
	if c.Profile.Referred == 0 && c.Profile.Assets == 0 && n >= 20 {
		nothing = min(max(-math.Log(share)-2, 0), 2)
	}
	old := 0.0
	if 2*int(x.Stale) >= int(x.Browsers) {
		old = 1
	}
	if referer+nothing == 0 {
		return s
	}
	s.LLR, s.Test = min(referer+nothing+old, p.Cap), guiseWeak
	s.V = [8]float64{asked, sent, want, 100 * share, float64(n), float64(c.Profile.Assets), old, float64(x.Browsers)}
	return s
}

func tellGuise(p *guiseParams, c *Case, s Signal) Evidence {
	switch s.Test {
	case guiseTurns:
		return Evidence{
			Summary: fmt.Sprintf("One session changed %.0f times from one browser to another at one address, among about %.0f user agents.", s.V[0], s.V[1]),
			Facts:   []Fact{{Name: "changes of browser within one session", Value: s.V[0], Unit: "changes", Limit: 5, HasLimit: true}, {Name: "user agents", Value: s.V[1], Unit: "agents", Limit: 3, HasLimit: true}},
			Counter: []string{"A session's cookie lives in one browser, whose agent changes when it is updated: once in weeks."},
		}
	case guiseWeak:
		return Evidence{
			Summary: fmt.Sprintf("%.0f requests as a browser; on endpoints where browsers nearly always send a referer, %.0f of %.0f had one (%.0f expected), and %.0f assets were fetched.", s.V[7], s.V[1], s.V[0], s.V[2], s.V[5]),
			Facts: []Fact{
				{Name: "requests with a referer", Value: s.V[1], Unit: "requests", Peer: round(s.V[2]), HasPeer: true},
				{Name: "browsers like it that send and fetch as little", Value: round(s.V[3]), Unit: "%"},
			},
			Counter: []string{"Strict browsers, proxies that strip headers, and apps with a browser inside look the same: this is a hint, and never enough by itself."},
		}
	}
	maker := event.Maker(s.V[7]).String()
	e := Evidence{
		Summary: fmt.Sprintf("It says it is %s, but its TLS fingerprint is that of tools: %.0f addresses showed it as tools, and %.0f of %.0f that are %s.", maker, s.V[0], s.V[1], s.V[4], strings.TrimPrefix(maker, "a ")),
		Facts: []Fact{
			{Name: "addresses that showed this fingerprint as tools", Value: s.V[0], Unit: "addresses", Limit: float64(p.Tools), HasLimit: true},
			{Name: "share of tools among those who show it", Value: round(s.V[2]), Unit: "%"},
			{Name: "share of such clients that show it", Value: round(s.V[3]), Unit: "%"},
			{Name: "requests", Value: s.V[5], Unit: "requests"},
		},
		Counter: []string{"A firm's proxy or a virus scanner that opens TLS gives browsers its own handshake: then few tools show it, and from few addresses."},
	}
	if s.Test == guiseSeveral {
		e.Summary += " Several engines' browsers claim it, and an engine's handshake is its own."
	}
	return e
}
