package detect

import (
	"math"
	"math/bits"

	"goshawk/event"
	"goshawk/inventory"
)

// Habits is what an actor used to do, so that it can be compared with itself:
// what it asks for, how much, from where and when. 384 bytes, of principals, and
// of addresses that no principal uses, once they had HabitsFrom events.
//
// Two pasts stand beside the present. The slow one, the reference, is a part of
// the actor's life between its first third and two thirds of it, so that no
// growth from hour to hour makes what is new look usual. The fast one is all that
// there is, an hour far above the reference counting as two of its hours. The
// present is the latest 40 to 80 requests, however long they took.
type Habits struct {
	Asked [15]asked // endpoints, those it asked most among them; things of long ago apart
	Rest  asked     // all others

	All, Mid, Ref past // the fast one; what will be the reference; and the reference

	NowN        uint32
	Thing       uint32 // number of the thing asked for last, its lower half
	Hour, HourN uint32 // this hour, since 1970; events in it
	Own, OwnWas uint32 // of them, by programmes that the reference has; in the hour before
	Days        uint16 // days with events
	Told        uint16 // hours since the reference that Drift is the mean of
	Usual       float32
	Drift       float32 // share that moves from hour to hour, see Shift: before the reference ended, and since
	Before      float32 // as the hour before this one ended
	Up          float32 // Page and Hinkley's sum of hours above the reference

	Things               [2]uint64 // of the present: different things that it got, by hash, and those of before it was halved
	Strange, Others, Odd uint16    // of the present: requests from networks and by programmes that the reference has not, and at hours of the week that it never had
	Week                 [3]uint64 // hours of the week with events, UTC
}

// past is a part of an actor's life from its beginning.
type past struct {
	Nets, Tools uint64  // networks and programmes, by hash
	Level       float32 // mean of ln(1+n) of hours, the late ones weighing more
	Spread      float32 // mean deviation from it
	N           uint32  // events
	End         uint32  // Unix seconds
	Hours       uint16  // with events
}

// asked counts what an actor asks of one endpoint.
type asked struct {
	Template      uint16 // plus one, 0 none; and longAgo
	All, Mid, Ref uint16 // in each past
	Now, Good     uint8  // in the present, and of them answered with 2xx
}

// HabitsFrom is how many events make an actor's habits worth remembering.
const HabitsFrom = 24

// Bounds of what is compared.
const (
	present    = 80 // events of the present, from which it is halved
	enough     = 48 // events of the reference from which shares mean something
	enoughNow  = 36 // likewise of the present
	firstHours = 4
	tame       = 0.2 // share that changes from hour to hour with an actor of which it is not known yet
)

// Observe counts an event.
func (x *Habits) Observe(r *event.Rec, v *inventory.View) {
	switch hour := uint32(r.Time / 3600e9); {
	case hour < x.Hour:
		return // a baseline's log read again
	case hour > x.Hour:
		x.close(hour, v)
	}
	if x.NowN >= present {
		x.halve()
	}
	x.HourN++
	x.NowN++
	a := x.of(uint16(r.Template+1) | x.age(r, v))
	if a.Now++; x.Ref.N == 0 || float64(x.HourN) <= 2*max(x.usual(), 8) {
		if a.All == 1<<16-1 {
			x.shrink()
		}
		a.All++
		x.All.N++
	}
	if r.Status/100 == 2 {
		a.Good++
		x.Things[0] |= 1 << (inventory.Thing(r) >> 58)
	}
	net, tool := bit(uint64(r.Net)), bit(uint64(r.Device))
	x.All.Nets |= net
	x.All.Tools |= tool
	if x.Ref.Nets&net == 0 {
		x.Strange++
	}
	if x.Ref.Tools&tool == 0 {
		x.Others++
	} else {
		x.Own++
	}
	if h := x.Hour % 168; x.Week[h/64]>>(h%64)&1 == 0 {
		x.Odd++
	}
}

