package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
)

// crowd is the people who have accounts, and the addresses and programmes they
// use. A person is drawn from its index alone, so none is stored.
type crowd struct {
	seed     uint64
	people   int
	domains  []string
	mail     bool
	v6       float64      // share of homes with IPv6
	mobile   float64      // share of people behind a carrier's address
	carriers []netip.Addr // addresses that hundreds share
	taken    map[netip.Addr]bool
}

func newCrowd(r *run, d *rand.Rand) *crowd {
	di := dice{d}
	c := &crowd{seed: d.Uint64(), taken: map[netip.Addr]bool{}, mail: r.api.logs.mail,
		v6: di.between(0, 0.4), mobile: di.between(0.1, 0.5)}
	// A person comes a few times a week: what the lines need, within reason.
	c.people = int(di.wide(0.04, 0.3)*float64(r.Lines)) + 150
	c.domains = []string{"gmail.com", "gmail.com", "gmail.com", "outlook.com", "yahoo.com", "icloud.com", "gmx.net", "proton.me", fmt.Sprintf("isp%d.example", d.IntN(9))}
	for range di.many(2, 12) {
		c.carriers = append(c.carriers, c.address(di, residential))
	}
	return c
}

// person is one account and the human behind it.
type person struct {
	index   int // 1-based
	account string
	user    string
	agent   string
	app     string // user agent of the app, if the person uses it
	clumsy  float64
	home    netip.Addr
	carrier bool
}

// person returns somebody. Indexes above the crowd's size are people nobody
// else plays.
func (c *crowd) person(i int) person {
	d := dice{rand.New(rand.NewPCG(c.seed, uint64(i)))}
	p := person{index: i}
	first, last := d.pick(firstNames), d.pick(lastNames)
	p.account = fmt.Sprintf("%s.%s%d", first, last, i%997)
	if c.mail {
		p.account += "@" + d.pick(c.domains)
	}
	p.user = fmt.Sprintf("u%d", 10000+i*3+int(c.seed%1000))
	if c.seed%3 == 0 {
		p.user = p.account
	}
	p.carrier = d.chance(c.mobile)
	p.agent = browser(d, p.carrier)
	p.app = app(d)
	p.clumsy = 0.02 + 0.2*math.Pow(d.Float64(), 3)
	if p.carrier {
		p.home = c.carriers[d.IntN(len(c.carriers))]
	} else {
		p.home = residence(d, d.chance(c.v6))
	}
	return p
}

// anyone draws a person; some come more often than others.
func (c *crowd) anyone(d dice) person {
	return c.person(1 + int(float64(c.people)*math.Pow(d.Float64(), 1.5)))
}

// where returns the address a person has today: at IPv6 homes the lower half
// changes by itself.
func (p person) where(d dice) netip.Addr {
	if p.home.Is4() {
		return p.home
	}
	b := p.home.As16()
	for i := 8; i < 16; i++ {
		b[i] = byte(d.Uint32())
	}
	return netip.AddrFrom16(b)
}

// at returns the identity of a person in a browser, not logged in.
func (p person) at(d dice) identity { return identity{addr: p.where(d), agent: p.agent} }

// network is a sort of address.
type network int

const (
	residential network = iota
	hosting
)

// First halves of addresses. Which firm really has them does not matter; they
// only have to be public.
var (
	homes = [][2]byte{{24, 17}, {24, 130}, {31, 16}, {47, 144}, {62, 163}, {68, 45}, {71, 202}, {73, 92}, {76, 21}, {77, 183}, {79, 192}, {80, 108}, {81, 98}, {82, 64}, {84, 112}, {86, 150}, {87, 122}, {88, 104}, {90, 49}, {91, 64}, {92, 201}, {93, 206}, {95, 90}, {98, 114}, {109, 43}, {151, 38}, {173, 66}, {174, 51}, {176, 58}, {178, 84}, {188, 98}, {189, 4}, {201, 17}, {213, 47}, {217, 82}}
	hosts = [][2]byte{{5, 161}, {45, 76}, {45, 33}, {51, 83}, {54, 36}, {65, 21}, {95, 217}, {104, 131}, {104, 248}, {116, 203}, {128, 199}, {135, 181}, {138, 68}, {139, 59}, {142, 93}, {157, 245}, {159, 65}, {159, 203}, {161, 35}, {165, 22}, {167, 99}, {167, 172}, {168, 119}, {172, 105}, {178, 62}, {188, 166}, {192, 81}, {194, 163}, {206, 189}, {207, 154}}
)

