package detect

// Volume is kept of actors with twenty or more requests in a minute: on which
// endpoints, and for how long.
type Volume struct {
	Since    uint32 // Unix seconds
	Peak     uint32 // requests in the busiest minute
	Hour     uint32 // requests in the last whole hour
	Run      uint16 // minutes in a row above the limit
	Throttle uint16 // 429s
	Total    uint32
	Top      [6]struct{ Template, N uint32 } // heavy hitters (Misra and Gries, 1982); Template plus one
	Lines    Refs
}

// Observe counts an event on template t.
func (v *Volume) Observe(t uint32, throttled bool) {
	v.Total++
	if throttled {
		v.Throttle = saturate(v.Throttle)
	}
	free := -1
	for i := range v.Top {
		switch {
		case v.Top[i].Template == t+1:
			v.Top[i].N++
			return
		case v.Top[i].N == 0 && free < 0:
			free = i
		}
	}
	if free >= 0 {
		v.Top[free].Template, v.Top[free].N = t+1, 1
		return
	}
	for i := range v.Top {
		v.Top[i].N--
	}
}

// Main returns the endpoint asked most, plus one, and its share of all.
func (v *Volume) Main() (template uint32, share float64) {
	best := v.Top[0]
	for _, t := range v.Top[1:] {
		if t.N > best.N {
			best = t
		}
	}
	return best.Template, float64(best.N) / float64(max(v.Total, 1))
}

// Refs are references to evidence lines: the first few, then ever more sparse.
type Refs struct {
	At [5]uint32 // line numbers in the engine's own keeping, 0 none
	N  uint32
}

// Wants says whether the next line is worth keeping, and counts it: the first,
// then at doubling distances, the latest replacing the last.
func (r *Refs) Wants() bool {
	r.N++
	return r.N&(r.N-1) == 0
}

// Keep remembers a line.
func (r *Refs) Keep(ref uint32) {
	for i := range r.At {
		if r.At[i] == 0 {
			r.At[i] = ref
			return
		}
	}
	r.At[len(r.At)-1] = ref
}
