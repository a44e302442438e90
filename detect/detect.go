// Package detect holds the detectors: each turns what a record remembers of an
// actor into a signal, the weight of evidence that the actor abuses the API.
//
// A detector is one file: a documented value, its parameters with their
// defaults, and a judge, a pure function of the record, the event and the
// frozen view of everybody else. What is remembered is shared between
// detectors: Record for every actor, and Volume, Auth and Objects for those who
// give cause.
package detect

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"goshawk/event"
	"goshawk/inventory"
)

// Detector describes a detector.
type Detector struct {
	Name    string
	Title   string // what it claims of an actor: "One client fails to log in to many accounts"
	Doc     string
	Threat  string // slug of the threat's page
	Family  string // signals of one family are never counted twice
	Over    string // the detector whose finding on the same actor this one's replaces
	Scopes  []event.Scope
	On      event.Class  // judged at events of these classes; 0: at all
	Needs   event.Fields // it abstains where the log carries less
	Impact  Severity
	Succeed Severity // impact when what was tried succeeded; 0: as Impact
	Since   string

	params any // pointer to the defaults
	bind   func(params any) Bound
}

// Bound is a detector with its parameters set.
type Bound struct {
	*Detector
	Judge func(*Case) Signal           // weighs a case
	Tell  func(*Case, Signal) Evidence // puts a signal into words and numbers
}

// Case is an actor at one moment: what is remembered of it, what just happened,
// and what is normal. Auth, Objects and Volume are nil where nothing gave cause
// to remember. A case is valid during the call.
type Case struct {
	Scope   event.Scope
	Record  *Record
	Auth    *Auth
	Objects *Objects
	Volume  *Volume
	View    *inventory.View
	Now     int64 // Unix nanoseconds

	Outcomes bool // the log shows successes too: shares mean something
}

// Signal is the weight a detector gives a case. The numbers are the detector's
// own, for its account of the evidence.
type Signal struct {
	LLR     float64 // natural log of the likelihood ratio; 0 nothing, below 0 innocent
	Success bool    // what was tried succeeded
	Test    uint8   // which of the detector's tests weighs most
	Target  uint32  // template the signal is about, plus one; 0 none
	V       [6]float64
}

var registry []*Detector

func register[P any](d Detector, defaults P, judge func(*P, *Case) Signal, tell func(*P, *Case, Signal) Evidence) *Detector {
	p := &defaults
	d.params = p
	d.bind = func(a any) Bound {
		p := a.(*P)
		return Bound{&d, func(c *Case) Signal { return judge(p, c) }, func(c *Case, s Signal) Evidence { return tell(p, c, s) }}
	}
	registry = append(registry, &d)
	slices.SortFunc(registry, func(a, b *Detector) int { return strings.Compare(a.Name, b.Name) })
	return &d
}

// All returns every detector, by name.
func All() []*Detector { return registry }

// Lookup finds a detector by name.
func Lookup(name string) (*Detector, bool) {
	for _, d := range registry {
		if d.Name == name {
			return d, true
		}
	}
	return nil, false
}

// Has says whether the detector judges actors of a scope.
func (d *Detector) Has(s event.Scope) bool { return slices.Contains(d.Scopes, s) }

// Param is one parameter of a detector.
type Param struct {
	Name    string // as in the configuration
	Doc     string
	Default string
}

// Params lists the detector's parameters.
func (d *Detector) Params() []Param {
	v := reflect.ValueOf(d.params).Elem()
	var l []Param
	for i := range v.NumField() {
		f := v.Type().Field(i)
		l = append(l, Param{strings.ToLower(f.Name), f.Tag.Get("doc"), fmt.Sprint(v.Field(i).Interface())})
	}
	return l
}

// Configure returns the detector with its parameters changed by the
// configuration: numbers, or durations such as "10m". It fails on a parameter
// it does not have and on a value of the wrong kind.
func (d *Detector) Configure(set map[string]any) (Bound, error) {
	v := reflect.New(reflect.TypeOf(d.params).Elem())
	v.Elem().Set(reflect.ValueOf(d.params).Elem())
	for name, value := range set {
		if name == "enabled" {
			continue
		}
		f := v.Elem().FieldByNameFunc(func(s string) bool { return strings.EqualFold(s, strings.ReplaceAll(name, "_", "")) })
		if !f.IsValid() {
			return Bound{}, fmt.Errorf("detect.%s has no parameter %q", d.Name, name)
		}
		if err := assign(f, value); err != nil {
			return Bound{}, fmt.Errorf("detect.%s.%s: %w", d.Name, name, err)
		}
	}
	return d.bind(v.Interface()), nil
}

func assign(f reflect.Value, value any) error {
	if f.Type() == reflect.TypeFor[time.Duration]() {
		s, ok := value.(string)
		if !ok {
			return fmt.Errorf("%v is no duration such as \"10m\"", value)
		}
		d, err := time.ParseDuration(s)
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is no positive duration such as \"10m\"", s)
		}
		f.SetInt(int64(d))
		return nil
	}
	x := reflect.ValueOf(value)
	if !x.CanInt() && !x.CanUint() && !x.CanFloat() {
		return fmt.Errorf("%v is no number", value)
	}
	n := x.Convert(reflect.TypeFor[float64]()).Float()
	if n < 0 {
		return fmt.Errorf("%v is negative", value)
	}
	f.Set(reflect.ValueOf(n).Convert(f.Type()))
	return nil
}

// mixed says whether a group's objects prove nothing: one address's, or touched
// through browsers that half the world uses.
func (c *Case) mixed() bool {
	return c.alone() || c.Scope == event.Group && c.Record.Flags&Tool == 0
}

// many says whether the actor stands for several.
func (c *Case) many() bool { return c.Scope == event.Group || c.Scope == event.Net }

// alone says whether a group's or a network's events are all one address's,
// which is then its own actor.
func (c *Case) alone() bool {
	return c.many() && c.Record.Principals.Count() <= 1
}
