package decode

import (
	"strings"
	"testing"
	"time"

	"goshawk/event"
)

// TestForged holds that nothing a client may write, in any field, becomes the
// client's address or another format's line. Each server escapes in its own way.
func TestForged(t *testing.T) {
	const evil = "192.0.2.66"
	hex := func(s string) string { return string(appendHex(nil, s)) }
	raw := func(s string) string { return s }
	apache := func(s string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) }
	hash := func(s string) string {
		return strings.NewReplacer(`"`, "#22", "#", "#23", "{", "#7B", "|", "#7C", "}", "#7D").Replace(s)
	}
	word := func(s string) string { return strings.ReplaceAll(s, " ", "%20") }

	var texts []string
	for _, f := range Formats() {
		log, _ := logOf(t, f.Name)
		for line := range strings.Lines(log) {
			line = strings.TrimSuffix(line, "\n")
			texts = append(texts, strings.NewReplacer("203.0.113.9", evil, "203.0.113.57", evil, "198.51.100.4", evil, "2001:db8::9", evil).Replace(line))
		}
	}
	for _, s := range append([]string{", client: ", "] [client: ", " [Client ", "[client ", `" "`, "IP: ", ", IP: ", `" 200 - 0 0 0 0 "`, "] [useragent: x] GET / 200 "}, hostile...) {
		texts = append(texts, s+evil, s+evil+", server: x", s+evil+"]", evil+s, s+evil+`"`, `x`+s+evil+s+evil)
	}

	d, _ := New(Options{})
	var e event.Event
	f := func(format string, escape func(string) string, template string) {
		t.Helper()
		before, after, _ := strings.Cut(template, "$")
		read := 0
		for _, text := range texts {
			line := before + escape(text) + after
			err := d.Decode(line, nil, &e)
			if err == nil && (e.Format != format || e.Client.String() == evil || e.Peer.String() == evil) {
				t.Errorf("%s\nas %s: %s", line, e.Format, show(&e))
			}
			if err == nil && e.Client.IsValid() {
				read++
			}
		}
		if read < len(texts)/2 {
			t.Errorf("only %d of %d read: %s", read, len(texts), template)
		}
	}
	path := func(escape func(string) string) func(string) string {
		return func(s string) string { return escape(word(s)) }
	}
	f("nginx_error", raw, `2023/10/12 14:32:45 [error] 812#812: *7 user "$": password mismatch, client: 203.0.113.9, server: , request: "GET / HTTP/1.1", host: "h"`)
	f("nginx_error", raw, `2023/10/12 14:32:45 [error] 812#812: *7 PAM: user '$' - not authenticated: Authentication failure, client: 203.0.113.9, server: , request: "GET / HTTP/1.1", host: "h"`)
	f("nginx_error", raw, `2023/10/12 14:32:45 [error] 812#812: *7 open() "/srv/$" failed (2: No such file or directory), client: 203.0.113.9, server: s, request: "GET / HTTP/1.1", host: "h"`)
	f("nginx_error", raw, `2023/10/12 14:32:45 [error] 812#812: *7 limiting requests, excess: 5.4 by zone "z", client: 203.0.113.9, server: s, request: "GET /$ HTTP/1.1", host: "h"`)
	f("nginx_error", raw, `2023/10/12 14:32:45 [error] 812#812: *7 access forbidden by rule, client: 203.0.113.9, server: s, request: "GET / HTTP/1.1", host: "$", referrer: "x"`)
	f("nginx_error", raw, `2023/10/12 14:32:45 [error] 812#812: *7 user "x": password mismatch, client: 203.0.113.9, server: s, request: "GET / HTTP/1.1", host: "h", referrer: "$"`)
	f("apache_error", apache, `[Thu Oct 12 14:32:45.123456 2023] [auth_basic:error] [pid 812:tid 140] [client 203.0.113.9:51386] AH01617: user $: authentication failure for "/a": Password Mismatch`)
	f("apache_error", apache, `[Thu Oct 12 14:32:45 2023] [error] [client 203.0.113.9] File does not exist: /srv/$`)
	f("apache_error", apache, `[Thu Oct 12 14:32:45 2023] [error] [client 203.0.113.9] File does not exist: /srv, referer: $`)
	f("apache_error", apache, `[Thu Oct 12 14:32:45 2023] [error] [client 203.0.113.9] ModSecurity: Warning. Matched phrase "x" at ARGS:a. [data "$"] [hostname "h"] [uri "/"] [unique_id "x"]`)
	f("modsecurity", apache, `[client 203.0.113.9] ModSecurity: Warning. [data "$"] [hostname "h"] [uri "/"] [unique_id "x"]`)
	f("lighttpd_error", raw, `2023-10-12 14:32:45: (mod_auth.c.853) password doesn't match for /a username: $, IP: 203.0.113.9`)
	f("lighttpd_error", raw, `2023-10-12 14:32:45: (mod_auth.c.853) password doesn't match for /$ username: x IP: 203.0.113.9`)
	f("haproxy", path(hash), `203.0.113.9:51234 [12/Oct/2023:14:32:45.123] fe be/srv 0/0/1/12/13 200 532 - - ---- 3/2/1/1/0 0/0 "GET /$ HTTP/1.1"`)
	f("haproxy", hash, `203.0.113.9:51234 [12/Oct/2023:14:32:45.123] fe be/srv 0/0/1/12/13 200 532 - - ---- 3/2/1/1/0 0/0 {$} "GET / HTTP/1.1"`)
	f("envoy", word, `[2023-10-12T14:32:45.123Z] "GET /$ HTTP/2" 200 - 0 1245 17 16 "203.0.113.9" "x" "id" "host" "10.0.0.7:8080"`)
	f("envoy", raw, `[2023-10-12T14:32:45.123Z] "GET / HTTP/2" 200 - 0 1245 17 16 "203.0.113.9" "$" "id" "host" "10.0.0.7:8080"`)
	f("envoy", raw, `[2023-10-12T14:32:45.123Z] "GET / HTTP/2" 200 - 0 1245 17 16 "$,203.0.113.9" "x" "id" "host" "10.0.0.7:8080"`)
	f("envoy", raw, `[2023-10-12T14:32:45.123Z] "GET / HTTP/2" 200 - via_upstream - "-" 0 1245 17 16 "$,203.0.113.9" "x" "id" "host" "10.0.0.7:8080" cluster 10.0.0.2:41000 10.0.0.2:8080 203.0.113.9:50000 sni default`)
	f("zoraxy", raw, `[2023-10-12 14:32:45.123456] [router:host-http] [origin:h] [client: 203.0.113.9] [useragent: $] GET / 200`)
	f("zoraxy", word, `[2023-10-12 14:32:45.123456] [router:host-http] [origin:$] [client: 203.0.113.9] [useragent: x] GET / 200`)
	f("squid", word, `1697121165.123     12 203.0.113.9 TCP_MISS/200 4099 GET http://h/$ - HIER_DIRECT/198.51.100.1 text/html`)
	f("nginx_proxy_manager", path(hex), `[12/Oct/2023:14:32:45 +0000] - 404 404 - GET https h "/$" [Client 203.0.113.9] [Length 192] [Gzip 3.10] "x" "-"`)
	f("nginx_proxy_manager", hex, `[12/Oct/2023:14:32:45 +0000] 404 - GET https h "/" [Client 203.0.113.9] [Length 192] [Gzip 3.10] "$" "-"`)
	f("nginx_proxy_manager", path(hex), `[12/Oct/2023:14:32:45 +0000] 404 - GET https $ "/" [Client 203.0.113.9] [Length 192] [Gzip 3.10] "x" "-"`)
	f("nginx_proxy_manager", hex, `[12/Oct/2023:14:32:45 +0200] h 203.0.113.9 0.2 "GET / HTTP/1.1" 207 125 440 $ x`)
	f("nginx_proxy_manager", path(hex), `[12/Oct/2023:14:32:45 +0200] h$ 203.0.113.9 0.2 "GET / HTTP/1.1" 207 125 440 - x`)
	f("apache_tls", apache, `[12/Oct/2023:14:32:45 +0200] 203.0.113.9 TLSv1.2 AES "GET /$ HTTP/1.1" 5`)
	f("combined", hex, `203.0.113.9 - $ [12/Oct/2023:14:32:45 +0000] "GET / HTTP/1.1" 200 12 "-" "x"`)
	f("combined", apache, `203.0.113.9 - - [12/Oct/2023:14:32:45 +0000] "GET /$ HTTP/1.1" 200 12 "-" "x"`)
	f("combined", hex, `203.0.113.9 - - [12/Oct/2023:14:32:45 +0000] "GET / HTTP/1.1" 200 12 "$" "x"`)
	f("combined", apache, `203.0.113.9 - - [12/Oct/2023:14:32:45 +0000] "GET / HTTP/1.1" 200 12 "-" "$"`)
}

