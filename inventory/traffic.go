package inventory

import (
	"goshawk/event"
	"goshawk/sketch"
)

// TrafficSums are an endpoint's integer sums of what is asked and answered.
type TrafficSums struct {
	Good, Moved, Denied, Missing, Faulty, Failing, Throttled uint64 // 2xx, 3xx, 401 and 403, 404 and 410, other 4xx, 5xx, 429
	Anonymous, Open                                          uint64 // asked as nobody; of them answered with 2xx
	Tools, Referred, Browsers                                uint64 // by programs; with a referer; by browsers
	Bytes, Duration                                          sketch.Coarse
	Visitors                                                 sketch.Visitors // addresses
	First                                                    int64           // Unix nanoseconds of its first event; 0 none
	Traits                                                   event.Traits    // what its path says
}

// Count adds an event.
func (t *TrafficSums) Count(r *event.Rec) {
	switch {
	case r.Status == 429:
		t.Throttled++
	case r.Status/100 == 2:
		t.Good++
		if r.Principal == 0 {
			t.Open++
		}
		t.Bytes.Add(r.Bytes)
		if r.Duration > 0 {
			t.Duration.Add(r.Duration)
		}
	case r.Status/100 == 3:
		t.Moved++
	case r.Status == 401 || r.Status == 403:
		t.Denied++
	case r.Status == 404 || r.Status == 410:
		t.Missing++
	case r.Status/100 == 4:
		t.Faulty++
	case r.Status/100 == 5:
		t.Failing++
	}
	if r.Principal == 0 {
		t.Anonymous++
	}
	if r.Mark&event.MarkTool != 0 {
		t.Tools++
	}
	if r.Traits&event.Referred != 0 {
		t.Referred++
	}
	if r.Traits&event.Browser != 0 {
		t.Browsers++
	}
	t.Visitors.Add(r.Client)
	t.Traits |= r.Traits & (1<<32 - 1)
	if t.First == 0 || r.Time < t.First {
		t.First = r.Time
	}
}

func (t *TrafficSums) merge(o *TrafficSums) {
	t.Good += o.Good
	t.Moved += o.Moved
	t.Denied += o.Denied
	t.Missing += o.Missing
	t.Faulty += o.Faulty
	t.Failing += o.Failing
	t.Throttled += o.Throttled
	t.Anonymous += o.Anonymous
	t.Open += o.Open
	t.Tools += o.Tools
	t.Referred += o.Referred
	t.Browsers += o.Browsers
	t.Bytes.Merge(&o.Bytes)
	t.Duration.Merge(&o.Duration)
	t.Visitors.Merge(&o.Visitors)
	t.Traits |= o.Traits
	if o.First != 0 && (t.First == 0 || o.First < t.First) {
		t.First = o.First
	}
}

// Traffic is what is asked of an endpoint and answered by it.
type Traffic struct {
	Good, Moved, Denied, Missing, Faulty, Failing, Throttled uint64
	Anonymous, Open, Tools, Referred, Browsers               uint64
	Bytes, BytesHigh                                         float64 // median and 99 % quantile of successes
	Duration, DurationHigh                                   float64 // likewise, in microseconds; 0 where not logged
	Visitors                                                 float64 // addresses
	First                                                    int64
	Traits                                                   event.Traits // of the path; those of single events if any had them
}

func (t *TrafficSums) solve() Traffic {
	return Traffic{
		Good: t.Good, Moved: t.Moved, Denied: t.Denied, Missing: t.Missing, Faulty: t.Faulty, Failing: t.Failing, Throttled: t.Throttled,
		Anonymous: t.Anonymous, Open: t.Open, Tools: t.Tools, Referred: t.Referred, Browsers: t.Browsers,
		Bytes: t.Bytes.Quantile(0.5), BytesHigh: t.Bytes.Quantile(0.99),
		Duration: t.Duration.Quantile(0.5), DurationHigh: t.Duration.Quantile(0.99),
		Visitors: t.Visitors.Count(), First: t.First, Traits: t.Traits,
	}
}

// Carry notes which fields an event carries.
func (s *Sums) Carry(r *event.Rec) {
	f := event.Fields(0)
	if r.Duration > 0 {
		f |= event.HasDuration
	}
	if r.Traits&event.Referred != 0 {
		f |= event.HasReferer
	}
	if r.Print != 0 {
		f |= event.HasUserAgent
	}
	if r.Bytes > 0 {
		f |= event.HasBytes
	}
	if r.BytesIn > 0 {
		f |= event.HasBytesIn
	}
	if r.Key != 0 {
		f |= event.HasKey
	}
	if r.Session != 0 {
		f |= event.HasSession
	}
	if r.Who == event.User {
		f |= event.HasUser
	}
	if r.Looks()&event.Handshake != 0 {
		f |= event.HasTLS
	}
	if r.Forwarded != 0 {
		f |= event.HasForwarded
	}
	s.Carries |= f
}
