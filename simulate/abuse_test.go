package simulate

import (
	"strings"
	"testing"
	"time"

	"goshawk/event"
)

// alone is a world in which nobody but one campaign acts, and those people who
// are named.
func alone(shape, behaviour, variant string, seed uint64, people ...string) World {
	w := World{Shape: shape, Seed: seed, Hours: 24, Lines: 8000, Start: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC).UnixNano(), People: append([]string{}, people...)}
	if behaviour != "" {
		w.Attacks = []Attack{{behaviour, variant}}
	}
	return w
}

// unpaid counts goals that were reached on a shop without paying for each.
func unpaid(t *testing.T, w World) (goals, unpaid int, note string) {
	paid, reached := map[string]int{}, map[string]int{}
	truth := play(t, w, func(e *event.Event, _ Label) {
		parts := strings.Split(e.Path, "/")
		if len(parts) < 3 || e.Method != "POST" || e.Status >= 300 {
			return
		}
		id, step := parts[len(parts)-2], parts[len(parts)-1]
		switch step {
		case "payment":
			paid[id]++
		case "confirm":
			goals++
			reached[id]++
			if reached[id] > paid[id] {
				unpaid++
			}
		}
	})
	if len(truth.Campaigns) > 0 {
		note = truth.Campaigns[0].Note
	}
	return goals, unpaid, note
}

// Whoever skips the payment really gets the goods without it; who shops pays.
func TestFlowBypassDoesNotPay(t *testing.T) {
	seen := 0
	for seed := range uint64(8) {
		for _, v := range Variants {
			goals, free, note := unpaid(t, alone("shop", "flow_bypass", v, seed))
			if strings.HasPrefix(note, "[reorder]") {
				continue // pays, for less than it takes
			}
			seen++
			if free == 0 || v == "evasive" && free*10 < goals {
				t.Errorf("seed %d %s: %d goals, %d unpaid: %s", seed, v, goals, free, note)
			}
		}
	}
	if seen < 8 {
		t.Errorf("only %d campaigns", seen)
	}
	w := alone("shop", "", "", 3, "shoppers")
	if goals, free, _ := unpaid(t, w); goals < 100 || free*5 > goals {
		t.Errorf("shoppers: %d goals, %d unpaid", goals, free)
	}
}

// While somebody hoards a thing, others get less of it than without.
func TestHoardingEmptiesTheStock(t *testing.T) {
	without, with := 0, 0
	for seed := range uint64(12) {
		w := alone("shop", "inventory_hoarding", Variants[seed%3], seed, "scarce_rush")
		w.Lines = 2000
		held := map[string]int{} // by the campaign
		c := play(t, w, func(e *event.Event, l Label) {
			if l.Campaign != 0 && e.Method == "POST" && e.Status == 201 {
				held[e.Path+"?"+e.Query]++
			}
		}).Campaigns[0]
		count := func(w World) (n int) {
			play(t, w, func(e *event.Event, l Label) {
				if l.Campaign == 0 && e.Status == 201 && e.Time >= c.First && e.Time <= c.Last && held[e.Path+"?"+e.Query] > 10 {
					n++
				}
			})
			return n
		}
		with += count(w)
		w.Attacks = nil
		without += count(w)
	}
	if without < 50 || with*10 > without*9 {
		t.Errorf("people put %d of these things aside, and %d beside a hoarder", without, with)
	}
}

// A key that was taken over works first and belongs to the campaign.
func TestBaselineTurns(t *testing.T) {
	for seed := range uint64(6) {
		first := map[string]int64{}
		w := alone("b2b", "own_baseline", Variants[seed%3], seed)
		truth := play(t, w, func(e *event.Event, l Label) {
			if first[e.Key] == 0 {
				first[e.Key] = e.Time
			}
		})
		c := truth.Campaigns[0]
		key := ""
		for _, m := range c.Members {
			if m.Scope == event.Key {
				key = m.Value
			}
		}
		if key == "" || c.First-first[key] < int64(5*time.Hour) || truth.Requests < 20 || c.Events < 20 {
			t.Errorf("seed %d: key %q, first %d, campaign %+v after %d innocent requests", seed, key, first[key], c, truth.Requests)
		}
	}
}

// Every attack is slower when it is careful.
func TestCarefulIsSlower(t *testing.T) {
	for _, k := range Kinds() {
		if !k.Attack || k.Name == "own_baseline" || k.Name == "inventory_hoarding" { // as fast as the key was, as the stock needs
			continue
		}
		shape := "shop"
		if len(k.Shapes) > 0 {
			shape = k.Shapes[0]
		}
		pace := map[string]float64{}
		for _, v := range Variants {
			for seed := range uint64(4) {
				c := play(t, alone(shape, k.Name, v, seed), func(*event.Event, Label) {}).Campaigns[0]
				if c.Events < 4 {
					t.Errorf("%s %s: %d events: %s", k.Name, v, c.Events, c.Note)
				}
				pace[v] += float64(c.Events) / (float64(c.Last-c.First)/1e9 + 60)
			}
		}
		if pace["easy"] < pace["evasive"]*1.5 {
			t.Errorf("%s: %v requests a second", k.Name, pace)
		}
	}
}

// Routes of administrators refuse before they give way, if they do.
func TestBFLAIsRefusedFirst(t *testing.T) {
	for seed := range uint64(6) {
		refused, granted := 0, 0
		play(t, alone("saas", "bfla", "medium", seed), func(e *event.Event, _ Label) {
			if !strings.Contains(e.Path, "admin/") && !strings.Contains(e.Path, "manage/") && !strings.Contains(e.Path, "backoffice/") {
				return
			}
			if e.Status >= 400 {
				refused++
			} else if granted++; refused == 0 {
				t.Errorf("seed %d: %s %s %d before any refusal", seed, e.Method, e.Path, e.Status)
			}
		})
		if refused < 5 {
			t.Errorf("seed %d: %d refused, %d granted", seed, refused, granted)
		}
	}
}

// CloudTrail tells of calls, not of requests.
func TestCloudTrail(t *testing.T) {
	play(t, small("aws", 3), func(e *event.Event, l Label) {
		source, name, ok := strings.Cut(e.Path[1:], "/")
		if !ok || name == "" || source != e.Host || !strings.HasSuffix(source, ".amazonaws.com") || e.Method != "API" || e.BytesOut != -1 || e.Duration != -1 || e.Query != "" {
			t.Fatalf("%s: %+v", l.Kind, e)
		}
		if name == "ConsoleLogin" == (e.Key != "") || e.Key != "" && !strings.HasPrefix(e.User, "arn:aws:") {
			t.Fatalf("%s: %+v", l.Kind, e)
		}
	})
}
