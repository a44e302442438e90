package detect

import "goshawk/event"

// Severity is impact, not probability.
type Severity uint8

// Severities: impact 1 to 4.
const (
	NoSeverity Severity = iota
	Low
	Medium
	High
	Critical
)

func (s Severity) String() string { return [...]string{"none", "low", "medium", "high", "critical"}[s] }

// Finding is a detector's claim about an actor. It is opened once per detector
// and actor, grows while the behaviour lasts, and closes after six quiet hours.
// Its strings are its own; times are Unix nanoseconds.
type Finding struct {
	ID           string // stable: the same log gives the same id
	Detector     string
	Threat       string
	Title        string
	Severity     Severity
	Score        float64 // probability that the actor abuses, all evidence fused, at its highest; 4 decimals
	LLR          float64 // the finding's own weight, natural log; 2 decimals
	Actor        event.Actor
	Members      []event.Actor // at most 10,000
	MembersTotal int
	Seen         []event.Actor // at most 8 identities of other scopes in the same events
	Weak         []event.Actor // fingerprints and networks of the events: two of them together name somebody
	Target       event.Actor   // zero if none
	FirstSeen    int64
	LastSeen     int64
	DetectedAt   int64 // when the score first crossed 0.8, or 0.5 if it never did
	Events       int
	Sufficed     int   // events when the detector first had something to say, 0 unknown
	SufficedAt   int64 // when that was
	Evidence     Evidence
	WouldNotFire []string
	Standards    Standards
	Advice       []string
	Impact       Severity // before the score lowers it
	Family       string
}

// Evidence is what a finding shows a reader who does not believe it.
type Evidence struct {
	Summary string
	Facts   []Fact
	Lines   []Line
	Counter []string // what speaks against it, and why that did not suffice
}

// Fact is one number against its limit and against what peers do.
type Fact struct {
	Name  string
	Value float64
	Unit  string
	Limit float64 // meaningful with HasLimit
	Peer  float64 // meaningful with HasPeer

	HasLimit, HasPeer bool
}

// Line is one line of a log, already masked: no secret is left in Text.
type Line struct {
	Source int // index into Input.Sources
	Line   int // 1-based
	Text   string
}

// Standards are the ids of the field's catalogues; empty where no honest id exists.
type Standards struct {
	OAT      []string // OWASP Automated Threats, v1.30: "OAT-008"
	OWASPAPI []string // OWASP API Security Top 10, 2023: "API2:2023"
	Attack   []string // MITRE ATT&CK, v19: "T1110.004"
	CWE      []string // "CWE-307"
}

// Confidence is the word for a score: watch from 0.5, likely from 0.8 (a
// claim), high from 0.95, certain from 0.99; below 0.5 it is empty.
func Confidence(score float64) string {
	switch {
	case score >= 0.99:
		return "certain"
	case score >= 0.95:
		return "high"
	case score >= 0.8:
		return "likely"
	case score >= 0.5:
		return "watch"
	}
	return ""
}
