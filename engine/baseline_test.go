package engine_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"testing"

	"goshawk/decode"
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
