package enrich

import (
	"strings"
	"testing"
	"time"

	"goshawk/internal/hostile"
)

var tagger = NewTagger([32]byte{1, 2, 3}, false)

func TestTag(t *testing.T) {
	f := func(secret, head string) {
		t.Helper()
		tag := tagger.Tag(secret)
		if got, _, _ := strings.Cut(tag, dot); got != head || len(tag) != len(head)+len(dot)+digits || !isTag(tag) {
			t.Errorf("Tag(%q) = %q, want the head %q", secret, tag, head)
		}
		if again := NewTagger([32]byte{1, 2, 3}, false).Tag(secret); again != tag {
			t.Errorf("Tag(%q) = %q, then %q", secret, tag, again)
		}
		if other := NewTagger([32]byte{9}, false).Tag(secret); other == tag {
			t.Errorf("Tag(%q) does not depend on the key", secret)
		}
	}
	f("sk_"+"live_4eC39HqLyjWDarjtT1zdp7dc", "sk_live_")
	f("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "ghp_")
	f("AKIAIOSFODNN7EXAMPLE", "AKIA")
	f("ghp_short", "gh")
	f("0123456789abcdef", "0123")
	f("0123456", "0")
	f("abc", "")
	f("a\x1b[31mred and more", "a")
	f("пароль и ещё", "")
	if got := tagger.Tag(""); got != "" {
		t.Errorf(`Tag("") = %q`, got)
	}
	if got := NewTagger([32]byte{}, true).Tag("abc"); got != "abc" {
		t.Errorf("revealed as %q", got)
	}
}

// TestMask writes a tag as ‹what is hidden›.
func TestMask(t *testing.T) {
	f := func(in, want string, secrets ...string) {
		t.Helper()
		for {
			before, rest, ok := strings.Cut(want, "‹")
			if !ok {
				break
			}
			hidden, after, _ := strings.Cut(rest, "›")
			want = before + tagger.Tag(hidden) + after
		}
		if got := tagger.Mask(in, secrets...); got != want {
			t.Errorf("Mask(%s)\n got %s\nwant %s", in, got, want)
		}
	}
	// Lines without a secret stay as they are.
	f("", "")
	same := func(in string) { t.Helper(); f(in, in) }
	same(`192.0.2.7 - bob [20/Nov/2026:09:14:03 +0000] "GET /api/orders/4411?page=2 HTTP/1.1" 200 512 "-" "Mozilla/5.0 (X11; Linux x86_64)"`)
	same(`{"accessKeyId":"k-17","apiKeyId":"x1y2","path":"/password","status":401,"action":"token","ip":"192.0.2.1"}`)
	same(`POST /password/reset 200, Basic authentication failed, Bearer token missing`)
	same(`{"secret":null,"token":false,"password":""}`)
	same(`"GET /x?token=" 200`)
	same(`"GET /x?token= HTTP/1.1" 200`)
	same(`id 123e4567-e89b-42d3-a456-426614174000 at 1763630043123 took 4.111111111111111 s`)
	same(`status 4111111111111112, desk-top, keyboard: x, monkey=1`)

	// Headers.
	f(`Authorization: Bearer abc.def`, `Authorization: Bearer ‹abc.def›`)
	f(`"Authorization: Bearer abc" "Mozilla/5.0"`, `"Authorization: Bearer ‹abc›" "Mozilla/5.0"`)
	f(`authorization: Basic YWxpY2U6eA== status=200`, `authorization: Basic ‹YWxpY2U6eA==› status=200`)
	f(`200 "Bearer 0a1b2c3d" "curl/8"`, `200 "Bearer ‹0a1b2c3d›" "curl/8"`)
	f(`"Cookie: a=b; c=d" 200`, `"Cookie: ‹a=b; c=d›" 200`)
	f(`{"Cookie":["a=b"],"Accept":["x"]}`, `{"Cookie":‹["a=b"]›,"Accept":["x"]}`)

	// Queries and forms.
	f(`"GET /a?api_key=k1k1k1&page=2 HTTP/1.1" 200`, `"GET /a?api_key=‹k1k1k1›&page=2 HTTP/1.1" 200`)
	f(`"GET /a?q=1&key=k1k1k1" 200`, `"GET /a?q=1&key=‹k1k1k1›" 200`)
	f(`"GET /a?api%5Fkey=k%26k&page=2 HTTP/1.1"`, `"GET /a?api%5Fkey=‹k%26k›&page=2 HTTP/1.1"`)
	f(`"GET /go?to=%3Ftoken%3Dabc%26x%3D1 HTTP/1.1"`, `"GET /go?to=%3Ftoken%3D‹abc›%26x%3D1 HTTP/1.1"`)
	f(`password='+OR+'1'='1 HTTP`, `password='‹+OR+›'1'='1 HTTP`)
	f(`/?password='+OR+'1'='1 HTTP`, `/?password=‹'+OR+'1'='1› HTTP`)

	// JSON.
	f(`{"password":"p w","user":"bob"}`, `{"password":"‹p w›","user":"bob"}`)
	f(`{"pin":1234,"user":"bob"}`, `{"pin":‹1234›,"user":"bob"}`)
	f(`{\"password\":\"p\\\"w\",\"user\":\"bob\"}`, `{\"password\":\"‹p\\\"w›\",\"user\":\"bob\"}`)
	f(`{"name":"Cookie","value":"a=b"},{"name":"Host","value":"h"}`, `{"name":"Cookie","value":"‹a=b›"},{"name":"Host","value":"h"}`)

	// Recognised by themselves.
	f(`used ghp_16C7e42F292c6912E7710c83 today.`, `used ‹ghp_16C7e42F292c6912E7710c83› today.`)
	f(`https://bob:p@ss@host/x`, `https://bob:‹p@ss›@host/x`)
	f(`pan=4111 1111 1111 1111 200`, `pan=‹4111 1111 1111 1111› 200`)

	// Secrets that a decoder marked, however they are written.
	f(`GET /by/k-42-abc/x`, `GET /by/‹k-42-abc›/x`, "k-42-abc")
	f(`GET /by/a%2Fb%2bc1/x`, `GET /by/‹a/b+c1›/x`, "a/b+c1")
	f(`{"p":"a\/b\u002bc1"}`, `{"p":"‹a/b+c1›"}`, "a/b+c1")
	f(`GET /by/a/b+c1/x`, `GET /by/‹a%2fb%2bc1›/x`, "a%2fb%2bc1")
	f(`10.0.0.1 id=1 x`, `10.0.0.1 id=‹1› x`, "1")
	f(`"GET /?api_key=k1k1k1 HTTP/1.1"`, `"GET /?api_key=‹k1k1k1› HTTP/1.1"`, "k1k1k1")

	if in := `password=abc`; NewTagger([32]byte{}, true).Mask(in, "abc") != in {
		t.Error("masked although revealed")
	}
}

func TestMaskCorpus(t *testing.T) {
	n := 0
	for _, s := range hostile.Secrets() {
		if !strings.Contains(s.Line, s.Clear) {
			t.Errorf("%q is not in %q", s.Clear, s.Line)
		}
		if got := tagger.Mask(s.Line); strings.Contains(got, s.Clear) {
			t.Errorf("%s\n  is shown as\n%s", s.Line, got)
		}
		n++
	}
	for _, s := range hostile.Strings() {
		tagger.Mask(s)
		n++
	}
	if n < 100 {
		t.Errorf("only %d strings in the corpus", n)
	}
}

// A line made of names costs no more than its length.
func TestMaskNested(t *testing.T) {
	for _, part := range []string{"password=", `"token":"`, "eyJ", "Cookie:", "://a:", "sk_live_", `password=[`, "bearer ", "1", "%25", `\`, `"`, `token='\`, "%3A%2F%2Fa%3A"} {
		line := strings.Repeat(part, 1<<16/len(part))
		start := time.Now()
		tagger.Mask(line)
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%q repeated takes %v", part, d)
		}
	}
}

// No embedding of a secret's line shows the secret, and masking twice is
// masking once.
func FuzzMask(f *testing.F) {
	for i, s := range hostile.Strings() {
		f.Add(s, hostile.Strings()[(i+7)%len(hostile.Strings())], uint(i))
	}
	f.Add("", "", uint(0))
	secrets := hostile.Secrets()
	f.Fuzz(func(t *testing.T, before, after string, at uint) {
		s := secrets[at%uint(len(secrets))]
		if strings.Contains(before+after, s.Clear) {
			return
		}
		line := before + " " + s.Line + " " + after
		got := tagger.Mask(line)
		if strings.Contains(got, s.Clear) {
			t.Errorf("%q\n  is shown as\n%q", line, got)
		}
		if again := tagger.Mask(got); again != got {
			t.Errorf("%q\n  is masked as\n%q\n  and again as\n%q", line, got, again)
		}
		key := "k3y&of\"the/customer"
		if got := tagger.Mask(before+key+after, key); strings.Contains(got, key) {
			t.Errorf("%q is shown as %q", before+key+after, got)
		}
	})
}