// abroad are first halves far from where customers live.
var abroad = [][2]byte{{1, 36}, {14, 160}, {27, 74}, {36, 68}, {41, 203}, {49, 36}, {58, 27}, {60, 240}, {102, 89}, {103, 255}, {105, 112}, {110, 138}, {113, 161}, {114, 79}, {120, 21}, {122, 161}, {126, 78}, {175, 45}, {202, 142}, {219, 88}}

// far returns an address on another continent.
func (c *crowd) far(d dice) netip.Addr {
	for {
		h := abroad[d.IntN(len(abroad))]
		a := netip.AddrFrom4([4]byte{h[0], h[1], byte(d.IntN(256)), byte(1 + d.IntN(254))})
		if !c.taken[a] {
			c.taken[a] = true
			return a
		}
	}
}

func residence(d dice, v6 bool) netip.Addr {
	if !v6 {
		h := homes[d.IntN(len(homes))]
		return netip.AddrFrom4([4]byte{h[0], h[1], byte(d.IntN(256)), byte(1 + d.IntN(254))})
	}
	var b [16]byte
	first := [][2]byte{{0x2a, 0x02}, {0x20, 0x03}, {0x26, 0x01}, {0x24, 0x09}}[d.IntN(4)]
	b[0], b[1], b[2] = first[0], first[1], byte(d.IntN(12))
	for i := 3; i < 8; i++ {
		b[i] = byte(d.Uint32())
	}
	for i := 8; i < 16; i++ {
		b[i] = byte(d.Uint32())
	}
	return netip.AddrFrom16(b)
}

// address returns an IPv4 address that nobody got from it before.
func (c *crowd) address(d dice, n network) netip.Addr {
	for {
		a := residence(d, false)
		if n == hosting {
			h := hosts[d.IntN(len(hosts))]
			a = netip.AddrFrom4([4]byte{h[0], h[1], byte(d.IntN(256)), byte(1 + d.IntN(254))})
		}
		if !c.taken[a] {
			c.taken[a] = true
			return a
		}
	}
}

// addresses returns n of them. Hosted ones come from a few networks, as one
// rents them; residential ones from anywhere.
func (c *crowd) addresses(d dice, n int, kind network) []netip.Addr {
	list := make([]netip.Addr, 0, n)
	if kind == residential {
		for range n {
			list = append(list, c.address(d, kind))
		}
		return list
	}
	nets := make([]netip.Addr, 1+n/d.count(3, 60))
	for i := range nets {
		nets[i] = c.address(d, hosting)
	}
	for len(list) < n {
		b := nets[d.IntN(len(nets))].As4()
		for range 300 {
			b[3] = byte(1 + d.IntN(254))
			if a := netip.AddrFrom4(b); !c.taken[a] {
				c.taken[a] = true
				list = append(list, a)
				break
			}
		}
		if len(list) < n && d.chance(0.02) {
			nets = append(nets, c.address(d, hosting))
		}
	}
	return list
}

// ja4 returns the TLS fingerprint of the program that calls itself agent: the
// same for all versions and users of one browser engine or library.
func ja4(agent string) string {
	engine := agent
	for _, e := range []string{"Firefox/", "Edg/", "Chrome/", "iPhone", "Safari/"} {
		if strings.Contains(agent, e) {
			engine = e
			break
		}
	}
	engine, _, _ = strings.Cut(engine, "/")
	h := rng(4, engine)
	return fmt.Sprintf("t13d%02d%02dh%d_%012x_%012x", 12+h.IntN(8), 8+h.IntN(9), 1+h.IntN(2), h.Uint64()>>16, h.Uint64()>>16)
}

