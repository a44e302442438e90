package config

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

const full = `
decode:
  log_format: '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent'
  timezone: Europe/Berlin
  json: {time: started, client: who.ip, path: http.target, status: rc, duration_ms: took}
enrich:
  trusted_proxies: [private, 203.0.113.7, 2001:db8::/32]
  geo: testdata/networks.csv
  crawlers: [testdata/crawlers.json]
allow:
  - {ip: 192.0.2.10, reason: our own scanner}
  - {key: ak_live_partner, net: 198.51.100.0/24, reason: "nightly export, from their network only"}
detect:
  credential_stuffing: {accounts: 30}
  rate:
    enabled: false
memory: 1GiB
workers: 4
`

func TestParse(t *testing.T) {
	c, err := Parse("goshawk.yaml", []byte(full))
	if err != nil {
		t.Fatal(err)
	}
	f := func(got any, want string) {
		t.Helper()
		if s := fmt.Sprint(got); s != want {
			t.Errorf("got %s, want %s", s, want)
		}
	}
	f(c.Decode.LogFormat, `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent`)
	f(c.Decode.Zone, "Europe/Berlin")
	f(c.Decode.JSON, "map[client:who.ip duration_ms:took path:http.target status:rc time:started]")
	f(len(c.Enrich.TrustedProxies), "10")
	f(c.Enrich.TrustedProxies[8:], "[203.0.113.7/32 2001:db8::/32]")
	f(c.Enrich.Geo.Lookup(netip.MustParseAddr("192.0.2.1")).Country, "[78 76]")
	f(c.Enrich.Crawlers.Contains(netip.MustParseAddr("192.0.2.65")), "true")
	f(c.Allow[0].IP, "192.0.2.10/32")
	f(c.Allow[0].Reason, "our own scanner")
	f(c.Allow[1].Key, "ak_live_partner")
	f(c.Allow[1].Net, "198.51.100.0/24")
	f(c.Detect, "map[credential_stuffing:map[accounts:30] rate:map[enabled:false]]")
	f(c.Memory, "1073741824")
	f(c.Workers, "4")

	for _, empty := range []string{"", "# nothing\n", "detect:\nallow:\n"} {
		if c, err := Parse("x", []byte(empty)); err != nil || len(c.Allow)+len(c.Detect) != 0 || c.Enrich.TrustedProxies != nil {
			t.Errorf("%q: %+v, %v", empty, c, err)
		}
	}
}

