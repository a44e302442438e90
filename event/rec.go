package event

// Rec is what the shards see of one event: 64 bytes without a pointer, so that
// a hundred thousand of them cost the garbage collector nothing. Hashes are
// seeded with the install's key and mixed with their scope.
type Rec struct {
	Time      int64  // Unix nanoseconds on the stream's clock, which never runs back
	Client    uint64 // hash of the address, an IPv6 /64 counting as one; 0 none
	Principal uint64 // hash of user, else key, else session; 0 none
	Print     uint64 // hash of the TLS fingerprint, else of the user agent; 0 none
	ID        uint64 // the object touched: its number, or its hash
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
