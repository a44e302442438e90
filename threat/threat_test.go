package threat

import (
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"goshawk/internal/servers"
)

func TestLookup(t *testing.T) {
	p, err := Lookup("credential-stuffing")
	if err != nil {
		t.Fatal(err)
	}
	if p.Title != "Credential stuffing" || !slices.Equal(p.Standards.OAT, []string{"OAT-008"}) ||
		!slices.Equal(p.Standards.CWE, []string{"CWE-307", "CWE-799"}) || !slices.Equal(p.Detectors, []string{"credential_stuffing"}) {
		t.Errorf("front matter read as %+v", p)
	}
	_, err = Lookup("credential_stufing")
	if want := `no threat "credential_stufing"; the nearest is "credential-stuffing"`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFrontMatterIsStrict(t *testing.T) {
	const good = "---\ntitle: T\noat: A, B\nowasp_api:\nattack:\ncwe:\ndetectors: y, x\n---\nbody\n"
	p, err := parse("t", good)
	if err != nil || len(p.Standards.OAT) != 2 || p.Standards.CWE != nil || strings.Join(p.Detectors, " ") != "x y" || p.Body != "body\n" {
		t.Fatalf("got %+v, %v", p, err)
	}
	f := func(old, new, want string) {
		t.Helper()
		if _, err := parse("t", strings.Replace(good, old, new, 1)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q for %q: got %v, want %s", new, old, err, want)
		}
	}
	f("---\n", "", "no front matter")
	f("\n---\nbody", "", "no front matter")
	f("oat:", "oats:", `"oats" is unknown`)
	f("cwe:", "oat:", `"oat" is unknown, or there twice`)
	f("cwe:\n", "", "must all be there")
	f("title: T\n", "", "must all be there")
}

// sections are a page's headings in their order; what begins with ? may be left out.
var sections = []string{
	"What it is", "What the log shows", "How to detect it", "How to confirm it", "What it is mistaken for",
	"Stop it now", "Stop it for good", "What not to do",
	"?On nginx", "?On Apache", "?On HAProxy", "?On Node.js", "?On AWS", "?On WordPress", "?On Django",
	"?What has happened", "Related threats", "Sources",
}

// TestPages holds every page to the shape that a reader in a hurry relies on.
func TestPages(t *testing.T) {
	ids := map[string]*regexp.Regexp{
		"oat": regexp.MustCompile(`^OAT-0(0[1-9]|1\d|2[01])$`), "api": regexp.MustCompile(`^API([1-9]|10):2023$`),
		"attack": regexp.MustCompile(`^T\d{4}(\.\d{3})?$`), "cwe": regexp.MustCompile(`^CWE-\d+$`),
	}
	heading := regexp.MustCompile(`(?m)^## (.+)$`)
	incident := regexp.MustCompile(`^[^:]*\b(19|20)\d\d[^:]*: .* (\[\d+\])+\.$`)
	elsewhere := regexp.MustCompile(`\b(above|below)\b`)
	fence := regexp.MustCompile("(?s)\n```.*?\n```")
	cited, listed := regexp.MustCompile(`\[(\d+)\]`), regexp.MustCompile(`(?m)^(\d+)\. `)
	for _, p := range All() {
		check := func(kind string, values []string) {
			for _, v := range values {
				if !ids[kind].MatchString(v) {
					t.Errorf("%s: %q is no id of %s", p.Slug, v, kind)
				}
			}
		}
		check("oat", p.Standards.OAT)
		check("api", p.Standards.OWASPAPI)
		check("attack", p.Standards.Attack)
		check("cwe", p.Standards.CWE)

		var got []string
		for _, m := range heading.FindAllStringSubmatch(p.Body, -1) {
			got = append(got, m[1])
		}
		rest := got
		for _, name := range sections {
			if may, ok := strings.CutPrefix(name, "?"); len(rest) > 0 && (rest[0] == name || ok && rest[0] == may) {
				rest = rest[1:]
			} else if !ok {
				t.Errorf("%s: no section %q at its place among %q", p.Slug, name, got)
			}
		}
		if len(rest) > 0 {
			t.Errorf("%s: the section %q is unknown, or not at its place", p.Slug, rest[0])
		}
		for name, list := range map[string][]string{
			"indicators": p.Indicators, "methods": p.Methods, "look-alikes": p.Lookalikes,
			"mitigations": p.Mitigations, "mistakes": p.Mistakes, "related threats": p.Related,
		} {
			if len(list) < 2 {
				t.Errorf("%s: %d %s", p.Slug, len(list), name)
			}
		}
		if p.Summary == "" || len(p.Summary) > 700 {
			t.Errorf("%s: a summary of %d bytes", p.Slug, len(p.Summary))
		}
		for _, x := range p.Platforms { // --platform moves it away from what stands round it
			if w := elsewhere.FindString(fence.ReplaceAllString(x.Body, "")); w != "" {
				t.Errorf("%s, on %s: %q may stand elsewhere", p.Slug, x.Name, w)
			}
		}
		for _, i := range p.Incidents {
			if !incident.MatchString(i) {
				t.Errorf("%s: no date at the beginning or no source at the end: %s", p.Slug, i)
			}
		}
		text, sources, _ := strings.Cut(fence.ReplaceAllString(p.Body, ""), "## Sources")
		set := func(re *regexp.Regexp, s string) []string {
			var all []string
			for _, m := range re.FindAllStringSubmatch(s, -1) {
				all = append(all, m[1])
			}
			slices.Sort(all)
			return slices.Compact(all)
		}
		if c, l := set(cited, text), set(listed, sources); !slices.Equal(c, l) || len(l) == 0 {
			t.Errorf("%s: cites sources %v and lists %v", p.Slug, c, l)
		}
		langs := []string{"log", "sh", "nginx"}
		if strings.HasPrefix(p.Slug, "aws-") { // no server of one's own stands before a cloud's API
			langs = []string{"log", "sh", "console", "json"}
		}
		for _, lang := range langs {
			if len(blocks(p.Body, lang)) == 0 {
				t.Errorf("%s: no %s block", p.Slug, lang)
			}
		}
	}
	if len(All()) == 0 {
		t.Fatal("no page was looked at")
	}
}

// hosts are where sources may be: bodies that make standards, vendors on their
// own products, researchers on their own findings, and the press on incidents.
var hosts = []string{
	"owasp.org", "cheatsheetseries.owasp.org", "attack.mitre.org", "www.rfc-editor.org", "pages.nist.gov",

	"nginx.org", "httpd.apache.org", "docs.haproxy.org", "expressjs.com", "docs.aws.amazon.com", "aws.amazon.com",
	"developer.wordpress.org", "docs.djangoproject.com", "www.django-rest-framework.org", "docs.github.com", "developers.google.com",
	"developer.mozilla.org", "support.apple.com", "metacpan.org",

	"blog.cloudflare.com", "sec.okta.com", "www.microsoft.com", "blogs.microsoft.com", "unit42.paloaltonetworks.com", "www.wordfence.com",
	"blog.sucuri.net", "rhinosecuritylabs.com", "stratus-red-team.cloud", "github.com", "doi.org", "users.cs.duke.edu",

	"www.t-mobile.com", "www.board-cybersecurity.com", "www.cybersecuritydive.com", "thecyberwire.com", "www.secureworld.io", "www.securitymagazine.com",
	"www.authomize.com", "aptori.dev", "x-phy.com", "www.efdpo.eu", "www.computing.co.uk", "computing.co.uk", "techcrunch.com", "www.techtarget.com",
	"www.techwarrant.com", "www.oodaloop.com", "bdnews24.com", "ftw.usatoday.com", "perthnow.com.au", "boingboing.net", "legitclickmedia.com",
}

// TestLinks: a link leads to a page that is there; an address is https, at a
// host that we know, without anything that follows the reader. None is fetched.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)]*)\)`)
	address := regexp.MustCompile(`https?:[^\s)>]+`)
	used := map[string]bool{}
	for _, p := range All() {
		for _, m := range link.FindAllStringSubmatch(p.Body, -1) {
			if _, err := Lookup(m[1]); err != nil {
				t.Errorf("%s: %v", p.Slug, err)
			} else if m[1] == p.Slug {
				t.Errorf("%s: a link to itself", p.Slug)
			}
		}
		_, sources, _ := strings.Cut(p.Body, "## Sources")
		for _, a := range address.FindAllString(sources, -1) {
			u, err := url.Parse(a)
			if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || strings.Contains(u.RawQuery, "utm_") {
				t.Errorf("%s: %s: %v", p.Slug, a, err)
			} else if !slices.Contains(hosts, u.Host) {
				t.Errorf("%s: %s is at a host that nobody vouches for", p.Slug, a)
			} else {
				used[u.Host] = true
			}
		}
	}
	for _, h := range hosts {
		if !used[h] {
			t.Errorf("no page has a source at %s", h)
		}
	}
}

