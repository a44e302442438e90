package enrich

import "strings"

// These mark the user agents of what a person holds: browsers begin with
// one of the first, apps name their phone or its network library. Lower case.
var (
	browsers = []string{"mozilla/", "opera/"}
	apps     = []string{"iphone", "ipad", "ios", "android", "cfnetwork", "darwin", "dalvik", "okhttp", "dart/", "alamofire", "windows phone"}
	// Words of programs that dress as a browser.
	programs = []string{"bot", "spider", "crawl", "monitor", "probe", "headless", "phantomjs", "zgrab", "python", "curl", "scrapy", "selenium"}
)

// tool says whether a user agent, cached by its print's hash, is a program's.
func (n *Enricher) tool(print uint64, agent string) bool {
	t := &n.tools[print>>1%uint64(len(n.tools))]
	if t.print != print {
		t.print, t.is = print, IsTool(agent)
	}
	return t.is
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
