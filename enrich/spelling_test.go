package enrich

import "testing"

func TestPlainPath(t *testing.T) {
	f := func(in, want string, odd bool) {
		t.Helper()
		if got, o := plainPath(in); got != want || o != odd {
			t.Errorf("%s: %s, odd %v; want %s, odd %v", in, got, o, want, odd)
		}
	}
	f("/", "/", false)
	f("/api/orders", "/api/orders", false)
	f("/api/orders/", "/api/orders", false)
	f("/api//orders/7", "/api/orders/7", true)
	f("//", "/", false)
	f("/api/./orders", "/api/orders", true)
	f("/api/x/../orders", "/api/orders", true)
	f("/api/.well-known/a", "/api/.well-known/a", false)
	f("/../etc/passwd", "/../etc/passwd", false)
	f("/api/%6frders/%37", "/api/orders/7", true)
	f("/caf%C3%A9/a%20b", "/caf%C3%A9/a%20b", false)
	f("/a%2Db", "/a-b", false)
	f("/api/orders%20", "/api/orders", true)
	f("/api/orders;v=1/7", "/api/orders/7", true)
	f("/shop/cart;jsessionid=ABC123", "/shop/cart", false)
	f("/api/orders/%", "/api/orders/%", false)
	f("", "", false)
}

func TestLooks(t *testing.T) {
	f := func(agent, want string, year int, impossible bool) {
		t.Helper()
		m, l, y := looks(agent)
		if m.String() != want || y != year || l != 0 != impossible {
			t.Errorf("%s: %q, %d, %v; want %q, %d, %v", agent, m, y, l != 0, want, year, impossible)
		}
	}
	f("", "", 0, false)
	f("curl/8.5.0", "a library or a tool", 0, false)
	f("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "a robot", 0, false)
	f("ExampleShop/4.2.0 (iPhone; iOS 18.6) CFNetwork/1568", "an app", 0, false)
	f("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", "a Chromium browser", 2025, false)
	f("Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/41.0.2228.0 Safari/537.36", "a Chromium browser", 2014, false)
	f("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox", 2025, false)
	f("Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", "Firefox", 2023, false)
	f("Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Firefox/71.0", "Firefox", 2019, true)
	f("Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1", "Safari", 0, false)
	f("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1 Safari/605.1.15", "Safari", 2019, false)
	f("Mozilla/5.0", "an older browser", 0, true)
	f("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.0)", "an older browser", 2013, false)
}
