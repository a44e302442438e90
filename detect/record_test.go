package detect_test

import (
	"fmt"
	"slices"
	"testing"

	"goshawk/detect"
	"goshawk/event"
)

const start = int64(1_800_000_000) // a whole minute and hour, Unix seconds

func TestRecordWindows(t *testing.T) {
	var a detect.Record
	f := func(sec int64, times int, want string) {
		t.Helper()
		var closed, hour uint32
		for range times {
			c, h := a.Observe(&event.Rec{Time: (start + sec) * 1e9, Status: 200})
			closed, hour = closed+c, hour+h
		}
		if got := fmt.Sprintf("n %d cur %d prev %d hour %d; closed %d %d", a.N, a.Cur, a.Prev, a.HourN, closed, hour); got != want {
			t.Errorf("%d s: %s, want %s", sec, got, want)
		}
	}
	f(0, 3, "n 3 cur 3 prev 0 hour 3; closed 0 0")
	f(59, 1, "n 4 cur 4 prev 0 hour 4; closed 0 0")
	f(60, 2, "n 6 cur 2 prev 4 hour 6; closed 4 0")
	f(180, 1, "n 7 cur 1 prev 0 hour 7; closed 2 0") // a quiet minute between
	f(3600, 1, "n 8 cur 1 prev 0 hour 1; closed 1 7")
	f(10800, 1, "n 9 cur 1 prev 0 hour 1; closed 1 1")
}

func TestRecordSharers(t *testing.T) {
	a := detect.Record{Scope: event.IP}
	if a.Sharers() != 1 || a.Class() != 0 {
		t.Errorf("an empty record: %d sharers, class %d", a.Sharers(), a.Class())
	}
	a.Logins = 12
	if a.Sharers() != 12 {
		t.Errorf("twelve log-ins: %d sharers", a.Sharers())
	}
	a.Scope = event.User
	if a.Sharers() != 1 {
		t.Error("a user is one person")
	}
	a.Observe(&event.Rec{Mark: event.MarkTool})
	if a.Class() != 0 {
		t.Error("a user's program does what its person may do")
	}
	for _, s := range []event.Scope{event.IP, event.Key} {
		if a.Scope = s; a.Class() != 1 {
			t.Errorf("a %v with a tool is a program", s)
		}
	}
}

// attempts are log-ins at these seconds by this many clients in turn.
func attempts(clients int, seconds ...int64) *detect.Auth {
	a := &detect.Auth{}
	for i, s := range seconds {
		client := uint64(i%clients+1) * 0x9E3779B97F4A7C15
		a.Observe(&event.Rec{Time: (start + s) * 1e9, Client: client, Class: event.Login | event.Failed}, 1)
	}
	return a
}

func every(n int, gap ...int64) (l []int64) {
	at := int64(0)
	for i := range n {
		l = append(l, at)
		at += gap[i%len(gap)]
	}
	return l
}

// A client that repeats itself at one interval of five seconds or more was
// never told of a new password.
func TestMetronome(t *testing.T) {
	f := func(what string, want bool, a *detect.Auth) {
		t.Helper()
		if a.Metronome() != want {
			t.Errorf("%s: %v", what, !want)
		}
	}
	f("every minute", true, attempts(1, every(20, 60)...))
	f("every minute, a second off now and then", true, attempts(1, every(20, 60, 60, 61, 60, 59)...))
	f("every five seconds", true, attempts(1, every(20, 5)...))
	f("every two seconds", false, attempts(1, every(20, 2)...))
	f("six attempts", false, attempts(1, every(6, 60)...))
	f("any gaps", false, attempts(1, every(40, 10, 70, 25, 300, 45)...))
	f("many addresses in turn", false, attempts(9, every(40, 60)...))
}

func TestAuth(t *testing.T) {
	var a detect.Auth
	f := func(sec int64, class event.Class, account uint32) {
		a.Observe(&event.Rec{Time: (start + sec) * 1e9, Client: 1, Class: event.Login | class}, account)
	}
	for i := range uint32(30) {
		f(int64(i)*10, event.Failed, 1+i%15)
	}
	f(700, event.Succeeded, 3)
	f(701, event.Failed, 4)
	if a.N != 32 || a.Fails != 31 || a.OKs != 1 || a.Streak != 1 || a.WinPeak != 30 {
		t.Errorf("%d attempts, %d failures, %d successes, streak %d, peak %d", a.N, a.Fails, a.OKs, a.Streak, a.WinPeak)
	}
	if a.Tried.Count() != 15 || a.Entered.Count() != 1 || a.Round != 0 || !a.Odd() {
		t.Errorf("tried %d, entered %d, rounds %d, odd %v", a.Tried.Count(), a.Entered.Count(), a.Round, a.Odd())
	}
	f(1000, event.Failed, 5) // a quarter of an hour after the first
	f(1001, event.Failed, 99)
	if a.Round != 1 || a.WinFails != 3 {
		t.Errorf("rounds %d, window %d", a.Round, a.WinFails)
	}
}

// touches are ids one a second, all answered with one status.
func touches(status uint16, ids ...uint64) *detect.Objects {
	o := &detect.Objects{}
	for i, id := range ids {
		o.Observe(&event.Rec{Time: (start + int64(i)) * 1e9, ID: id, Kind: event.Number, Status: status, Class: event.Object, Client: 1}, false)
	}
	return o
}

func walk(n int, from, step uint64) (l []uint64) {
	for i := range n {
		l = append(l, from+uint64(i)*step)
	}
	return l
}

