package detect

import (
	"fmt"
	"math"
	"math/bits"
	"time"

	"goshawk/event"
)

// LimitPacing reports a client that asks for ever new things at one even rate,
// hour after hour.
//
// Nobody reads so: people come in sittings, and even independent requests vary
// from window to window as chance has it. Something keeps this client just below
// a limit. One that asks for the same few things is a poller, as every app is;
// programs that use a key are left alone, since they are told to limit
// themselves. Source: OWASP API4:2023.
var LimitPacing = register(Detector{
	Name:   "limit_pacing",
	Title:  "Asks at one even rate for hours, as if to stay below a limit",
	Doc:    "Compares how much an actor's requests vary between windows of five minutes with what chance alone would make them vary, for actors that read ever new things.",
	Threat: "limit-pacing",
	Family: "rate",
	Scopes: []event.Scope{event.IP, event.User, event.Session, event.Key},
	At:     OnProfile,
	Needs:  event.HasTime,
	Impact: Medium,
	Since:  "0.2",
}, pacingParams{Windows: 9, Things: 40}, judgePacing, tellPacing)

type pacingParams struct {
	Limit   int `doc:"documented requests a minute of one client; 0 unknown"`
	Windows int `doc:"windows of five minutes in a row that must be even"`
	Things  int `doc:"different things read below which it is a poller"`
}

// evenness weighs a run of windows: how much better a pacer explains counts that
// vary so little than independent requests do. It is the log ratio of two
// gamma densities of the counts' dispersion.
func evenness(e evenRun) float64 {
	d := max(e.Dispersion(), 0.05)
	if d >= 1 || e.N < 2 {
		return 0
	}
	return float64(float64(e.N-1)/2) * (math.Log(1/d) + d - 1)
}

func judgePacing(p *pacingParams, c *Case) (s Signal) {
	x := c.Profile
	e := x.Pressure.Best
	if int(e.N) < p.Windows || e.Sum < 3*uint32(e.N) || c.crowded() || x.Walk.Reads*2 < x.N || c.Scope == event.Key && (c.scripted() || x.Clients.Count() > 2) {
		return s
	}
	things := x.Walk.Things()
	if things < p.Things || things*8 < int(x.Walk.Reads) && things < 1000 {
		return s
	}
	w := evenness(e) - 3
	if w <= 0 {
		return s
	}
	s.LLR = min(w, 5.5) + float64(0.5*max(math.Log(float64(e.N)/24), 0))
	if share := c.View.Reach[4].Beyond(c.kind(), 1, uint32(e.N)); share > 0.002 && c.View.Reach[4].Total(c.kind()) >= 500 {
		s.LLR -= math.Log(share / 0.002) // others here are as even
	}
	rate, limit := float64(e.Sum)/float64(e.N)/(window/60), p.limit(c)
	switch {
	case limit > 0 && rate >= 0.8*limit && rate <= limit:
		s.LLR += 1.5
	case x.Throttled > 0 && x.Throttled*20 < x.N:
		s.LLR += 0.5 // it has met the limit, and stays below it
	}
	if s.LLR = clip(min(s.LLR, trust(c))); s.LLR <= worthLittle {
		return Signal{}
	}
	s.Target = x.Walk.Main
	s.V = [8]float64{rate, float64(e.N), e.Dispersion(), float64(things), float64(x.Walk.Reads), float64(bits.OnesCount32(x.Walk.Hours))}
	return s
}

// limit is the documented requests a minute of one client, by the configuration
// or of what the actor asks most; 0 unknown.
func (p *pacingParams) limit(c *Case) float64 {
	if l := c.documented(c.Profile.Walk.Main); p.Limit == 0 && l.Requests > 0 {
		return l.Requests * 60 / l.Seconds
	}
	return float64(p.Limit)
}

// scripted says whether an actor's requests come from a tool or a library.
func (c *Case) scripted() bool {
	x := c.Profile
	return c.Record.Flags&Tool != 0 || uint32(x.Walk.Library)*2 > min(x.N, 1<<15)
}

// worthLittle is what a trusted actor's volume weighs: too little to be kept.
const worthLittle = 2

// kind is the actor's kind of those that vote.
func (c *Case) kind() int {
	if c.Scope == event.Key {
		return 2
	}
	return int(c.Record.Flags & Tool)
}

// trust is the most that evidence of volume may weigh against an actor: little
// against a programme that has an account, a name of its own or, as far as the
// log shows, may have one, for copying is what such are for. Only a library
// that reads what people with browsers read has no such excuse.
func trust(c *Case) float64 {
	x := c.Profile
	switch {
	case polite(x):
		return 1
	case !c.scripted():
		return 7
	case uint32(x.Walk.Library)*10 < min(x.N, 1<<15)*9:
		return 2
	case c.Scope == event.IP && c.View.Carries&(event.HasUser|event.HasKey|event.HasSession) != 0 && 10*x.Anonymous >= 9*x.N:
		return 7 // others say who they are
	case !forPeople(c):
		return 2
	}
	return 4
}

// forPeople says whether nearly all others who ask for what the actor reads most
// are browsers.
func forPeople(c *Case) bool {
	w := &c.Profile.Walk
	if w.Main == 0 {
		return false
	}
	e := c.View.Endpoint(w.Main - 1)
	others := float64(e.Events) - float64(w.Reads)
	return others >= 100 && float64(e.Tools)-float64(w.Reads) < 0.2*others
}

// polite says whether an actor says whom to ask about it, in nearly all of its
// requests, as crawlers do that have nothing to hide.
func polite(x *Profile) bool { return uint32(x.Walk.Declared)*10 >= min(x.N, 1<<15)*9 }

func tellPacing(p *pacingParams, c *Case, s Signal) Evidence {
	lasts := time.Duration(s.V[1]) * window * time.Second
	e := Evidence{
		Summary: fmt.Sprintf("%.1f requests a minute for %s without a break, varying %.0f times less than chance would make them; %.0f different things.", s.V[0], lasts, 1/max(s.V[2], 0.01), s.V[3]),
		Facts: []Fact{
			{Name: "rate", Value: round(s.V[0]), Unit: "requests/min", Limit: round(p.limit(c)), HasLimit: p.limit(c) > 0},
			{Name: "windows in a row", Value: s.V[1], Unit: "windows", Limit: float64(p.Windows), HasLimit: true},
			{Name: "variance over mean", Value: round(s.V[2]), Peer: 1, HasPeer: true},
			{Name: "different things read", Value: s.V[3], Unit: "things", Limit: float64(p.Things), HasLimit: true},
		},
		Counter: []string{"Pollers, dashboards and monitors are as even, but ask for the same few things."},
	}
	if c.scripted() {
		e.Counter = append(e.Counter, "It is a program: a partner's limiter looks the same.")
	}
	return e
}
