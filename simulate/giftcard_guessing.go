package simulate

// GiftcardGuessing asks for the balance of card numbers that it generates, and
// spends what it finds.
// Sources: OWASP OAT-001 and OAT-002; reports on GiftGhostBot, 2017.
var GiftcardGuessing = register(Kind{
	Name:   "giftcard_guessing",
	Title:  "The balance of generated gift card numbers",
	Attack: true,
	Shapes: []string{"shop", "site"},
	start:  func(c *cast) { startCodes(c, &c.api.card, "cards") },
})
