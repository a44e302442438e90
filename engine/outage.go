package engine

import "goshawk/event"

// outage knows when nobody at all can log in: the identity provider is down, or
// everybody's password was reset. An attack, however large, does not keep the
// others out, so failures in an outage are nobody's fault.
//
// Two clocks tell one: time without a success, where the log is of log-ins
// only; else the successes that are missing for as much other traffic, which a
// few lucky guesses in the middle do not make up for (a one-sided CUSUM).
type outage struct {
	gap    int64   // mean nanoseconds between successes
	per    float64 // mean other events between successes
	last   int64   // last success
	others int     // other events since then
	wins   int     // successes so far

	missing float64 // successes overdue for the other traffic, at most twice drought
	since   int64   // when missing last left 0
	begun   int64   // the outage that is on, 0 none

	failed [16]uint64 // addresses that failed since, the latest of each
	n      int
	past   []interval // outages that are over, the latest maxOutages
	first  interval   // from the first failure to the first success, if it may be one
}

type interval struct{ from, to int64 }

const (
	maxOutages  = 64
	drought     = 6 // mean gaps without a success, or successes missing, that make an outage
	minDrought  = 6 // if as many addresses have failed meanwhile
	learnedFrom = 8 // successes
	repaid      = 2 // missing successes that one success makes up for
)

// other counts an event that is no log-in.
func (o *outage) other(r *event.Rec) {
	o.others++
	if o.wins < learnedFrom || o.per == 0 {
		return
	}
	if o.missing == 0 {
		o.since, o.n = r.Time, 0
	}
	o.missing = min(o.missing+1/o.per, 2*drought)
}

// fails counts a log-in attempt and says whether it failed in an outage.
func (o *outage) fails(r *event.Rec) bool {
	switch {
	case r.Class&event.Succeeded != 0:
		o.succeeds(r.Time)
		return false
	case r.Class&event.Failed == 0:
		return false
	}
	if o.wins == 0 && o.n == 0 {
		o.first = interval{r.Time, r.Time}
	}
	if o.n < len(o.failed) {
		seen := false
		for _, c := range o.failed[:o.n] {
			seen = seen || c == r.Client
		}
		if !seen {
			o.failed[o.n] = r.Client
			o.n++
		}
	}
	return o.on(r.Time)
}

func (o *outage) succeeds(now int64) {
	o.on(now)
	if o.wins == 0 && o.n >= minDrought {
		o.first.to = now
	}
	if o.wins == learnedFrom && o.first.to-o.first.from > drought*o.gap {
		o.end(o.first)
	}
	if o.wins++; o.wins > 1 {
		gap, others := now-o.last, float64(o.others)
		if o.wins > learnedFrom { // one drought does not make the next one normal
			gap, others = min(gap, 4*o.gap), min(others, 4*o.per)
		}
		o.gap += (gap - o.gap) / int64(min(o.wins-1, 32))
		o.per += (others - o.per) / float64(min(o.wins-1, 32))
	}
	o.last, o.others = now, 0
	if o.missing = max(o.missing-repaid, 0); o.missing >= drought {
		return // a lucky guess; the others still wait
	}
	if o.begun != 0 {
		o.end(interval{o.begun, now})
		o.begun = 0
	}
	if o.missing == 0 {
		o.n = 0
	}
}

func (o *outage) end(i interval) {
	if len(o.past) == maxOutages {
		o.past = o.past[1:]
	}
	o.past = append(o.past, i)
}

func (o *outage) on(now int64) bool {
	if o.wins < learnedFrom || o.n < minDrought || now-o.last <= drought*o.gap && o.missing < drought {
		return false
	}
	if o.begun == 0 {
		o.begun = o.last
		if o.missing > 0 {
			o.begun = min(o.begun, o.since)
		}
	}
	return true
}

// covers says whether from and to lie in an outage, as known by now: from the
// last success before it to the first one after it.
func (o *outage) covers(from, to int64) bool {
	for _, p := range o.past {
		if from >= p.from && to <= p.to {
			return true
		}
	}
	return o.begun != 0 && from >= o.begun
}