// TestCommands runs every sh block of a page on the page's own log lines.
func TestCommands(t *testing.T) {
	for _, p := range All() {
		t.Run(p.Slug, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "access.log"), strings.Join(blocks(p.Body, "log"), ""))
			for _, b := range blocks(p.Body, "sh") {
				cmd := exec.Command("bash", "-euo", "pipefail", "-c", b)
				cmd.Dir = dir
				out, err := cmd.CombinedOutput()
				if err != nil || len(strings.TrimSpace(string(out))) == 0 {
					t.Errorf("%v, printed %q\n%s", err, out, b)
				}
				if !strings.Contains(string(out), "203.0.113.") && !strings.Contains(string(out), "xaver") && !strings.Contains(string(out), "mbrandt") {
					t.Errorf("does not name the attacker of the sample: %s", out)
				}
			}
		})
	}
}

// TestNginx lets nginx itself check every nginx block.
func TestNginx(t *testing.T) {
	nginx := servers.Command(t, "nginx", "nginx")
	for _, p := range All() {
		for _, b := range blocks(p.Body, "nginx") {
			dir := t.TempDir()
			conf := filepath.Join(dir, "nginx.conf")
			head := "pid pid;\nevents {}\nhttp {\naccess_log off;\n" + servers.NginxPaths
			write(t, conf, head+b+"}\n")
			if out, err := exec.Command(nginx, "-t", "-q", "-p", dir, "-e", "stderr", "-c", conf).CombinedOutput(); err != nil || strings.Contains(string(out), "[warn]") {
				t.Errorf("%s: %v\n%s\n%s", p.Slug, err, out, b)
			}
		}
	}
}

