package detect

import (
	"goshawk/event"
	"goshawk/sketch"
)

// Site is what an actor does to a WordPress: 72 bytes, in Probe.
type Site struct {
	Calls, Alike, Vary uint16 // XML-RPC posts that were answered; answers as long as the one before; questions that are not
	Gaps, Regular      uint16 // gaps between them, and those within a tenth of the one before
	Big                uint16 // of them, long both ways, as hundreds of calls in one are
	Out, In            uint32 // of the latest, bytes
	Last, Gap          uint32 // when, and how long after the one before it
	Guesses            uint32 // calls that fit into the big ones
	Names              uint16 // questions who writes there
	Told               uint16 // of them, answered
	Ways               uint8  // a bit for each way of asking
	Authors            sketch.Few
	Parts, PartMisses  uint16 // plugins and themes asked for, and not found
	Kinds              sketch.Few
	Before             uint16 // questions before the first log-in that failed
	Fails, Ins         uint16 // log-ins by the form
	Inside             uint16 // changes made after one worked
	FormLast, FormGap  uint32 // when the form last failed, and how long after the time before
	FormSteady         uint16 // such gaps within a tenth of the one before
}

// Ways of asking who writes there.
const (
	byAuthor = 1 << iota
	byUsers
	byRoute
)

// seen says whether there is anything to judge.
func (x *Site) seen() bool { return x.Calls|x.Names|x.Parts|x.Fails|x.Ins != 0 }

func (x *Site) observe(r *event.Rec) {
	if r.Traits&(event.WordPress|event.WPUsers|event.XMLRPC|event.WPPart) == 0 {
		return
	}
	switch {
	case r.Traits&event.XMLRPC != 0:
		if r.Verb == event.Post && r.Status/100 == 2 {
			x.call(r)
		}
	case r.Traits&event.WPUsers != 0:
		x.Names = saturate(x.Names)
		if r.Status/100 < 4 {
			x.Told = saturate(x.Told)
		}
		switch {
		case r.Kind == event.Number && r.Params != 0:
			x.Ways |= byAuthor
			x.Authors.Add(r.ID * 0x9E3779B97F4A7C15)
		case r.Params != 0 && r.Page == 0:
			x.Ways |= byRoute
		default:
			x.Ways |= byUsers
		}
	case r.Traits&event.WPPart != 0:
		x.Parts = saturate(x.Parts)
		x.Kinds.Add(uint64(r.Template) * 0x9E3779B97F4A7C15)
		if r.Status == 404 || r.Status == 403 {
			x.PartMisses = saturate(x.PartMisses)
		}
	case r.Class&event.Login != 0 && r.Class&event.Failed != 0:
		if x.Fails == 0 {
			x.Before = x.Names
		}
		sec := uint32(r.Time / 1e9)
		gap := sec - x.FormLast
		if slack := max(x.FormGap/10, 1); x.Fails > 1 && gap+slack >= x.FormGap && gap <= x.FormGap+slack {
			x.FormSteady = saturate(x.FormSteady)
		}
		x.FormLast, x.FormGap = sec, gap
		x.Fails = saturate(x.Fails)
	case r.Class&event.Login != 0 && r.Class&event.Succeeded != 0:
		x.Ins = saturate(x.Ins)
	case r.Class&event.Write != 0 && x.Ins > 0 && r.Traits&event.Admin != 0:
		x.Inside = saturate(x.Inside)
	}
}

// call counts an XML-RPC post that was answered with 200, which says nothing of
// how it went. A wrong password's answer is always as long, or longer by the
// same for each call in it.
func (x *Site) call(r *event.Rec) {
	sec := uint32(r.Time / 1e9)
	if x.Calls > 0 {
		if d := max(r.Bytes, x.Out) - min(r.Bytes, x.Out); d <= max(x.Out/20, 4) {
			x.Alike = saturate(x.Alike)
		}
		if r.BytesIn != x.In {
			x.Vary = saturate(x.Vary)
		}
		gap := sec - x.Last
		if slack := max(x.Gap/10, 1); gap+slack >= x.Gap && gap <= x.Gap+slack {
			x.Regular = saturate(x.Regular)
		}
		x.Gaps, x.Gap = saturate(x.Gaps), gap
	}
	x.Calls = saturate(x.Calls)
	x.Out, x.In, x.Last = r.Bytes, r.BytesIn, sec
	if n := guessesIn(r); n >= 20 {
		x.Big = saturate(x.Big)
		x.Guesses += n
	}
}

// guessesIn is how many log-ins fit into an XML-RPC post that is long both
// ways: a call of one takes some 250 bytes, its refusal as many.
func guessesIn(r *event.Rec) uint32 { return min(r.BytesIn, r.Bytes) / 250 }

// Metronome says whether the posts come at one interval of five seconds or
// more and never change, as a client's do that was not told of a new password.
func (x *Site) Metronome() bool {
	return x.Gaps >= 6 && 10*int(x.Regular) >= 7*int(x.Gaps) && x.Gap >= 5 && 5*int(x.Vary) < int(x.Gaps)
}
