package enrich

import (
	"cmp"
	"strings"

	"github.com/zeebo/xxh3"

	"goshawk/event"
)

// words are segments of paths, and parts of them between dashes and
// underscores, and what they say of an endpoint.
var words = map[string]event.Traits{
	"coupon": event.Coupon, "coupons": event.Coupon, "promo": event.Coupon, "promos": event.Coupon, "promotion": event.Coupon, "promotions": event.Coupon, "promocode": event.Coupon, "promocodes": event.Coupon,
	"voucher": event.Coupon, "vouchers": event.Coupon, "redeem": event.Coupon, "redemption": event.Coupon, "redemptions": event.Coupon, "discount": event.Coupon, "discounts": event.Coupon, "discountcode": event.Coupon, "couponcode": event.Coupon, "vouchercode": event.Coupon, "rebate": event.Coupon,
	"giftcard": event.GiftCard, "giftcards": event.GiftCard, "giftcert": event.GiftCard, "giftcertificate": event.GiftCard, "giftcertificates": event.GiftCard, "giftvoucher": event.GiftCard, "gift": event.GiftCard, "gifts": event.GiftCard, "storedvalue": event.GiftCard, "prepaid": event.GiftCard, "card": event.GiftCard, "cards": event.GiftCard | event.Hold,
	"referral": event.Referral, "referrals": event.Referral, "refer": event.Referral, "invite": event.Referral, "invites": event.Referral, "invitation": event.Referral, "invitations": event.Referral, "affiliate": event.Referral, "referrer": event.Referral,
	"cart": event.Cart, "carts": event.Cart, "basket": event.Cart, "baskets": event.Cart, "bag": event.Cart, "trolley": event.Cart, "reserve": event.Cart, "reservation": event.Cart, "reservations": event.Cart, "hold": event.Cart, "holds": event.Cart, "seats": event.Cart,
	"checkout": event.Checkout, "checkouts": event.Checkout, "pay": event.Checkout | event.Pay, "payment": event.Checkout | event.Pay, "payments": event.Checkout | event.Pay, "purchase": event.Checkout | event.Pay, "purchases": event.Checkout | event.Pay, "charge": event.Checkout | event.Pay, "charges": event.Checkout | event.Pay, "buy": event.Checkout | event.Pay,
	"order": event.Pay, "orders": event.Pay, "confirm": event.Pay, "complete": event.Pay, "finalize": event.Pay, "place": event.Pay,
	"trial": event.Trial, "trials": event.Trial, "freetrial": event.Trial, "workspaces": event.Trial,
	"sms": event.Message, "otp": event.Message | event.Hold, "mfa": event.Message | event.Hold, "2fa": event.Message | event.Hold, "verify": event.Message, "verification": event.Message, "messages": event.Message, "message": event.Message, "send": event.Message, "resend": event.Message, "notify": event.Message, "call": event.Message, "calls": event.Message, "mail": event.Message | event.Hold, "email": event.Message | event.Hold, "passcode": event.Message, "phone": event.Message | event.Hold,
	"export": event.Export, "exports": event.Export, "download": event.Export, "report": event.Export, "reports": event.Export, "dump": event.Export, "bulk": event.Export,
	"search": event.Search, "find": event.Search, "suggest": event.Search, "autocomplete": event.Search, "query": event.Search,
	"graphql": event.GraphQL, "graphiql": event.GraphQL, "gql": event.GraphQL,
	"admin": event.Admin, "administrator": event.Admin, "wp-admin": event.Admin, "manage": event.Admin, "management": event.Admin, "console": event.Admin, "internal": event.Admin, "backoffice": event.Admin, "superuser": event.Admin, "impersonate": event.Admin, "role": event.Admin, "roles": event.Admin, "privileges": event.Admin, "staff": event.Admin,
	"password": event.Contact | event.Hold, "payee": event.Contact | event.Hold, "payout": event.Contact | event.Hold, "withdraw": event.Contact | event.Hold, "withdrawal": event.Contact | event.Hold, "beneficiary": event.Contact | event.Hold, "address": event.Contact | event.Hold, "addresses": event.Contact | event.Hold, "profile": event.Contact | event.Hold, "credentials": event.Contact | event.Hold,
	"emails": event.Hold, "phones": event.Hold, "mobile": event.Hold, "totp": event.Hold, "recovery": event.Hold, "passwd": event.Hold, "keys": event.Hold, "apikey": event.Hold, "apikeys": event.Hold, "webhooks": event.Hold, "billing": event.Hold, "bank": event.Hold, "iban": event.Hold, "transfer": event.Hold, "transfers": event.Hold,
	"callback": event.Callback, "oauth2callback": event.Callback, "oauth_callback": event.Callback,
	"oauth": event.OAuth, "oauth2": event.OAuth, "authorize": event.OAuth, "oidc": event.OAuth,
	"wp-login.php": event.WordPress, "wp-json": event.WordPress, "wp-content": event.WordPress, "wp-includes": event.WordPress, "wp-cron.php": event.WordPress,
	"xmlrpc.php": event.WordPress | event.XMLRPC,
	"health":     event.Health, "healthz": event.Health, "ready": event.Health, "readyz": event.Health, "livez": event.Health, "ping": event.Health, "status": event.Health, "metrics": event.Health, "favicon.ico": event.Health, "robots.txt": event.Health | event.Robots, ".well-known": event.Health, "sitemap.xml": event.Health | event.Robots,
}

