package inventory

import (
	"slices"
	"strconv"
	"strings"
)

// Spec is what the owner of an API says it is: its operations, read from
// OpenAPI. The zero value describes nothing. It is added to before a run, and
// read-only during one; a nil Spec has no answer to anything.
type Spec struct {
	Files      []string
	Operations []*Operation
	root       route
}

// Operation is one documented operation.
type Operation struct {
	Method  string   // in capitals
	Path    string   // as documented, below each of its servers: /orders/{orderId}
	Params  []string // names of query parameters, sorted
	Secured bool     // nobody is answered without credentials
	Limit   Limit    // of one client; the zero value where none is documented
	Status  []int    // documented answers, sorted; 0 stands for "default", 4 for "4XX"
	File    string   // where it is described
	Line    int
}

// Limit is a documented rate: so many requests in so many seconds.
type Limit struct{ Requests, Seconds float64 }

// String is the limit in words: "100 an hour".
func (l Limit) String() string {
	n := strconv.FormatFloat(l.Requests, 'g', 6, 64)
	switch l.Seconds {
	case 1:
		return n + " a second"
	case 60:
		return n + " a minute"
	case 3600:
		return n + " an hour"
	case 86400:
		return n + " a day"
	}
	return n + " in " + strconv.FormatFloat(l.Seconds, 'g', 6, 64) + " seconds"
}

// Doc says what is documented of an endpoint.
type Doc uint8

// What may be documented. Undescribed is all there is to know where the API has
// no description.
const (
	Undescribed  Doc = iota
	Documented       // an operation of its own
	OtherMethod      // its path, but with other methods
	Undocumented     // nothing
)

// Description is what is documented of one endpoint.
type Description struct {
	Doc       Doc
	Operation *Operation // nil unless Documented
}

// route is a node of the tree of documented paths.
type route struct {
	words  map[string]*route // by literal segment, in small letters
	params []param           // segments with a parameter, longest literals first
	ends   map[string]*Operation
}

// param is a segment such as {id} or {id}.json.
type param struct {
	text, before, after string
	route               *route
}

// Add adds an operation, below each of the base paths ("" or "/v1").
func (s *Spec) Add(o *Operation, bases ...string) {
	s.Operations = append(s.Operations, o)
	for _, base := range bases {
		at := &s.root
		for seg := range segments(base + o.Path) {
			at = at.grow(seg)
		}
		if at.ends == nil {
			at.ends = map[string]*Operation{}
		}
		if at.ends[o.Method] == nil {
			at.ends[o.Method] = o
		}
	}
}

func (r *route) grow(seg string) *route {
	if strings.Contains(seg, "{") {
		for _, p := range r.params {
			if p.text == seg {
				return p.route
			}
		}
		before, rest, _ := strings.Cut(seg, "{")
		after := rest[strings.LastIndexByte(rest, '}')+1:]
		r.params = append(r.params, param{seg, strings.ToLower(before), strings.ToLower(after), &route{}})
		p := r.params[len(r.params)-1]
		slices.SortStableFunc(r.params, func(a, b param) int { return len(b.before) + len(b.after) - len(a.before) - len(a.after) })
		return p.route
	}
	low := strings.ToLower(seg)
	if r.words == nil {
		r.words = map[string]*route{}
	}
	if r.words[low] == nil {
		r.words[low] = &route{}
	}
	return r.words[low]
}

// segments yields those of a path, without the empty one of a slash at its end.
func segments(path string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for path = strings.Trim(path, "/"); path != ""; {
			seg, rest, _ := strings.Cut(path, "/")
			if !yield(seg) {
				return
			}
			path = rest
		}
	}
}

// Match finds the documented path that a shape ("GET /v1/orders/{id}", "GET
// /users/ann") belongs to, the one with the most literal beginning. name is the
// shape with the parameters of that path, itself where there is none.
// HEAD is answered where GET is, OPTIONS where anything is; a shape without a
// method belongs to any.
func (s *Spec) Match(shape string) (name string, doc Doc, o *Operation) {
	if s == nil || len(s.Operations) == 0 {
		return shape, Undescribed, nil
	}
	method, path, ok := strings.Cut(shape, " ")
	if !ok {
		method, path = "", shape
	}
	query := ""
	if i := strings.IndexByte(path, '?'); i >= 0 {
		path, query = path[:i], path[i:]
	}
	if !strings.HasPrefix(path, "/") {
		return shape, Undescribed, nil
	}
	parts := slices.Collect(segments(path))
	end := s.root.find(parts, 0)
	if end == nil {
		return shape, Undocumented, nil
	}
	name = strings.Join(parts, "/")
	if name = "/" + name; strings.HasSuffix(path, "/") && len(parts) > 0 {
		name += "/"
	}
	if ok {
		name = method + " " + name
	}
	if o = end.operation(method); o == nil {
		return name + query, OtherMethod, nil
	}
	return name + query, Documented, o
}

// Near says whether a path begins as a documented one does.
func (s *Spec) Near(path string) bool {
	for seg := range segments(path) {
		return s.root.words[strings.ToLower(seg)] != nil
	}
	return false
}

// find walks down from a node, literal segments first, and writes parameters
// into parts.
func (r *route) find(parts []string, at int) *route {
	if at == len(parts) {
		if r.ends == nil {
			return nil
		}
		return r
	}
	seg := parts[at]
	if next := r.words[strings.ToLower(seg)]; next != nil {
		if end := next.find(parts, at+1); end != nil {
			return end
		}
	}
	for i := range r.params {
		p := &r.params[i]
		if !p.fits(seg) {
			continue
		}
		if end := p.route.find(parts, at+1); end != nil {
			parts[at] = p.text
			return end
		}
	}
	return nil
}

// fits says whether a segment may be the parameter: {id}, {uuid}.json, ann.
func (p *param) fits(seg string) bool {
	low := strings.ToLower(seg)
	return len(seg) > len(p.before)+len(p.after) && strings.HasPrefix(low, p.before) && strings.HasSuffix(low, p.after)
}

func (r *route) operation(method string) *Operation {
	if o := r.ends[method]; o != nil {
		return o
	}
	switch method {
	case "HEAD":
		return r.ends["GET"]
	case "OPTIONS", "":
		for _, m := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"} {
			if o := r.ends[m]; o != nil {
				return o
			}
		}
	}
	return nil
}

// Takes says whether a query parameter is documented.
func (o *Operation) Takes(param string) bool {
	_, ok := slices.BinarySearch(o.Params, param)
	return ok
}

// Answers says whether a status is documented; an operation that documents
// none, or a default, answers with anything.
func (o *Operation) Answers(status int) bool {
	return len(o.Status) == 0 || slices.Contains(o.Status, 0) || slices.Contains(o.Status, status) || slices.Contains(o.Status, status/100)
}

// In is how many requests the limit allows in a window of so many seconds, 0
// where it says nothing of it: of a window shorter than its own, all of it may
// come at once.
func (l Limit) In(seconds float64) float64 {
	if l.Requests == 0 {
		return 0
	}
	return l.Requests * max(seconds/l.Seconds, 1)
}
