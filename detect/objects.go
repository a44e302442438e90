package detect

import (
	"goshawk/event"
	"goshawk/sketch"
)

// Objects is kept of an actor on one endpoint once it has touched eight
// objects there.
type Objects struct {
	Next        uint32 // the actor's next endpoint
	Template    uint32
	First, Last uint32     // Unix seconds
	Touches     uint32     // all
	N           uint32     // touches of ids not among the last sixteen, list credit taken off
	Near        uint32     // of them, next to one of the last sixteen
	Misses      uint32     // of N, refused or not there; changes that were refused do not count
	Forbidden   uint32     // of Misses, those with 401 or 403
	Returned    uint32     // of N, answered with success
	Bytes       uint64     // in answer
	Foreign     uint16     // successes on an object that belongs to one other principal
	ForeignMiss uint16     // refusals on such
	Owners      sketch.Few // other owners whose objects were touched
	Own         uint16     // touches of an object that is its own
	Distinct    sketch.Distinct
	Clients     sketch.Few
	Ring        [16]uint32
	Len         uint8
	Reads       bool // it has been counted as one who reads what three others own
	Kind        event.IDKind
	Steps       [4]step // heavy hitters of the distance between one new id and the next
	StepN       uint32
	Prev        uint64
	Min, Max    uint64
	WinStart    uint32 // quarter of an hour for density
	WinN        uint32
	WinMin      uint64
	WinMax      uint64
	Dense       float32 // highest density of a window with thirty ids or more
	Hour        uint32  // hour of HourN
	HourN       uint32  // ids new in this hour
	HourPeak    uint32
	Lines       Refs
}

type step struct {
	Size uint32
	N    uint32
}

// missed says whether an answer means that the object is not there, or not for
// the one who asks.
func missed(status uint16) bool {
	switch status {
	case 400, 401, 403, 404, 410, 422:
		return true
	}
	return false
}

// Observe counts a touch. credited touches belong to a list just read and
// count for nothing but their number. fresh says whether the id was not among
// the last sixteen.
func (o *Objects) Observe(r *event.Rec, credited bool) (fresh bool) {
	sec := uint32(r.Time / 1e9)
	if o.Touches == 0 {
		o.First, o.WinStart, o.Kind, o.Template = sec, sec, r.Kind, r.Template
	}
	o.Touches++
	o.Last = sec
	o.Clients.Add(r.Client)
	low := uint32(r.ID)
	near := false
	for _, x := range o.Ring[:o.Len] {
		if x == low {
			return false
		}
		if d := int32(low - x); d >= -8 && d <= 8 {
			near = true
		}
	}
	if o.Len < 16 {
		o.Ring[o.Len] = low
		o.Len++
	} else {
		copy(o.Ring[:], o.Ring[1:])
		o.Ring[15] = low
	}
	prev := o.Prev
	o.Prev = r.ID
	if credited {
		return false
	}
	o.Bytes += uint64(r.Bytes)
	o.N++
	o.Distinct.Add(fold(r.ID))
	if missed(r.Status) {
		if r.Class&event.Write == 0 {
			o.Misses++
			if r.Status == 401 || r.Status == 403 {
				o.Forbidden++
			}
		}
	} else if r.Status/100 == 2 {
		o.Returned++
	}
	o.owner(r)
	if h := sec / 3600; h != o.Hour {
		o.Hour, o.HourN = h, 0
	}
	o.HourN++
	o.HourPeak = max(o.HourPeak, o.HourN)
	if r.Kind != event.Number {
		return true
	}
	if near {
		o.Near++
	}
	if o.N == 1 || r.ID < o.Min {
		o.Min = r.ID
	}
	o.Max = max(o.Max, r.ID)
	if o.N > 1 {
		o.stride(r.ID - prev)
	}
	o.density(sec, r.ID)
	return true
}

func (o *Objects) owner(r *event.Rec) {
	switch {
	case r.Owner == event.OwnerSelf:
		o.Own = saturate(o.Own)
	case r.Owner != event.OwnerOther:
	case r.Status/100 == 2:
		o.Foreign = saturate(o.Foreign)
		o.Owners.Add(uint64(r.Holder) * 0x9E3779B97F4A7C15)
	case missed(r.Status):
		o.ForeignMiss = saturate(o.ForeignMiss)
		o.Owners.Add(uint64(r.Holder) * 0x9E3779B97F4A7C15)
	}
}

// stride counts the distance between two ids, whichever way it goes.
func (o *Objects) stride(d uint64) {
	if int64(d) < 0 {
		d = -d
	}
	o.StepN++
	size := uint32(min(d, 1<<32-1))
	free := -1
	for i := range o.Steps {
		switch {
		case o.Steps[i].N > 0 && o.Steps[i].Size == size:
			o.Steps[i].N++
			return
		case o.Steps[i].N == 0 && free < 0:
			free = i
		}
	}
	if free >= 0 {
		o.Steps[free] = step{size, 1}
		return
	}
	for i := range o.Steps {
		o.Steps[i].N--
	}
}

// Stride returns the distance that most steps have, and their share of all.
func (o *Objects) Stride() (size uint32, share float64) {
	best := o.Steps[0]
	for _, s := range o.Steps[1:] {
		if s.N > best.N {
			best = s
		}
	}
	return best.Size, float64(best.N) / float64(max(o.StepN, 1))
}

func (o *Objects) density(sec uint32, id uint64) {
	if sec-o.WinStart >= 900 || o.WinN == 0 {
		o.WinStart, o.WinN, o.WinMin, o.WinMax = sec, 0, id, id
	}
	o.WinN++
	o.WinMin, o.WinMax = min(o.WinMin, id), max(o.WinMax, id)
	if o.WinN >= 30 {
		o.Dense = max(o.Dense, min(1, float32(o.WinN)/float32(o.WinMax-o.WinMin+1)))
	}
}

func fold(x uint64) uint32 { return uint32(x ^ x>>32) }

// Odd says whether the touches are worth a closer look: cheap, and true of all
// that a detector would report.
func (o *Objects) Odd() bool {
	if o.N < 8 {
		return false
	}
	if o.HourN >= 100 || o.Near*3 > o.N || o.Misses*3 > o.N || o.Dense >= 0.5 || o.Foreign+o.ForeignMiss >= 3 {
		return true
	}
	for _, s := range o.Steps {
		if s.N >= 10 && s.N*2 >= o.StepN {
			return true
		}
	}
	return false
}
