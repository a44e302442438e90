package enrich

import (
	"strings"

	"goshawk/event"
)

// These mark the user agents of what a person holds: browsers begin with
// one of the first, apps name their phone or its network library. Lower case.
var (
	browsers = []string{"mozilla/", "opera/"}
	apps     = []string{"iphone", "ipad", "ios", "android", "cfnetwork", "darwin", "dalvik", "okhttp", "dart/", "alamofire", "windows phone"}
	// Words of programs that dress as a browser.
	programs = []string{"bot", "spider", "crawl", "monitor", "probe", "headless", "phantomjs", "zgrab", "python", "curl", "scrapy", "selenium"}
)

// agent marks r with what its user agent, cached by its print's hash, says.
func (n *Enricher) agent(e *event.Event, r *event.Rec) {
	t := &n.agents[r.Print>>1%uint64(len(n.agents))]
	if t.print != r.Print {
		t.print, t.mark, t.says = r.Print, 0, 0
		if IsTool(e.UserAgent) {
			t.mark = event.MarkTool
		} else if isBrowser(e.UserAgent) {
			t.says = event.Browser
		}
	}
	r.Mark |= t.mark
	r.Traits |= t.says
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
