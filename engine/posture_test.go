package engine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"goshawk/engine"
)

// TestPosture: an endpoint that nearly everybody names themselves on, and that
// answers one who does not; and no facts about a log that names nobody.
func TestPosture(t *testing.T) {
	log := func(user func(i int) string) string {
		var b strings.Builder
		for i := range 400 {
			fmt.Fprintf(&b, "198.51.100.%d - %s [23/Nov/2026:09:%02d:%02d +0000] \"GET /api/exports/monthly HTTP/1.1\" 200 900 \"-\" \"Mozilla/5.0\"\n", i%200, user(i), i/60, i%60)
		}
		return b.String()
	}
	f := func(text string, want ...string) {
		t.Helper()
		r, err := engine.Run(context.Background(), []engine.Source{&memory{name: "x.log", text: []byte(text), most: 1 << 16, r: rand.New(rand.NewPCG(1, 1))}}, engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range r.Posture {
			got += fmt.Sprintf("%s %s %d: %s\n", p.Fact, p.Endpoint, len(p.Lines), p.Evidence)
		}
		if got != strings.Join(want, "") {
			t.Errorf("got %s", got)
		}
	}
	f(log(func(i int) string {
		if i == 77 || i == 99 {
			return "-"
		}
		return fmt.Sprintf("u%d", i%200)
	}), "open_endpoint GET /api/exports/monthly 1: 2 of 400 successes went to callers whom the log does not name; 398 named theirs. Of the whole API's successes 100 % were named.\n")
	f(log(func(int) string { return "-" }))
	f(log(func(i int) string {
		if i%2 == 0 {
			return "-"
		}
		return "u1"
	}))
}
