package detect

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"

	"goshawk/enrich"
	"goshawk/event"
)

// WordPress reports attacks on a WordPress: passwords tried over XML-RPC, one
// or hundreds in a request, its authors listed, its plugins looked for, and a
// way in that was prepared by that.
//
// XML-RPC answers 200 whether a password was right or wrong. What tells is that
// the answer is always as long: those who get in get different things.
// Sources: Sucuri on system.multicall (2015); WPScan's documentation.
var WordPress = registerBoth(Detector{
	Name:  "wordpress",
	Title: "A WordPress is attacked: passwords, authors' names, plugins",
	Doc: "Counts XML-RPC posts whose answers never change, calls that fit into long ones, questions who writes on the site, and plugins asked for that are not there. " +
		"Jetpack, the mobile app, editors and page builders get different answers, ask who writes there once, and ask for what is there.",
	Threat:  "wordpress-attacks",
	Family:  "auth",
	Scopes:  []event.Scope{event.IP, event.User, event.Session},
	At:      OnProbe,
	Needs:   event.HasPath | event.HasStatus,
	Impact:  Medium,
	Succeed: Critical,
	Since:   "0.2",
}, wordPressParams{Calls: 10, Guesses: 100, Names: 8, Plugins: 6, Fails: 40}, judgeWordPress, tellWordPress, lookWordPress)

type wordPressParams struct {
	Calls   int `doc:"XML-RPC posts with the same answer before anything is said"`
	Guesses int `doc:"log-ins that fit into long XML-RPC posts before anything is said"`
	Names   int `doc:"questions who writes there before anything is said"`
	Plugins int `doc:"different plugins looked for before anything is said"`
	Fails   int `doc:"log-ins by the form that failed before anything is said"`
}

const (
	wpCalls = iota
	wpMulticall
	wpNames
	wpPlugins
	wpChain
	wpForm
)

func judgeWordPress(p *wordPressParams, c *Case) (s Signal) {
	x := &c.Probe.Site
	if x.Calls < 4 && x.Names < 2 && x.Parts < 4 && int(x.Fails) < p.Fails {
		return s
	}
	more := func(llr float64, test uint8) {
		if llr > s.LLR {
			s.LLR, s.Test = llr, test
		}
	}
	over := func(n uint16, limit int) float64 { return 0.7 * math.Log(float64(n)/float64(max(limit, 1))) }
	if int(x.Calls) >= p.Calls && 10*int(x.Alike) >= 8*int(x.Calls-1) && !x.Metronome() {
		more(5.5+over(x.Calls, p.Calls), wpCalls)
	}
	if x.Big >= 3 && int(x.Guesses) >= p.Guesses && 10*int(x.Alike) >= 6*int(x.Calls-1) {
		more(5.5+float64(0.5*math.Log(float64(x.Guesses)/float64(max(p.Guesses, 1)))), wpMulticall)
	}
	if int(x.Names) >= p.Names && (x.Authors.Count() >= 5 || x.Ways&(x.Ways-1) != 0) && c.Record.Logins == 0 {
		more(5.5+over(x.Names, p.Names), wpNames)
	}
	if k := x.Kinds.Count(); k >= p.Plugins && 3*int(x.PartMisses) >= int(x.Parts) {
		more(5.5+over(uint16(k), p.Plugins), wpPlugins)
	}
	// Behind an address that many share, authors ask and others mistype.
	if x.Before >= 4 && x.Fails >= 8 && 8*x.Ins <= x.Fails && c.Record.Prints.Count() <= 3 {
		l := 5.5
		if x.Ins > 0 {
			l, s.Success = 6.5, true
		}
		more(l, wpChain)
	}
	// The form: a person fails a few times, then gets in or asks for a new
	// password; one address of many has those who get in.
	many := p.Fails * c.Record.Sharers()
	if stale := x.FormGap >= 5 && 10*int(x.FormSteady) >= 6*int(x.Fails); int(x.Fails) >= many && 20*int(x.Ins) <= int(x.Fails) && !stale {
		more(5.5+over(x.Fails, many), wpForm)
		s.Success = s.Success || x.Ins > 0
	}
	s.LLR = clip(s.LLR)
	s.V = [8]float64{float64(x.Calls), float64(x.Alike), float64(x.Guesses), float64(x.Names), float64(x.Kinds.Count()), float64(x.PartMisses), float64(x.Fails), float64(x.Ins)}
	return s
}

