package decide

import (
	"net/netip"
	"testing"

	"goshawk/event"
)

func TestMatch(t *testing.T) {
	const tag = "ak_l·0123456789abcdef"
	base := func() event.Event {
		return event.Event{
			Client: netip.MustParseAddr("198.51.100.7"), Key: "ak_live_partner", User: "alice",
			Template: "GET /api/orders/{id}", Status: 200,
		}
	}
	f := func(a Allow, change func(*event.Event), want bool) {
		t.Helper()
		l, err := NewAllowList([]Allow{{User: "nobody here"}, a})
		if err != nil {
			t.Fatal(err)
		}
		e := base()
		if change != nil {
			change(&e)
		}
		if i, ok := l.Match(&e, tag); ok != want || ok && i != 1 {
			t.Errorf("%+v: entry %d, %v, want %v", a, i, ok, want)
		}
	}
	ip := netip.MustParsePrefix
	client := func(s string) func(*event.Event) {
		return func(e *event.Event) { e.Client = netip.MustParseAddr(s) }
	}
	user := func(s string) func(*event.Event) { return func(e *event.Event) { e.User = s } }

	f(Allow{IP: ip("198.51.100.7/32")}, nil, true)
	f(Allow{IP: ip("198.51.100.8/32")}, nil, false)
	f(Allow{IP: ip("198.51.100.7/32")}, client("::ffff:198.51.100.7"), true)
	f(Allow{IP: ip("2001:db8::/64")}, client("2001:db8::7"), true)
	f(Allow{IP: ip("198.51.100.7/32")}, func(e *event.Event) { e.Client = netip.Addr{} }, false)
	f(Allow{Net: ip("198.51.100.0/24")}, nil, true)
	f(Allow{Net: ip("198.51.100.9/24")}, nil, true) // bits beyond the mask do not matter
	f(Allow{Net: ip("203.0.113.0/24")}, nil, false)

	f(Allow{Key: "ak_live_partner"}, nil, true)
	f(Allow{Key: tag}, nil, true)
	f(Allow{Key: "ak_live_other"}, nil, false)
	f(Allow{Key: tag}, func(e *event.Event) { e.Key = "" }, false)

	f(Allow{User: "alice"}, nil, true)
	f(Allow{User: "bob"}, nil, false)
	f(Allow{User: "alice"}, func(e *event.Event) { e.Status = 401 }, false)
	f(Allow{User: "alice"}, func(e *event.Event) { e.Auth = event.AuthFail }, false)
	f(Allow{User: "alice"}, func(e *event.Event) { e.Class = event.Login }, false)

	const session = "arn:aws:sts::123456789012:assumed-role/Deploy/ci-7"
	f(Allow{User: session}, user(session), true)
	f(Allow{User: "Deploy"}, user(session), true)
	f(Allow{User: "ci-7"}, user(session), false)
	f(Allow{User: "arn:aws:iam::123456789012:role/ci/Deploy"}, user(session), true)
	f(Allow{User: "arn:aws:iam::210987654321:role/Deploy"}, user(session), false)
	f(Allow{User: "arn:aws:iam::123456789012:user/Deploy"}, user(session), false)
	f(Allow{User: "benjamin"}, user("arn:aws:iam::123456789012:user/team/benjamin"), true)

	f(Allow{Endpoint: "GET /api/orders/{id}"}, nil, true)
	f(Allow{Endpoint: "/api/orders/{id}"}, nil, true)
	f(Allow{Endpoint: "POST /api/orders/{id}"}, nil, false)
	f(Allow{Endpoint: "/api/orders"}, nil, false)

	f(Allow{Key: "ak_live_partner", Net: ip("198.51.100.0/24")}, nil, true)
	f(Allow{Key: "ak_live_partner", Net: ip("203.0.113.0/24")}, nil, false)
	f(Allow{User: "alice", Endpoint: "/other"}, nil, false)
}

func TestMatchNobody(t *testing.T) {
	if _, err := NewAllowList([]Allow{{Reason: "everybody"}}); err == nil {
		t.Error("an entry that names nobody was accepted")
	}
	var l *AllowList
	if _, ok := l.Match(&event.Event{}, ""); ok || l.Len() != 0 || l.Keys() {
		t.Error("a nil list allows somebody")
	}
}

func TestMatchAllocates(t *testing.T) {
	l, _ := NewAllowList([]Allow{{IP: netip.MustParsePrefix("192.0.2.1/32")}, {User: "Deploy"}, {Endpoint: "/api"}})
	e := event.Event{Client: netip.MustParseAddr("198.51.100.7"), User: "arn:aws:sts::123456789012:assumed-role/Other/x", Template: "GET /"}
	if n := testing.AllocsPerRun(100, func() { l.Match(&e, "") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
