package detect

import (
	"fmt"

	"goshawk/event"
	"goshawk/sketch"
)

// CredentialStuffing reports a source that fails to log in to many accounts.
//
// Where the log names the accounts it counts accounts that never let the source
// in, not failures: one person who forgets a password fails often on one
// account; an office on Monday fails on many and then gets into each; a leaked
// list fails once on many. Source: OWASP OAT-008; Javed and Paxson, CCS 2013.
var CredentialStuffing = register(Detector{
	Name:    "credential_stuffing",
	Title:   "One source fails to log in to many accounts",
	Doc:     "Compares, with a Bayes factor, the share of accounts (where logged; else of attempts) that refuse a source with the share that refuses its peers. Success after failures names the accounts lost.",
	Threat:  "credential-stuffing",
	Family:  "auth",
	Scopes:  []event.Scope{event.IP, event.Net, event.Group, event.Key, event.Session},
	At:      OnLogin,
	Needs:   event.HasStatus | event.HasPath,
	Impact:  High,
	Succeed: Critical,
	Since:   "0.1",
}, stuffingParams{Accounts: 5, Attempts: 10}, judgeStuffing, tellStuffing)

type stuffingParams struct {
	Accounts int `doc:"distinct accounts tried before anything is said"`
	Attempts int `doc:"attempts before anything is said where the log names no accounts"`
}

// What a guilty source looks like: nearly all fail, or most do because it logs
// in to accounts of its own in between.
var (
	nearlyAll = sketch.Beta{A: 97, B: 3}
	most      = sketch.Beta{A: 6, B: 1.5}
)

// refusals weighs k failures in n against peers. Whoever got in before the
// first failure is at home there and counts too.
func refusals(c *Case, k, n int) float64 {
	before := max(int(c.Record.Logins)-int(c.Auth.OKs), 0)
	x, y := float64(k), float64(n+before)
	if !c.Outcomes {
		return 0
	}
	return max(sketch.BayesFactor(nearlyAll, c.View.Login, x, y), sketch.BayesFactor(most, c.View.Login, x, y)) - 0.7 - 3
}

func judgeStuffing(p *stuffingParams, c *Case) (s Signal) {
	a := c.Auth
	if a == nil || c.alone() || c.Scope == event.Account || spraying(a) {
		return s
	}
	many := c.many()
	tried, entered := a.Tried.Count(), a.Entered.Count()
	n, k := tried, max(tried-entered, 0)
	if tried == 0 {
		if n, k = int(a.N), int(a.Fails); n < p.Attempts || c.Scope != event.IP && n < 2*p.Attempts || many && a.Clients.Count() < 5 || a.Metronome() || guessing(c) || a.OKs == 0 && lonely(c) && n < 3*p.Attempts {
			return s
		}
		s.Test = 1
	} else if n < p.Accounts || many && int(a.N) >= 8*tried {
		return s // clients of one kind, each stuck on its own old password
	}
	if s.LLR = clip(refusals(c, k, n)); many {
		s.LLR -= 0.5 // its members may have nothing to do with each other
	}
	if a.People() && (c.Scope == event.IP || c.Scope == event.Net) {
		s.LLR = min(s.LLR, 3)
	}
	if s.LLR <= 0 {
		return s
	}
	s.Success = a.OKs > 0
	s.Target = a.Template + 1
	s.V = [8]float64{float64(n), float64(k), float64(a.OKs), float64(a.Clients.Count()), float64(a.N), float64(a.Fails)}
	return s
}

// guessing says whether one address's attempts, without the accounts, look like
// guesses at one: fast, and over once one was right. A list goes on after a
// success.
func guessing(c *Case) bool {
	return lonely(c) && c.Auth.WinPeak >= 10 && (c.Auth.OKs == 0 || c.Auth.Streak < 10)
}

// lonely says whether only one address stands behind the actor.
func lonely(c *Case) bool { return c.Auth.Clients.Count() <= 1 }

// clip bounds what one detector may say.
func clip(llr float64) float64 { return min(max(llr, -3), 9) }

func tellStuffing(p *stuffingParams, c *Case, s Signal) Evidence {
	what := "accounts"
	if s.Test == 1 {
		what = "attempts"
	}
	e := Evidence{
		Summary: fmt.Sprintf("%.0f of %.0f %s refused (%.0f %%), where peers are refused %.0f %%; %.0f attempts succeeded.",
			s.V[1], s.V[0], what, 100*s.V[1]/s.V[0], 100*c.View.Login.Mean(), s.V[2]),
		Facts: []Fact{
			{Name: what + " tried", Value: s.V[0], Unit: what, Limit: float64(p.Accounts), HasLimit: s.Test == 0},
			{Name: "share refused", Value: round(100 * s.V[1] / s.V[0]), Unit: "%", Peer: round(100 * c.View.Login.Mean()), HasPeer: true},
			{Name: "successes", Value: s.V[2], Unit: "log-ins"},
			{Name: "addresses", Value: s.V[3], Unit: "addresses"},
		},
	}
	if s.Test == 1 {
		e.Counter = append(e.Counter, "The log names no accounts, so attempts were counted; one account tried often would look the same.")
	}
	if s.Success {
		e.Counter = append(e.Counter, fmt.Sprintf("%.0f log-ins from it succeeded: its own, or accounts that are lost.", s.V[2]))
	}
	return e
}