// traitsOf says what the words of a shape's path tell of its endpoint.
func traitsOf(path string, r role) (t event.Traits) {
	path, query, _ := strings.Cut(path, "?")
	path = strings.ToLower(path)
	last := strings.TrimSuffix(path, "/")
	deep := strings.Count(last, "/") > 2
	last = last[strings.LastIndexByte(last, '/')+1:]
	for seg := range strings.SplitSeq(path, "/") {
		if seg == "" || seg[0] == '{' {
			continue
		}
		w, known := words[seg]
		left := w
		if inside[seg] {
			left |= event.Inside
		}
		if !known {
			left = leftBehind(seg)
		}
		if deep && seg != last {
			left &^= event.Inside // a folder's old name among many
		}
		if t |= left; known {
			continue
		}
		for part := range strings.FieldsFuncSeq(seg, func(c rune) bool { return c == '-' || c == '_' || c == '.' || c == ':' }) {
			t |= words[part]
		}
	}
	if fn, ok := strings.CutPrefix(query, ajax+"="); ok {
		fn, _, _ = strings.Cut(fn, "&")
		for part := range strings.FieldsFuncSeq(fn, func(c rune) bool { return c == '-' || c == '_' }) {
			t |= words[part]
		}
		if fn == "checkout" {
			t |= event.Pay
		}
	}
	if t&event.GiftCard != 0 {
		t &^= event.Coupon // redeeming a gift card
	}
	switch r {
	case reset:
		t |= event.Reset
		t &^= event.Contact
	case login, wpLogin, xmlrpc, register, refresh, logout:
		t &^= event.Contact | event.Message | event.Hold
	}
	if strings.Contains(query, "rest_route=") {
		t |= event.WordPress
	}
	return t | wordPress(path, query)
}

// wordPress says what a path asks of a WordPress: who writes there, in each of
// the ways in which it tells, or whether a plugin or a theme is there.
// Sources: developer.wordpress.org/rest-api/reference/users; WPScan's documentation.
func wordPress(path, query string) (t event.Traits) {
	low := strings.ToLower(path)
	switch {
	case (low == "/" || low == "/index.php") && (strings.HasPrefix(query, "author=") || strings.Contains(query, "&author=")),
		strings.Contains(low, "wp-json/wp/v2/users") && !strings.HasSuffix(low, "/users/me"),
		strings.Contains(query, "rest_route=/wp/v2/users"):
		t |= event.WPUsers | event.WordPress
	}
	_, part, ok := strings.Cut(low, "/wp-content/plugins/")
	if !ok {
		_, part, ok = strings.Cut(low, "/wp-content/themes/")
	}
	if _, file, deep := strings.Cut(part, "/"); ok && (!deep || file == "" || strings.HasPrefix(file, "readme.") || strings.HasPrefix(file, "changelog.")) {
		t |= event.WPPart
	}
	return t
}

// verbs by name.
func verbOf(m string) event.Verb {
	switch m {
	case "GET":
		return event.Get
	case "HEAD":
		return event.Head
	case "POST":
		return event.Post
	case "PUT":
		return event.Put
	case "PATCH":
		return event.Patch
	case "DELETE":
		return event.Delete
	case "OPTIONS":
		return event.OptionsVerb
	}
	return event.OtherVerb
}

