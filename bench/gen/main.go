// Command gen writes the access log that the benchmarks read: the same bytes
// for the same flags, and n lines are the beginning of n+1.
//
// Clients are popular by Zipf's law, each with its own client program, its own
// few objects and, often, a key or a user name. A small share of the lines is
// abuse of eight kinds, whose ground truth can be written beside the log.
//
//	gen -format combined -n 1000000 -seed 1 -o access.log -truth truth.jsonl
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"goshawk/decode"
	"goshawk/event"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	var (
		format = flag.String("format", "combined", "combined, json, or any other format that goshawk can write")
		whole  = flag.Bool("document", false, `write one JSON document, {"Records":[…]}, instead of lines`)
		n      = flag.Int("n", 1_000_000, "lines")
		out    = flag.String("o", "-", "output file, - for stdout")
		truth  = flag.String("truth", "", "file for the campaigns of abuse, one JSON object a line")
		start  = flag.String("start", "2026-11-20T00:00:00Z", "time of the first line")
		o      options
	)
	flag.Uint64Var(&o.seed, "seed", 1, "seed")
	flag.IntVar(&o.clients, "ips", 50_000, "ordinary client addresses")
	flag.IntVar(&o.keys, "keys", 8_000, "API keys and users")
	flag.Float64Var(&o.zipf, "zipf", 1.05, "Zipf exponent of the clients' popularity, above 1")
	flag.Float64Var(&o.rate, "rps", 50, "mean requests a second of log time")
	flag.Float64Var(&o.abuse, "attack", 0.02, "share of abusive lines")
	flag.Parse()

	var err error
	if o.start, err = time.Parse(time.RFC3339, *start); err != nil {
		log.Fatal(err)
	}
	write := writer(*format)
	if write == nil {
		log.Fatalf("no format %q that can be written", *format)
	}
	if o.clients < 1 || o.keys < 1 || o.zipf <= 1 || o.rate <= 0 {
		log.Fatal("-ips and -keys must be positive, -zipf above 1, -rps above 0")
	}
	g := newGenerator(o)
	err = toFile(*out, func(w io.Writer) error {
		var r request
		var line []byte
		if *whole {
			io.WriteString(w, `{"Records":[`)
		}
		for i := range *n {
			g.next(&r)
			if line = write(line[:0], &r); *whole {
				line[len(line)-1] = ',' // for the newline
				if i == *n-1 {
					line = append(line[:len(line)-1], "]}\n"...)
				}
			}
			if _, err := w.Write(line); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && *truth != "" {
		err = toFile(*truth, func(w io.Writer) error {
			enc := json.NewEncoder(w)
			for _, c := range g.campaigns {
				if err := enc.Encode(c); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		log.Fatal(err)
	}
}

// toFile runs write on a buffered file, or on stdout for "-".
func toFile(name string, write func(io.Writer) error) (err error) {
	f := os.Stdout
	if name != "-" {
		if f, err = os.Create(name); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := write(w); err != nil {
		return err
	}
	return w.Flush()
}

// request is one line before it is written.
type request struct {
	at                         time.Time
	ip, user, key, agent, from string
	method, path               string // path with its query
	status, bytes, length      int
	seconds                    float64
	id                         uint64
}

type options struct {
	seed          uint64
	clients, keys int
	zipf          float64
	rate, abuse   float64
	start         time.Time
}

type generator struct {
	options
	rng       *rand.Rand
	client    *rand.Zipf // which client asks
	route     *rand.Zipf // what for
	now       time.Time
	live      []*campaign
	campaigns []*campaign
}

func newGenerator(o options) *generator {
	rng := rand.New(rand.NewPCG(o.seed, 0x9e3779b97f4a7c15))
	return &generator{
		options: o, rng: rng, now: o.start.UTC(),
		client: rand.NewZipf(rng, o.zipf, 8, uint64(o.clients-1)),
		route:  rand.NewZipf(rng, 1.2, 3, 14),
	}
}

func (g *generator) next(r *request) {
	g.now = g.now.Add(time.Duration(g.rng.ExpFloat64() / g.rate * float64(time.Second)))
	*r = request{at: g.now, user: "-", from: "-", method: "GET", status: 200}
	if g.rng.Float64() < g.abuse {
		g.abusive(r)
	} else {
		g.ordinary(r)
	}
	r.id = g.rng.Uint64()
	r.seconds = 0.002 + g.rng.ExpFloat64()*0.03
	r.bytes = 100 + int(g.rng.ExpFloat64()*1800)
	r.length = 60 + g.rng.IntN(900)
	if r.status == 204 || r.status == 304 {
		r.bytes = 0
	}
}

var agents = []string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
	"Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
	"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
	"Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/AP2A.240805.005)", "MyShop/5.12.1 (iOS 18.1; iPhone16,2) CFNetwork/1568.200.51 Darwin/24.1.0",
	"okhttp/4.12.0", "okhttp/3.14.9", "Dart/3.5 (dart:io)", "axios/1.7.7", "undici", "python-requests/2.32.3", "python-httpx/0.27.2",
	"Go-http-client/1.1", "Go-http-client/2.0", "Apache-HttpClient/4.5.14 (Java/17.0.12)", "GuzzleHttp/7", "PostmanRuntime/7.42.0",
	"curl/8.5.0", "Stripe/1.0 (+https://stripe.com/docs/webhooks)", "kube-probe/1.30", "Prometheus/2.54.1",
}

// ordinary fills r with a request of somebody who does nothing wrong. All that
// belongs to a client comes from a hash of its number, so it stays the same.
func (g *generator) ordinary(r *request) {
	c := g.client.Uint64()
	self := mix(c + 99)
	r.ip = address(c, g.seed)
	r.agent = agents[self%uint64(len(agents))]
	if g.rng.IntN(20) == 0 {
		r.agent = agents[(self+1)%uint64(len(agents))]
	}
	switch account := self >> 20 % uint64(g.keys); self >> 40 % 4 {
	case 0:
		r.user = "user" + strconv.FormatUint(account, 10)
	case 1:
		r.key = key(account)
	}
	if self>>50%3 == 0 {
		r.from = "https://shop.example.com/c/" + strconv.FormatUint(self%40, 10)
	}
	object := strconv.FormatUint(100_000+mix(self+g.rng.Uint64N(24))%900_000, 10) // one of its own two dozen

	switch g.route.Uint64() {
	case 0:
		r.path = fmt.Sprintf("/api/v1/products?page=%d&limit=50", 1+g.rng.IntN(8))
	case 1:
		r.path = "/api/v1/products/" + object
	case 2:
		r.path = "/api/v1/orders/" + object
	case 3:
		r.path = "/api/v1/users/" + object + "/profile"
	case 4:
		r.path = "/api/v2/accounts/" + g.uuid() + "/transactions"
	case 5:
		r.method, r.path, r.status = "POST", "/api/v1/cart/items", 201
	case 6:
		r.path = "/api/v1/search?q=" + []string{"shoes", "blue%20jacket", "usb-c", "lamp", "tea+pot"}[g.rng.IntN(5)] + "&sort=price"
	case 7:
		r.method, r.path = "POST", "/api/v1/auth/login"
		if g.rng.IntN(14) == 0 {
			r.status = 401
		}
	case 8:
		r.method, r.path = "POST", "/api/v1/auth/refresh"
	case 9:
		r.method, r.path = "POST", "/graphql"
	case 10:
		r.path = "/api/v2/invoices/" + g.uuid() + ".pdf"
	case 11:
		r.method, r.path, r.status = "PUT", "/api/v1/orders/"+object, 204
	case 12:
		r.method, r.path, r.status = "DELETE", "/api/v1/webhooks/"+object, 204
	case 13:
		r.path = "/static/app." + strconv.FormatUint(self&0xfffff, 16) + ".js"
	default:
		r.path = "/healthz"
	}
	r.addKey()

	switch n := g.rng.IntN(1000); {
	case n < 12:
		r.status = 404
	case n < 16:
		r.status = 403
	case n < 19:
		r.status = 500
	case n < 21:
		r.status = 499
	case n < 40 && r.method == "GET":
		r.status = 304
	}
}

// addKey puts the key, if any, into the query.
func (r *request) addKey() {
	if r.key == "" {
		return
	}
	join := "?"
	if strings.Contains(r.path, "?") {
		join = "&"
	}
	r.path += join + "api_key=" + r.key
}

// campaign is one run of abuse. Its exported fields are the ground truth.
type campaign struct {
	ID    int       `json:"id"`
	Kind  string    `json:"kind"`
	IPs   []string  `json:"ips"`
	Key   string    `json:"key,omitempty"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	Lines int       `json:"lines"`

	left   int
	cursor int // next object or page
	agent  string
}

var kinds = []string{"auth-burst", "auth-spread", "sequential-ids", "probe-404", "hammer-429", "scrape-pages", "key-fanout", "injection"}

var abusiveAgents = []string{
	"python-requests/2.31.0", "Go-http-client/1.1", "curl/7.88.1", "okhttp/4.9.0", "-",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/104.0.0.0 Safari/537.36",
}

var probes = []string{
	"/.env", "/wp-login.php", "/.git/config", "/admin/", "/actuator/env", "/api/swagger.json", "/v2/api-docs", "/phpmyadmin/index.php",
	"/api/v1/internal/debug", "/server-status", "/.aws/credentials", "/backup.zip", "/config.json", "/graphql/console", "/xmlrpc.php",
}

var injections = []string{
	"/api/v1/search?q=1%27%20OR%20%271%27=%271", "/api/v1/products?sort=price;SELECT%20pg_sleep(5)--",
	"/api/v1/files?name=../../../../etc/passwd", "/api/v1/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
	"/api/v1/fetch?url=http://169.254.169.254/latest/meta-data/",
}

// begin starts the next campaign; the kinds take turns.
func (g *generator) begin() *campaign {
	id := len(g.campaigns)
	c := &campaign{ID: id, Kind: kinds[id%len(kinds)], First: g.now, Last: g.now, left: 100 + g.rng.IntN(500), cursor: 1000 + g.rng.IntN(800_000)}
	c.agent = abusiveAgents[g.rng.IntN(len(abusiveAgents))]
	addresses := 1
	switch c.Kind {
	case "auth-spread":
		addresses = 40 + g.rng.IntN(60)
	case "key-fanout":
		addresses = 40 + g.rng.IntN(60)
		c.Key = key(g.rng.Uint64N(uint64(g.keys)))
	case "injection":
		c.left = 20 + g.rng.IntN(40)
	}
	for i := range addresses {
		c.IPs = append(c.IPs, address(1<<32+uint64(id)*1000+uint64(i), g.seed))
	}
	g.campaigns = append(g.campaigns, c)
	return c
}

// abusive fills r with the next request of one of four campaigns that run at a time.
func (g *generator) abusive(r *request) {
	for len(g.live) < 4 {
		g.live = append(g.live, g.begin())
	}
	i := g.rng.IntN(len(g.live))
	c := g.live[i]
	c.Last = g.now
	c.Lines++
	c.cursor++
	if c.left--; c.left <= 0 {
		g.live = append(g.live[:i], g.live[i+1:]...)
	}
	r.ip, r.agent, r.key = c.IPs[g.rng.IntN(len(c.IPs))], c.agent, c.Key
	switch c.Kind {
	case "auth-burst", "auth-spread":
		r.method, r.path, r.status = "POST", "/api/v1/auth/login", 401
		if g.rng.IntN(60) == 0 {
			r.status = 200
		}
	case "sequential-ids":
		r.path, r.status = "/api/v1/orders/"+strconv.Itoa(c.cursor), []int{200, 200, 200, 404, 403}[g.rng.IntN(5)]
	case "probe-404":
		r.path, r.status = probes[g.rng.IntN(len(probes))], 404
	case "hammer-429":
		r.path, r.status = "/api/v1/search?q=x"+strconv.Itoa(c.cursor), []int{200, 429, 429, 429}[g.rng.IntN(4)]
	case "scrape-pages":
		r.path = "/api/v1/products?page=" + strconv.Itoa(c.cursor%9000) + "&limit=100"
	case "key-fanout":
		r.path = "/api/v1/users/" + strconv.Itoa(g.rng.IntN(900_000)) + "/profile"
	case "injection":
		r.path, r.status = injections[g.rng.IntN(len(injections))], []int{400, 403, 500, 200}[g.rng.IntN(4)]
	}
	r.addKey()
}

func (g *generator) uuid() string {
	a, b := g.rng.Uint64(), g.rng.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", uint32(a), uint16(a>>32), a>>52, b>>52, b&0xffffffffffff)
}

// address is the n-th address; six of a hundred are IPv6.
func address(n, seed uint64) string {
	h := mix(n*2654435761 + seed)
	if h%100 < 6 {
		return fmt.Sprintf("2a02:%x:%x:%x::%x", h>>48, h>>32&0xffff, h>>20&0xfff, h>>8&0xffff)
	}
	return fmt.Sprintf("%d.%d.%d.%d", 11+h>>8%190, h>>16&255, h>>24&255, 1+h>>32%254)
}

func key(n uint64) string { return fmt.Sprintf("ak_live_%016x%08x", mix(n+7), uint32(mix(n+9))) }

// mix is the finaliser of MurmurHash3: a permutation of 64 bits.
func mix(x uint64) uint64 {
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// combined is the log format of that name in nginx and Apache.
func combined(b []byte, r *request) []byte {
	b = append(b, r.ip...)
	b = append(b, " - "...)
	b = append(b, r.user...)
	b = r.at.AppendFormat(b, " [02/Jan/2006:15:04:05 -0700] \"")
	b = append(b, r.method...)
	b = append(b, ' ')
	b = append(b, r.path...)
	b = append(b, " HTTP/1.1\" "...)
	b = strconv.AppendInt(b, int64(r.status), 10)
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(r.bytes), 10)
	b = append(b, " \""...)
	b = append(b, r.from...)
	b = append(b, "\" \""...)
	b = append(b, r.agent...)
	return append(b, "\"\n"...)
}

// nginxJSON has the fifteen fields that a log_format with escape=json usually has.
func nginxJSON(b []byte, r *request) []byte {
	return fmt.Appendf(b, `{"time_iso8601":"%s","remote_addr":"%s","remote_user":"%s","request_method":"%s","request_uri":"%s",`+
		`"server_protocol":"HTTP/1.1","status":%d,"body_bytes_sent":%d,"request_length":%d,"request_time":%.3f,"upstream_response_time":"%.3f",`+
		`"http_referer":"%s","http_user_agent":"%s","http_host":"api.example.com","request_id":"%016x%016x"}`+"\n",
		r.at.Format("2006-01-02T15:04:05-07:00"), r.ip, r.user, r.method, r.path, r.status, r.bytes, r.length, r.seconds, r.seconds*0.93,
		r.from, r.agent, r.id, mix(r.id))
}

// writer returns what writes a request in a format, nil if there is none.
func writer(format string) func([]byte, *request) []byte {
	switch format {
	case "combined":
		return combined
	case "json":
		return nginxJSON
	}
	writers := decode.Writers()
	i := slices.IndexFunc(writers, func(f decode.Format) bool { return f.Name == format })
	if i < 0 {
		return nil
	}
	encode := writers[i].Encode
	return func(b []byte, r *request) []byte {
		var e event.Event
		e.Reset()
		e.Time, e.Duration = r.at.UnixNano(), int64(r.seconds*1e9)
		e.Client = netip.MustParseAddr(r.ip)
		e.Peer = e.Client
		e.Method, e.Proto, e.Scheme, e.Host = r.method, "HTTP/1.1", "https", "api.example.com"
		e.Path, e.Query, _ = strings.Cut(r.path, "?")
		e.Status, e.BytesOut, e.BytesIn = r.status, int64(r.bytes), int64(r.length)
		for _, f := range []struct {
			from string
			to   *string
		}{{r.user, &e.User}, {r.from, &e.Referer}, {r.agent, &e.UserAgent}} {
			if f.from != "-" {
				*f.to = f.from
			}
		}
		e.Trace = fmt.Sprintf("%016x%016x", r.id, mix(r.id))
		return append(encode(b, &e), '\n')
	}
}
