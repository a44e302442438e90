package threat

import "testing"

const (
	denied       = "2026-11-20T03:14:07.123Z ERROR 403 Access Denied - /api/user/data - IP: 203.0.113.7 - User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
	unauthorized = `ERROR: Unauthorized access attempt detected for API /v1/deleteUser from IP 192.168.1.100 - Request Body: {"userId":"12345"}`
)

func TestMatch(t *testing.T) {
	f := func(line, want string) {
		t.Helper()
		s, ok := Match(line)
		if s.Name != want || ok != (want != "") {
			t.Errorf("got %q, want %q: %s", s.Name, want, line)
		}
	}
	const ad, ua = "access-denied-free-text", "unauthorized-attempt-free-text"
	f(denied, ad)
	f("ERROR 403 Access Denied - /x - IP: ::1 - User-Agent: curl/8.5.0", ad)
	f("[2026-11-20 03:14:07] app.WARNING: [403] access denied: /x, IP: 203.0.113.7", ad)
	f("403 Access Denied - /x - IP: 203.0.113.7", ad)
	f(unauthorized, ua)
	f("2026-11-20T03:14:07Z WARN unauthorized access attempt detected for API /v1/users from IP 2001:db8::1", ua)
	f(`ERROR: Unauthorized access attempt detected for API /v1/deleteUser from IP 203.0.113.7 - Request Body: {"note":"from IP 9.9.9.9"}`, ua)

	// One part is missing.
	f("", "")
	f("2026-11-20T03:14:07Z ERROR 403 Access Denied", "")
	f("ERROR 403 Access Denied - /x - IP: unknown - User-Agent: x", "")
	f("ERROR 403 Access Denied - user bob - IP: 203.0.113.7", "")
	f("ERROR 1403 Access Denied - /x - IP: 203.0.113.7", "")
	f("ERROR Access Denied - /x - IP: 203.0.113.7", "")
	f("ERROR: Unauthorized access attempt detected from IP 203.0.113.7", "")
	f("ERROR: Unauthorized access attempt detected for API /v1/users", "")

	// Lines that other decoders understand, and text that a client planted.
	f(`[Fri Jun 14 04:48:20.093994 2024] [:error] [pid 2560] [client 203.0.113.7] ModSecurity: Access denied with code 403 (phase 2). [uri "/x"]`, "")
	f(`203.0.113.7 - - [20/Nov/2026:03:14:07 +0000] "GET /x HTTP/1.1" 403 5 "-" "ERROR 403 Access Denied - /x - IP: 198.51.100.1 - User-Agent: x"`, "")
	f(`{"level":"error","msg":"403 Access Denied - /x - IP: 203.0.113.7"}`, "")
}

func TestMatchAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Match(unauthorized) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSignaturesHaveAPage(t *testing.T) {
	for _, s := range signatures {
		if _, err := Lookup(s.Threat); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	p, err := Lookup("unauthorized-api-access")
	if err != nil || len(p.Signatures) != 2 {
		t.Errorf("its page lists %d signatures, %v", len(p.Signatures), err)
	}
}

// FuzzMatch: more text after a line changes nothing, and inside a quoted field
// no line is a signature.
func FuzzMatch(f *testing.F) {
	f.Add(denied)
	f.Add(unauthorized)
	f.Add("403 access denied/ip:::")
	f.Fuzz(func(t *testing.T, line string) {
		if s, ok := Match(`"` + line); ok {
			t.Errorf("%s matches inside quotes: %q", s.Name, line)
		}
		if s, ok := Match(line); ok {
			if more, _ := Match(line + " and more"); more.Name != s.Name {
				t.Errorf("%s became %q with more text: %q", s.Name, more.Name, line)
			}
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	line := "2026-11-20T03:14:07.123Z INFO 200 OK - /api/user/data - IP: 203.0.113.7 - User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		Match(line)
	}
}