// more fills the second half of r.
func (n *Enricher) more(e *event.Event, sh *Shape, r *event.Rec) {
	r.Traits, r.Verb = sh.traits, verbOf(e.Method)
	if e.Referer != "" {
		r.Traits |= event.Referred
	}
	if r.Verb == event.OtherVerb && e.Method != "" && r.Traits&event.Cloud == 0 && e.Method != "API" {
		r.Traits |= event.OddVerb
	}
	if r.Traits&event.GraphQL != 0 && strings.Contains(e.Query, "__schema") {
		r.Traits |= event.Introspection
	}
	r.Path = sh.path
	n.payload(e, sh, r)
	if e.Duration > 0 {
		r.Duration = uint32(min(max(e.Duration/1000, 1), 1<<32-1))
	}
	if e.BytesIn > 0 {
		r.BytesIn = uint32(min(e.BytesIn, 1<<32-1))
	}
	if e.Key != "" {
		r.Key = uint32(n.hash(event.Key, e.Key)>>1) | 1
	}
	if e.Session != "" {
		r.Session = uint32(n.hash(event.Session, e.Session)>>1) | 1
	}
	if e.Forwarded != "" {
		first, _, _ := strings.Cut(e.Forwarded, ",")
		first = strings.TrimSpace(first)
		r.Forwarded = n.forwarded(first)
		if bogon(first) {
			r.Traits |= event.Bogon
		}
	}
	if n.shapes.odd {
		r.Spelling = n.manner(e.Path)
	}
	if e.Query != "" && !sh.asset {
		n.paging(e.Query, r)
		r.Asked = uint16(n.asked(e.Query)>>1) | 1
	}
	if r.Traits&event.GraphQL != 0 {
		r.Size = selections(e.Query)
	}
	if len(e.IDs) == 0 {
		r.ID = n.hash(event.NoScope, e.Path)
		if e.Query != "" {
			r.ID = mix(r.ID ^ n.hash(event.Endpoint, e.Query))
		}
	}
	if e.Class&event.Register != 0 {
		n.newName(cmp.Or(e.Account, e.User), r)
	}
	if r.Traits&trades != 0 || r.Class&event.Register != 0 {
		n.code(e, r)
	}
}

// trades are the traits of what names a code, a card, a number or a thing.
const trades = event.Coupon | event.GiftCard | event.Referral | event.Cart | event.Message

// code finds what a trade is about: what follows the trade's word in the path,
// unless that is a word of the API's own (/coupons/validate), else the values of
// the query, else the object's id.
func (n *Enricher) code(e *event.Event, r *event.Rec) {
	traded := false
	for seg := range strings.SplitSeq(e.Path, "/") {
		if traded && seg != "" && !ownWord(seg) {
			r.Code = uint32(n.hash(event.NoScope, seg)>>1) | 1
			return
		}
		traded = words[seg]&trades != 0 || strings.ContainsAny(seg, "-_") && partOf(seg)&trades != 0
	}
	for kv := range strings.SplitSeq(e.Query, "&") {
		name, value, _ := strings.Cut(kv, "=")
		if value == "" || name == ajax || name == restRoute || name == "action" || strings.HasPrefix(name, "utm_") || len(name) > 1 && (name[0] == '_' || strings.HasSuffix(name, "nonce")) {
			continue
		}
		if r.Class&event.Register != 0 && !invites(strings.ToLower(name)) {
			continue
		}
		r.Code = uint32(n.hash(event.NoScope, value)>>1) | 1
		return
	}
	if r.Class&event.Register != 0 {
		return
	}
	if k := len(e.IDs); k > 0 {
		r.Code = uint32(n.hash(event.NoScope, e.IDs[k-1].Value)>>1) | 1
	}
}

// invites says whether a parameter of a registration names who invited: ref,
// referral_code, invitedBy.
func invites(name string) bool {
	switch name {
	case "code", "via", "r", "rc":
		return true
	}
	return strings.HasPrefix(name, "ref") || strings.Contains(name, "referr") || strings.Contains(name, "invit") || strings.HasPrefix(name, "aff") || strings.HasPrefix(name, "sponsor")
}

// partOf is what the parts of a segment say: "gift-cards".
func partOf(seg string) (t event.Traits) {
	for part := range strings.FieldsFuncSeq(seg, func(c rune) bool { return c == '-' || c == '_' }) {
		t |= words[part]
	}
	return t
}