// bit is the place of a hash in a set of 64.
func bit(h uint64) uint64 { return 1 << (h * 0x9E3779B97F4A7C15 >> 58) }

// longAgo marks an endpoint's things that are not among the newest.
const longAgo = 1 << 15

// age is longAgo for a thing whose number is below those of the newest eighth of
// its endpoint's, unless it is next to the one before: who reads all in a row
// copies, and is judged for that elsewhere.
func (x *Habits) age(r *event.Rec, v *inventory.View) uint16 {
	if r.Class&event.Object == 0 || r.Kind != event.Number || v == nil {
		return 0
	}
	step := int32(uint32(r.ID) - x.Thing)
	x.Thing = uint32(r.ID)
	e := v.Endpoint(r.Template)
	if e.Events < 200 || e.Chance <= 0 || e.Chance > 0.25 || step >= -64 && step <= 64 {
		return 0
	}
	if span := byChance / e.Chance; float64(e.Last)-float64(r.ID) > span/8 {
		return longAgo
	}
	return 0
}

// byChance is how many numbers an actor's latest things cover: Chance is that
// over the numbers that there are.
const byChance = 272

// of returns where an endpoint is counted.
func (x *Habits) of(t uint16) *asked {
	free := -1
	for i := range x.Asked {
		switch a := &x.Asked[i]; {
		case a.Template == t:
			return a
		case a.Ref == 0 && a.Now <= 1 && (free < 0 || a.All < x.Asked[free].All):
			free = i // free, or of no consequence
		}
	}
	if free < 0 {
		return &x.Rest
	}
	a, rest := &x.Asked[free], &x.Rest
	rest.All, rest.Mid = uint16(min(int(rest.All)+int(a.All), 1<<16-1)), uint16(min(int(rest.Mid)+int(a.Mid), 1<<16-1))
	rest.Now, rest.Good = uint8(min(int(rest.Now)+int(a.Now), 255)), uint8(min(int(rest.Good)+int(a.Good), 255))
	*a = asked{Template: t}
	return a
}

func (x *Habits) each(f func(*asked)) {
	for i := range x.Asked {
		f(&x.Asked[i])
	}
	f(&x.Rest)
}

// halve lets the present forget.
func (x *Habits) halve() {
	x.NowN = 0
	x.each(func(a *asked) {
		a.Now, a.Good = a.Now/2, a.Good/2
		x.NowN += uint32(a.Now)
	})
	x.Things[1], x.Things[0] = x.Things[0], 0
	x.Strange, x.Odd, x.Others = x.Strange/2, x.Odd/2, x.Others/2
}

// shrink keeps the counts of a long life in bounds.
func (x *Habits) shrink() {
	x.All.N, x.Mid.N, x.Ref.N = 0, 0, 0
	x.each(func(a *asked) {
		a.All, a.Mid, a.Ref = a.All/2, a.Mid/2, a.Ref/2
		x.All.N += uint32(a.All)
		x.Mid.N += uint32(a.Mid)
		x.Ref.N += uint32(a.Ref)
	})
}

// close ends an hour and learns from it; next is the one that begins.
func (x *Habits) close(next uint32, v *inventory.View) {
	was := x.Hour
	x.Hour = next
	if x.HourN == 0 {
		x.Days = 1
		return
	}
	a := &x.All
	a.Hours, a.End = saturate(a.Hours), (was+1)*3600
	if was/24 != next/24 {
		x.Days = saturate(x.Days)
	}
	h := was % 168
	x.Week[h/64] |= 1 << (h % 64)
	s, _ := x.Shift(v)
	if x.Before = float32(s); x.compared() {
		x.Told = saturate(x.Told)
		x.Drift += (float32(s) - x.Drift) / float32(x.Told)
	}
	y := float32(math.Log1p(float64(x.HourN)))
	if x.Ref.N > 0 {
		z := float32(x.distance())
		x.Up = max(x.Up+z-0.5, 0)
	}
	w := 1 / float32(min(a.Hours, 24))
	d := y - a.Level
	if a.Hours > 1 {
		a.Spread += w * (max(d, -d) - a.Spread)
	}
	a.Level += w * d
	x.HourN, x.OwnWas, x.Own = 0, x.Own, 0
	switch {
	case a.N < enough || a.Hours < firstHours:
	case x.Mid.N == 0:
		x.keep()
		x.refer()
	case a.Hours >= 2*x.Mid.Hours:
		x.keep()
	case x.Mid.Hours > x.Ref.Hours && 2*a.Hours >= 3*x.Mid.Hours:
		x.refer()
	}
}