func TestErrors(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		_, err := Parse("goshawk.yaml", []byte(text))
		if err == nil {
			t.Errorf("no error in:\n%s", text)
			return
		}
		got := strings.Split(err.Error(), "\n")
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || !strings.Contains(got[i], want[i]) {
				t.Errorf("in:\n%s\ngot:\n%v\nwant:\n%s", text, err, strings.Join(want, "\n"))
				return
			}
		}
	}
	f("enrich:\n  geo: testdata/wrong.csv", `goshawk.yaml:2: testdata/wrong.csv:3: "192.0.2.0/99" is no network`)
	f("enrich:\n  crawlers: [testdata/none]", `goshawk.yaml:2: read the networks of crawlers: open testdata/none: `)
	f("detct:\n  rate: {}", `goshawk.yaml:1: unknown key "detct"; the nearest is "detect"`)
	f("memory: 1GiB\ndecode:\n  log_fromat: x", `goshawk.yaml:3: unknown key "log_fromat"; the nearest is "log_format"`)
	f("detect:\n  credential_stufing: {}", `goshawk.yaml:2: unknown key "credential_stufing"; the nearest is "credential_stuffing"`)
	f("detect:\n  credential_stuffing:\n    acounts: 3", `goshawk.yaml:3: unknown key "acounts"; the nearest is "accounts"`)
	f("detect:\n  credential_stuffing: {accounts: many}", `goshawk.yaml:2: detect.credential_stuffing.accounts: `)
	f("detect:\n  rate: {enabled: maybe}", `:2: enabled must be true or false`)
	f("detect: [rate]", `:1: there is a list where keys were expected`)
	f("allow: {ip: 192.0.2.1}", `:1: there are keys where a list was expected`)
	f("allow:\n- {ip: 192.0.2.0/24}", `:2: "192.0.2.0/24" is neither an address nor an IPv6 /64`)
	f("allow:\n- {net: 192.0.2.1}", `:2: "192.0.2.1" is no network`)
	f("allow:\n- {reason: everybody}", `:2: an entry that names nobody would allow everybody`)
	f("allow:\n- {user: ''}", `:2: this is empty`)
	f("enrich:\n  trusted_proxies: [privat]", `:2: "privat" is neither "private" nor an address`)
	f("decode: {timezone: Mars/Phobos}", `:1: "Mars/Phobos" is no time zone`)
	f("decode: {format: nginks}", `:1: unknown format "nginks"`)
	f("decode:\n  json: {time: t, duration: took}", `:2: unknown key "duration"; the nearest is "duration_s"`)
	f("decode:\n  json: {path: u, query: u}", `:2: JSON mapping: fields "path" and "query" have the same path "u"`)
	f("decode:\n  json:\n    path: ''", `:3: JSON mapping: field "path": no path is given`)
	f("decode:\n  json:\n    path: [a]", `:3: there is a list where text was expected`)
	f("decode: {json: [a]}", `:1: there is a list where keys were expected: account, authorization`)
	f("memory: lots", `:1: "lots" is no size such as 512MiB`)
	f("workers: 0", `:1: workers must be 1 to 1024, not 0`)
	f("workers: [1]", `:1: there is a list where a whole number was expected`)
	f("memory: 1GiB\nmemory: 2GiB", `:2: mapping key "memory" already defined`)
	f("a: b: c", `:1: `)
	f("workers: 2\n---\nworkers: 3", `:3: a second document`)
	f("- x", `:1: there is a list where keys were expected: allow, decode`)
	f("mem: 1\nallow:\n- {ipp: 192.0.2.1}\nworkers: many",
		`goshawk.yaml:1: unknown key "mem"`, `goshawk.yaml:3: unknown key "ipp"; the nearest is "ip"`, `goshawk.yaml:4: there is text where a whole number`)
}

func TestSize(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		var s Size
		err := s.UnmarshalText([]byte(in))
		got := fmt.Sprint(int64(s))
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	f("512MiB", "536870912")
	f("512M", "536870912")
	f("1.5GiB", "1610612736")
	f("2 GB", "2000000000")
	f("1073741824", "1073741824")
	f("1KiB", `"1KiB" is too little: 64MiB is the least`)
	f("-1GiB", `"-1GiB" is no size such as 512MiB`)
	f("512XB", `"512XB" is no size such as 512MiB`)
	f("inf", `"inf" is no size such as 512MiB`)
	f("", `"" is no size such as 512MiB`)
}

// Whatever the file holds, there is a configuration or errors that name it.
func FuzzParse(f *testing.F) {
	f.Add(full)
	f.Add("a: &x [1]\nb: *x\n<<: *x")
	f.Add("allow:\n- {ip: 192.0.2.0/24}\n- !!binary x\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("goshawk.yaml", []byte(text))
		if (c == nil) == (err == nil) {
			t.Fatalf("%v, %v", c, err)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "goshawk.yaml:") {
			t.Errorf("%q: %v", text, err)
		}
	})
}

func TestPrices(t *testing.T) {
	c, err := Parse("x", []byte("report:\n  prices:\n    currency: EUR\n    gb: 0.08\n    requests:\n      - {endpoint: POST /api/otp, price: 0.045}\n      - {endpoint: '*', price: 1}\n"))
	if err != nil || c.Prices == nil {
		t.Fatalf("%v, %v", c, err)
	}
	if p := c.Prices; p.Currency != "EUR" || p.GB != 0.08 || len(p.Requests) != 2 || p.Requests[0].Endpoint != "POST /api/otp" || p.Requests[0].Each != 0.045 || p.Requests[1].Each != 1 {
		t.Errorf("%+v", p)
	}
	f := func(text, want string) {
		t.Helper()
		if _, err := Parse("x", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	f("report:\n  prices: {gb: -1}\n", "x:2: -1 is no price")
	f("report:\n  prices: {gb: much}\n", "is no price")
	f("report:\n  prices:\n    requests: [{price: 1}]\n", "x:3: a price needs its endpoint")
	f("report:\n  price: 1\n", `unknown key "price"; the nearest is "prices"`)
}
