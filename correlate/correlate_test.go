package correlate

import (
	"fmt"
	"slices"
	"testing"

	"goshawk/detect"
	"goshawk/event"
)

func TestProbability(t *testing.T) {
	f := func(want float64, w ...Weight) {
		t.Helper()
		for range len(w) + 1 {
			if got := Probability(w); got != want {
				t.Errorf("%v: %v, want %v", w, got, want)
			}
			if len(w) > 0 {
				w = append(w[1:], w[0]) // the order does not matter
			}
		}
	}
	f(0.018)
	f(0.5, Weight{"auth", 4})
	f(0.7311, Weight{"auth", 5})
	f(0.8808, Weight{"auth", 6})
	f(0.9933, Weight{"auth", 9})
	// Families add up; within one, the rest counts three tenths.
	f(0.982, Weight{"auth", 4}, Weight{"enumeration", 4})
	f(0.7685, Weight{"auth", 4}, Weight{"auth", 4})
	f(0.8581, Weight{"auth", 4}, Weight{"auth", 4}, Weight{"auth", 2})
	f(0.9608, Weight{"auth", 6}, Weight{"auth", 4})
	f(0.9852, Weight{"auth", 4}, Weight{"rate", 3}, Weight{"auth", 4})
	// What speaks for innocence counts too.
	f(0.2689, Weight{"auth", 4}, Weight{"rate", -1})
}

const hour = int64(3600e9)

var ip = func(s string) event.Actor { return event.Actor{Scope: event.IP, Value: s} }

// finding makes one from hour a to hour b.
func finding(id string, a, b float64, actor event.Actor, members ...event.Actor) detect.Finding {
	return detect.Finding{ID: id, Family: "auth", Title: "t", Score: 0.9, LLR: 6, Severity: detect.High, Actor: actor, Members: members,
		FirstSeen: int64(a * float64(hour)), LastSeen: int64(b * float64(hour)), DetectedAt: int64(a * float64(hour))}
}

