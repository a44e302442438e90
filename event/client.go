package event

// Maker is the kind of client that a user agent says it is: browsers by their
// engine, since an engine's handshake is its own.
type Maker uint8

// Makers.
const (
	NoMaker  Maker = iota
	Chromium       // Chrome, Edge, Opera, Samsung Internet, and apps with its engine inside
	Gecko          // Firefox
	WebKit         // Safari, and every browser on an iPhone
	OldWeb         // other and older browsers
	App            // an app of a telephone, by its own name
	Library        // a library or a tool
	Robot          // a robot that says it is one
	OtherMaker
	Makers
)

// Engine says whether m is a browser of today.
func (m Maker) Engine() bool { return m >= Chromium && m <= WebKit }

func (m Maker) String() string {
	return [...]string{"", "a Chromium browser", "Firefox", "Safari", "an older browser", "an app", "a library or a tool", "a robot", "something else"}[m]
}

// Looks are facts about a client's looks.
type Looks uint8

// Looks. The lowest five bits tell user agents apart where prints are
// handshakes.
const (
	AgentBits  Looks = 1<<5 - 1
	Stale      Looks = 1 << 5 // the browser that it says it is was out of date by years
	Impossible Looks = 1 << 6 // no browser ever called itself so
	Handshake  Looks = 1 << 7 // Print is a TLS fingerprint's
)

// Say notes what a record's user agent says it is, and facts about that, in
// bits of Traits that no trait has.
func (r *Rec) Say(m Maker, l Looks) { r.Traits |= Traits(m)<<48 | Traits(l)<<56 }

// Maker is what the record's user agent says it is.
func (r *Rec) Maker() Maker { return Maker(r.Traits >> 48 & 15) }

// Looks are facts about that.
func (r *Rec) Looks() Looks { return Looks(r.Traits >> 56) }
