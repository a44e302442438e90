package threat

import (
	"encoding/json"
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

var sections = []string{
	"What it is", "What the log shows", "How to confirm it", "What it is mistaken for",
	"Stop it now", "Stop it for good", "What not to do", "Sources",
}

// TestPages holds every page to the shape that a reader in a hurry relies on.
func TestPages(t *testing.T) {
	ids := map[string]*regexp.Regexp{
		"oat": regexp.MustCompile(`^OAT-0(0[1-9]|1\d|2[01])$`), "api": regexp.MustCompile(`^API([1-9]|10):2023$`),
		"attack": regexp.MustCompile(`^T\d{4}(\.\d{3})?$`), "cwe": regexp.MustCompile(`^CWE-\d+$`),
	}
	heading := regexp.MustCompile(`(?m)^## (.+)$`)
	link := regexp.MustCompile(`\]\(([a-z-]+)\)`)
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
		if !slices.Equal(got, sections) {
			t.Errorf("%s: sections are %q", p.Slug, got)
		}
		for _, m := range link.FindAllStringSubmatch(p.Body, -1) {
			if _, err := Lookup(m[1]); err != nil {
				t.Errorf("%s: %v", p.Slug, err)
			}
		}
		text, sources, _ := strings.Cut(p.Body, "## Sources")
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
