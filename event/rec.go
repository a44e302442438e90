package event

// Rec is what the shards see of one event: 152 bytes without a pointer, so that
// a hundred thousand of them cost the garbage collector nothing. Hashes are
// seeded with the install's key and mixed with their scope; 0 is none. The first
// half is what nearly every detector reads.
type Rec struct {
	Time      int64  // Unix nanoseconds on the stream's clock, which never runs back
	Client    uint64 // hash of the address, an IPv6 /64 counting as one; 0 none
	Principal uint64 // hash of user, else key, else session; 0 none
	Print     uint64 // hash of the TLS fingerprint, else of the user agent; 0 none
	ID        uint64 // the object touched: its number, or its hash; where no object is named, a hash of path and query
	Template  uint32 // index in the template table
	Bytes     uint32 // sent to the client, saturating
	Account   uint32 // hash of the account aimed at; 0 none
	Net       uint32 // hash of the /24 or /48; 0 none
	Status    uint16
	Class     Class
	Kind      IDKind
	Owner     Ownership
	Who       Scope // scope of Principal
	Mark      uint8 // MarkXxx bits

	Traits    Traits
	Duration  uint32  // microseconds, saturating; 0 unknown
	BytesIn   uint32  // of the request, saturating; 0 unknown
	Key       uint32  // hash of the API key
	Session   uint32  // hash of the session
	Forwarded uint32  // hash of the leftmost X-Forwarded-For, where there is one
	Spelling  uint32  // hash of the path as written, where that is not its plain form
	Params    uint32  // hash of the set of the query's parameter names
	Page      uint32  // page, offset or cursor asked for, plus one
	ASN       uint32  // autonomous system of the client; 0 unknown
	Device    uint32  // hash of the user agent without its numbers, so that an update changes nothing, and of the TLS fingerprint; 0 none
	Lat, Lon  int16   // of the client in hundredths of a degree; both 0 unknown
	Country   [2]byte // ISO 3166-1 of the client; 0 unknown
	Size      uint16  // size of page asked for, or number of selections of a GraphQL query, saturating; 0 none
	Verb      Verb    // the method
	Deed      Deed    // of a call of a cloud's API: what it is good for
	Caller    Caller  // likewise: as whom, and how
	Service   uint8   // likewise: hash of the service
	Nth       uint8   // likewise: number of the call among those that are good for the same
	Role      uint16  // likewise: hash of the role that its principal shares with others; 0 none
	Ploy      Ploy    // what a payload tries
	Path      uint32  // hash of the path with its ids folded; of a payload, its own; 0 none
	Asked     uint16  // hash of the query; 0 none
	Stem      uint16  // of a sign-up: hash of how the new account's name begins; RandomName for letters and digits at random; 0 unknown
	Domain    uint16  // of a sign-up: hash of the new account's mail domain; 0 none
	Holder    uint32  // who owns the object, with OwnerOther
	Code      uint32  // hash of the code, number or thing that a trade names: a coupon, a card, an invitation, a seat; 0 none to be seen
}

// RandomName is the stem of a name in which letters and digits alternate, as no
// person's does.
const RandomName = 1

// Verb is a request's method.
type Verb uint8

// Methods.
const (
	OtherVerb Verb = iota
	Get
	Head
	Post
	Put
	Patch
	Delete
	OptionsVerb
)

// Traits are facts about an event that are decided once, where the line is
// read: most of them once a shape of path.
type Traits uint64

// Traits of an endpoint, by the words of its path.
const (
	Sensitive Traits = 1 << iota // a path that only those who look for a hole ask for: /.env, /.git, a backup, a shell
	Admin                        // administration
	Coupon                       // redeems or checks a coupon or promotion code
	GiftCard                     // redeems or checks a gift card
	Referral                     // invites, or credits an invitation
	Cart                         // puts into a cart, reserves or holds stock
	Checkout                     // orders or pays
	Message                      // sends a message that costs: SMS, mail, a call, a code
	Export                       // exports, reports, downloads
	Search                       // searches
	GraphQL                      // a GraphQL endpoint
	Contact                      // changes an account's address, password, second factor or payee
	Reset                        // asks for, or does, a reset of a password
	OAuth                        // authorisation codes and tokens
	WordPress                    // a path of WordPress's own
	WPUsers                      // lists WordPress's users
	XMLRPC                       // WordPress's XML-RPC
	WebPage                      // a page for a browser, rather than a call of an API
	Health                       // health checks, icons, robots.txt, .well-known
	Hold                         // what keeps hold of an account, or cashes it in: mail, telephone, password, second factor, keys, payee, address, cards
	Pay                          // pays, or places the order: the end of a purchase
	Trial                        // begins a free trial
	Inside                       // what developers and operators keep for themselves: debug, config, logs, documents of the API
	Callback                     // where another site sends those back who sign in with their account there
	Robots                       // robots.txt and site maps: what is there for crawlers
	WPPart                       // a file of a plugin or theme that tells whether it is there, and which version
)

// Traits of one event.
const (
	Payload       Traits = 1 << (32 + iota) // its text looks like an attack on the server: see package enrich
	Referred                                // it has a referer
	Bogon                                   // the leftmost X-Forwarded-For is no address of the internet
	Browser                                 // the user agent says that it is a browser
	Declared                                // the user agent says whom to ask about it: a web or mail address
	AnyLibrary                              // the user agent is that of a library that anybody may use, and names no product
	Mismatch                                // what it says it is and what it does (handshake, headers) disagree
	Cloud                                   // a call of a cloud provider's own API
	Introspection                           // asks a GraphQL schema for itself
	OddVerb                                 // a method that APIs do not use: TRACE, CONNECT, PROPFIND, an invented one
	Crawler                                 // its address is one that the operator of a crawler publishes
	// From bit 48 on: see Say.
)

// Ploy is what a payload would make the server do.
type Ploy uint8

// Ploys.
const (
	NoPloy    Ploy = iota
	SQL            // run a query of the attacker's
	Script         // show a script to others
	Traversal      // open a file outside of its folder
	Inward         // ask an address of its own network
	Lookup         // fetch code through Log4j's lookups
	Template       // evaluate an expression
	Command        // run a command
)

func (p Ploy) String() string {
	return [...]string{"none", "SQL injection", "cross-site scripting", "path traversal", "server-side request forgery", "JNDI lookup", "template injection", "command injection"}[p]
}

// Ownership tells whose object a record touches, as far as the stream has shown.
type Ownership uint8

// Ownership of an object.
const (
	OwnerUnknown Ownership = iota
	OwnerFirst             // nobody touched it before
	OwnerSelf              // only this principal did
	OwnerOther             // one other principal owns it
	OwnerShared            // many principals touch it
)

// Marks of a record.
const (
	MarkTool     uint8 = 1 << iota // the user agent is a library or a tool, not a browser or an app
	MarkOutage                     // nobody could log in just then
	MarkOutcomes                   // its source had shown enough successes for shares to mean something
	MarkAllowed                    // the allow list names its actor: it is judged apart, and counts for nobody else
	MarkNoTime                     // time was taken from the previous event
	MarkErrorLog                   // told by an error log: an access log may tell of it too
)
