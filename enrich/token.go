package enrich

import "strings"

// keys are the beginnings of credentials that their issuers made recognisable:
// they say whose key it is, not which.
// Source: the issuers' pages on token formats; GitHub, "Secret scanning patterns".
var keys = []struct {
	prefix string
	least  int  // characters that must follow
	word   bool // only where a word begins
}{
	{"ak_live_", 1, false}, {"ak_test_", 1, false}, {"sk_live_", 1, false}, {"sk_test_", 1, false},
	{"rk_live_", 1, false}, {"rk_test_", 1, false}, {"pk_live_", 1, false}, {"pk_test_", 1, false},
	{"whsec_", 8, false}, {"github_pat_", 1, false}, {"ghp_", 4, false}, {"gho_", 4, false}, {"ghu_", 4, false},
	{"ghs_", 4, false}, {"ghr_", 4, false}, {"glpat-", 4, false}, {"xoxb-", 4, false}, {"xoxp-", 4, false},
	{"xoxa-", 4, false}, {"xoxr-", 4, false}, {"xoxs-", 4, false}, {"xoxe-", 4, false}, {"xapp-", 4, false},
	{"AKIA", 12, false}, {"ASIA", 12, false}, {"AIza", 20, false}, {"ya29.", 8, false}, {"npm_", 30, true},
	{"pypi-", 30, true}, {"hf_", 20, true}, {"SG.", 20, true}, {"shpat_", 8, false}, {"shpss_", 8, false},
	{"dop_v1_", 8, false}, {"hvs.", 20, true}, {"AGE-SECRET-KEY-", 8, false}, {"sk-ant-", 8, true},
	{"sk-proj-", 8, true}, {"sk-", 20, true},
}

// token is the end of the characters at s[i:] of which tokens are made.
func token(s string, i int) int {
	for i < len(s) && (plain(s[i]) || strings.IndexByte(".~+/=%", s[i]) >= 0) {
		i++
	}
	return i
}

// key finds a key that begins as its issuer's keys do.
func (f *finder) key(i int) {
	for _, k := range keys {
		n := 0
		if c := f.s[i]; c == k.prefix[0] || c == '%' || c == '\\' {
			n = spelled(f.s, i, k.prefix)
		}
		if n == 0 || k.word && i > 0 && alnum(f.s[i-1]) {
			continue
		}
		if end := token(f.s, i+n); end-i-n >= k.least {
			f.add(i, end)
			return
		}
	}
}

// jwt finds base64 that begins as a JSON object does: a JWT, whole or cut.
func (f *finder) jwt(i int) {
	if strings.HasPrefix(f.s[i:], "eyJ") {
		if end := token(f.s, i); end-i >= 16 {
			f.add(i, end)
		}
	}
}

// scheme finds the credentials behind Bearer and Basic, outside of the header
// too, but not the prose of "Basic authentication failed".
func (f *finder) scheme(i int) {
	s := f.s
	n := 0
	for _, scheme := range []string{"bearer", "basic"} {
		if len(s)-i > len(scheme) && strings.EqualFold(s[i:i+len(scheme)], scheme) {
			n = len(scheme)
		}
	}
	if n == 0 {
		return
	}
	i += n
	from := i
	for i < len(s) {
		c, n, _ := unit(s, i)
		if c != ' ' && c != '+' && c != '\t' && c != ':' {
			break
		}
		i += n
	}
	end := token(s, i)
	prose := end-i < 16
	for _, c := range []byte(s[min(i+1, end):end]) {
		prose = prose && 'a' <= c && c <= 'z'
	}
	if from < i && !prose && !strings.HasPrefix(s[i:], "realm=") {
		f.add(i, end)
	}
}

// card finds the number of a payment card: a brand's first digits and length,
// in one piece or in groups, with a right check digit (ISO/IEC 7812-1).
func (f *finder) card(i int) {
	s := f.s
	if !digit(s[i]) || i > 0 && digit(s[i-1]) || i > 1 && s[i-1] == '.' && digit(s[i-2]) {
		return
	}
	var number, groups []byte
	group, end := byte(0), i
	for j := i; j < len(s) && len(number) < 20; {
		if digit(s[j]) {
			number = append(number, s[j])
			group++
			j++
			end = j
			continue
		}
		c, n, _ := unit(s, j)
		if c != ' ' && c != '-' && c != '+' || group != 4 && group != 6 || isCard(number) || j+n == len(s) || !digit(s[j+n]) {
			break
		}
		groups, group = append(groups, '0'+group), 0
		j += n
	}
	switch string(groups) + string('0'+rune(group)) {
	case "4444", "44443", "465", "464":
	default:
		if len(groups) > 0 {
			return
		}
	}
	if isCard(number) {
		f.add(i, end)
	}
}

func isCard(number []byte) bool {
	n := len(number)
	if n < 13 || n > 19 {
		return false
	}
	lead := int(number[0]-'0')*1000 + int(number[1]-'0')*100 + int(number[2]-'0')*10 + int(number[3]-'0')
	switch {
	case lead/1000 == 4: // Visa
	case (5100 <= lead && lead < 5600 || 2221 <= lead && lead <= 2720) && n == 16: // Mastercard
	case (lead/100 == 34 || lead/100 == 37) && n == 15: // American Express
	case (lead == 6011 || 6440 <= lead && lead < 6600) && n >= 16: // Discover
	case (lead/100 == 36 || lead/100 == 38 || 3000 <= lead && lead < 3060) && n == 14: // Diners Club
	case 3528 <= lead && lead < 3590 && n >= 16: // JCB
	case lead/100 == 62 && n >= 16: // UnionPay
	default:
		return false
	}
	sum := 0
	for i, c := range number {
		d := int(c - '0')
		if (n-i)%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// userinfo finds the password in https://user:password@host.
func (f *finder) userinfo(i int) {
	s := f.s
	n := spelled(s, i, "://")
	if n == 0 {
		return
	}
	_, _, level := unit(s, i)
	from, to := 0, 0
	for j := i + n; j < len(s); {
		c, k, l := unit(s, j)
		if l <= level && strings.IndexByte(" /?#\"'<>\\", c) >= 0 {
			break
		}
		switch {
		case c == ':' && from == 0:
			from = j + k
		case c == '@' && from > 0:
			to = j
		}
		j += k
	}
	if to > from {
		f.add(from, to)
	}
}

// pem finds a private key.
func (f *finder) pem(i int) {
	if f.s[i] != '-' || !strings.HasPrefix(f.s[i:], "-----BEGIN ") {
		return
	}
	at := strings.Index(f.s[i:min(i+64, len(f.s))], "PRIVATE KEY-----")
	if at < 0 {
		return
	}
	from := i + at + len("PRIVATE KEY-----")
	if n := strings.Index(f.s[from:], "-----END"); n >= 0 {
		f.add(from, from+n)
	} else {
		f.add(from, len(f.s))
	}
}
