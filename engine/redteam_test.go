package engine_test

import (
	"os"
	"strings"
	"testing"

	"goshawk/decode"
	"goshawk/engine"
	"goshawk/event"
	"goshawk/simulate"
)

// limits are the scenarios of an attacker who has read the source that are not
// found. docs/limits.md lists them with the reason.
var limits = map[string]bool{"boiling": true, "common_browser": true, "just_under_the_limit": true, "one_login_random_agents": true, "state_flood": true}

// Each scenario is found, or listed as a known limit, and no more innocent actors
// are accused than the two of its world that docs/limits.md tells of.
func TestRedTeam(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	doc, err := os.ReadFile("../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range simulate.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			if listed := strings.Contains(string(doc), "`"+s.Name+"`"); listed != limits[s.Name] {
				t.Errorf("in docs/limits.md: %v, in the test: %v", listed, limits[s.Name])
			}
			r := stage(t, simulate.World{Scenario: s.Name, Seed: 77, Lines: 12_000})
			n, found, _ := r.Count("", "")
			if missed := found < n; missed != limits[s.Name] {
				t.Errorf("%d of %d campaigns found; a known limit: %v", found, n, limits[s.Name])
			}
			if framed := len(r.False); framed > 2 {
				t.Errorf("%d innocent actors are claimed: %+v", framed, r.False)
			}
			t.Logf("%d of %d found, %d false claims", found, n, len(r.False))
		})
	}
}

// stage scores what is found in a world.
func stage(t *testing.T, w simulate.World) simulate.Report {
	t.Helper()
	var log []byte
	w.Hide = simulate.Hidden(decode.JSON)
	truth, err := w.Generate(func(e *event.Event, _ simulate.Label) { log = append(decode.AppendJSON(log, e), '\n') })
	if err != nil {
		t.Fatal(err)
	}
	o := engine.Options{}
	o.Enrich.Reveal = true
	return simulate.Score(claims(run(t, o, 1<<20, log)), truth)
}

func claims(r *engine.Result) (l []simulate.Claim) {
	for _, f := range r.Findings {
		l = append(l, simulate.Claim{Actor: f.Actor, Members: f.Members, Score: f.Score, Detector: f.Detector, DetectedAt: f.DetectedAt})
	}
	return l
}
