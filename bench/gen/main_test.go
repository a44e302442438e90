package main

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func lines(n int, write func([]byte, *request) []byte) ([]byte, *generator) {
	g := newGenerator(options{seed: 1, clients: 1000, keys: 100, zipf: 1.05, rate: 50, abuse: 0.02, start: time.Unix(1763596800, 0)})
	var r request
	var b []byte
	for range n {
		g.next(&r)
		b = write(b, &r)
	}
	return b, g
}

func TestSameFlagsSameBytes(t *testing.T) {
	a, _ := lines(2000, combined)
	b, g := lines(3000, combined)
	if !bytes.HasPrefix(b, a) {
		t.Error("2000 lines are not the beginning of 3000")
	}
	abusive := 0
	for _, c := range g.campaigns {
		abusive += c.Lines
	}
	if abusive < 30 || abusive > 90 {
		t.Errorf("%d of 3000 lines are abusive, want about 2 %%", abusive)
	}
}

func TestLinesAreWellFormed(t *testing.T) {
	text, _ := lines(3000, combined)
	for line := range strings.Lines(string(text)) {
		f := strings.Split(line, " ")
		if len(f) < 12 || len(f[8]) != 3 {
			t.Fatalf("awk's $9 is no status: %s", line)
		}
		if _, err := netip.ParseAddr(f[0]); err != nil {
			t.Fatal(err)
		}
	}
	text, _ = lines(3000, nginxJSON)
	for line := range bytes.Lines(text) {
		var m map[string]any
		if err := json.Unmarshal(line, &m); err != nil || len(m) != 15 {
			t.Fatalf("%v, %d fields: %s", err, len(m), line)
		}
	}
}
