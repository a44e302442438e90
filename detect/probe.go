package detect

import (
	"math/bits"
	"slices"

	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// Probe is kept of actors that ask for what is not there, not theirs, or not
// right: 520 bytes.
type Probe struct {
	First, Last uint32          // Unix seconds
	N           uint32          // events that are counted here
	Missed      sketch.Distinct // paths that were not there, or refused
	Recent      [16]uint32      // the latest of them
	Recents     uint8           // how many of those are filled
	Ploys       uint8           // bits: what its payloads tried
	Entitled    uint8           // functions granted before the third refusal
	After       uint8           // refusals since the first function was granted after refusals
	Grants      uint8           // requests for such functions that were granted
	Sensitive   sketch.Few      // paths that only those ask for who look for a hole
	Exposed     sketch.Few      // of them, those that were answered
	Inside      sketch.Few      // missed paths of administrators, developers and operators
	Verbs       sketch.Few      // paths asked with odd methods, or refused for their method
	Payloads    sketch.Few      // different texts that look like an attack
	Writes      sketch.Few      // refused functions that change something
	Offices     sketch.Few      // refused functions of administrators
	Granted     sketch.Few      // functions granted after three refusals, or after four of others
	Doors       doors           // functions that refused it, or let it in
	Schema      uint16          // introspections
	Gone        uint16          // paths that were there once: 410
	PayloadN    uint16          // requests with a payload
	PayloadGood uint16          // of them, answered with success
	PayloadFail uint16          // of them, answered with an error of the server's
	PayloadSlow uint16          // of them, answered after two seconds or more
	RefusedN    uint16          // refusals of functions
	Aim         uint32          // template of the latest payload, plus one
	Hole        uint32          // template of the latest function granted after refusals, plus one
	Functions   [8]function     // refused, the latest
	FunctionN   sketch.Few      // how many different
	Print       uint64          // of all its probes; 0 several
	Lines       Refs
	Site        Site
	Forms       Forms
}

// function is what an actor was refused.
type function struct {
	Path     uint32
	Template uint32 // plus one
}

// slowPayload is a delay, in microseconds, that a payload may have asked for.
const slowPayload = 2_000_000

// Misses says whether a request asked for what is not there, or not for the one
// who asks: a path rather than an object that has gone.
func Misses(r *event.Rec) bool {
	if r.Path == 0 || r.Ploy != event.NoPloy || r.Class&(event.Asset|event.Login|event.Throttled) != 0 || r.Traits&event.Health != 0 || r.Verb == event.OptionsVerb {
		return false
	}
	switch r.Status {
	case 404, 403, 405:
		return true // 410 says that it was there once: nobody guesses that
	case 400, 401:
		return r.Traits&(event.Sensitive|event.Inside|event.Admin) != 0
	}
	return false
}

// Probes says whether an event is counted here.
func Probes(r *event.Rec, v *inventory.View) bool {
	if r.Traits&event.Cloud != 0 {
		return false // see Cloud
	}
	return r.Class&event.Refusal != 0 || r.Status == 400 || r.Traits&(event.Sensitive|event.Payload|event.OddVerb|event.Introspection|event.WPUsers|event.XMLRPC|event.WPPart|event.Admin) != 0 || r.Traits&event.WordPress != 0 && r.Class&(event.Login|event.Write) != 0 || unlike(r, v) != 0
}

// Observe counts an event and casts the actor's votes.
func (x *Probe) Observe(p *Profile, r *event.Rec, s *inventory.Sums) {
	sec := uint32(r.Time / 1e9)
	if x.N == 0 {
		x.First, x.Print = sec, r.Print
	} else if r.Print != x.Print {
		x.Print = 0
	}
	x.N++
	x.Last = sec
	x.Site.observe(r)
	if ways := unlike(r, s.View); ways != 0 {
		x.Forms.odd(r, ways)
	}
	if r.Ploy != event.NoPloy {
		x.payload(r)
		return
	}
	if r.Status == 410 {
		x.Gone = saturate(x.Gone)
	}
	spread := scatter(r.Path, 0)
	missed := Misses(r)
	if missed && x.Missed.Add(r.Path) {
		copy(x.Recent[1:], x.Recent[:15])
		x.Recent[0] = r.Path
		x.Recents = min(x.Recents+1, 16)
	}
	if r.Traits&event.Sensitive != 0 {
		if r.Status/100 == 2 {
			x.Exposed.Add(spread)
		} else {
			x.Sensitive.Add(spread)
		}
	} else if missed && r.Traits&(event.Inside|event.Admin|event.GraphQL|event.WPPart) != 0 {
		x.Inside.Add(spread)
	}
	if r.Traits&event.OddVerb != 0 || r.Status == 405 {
		x.Verbs.Add(scatter(r.Path, r.Verb))
	}
	if r.Traits&event.Introspection != 0 {
		x.Schema = saturate(x.Schema)
	}
	x.function(r)
}

// scatter mixes a path, and perhaps a method, for counting.
func scatter(path uint32, verb event.Verb) uint64 {
	h := (uint64(path)<<8 | uint64(verb)) * 0x9E3779B97F4A7C15
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	return h ^ h>>32
}

func (x *Probe) payload(r *event.Rec) {
	x.PayloadN = saturate(x.PayloadN)
	x.Payloads.Add(scatter(r.Path, 0))
	x.Ploys |= 1 << (r.Ploy - 1)
	x.Aim = r.Template + 1
	switch r.Status / 100 {
	case 2:
		x.PayloadGood = saturate(x.PayloadGood)
	case 5:
		x.PayloadFail = saturate(x.PayloadFail)
	}
	if r.Duration >= slowPayload {
		x.PayloadSlow = saturate(x.PayloadSlow)
	}
}

// function counts what was refused to the actor, and what was granted then.
func (x *Probe) function(r *event.Rec) {
	if r.Path == 0 || r.Class&event.Login != 0 || r.Traits&event.Sensitive != 0 {
		return
	}
	ok := r.Status/100 == 2
	refused := r.Status == 403 || r.Traits&event.Admin != 0 && (r.Status == 401 || r.Status == 404 || r.Status == 405)
	if !refused && !(ok && r.Traits&event.Admin != 0) {
		return
	}
	name := scatter(r.Path, r.Verb)
	if ok {
		switch {
		case x.Doors.refusals(name) >= 3 && x.RefusedN >= 6, x.Entitled == 0 && x.RefusedN >= 4:
			x.Granted.Add(name)
			x.Hole, x.Grants = r.Template+1, min(x.Grants+1, 255-1)
		case x.RefusedN < 3:
			x.Entitled = min(x.Entitled+1, 255-1)
		}
		return
	}
	x.Doors.refuse(name)
	x.RefusedN = saturate(x.RefusedN)
	if x.Granted != 0 {
		x.After = min(x.After+1, 255-1)
	}
	x.FunctionN.Add(name)
	if r.Class&event.Write != 0 {
		x.Writes.Add(name)
	}
	if r.Traits&event.Admin != 0 {
		x.Offices.Add(name)
	}
	f := function{r.Path, r.Template + 1}
	if !slices.Contains(x.Functions[:], f) {
		copy(x.Functions[1:], x.Functions[:7])
		x.Functions[0] = f
	}
}

// Odd says whether it is worth a closer look: cheap, and true of all that a
// detector would report.
func (x *Probe) Odd() bool {
	return x.N >= 3 && (x.Missed.Count() >= 3 || x.Sensitive != 0 || x.Payloads != 0 || x.FunctionN != 0 || x.Verbs != 0 || x.Forms.Odd != 0 || x.Site != Site{})
}

// broken is how many addresses must miss a path for it to be a broken link
// rather than a guess.
const broken = 20

// Rare estimates how many of the missed paths are missed by few others.
func (x *Probe) Rare(v *inventory.View) float64 {
	if x.Recents == 0 {
		return 0
	}
	rare := 0
	for _, path := range x.Recent[:x.Recents] {
		if v.Paths.Missers(path) < broken {
			rare++
		}
	}
	return float64(x.Missed.Count()) * float64(rare) / float64(x.Recents)
}

// Found counts a success of an actor that has a probe. What was refused before
// is somebody's function, and not a route that nobody knows.
func (x *Probe) Found(p *Profile, r *event.Rec) {
	if r.Path == 0 || r.Class&event.Asset != 0 {
		return
	}
	name := scatter(r.Path, r.Verb)
	x.Doors.In |= 1 << (name >> 58)
	if x.Doors.refusals(name) == 0 {
		x.Forms.observe(p, r)
	}
}

// doors are functions, told apart by six bits of their hash.
type doors struct {
	Once, Twice uint64 // two bits a function: how often it refused, up to three times
	In          uint64 // those that let the actor in
}

func (d *doors) refuse(name uint64) {
	bit := uint64(1) << (name >> 58)
	if d.Once&bit == 0 {
		d.Once |= bit // one, or three
	} else if d.Twice&bit == 0 {
		d.Once, d.Twice = d.Once&^bit, d.Twice|bit
	}
}

func (d *doors) refusals(name uint64) uint64 {
	i := name >> 58
	return d.Once>>i&1 + d.Twice>>i&1<<1
}

// own says whether the actor was let into half of what refused it: it has a
// role there, or was given one, or several people stand behind it.
func (d *doors) own() bool {
	shut := d.Once | d.Twice
	return 2*bits.OnesCount64(shut&d.In) >= bits.OnesCount64(shut)
}

// stale says whether the actor works through a list that is older than the
// site: much of it has moved or is gone, as no guess does, or the actor says who
// it is; and nothing on it is what only a search for holes asks for.
func (c *Case) stale() bool {
	x, a := c.Probe, c.Profile
	if x.Sensitive != 0 || x.Payloads != 0 || x.Writes != 0 {
		return false
	}
	return uint32(x.Gone)+a.Moved >= 8 && (uint32(x.Gone)+a.Moved)*5 >= a.Missing || polite(a)
}

// scattered says whether one name comes from several addresses with several
// programmes, as no person does in a sitting.
func (c *Case) scattered() bool {
	return c.Scope != event.IP && c.Profile.Clients.Count() >= 3 && c.Profile.Agents.Count() >= 3
}

// pace is how many requests that are counted here came in a minute.
func (x *Probe) pace() float64 { return float64(60*float64(x.N)) / float64(x.Last-x.First+10) }
