package simulate

import (
	"cmp"
	"hash/maphash"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"goshawk/event"
)

// trace is what is known of one actor without thinking.
type trace struct {
	requests, failures, missing, logins, night, assets, referred float64
	bytes, sent, took, two, writes, asked, agent, number, place  float64
	first, last                                                  int64
	gaps, squares                                                float64
	ids, paths, addrs, nets, agents                              map[uint64]bool
}

var traceSeed = maphash.MakeSeed()

func note(set *map[uint64]bool, s string) {
	if s == "" || len(*set) > 5000 {
		return
	}
	if *set == nil {
		*set = map[uint64]bool{}
	}
	(*set)[maphash.String(traceSeed, s)] = true
}

func (x *trace) add(e *event.Event, a *api) {
	if x.requests++; x.requests == 1 {
		x.first = e.Time
	} else {
		gap := float64(e.Time-x.last) / 1e9
		x.gaps += gap
		x.squares += gap * gap
	}
	x.last = e.Time
	x.failures += yes(e.Status >= 400)
	x.missing += yes(e.Status == 404)
	x.logins += yes(e.Account != "")
	h := time.Unix(0, e.Time).UTC().Add(a.zone).Hour()
	x.night += yes(h < 7)
	x.assets += yes(slices.Contains(a.assets, e.Path))
	x.referred += yes(e.Referer != "")
	x.bytes += float64(e.BytesOut)
	x.sent += float64(e.BytesIn)
	x.took += float64(e.Duration)
	x.two += yes(e.Proto == "HTTP/2.0")
	x.writes += yes(e.Method != "GET")
	x.asked += yes(e.Query != "")
	x.agent += float64(len(e.UserAgent))
	if n, err := strconv.Atoi(strings.TrimPrefix(e.User, "u")); err == nil {
		x.number = float64(n)
	}
	x.place = float64(e.Client.As16()[12])
	note(&x.paths, e.Path)
	if i := strings.LastIndexByte(e.Path, '/'); strings.ContainsAny(e.Path[i:], "0123456789") && !strings.Contains(e.Path[i:], ".") {
		note(&x.ids, e.Path)
	} else if strings.Contains(e.Query, "id=") || strings.Contains(e.Query, "ref=") {
		note(&x.ids, e.Path+e.Query)
	}
	note(&x.addrs, addrName(e.Client))
	note(&x.nets, netName(e.Client))
	note(&x.agents, e.UserAgent)
}

// features are numbers that somebody might compare with a threshold.
var features = []struct {
	name string
	of   func(x *trace) float64
}{
	{"requests", func(x *trace) float64 { return x.requests }},
	{"requests a minute", func(x *trace) float64 { return x.requests / (float64(x.last-x.first)/6e10 + 1) }},
	{"distinct ids", func(x *trace) float64 { return float64(len(x.ids)) }},
	{"distinct paths", func(x *trace) float64 { return float64(len(x.paths)) }},
	{"new paths a request", func(x *trace) float64 { return float64(len(x.paths)) / x.requests }},
	{"failures", func(x *trace) float64 { return x.failures }},
	{"failure share", func(x *trace) float64 { return x.failures / x.requests }},
	{"404 share", func(x *trace) float64 { return x.missing / x.requests }},
	{"log-in share", func(x *trace) float64 { return x.logins / x.requests }},
	{"bytes", func(x *trace) float64 { return x.bytes }},
	{"bytes a request", func(x *trace) float64 { return x.bytes / x.requests }},
	{"mean gap", func(x *trace) float64 { return x.gaps / max(x.requests-1, 1) }},
	{"gap CV", func(x *trace) float64 {
		n := x.requests - 1
		if n < 2 || x.gaps == 0 {
			return 1
		}
		m := x.gaps / n
		return math.Sqrt(max(x.squares/n-m*m, 0)) / m
	}},
	{"distinct addresses", func(x *trace) float64 { return float64(len(x.addrs)) }},
	{"distinct networks", func(x *trace) float64 { return float64(len(x.nets)) }},
	{"distinct agents", func(x *trace) float64 { return float64(len(x.agents)) }},
	{"night share", func(x *trace) float64 { return x.night / x.requests }},
	{"asset share", func(x *trace) float64 { return x.assets / x.requests }},
	{"referer share", func(x *trace) float64 { return x.referred / x.requests }},
	{"bytes sent", func(x *trace) float64 { return x.sent / x.requests }},
	{"duration", func(x *trace) float64 { return x.took / x.requests }},
	{"HTTP/2 share", func(x *trace) float64 { return x.two / x.requests }},
	{"write share", func(x *trace) float64 { return x.writes / x.requests }},
	{"query share", func(x *trace) float64 { return x.asked / x.requests }},
	{"length of the agent", func(x *trace) float64 { return x.agent / x.requests }},
	{"number of the user", func(x *trace) float64 { return x.number }},
	{"first byte of IPv4", func(x *trace) float64 { return x.place }},
}

// suspect is an actor of a world, with how much it weighs: an innocent one 1,
// the members of a campaign together 1.
type suspect struct {
	trace
	who    event.Actor
	kind   string
	abuser bool
	weight float64
}

