package event

// Deed is what a call of a cloud provider's API is good for, to somebody who
// holds a stolen credential.
type Deed uint8

// Deeds. Most calls are none of them.
const (
	NoDeed Deed = iota
	WhoAmI      // asks whose credential this is
	Look        // reads what an account has and how it is guarded, rather than one thing's state
	Secret      // reads a secret
	Fetch       // reads data in bulk
	Copy        // copies data within the account, as backups do
	Share       // gives data to others, or copies it to where it can be taken
	Rise        // changes what people and keys may do
	Build       // gives a new machine or function rights, as deployments do
	Blind       // switches records and guards off
	Dim         // lessens what is recorded, as tidying up does too
	Watch       // switches them on
	Undo        // removes what was built
	Spend       // uses what costs: machines, mail, models
)

// Caller says as whom a cloud's API was called, and how.
type Caller uint16

// Callers.
const (
	AsRoot       Caller = 1 << iota // the account's owner
	AsUser                          // a user with credentials of its own
	AsRole                          // a session of a role
	AsMachine                       // a role's session that a machine or function holds
	AsStaff                         // a role's session that a person has by single sign-on
	AsService                       // the provider itself, or at its hands
	LongKey                         // an access key that does not expire
	WithMFA                         // a second factor was shown
	FromConsole                     // the provider's own web pages
	FromBuilder                     // infrastructure as code
	FromShell                       // the command line
	FromAttacker                    // a program for attacks, or a system made for them
	FromMac                         // a Mac
	WithoutMFA                      // no second factor was shown, and the log would tell
)
