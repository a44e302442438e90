package detect

import (
	"math"

	"goshawk/event"
	"goshawk/inventory"
)

// Habits is how an actor behaves hour by hour, so that it can be compared with
// itself: 72 bytes. Only whole hours in which it was active teach it, and an hour
// unlike the ones before teaches no more than a little.
type Habits struct {
	Hour     uint32 // since 1970
	N        uint32 // events of this hour
	Fresh    uint32 // of them, on endpoints that it never asked before this hour
	Strange  uint32 // of them, from networks that it never came from before this hour
	Hours    uint16 // whole hours so far
	Learned  uint32 // events of whole hours
	Level    float32
	Spread   float32 // mean deviation of ln(1+n) from Level
	Known    uint64  // endpoints asked before this hour, by hash
	KnownNow uint64
	Nets     uint64 // networks likewise
	NetsNow  uint64
}

func (x *Habits) observe(p *Profile, r *event.Rec, _ *inventory.Sums) {
	if hour := uint32(r.Time / 3600e9); hour != x.Hour {
		x.close()
		x.Hour = hour
	}
	x.N++
	asked := uint64(1) << (uint64(r.Template) * 0x9E3779B97F4A7C15 >> 58)
	if x.Known&asked == 0 {
		x.Fresh++
	}
	x.KnownNow |= asked
	bit := uint64(1) << (uint64(r.Net) * 0x9E3779B97F4A7C15 >> 58)
	if x.Nets&bit == 0 {
		x.Strange++
	}
	x.NetsNow |= bit
}

// close learns from the hour that ended. What is above twice the usual teaches
// as if it were that much: a baseline is not boiled in one night.
func (x *Habits) close() {
	if x.N > 0 {
		v := math.Log1p(float64(x.N))
		if x.Hours > 0 {
			v = min(v, float64(x.Level)+math.Ln2)
		}
		x.Hours = saturate(x.Hours)
		w := 1 / float64(min(x.Hours, 24))
		d := v - float64(x.Level)
		if x.Hours > 1 {
			x.Spread += float32(w * (math.Abs(d) - float64(x.Spread)))
		}
		x.Level += float32(w * d)
		x.Learned += x.N
		x.Known |= x.KnownNow
		x.Nets |= x.NetsNow
	}
	x.N, x.Fresh, x.Strange, x.KnownNow, x.NetsNow = 0, 0, 0, 0, 0
}

// usual is how many events an hour of the actor's has.
func (x *Habits) usual() float64 { return math.Expm1(float64(x.Level)) }

// distance is how many of its own deviations this hour is above the usual.
func (x *Habits) distance() float64 {
	return (math.Log1p(float64(x.N)) - float64(x.Level)) / max(1.25*float64(x.Spread), 0.25)
}
