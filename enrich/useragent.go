package enrich

import (
	"strings"

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
		if IsTool(e.UserAgent) {
			t.mark = event.MarkTool
		} else if isBrowser(e.UserAgent) {
			t.says = event.Browser
		}
		if declared(e.UserAgent) {
			t.says |= event.Declared
		}
		if isLibrary(e.UserAgent) {
			t.says |= event.Library
		}
	}
	r.Mark |= t.mark
	r.Traits |= t.says
	if r.Device = t.device; e.TLS != "" {
		r.Device = uint32(mix(r.Print^uint64(t.device)<<32)) | 1
	}
	if r.Traits&event.Cloud != 0 {
		r.Caller = t.by
	}
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