// keep makes all that there is what will be the reference.
func (x *Habits) keep() {
	x.each(func(a *asked) { a.Mid = a.All })
	x.Mid = x.All
}

// refer makes what was kept the reference.
func (x *Habits) refer() {
	x.each(func(a *asked) { a.Ref = a.Mid })
	x.Ref = x.Mid
	switch { // what grows from hour to hour makes no excuse for itself
	case x.Told == 0:
		x.Usual = tame
	case x.Usual == tame || x.Drift < x.Usual:
		x.Usual = x.Drift
	}
	x.Drift, x.Told = 0, 0
	x.Up = 0
	x.Strange, x.Odd, x.Others = 0, 0, 0
}

// compared says whether there is enough to compare.
func (x *Habits) compared() bool { return x.Ref.N >= enough && x.NowN >= enoughNow }

// Shift is the share of the actor's present requests that it would not have made
// by its reference: half the sum of differences of the shares of endpoints. Only
// what it got counts, and nothing of what the API began with since: see began.
// main is the endpoint that most of it is about, plus one, and longAgo if that is
// about such things; 0 for none.
func (x *Habits) Shift(v *inventory.View) (share float64, main uint32) {
	if !x.compared() || v == nil {
		return 0, 0
	}
	most, alone, news := 0.0, 0.0, 0
	for i := range x.Asked {
		a := &x.Asked[i]
		d := float64(a.Good)/float64(x.NowN) - float64(a.Ref)/float64(x.Ref.N)
		if d <= 0 {
			continue
		}
		if a.Ref == 0 {
			if e := v.Endpoint(uint32(a.Template&^longAgo) - 1); x.began(e) {
				if e.Visitors < release {
					news++
					alone += d
				}
				continue
			}
		}
		if share += d; d > most {
			most, main = d, uint32(a.Template)
		}
	}
	if news >= search {
		share += alone
	}
	d := float64(x.Rest.Good)/float64(x.NowN) - float64(x.Rest.Ref)/float64(x.Ref.N)
	return share + max(d, 0), main
}

// A release has many who ask for what is new, or one who asks for another one of
// it than before; who asks for this many things that nobody asked before is
// searching.
const release, search = 3, 4

// began says whether the API began with an endpoint since the reference ended,
// as far as the log shows; not of what few should ask for at any time.
func (x *Habits) began(e *inventory.Endpoint) bool {
	return e.Traits&(event.Admin|event.Export|event.Contact) == 0 && (e.Events == 0 || e.First > int64(x.Ref.End)*1e9)
}

// Variety is how many different things the actor got in the present, up to 64.
func (x *Habits) Variety() int { return bits.OnesCount64(x.Things[0] | x.Things[1]) }

// Programmes is how many programmes the reference was made by, up to 64.
func (x *Habits) Programmes() int { return bits.OnesCount64(x.Ref.Tools) }

// usual is how many events an hour of the actor's has, by the reference.
func (x *Habits) usual() float64 { return math.Expm1(float64(x.Ref.Level)) }

// distance is how many of its own deviations this hour is above the reference.
func (x *Habits) distance() float64 {
	return (math.Log1p(float64(x.HourN)) - float64(x.Ref.Level)) / max(1.25*float64(x.Ref.Spread), 0.25)
}
