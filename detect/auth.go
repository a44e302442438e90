package detect

import (
	"goshawk/event"
	"goshawk/sketch"
)

// Auth is kept of actors with three or more failed log-ins. For an account it
// counts those who try it, for all others the accounts they try.
type Auth struct {
	First, Last uint32 // Unix seconds, of attempts
	N, Fails    uint32
	OKs         uint32
	Tried       sketch.Distinct // accounts tried; of an account: clients
	Entered     sketch.Distinct // accounts entered
	Clients     sketch.Few      // addresses seen
	Nets        sketch.Few
	Prints      sketch.Few // fingerprints seen
	Hands       sketch.Few // accounts, each with each fingerprint
	Window      uint32     // start of the current ten minutes, Unix seconds
	WinFails    uint16     // failures in it
	WinPeak     uint16     // most failures in any ten minutes
	Streak      uint16     // failures since the last success
	Regular     uint16     // gaps within a tenth, or a second, of the one before
	Gaps        uint16     // gaps counted
	Gap         uint32     // last gap, seconds
	Round       uint16     // tries of accounts already tried a quarter of an hour or more after the first try
	Template    uint32
	Lines       Refs
}

// Observe counts a log-in attempt.
func (a *Auth) Observe(r *event.Rec, other uint32) {
	sec := uint32(r.Time / 1e9)
	if a.N == 0 {
		a.First, a.Window = sec, sec
	} else {
		gap := sec - a.Last
		slack := max(a.Gap/10, 1)
		if a.Gaps < 1<<15 {
			a.Gaps++
			if gap+slack >= a.Gap && gap <= a.Gap+slack {
				a.Regular++
			}
		}
		a.Gap = gap
	}
	a.N++
	a.Last, a.Template = sec, r.Template
	a.Clients.Add(r.Client)
	a.Nets.Add(uint64(r.Net) << 32)
	a.Prints.Add(r.Print)
	a.Hands.Add((uint64(other)<<32 ^ r.Print) * 0x9E3779B97F4A7C15)
	fresh := other != 0 && a.Tried.Add(other)
	if other != 0 && !fresh && sec-a.First >= 900 {
		a.Round = saturate(a.Round)
	}
	if sec-a.Window >= 600 {
		a.Window, a.WinFails = sec, 0
	}
	switch {
	case r.Class&event.Failed != 0:
		a.Fails++
		a.WinFails = saturate(a.WinFails)
		a.WinPeak = max(a.WinPeak, a.WinFails)
		a.Streak = saturate(a.Streak)
	case r.Class&event.Succeeded != 0:
		a.OKs++
		a.Streak = 0
		if other != 0 {
			a.Entered.Add(other)
		}
	}
}

// Metronome says whether one address's attempts come at one interval of five
// seconds or more, as a client's does that was never told of a new password.
func (a *Auth) Metronome() bool {
	mean := (a.Last - a.First) / max(a.N-1, 1)
	return a.Clients.Count() <= 1 && a.Gaps >= 6 && float64(a.Regular) >= 0.7*float64(a.Gaps) && mean >= 5
}

// People says whether the attempts look like those of people who share an
// address: several devices, and each account tried again and again from its own
// one. Whoever works through a list comes with one programme, or with a new
// disguise for each try.
func (a *Auth) People() bool {
	accounts := a.Tried.Count()
	return a.Prints.Count() >= 3 && accounts >= 3 && float64(a.N) >= 1.4*float64(accounts) && float64(a.Hands.Count()) <= 1.15*float64(min(accounts, 60))
}

// Odd says whether the attempts are worth a closer look: cheap, and true of
// all that a detector would report.
func (a *Auth) Odd() bool { return a.Fails >= 5 && a.Fails*2 > a.N }
