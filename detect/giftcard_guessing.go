package detect

import "goshawk/event"

// GiftcardGuessing reports an actor that asks for the balance of made-up gift
// card numbers, or tries to pay with them. Sources: OWASP OAT-001 and OAT-002.
var GiftcardGuessing = registerBoth(Detector{
	Name:    "giftcard_guessing",
	Title:   "One client guesses gift card numbers",
	Doc:     "Many different card numbers, nearly all of which fail, where other people's mostly work; where the log does not show numbers, tries and their answers.",
	Threat:  "gift-card-guessing",
	Family:  "enumeration",
	Scopes:  []event.Scope{event.IP, event.User, event.Key, event.Session},
	At:      OnTrade,
	Needs:   event.HasPath | event.HasStatus,
	Impact:  Medium,
	Succeed: High,
	Since:   "0.2",
}, codeParams{Tries: 10},
	func(p *codeParams, c *Case) Signal { return codeGuess(p, c, giftcards) },
	func(p *codeParams, c *Case, s Signal) Evidence { return tellCodes(p, c, s, "card numbers") },
	func(p *codeParams, c *Crowd) []Claim { return codeCrowd(p, c, giftcards, "gift card numbers") })
