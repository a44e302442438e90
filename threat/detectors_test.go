package threat_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"goshawk/detect"
	"goshawk/threat"
)

// TestDetectorsAndPagesAgree: every detector's threat has a page that names
// the detector, and no page names a detector that does not exist.
func TestDetectorsAndPagesAgree(t *testing.T) {
	if len(detect.All()) == 0 {
		t.Fatal("no detector is registered")
	}
	for _, d := range detect.All() {
		p, err := threat.Lookup(d.Threat)
		if err != nil {
			t.Errorf("%s: %v", d.Name, err)
		} else if !slices.Contains(p.Detectors, d.Name) {
			t.Errorf("the page %s does not name %s", p.Slug, d.Name)
		}
	}
	for _, p := range threat.All() {
		for _, name := range p.Detectors {
			if d, ok := detect.Lookup(name); !ok || d.Threat != p.Slug {
				t.Errorf("the page %s names %q, which is no detector of it", p.Slug, name)
			}
		}
	}
}

// TestGapsAreTold: a threat that no detector reports is on the list of known
// limits, and none besides.
func TestGapsAreTold(t *testing.T) {
	b, err := os.ReadFile("../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, ok := strings.Cut(string(b), "\n## Threats without a detector\n")
	list, _, _ = strings.Cut(list, "\n## ")
	if !ok {
		t.Fatal("docs/limits.md has no list of them")
	}
	for _, p := range threat.All() {
		if listed := strings.Contains(list, "(../threat/"+p.Slug+".md)"); listed != p.Gap() {
			t.Errorf("%s: no detector: %v; on the list: %v", p.Slug, p.Gap(), listed)
		}
	}
}