// suspects are the addresses and principals of worlds, each with what it did.
func suspects(t *testing.T, seeds []uint64) (addresses, principals []*suspect) {
	for _, shape := range Shapes() {
		for _, seed := range seeds {
			w := World{Shape: shape, Seed: seed, Hours: 24, Lines: 12_000, Start: time.Date(2026, 3, 2+int(seed%7), 0, 0, 0, 0, time.UTC).UnixNano()}
			for _, k := range Kinds() {
				if k.Attack && k.Fits(shape) {
					w.Attacks = append(w.Attacks, Attack{k.Name, "medium"}, Attack{k.Name, "evasive"})
				}
			}
			a := shapes[shape](rng(seed, shape))
			seen := map[event.Actor]*suspect{}
			var order []*suspect
			truth := play(t, w, func(e *event.Event, _ Label) {
				for _, who := range Actors(e) {
					switch who.Scope {
					case event.IP, event.Key, event.User, event.Session:
					default:
						continue
					}
					s := seen[who]
					if s == nil {
						who.Value = strings.Clone(who.Value)
						s = &suspect{who: who}
						seen[who] = s
						order = append(order, s)
					}
					s.add(e, a)
				}
			})
			var mine [2]map[event.Actor]float64
			for i := range mine {
				mine[i] = map[event.Actor]float64{}
			}
			of := map[event.Actor]string{}
			for _, c := range truth.Campaigns {
				var n [2]float64
				for _, m := range c.Members {
					n[group(m)]++
				}
				for _, m := range c.Members {
					mine[group(m)][m] += 1 / n[group(m)]
					of[m] = c.Behaviour
				}
			}
			for _, s := range order {
				w := mine[group(s.who)][s.who]
				if s.kind = truth.Benign[s.who]; w == 0 && (s.kind == "" || s.kind == "framed" || strings.HasSuffix(s.kind, "attack")) {
					continue
				}
				if s.weight = 1; w > 0 {
					s.kind, s.abuser, s.weight = of[s.who], true, w
				}
				if group(s.who) == 0 {
					addresses = append(addresses, s)
				} else {
					principals = append(principals, s)
				}
			}
		}
	}
	return addresses, principals
}

func group(a event.Actor) int {
	if a.Scope == event.IP {
		return 0
	}
	return 1
}

// auc is the probability that a feature is larger for an abuser than for an
// innocent, and the other way round if that is larger.
func auc(l []*suspect, of func(*trace) float64, weigh bool) float64 {
	type point struct{ x, bad, good float64 }
	points := make([]point, len(l))
	var bad, good float64
	for i, s := range l {
		w := s.weight
		if !weigh {
			w = 1
		}
		points[i] = point{x: of(&s.trace)}
		if s.abuser {
			points[i].bad = w
			bad += w
		} else {
			points[i].good = w
			good += w
		}
	}
	slices.SortFunc(points, func(a, b point) int { return cmp.Compare(a.x, b.x) })
	var below, wins float64
	for i := 0; i < len(points); {
		var b, g float64
		j := i
		for ; j < len(points) && points[j].x == points[i].x; j++ {
			b += points[j].bad
			g += points[j].good
		}
		wins += b * (below + g/2)
		below += g
		i = j
	}
	return max(wins/bad/good, 1-wins/bad/good)
}

// third is what the third most extreme actor reaches, upwards if sign is 1.
func third(l []*suspect, of func(*trace) float64, sign float64) float64 {
	top := [3]float64{math.Inf(-1), math.Inf(-1), math.Inf(-1)}
	for _, s := range l {
		if v := sign * of(&s.trace); v > top[2] {
			top[2] = v
			slices.SortFunc(top[:], func(a, b float64) int { return cmp.Compare(b, a) })
		}
	}
	return top[2]
}

// beyond is the share of a behaviour's campaigns whose members are beyond a
// bar; 0 if there are too few to tell.
func beyond(l []*suspect, of func(*trace) float64, sign, bar float64) float64 {
	var over, all float64
	for _, s := range l {
		all += s.weight
		if sign*of(&s.trace) > bar {
			over += s.weight
		}
	}
	if all < 2 {
		return 0
	}
	return over / all
}

// No single number tells abuse from innocence, and no threshold on one finds
// most of a behaviour and next to no innocent: there are innocents who look like
// the guilty. If this fails, a look-alike is missing; the test is
// right.
func TestNothingGivesAbuseAway(t *testing.T) {
	addresses, principals := suspects(t, []uint64{21, 22, 23})
	f := func(name string, l []*suspect) {
		n := 0
		for _, s := range l {
			if s.abuser {
				n++
			}
		}
		t.Logf("%s: %d, %d of them abuse", name, len(l), n)
		if n < 200 || len(l)-n < 2000 {
			t.Errorf("%s: %d abusers of %d", name, n, len(l))
		}
		for _, x := range features {
			a, b := auc(l, x.of, false), auc(l, x.of, true)
			t.Logf("%-20s %.3f, by campaign %.3f", x.name, a, b)
			if a > 0.95 || b > 0.95 {
				t.Errorf("%s: %s alone tells abuse from innocence: AUC %.3f, by campaign %.3f", name, x.name, a, b)
			}
		}
		by := map[string][]*suspect{}
		var innocent []*suspect
		for _, s := range l {
			if s.abuser {
				by[s.kind] = append(by[s.kind], s)
			} else {
				innocent = append(innocent, s)
			}
		}
		for _, x := range features {
			for _, sign := range []float64{1, -1} {
				bar := third(innocent, x.of, sign)
				for behaviour, members := range by {
					if behaviour == "rate" && strings.HasPrefix(x.name, "requests") {
						continue // to ask too often is what it is
					}
					if share := beyond(members, x.of, sign, bar); share > 0.75 {
						t.Errorf("%s: %s alone finds %.0f%% of %s and accuses two innocents", name, x.name, share*100, behaviour)
					}
				}
			}
		}
	}
	f("addresses", addresses)
	f("principals", principals)
}
