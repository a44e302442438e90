package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"goshawk/decode"
	"goshawk/event"
	"goshawk/simulate"
)

// Files beside a simulated log.
const (
	labelsFile = "labels.tsv"
	truthFile  = "truth.jsonl"
)

// truthSchema names the form of truth.jsonl: one object of each kind below, told
// apart by their first key.
const truthSchema = "goshawk.truth/1"

type truthWorld struct {
	Schema   string    `json:"schema"`
	Shape    string    `json:"shape"`
	Seed     uint64    `json:"seed"`
	Start    time.Time `json:"start"`
	Hours    float64   `json:"hours"`
	Format   string    `json:"format"`
	Hides    []string  `json:"hides"`    // what the format cannot show
	Requests int       `json:"requests"` // of the innocent

	Declared []truthActor `json:"declared,omitempty"` // whom the owner named before as allowed
}

type truthCampaign struct {
	Campaign  int          `json:"campaign"`
	Behaviour string       `json:"behaviour"`
	Variant   string       `json:"variant"`
	Events    int          `json:"events"`
	First     time.Time    `json:"first,omitzero"`
	Last      time.Time    `json:"last,omitzero"`
	Members   []truthActor `json:"members"` // whom it acted as, and nobody else did
	Stolen    []truthActor `json:"stolen"`  // but for these of them, whose owners go on
	Victims   []string     `json:"victims"` // accounts it tried to enter
	Note      string       `json:"note"`
}

type truthBenign struct {
	Benign truthActor `json:"benign"`
	Kind   string     `json:"kind"`
}

type truthActor struct {
	Scope string `json:"scope"`
	Value string `json:"value"`
}

func writeTruth(to io.Writer, w simulate.World, f decode.Format, t *simulate.Truth) error {
	enc := json.NewEncoder(to)
	hides := []string{}
	if h := simulate.Hidden(f); h != 0 {
		hides = strings.Split(h.String(), ", ")
	}
	world := truthWorld{truthSchema, w.Shape, w.Seed, time.Unix(0, w.Start).UTC(), w.Hours, f.Name, hides, t.Requests, nil}
	for _, a := range t.Declared {
		world.Declared = append(world.Declared, truthActor{a.Scope.String(), a.Value})
	}
	if err := enc.Encode(world); err != nil {
		return err
	}
	for _, c := range t.Campaigns {
		x := truthCampaign{Campaign: c.ID, Behaviour: c.Behaviour, Variant: c.Variant, Events: c.Events, Members: []truthActor{}, Stolen: []truthActor{}, Victims: c.Victims, Note: c.Note}
		if x.Victims == nil {
			x.Victims = []string{}
		}
		if c.Events > 0 {
			x.First, x.Last = time.Unix(0, c.First).UTC(), time.Unix(0, c.Last).UTC()
		}
		for _, a := range c.Members {
			x.Members = append(x.Members, truthActor{a.Scope.String(), a.Value})
		}
		for _, a := range c.Stolen {
			x.Stolen = append(x.Stolen, truthActor{a.Scope.String(), a.Value})
		}
		if err := enc.Encode(x); err != nil {
			return err
		}
	}
	for _, a := range slices.SortedFunc(maps.Keys(t.Benign), event.Actor.Compare) {
		if err := enc.Encode(truthBenign{truthActor{a.Scope.String(), a.Value}, t.Benign[a]}); err != nil {
			return err
		}
	}
	return nil
}

// readTruth reads what writeTruth and World.Write wrote.
func readTruth(truth, labels io.Reader) (world truthWorld, t simulate.Truth, err error) {
	t.Benign = map[event.Actor]string{}
	dec := json.NewDecoder(bufio.NewReaderSize(truth, 1<<20))
	for n := 1; ; n++ {
		var x struct {
			truthWorld
			truthCampaign
			truthBenign
		}
		if err := dec.Decode(&x); err == io.EOF {
			break
		} else if err != nil {
			return world, t, fmt.Errorf("object %d: %w", n, err)
		}
		switch {
		case n == 1 && x.Schema != truthSchema:
			return world, t, fmt.Errorf("this is no truth of the form %s", truthSchema)
		case n == 1:
			world = x.truthWorld
			t.Requests = x.Requests
			for _, d := range x.Declared {
				a, err := d.actor()
				if err != nil {
					return world, t, fmt.Errorf("object 1: %w", err)
				}
				t.Declared = append(t.Declared, a)
			}
		case x.Campaign > 0:
			if x.Campaign != len(t.Campaigns)+1 {
				return world, t, fmt.Errorf("object %d: campaign %d is out of order", n, x.Campaign)
			}
			c := simulate.Campaign{ID: x.Campaign, Behaviour: x.Behaviour, Variant: x.Variant, Note: x.Note, Victims: x.Victims, Events: x.Events}
			if x.Events > 0 {
				c.First, c.Last = x.First.UnixNano(), x.Last.UnixNano()
			}
			for _, m := range x.Members {
				a, err := m.actor()
				if err != nil {
					return world, t, fmt.Errorf("object %d: %w", n, err)
				}
				c.Members = append(c.Members, a)
			}
			t.Campaigns = append(t.Campaigns, c)
		default:
			a, err := x.Benign.actor()
			if err != nil {
				return world, t, fmt.Errorf("object %d: %w", n, err)
			}
			t.Benign[a] = x.Kind
		}
	}
	t.Times = make([][]int64, len(t.Campaigns))
	s := bufio.NewScanner(labels)
	for n := 1; s.Scan(); n++ {
		if n == 1 {
			continue
		}
		var line, ms int64
		var campaign int
		if _, err := fmt.Sscanf(s.Text(), "%d\t%d\t%d", &line, &ms, &campaign); err != nil || campaign < 1 || campaign > len(t.Times) {
			return world, t, fmt.Errorf("labels, line %d: %q is no label", n, s.Text())
		}
		t.Times[campaign-1] = append(t.Times[campaign-1], ms*1e6)
	}
	return world, t, s.Err()
}

func (a truthActor) actor() (event.Actor, error) {
	s, ok := event.ParseScope(a.Scope)
	if !ok || a.Value == "" {
		return event.Actor{}, fmt.Errorf("%q is no actor", a.Scope+" "+a.Value)
	}
	return event.Actor{Scope: s, Value: a.Value}, nil
}