// TestPolicies reads every policy as JSON, and holds commands of a session to
// a form that can be copied: one a line, after a dollar sign.
func TestPolicies(t *testing.T) {
	for _, p := range All() {
		for _, b := range blocks(p.Body, "json") {
			if !json.Valid([]byte(b)) {
				t.Errorf("%s: no JSON:\n%s", p.Slug, b)
			}
		}
		for _, b := range blocks(p.Body, "console") {
			for l := range strings.Lines(b) {
				if !strings.HasPrefix(l, "$ ") {
					t.Errorf("%s: no command: %s", p.Slug, l)
				}
			}
		}
	}
}

// blocks returns the contents of the fenced blocks in that language.
func blocks(markdown, lang string) []string {
	var all []string
	for {
		_, rest, ok := strings.Cut(markdown, "\n```"+lang+"\n")
		if !ok {
			return all
		}
		block, rest, _ := strings.Cut(rest, "```")
		all, markdown = append(all, block), rest
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestLastHour: what cuts out the last hour cuts nothing else, over midnight and the end of a month too.
func TestLastHour(t *testing.T) {
	p, err := Lookup("request-rate-abuse")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks(p.Body, "sh") {
		if !strings.Contains(b, "hour.log") {
			continue
		}
		dir := t.TempDir()
		line := func(at string) string {
			return `203.0.113.7 - - [` + at + ` +0000] "GET / HTTP/1.1" 200 5 "-" "a"` + "\n"
		}
		within := line("30/Nov/2026:23:30:01") + line("01/Dec/2026:00:30:00")
		write(t, filepath.Join(dir, "access.log"), line("30/Nov/2026:00:29:59")+line("30/Nov/2026:23:30:00")+within)
		cmd := exec.Command("bash", "-euo", "pipefail", "-c", b)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != within {
			t.Errorf("%v, kept\n%s\nwant\n%s", err, out, within)
		}
		return
	}
	t.Error("no command cuts the last hour")
}
