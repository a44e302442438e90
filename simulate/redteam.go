package simulate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Scenario is a world with an attack that is built to be missed: it knows what
// detectors count and stays below, beside or behind it. What makes it hard is
// fixed; the rest is drawn by the seed, as everywhere. The campaigns of a
// scenario are evasive by nature.
type Scenario struct {
	Name  string
	Title string
	Shape string
	Hours float64
	parts []part
}

// part is one campaign of a scenario.
type part struct {
	behaviour string
	start     func(*cast)
}

var scenarios = map[string]Scenario{}

func stage(s Scenario, parts ...part) Scenario {
	if _, twice := scenarios[s.Name]; twice {
		panic("simulate: two scenarios are called " + s.Name)
	}
	s.parts = parts
	scenarios[s.Name] = s
	return s
}

// Scenarios returns every scenario by name.
func Scenarios() []Scenario {
	all := make([]Scenario, 0, len(scenarios))
	for _, s := range scenarios {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Scenario) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// attacks are the campaigns of a scenario.
func (s Scenario) attacks() (l []Attack) {
	for _, p := range s.parts {
		l = append(l, Attack{p.behaviour, "evasive"})
	}
	return l
}

// atHome draws n residential addresses with a browser each, the site's own
// referer and no tool's fingerprint.
func (c *cast) atHome(n int) disguise {
	h := disguise{addrs: c.crowd.addresses(c.dice, n, residential), referer: "https://" + c.api.host + "/"}
	for range n {
		h.agents = append(h.agents, browser(c.dice, c.chance(0.3)))
	}
	return h
}

// pair tries one leaked pair. A share of the list has an account here, and a
// share of all works.
func (c *client) pair(known, works float64) {
	p := c.crowd.person(c.crowd.people + 200000 + c.IntN(1e6))
	has := c.chance(known)
	if has {
		p = c.crowd.person(1 + c.IntN(c.crowd.people))
	}
	if c.try(p.account, has && c.chance(works/known)) {
		c.person, c.user = p.index, p.user
		c.wait(time.Duration(c.between(0.2, 5) * 1e9))
		c.get(c.api.me, "", 640)
	}
}

// OneLoginEach defeats every count for each address: none is seen twice. What
// the addresses share is the program.
var OneLoginEach = stage(Scenario{Name: "one_login_each", Title: "20,000 addresses log in once each within two days, with one fingerprint", Shape: "shop", Hours: 48},
	part{"credential_stuffing", func(c *cast) {
		n := min(20_000, c.Lines/4)
		known, works := c.wide(0.05, 0.6), c.wide(0.002, 0.02)
		agent, tls := browser(c.dice, false), c.pick(tools)
		if c.chance(0.5) {
			agent = fmt.Sprintf("Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.%d.%d Safari/537.36", c.pick(desktops), c.count(88, 140), c.count(4300, 7400), c.count(60, 220))
		}
		c.note(fmt.Sprintf("%d addresses, a try each, as %s, known %.0f%%, success %.1f%%", n, agent, known*100, works*100))
		c.enter(c.Start+int64(c.between(0, 0.03)*float64(c.end-c.Start)), identity{}, func(cl *client) {
			gap := float64(cl.end-cl.at) * 0.96 / float64(n)
			for range n {
				cl.identity = identity{addr: cl.crowd.address(cl.dice, residential), agent: agent, tls: tls}
				cl.pair(known, works)
				cl.wait(time.Duration(cl.ExpFloat64() * gap))
			}
		})
	}})

// OneLoginRandomAgents shares nothing but its purpose, and is lost among the
// log-ins of customers: it follows their rhythm at three of a hundred.
var OneLoginRandomAgents = stage(Scenario{Name: "one_login_random_agents", Title: "An address and a fingerprint for each log-in, 3 % of all log-ins", Shape: "shop", Hours: 48},
	part{"credential_stuffing", func(c *cast) {
		known, works := c.wide(0.05, 0.6), c.wide(0.002, 0.02)
		c.note(fmt.Sprintf("3 %% of log-ins, an address and a browser each, known %.0f%%, success %.1f%%", known*100, works*100))
		c.enter(c.Start, identity{}, func(cl *client) {
			for done := 0; ; {
				cl.wait(time.Duration(cl.ExpFloat64() * 30e9))
				for float64(done) < 0.03/0.97*float64(cl.logins) {
					done++
					phone := cl.chance(0.3)
					cl.identity = identity{addr: cl.crowd.address(cl.dice, residential), agent: browser(cl.dice, phone)}
					if cl.chance(0.3) {
						cl.openOrLand()
						cl.wait(time.Duration(cl.between(2, 20) * 1e9))
					}
					cl.pair(known, works)
					cl.wait(time.Duration(cl.ExpFloat64() * 5e9))
				}
			}
		})
	}})

// ShuffledWorkers walks a block of ids in no order, by many hands.
var ShuffledWorkers = stage(Scenario{Name: "shuffled_workers", Title: "A block of ids in shuffled order, by 32 workers from 100 addresses with one key", Shape: "b2b", Hours: 24},
	part{"enumeration", func(c *cast) {
		col := c.api.owned[c.IntN(len(c.api.owned))]
		n := min(c.many(2000, 9000), max(600, c.Lines/6), col.n)
		from := c.IntN(col.n - n + 1)
		order := c.Perm(n)
		h := c.atHome(100)
		who := identity{key: c.newKey()}
		lasts := c.Hours * c.between(0.4, 0.9) * float64(time.Hour)
		gap := time.Duration(lasts / float64(n) * 32)
		c.note(fmt.Sprintf("%d ids of %s (%s), one each %s for 32 workers, 100 addresses", n, col.path, col.guard, gap.Round(time.Second)))
		at := c.begin(time.Duration(lasts))
		next := 0
		for w := range 32 {
			c.enter(at+int64(c.Float64()*float64(gap)), who, func(cl *client) {
				for k := w; next < n; k++ {
					cl.wear(h, cl.IntN(100))
					i := from + order[next]
					next++
					cl.openNumber(col, col.number(i))
					cl.pace(gap, 0.8)
				}
			})
		}
	}})

// OneIDEveryTenMinutes is slower than any window that counts requests.
var OneIDEveryTenMinutes = stage(Scenario{Name: "one_id_every_ten_minutes", Title: "One id every ten minutes for 14 days", Shape: "b2b", Hours: 14 * 24},
	part{"enumeration", func(c *cast) {
		col := c.api.owned[c.IntN(len(c.api.owned))]
		h := c.atHome(1)
		who := identity{key: c.newKey()}
		next := col.base + c.Uint64N(uint64(col.n)/2)*col.step
		late := c.between(1, 60)
		c.note(fmt.Sprintf("ids of %s (%s) from %d up, every 10 minutes and about %.0f s, one key and one address", col.path, col.guard, next, late))
		c.enter(c.Start+int64(c.Float64()*float64(time.Hour)), who, func(cl *client) {
			cl.wear(h, 0)
			for {
				cl.openNumber(col, next)
				next += col.step
				cl.wait(10*time.Minute + time.Duration(cl.ExpFloat64()*late*1e9))
			}
		})
	}})

// MixedEnumerator asks mostly for what everybody asks for.
var MixedEnumerator = stage(Scenario{Name: "mixed_enumerator", Title: "Walks ids, among 50 % popular ones and 30 % repeats", Shape: "shop", Hours: 24},
	part{"enumeration", func(c *cast) {
		col := c.api.owned[0]
		if c.chance(0.4) {
			col = c.api.public[0]
		}
		n := min(c.many(1500, 10_000), max(1200, c.Lines/8))
		perMinute := float64(n) / (c.Hours * 60 * c.between(0.3, 0.9))
		h := c.atHome(1)
		next := col.base + c.Uint64N(uint64(col.n)/2)*col.step
		c.note(fmt.Sprintf("%d requests, a fifth of them new ids of %s (%s), %.1f/min, one account", n, col.path, col.guard, perMinute))
		c.enter(c.begin(time.Duration(float64(n)/perMinute*float64(time.Minute))), c.account(0), func(cl *client) {
			cl.wear(h, 0)
			cl.arrive()
			popular := cl.api.public[0]
			type object struct {
				col    *collection
				number uint64
			}
			var seen []object
			for range n {
				var o object
				switch x := cl.Float64(); {
				case x < 0.5:
					o = object{popular, popular.number(popular.popular(cl.dice))}
				case x < 0.8 && len(seen) > 0:
					o = seen[cl.IntN(len(seen))]
				default:
					o = object{col, next}
					next += col.step
				}
				seen = append(seen, o)
				cl.openNumber(o.col, o.number)
				cl.think(time.Duration(float64(time.Minute) / perMinute * 0.73)) // whose mean is a minute's share
			}
		})
	}})

// JustUnderTheLimit knows the limit and keeps the books that the server keeps.
var JustUnderTheLimit = stage(Scenario{Name: "just_under_the_limit", Title: "At 95 % of the documented limit for a day, paced at random", Shape: "b2b", Hours: 24},
	part{"limit_pacing", func(c *cast) {
		lasts := c.Hours * 0.95
		limit := max(2, min(c.wide(10, 120), float64(c.Lines)/3/lasts/60))
		who := identity{key: c.newKey(), limit: limit}
		h := c.atHome(1)
		job := c.errand()
		c.note(fmt.Sprintf("%.1f requests a minute for %s, of %.1f that are allowed, one key and one address", 0.95*limit, job.name, limit))
		c.enter(c.Start+int64(0.04*c.Float64()*float64(c.end-c.Start)), who, func(cl *client) {
			cl.wear(h, 0)
			mean := float64(time.Minute) / limit / 0.95
			level, before := 0.0, cl.at
			for i := 0; ; i++ {
				job.do(cl, i)
				level = max(0, level-float64(cl.at-before)/float64(time.Minute)*limit) + 1
				before = cl.at
				wait := cl.between(0, 2) * mean
				if over := level - max(limit/4, 1); over > 0 {
					wait += over / limit * float64(time.Minute)
				}
				cl.wait(time.Duration(wait))
			}
		})
	}})

// PathVariants spells each path anew. The server understands them all; a count
// for each path, or a rule on its letters, does not.
var PathVariants = stage(Scenario{Name: "path_variants", Title: "Ids walked under paths that differ in case, slashes, encoding and method", Shape: "shop", Hours: 12},
	part{"enumeration", func(c *cast) {
		col := c.api.owned[c.IntN(len(c.api.owned))]
		n := min(c.many(600, 6000), max(600, c.Lines/8))
		perMinute := max(c.wide(3, 40), float64(n)/(c.Hours*60*0.85))
		h := c.atHome(c.count(1, 3))
		next := col.base + c.Uint64N(uint64(col.n)/2)*col.step
		c.note(fmt.Sprintf("%d ids of %s (%s), %.1f/min, %d addresses, one account", n, col.path, col.guard, perMinute, len(h.addrs)))
		c.enter(c.begin(time.Duration(float64(n)/perMinute*float64(time.Minute))), c.account(0), func(cl *client) {
			for range n {
				cl.wear(h, cl.IntN(len(h.addrs)))
				i := col.index(next)
				a := ask{method: "GET", path: col.path + "/" + col.text(next), status: cl.may(col, i), out: 74}
				if col.inQuery != "" {
					a.path, a.query = col.path, col.inQuery+"="+col.text(next)
				}
				if a.status == 200 {
					a.out = col.bytes(i)
				}
				switch x := cl.Float64(); {
				case x < 0.15:
					a.method, a.out = "HEAD", 0
				case x < 0.25:
					a.method = "POST" // with X-HTTP-Method-Override
				}
				a.path = cl.respell(a.path)
				if cl.chance(0.3) {
					a.query = strings.TrimPrefix(a.query+fmt.Sprintf("&_=%d", cl.IntN(1e9)), "&")
				}
				cl.send(a)
				next += col.step
				cl.pace(time.Duration(float64(time.Minute)/perMinute), 0.7)
			}
		})
	}})

// respell writes a path so that most servers still find the same thing.
func (d dice) respell(path string) string {
	for range d.count(1, 2) {
		at := strings.IndexByte(path[1:], '/') + 1 // before its second part
		switch d.IntN(7) {
		case 0:
			path = path[:at] + strings.ToUpper(path[at:])
		case 1:
			b := []byte(path)
			for i := range b {
				if b[i] >= 'a' && b[i] <= 'z' && d.chance(0.3) {
					b[i] -= 'a' - 'A'
				}
			}
			path = string(b)
		case 2:
			path = path[:at] + strings.Repeat("/", d.count(1, 3)) + path[at:]
		case 3:
			path += "/"
		case 4:
			path = path[:at] + d.pick([]string{"/.", "/x/..", "/%2e"}) + path[at:]
		case 5:
			i := 1 + d.IntN(len(path)-1)
			if path[i] != '/' && path[i] != '%' && !strings.Contains(path, "%") {
				path = path[:i] + fmt.Sprintf(d.pick([]string{"%%%02x", "%%%02X"}), path[i]) + path[i+1:]
			}
		default:
			path += d.pick([]string{";v=1", ";jsessionid=" + token(d, 8), "%20", ".json"})
		}
	}
	return path
}

// ForwardedRotation talks to the origin itself, and gives each request another
// sender.
var ForwardedRotation = stage(Scenario{Name: "forwarded_rotation", Title: "A fresh X-Forwarded-For with each log-in, straight to the origin", Shape: "shop", Hours: 12},
	part{"forwarded_spoofing", func(c *cast) {
		c.api.logs.forwarded, c.api.believes = true, false
		n := min(c.many(400, 5000), max(400, c.Lines/8))
		perMinute := max(c.wide(2, 60), float64(n)/(c.Hours*60*0.85))
		known, works := c.wide(0.05, 0.6), c.wide(0.002, 0.02)
		h := c.atHome(1)
		chain := c.chance(0.3)
		c.note(fmt.Sprintf("%d log-ins with a made-up address each, %.1f/min, one real address", n, perMinute))
		c.enter(c.begin(time.Duration(float64(n)/perMinute*float64(time.Minute))), identity{}, func(cl *client) {
			for range n {
				cl.identity = identity{forwarded: cl.crowd.address(cl.dice, residential).String()}
				if chain {
					cl.forwarded += ", " + residence(cl.dice, false).String()
				}
				cl.wear(h, 0)
				cl.pair(known, works)
				cl.pace(time.Duration(float64(time.Minute)/perMinute), 0.7)
			}
		})
	}})

// FramedVictim writes a customer's address on its requests, so that whoever
// believes the header blocks the customer.
var FramedVictim = stage(Scenario{Name: "framed_victim", Title: "X-Forwarded-For names a customer, who is there and innocent", Shape: "shop", Hours: 12},
	part{"forwarded_spoofing", func(c *cast) {
		c.api.logs.forwarded, c.api.believes = true, false
		n := min(c.many(400, 5000), max(400, c.Lines/8))
		perMinute := max(c.wide(2, 60), float64(n)/(c.Hours*60*0.85))
		known, works := c.wide(0.05, 0.6), c.wide(0.002, 0.02)
		h := c.atHome(c.count(1, 3))
		victim := c.bystander()
		c.note(fmt.Sprintf("%d log-ins in the name of %s, %.1f/min, %d real addresses", n, victim, perMinute, len(h.addrs)))
		c.enter(c.begin(time.Duration(float64(n)/perMinute*float64(time.Minute))), identity{}, func(cl *client) {
			for range n {
				cl.identity = identity{forwarded: victim.String()}
				cl.wear(h, cl.IntN(len(h.addrs)))
				cl.pair(known, works)
				cl.pace(time.Duration(float64(time.Minute)/perMinute), 0.7)
			}
		})
	}})

// bystander brings on a person with an address of their own, who visits the
// site a few times, and returns the address.
func (c *cast) bystander() netip.Addr {
	p := c.crowd.anyone(c.dice)
	p.home, p.carrier = c.crowd.address(c.dice, residential), false
	innocent := &cast{run: c.run, dice: c.dice, label: Label{Kind: "visitors"}}
	habits := newHabits(innocent)
	for i := range 6 {
		at := c.Start + int64((float64(i)+c.Float64())/6*float64(c.end-c.Start))
		innocent.enter(at, p.at(c.dice), func(cl *client) { habits.visit(cl, p) })
	}
	return p.home
}

// Boiling grows so slowly that a baseline which learns every day learns it.
var Boiling = stage(Scenario{Name: "boiling", Title: "A key whose use grows by 8 % a day for a month", Shape: "b2b", Hours: 30 * 24},
	part{"own_baseline", func(c *cast) {
		first := max(24, float64(c.Lines)/1000*c.wide(0.7, 3)) // requests on the first day
		h := c.atHome(1)
		h.agents = []string{c.pick(tools)}
		job := c.errand()
		days := c.Hours / 24
		c.note(fmt.Sprintf("%.0f requests on the first day, for %s, and 8 %% more each day for %.0f days", first, job.name, days))
		who := identity{key: c.newKey()}
		i := 0
		c.enter(c.Start, who, func(cl *client) {
			cl.wear(h, 0)
			rate, day := first, c.Start
			for {
				gap := 24 * float64(time.Hour) / rate
				cl.wait(time.Duration(cl.between(0.3, 1.7) * gap))
				for cl.at >= day+int64(24*time.Hour) {
					day += int64(24 * time.Hour)
					rate *= 1.08
				}
				job.do(cl, i)
				i++
			}
		})
	}})

// StateFlood makes a detector remember so many strangers that it forgets the
// thief. It sends as many as the world has lines, each with a key and an
// address of its own.
var StateFlood = stage(Scenario{Name: "state_flood", Title: "As many random keys and addresses as there are lines, to hide one thief", Shape: "b2b", Hours: 24},
	part{"bola", func(c *cast) {
		col := c.api.owned[c.IntN(len(c.api.owned))]
		perMinute := c.wide(0.7, 4)
		h := c.atHome(1)
		c.note(fmt.Sprintf("objects of %s (%s), %.1f/min all day, one key and one address", col.path, col.guard, perMinute))
		c.enter(c.Start+int64(c.between(0, 0.05)*float64(c.end-c.Start)), identity{key: c.newKey()}, func(cl *client) {
			cl.wear(h, 0)
			for {
				cl.open(col, col.random(cl.dice))
				cl.pace(time.Duration(float64(time.Minute)/perMinute), 0.7)
			}
		})
	}},
	part{"ip_rotation", func(c *cast) {
		n := c.Lines
		six := c.between(0.2, 0.8)
		var net [8]byte // a rented /32
		net[0], net[1], net[2], net[3] = 0x2a, byte(0x09+c.IntN(6)), byte(c.IntN(256)), byte(c.IntN(256))
		targets := []string{c.api.me, c.api.search, c.api.owned[0].path, c.api.public[0].path}
		agent := c.pick(tools)
		lasts := c.Hours * c.between(0.4, 0.8) * float64(time.Hour)
		c.note(fmt.Sprintf("%d requests, each with another key and address, %.0f%% of them IPv6, over %s", n, six*100, time.Duration(lasts).Round(time.Minute)))
		c.enter(c.begin(time.Duration(lasts)), identity{}, func(cl *client) {
			for range n {
				who := identity{agent: agent, key: token(cl.dice, 32), addr: residence(cl.dice, false)}
				if cl.chance(six) {
					var b [16]byte
					copy(b[:], net[:4])
					for i := 4; i < 16; i++ {
						b[i] = byte(cl.Uint32())
					}
					who.addr = netip.AddrFrom16(b)
				}
				cl.identity = who
				cl.send(ask{method: "GET", path: targets[cl.IntN(len(targets))], status: 401, out: 61, slow: 0.3})
				cl.wait(time.Duration(cl.ExpFloat64() * lasts / float64(n)))
			}
		})
	}})

// CommonBrowser is Chrome in every field that a log shows, and comes from homes.
var CommonBrowser = stage(Scenario{Name: "common_browser", Title: "The commonest browser's agent and TLS, homes, one timer with 40 % jitter", Shape: "shop", Hours: 24},
	part{"uniform_interval", func(c *cast) {
		c.api.logs.tls = true
		n := min(c.many(800, 8000), max(800, c.Lines/8))
		lasts := c.Hours * c.between(0.5, 0.9) * float64(time.Hour)
		gap := time.Duration(lasts / float64(n))
		h := disguise{addrs: c.crowd.addresses(c.dice, max(50, n/c.count(5, 40)), residential), referer: "https://" + c.api.host + "/",
			agents: []string{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"}}
		job := c.errand()
		c.note(fmt.Sprintf("%d requests for %s, one each %s from %d addresses in no order", n, job.name, gap.Round(time.Second), len(h.addrs)))
		c.enter(c.begin(time.Duration(lasts)), identity{}, func(cl *client) {
			for i := range n {
				cl.wear(h, cl.IntN(len(h.addrs)))
				job.do(cl, i)
				cl.pace(gap, 0.4)
			}
		})
	}})

// NoisyFarm is a farm whose keys do not repeat each other's steps.
var NoisyFarm = stage(Scenario{Name: "noisy_farm", Title: "A farm of keys with 30 % random steps and decoys between", Shape: "b2b", Hours: 24},
	part{"key_farm", func(c *cast) {
		n := c.many(20, 80)
		each := max(30, min(c.many(60, 400), c.Lines/6/n))
		col := c.api.public[0]
		if c.chance(0.4) {
			col = c.api.owned[c.IntN(len(c.api.owned))]
		}
		h := c.atHome(n)
		decoys := c.between(0.15, 0.5)
		var script []int
		for range c.many(4, 9) {
			script = append(script, c.IntN(6))
		}
		script = append(script, 5, 5)
		step := func(cl *client, what, i, k int) {
			switch what {
			case 0:
				cl.get(cl.api.me, "", 640)
			case 1:
				cl.get(cl.api.search, "q="+words[(i+k)%len(words)], 2600)
			case 2:
				cl.list(col, k/len(script))
			case 3:
				cl.get(cl.api.polls[0], "", 300)
			default: // its own range
				cl.open(col, (i*(col.n/n)+k)%col.n)
			}
		}
		lasts := c.Hours * c.between(0.4, 0.85) * float64(time.Hour)
		gap := time.Duration(lasts / float64(each) / (1 + decoys))
		c.note(fmt.Sprintf("%d keys, %d steps each of %s, one each %s, 30 %% of them at random, decoys %.0f%%", n, each, col.path, gap.Round(time.Second), decoys*100))
		at := c.begin(time.Duration(lasts))
		for i := range n {
			c.enter(at+int64(c.Float64()*float64(c.end-at)*0.1), identity{key: c.newKey()}, func(cl *client) {
				cl.wear(h, i)
				for k := range each {
					what := script[k%len(script)]
					if cl.chance(0.3) {
						what = cl.IntN(6)
					}
					step(cl, what, i, k)
					cl.think(gap * 73 / 100)
					if cl.chance(decoys) {
						cl.pretend()
						cl.think(gap * 73 / 100)
					}
				}
			})
		}
	}})

// LogInjection writes lines of log into the fields that a log repeats: agent,
// referer, query and the name of an account. They accuse a customer. Others of
// its agents are as long as a server lets them be. Source: CWE-117.
var LogInjection = stage(Scenario{Name: "log_injection", Title: "Newlines, forged lines that accuse a customer, and huge agents", Shape: "shop", Hours: 12},
	part{"brute_force", func(c *cast) {
		n := min(c.many(300, 3000), max(300, c.Lines/8))
		perMinute := max(c.wide(1, 30), float64(n)/(c.Hours*60*0.85))
		h := c.atHome(c.count(2, 20))
		victim := c.bystander()
		target := c.crowd.anyone(c.dice)
		huge := c.wide(0.01, 0.1)
		c.note(fmt.Sprintf("%d passwords, %.1f/min, from %d addresses; forged lines name %s; huge agents %.0f%%", n, perMinute, len(h.addrs), victim, huge*100))
		c.enter(c.begin(time.Duration(float64(n)/perMinute*float64(time.Minute))), identity{}, func(cl *client) {
			for range n {
				cl.identity = identity{}
				cl.wear(h, cl.IntN(len(h.addrs)))
				account := target.account
				forged := cl.forge(victim)
				switch x := cl.Float64(); {
				case x < huge:
					cl.agent += strings.Repeat(cl.pick([]string{"A", " \\\"", "%0a", "(", "\u00e9", "\x00"}), cl.many(500, 16_000))
				case x < 0.5:
					cl.agent += forged
				case x < 0.6:
					cl.referer += forged
				case x < 0.7:
					account += forged
				}
				cl.try(account, false)
				cl.pace(time.Duration(float64(time.Minute)/perMinute), 0.7)
			}
		})
	}})

// forge writes what would be a line of its own if a newline were one.
func (c *client) forge(victim netip.Addr) string {
	login, now := c.api.login, time.Unix(0, c.at).UTC()
	return c.pick([]string{"\n", "\r\n", "\r", "\u2028", "\x0b", "\\n", "\"\n"}) + c.pick([]string{
		fmt.Sprintf(`%s - - [%s] "POST %s HTTP/1.1" 401 62 "-" "curl/8.5.0"`, victim, now.Format("02/Jan/2006:15:04:05 -0700"), login.path),
		fmt.Sprintf(`{"time":"%s","remote_addr":"%s","request_method":"POST","request_uri":"%s","status":401}`, now.Format(time.RFC3339), victim, login.path),
		fmt.Sprintf(`%s WARN failed login for %s from %s`, now.Format(time.RFC3339), "admin", victim),
		fmt.Sprintf(`" 401 62 "-" "%s`, victim),
	}) + c.pick([]string{"", "\n", "\x1b[2K", "\""})
}

// ClockSkew is two attacks in a log to which several servers write, some with a
// clock that is wrong by an hour. Its lines are not in order of time.
var ClockSkew = stage(Scenario{Name: "clock_skew", Title: "Servers whose clocks are off by an hour, in one log", Shape: "shop", Hours: 12},
	part{"credential_stuffing", func(c *cast) {
		c.api.clocks = []int64{0, int64(time.Hour), -int64(time.Hour)}
		n := min(c.many(300, 3000), max(300, c.Lines/8))
		perMinute := max(c.wide(2, 40), float64(n)/(c.Hours*60*0.85))
		known, works := c.wide(0.05, 0.6), c.wide(0.002, 0.02)
		h := c.atHome(c.count(3, 30))
		c.note(fmt.Sprintf("%d log-ins from %d addresses, %.1f/min", n, len(h.addrs), perMinute))
		c.enter(c.begin(time.Duration(float64(n)/perMinute*float64(time.Minute))), identity{}, func(cl *client) {
			for range n {
				cl.identity = identity{}
				cl.wear(h, cl.IntN(len(h.addrs)))
				cl.pair(known, works)
				cl.pace(time.Duration(float64(time.Minute)/perMinute), 0.6)
			}
		})
	}},
	part{"enumeration", func(c *cast) {
		col := c.api.owned[0]
		n := min(c.many(300, 3000), max(300, c.Lines/8))
		perMinute := max(c.wide(2, 40), float64(n)/(c.Hours*60*0.85))
		h := c.atHome(c.count(3, 12))
		next := col.base + c.Uint64N(uint64(col.n)/2)*col.step
		c.note(fmt.Sprintf("%d ids of %s (%s), %.1f/min, %d addresses, one account", n, col.path, col.guard, perMinute, len(h.addrs)))
		c.enter(c.begin(time.Duration(float64(n)/perMinute*float64(time.Minute))), c.account(0), func(cl *client) {
			for i := range n {
				cl.wear(h, cl.IntN(len(h.addrs)))
				cl.openNumber(col, next+uint64(i)*col.step)
				cl.pace(time.Duration(float64(time.Minute)/perMinute), 0.6)
			}
		})
	}})
