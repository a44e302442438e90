// Package simulate makes labelled traffic: people and machines at work, and
// among them attackers whose campaigns are known exactly. It answers the one
// question a detector cannot answer about itself: what was missed, and who was
// accused wrongly.
//
// A kind of people or of attack is one file with one registered Kind. Attacks
// are written from the definition of the threat; every number in them is drawn
// from a wide range by the seed, so that no detector can be fitted to one.
// The same World gives the same events, and its people behave the same
// whichever attacks are added.
package simulate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"goshawk/event"
)

// World describes one stretch of traffic. The zero value of a field takes the
// default named beside it.
type World struct {
	Shape   string       // what the API looks like: shop, b2b, saas, site or aws; "" is shop
	Start   int64        // Unix nanoseconds
	Hours   float64      // how long, 6
	Lines   int          // benign requests to aim at, 20,000; met within a factor of about 1.5
	Seed    uint64       // draws everything else
	Attacks []Attack     // who attacks; nobody
	Hide    event.Fields // what the log cannot show; see Hidden
	People  []string     // names of benign kinds; nil is all that fit the shape

	Scenario string // name of a Scenario: its shape, its attacks, and its hours unless Hours says otherwise
}

// Attack asks for one campaign.
type Attack struct {
	Behaviour string // the name of an attacking Kind
	Variant   string // easy, medium or evasive
}

// Label says who sent an event.
type Label struct {
	Campaign  int    // 1-based, 0 for benign
	Behaviour string // of the campaign
	Variant   string
	Kind      string // name of the Kind that acted
}

// Campaign is one attack as it happened. Times are Unix nanoseconds, 0 if the
// world ended before it began.
type Campaign struct {
	ID        int
	Behaviour string
	Variant   string
	Note      string        // the numbers drawn, for a person who asks why it was missed
	Members   []event.Actor // whom it acted as and nobody else did, and whose session or key it stole; sorted
	Stolen    []event.Actor // those of Members that their owners go on using; sorted
	Victims   []string      // accounts it tried to enter; sorted
	First     int64
	Last      int64
	Events    int
}

// Truth is what a run really held.
type Truth struct {
	Campaigns []Campaign
	Benign    map[event.Actor]string // every other actor, and the kind that used it most
	Requests  int                    // benign ones
	Days      float64                // how long
	Times     [][]int64              // of each campaign's events, in order, Unix nanoseconds
	Declared  []event.Actor          // whom the owner named before as allowed, such as a scanner; sorted
}

// Kind is one way of acting.
type Kind struct {
	Name   string
	Title  string
	Attack bool     // takes a variant; otherwise people or machines
	Share  float64  // of the benign lines, relative to the other kinds; 0 for an attack, or for a kind whose volume is its own
	Shapes []string // where it fits; nil is every API that is spoken over HTTP
	start  func(*cast)

	Declared bool // the owner told of it before: Score neither blames nor praises who names it
}

// Variants of an attack, from careless to careful.
var Variants = []string{"easy", "medium", "evasive"}

var kinds = map[string]Kind{}

func register(k Kind) Kind {
	if _, twice := kinds[k.Name]; twice {
		panic("simulate: two kinds are called " + k.Name)
	}
	kinds[k.Name] = k
	return k
}

// Kinds returns every kind by name.
func Kinds() []Kind {
	all := make([]Kind, 0, len(kinds))
	for _, k := range kinds {
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b Kind) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Fits reports whether k can act on an API of that shape.
func (k Kind) Fits(shape string) bool {
	if len(k.Shapes) == 0 {
		return shape != "aws"
	}
	return slices.Contains(k.Shapes, shape)
}

// Shapes returns the names of the API shapes.
func Shapes() []string {
	var names []string
	for name := range shapes {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Check says what is wrong with a world that cannot be played.
func (w World) Check() error {
	_, err := w.withDefaults()
	return err
}

func (w World) withDefaults() (World, error) {
	if w.Scenario != "" {
		s, ok := scenarios[w.Scenario]
		if !ok {
			return w, fmt.Errorf("no scenario %q", w.Scenario)
		}
		w.Shape, w.Hours, w.Attacks = s.Shape, cmp.Or(w.Hours, s.Hours), s.attacks()
	}
	if w.Shape == "" {
		w.Shape = "shop"
	}
	if w.Hours == 0 {
		w.Hours = 6
	}
	if w.Lines == 0 {
		w.Lines = 20_000
	}
	if shapes[w.Shape] == nil {
		return w, fmt.Errorf("no API shape %q: have %s", w.Shape, strings.Join(Shapes(), ", "))
	}
	for _, a := range w.Attacks {
		if w.Scenario != "" {
			break
		}
		k, ok := kinds[a.Behaviour]
		if !ok || !k.Attack || !k.Fits(w.Shape) {
			return w, fmt.Errorf("no attack %q on a %s", a.Behaviour, w.Shape)
		}
		if !slices.Contains(Variants, a.Variant) {
			return w, fmt.Errorf("no variant %q: have %s", a.Variant, strings.Join(Variants, ", "))
		}
	}
	for _, name := range w.People {
		if k, ok := kinds[name]; !ok || k.Attack {
			return w, fmt.Errorf("no people called %q", name)
		}
	}
	return w, nil
}
