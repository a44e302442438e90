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
	At      Moment       // when it is asked, and which memory it reads
	Needs   event.Fields // it abstains where the log carries less
	Impact  Severity
	Succeed Severity // impact when what was tried succeeded; 0: as Impact
	Seldom  bool     // OnCrowd: what it looks for stays where it is, so that every second, fourth, eighth … look does
	Since   string

	params any // pointer to the defaults
	bind   func(params any) Bound
}

// Moment says when a detector is asked: when what it reads has changed.
type Moment uint8

// Moments. OnCrowd is for detectors that look at everybody at once.
const (
	OnVolume   Moment = iota // many requests in a minute or an hour: Case.Volume
	OnLogin                  // a log-in attempt: Case.Auth
	OnObject                 // an object was touched: Case.Objects
	OnProfile                // now and then in an active actor's life: Case.Profile
	OnProbe                  // a request that failed or does not fit: Case.Probe
	OnIdentity               // a principal was seen at another address, or with another client: Case.Identity
	OnTrade                  // something with a price was done: Case.Trade
	OnCloud                  // a call of a cloud provider's API: Case.Cloud
	OnCrowd                  // everybody, now and then: Crowd
)

// Bound is a detector with its parameters set. One that is asked OnCrowd has
// Look, all others Judge and Tell, and some of them Look, too.
type Bound struct {
	*Detector
	Judge func(*Case) Signal           // weighs a case
	Tell  func(*Case, Signal) Evidence // puts a signal into words and numbers
	Look  func(*Crowd) []Claim         // weighs everybody
}

// Case is an actor at one moment: what is remembered of it, what just happened,
// and what is normal. A memory is nil where nothing gave cause to remember;
// Profile, where there is one, is there at every moment, and so are the
// memories that it refers to. A case is valid during the call.
type Case struct {
	Scope    event.Scope
	Record   *Record
	Auth     *Auth
	Objects  *Objects
	Volume   *Volume
	Profile  *Profile
	Probe    *Probe
	Identity *Identity
	Trade    *Trade
	Cloud    *Cloud
	Roam     *Roam
	Habits   *Habits
	View     *inventory.View
	Rec      *event.Rec // the event that gave cause; nil at an epoch's end
	Now      int64      // Unix nanoseconds
	Moment   Moment

	Outcomes bool // the log shows successes too: shares mean something
}

// Span is what a memory tells of itself: when it began, how many events it
// counts, and references to lines that show it.
type Span struct {
	First, N uint32
	Lines    []uint32
}

// Memory is the span of the memory that the case's moment is about.
func (c *Case) Memory() Span {
	switch {
	case c.Moment == OnProfile && c.Profile != nil:
		return Span{c.Profile.First, c.Profile.N, c.Profile.Lines.At[:]}
	case c.Moment == OnProbe && c.Probe != nil:
		return Span{c.Probe.First, c.Probe.N, c.Probe.Lines.At[:]}
	case c.Moment == OnIdentity && c.Identity != nil:
		return Span{c.Identity.First, c.Identity.N, c.Identity.Lines.At[:]}
	case c.Moment == OnTrade && c.Trade != nil:
		return Span{c.Trade.First, c.Trade.N, c.Trade.Lines.At[:]}
	case c.Moment == OnCloud && c.Cloud != nil:
		return Span{c.Cloud.First, c.Cloud.N, c.Cloud.Lines.At[:]}
	}
	return Span{}
}

// Signal is the weight a detector gives a case. The numbers are the detector's
// own, for its account of the evidence.
type Signal struct {
	LLR     float64 // natural log of the likelihood ratio; 0 nothing, below 0 innocent
	Success bool    // what was tried succeeded
	Test    uint8   // which of the detector's tests weighs most
	Target  uint32  // template the signal is about, plus one; 0 none
	V       [8]float64
}

var registry []*Detector

func register[P any](d Detector, defaults P, judge func(*P, *Case) Signal, tell func(*P, *Case, Signal) Evidence) *Detector {
	p := &defaults
	d.params = p
	d.bind = func(a any) Bound {
		p := a.(*P)
		return Bound{Detector: &d, Judge: func(c *Case) Signal { return judge(p, c) }, Tell: func(c *Case, s Signal) Evidence { return tell(p, c, s) }}
	}
	return enlist(&d)
}

// registerBoth registers a detector that judges each actor, and looks at
// everybody for groups of which no member shows enough alone.
func registerBoth[P any](d Detector, defaults P, judge func(*P, *Case) Signal, tell func(*P, *Case, Signal) Evidence, look func(*P, *Crowd) []Claim) *Detector {
	r := register(d, defaults, judge, tell)
	alone := r.bind
	r.bind = func(a any) Bound {
		b, p := alone(a), a.(*P)
		b.Look = func(c *Crowd) []Claim { return look(p, c) }
		return b
	}
	return r
}

// registerCrowd registers a detector that looks at everybody at once.
func registerCrowd[P any](d Detector, defaults P, look func(*P, *Crowd) []Claim) *Detector {
	d.At = OnCrowd
	d.params = &defaults
	d.bind = func(a any) Bound {
		p := a.(*P)
		return Bound{Detector: &d, Look: func(c *Crowd) []Claim { return look(p, c) }}
	}
	return enlist(&d)
}

func enlist(d *Detector) *Detector {
	registry = append(registry, d)
	slices.SortFunc(registry, func(a, b *Detector) int { return strings.Compare(a.Name, b.Name) })
	return d
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

// hands says whether several people or machines seem to act under the actor's
// name, each with something else.
func (c *Case) hands() bool {
	return c.Scope == event.IP && c.Record.Sharers() >= 5 || c.Scope == event.Key && c.Profile != nil && c.Profile.Clients.Count() >= 4 && c.Profile.Agents.Count() >= 4
}

// many says whether the actor stands for several.
func (c *Case) many() bool { return c.Scope == event.Group || c.Scope == event.Net }

// alone says whether a group's or a network's events are all one address's,
// which is then its own actor.
func (c *Case) alone() bool {
	return c.many() && c.Record.Principals.Count() <= 1
}
