package engine_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"goshawk/decode"
	"goshawk/detect"
	"goshawk/engine"
	"goshawk/event"
	"goshawk/simulate"
)

// TestSameFindingsInEveryFormat writes the same requests in every format that
// can be written, and as nginx's combined: what is found does not depend on the
// format, for all detectors whose needs both formats carry.
func TestSameFindingsInEveryFormat(t *testing.T) {
	d, err := decode.New(decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range decode.Writers() {
		read := f.Name
		switch f.Name {
		case decode.Combined.Name:
			continue
		case "apache":
			read = decode.Combined.Name
		}
		t.Run(f.Name, func(t *testing.T) {
			var in, combined []byte
			var e event.Event
			w := simulate.World{Shape: "shop", Lines: 6000, Seed: 11, Start: 1772600000e9, Attacks: []simulate.Attack{
				{Behaviour: "credential_stuffing", Variant: "easy"}, {Behaviour: "enumeration", Variant: "easy"}, {Behaviour: "rate", Variant: "easy"},
			}}
			w.Generate(func(x *event.Event, _ simulate.Label) {
				// What both formats hold, and no more.
				y := *x
				for _, g := range []decode.Format{f, decode.Combined, f} {
					if err := d.Decode(string(g.Encode(nil, &y)), nil, &e); err != nil {
						t.Fatalf("%s: %v", g.Name, err)
					}
					y = e.Clone()
				}
				y.Key, y.Session, y.TLS, y.Account, y.Forwarded = "", "", "", "", ""
				y.Carries = 0
				in = append(f.Encode(in, &y), '\n')
				combined = append(decode.Combined.Encode(combined, &y), '\n')
			})
			got := run(t, engine.Options{Workers: 2}, 64<<10, in)
			want := run(t, engine.Options{Workers: 2}, 64<<10, combined)
			if got.Input.Sources[0].Format != read || got.Input.Unparsed > 0 {
				t.Fatalf("recognised as %s, %d lines not understood", got.Input.Sources[0].Format, got.Input.Unparsed)
			}
			both := func(l []detect.Finding) (s []string) {
				for _, x := range l {
					if det, _ := detect.Lookup(x.Detector); det.Needs&^(f.Carries&decode.Combined.Carries) == 0 {
						s = append(s, fmt.Sprintf("%s %s %d %v", x.Detector, x.Actor, x.Events, math.Round(x.Score*100)))
					}
				}
				slices.Sort(s)
				return s
			}
			a, b := both(got.Findings), both(want.Findings)
			if !slices.Equal(a, b) || len(b) < 3 {
				t.Errorf("as %s:\n  %s\nas combined:\n  %s", f.Name, strings.Join(a, "\n  "), strings.Join(b, "\n  "))
			}
		})
	}
}
