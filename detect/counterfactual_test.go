package detect_test

import (
	"context"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"goshawk/decide"
	"goshawk/detect"
	"goshawk/engine"
	"goshawk/event"
)

// claimsOf lists the claims on single actors in a log, with keys in clear so
// that their lines can be found.
func claimsOf(t *testing.T, lines []line, o engine.Options) (l []detect.Finding) {
	t.Helper()
	var log []byte
	for _, x := range lines {
		log = append(append(log, x.text...), '\n')
	}
	o.Enrich.Reveal = true
	r, err := engine.Run(context.Background(), []engine.Source{&whole{"log", log}}, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		if f.Score >= 0.8 {
			l = append(l, f)
		}
	}
	return l
}

// What a finding says would have silenced it does: each is replayed with that
// change. An actor that had stopped in time is not claimed by that detector,
// and one that the allow list names is not claimed at all.
func TestCounterfactuals(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	files, _ := filepath.Glob("testdata/*.txtar")
	stopped, allowed := 0, 0
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		background := map[string][]line{}
		for _, f := range a.Files {
			if ext, ok := strings.CutPrefix(f.Name, "background"); ok {
				background[ext], _ = expand(string(f.Data))
			}
		}
		for _, f := range a.Files {
			if !strings.HasPrefix(f.Name, "attack") {
				continue
			}
			lines, _ := expand(string(f.Data))
			lines = append(lines, background[filepath.Ext(f.Name)]...)
			slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
			for _, x := range claimsOf(t, lines, engine.Options{}) {
				same := func(y detect.Finding) bool { return y.Actor == x.Actor && y.Detector == x.Detector }
				if x.Actor.Scope == event.IP {
					allow := mustAllow(t, x.Actor)
					if slices.ContainsFunc(claimsOf(t, lines, engine.Options{Allow: allow}), func(y detect.Finding) bool { return y.Actor == x.Actor }) {
						t.Errorf("%s %s: %s is claimed though it is allowed", file, f.Name, x.Actor)
					}
					allowed++
				}
				if !slices.ContainsFunc(x.WouldNotFire, func(s string) bool { return strings.HasPrefix(s, "it had stopped") }) || x.Actor.Scope == event.Group || x.Actor.Scope == event.Net {
					continue
				}
				at := time.Unix(0, x.SufficedAt)
				fewer := slices.DeleteFunc(slices.Clone(lines), func(l line) bool {
					return !l.at.Before(at) && strings.Contains(l.text, strings.TrimSuffix(x.Actor.Value, ":/64"))
				})
				if slices.ContainsFunc(claimsOf(t, fewer, engine.Options{}), same) {
					t.Errorf("%s %s: %s by %s fires though it stopped before %s", file, f.Name, x.Actor, x.Detector, at.UTC())
				}
				stopped++
			}
		}
	}
	t.Logf("%d replays of who had stopped, %d of who was allowed", stopped, allowed)
	if stopped == 0 || allowed == 0 {
		t.Error("nothing was replayed")
	}
}

func mustAllow(t *testing.T, a event.Actor) *decide.AllowList {
	t.Helper()
	p, err := netip.ParsePrefix(a.Value)
	if err != nil {
		addr, err := netip.ParseAddr(a.Value)
		if err != nil {
			t.Fatal(err)
		}
		p = netip.PrefixFrom(addr, addr.BitLen())
	}
	l, err := decide.NewAllowList([]decide.Allow{{IP: p, Reason: "replayed"}})
	if err != nil {
		t.Fatal(err)
	}
	return l
}
