package inventory

import (
	"goshawk/event"
	"goshawk/sketch"
)

// paramKinds is how many sets of parameters' names an endpoint tells apart.
const paramKinds = 32

// FormSums are an endpoint's integer sums of how it is asked, and by whom.
type FormSums struct {
	Users   sketch.Few         // who succeeded: principals, else addresses
	Params  [paramKinds]uint32 // successes, by the hash of their parameters' names
	Ploys   uint64             // requests with a payload
	Ployers sketch.Few         // addresses that sent one, and were answered with success
	Lengths sketch.Coarse      // sizes of requests that succeeded
}

// Form counts an event.
func (t *FormSums) Form(r *event.Rec) {
	ok := r.Status/100 == 2 || r.Status/100 == 3
	if ok {
		who := r.Principal
		if who == 0 {
			who = r.Client
		}
		t.Users.Add(who)
		t.Params[r.Params>>27]++
		if r.BytesIn > 0 {
			t.Lengths.Add(r.BytesIn)
		}
	}
	if r.Ploy != event.NoPloy {
		t.Ploys++
		if ok {
			t.Ployers.Add(r.Client)
		}
	}
}

func (t *FormSums) merge(o *FormSums) {
	t.Users |= o.Users
	t.Ployers |= o.Ployers
	t.Ploys += o.Ploys
	for i, n := range o.Params {
		t.Params[i] += n
	}
	t.Lengths.Merge(&o.Lengths)
}

// Form is how an endpoint is asked, and by whom.
type Form struct {
	Users    int // principals, else addresses, that succeeded, up to some sixty
	Ploys    uint64
	Ployers  int
	SentHigh float64 // 99.9 % quantile of requests' sizes; 0 where not logged
	params   [paramKinds]uint32
	asked    uint64 // total of params
}

func (t *FormSums) solve() Form {
	f := Form{Users: t.Users.Count(), Ploys: t.Ploys, Ployers: t.Ployers.Count(), SentHigh: t.Lengths.Quantile(0.999), params: t.Params}
	for _, n := range t.Params {
		f.asked += uint64(n)
	}
	return f
}

// ParamShare is the share of an endpoint's successes that had such parameters,
// at most: names are told apart by a few bits of their hash.
func (f *Form) ParamShare(params uint32) float64 {
	return float64(f.params[params>>27]) / float64(max(f.asked, 1))
}

// Speaks says whether an endpoint's own language looks like payloads: a tenth of
// what it is sent does, many send it, and are answered.
func (e *Endpoint) Speaks() bool {
	return e.Ployers >= 12 && e.Ploys*10 >= e.Events
}
