package engine

import (
	"goshawk/correlate"
	"goshawk/detect"
	"goshawk/event"
)

// Verdict of a whole input: the first that holds of abuse, suspicious,
// insufficient and clean.
type Verdict string

// Verdicts.
const (
	Abuse        Verdict = "abuse"        // an actor at 0.8 or more
	Suspicious   Verdict = "suspicious"   // an actor at 0.5 or more
	Insufficient Verdict = "insufficient" // a known signature, no event understood, or more than half of the lines unparsed
	Clean        Verdict = "clean"
)

// Result is everything one run found. It owns all of its memory. Times are
// Unix nanoseconds, 0 for none. Its JSON form is the contract
// goshawk.report/1, see report.JSON.
type Result struct {
	Verdict    Verdict
	Summary    string // one or two sentences for a person
	Input      Input
	Incidents  []correlate.Incident
	Findings   []detect.Finding // by (detected_at, source, line)
	Actors     []ActorScore     // by score descending, then scope and value
	Signatures []Signature
	Detectors  []DetectorRun
	Allowed    []Allowed
	Posture    []Posture
	Described  *Described // nil where nobody has described the API
}

// Input says what was read and what was not.
type Input struct {
	Sources  []SourceStat
	Lines    int64
	Events   int64
	Unparsed int64
	Bytes    int64   // after decompression
	Seconds  float64 // wall time; set by the caller, the engine has no clock
	Late     int64   // events that were behind their source's clock
	Skewed   int64   // events whose clock had jumped ahead and was not believed
	Evicted  int64   // records forgotten to stay within the memory budget
	Repeated int64   // lines of error logs that tell of a request counted already
	Samples  []Sample
	Notes    []string // what a reader must know: a zone assumed, a proxy suspected
}

// SourceStat is one source.
type SourceStat struct {
	Name     string
	Format   string // the format most of its lines are in
	Lines    int64
	Events   int64
	Unparsed int64
	First    int64
	Last     int64
	Error    string // why reading stopped early
}

// Sample is a line that was not understood, masked.
type Sample struct {
	Source int
	Line   int
	Reason string
	Text   string
}

// ActorScore is the fused judgement on one actor.
type ActorScore struct {
	Actor    event.Actor
	Score    float64
	Severity detect.Severity
	Findings []string
}

// Weighed is the evidence on one actor, or on a group's members.
type Weighed struct {
	Actor     event.Actor
	Members   []event.Actor
	Score     float64 // the highest fused value reached
	Detectors []string
	LLR       []float64 // the most that each of them gave
}

// Signature is a single line that is known to accompany a threat. It proves
// nothing alone: Note says what to look for next.
type Signature struct {
	Name   string
	Threat string
	Source int
	Line   int
	Text   string
	Note   string
	Client string // the address in the line
}

// DetectorRun says whether a detector could run on this input.
type DetectorRun struct {
	Name             string
	Ran              bool
	AbstainedBecause string
}

// Allowed is an actor of the allow list, shown rather than dropped.
type Allowed struct {
	Actor    event.Actor
	Reason   string
	Events   int64
	Detector string // what would have been found, if anything
	Score    float64
}
