package enrich

import (
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"goshawk/event"
)

// These mark the user agents of what a person holds: browsers begin with
// one of the first, apps name their phone or its network library. Lower case.
var (
	browsers = []string{"mozilla/", "opera/"}
	apps     = []string{"iphone", "ipad", "ios", "android", "cfnetwork", "darwin", "dalvik", "okhttp", "dart/", "alamofire", "windows phone"}
	// Words of programs that dress as a browser, or whose name holds that of an
	// app's: axios.
	programs = []string{"bot", "spider", "crawl", "monitor", "probe", "headless", "phantomjs", "zgrab", "python", "curl", "scrapy", "selenium", "axios"}
)

// agent marks r with what its user agent, cached by its hash, says.
func (n *Enricher) agent(e *event.Event, r *event.Rec) {
	h := r.Print
	if e.TLS != "" {
		h = n.hash(event.Fingerprint, e.UserAgent)
	}
	t := &n.agents[h>>1%uint64(len(n.agents))]
	if t.print != h {
		t.print, t.mark, t.says, t.device, t.by = h, 0, 0, n.device(e.UserAgent), callerOf(e.UserAgent)
		t.maker, t.looks, t.year = looks(e.UserAgent)
		t.looks |= event.Looks(h>>40) & event.AgentBits
		if t.ploy, t.payload = inHeader(e.UserAgent); t.ploy != event.NoPloy {
			t.says |= event.Payload
		}
		if IsTool(e.UserAgent) {
			t.mark = event.MarkTool
		} else if isBrowser(e.UserAgent) {
			t.says |= event.Browser
		}
		switch {
		case isLibrary(e.UserAgent): // some name their own site
			t.says |= event.AnyLibrary
		case declared(e.UserAgent):
			t.says |= event.Declared
		}
	}
	r.Mark |= t.mark
	r.Traits |= t.says
	if t.ploy != event.NoPloy && r.Ploy == event.NoPloy {
		r.Ploy, r.Path = t.ploy, uint32(mix(t.payload^n.seed))|1
	}
	l := t.looks
	if e.TLS != "" {
		l |= event.Handshake
	}
	if t.year != 0 && e.Flags&event.NoTime == 0 && e.Time/year+1970 >= int64(t.year)+stale {
		l |= event.Stale
	}
	r.Say(t.maker, l)
	if r.Device = t.device; e.TLS != "" {
		r.Device = uint32(mix(r.Print^uint64(t.device)<<32)) | 1
	}
	if r.Traits&event.Cloud != 0 {
		r.Caller = t.by
	}
}

const (
	year  = int64(365.2425 * 24 * float64(time.Hour))
	stale = 4 // years after which hardly anybody has a browser any more
)

// looks says what a user agent claims to be, whether no browser ever called
// itself so, and the year of its release where it is known.
func looks(agent string) (m event.Maker, l event.Looks, year int) {
	s := agent[:min(len(agent), 512)]
	low := strings.ToLower(s)
	switch {
	case s == "" || s == "-":
		return event.NoMaker, 0, 0
	case has(low, robots):
		return event.Robot, 0, 0
	case IsTool(s):
		return event.Library, 0, 0
	case !isBrowser(s):
		return event.App, 0, 0
	}
	chrome, firefox := version(s, "Chrome/"), version(s, "Firefox/")
	switch {
	case strings.Contains(s, "CriOS/") || strings.Contains(s, "FxiOS/") || strings.Contains(s, "EdgiOS/"):
		return event.WebKit, 0, 0
	case firefox > 0 && strings.Contains(s, "Gecko/"):
		if rv := version(s, "rv:"); rv > 0 && rv != firefox && !(rv == 109 && firefox >= 110 && firefox < 120) {
			l = event.Impossible
		}
		return event.Gecko, l, firefoxYear(firefox)
	case chrome > 0:
		if !strings.Contains(s, "AppleWebKit/") || !strings.Contains(s, "Safari/") {
			l = event.Impossible
		}
		return event.Chromium, l, chromeYear(chrome)
	case strings.Contains(s, "Version/") && strings.Contains(s, "Safari/") && strings.Contains(s, "AppleWebKit/"):
		m = event.WebKit
		if v := version(s, "Version/"); v > 0 && v < 19 {
			year = 2004 + v // 17 in the autumn of 2023: a year's grace is in the limit
			if v >= 10 {
				year = 2006 + v
			}
		}
		return m, 0, year
	case len(s) <= len("Mozilla/5.0") || strings.HasPrefix(s, "Mozilla/") && !strings.Contains(s, "("):
		return event.OldWeb, event.Impossible, 0
	case strings.Contains(s, "MSIE "):
		return event.OldWeb, 0, 2013
	}
	return event.OldWeb, 0, 0
}

