package simulate

import (
	"bytes"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"goshawk/decode"
	"goshawk/event"
)

// staged is what a scenario showed.
type staged struct {
	t        *testing.T
	campaign [2][]event.Event
	innocent []event.Event
	truth    Truth
	api      *api
}

func (s *staged) holds(what string, ok bool) {
	s.t.Helper()
	if !ok {
		s.t.Errorf("not so: %s; %s", what, s.truth.Campaigns[0].Note)
	}
}

// distinct counts the values of a field.
func distinct[T comparable](l []event.Event, of func(e *event.Event) T) map[T]int {
	count := map[T]int{}
	for i := range l {
		count[of(&l[i])]++
	}
	return count
}

func peer(e *event.Event) netip.Addr { return e.Peer }
func key(e *event.Event) string      { return e.Key }
func agent(e *event.Event) string    { return e.UserAgent }
func target(e *event.Event) string   { return e.Path + "?" + e.Query }

func logins(l []event.Event) (at []event.Event) {
	for _, e := range l {
		if e.Account != "" {
			at = append(at, e)
		}
	}
	return at
}

// Each scenario has the property that makes it hard, and harms all the same.
func TestScenarios(t *testing.T) {
	tested := 0
	f := func(name string, hours float64, check func(s *staged)) {
		t.Helper()
		tested++
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(2) {
				w := World{Scenario: name, Seed: seed, Hours: hours, Lines: 6000, Start: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC).UnixNano()}
				s := &staged{t: t, api: shapes[scenarios[name].Shape](rng(seed, scenarios[name].Shape))}
				s.truth = play(t, w, func(e *event.Event, l Label) {
					if l.Campaign > 0 {
						s.campaign[l.Campaign-1] = append(s.campaign[l.Campaign-1], e.Clone())
					} else {
						s.innocent = append(s.innocent, e.Clone())
					}
				})
				for i, c := range s.truth.Campaigns {
					if c.Events < 8 || len(c.Members) == 0 || c.Note == "" || c.Events != len(s.truth.Times[i]) || c.First > c.Last {
						t.Errorf("seed %d: %s has %d events, %d members, note %q", seed, c.Behaviour, c.Events, len(c.Members), c.Note)
					}
				}
				check(s)
			}
		})
	}
	f("one_login_each", 0, func(s *staged) {
		l := logins(s.campaign[0])
		s.holds("no address logs in twice", len(distinct(l, peer)) == len(l))
		s.holds("one agent", len(distinct(l, agent)) == 1)
		s.holds("a quarter of the lines", len(l) > 1300)
	})
	f("one_login_random_agents", 0, func(s *staged) {
		l, all := logins(s.campaign[0]), 0
		for _, e := range s.innocent {
			if e.Path == s.api.login.path && e.Method == "POST" {
				all++
			}
		}
		share := float64(len(l)) / float64(len(l)+all)
		s.holds("no address logs in twice", len(distinct(l, peer)) == len(l))
		s.holds("agents differ", len(distinct(l, agent)) > 4)
		s.holds("about 3 % of log-ins", share > 0.025 && share < 0.035)
	})
	f("shuffled_workers", 0, func(s *staged) {
		l := s.campaign[0]
		s.holds("100 addresses", len(distinct(l, peer)) == 100)
		s.holds("one key", len(distinct(l, key)) == 1)
		s.holds("no id twice", len(distinct(l, target)) == len(l) && len(l) >= 500)
		up := 0
		for i := range l[1:] {
			if l[i+1].Path+l[i+1].Query > l[i].Path+l[i].Query {
				up++
			}
		}
		s.holds("no order", up > len(l)/3 && up < len(l)*2/3)
	})
	f("one_id_every_ten_minutes", 0, func(s *staged) {
		l := s.campaign[0]
		for i := range l[1:] {
			s.holds("at most one id in ten minutes", l[i+1].Time-l[i].Time >= int64(10*time.Minute))
		}
		s.holds("14 days of new ids", len(distinct(l, target)) == len(l) && len(l) > 1700)
	})
	f("mixed_enumerator", 0, func(s *staged) {
		l := s.campaign[0]
		fresh := float64(len(distinct(l, target))) / float64(len(l))
		s.holds("most are popular or repeated", fresh > 0.25 && fresh < 0.65)
	})
	f("just_under_the_limit", 0, func(s *staged) {
		l, refused := s.campaign[0], 0
		for _, e := range l {
			if e.Status == 429 {
				refused++
			}
		}
		s.holds("never refused, or nearly", refused*200 <= len(l))
		s.holds("for a day", l[len(l)-1].Time-l[0].Time > int64(20*time.Hour))
		s.holds("as much as a third of the lines", len(l) > 1500)
	})
	f("path_variants", 0, func(s *staged) {
		l, plain := s.campaign[0], 0
		for _, e := range l {
			for _, col := range s.api.owned {
				if e.Method == "GET" && strings.HasPrefix(e.Path, col.path) && strings.Trim(e.Path[len(col.path):], "/0123456789") == "" && !strings.HasSuffix(e.Path, "/") && !strings.Contains(e.Path, "//") {
					plain++
				}
			}
		}
		s.holds("few are spelled plainly", plain*5 < len(l) && len(l) >= 500)
		s.holds("methods differ", len(distinct(l, func(e *event.Event) string { return e.Method })) == 3)
	})
	f("forwarded_rotation", 0, func(s *staged) {
		l := s.campaign[0]
		forged := distinct(logins(l), func(e *event.Event) string { return e.Forwarded })
		s.holds("one real address", len(distinct(l, peer)) == 1)
		s.holds("each log-in has a forged one of its own", len(forged) == len(logins(l)) && forged[""] == 0 && len(forged) > 350)
	})
	f("framed_victim", 0, func(s *staged) {
		forged := distinct(s.campaign[0], func(e *event.Event) string { return e.Forwarded })
		s.holds("one is framed", len(forged) == 1)
		for v := range forged {
			visits := 0
			for _, e := range s.innocent {
				if e.Client.String() == v {
					visits++
				}
			}
			s.holds("the framed is there and innocent", visits > 3 && s.truth.Benign[event.Actor{Scope: event.IP, Value: v}] == "visitors")
		}
	})
	f("boiling", 0, func(s *staged) {
		l := s.campaign[0]
		days := make([]float64, 30)
		for _, e := range l {
			days[(e.Time-s.truth.Campaigns[0].First)/int64(24*time.Hour)]++
		}
		s.holds("one key", len(distinct(l, key)) == 1)
		for i := 2; i < 29; i++ {
			s.holds("no day is far above the days before", days[i] < 1.6*(days[i-1]+days[i-2])/2)
		}
		s.holds("the last days are many times the first", days[27]+days[28] > 5*(days[0]+days[1]))
	})
	f("state_flood", 0, func(s *staged) {
		thief, flood := s.campaign[0], s.campaign[1]
		s.holds("one thief", len(distinct(thief, key)) == 1 && len(distinct(thief, target)) > len(thief)/2)
		s.holds("as many strangers as lines", len(distinct(flood, key)) == 6000 && len(distinct(flood, peer)) > 5900)
		s.holds("the thief steals meanwhile", thief[0].Time < flood[0].Time+int64(2*time.Hour) && thief[len(thief)-1].Time > flood[len(flood)-1].Time)
	})
	f("common_browser", 0, func(s *staged) {
		l := s.campaign[0]
		a, tls := l[0].UserAgent, l[0].TLS
		same, sameTLS := 0, 0
		for _, e := range s.innocent {
			if e.UserAgent == a {
				same++
			}
			if e.TLS == tls {
				sameTLS++
			}
		}
		s.holds("agent and TLS are those of many innocents", len(distinct(l, agent)) == 1 && tls != "" && same > 100 && sameTLS > 500)
		s.holds("many addresses", len(distinct(l, peer)) >= 40)
	})
	f("noisy_farm", 0, func(s *staged) {
		l := s.campaign[0]
		keys := distinct(l, key)
		s.holds("many keys, none of them busy", len(keys) >= 15)
		for _, n := range keys {
			s.holds("a key does little", n < 900)
		}
	})
	f("log_injection", 0, func(s *staged) {
		l, broken, longest := s.campaign[0], 0, 0
		for _, e := range l {
			if strings.ContainsAny(e.UserAgent+e.Referer+e.Account, "\n\r\x0b\x00\x1b\"") {
				broken++
			}
			longest = max(longest, len(e.UserAgent))
		}
		s.holds("lines are forged", broken > len(l)/4)
		s.holds("agents are huge", longest > 2000)
	})
	f("clock_skew", 0, func(s *staged) {
		before, behind := int64(0), 0
		for _, e := range s.innocent {
			if e.Time < before-int64(90*time.Minute) {
				behind++
			}
			before = max(before, e.Time)
		}
		s.holds("lines are two hours apart from their neighbours", behind > len(s.innocent)/10)
	})
	if tested != len(Scenarios()) {
		t.Errorf("%d scenarios of %d tested", tested, len(Scenarios()))
	}
	if err := (World{Scenario: "moonshine"}).Check(); err == nil {
		t.Error("a scenario that is not there plays")
	}
}

// Whatever a client sends, a line of the log is a request.
func TestInjectionStaysInItsLine(t *testing.T) {
	formats := 0
	for _, f := range decode.Formats() {
		if f.Encode == nil {
			continue
		}
		formats++
		var log bytes.Buffer
		truth, err := World{Scenario: "log_injection", Seed: 4, Lines: 3000}.Write(&log, io.Discard, f)
		if err != nil {
			t.Fatal(err)
		}
		want := truth.Requests + truth.Campaigns[0].Events + bytes.Count(log.Bytes(), []byte("\n#"))
		if lines := bytes.Count(log.Bytes(), []byte("\n")); lines != want {
			t.Errorf("%s: %d lines, want %d", f.Name, lines, want)
		}
	}
	if formats == 0 {
		t.Error("no format")
	}
}
