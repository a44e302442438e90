package servers

import (
	"encoding/base64"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// request is what one connection carries.
type request struct {
	name      string
	send      string // the bytes on the wire
	half      bool   // hang up in one direction after them
	from      string // v4 unless said otherwise
	status    int    // what every server answers; 0 where they differ
	malformed string // of what is not HTTP, all that a log can have
	never     string // the servers that log nothing of it
	but       departures
}

// departures say what one server, or one log of it ("nginx/json"), does otherwise.
type departures map[string]func(w *want)

const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0"

// get is a whole request for a target, with headers as "Name: value".
func get(target string, headers ...string) string { return ask("GET", target, "", headers...) }

func ask(method, target, body string, headers ...string) string {
	if body != "" {
		headers = append(headers, fmt.Sprintf("Content-Length: %d", len(body)))
	}
	headers = append([]string{"Host: shop.example.com"}, append(headers, "Connection: close")...)
	return method + " " + target + " HTTP/1.1\r\n" + strings.Join(headers, "\r\n") + "\r\n\r\n" + body
}

func login(user, password string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// forged is a text that looks like the rest of a line and a whole other one.
const forged = `x [12/Oct/2023:14:32:45 +0000] "GET /forged HTTP/1.1" 200 5 "-" "-"`

var requests = []request{
	// What ordinary clients send.
	{name: "plain", status: 200, send: get("/api/v1/orders/48213?expand=items&page=2", "User-Agent: "+agent, "Referer: https://shop.example.com/account?tab=orders")},
	{name: "post", status: 200, send: ask("POST", "/api/v1/login", `{"user":"alice","password":"x"}`, "Content-Type: application/json", "User-Agent: "+agent),
		but: departures{"nginx": func(w *want) { w.bytesIn = -1 }}}, // it answers before it reads the body
	{name: "nothing but a host", status: 200, send: get("/")},
	{name: "IPv6", status: 200, from: v6, send: get("/v6", "User-Agent: "+agent)},
	{name: "HEAD", status: 200, send: ask("HEAD", "/head?x=1", "", "User-Agent: "+agent),
		but: departures{"caddy": func(w *want) { w.bytes = -1 }}}, // it counts what it did not send
	{name: "OPTIONS", send: ask("OPTIONS", "/options", "")},
	{name: "DELETE", send: ask("DELETE", "/api/v1/orders/7", "")},
	{name: "PROPFIND", send: ask("PROPFIND", "/dav/", "", "Depth: 1")},
	{name: "no host", status: 200, send: "GET /old HTTP/1.0\r\nUser-Agent: old\r\n\r\n"},
	{name: "pipelined", status: 200, send: "GET /first?n=1 HTTP/1.1\r\nHost: shop.example.com\r\nUser-Agent: one\r\n\r\n" +
		"GET /second HTTP/1.1\r\nHost: shop.example.com\r\nUser-Agent: two\r\n\r\n" + get("/third", "User-Agent: three")},
	{name: "many headers", status: 200, send: get("/many", append(slices.Collect(fillers(80)), "User-Agent: "+agent)...)},
	{name: "forwarded", status: 200, send: get("/forwarded", "X-Forwarded-For: 203.0.113.7, 198.51.100.2, 10.0.0.1", "User-Agent: "+agent)},
	{name: "one forwarded", status: 200, send: get("/forwarded", "X-Forwarded-For: 2001:db8::7", "User-Agent: "+agent)},

	// What servers refuse.
	{name: "not found", status: 404, send: get("/missing?id=1", "User-Agent: "+agent)},
	{name: "denied", status: 403, send: get("/denied", "User-Agent: "+agent)},
	{name: "no password", status: 401, send: get("/private", "User-Agent: "+agent)},
	{name: "wrong password", status: 401, send: get("/private", login("alice", "guess"), "User-Agent: "+agent)},
	{name: "nobody", status: 401, send: get("/private", login("mallory", "guess"), "User-Agent: "+agent)},
	{name: "password", status: 200, send: get("/private", login("alice", "secret"), "User-Agent: "+agent)},
	{name: "within the limit", send: get("/limited", "User-Agent: "+agent)},
	{name: "limited", status: 429, send: get("/limited", "User-Agent: "+agent, "Referer: https://shop.example.com/")},
	{name: "broken", status: 500, send: get("/broken", "User-Agent: "+agent)},

	// Names of users are written as they come by most.
	{name: "a user with a space", status: 200, send: get("/private", login("bob smith", "secret"))},
	{name: "a user like a line", status: 401, send: get("/private", login(forged, "guess"), "User-Agent: "+agent)},
	{name: "a user like the beginning of a line", status: 401, send: get("/private", login("- - [", "guess"))},
	{name: "a user like a request", status: 401, send: get("/private", login("x GET /forged HTTP/1.1 200 5 - 1.000 ms", "guess"))},
	{name: "a user with a date", status: 401, send: get("/private", login("[12/Oct/2023:14:32:45 +0000]", "guess"))},
	{name: "a user with a quote", status: 401, send: get("/private", login(`a"b\c`, "guess"))},
	{name: "a user with other bytes", status: 401, send: get("/private", login("caf\xe9 \xff\xfe é", "guess"))},
	{name: "a user with controls", status: 401, send: get("/private", login("a\tb\x01\x1b[31m\x7f", "guess"))},
	{name: "a user of JSON", status: 401, send: get("/private", login(`","status":"200","remote_addr":"203.0.113.99","x":"`, "guess"))},

	// Paths and queries.
	{name: "encoded", status: 200, send: get("/a%2Fb%20c/%E2%82%AC%22?q=%26%3D%0A&r=a+b")},
	{name: "encoded twice", status: 200, send: get("/files/%252e%252e%252fetc%252fpasswd?p=%2527")},
	{name: "two question marks", status: 200, send: get("/search?q=what?&r=why?")},
	{name: "empty query", status: 200, send: get("/search?")},
	{name: "UTF-8", never: "express", send: get("/café/日本?naïve=ü")},
	{name: "no UTF-8", never: "express", send: get("/caf\xe9?\xff\xfe=\x80")},
	{name: "quotes", send: get(`/x"-"200"\x22\"?q="'\`)},
	{name: "a bracket", send: get("/[12/Oct/2023:14:32:45?x=[a]{b}|c#d")},
	{name: "JSON in the path", send: get(`/","status":500,"remote_addr":"203.0.113.99","x":"`)},
	{name: "8 KB", send: get("/long/"+strings.Repeat("0123456789abcdef", 512)+"?end=1", "User-Agent: "+agent)},
	{name: "absolute form", status: 200, send: get("http://shop.example.com/absolute?x=1", "User-Agent: "+agent),
		but: departures{"nginx/json": relative, "express/pino-http": relative, "express/winston": relative, "express/bunyan": relative}},

	// Agents and referers.
	{name: "a quote in the agent", status: 200, send: get("/agent", `User-Agent: Mozilla "quoted" \ back \x22 \" 'end'`, "Referer: https://example.com/")},
	{name: "an agent like a line", status: 200, send: get("/agent", `User-Agent: `+agent+`" 200 1 "-" "`+forged, "Referer: https://example.com/")},
	{name: "a referer like a line", status: 200, send: get("/agent", `Referer: https://example.com/?"`+forged+`"`, "User-Agent: "+agent)},
	{name: "an agent of JSON", status: 200, send: get("/agent", `User-Agent: ","status":500,"remote_addr":"203.0.113.99","x":"`, `Referer: {"status":500}`)},
	{name: "an agent of other bytes", send: get("/agent", "User-Agent: caf\xe9 \xff\xfe é 日本", "Referer: https://example.com/\xa0")},
	{name: "a tab in the agent", send: get("/agent", "User-Agent: a\tb")},
	{name: "controls in the agent", never: "caddy express", send: get("/agent", "User-Agent: a\x01\x1b[31m\x7fb"), but: departures{"apache": agentless}},
	{name: "an agent of braces", status: 200, send: get("/agent", `User-Agent: Mozilla/5.0 } {x|y} "GET /forged HTTP/1.1" # #22 $remote_addr %r ${jndi:ldap://203.0.113.99/a}`)},
	{name: "an agent that is missing", status: 200, send: get("/agent", "User-Agent: -", "Referer: -")},
	{name: "an empty agent", status: 200, send: get("/agent", "User-Agent:", "Referer:")},
	{name: "a long agent", status: 200, send: get("/agent", "User-Agent: "+strings.Repeat("Mozilla/5.0 ", 300)+"x")},
	{name: "an address as referer", status: 200, send: get("/agent", "Referer: 203.0.113.99", "User-Agent: 203.0.113.98")},
	{name: "forwarded garbage", status: 200, send: get("/forwarded", `X-Forwarded-For: unknown, "><script>, 2001:db8::1, [2001:db8::2]:443, 999.1.1.1, ' | x`, "User-Agent: "+agent)},
	{name: "forwarded like a line", status: 200, send: get("/forwarded", `X-Forwarded-For: 203.0.113.99" `+forged, "User-Agent: "+agent)},

	// What is no HTTP, or hardly.
	{name: "lower case", never: "express", malformed: "get /lower HTTP/1.1", send: "get /lower HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close\r\n\r\n",
		but: departures{"nginx/json": unread, "caddy": func(w *want) { w.malformed, w.method, w.path, w.host = false, "GET", "/lower", "shop.example.com" }}},
	{name: "spaces in the path", never: "caddy express", send: get(`/x" 200 1 "-" "`, "User-Agent: "+agent),
		but: departures{"nginx": agentless, "nginx/json": unread, "apache": func(w *want) { w.path, w.agent = `/x" 200`, "" }}}, // which keeps three words
	{name: "a path like a line", never: "caddy express", send: get("/x - - [12/Oct/2023:14:32:45 +0000] \"GET /forged HTTP/1.1\" 200 5 \"-\" \"-\""),
		but: departures{"nginx/json": unread, "apache": func(w *want) { w.path = "/x -" }}},
	{name: "a path like an error", never: "caddy express", send: get(`/x", client: 203.0.113.99, server: , request: "GET /forged HTTP/1.1", host: "forged`),
		but: departures{"nginx/json": unread, "apache": func(w *want) { w.path = `/x", client:` }}},
	{name: "a missing file like an error", send: get("/gone%22%20failed%20(2:%20No%20such%20file%20or%20directory),%20client:%20203.0.113.99,%20server:%20,%20request:%20%22GET%20/forged%20HTTP/1.1%22,%20host:%20%22forged%22")},
	{name: "a referer like an error", status: 403, send: get("/denied", `Referer: https://example.com/", client: 203.0.113.99, server: , request: "GET /forged HTTP/1.1", host: "forged`)},
	{name: "HTTP/0.9", never: "caddy express", status: 200, half: true, send: "GET /nine\r\n",
		but: departures{"haproxy": func(w *want) { w.status = 400; haproxySees(w) }}},
	{name: "TLS", never: "caddy express", half: true, malformed: "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", send: "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\n\"\\\xff",
		but: departures{"apache": func(w *want) { w.path = "\x16\x03\x01" }}}, // up to the NUL
	{name: "SSH", never: "caddy express", half: true, malformed: "SSH-2.0-OpenSSH_9.2p1", send: "SSH-2.0-OpenSSH_9.2p1\r\n",
		but: departures{"nginx/sloppy": func(w *want) { w.path, w.malformed, w.vague = "", false, true }}}, // one word in "request" may be an id
	{name: "binary", never: "caddy express", half: true, malformed: "\x80\x00\x01\"\\\xfe", send: "\x80\x00\x01\"\\\xfe\r\n\r\n",
		but: departures{"apache": func(w *want) { w.path = "\x80" }}},
	{name: "words", never: "caddy express", half: true, malformed: "hello there, world", send: "hello there, world\r\n\r\n"},
	{name: "half a line", never: "apache caddy express", half: true, send: "GET /half",
		but: departures{"nginx": func(w *want) { w.status = 400 }, "nginx/json": unread}},
	{name: "half a request", never: "caddy express", half: true, send: "GET /half?x=1 HTTP/1.1\r\nHost: shop.example.com\r\nUser-Ag",
		but: departures{"nginx": func(w *want) { w.status = 400 }}},
	{name: "nothing", never: "nginx apache caddy express", half: true, malformed: "-", send: ""},
	{name: "plain again", status: 200, send: get("/again", "User-Agent: "+agent)},
}

// fillers are headers that nobody reads.
func fillers(n int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range n {
			if !yield(fmt.Sprintf("X-Filler-%d: %d", i, i)) {
				return
			}
		}
	}
}

// agentless is of a server that refuses a request before it has read its agent.
func agentless(w *want) { w.agent = "" }

// unread is of a log that has the parts of a request, where the server never
// took it apart.
func unread(w *want) {
	w.method, w.path, w.query, w.host, w.agent, w.malformed = "", "", "", "", "", false
}

// relative is of a log that has the target without its host, or in a field that
// applications fill with URLs of their own making.
func relative(w *want) { w.absolute = false }