func TestObjects(t *testing.T) {
	f := func(what, want string, o *detect.Objects) {
		t.Helper()
		size, share := o.Stride()
		got := fmt.Sprintf("n %d near %d misses %d returned %d distinct %d stride %d %.2f dense %.2f odd %v", o.N, o.Near, o.Misses, o.Returned, o.Distinct.Count(), size, share, o.Dense, o.Odd())
		if got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	up := walk(20, 1000, 1)
	down := slices.Clone(up)
	slices.Reverse(down)
	f("up", "n 20 near 19 misses 0 returned 20 distinct 20 stride 1 1.00 dense 0.00 odd true", touches(200, up...))
	f("down", "n 20 near 19 misses 20 returned 0 distinct 20 stride 1 1.00 dense 0.00 odd true", touches(404, down...))
	f("in hundreds", "n 20 near 0 misses 0 returned 20 distinct 20 stride 100 1.00 dense 0.00 odd true", touches(200, walk(20, 1000, 100)...))
	f("one object again and again", "n 1 near 0 misses 0 returned 1 distinct 1 stride 0 0.00 dense 0.00 odd false", touches(200, slices.Repeat([]uint64{7}, 50)...))
	f("here and there", "n 8 near 0 misses 0 returned 8 distinct 8 stride 5900 0.14 dense 0.00 odd false", touches(200, 5, 305, 2205, 905, 7005, 4005, 9905, 1505))
	f("dense", "n 40 near 39 misses 0 returned 40 distinct 44 stride 1 1.00 dense 1.00 odd true", touches(200, walk(40, 1000, 1)...))
	f("server errors", "n 9 near 0 misses 0 returned 0 distinct 9 stride 50 1.00 dense 0.00 odd false", touches(500, walk(9, 1000, 50)...))
}

// What a list excuses is a touch, and nothing more.
func TestCreditedObjects(t *testing.T) {
	var o detect.Objects
	for i := range uint64(20) {
		if o.Observe(&event.Rec{Time: start * 1e9, ID: i + 1, Kind: event.Number, Status: 200}, true) {
			t.Fatal("credited, and counted as new")
		}
	}
	if o.Touches != 20 || o.N != 0 || o.Near != 0 || o.Distinct.Count() != 0 || o.Odd() {
		t.Errorf("%+v", o)
	}
}

func TestForeignObjects(t *testing.T) {
	var o detect.Objects
	for i := range uint64(12) {
		o.Observe(&event.Rec{Time: start * 1e9, ID: i * 100, Kind: event.Number, Status: []uint16{200, 403, 500}[i%3], Owner: []event.Ownership{event.OwnerOther, event.OwnerOther, event.OwnerSelf, event.OwnerShared}[i%4]}, false)
	}
	if o.Foreign != 2 || o.ForeignMiss != 2 {
		t.Errorf("%d foreign objects returned, %d refused, want 2 and 2", o.Foreign, o.ForeignMiss)
	}
}

// The endpoint asked most is found among any number of others.
func TestVolume(t *testing.T) {
	var v detect.Volume
	for i := range uint32(300) {
		v.Observe(7, false)
		v.Observe(100+i, i%3 == 0)
	}
	if top, share := v.Main(); top != 8 || share <= 0.3 || share > 0.5 || v.Throttle != 100 || v.Total != 600 {
		t.Errorf("endpoint %d with %.2f of %d, %d throttled", top, share, v.Total, v.Throttle)
	}
}

// The first lines are kept, then ever fewer, the latest replacing the last.
func TestRefs(t *testing.T) {
	var r detect.Refs
	for i := range uint32(100) {
		if r.Wants() {
			r.Keep(i + 1)
		}
	}
	if want := [5]uint32{1, 2, 4, 8, 64}; r.At != want {
		t.Errorf("%v, want %v", r.At, want)
	}
}

func TestConfidence(t *testing.T) {
	f := func(score float64, want string) {
		t.Helper()
		if got := detect.Confidence(score); got != want {
			t.Errorf("%v: %q, want %q", score, got, want)
		}
	}
	f(0, "")
	f(0.4999, "")
	f(0.5, "watch")
	f(0.7999, "watch")
	f(0.8, "likely")
	f(0.95, "high")
	f(0.99, "certain")
	f(1, "certain")
}

// A finding says what follows from it, with the limits that were crossed and
// those alone.
func TestAdvise(t *testing.T) {
	x := detect.Finding{Threat: detect.CredentialStuffing.Threat, Family: "auth", Impact: detect.Critical, Actor: event.Actor{Scope: event.IP, Value: "203.0.113.7"},
		Evidence: detect.Evidence{Facts: []detect.Fact{
			{Name: "accounts tried", Value: 60, Unit: "accounts", Limit: 5, HasLimit: true},
			{Name: "share refused", Value: 98.5, Unit: "%", Peer: 12, HasPeer: true},
			{Name: "failures", Value: 3, Unit: "attempts", Limit: 40, HasLimit: true},
		}}}
	detect.Advise(&x)
	want := []string{"accounts tried had stayed at 5 accounts or below (it was 60 accounts)", "share refused had been near the peers' 12 % (it was 98.5 %)", "the allow list named ip 203.0.113.7"}
	if !slices.Equal(x.WouldNotFire, want) {
		t.Errorf("it would not have fired if %q, want %q", x.WouldNotFire, want)
	}
	if len(x.Advice) < 3 || !slices.Contains(x.Standards.OAT, "OAT-008") {
		t.Errorf("advice %q, standards %+v", x.Advice, x.Standards)
	}
	x.Actor = event.Actor{Scope: event.Group, Value: "5b1e77"}
	if detect.Advise(&x); len(x.WouldNotFire) != 2 {
		t.Errorf("a group cannot be allowed by name: %q", x.WouldNotFire)
	}
}
