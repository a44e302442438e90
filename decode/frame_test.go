package decode

import (
	"bytes"
	"strings"
	"testing"
)

// framed frames a log in one write, at every cut into two, and byte by byte, and
// returns what all agree on.
func framed(t *testing.T, log string) string {
	t.Helper()
	var f Framer
	want := string(f.Frame(nil, []byte(log), true))
	check := func(how string, at int, got []byte) {
		t.Helper()
		if string(got) != want {
			t.Fatalf("%q %s %d:\n got %q\nwant %q", log, how, at, got, want)
		}
	}
	check("again", 0, f.Frame(nil, []byte(log), true))
	if len(log) < 5000 {
		for i := range len(log) {
			got := f.Frame(nil, []byte(log[:i]), false)
			check("cut at", i, f.Frame(got, []byte(log[i:]), true))
		}
	}
	var single []byte
	for i := range len(log) {
		single = f.Frame(single, []byte{log[i]}, false)
	}
	check("bytes of", len(log), f.Frame(single, nil, true))
	return want
}

func TestFrame(t *testing.T) {
	f := func(name, log, want string) {
		t.Helper()
		got := framed(t, log)
		if got != want {
			t.Errorf("%s: %s\n got %q\nwant %q", name, log, got, want)
		}
		if fr := NewFramer(log); fr == nil && strings.TrimSuffix(want, "\n") != strings.TrimSuffix(log, "\n") {
			t.Errorf("%s: no framer for %q", name, log)
		} else if fr != nil {
			if got := string(fr.Frame(nil, []byte(log), true)); got != want {
				t.Errorf("%s: the framer chosen makes %q", name, got)
			}
		}
	}
	f("plain", `{"a":1,"b":{"c":[1,2]}}`+"\n", `{"a":1,"b":{"c":[1,2]}}`+"\n")
	f("cloudtrail", `{"Records":[{"a":1},{"b":"}]\"{"}]}`, `{"a":1}`+"\n"+`{"b":"}]\"{"}`+"\n")
}

func TestFrameShow(t *testing.T) {
	_ = bytes.Equal
}
