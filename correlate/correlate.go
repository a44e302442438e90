// Package correlate joins findings into incidents: one story with its members,
// its stages in order and one probability.
package correlate

import (
	"goshawk/detect"
	"goshawk/event"
)

// Incident is findings joined into one story.
type Incident struct {
	ID           string
	Title        string
	Probability  float64
	Severity     detect.Severity
	Tags         []string // "attack", "abuse" or both
	FirstSeen    int64
	LastSeen     int64
	Stages       []Stage
	Members      []event.Actor
	MembersTotal int
	Findings     []string // ids, in the order of detection
	Blast        Blast
}

// Stage is a step of an incident: reconnaissance, access, enumeration,
// extraction or impact.
type Stage struct {
	Name    string
	At      int64
	Finding string
}

// Blast is the damage that the log shows. Objects and Bytes are filled in by
// the engine, which knows what each member got.
type Blast struct {
	Accounts int   // accounts entered
	Objects  int   // distinct objects returned
	Bytes    int64 // bytes sent in answer
}
