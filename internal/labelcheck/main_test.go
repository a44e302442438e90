package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "goshawk/decode"   // so that a change of what is tested
	_ "goshawk/simulate" // is one of the test
)

// TestLabels writes worlds of every API with the real command, and checks that
// their labels are true.
func TestLabels(t *testing.T) {
	dir := t.TempDir()
	goshawk := filepath.Join(dir, "goshawk")
	if out, err := exec.Command("go", "build", "-o", goshawk, "goshawk/cmd/goshawk").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, shape := range []string{"shop", "b2b", "saas", "site"} {
		world := filepath.Join(dir, shape)
		if out, err := exec.Command(goshawk, "simulate", "--shape", shape, "--lines", "8000", "--hours", "12", "--seed", "21", "-o", world).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		s, err := check(world)
		if err != nil {
			t.Errorf("%s: %v", shape, err)
		}
		t.Log(shape, s)
	}

	// A label that is moved is found out.
	labels := filepath.Join(dir, "shop", "labels.tsv")
	b, err := os.ReadFile(labels)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(b), "\n")
	if err := os.WriteFile(labels, []byte(strings.Join(append(lines[:1:1], lines[2:]...), "")), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := check(filepath.Join(dir, "shop")); err == nil {
		t.Error("a label is missing, and nobody noticed")
	}
}
