package enrich

import "testing"

// TestAsked: who polls for what is new since a moment asks the same thing each
// time; who asks for another number does not.
func TestAsked(t *testing.T) {
	n := New(Options{}, 1)
	f := func(same bool, a, b string) {
		t.Helper()
		if got := n.asked(a) == n.asked(b); got != same {
			t.Errorf("%s and %s: the same is %t, want %t", a, b, got, same)
		}
	}
	f(true, "since=1768953600&limit=20", "since=1768954500&limit=20")
	f(true, "from=2026-01-21T00:00:00Z", "from=2026-01-22T10:15:00Z")
	f(true, "day=20260121", "day=20260122")
	f(false, "since=1768953600&limit=20", "since=1768953600&limit=50")
	f(false, "q=lamp", "q=chair")
	f(false, "id=4829103756123", "id=4829103756124")
	f(false, "phone=491701234567", "phone=491701234568")
}