// newName hashes what accounts made by one programme have in common: how their
// names begin, up to eight letters, and the domain of their mail.
func (n *Enricher) newName(name string, r *event.Rec) {
	local, domain, _ := strings.Cut(name, "@")
	if local == "" {
		return
	}
	if domain != "" {
		r.Domain = uint16(n.hash(event.NoScope, strings.ToLower(domain))>>1) | 1
	}
	stem, digits, turns := 0, 0, 0
	for i := range len(local) {
		d := local[i]-'0' <= 9
		if d {
			digits++
		} else if stem == i && i < 8 {
			stem++
		}
		if i > 0 && d != (local[i-1]-'0' <= 9) {
			turns++
		}
	}
	if r.Stem = uint16(n.hash(event.NoScope, strings.ToLower(local[:stem]))>>1) | 2; turns >= 3 && !strings.ContainsAny(local, ".-_+") || digits == 0 && vowels(local)*5 < len(local) {
		r.Stem = event.RandomName
	}
}

func vowels(s string) (n int) {
	for i := range len(s) {
		switch s[i] | 0x20 {
		case 'a', 'e', 'i', 'o', 'u', 'y':
			n++
		}
	}
	return n
}

// paging reads the parameters that walk through a collection, and hashes the
// set of all names.
func (n *Enricher) paging(q string, r *event.Rec) {
	for q != "" {
		kv, rest, _ := strings.Cut(q, "&")
		q = rest
		name, value, _ := strings.Cut(kv, "=")
		r.Params ^= uint32(mix(n.seed^uint64(len(name))^hashName(name))) | 1
		switch name {
		case "page", "p", "pg", "paged", "page_no", "pageNumber", "page_number", "offset", "start", "skip", "from", "searchCriteria[currentPage]", "page[number]", "page[offset]":
			r.Page = min(small(value), 1<<32-2) + 1
		case "cursor", "after", "next", "continuation", "page_token", "pageToken", "starting_after":
			r.Page = uint32(n.hash(event.NoScope, value)>>1) | 1<<31
		case "limit", "size", "per_page", "perPage", "page_size", "pageSize", "count", "rows", "top", "$top", "first", "searchCriteria[pageSize]", "page[size]":
			r.Size = uint16(min(small(value), 1<<16-1))
		}
	}
}

// asked hashes what a query asks, whenever that is: who polls for what is new
// since a moment asks the same thing each time.
func (n *Enricher) asked(q string) uint64 {
	if digitsIn(q) < 8 {
		return n.hash(event.NoScope, q)
	}
	b := n.question[:0]
	for kv := range strings.SplitSeq(q, "&") {
		name, value, _ := strings.Cut(kv, "=")
		b = append(append(b, name...), '=')
		if isMoment(value) {
			value = ""
		}
		b = append(append(b, value...), '&')
	}
	n.question = b
	return xxh3.HashSeed(b, n.seed+uint64(event.NoScope)) | 1
}

func digitsIn(s string) (n int) {
	for i := range len(s) {
		if s[i]-'0' < 10 {
			n++
		}
	}
	return n
}

// isMoment says whether a value is a time: seconds or milliseconds of our days, or
// a date with or without one.
func isMoment(s string) bool {
	switch n := digitsIn(s); {
	case n == len(s):
		return (n == 10 || n == 13) && (s[0] == '1' || s[0] == '2') || n == 8 && (s[:2] == "20" || s[:2] == "19")
	case n < 8:
		return false
	}
	if len(s) < 10 || digitsIn(s[:4]) != 4 || s[4] != '-' || s[7] != '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c-'0' >= 10 && !strings.ContainsRune("-:.TZ+% AF", rune(c)) {
			return false
		}
	}
	return true
}

// selections counts the braces and aliases of a GraphQL query in a URL: how deep
// it goes and how often it repeats itself.
func selections(q string) (n uint16) {
	for i := range len(q) {
		brace := q[i] == '{' || q[i] == ':' || q[i] == '%' && i+2 < len(q) && (q[i+1] == '7' && q[i+2]|0x20 == 'b' || q[i+1] == '3' && q[i+2]|0x20 == 'a')
		if brace && n < 1<<16-1 {
			n++
		}
	}
	return n
}

func hashName(s string) (h uint64) {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return h
}

// small reads up to nine digits.
func small(s string) (n uint32) {
	if len(s) == 0 || len(s) > 9 {
		return 0
	}
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return 0
		}
		n = n*10 + uint32(s[i]-'0')
	}
	return n
}
