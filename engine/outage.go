package engine

import "goshawk/event"

// outage knows when nobody at all can log in: the identity provider is down, or
// everybody's password was reset. An attack, however large, does not keep the
// others out, so failures in an outage are nobody's fault.
type outage struct {
	gap    int64      // mean nanoseconds between successes
	last   int64      // last success
	wins   int        // successes so far
	failed [16]uint64 // addresses that failed since, the latest of each
	n      int
	past   []interval // outages that are over, the latest maxOutages
	first  interval   // from the first failure to the first success, if it may be one
}

type interval struct{ from, to int64 }

// maxOutages bounds what is remembered of outages.
const maxOutages = 64

// drought is how many mean gaps without a success make an outage, if as many
// addresses as minDrought have failed meanwhile.
const drought, minDrought, learnedFrom = 6, 6, 8

// fails counts a log-in attempt and says whether it failed in an outage.
func (o *outage) fails(r *event.Rec) bool {
	switch {
	case r.Class&event.Succeeded != 0:
		if o.on(r.Time) {
			if len(o.past) == maxOutages {
				o.past = o.past[1:]
			}
			o.past = append(o.past, interval{o.last, r.Time})
		}
		if o.wins == 0 && o.n >= minDrought {
			o.first.to = r.Time
		}
		if o.wins == learnedFrom && o.first.to-o.first.from > drought*o.gap {
			o.past = append(o.past, o.first)
		}
		if o.wins++; o.wins > 1 {
			gap := r.Time - o.last
			if o.wins > learnedFrom {
				gap = min(gap, 4*o.gap) // one drought does not make the next one normal
			}
			o.gap += (gap - o.gap) / int64(min(o.wins-1, 32))
		}
		o.last, o.n = r.Time, 0
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

func (o *outage) on(now int64) bool {
	return o.wins >= learnedFrom && o.n >= minDrought && now-o.last > drought*o.gap
}

// covers says whether from and to lie in an outage, as known by now: from the
// last success before it to the first one after it.
func (o *outage) covers(from, to int64) bool {
	for _, p := range o.past {
		if from >= p.from && to <= p.to {
			return true
		}
	}
	return o.on(to) && from >= o.last
}
