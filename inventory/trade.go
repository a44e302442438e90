package inventory

import (
	"strings"

	"goshawk/event"
	"goshawk/sketch"
)

// TradeSums are the votes of addresses that try codes and put things aside: one
// each, so that a busy one weighs no more than others.
type TradeSums struct {
	Codes       [2][64]uint64 // first tries of coupons and gift cards, by kind of answer
	Held, Again uint64        // actors that put something aside; and did so again later, without buying
	Paid        uint64        // purchases
}

func (t *TradeSums) merge(o *TradeSums) {
	for i := range t.Codes {
		for k, n := range o.Codes[i] {
			t.Codes[i][k] += n
		}
	}
	t.Held += o.Held
	t.Again += o.Again
	t.Paid += o.Paid
}

// Trade is what is normal for those who trade.
type Trade struct {
	Codes [2]Codes
	Again sketch.Beta // share of those who put a thing aside that do so again without having bought
	Paid  uint64      // purchases that the log shows
}

// Codes is what people who type codes are told.
type Codes struct {
	N       uint64
	Answers [64]float64 // share of each kind of answer, see Refused
	Refused sketch.Beta
}

// Priors of people who trade: every third code is mistyped, expired or not
// theirs; every third thing put aside is put aside again.
var (
	PriorCode  = sketch.Beta{A: 1.2, B: 2.8}
	PriorAgain = sketch.Beta{A: 1.2, B: 2.8}
)

func (t *TradeSums) solve() (v Trade) {
	for i := range v.Codes {
		c, n := &v.Codes[i], uint64(0)
		for _, k := range t.Codes[i] {
			n += k
		}
		c.N = n
		for k, m := range t.Codes[i] {
			c.Answers[k] = float64(m) / float64(max(n, 1))
		}
		c.Refused = moved(PriorCode, t.Codes[i][0], n)
	}
	v.Again = moved(PriorAgain, t.Again, t.Held)
	v.Again = v.Again.WithMean(min(v.Again.Mean(), 1.5*PriorAgain.Mean())) // hoarders vote too
	v.Paid = t.Paid
	return v
}

// moved is a prior whose mean moves with what peers show, as fast as twenty
// votes outweigh it, within [½, 2] of it.
func moved(prior sketch.Beta, k, n uint64) sketch.Beta {
	m := prior.Mean()
	seen := float64(k) / float64(max(n, 1))
	w := float64(n) / float64(n+20)
	return prior.WithMean(min(max(float64(w*seen)+float64((1-w)*m), m/2), 2*m, 0.9))
}

// follow finds out, for endpoints that have messages sent, how many of those who
// call one go on to another beside it: /otp/send and /otp/send/check.
func follow(l []Endpoint, sums []TemplateSums) {
	for i := range l {
		if !sends(l, sums, i) {
			continue
		}
		for k := range l {
			if k != i && sends(l, sums, k) && beside(l[i].Name, l[k].Name) && l[i].Visitors >= 1 {
				l[i].Follow = max(l[i].Follow, min(l[k].Visitors/l[i].Visitors, 1))
			}
		}
	}
}

func sends(l []Endpoint, sums []TemplateSums, i int) bool {
	return i < len(sums) && sums[i].Traits&event.Message != 0 && strings.HasPrefix(l[i].Name, "POST ")
}

// beside says whether two paths lie in one folder, or one below the other.
func beside(a, b string) bool {
	return strings.HasPrefix(b, a) || strings.HasPrefix(a, b) || folder(a) == folder(b)
}

func folder(path string) string { return path[:strings.LastIndexAny(path, "/=")+1] }
