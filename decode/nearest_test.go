package decode

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"allow", "decode", "detect", "enrich", "memory", "workers"}
	f := func(in, want string) {
		t.Helper()
		if got := Nearest(in, names); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	f("detct", "detect")
	f("dceode", "decode")
	f("worker", "workers")
	f("Memory", "memory")
}
