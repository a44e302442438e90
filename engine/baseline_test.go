package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"goshawk/decode"
	"goshawk/detect"
	"goshawk/engine"
)

// What was learned yesterday is known today, whoever works on it; a file that is
// not whole, or somebody else's, is refused before anything is judged.
func TestBaseline(t *testing.T) {
	yesterday := world(t, "shop", 20_000, 5, decode.AppendJSON, true)
	today := world(t, "shop", 4000, 6, decode.AppendJSON, false)
	learn := func(o engine.Options) []byte {
		t.Helper()
		var b bytes.Buffer
		o.Learn = &b
		run(t, o, 1<<16, yesterday)
		return b.Bytes()
	}
	known := learn(engine.Options{})
	if other := learn(engine.Options{Workers: 3}); !bytes.Equal(known, other) {
		t.Error("three workers learned something else than one")
	}
	one := run(t, engine.Options{Baseline: bytes.NewReader(known)}, 1<<16, today)
	two := run(t, engine.Options{Baseline: bytes.NewReader(known), Workers: 3}, 1<<10, today)
	if !reflect.DeepEqual(one, two) {
		t.Error(difference(two, one))
	}
	fresh := run(t, engine.Options{}, 1<<16, today)
	if reflect.DeepEqual(fresh.Findings, one.Findings) {
		t.Error("knowing what is normal changed nothing")
	}
	refused := func(what string, b []byte, o engine.Options) {
		t.Helper()
		o.Baseline = bytes.NewReader(b)
		r, err := engine.Run(context.Background(), nil, o)
		if !errors.Is(err, engine.ErrBaseline) || r != nil {
			t.Errorf("%s: got %v, %v", what, r, err)
		}
	}
	for n := 0; n < len(known); n += len(known)/40 + 1 {
		refused("cut short", known[:n], engine.Options{})
		bad := bytes.Clone(known)
		bad[n] ^= 0x40
		refused("a flipped bit", bad, engine.Options{})
	}
	refused("more behind it", append(bytes.Clone(known), 0), engine.Options{})
	refused("another seed", known, engine.Options{Seed: 7})
}

// partners is a log of so many hours from one on, in which twelve keys work as
// they do every day; from another hour on somebody else has one of them.
func partners(from, hours, stolen int) []byte {
	start := time.Date(2026, 11, 23, from, 0, 0, 0, time.UTC)
	r := rand.New(rand.NewPCG(uint64(from), 1))
	var out []byte
	for at := range hours * 3600 / 5 {
		k, when := r.IntN(12), start.Add(time.Duration(at)*5*time.Second)
		addr, uri, agent := fmt.Sprintf("192.0.2.%d", k+1), fmt.Sprintf("/api/orders/%d", 1000*k+r.IntN(300)), fmt.Sprintf("connector/2.%d", k)
		switch {
		case k == 3 && at/720 >= stolen:
			addr, uri, agent = "203.0.113.7", fmt.Sprintf("/api/customers?page=%d", r.IntN(900)), "python-requests/2.32.3"
		case k == 11:
			uri = fmt.Sprintf("/api/customers?page=%d", r.IntN(9)) // its work
		case r.IntN(2) == 0:
			uri = "/api/stock"
		}
		out = fmt.Appendf(out, `{"time_iso8601":%q,"remote_addr":%q,"request_method":"GET","request_uri":%q,"status":200,"body_bytes_sent":900,"http_user_agent":%q,"http_x_api_key":"ak_live_%dpRt9Xw2LmQ44bnZe"}`+"\n",
			when.Format(time.RFC3339), addr, uri, agent, k)
	}
	return out
}

// Two hours of today say little of an actor; together with yesterday they say
// who changed. Who is suspected teaches nothing of itself, and a log read twice
// teaches habits once.
func TestHabitsOfYesterday(t *testing.T) {
	learn := func(from, hours, stolen int, baseline []byte) (*engine.Result, []byte) {
		t.Helper()
		var b bytes.Buffer
		o := engine.Options{Learn: &b}
		if baseline != nil {
			o.Baseline = bytes.NewReader(baseline)
		}
		return run(t, o, 64<<10, partners(from, hours, stolen)), b.Bytes()
	}
	changed := func(r *engine.Result) bool {
		return slices.ContainsFunc(r.Findings, func(f detect.Finding) bool { return f.Detector == "own_baseline" && f.Score >= 0.8 })
	}
	_, yesterday := learn(0, 24, 24, nil)
	if r, _ := learn(24, 3, 1, nil); changed(r) {
		t.Errorf("hours without a past: %s", names(r))
	}
	if r, _ := learn(24, 3, 3, yesterday); changed(r) {
		t.Errorf("hours like yesterday's: %s", names(r))
	}
	r, today := learn(24, 3, 1, yesterday)
	if !changed(r) {
		t.Errorf("a thief: %s", names(r))
	}
	if r, _ := learn(27, 3, 0, today); !changed(r) {
		t.Errorf("the thief's next hours: %s", names(r))
	}
	_, again := learn(0, 24, 24, yesterday)
	if r, _ := learn(24, 3, 1, again); !changed(r) {
		t.Errorf("after yesterday was read twice: %s", names(r))
	}
}
