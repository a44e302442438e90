package threat_test

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"goshawk/decode"
	"goshawk/simulate"
	"goshawk/threat"
)

// TestTenLines: of attacks that show in a few lines, ten in a row are enough to
// name the threat, and of ten lines of a browser's few are taken for one. What
// needs the whole log (the evasive, the distributed, the patient) is no clue's.
func TestTenLines(t *testing.T) {
	// attack is played by the simulator; the page is what ten of its lines must
	// point to, in at least that share of all tens.
	f := func(shape, attack, page string, share float64) {
		t.Helper()
		lines, labels := play(t, shape, simulate.Attack{Behaviour: attack, Variant: "easy"})
		var marked []string
		for i, l := range lines {
			if labels[i+1] {
				marked = append(marked, l)
			}
		}
		tens, hits := 0, 0
		for ten := range slices.Chunk(marked[:len(marked)/10*10], 10) {
			tens++
			if slices.ContainsFunc(threat.Recognise(ten), func(h threat.Hit) bool { return h.Threat == page }) {
				hits++
			}
		}
		if tens == 0 || float64(hits) < share*float64(tens) {
			t.Errorf("%s in %s: %d of %d tens of lines point to %s", attack, shape, hits, tens, page)
		}
	}
	f("shop", "credential_stuffing", "credential-stuffing", 0.9)
	f("shop", "brute_force", "credential-stuffing", 0.8) // the access log has no account
	f("shop", "rate", "request-rate-abuse", 0.9)
	f("shop", "function_overuse", "costly-function-abuse", 0.9)
	f("shop", "ignored_throttling", "ignored-throttling", 0.7)
	f("shop", "scraping", "scraping", 0.8)
	f("site", "enumeration", "resource-enumeration", 0.8)
	f("site", "wordpress", "wordpress-attacks", 0.7)
	f("saas", "uuid_guessing", "uuid-guessing", 0.9)
	f("saas", "bulk_registration", "fake-accounts", 0.8)
	f("saas", "referral_farming", "referral-fraud", 0.7)
	f("aws", "aws_console", "brute-force", 0.9)
	f("aws", "aws_recon", "aws-reconnaissance", 0.7)
	f("aws", "aws_denied", "aws-reconnaissance", 0.9)

	for _, shape := range []string{"shop", "saas", "site"} {
		lines, _ := play(t, shape)
		tens, hits := 0, map[string]int{}
		by := map[string][]string{}
		for _, l := range lines {
			if client, _, ok := strings.Cut(l, " "); ok && strings.Contains(l, `" "Mozilla/5.0 (`) && !strings.Contains(l, "compatible; ") { // crawlers read on and on
				if by[client] = append(by[client], l); len(by[client]) == 10 {
					tens++
					for _, h := range threat.Recognise(by[client]) {
						hits[h.Threat]++
					}
					delete(by, client)
				}
			}
		}
		sum := 0
		for _, n := range hits {
			sum += n
		}
		if tens < 100 || sum > tens/10 {
			t.Errorf("%s: of %d tens of lines of browsers %d are taken for something: %v", shape, tens, sum, hits)
		}
	}
}

// play returns the lines that the simulator writes, and the numbers of those
// that belong to an attack.
func play(t *testing.T, shape string, attacks ...simulate.Attack) (lines []string, marked map[int]bool) {
	t.Helper()
	name := "combined"
	if shape == "aws" {
		name = "cloudtrail"
	}
	formats := decode.Writers()
	i := slices.IndexFunc(formats, func(f decode.Format) bool { return f.Name == name })
	w := simulate.World{Shape: shape, Seed: 1, Start: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC).UnixNano(), Lines: 10_000, Hours: 6, Attacks: attacks}
	var log, labels bytes.Buffer
	if _, err := w.Write(&log, io.Writer(&labels), formats[i]); err != nil {
		t.Fatal(err)
	}
	marked = map[int]bool{}
	for l := range strings.Lines(labels.String()) {
		n, _, _ := strings.Cut(l, "\t")
		if n, err := strconv.Atoi(n); err == nil {
			marked[n] = true
		}
	}
	return strings.Split(strings.TrimSpace(log.String()), "\n"), marked
}