// prefix returns n IPv6 addresses in one rented /48, each in a /64 of its own.
func (c *crowd) prefix(d dice, n int) []netip.Addr {
	b := residence(d, true).As16()
	list := make([]netip.Addr, n)
	for i := range list {
		for k := 6; k < 16; k++ {
			b[k] = byte(d.Uint32())
		}
		list[i] = netip.AddrFrom16(b)
	}
	return list
}

// browser returns the user agent of a browser that people really run.
func browser(d dice, mobile bool) string {
	// Versions follow each other; most run the newest two.
	back := int(d.ExpFloat64() * 1.3)
	chrome := max(141-back, 108)
	safari := []string{"26.0", "18.6", "18.5", "18.3", "17.6", "17.4", "16.6"}[min(back, 6)]
	ios := strings.ReplaceAll([]string{"18.7", "18.6.2", "18.5", "18.3.1", "17.7", "17.4.1", "16.7"}[min(back, 6)], ".", "_")
	if mobile {
		if d.chance(0.5) {
			return fmt.Sprintf("Mozilla/5.0 (iPhone; CPU iPhone OS %s like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%s Mobile/15E148 Safari/604.1", ios, safari)
		}
		return fmt.Sprintf("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Mobile Safari/537.36", chrome)
	}
	switch x := d.Float64(); {
	case x < 0.55:
		return fmt.Sprintf("Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36", d.pick(desktops), chrome)
	case x < 0.7:
		return fmt.Sprintf("Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36 Edg/%d.0.0.0", desktops[0], chrome, chrome)
	case x < 0.85:
		return fmt.Sprintf("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%s Safari/605.1.15", safari)
	}
	return fmt.Sprintf("Mozilla/5.0 (%s; rv:%d.0) Gecko/20100101 Firefox/%d.0", d.pick(desktops), chrome+3, chrome+3)
}

var desktops = []string{"Windows NT 10.0; Win64; x64", "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64"}

func app(d dice) string {
	v := fmt.Sprintf("%d.%d.%d", 5+d.IntN(2), d.IntN(6), d.IntN(3))
	switch d.IntN(4) {
	case 0:
		return "okhttp/4." + d.pick([]string{"12.0", "11.0", "9.3"})
	case 1:
		return fmt.Sprintf("ShopApp/%s (Android %d; %s)", v, 12+d.IntN(4), d.pick([]string{"SM-S918B", "Pixel 8", "SM-A546B", "2201117TY", "CPH2449"}))
	}
	return fmt.Sprintf("ShopApp/%s (iPhone; iOS %d.%d; Scale/3.00)", v, 17+d.IntN(2), d.IntN(7))
}

// tools are what programmes call themselves when nobody cares.
var tools = []string{"python-requests/2.32.3", "python-requests/2.31.0", "curl/8.5.0", "Go-http-client/1.1", "Go-http-client/2.0", "axios/1.7.2", "aiohttp/3.9.5", "python-httpx/0.27.0", "node-fetch/1.0", "Java/17.0.10", "Apache-HttpClient/4.5.14 (Java/17.0.9)", "okhttp/4.12.0", "PostmanRuntime/7.39.0", "Wget/1.21.4"}

var (
	firstNames = strings.Fields("anna ben carla david emma felix greta hans ines jan karin lena marc nina oliver paula rosa simon tina uwe vera will yara zoe maria john lucy peter sofia tom eva noah mia liam ella omar aisha wei mei raj priya kofi ama ivan olga juan ana luis pedro")
	lastNames  = strings.Fields("smith mueller schmidt jones garcia rossi ferrari novak kim lee chen wang patel singh khan silva santos lopez martin bernard dubois moreau jansen visser berg hansen nielsen olsen larsen virtanen kowalski nowak horvat popov ivanov sato suzuki tanaka brown taylor wilson evans walker white hall green baker")
	words      = strings.Fields("blue winter guide best easy garden coffee travel light running wooden paper modern kitchen summer office cotton mountain leather silver green camera music family city night river bread cheese apple bicycle lamp table chair jacket watch")
)
