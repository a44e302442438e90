package detect

import "goshawk/event"

// CouponGuessing reports an actor that tries made-up coupons.
//
// It counts different codes that fail, not tries: a shared coupon that has run
// out fails for everybody, but it is one code. Source: OWASP OAT-002.
var CouponGuessing = registerBoth(Detector{
	Name:    "coupon_guessing",
	Title:   "One client guesses coupon codes",
	Doc:     "Many different coupon, voucher or promotion codes, nearly all of which fail, where other people's codes mostly work; where the log does not show codes, tries and their answers.",
	Threat:  "coupon-guessing",
	Family:  "enumeration",
	Scopes:  []event.Scope{event.IP, event.User, event.Key, event.Session},
	At:      OnTrade,
	Needs:   event.HasPath | event.HasStatus,
	Impact:  Medium,
	Succeed: High,
	Since:   "0.2",
}, codeParams{Tries: 10},
	func(p *codeParams, c *Case) Signal { return codeGuess(p, c, coupons) },
	func(p *codeParams, c *Case, s Signal) Evidence { return tellCodes(p, c, s, "coupons") },
	func(p *codeParams, c *Crowd) []Claim { return codeCrowd(p, c, coupons, "coupons") })
