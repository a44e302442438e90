package detect_test

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"goshawk/detect"
)

// TestStratus runs trails of Stratus Red Team, where the collection of real
// logs is at hand: whoever ran it is found, and nobody else is. Without the name
// that it gives itself he would not be: the trails are of an administrator who
// is refused nothing and builds what he attacks with Terraform.
func TestStratus(t *testing.T) {
	files, _ := filepath.Glob("../../shared/samples/aws-cloudtrail/aws_dataset__*.json")
	if len(files) == 0 {
		t.Skip("there are no trails in ../../shared/samples")
	}
	type record struct {
		at   string
		text string
	}
	var all []record
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct{ Records []json.RawMessage }
		if err := json.Unmarshal(b, &doc); err != nil {
			t.Fatal(err)
		}
		for _, r := range doc.Records {
			var x struct{ EventTime string }
			if err := json.Unmarshal(r, &x); err != nil {
				t.Fatal(err)
			}
			all = append(all, record{x.EventTime, string(r)})
		}
	}
	slices.SortStableFunc(all, func(a, b record) int { return cmp.Compare(a.at, b.at) })
	var log strings.Builder
	for _, r := range all {
		log.WriteString(r.text + "\n")
	}
	_, findings := found(t, "stratus", []byte(log.String()), 1)
	by := map[string]bool{}
	for _, x := range findings {
		if x.Score < 0.8 {
			continue
		}
		by[x.Detector] = true
		if !strings.HasSuffix(x.Actor.Value, ":user/bert-jan") && !strings.Contains(x.Actor.Value, "stratus") {
			t.Errorf("%s is claimed by %s: %s", x.Actor, x.Detector, x.Evidence.Summary)
		}
	}
	for _, name := range []string{detect.AWSRecon.Name, detect.AWSEscalation.Name, detect.AWSExfiltration.Name} {
		if !by[name] {
			t.Errorf("%s claims nobody: %s", name, tell(findings))
		}
	}
}
