package detect

import (
	"goshawk/event"
	"goshawk/inventory"
)

// Trade is kept of actors that do what has a price: coupons, gift cards, invitations, stock, messages.
type Trade struct {
	First, Last uint32 // Unix seconds
	N           uint32 // events that are counted here
	Lines       Refs
}

// Trades says whether an event is counted here.
func Trades(r *event.Rec) bool {
	return r.Traits&(event.Coupon|event.GiftCard|event.Referral|event.Cart|event.Checkout|event.Message|event.Contact) != 0 || r.Class&event.Register != 0
}

// Observe counts an event and casts the actor's votes.
func (x *Trade) Observe(p *Profile, r *event.Rec, s *inventory.Sums) {
	sec := uint32(r.Time / 1e9)
	if x.N == 0 {
		x.First = sec
	}
	x.N++
	x.Last = sec
}

// Odd says whether it is worth a closer look: cheap, and true of all that a
// detector would report.
func (x *Trade) Odd() bool { return x.N >= 3 }
