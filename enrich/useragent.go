package enrich

import "strings"

// toolWords mark the user agents of libraries, scripts and tools, as opposed
// to browsers and apps. Lower case.
var toolWords = []string{
	"python", "curl/", "wget/", "go-http-client", "okhttp", "java/", "apache-httpclient", "axios", "node-fetch", "undici", "guzzle", "libwww", "perl",
	"ruby", "faraday", "httpx", "aiohttp", "postman", "insomnia", "httpie", "scrapy", "zgrab", "masscan", "nmap", "sqlmap", "nikto", "hydra", "medusa",
	"restsharp", "php/", "sdk", "boto", "dart", "k6/", "vegeta", "wrk", "hey/", "bot", "spider", "crawl", "monitor", "probe", "prometheus", "client/",
}

// tool says whether a user agent, cached by its print's hash, is a program's.
func (n *Enricher) tool(print uint64, agent string) bool {
	t, ok := n.tools[print]
	if !ok {
		if len(n.tools) >= 4096 {
			clear(n.tools)
		}
		t = IsTool(agent)
		n.tools[print] = t
	}
	return t
}

// IsTool says whether a user agent is that of a library or a tool rather than
// a browser's or an app's. An empty one is a tool's.
func IsTool(agent string) bool {
	s := strings.ToLower(agent[:min(len(agent), 512)])
	if s == "" || s == "-" {
		return true
	}
	for _, w := range toolWords {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
