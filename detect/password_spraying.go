package detect

import (
	"fmt"

	"goshawk/event"
)

// PasswordSpraying reports a source that tries a few passwords on many
// accounts, in rounds, slowly enough that no account is locked.
//
// What tells it from stuffing in a log without passwords are the rounds: the
// same accounts come again a quarter of an hour or more after the first try.
// Source: MITRE ATT&CK T1110.003.
var PasswordSpraying = register(Detector{
	Name:    "password_spraying",
	Title:   "A few passwords tried on many accounts, in rounds",
	Doc:     "Many accounts from one source, each tried only a few times, nearly all refused, and tried again in later rounds.",
	Threat:  "password-spraying",
	Family:  "auth",
	Over:    "credential_stuffing",
	Scopes:  []event.Scope{event.IP, event.Net, event.Group, event.Key, event.Session},
	At:      OnLogin,
	Needs:   event.HasStatus | event.HasPath | event.HasAccount,
	Impact:  High,
	Succeed: Critical,
	Since:   "0.1",
}, sprayParams{Accounts: 10}, judgeSpray, tellSpray)

type sprayParams struct {
	Accounts int `doc:"distinct accounts tried before anything is said"`
}

// spraying says whether accounts come again in later rounds, a few times each.
func spraying(a *Auth) bool {
	tried := a.Tried.Count()
	return tried >= 10 && int(a.Round)*10 >= tried*9 && int(a.N) <= 10*tried
}

func judgeSpray(p *sprayParams, c *Case) (s Signal) {
	a := c.Auth
	if a == nil || c.alone() || c.Scope == event.Account || !spraying(a) {
		return s
	}
	tried, entered := a.Tried.Count(), a.Entered.Count()
	if tried < p.Accounts {
		return s
	}
	s.LLR = clip(refusals(c, max(tried-entered, 0), tried))
	if a.People() && (c.Scope == event.IP || c.Scope == event.Net) {
		s.LLR = min(s.LLR, 3)
	}
	if s.LLR <= 0 {
		return s
	}
	s.Success = a.OKs > 0
	s.Target = a.Template + 1
	s.V = [8]float64{float64(tried), float64(tried - entered), float64(a.OKs), float64(a.N) / float64(tried), float64(a.Clients.Count()), float64(a.Round)}
	return s
}

func tellSpray(p *sprayParams, c *Case, s Signal) Evidence {
	return Evidence{
		Summary: fmt.Sprintf("%.0f accounts tried %.1f times each, %.0f of them never entered; %.0f tries came back to an account in a later round.", s.V[0], s.V[3], s.V[1], s.V[5]),
		Facts: []Fact{
			{Name: "accounts tried", Value: s.V[0], Unit: "accounts", Limit: float64(p.Accounts), HasLimit: true},
			{Name: "share refused", Value: round(100 * s.V[1] / s.V[0]), Unit: "%", Peer: round(100 * c.View.Login.Mean()), HasPeer: true},
			{Name: "tries an account", Value: round(s.V[3]), Unit: "attempts"},
			{Name: "successes", Value: s.V[2], Unit: "log-ins"},
		},
	}
}