var robots = []string{"bot", "spider", "crawl", "facebookexternalhit", "slurp", "preview", "+http"}

// version is the number after a word, 0 if it is not there.
func version(s, word string) (v int) {
	i := strings.Index(s, word)
	if i < 0 {
		return 0
	}
	for _, c := range s[i+len(word):] {
		if c < '0' || c > '9' || v > 9999 {
			break
		}
		v = v*10 + int(c-'0')
	}
	return v
}

// chromeYear and firefoxYear are when a version came out: Chrome 1 in 2008, a
// version each six weeks until 94 in September 2021 and each four since, Firefox
// 5 in June 2011, each six weeks, and each four from 2020 (version 74).
// Sources: chromiumdash.appspot.com/schedule; wiki.mozilla.org/Release_Management/Calendar.
func chromeYear(v int) int {
	if v <= 94 {
		return 2010 + v*12/100 // 10 in 2011, 50 in 2016, 94 in 2021
	}
	return 2021 + (v-94)*10/115
}

func firefoxYear(v int) int {
	if v < 74 {
		return 2011 + max(v-5, 0)/8
	}
	return 2020 + (v-74)*10/125
}

// device hashes a user agent without its numbers; 0 for none.
func (n *Enricher) device(agent string) uint32 {
	if agent == "" {
		return 0
	}
	var b [512]byte
	k := 0
	for i := 0; i < len(agent) && k < len(b); i++ {
		if c := agent[i]; (c < '0' || c > '9') && c != '.' && c != '_' {
			b[k] = c
			k++
		}
	}
	return uint32(xxh3.HashSeed(b[:k], n.seed+uint64(event.Fingerprint))>>1) | 1
}

// declared says whether a user agent tells whom to ask about it, as polite
// programs do.
func declared(agent string) bool {
	return strings.Contains(agent, "://") || strings.Contains(agent, "@") || strings.Contains(agent, "+www.")
}

// libraries are how the user agents begin of programs that anybody may write a
// script with, and of none at all. Lower case.
var libraries = []string{"python", "curl", "wget", "go-http-client", "java", "okhttp", "axios", "node", "undici", "got", "aiohttp", "httpx", "scrapy", "postman", "insomnia", "httpie",
	"libwww", "lwp", "perl", "ruby", "faraday", "guzzle", "php", "apache-httpclient", "http.rb", "rest-client", "restsharp", "reqwest", "hyper", "ureq", "rust", "powershell", "dart", "deno", "bun/"}

// isLibrary says whether a user agent names a library rather than the
// program that uses it.
func isLibrary(agent string) bool {
	s := strings.ToLower(agent[:min(len(agent), 32)])
	for _, l := range libraries {
		if strings.HasPrefix(s, l) {
			return true
		}
	}
	return s == "" || s == "-"
}

// isBrowser says whether a user agent begins as browsers do.
func isBrowser(agent string) bool {
	s := strings.ToLower(agent[:min(len(agent), 16)])
	return strings.HasPrefix(s, browsers[0]) || strings.HasPrefix(s, browsers[1])
}

// IsTool says whether a user agent is a program's rather than a browser's or an
// app's. An empty one is a program's.
func IsTool(agent string) bool {
	s := strings.ToLower(agent[:min(len(agent), 512)])
	if has(s, programs) {
		return true
	}
	for _, b := range browsers {
		if strings.HasPrefix(s, b) {
			return false
		}
	}
	return !has(s, apps)
}

func has(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