// serverLines are of the formats that this file tests, but for those whose last
// field is the client.
var serverLines = []string{haproxyLine, envoyLine, nginxErrorLine, apacheErrLine, modsecLine, squidLine, zoraxyLine, npmLine, npmPlusLine, apacheTLSLine}

// TestServersCut holds that a line cut anywhere names no other client and no
// other status.
func TestServersCut(t *testing.T) {
	d, _ := New(Options{})
	for _, line := range serverLines {
		var whole, e event.Event
		if err := d.Decode(line, nil, &whole); err != nil {
			t.Fatal(err)
		}
		whole = whole.Clone()
		for n := range line {
			if d.Decode(line[:n], nil, &e) != nil {
				continue
			}
			if e.Client.IsValid() && e.Client != whole.Client || e.Status != 0 && e.Status != whole.Status ||
				!strings.HasPrefix(whole.Path, e.Path) && line[n-1] != '\\' || !strings.HasPrefix(whole.Account, e.Account) && !strings.Contains(line, `\`) {
				t.Errorf("%s\nas %s: %s", line[:n], e.Format, show(&e))
			}
		}
	}
}

// TestServersLinear decodes lines of 256 KiB that would be slow for a decoder
// that looks back; the limit is a hundred times what it takes.
func TestServersLinear(t *testing.T) {
	d, _ := New(Options{})
	var e event.Event
	start := time.Now()
	for _, line := range append(serverLines, lighttpdLine) {
		for _, unit := range []string{`"`, `" `, `" "`, `\"`, `[`, `] `, `[client `, ` HTTP/`, ", client: 1.1.1.1, ", "#22", "|", "{", "/", ": ", " IP: ", "(", "A"} {
			long := strings.Repeat(unit, 1<<18/len(unit))
			for _, at := range []int{len(line) / 3, len(line) / 2, len(line) * 3 / 4, len(line) - 3} {
				d.Decode(line[:at]+long+line[at:], nil, &e)
			}
		}
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	}
}

// TestGunicorn reads the duration that gunicorn writes in quotes, where the
// envelope says who wrote the line.
func TestGunicorn(t *testing.T) {
	const line = `203.0.113.9 - - [12/Oct/2023:14:32:45 +0000] "GET / HTTP/1.1" 200 12 "-" "x" "1500"`
	d, _ := New(Options{})
	var e event.Event
	f := func(program string, want int64) {
		t.Helper()
		d.begin(&everything)
		if err := d.inside(line, envelope{program: program}, &e); err != nil || e.Duration != want {
			t.Errorf("%s: got %d, %v, want %d", program, e.Duration, err, want)
		}
	}
	f("gunicorn", 1500e3)
	f("nginx", -1)
}

// TestOneFormat holds that no line of any sample is understood by two formats,
// unless one is tried only when all others have failed.
func TestOneFormat(t *testing.T) {
	d, _ := New(Options{})
	var e event.Event
	for _, f := range Formats() {
		log, format := logOf(t, f.Name)
		if format != "" || f.Envelope {
			continue
		}
		for header, text := range Sections(log, "") {
			if header != "" {
				continue // its format comes before all others
			}
			for line := range strings.Lines(text) {
				if line, _ = clean(line); line == "" {
					continue
				}
				var readers []string
				for i := range registry {
					g := &registry[i]
					if g.rank >= loose || g.Envelope || g.Name == customName {
						continue
					}
					d.begin(&Context{Header: header})
					if err := d.try(g, line, &e); err == nil && (e.Format == "" || e.Format == g.Name) || err == ErrSkip {
						readers = append(readers, g.Name)
					}
				}
				if len(readers) > 1 && line[0] != '{' { // dialects of JSON are all JSON
					t.Errorf("%s: %s", strings.Join(readers, " and "), line)
				}
			}
		}
	}
}