func TestJoin(t *testing.T) {
	group := func(n string) event.Actor { return event.Actor{Scope: event.Group, Value: n} }
	f := func(want string, l ...detect.Finding) {
		t.Helper()
		got := ""
		for _, in := range Join(l) {
			got += fmt.Sprint(in.Findings)
		}
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	f("")
	f("[a]", finding("a", 1, 2, ip("1")))
	f("[a b]", finding("a", 1, 2, ip("1")), finding("b", 3, 4, ip("1")))
	f("[a][b]", finding("a", 1, 2, ip("1")), finding("b", 3, 4, ip("2")))
	// A shared member joins, and what is joined goes on joining.
	f("[a b]", finding("a", 1, 2, group("x"), ip("1"), ip("2")), finding("b", 1, 2, group("y"), ip("2"), ip("3")))
	f("[a b c]", finding("a", 1, 2, group("x"), ip("1")), finding("b", 1, 2, ip("9")), finding("c", 1, 2, group("y"), ip("1"), ip("9")))
	// Six hours are near, more are not; overlapping ones lie no time apart.
	f("[a b]", finding("a", 1, 2, ip("1")), finding("b", 8, 9, ip("1")))
	f("[a][b]", finding("a", 1, 2, ip("1")), finding("b", 8.01, 9, ip("1")))
	f("[a b]", finding("a", 1, 20, ip("1")), finding("b", 9, 10, ip("1")))
	f("[a b c]", finding("a", 1, 2, ip("1")), finding("b", 7, 8, ip("1")), finding("c", 13, 14, ip("1")))
	// The account aimed at and identities seen in the same events join too.
	x, y := finding("a", 1, 2, ip("1")), finding("b", 1, 2, ip("2"))
	x.Target = event.Actor{Scope: event.Account, Value: "alice"}
	y.Target = x.Target
	f("[a b]", x, y)
	x.Target = event.Actor{Scope: event.Endpoint, Value: "POST /login"}
	y.Target = x.Target
	f("[a][b]", x, y)
	y.Seen = []event.Actor{ip("1")}
	f("[a b]", x, y)
	// A fingerprint alone joins nothing, nor a network; both together do.
	print, net := event.Actor{Scope: event.Fingerprint, Value: "t13d"}, event.Actor{Scope: event.Net, Value: "192.0.2.0/24"}
	x, y = finding("a", 1, 2, ip("1")), finding("b", 1, 2, ip("2"))
	x.Weak, y.Weak = []event.Actor{print, net}, []event.Actor{print}
	f("[a][b]", x, y)
	y.Weak = []event.Actor{net}
	f("[a][b]", x, y)
	y.Weak = x.Weak
	f("[a b]", x, y)
	// A slow story has longer pauses.
	x, y = finding("a", 0, 20, ip("1")), finding("b", 35, 36, ip("1"))
	x.Events = 11
	f("[a][b]", x, y)
	x.Events = 6
	f("[a b]", x, y)
}

// An actor in more than fifty findings is everybody's: it joins nothing.
func TestHubsJoinNothing(t *testing.T) {
	f := func(n, want int) {
		t.Helper()
		var l []detect.Finding
		for i := range n {
			l = append(l, finding(fmt.Sprint(i), 1, 2, event.Actor{Scope: event.User, Value: fmt.Sprint(i)}, ip("192.0.2.1")))
		}
		if got := len(Join(l)); got != want {
			t.Errorf("%d findings share an address: %d incidents, want %d", n, got, want)
		}
	}
	f(50, 1)
	f(51, 51)
}

// An incident tells its stages in order, and each step further makes it surer.
func TestStory(t *testing.T) {
	a := finding("a", 1, 2, ip("1"))
	b := finding("b", 2, 5, ip("1"), ip("7"))
	b.Family, b.Title, b.Severity, b.Score = "enumeration", "u", detect.Critical, 0.8
	a.Evidence.Facts = []detect.Fact{{Name: "accounts entered", Value: 3}}
	in := Join([]detect.Finding{a, b})[0]
	if in.ID != "inc-a" || in.Title != "t; u" || in.Severity != detect.Critical || in.FirstSeen != hour || in.LastSeen != 5*hour {
		t.Errorf("%+v", in)
	}
	if want := []Stage{{"access", hour, "a"}, {"enumeration", 2 * hour, "b"}}; !slices.Equal(in.Stages, want) {
		t.Errorf("stages %v, want %v", in.Stages, want)
	}
	if want := []event.Actor{ip("1"), ip("7")}; !slices.Equal(in.Members, want) || in.MembersTotal != 2 {
		t.Errorf("members %v, want %v", in.Members, want)
	}
	if in.Blast != (Blast{Accounts: 3}) || !slices.Equal(in.Tags, []string{"attack", "abuse"}) {
		t.Errorf("blast %+v, tags %v", in.Blast, in.Tags)
	}
	if want := Probability([]Weight{{"auth", 6}, {"enumeration", 6}, {"story", 1}}); in.Probability != want {
		t.Errorf("probability %v, want %v", in.Probability, want)
	}
	// The other way round nothing advances.
	a.DetectedAt, b.DetectedAt = b.DetectedAt, a.DetectedAt
	if p := Join([]detect.Finding{b, a})[0].Probability; p != Probability([]Weight{{"auth", 6}, {"enumeration", 6}}) {
		t.Errorf("backwards: %v", p)
	}
}

// The surest incident comes first, then the earliest.
func TestOrder(t *testing.T) {
	a, b, c := finding("a", 3, 4, ip("1")), finding("b", 1, 2, ip("2")), finding("c", 5, 6, ip("3"))
	c.Score = 0.99
	var got []string
	for _, in := range Join([]detect.Finding{b, a, c}) {
		got = append(got, in.ID)
	}
	if want := []string{"inc-c", "inc-b", "inc-a"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