func tellWordPress(p *wordPressParams, c *Case, s Signal) Evidence {
	switch s.Test {
	case wpCalls:
		return Evidence{
			Summary: fmt.Sprintf("%.0f XML-RPC posts were answered, %.0f of them with as many bytes as the one before: always the same, as a wrong password is.", s.V[0], s.V[1]),
			Facts:   []Fact{{Name: "XML-RPC posts", Value: s.V[0], Unit: "requests", Limit: float64(p.Calls), HasLimit: true}, {Name: "answers like the one before", Value: s.V[1], Unit: "answers"}},
			Counter: []string{"Jetpack and the mobile app post as often, but get different things back. A client with an old password keeps one interval and is spared."},
		}
	case wpMulticall:
		return Evidence{
			Summary: fmt.Sprintf("About %.0f log-ins fit into %.0f XML-RPC posts that are long both ways: system.multicall tries hundreds in one.", s.V[2], s.V[0]),
			Facts:   []Fact{{Name: "guesses that fit", Value: s.V[2], Unit: "guesses", Limit: float64(p.Guesses), HasLimit: true}, {Name: "XML-RPC posts", Value: s.V[0], Unit: "requests"}},
			Counter: []string{"An upload is long one way, a list the other; these are long both ways, and always as long."},
		}
	case wpNames:
		return Evidence{
			Summary: fmt.Sprintf("%.0f times it asked who writes on the site.", s.V[3]),
			Facts:   []Fact{{Name: "questions who writes there", Value: s.V[3], Unit: "requests", Limit: float64(p.Names), HasLimit: true}},
			Counter: []string{"The editor asks for its authors once when it opens, after a log-in; readers follow one author's link or two."},
		}
	case wpPlugins:
		return Evidence{
			Summary: fmt.Sprintf("It looked for about %.0f plugins and themes by the files that tell their version; %.0f were not there.", s.V[4], s.V[5]),
			Facts:   []Fact{{Name: "plugins looked for", Value: s.V[4], Unit: "plugins", Limit: float64(p.Plugins), HasLimit: true}, {Name: "not there", Value: s.V[5], Unit: "requests"}},
			Counter: []string{"No page of the site refers to a plugin's readme; a scan that you ordered does: allow it by its address."},
		}
	}
	if s.Test == wpForm {
		return Evidence{
			Summary: fmt.Sprintf("%.0f log-ins by the form failed and %.0f worked: the form came back with 200 instead of a redirect.", s.V[6], s.V[7]),
			Facts:   []Fact{{Name: "failed log-ins", Value: s.V[6], Unit: "attempts", Limit: float64(p.Fails), HasLimit: true}, {Name: "log-ins that worked", Value: s.V[7], Unit: "log-ins"}},
			Counter: []string{"Behind an address that many share some get in; a person who forgot gives up sooner."},
		}
	}
	e := Evidence{
		Summary: fmt.Sprintf("It asked %.0f times who writes on the site, then failed to log in %.0f times; %.0f log-ins worked.", s.V[3], s.V[6], s.V[7]),
		Facts: []Fact{
			{Name: "questions who writes there", Value: s.V[3], Unit: "requests", Limit: 3, HasLimit: true},
			{Name: "failed log-ins", Value: s.V[6], Unit: "attempts", Limit: 7, HasLimit: true},
			{Name: "log-ins that worked", Value: s.V[7], Unit: "log-ins"},
		},
		Counter: []string{"An author who forgot the password does not ask for the names of the others first."},
	}
	return e
}

