package enrich

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Tagger gives credentials the names they are shown by. It does not change and
// is safe for concurrent use.
type Tagger struct {
	key    [32]byte
	reveal bool
}

// NewTagger returns a tagger keyed with the install's tag key: the same key
// gives the same tags, another key unrelated ones. With reveal it shows
// everything in clear.
func NewTagger(key [32]byte, reveal bool) *Tagger { return &Tagger{key, reveal} }

// Tag returns what stands for a credential: its prefix where that is public
// ("ghp_"), else at most four characters and at most a quarter of it, then "·"
// and 64 bits of its HMAC-SHA256 in hex. With reveal it is the credential.
func (t *Tagger) Tag(secret string) string {
	if t.reveal || secret == "" {
		return secret
	}
	h := hmac.New(sha256.New, t.key[:])
	h.Write([]byte(secret))
	return head(secret) + dot + hex.EncodeToString(h.Sum(nil)[:8])
}

// Mask returns the line with every credential replaced by its tag: each
// occurrence of the given secrets, also where it is percent-encoded or escaped,
// and whatever looks like one. That is the values of names such as password,
// token, api_key, Authorization and Cookie in headers, queries, forms, JSON
// and XML; Bearer and Basic credentials, JWTs, keys with a public prefix,
// private keys, passwords in URLs, and card numbers. In doubt it hides too
// much. A masked line comes back as it is, and so does any line with reveal.
func (t *Tagger) Mask(line string, secrets ...string) string {
	if t.reveal {
		return line
	}
	line = t.replace(line, known(line, secrets))
	// Once is enough for all but lines made to defeat it, where a tag put in
	// brings two halves together.
	for range 4 {
		masked := t.replace(line, suspects(line))
		if masked == line {
			break
		}
		line = masked
	}
	return line
}

// replace puts a tag in the place of each span; spans that touch share one.
func (t *Tagger) replace(line string, spans []span) string {
	if len(spans) == 0 {
		return line
	}
	var b strings.Builder
	done := 0
	for _, s := range merge(spans) {
		b.WriteString(line[done:s.from])
		if s.clear == "" {
			s.clear = line[s.from:s.to]
		}
		b.WriteString(t.Tag(s.clear))
		done = s.to
	}
	b.WriteString(line[done:])
	return b.String()
}

const (
	dot    = "·"
	digits = 16 // hex digits of a tag
)

// head is the part of a credential that may be shown.
func head(secret string) string {
	for _, k := range keys {
		if strings.HasPrefix(secret, k.prefix) && len(secret)-len(k.prefix) >= 8 {
			return k.prefix
		}
	}
	n := 0
	for n < min(4, len(secret)/4) && plain(secret[n]) {
		n++
	}
	return secret[:n]
}

// tagAt is the length of the dot and the digits of a tag at s[i:], or 0.
func tagAt(s string, i int) int {
	end := i + len(dot) + digits
	if end > len(s) || s[i:i+len(dot)] != dot {
		return 0
	}
	for _, c := range []byte(s[i+len(dot) : end]) {
		if ('0' > c || c > '9') && ('a' > c || c > 'f') {
			return 0
		}
	}
	return end - i
}

// isTag says whether s as a whole is a tag.
func isTag(s string) bool {
	at := len(s) - len(dot) - digits
	if at < 0 || tagAt(s, at) == 0 {
		return false
	}
	for _, k := range keys {
		if s[:at] == k.prefix {
			return true
		}
	}
	for _, c := range []byte(s[:at]) {
		if !plain(c) {
			return false
		}
	}
	return at <= 4
}