// lookWordPress finds XML-RPC posts of one programme from many addresses, each
// with a few, whose answers are all as long.
func lookWordPress(p *wordPressParams, c *Crowd) (claims []Claim) {
	groups := map[uint64][]int{}
	for i := range c.Strangers {
		if r := &c.Strangers[i]; r.Traits&event.XMLRPC != 0 && r.Verb == event.Post && r.Status/100 == 2 && r.Print != 0 {
			groups[r.Print] = append(groups[r.Print], i)
		}
	}
	for _, print := range sortedKeys(groups) {
		l := groups[print]
		sizes := make([]uint32, len(l))
		for k, i := range l {
			sizes[k] = c.Strangers[i].Bytes
		}
		slices.Sort(sizes)
		median := sizes[len(sizes)/2]
		like := l[:0:0]
		for _, i := range l {
			if b := c.Strangers[i].Bytes; max(b, median)-min(b, median) <= max(median/20, 4) {
				like = append(like, i)
			}
		}
		members := clientsOf(c, like)
		guesses := 0
		for _, i := range like {
			if n := guessesIn(&c.Strangers[i].Rec); n >= 20 {
				guesses += int(n)
			}
		}
		if 10*len(like) < 8*len(l) {
			continue
		}
		if guesses >= p.Guesses && len(like) >= 3 {
			claims = append(claims, multicall(p, c, print, like, guesses, members))
			continue
		}
		if len(members) < 5 || len(like) < 2*p.Calls {
			continue
		}
		first, last, at := c.Strangers[like[0]], c.Strangers[like[len(like)-1]], c.Strangers[like[min(2*p.Calls, len(like))-1]]
		claims = append(claims, Claim{
			Key: print, Members: members, Target: first.Template + 1, LLR: clip(5.5 + float64(0.5*math.Log(float64(len(like))/float64(2*p.Calls)))),
			Events: len(like), First: first.Time, Last: last.Time, At: at.Time, Entries: like[:min(len(like), 5)],
			Title: "One programme tries passwords over XML-RPC from many addresses",
			Evidence: Evidence{
				Summary: fmt.Sprintf("%d XML-RPC posts of one programme from %d addresses, a few each; %d of them got answers of about %d bytes.", len(l), len(members), len(like), median),
				Facts: []Fact{
					{Name: "XML-RPC posts", Value: float64(len(l)), Unit: "requests", Limit: float64(2 * p.Calls), HasLimit: true},
					{Name: "addresses", Value: float64(len(members)), Unit: "addresses", Limit: 5, HasLimit: true},
				},
				Counter: []string{"Jetpack comes from many addresses, too, but gets different answers."},
			},
		})
	}
	return claims
}

// multicall claims that a few long posts hold hundreds of log-ins.
func multicall(p *wordPressParams, c *Crowd, print uint64, l []int, guesses int, members []event.Actor) Claim {
	x := Claim{
		Key: print ^ 1, Members: members, Target: c.Strangers[l[0]].Template + 1, LLR: clip(5.5 + float64(0.5*math.Log(float64(guesses)/float64(max(p.Guesses, 1))))),
		Events: len(l), First: c.Strangers[l[0]].Time, Last: c.Strangers[l[len(l)-1]].Time, At: c.Strangers[l[2]].Time, Entries: l[:min(len(l), 5)],
		Title: "Hundreds of passwords are tried in a few XML-RPC posts",
		Evidence: Evidence{
			Summary: fmt.Sprintf("About %d log-ins fit into %d XML-RPC posts that are long both ways, and always as long: system.multicall tries hundreds in one.", guesses, len(l)),
			Facts:   []Fact{{Name: "guesses that fit", Value: float64(guesses), Unit: "guesses", Limit: float64(p.Guesses), HasLimit: true}, {Name: "XML-RPC posts", Value: float64(len(l)), Unit: "requests"}},
			Counter: []string{"An upload is long one way, a list the other."},
		},
	}
	if len(members) == 1 {
		x.Actor, x.Members = members[0], nil
	}
	return x
}

// sortedKeys are a map's keys in order.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// clientsOf are the addresses of strangers' events, in order.
func clientsOf(c *Crowd, entries []int) (l []event.Actor) {
	seen := map[uint64]bool{}
	for _, i := range entries {
		e := &c.Strangers[i]
		if seen[e.Client] {
			continue
		}
		seen[e.Client] = true
		l = append(l, event.Actor{Scope: event.IP, Value: enrich.IPValue(netip.AddrFrom16(e.Addr))})
	}
	return l
}
