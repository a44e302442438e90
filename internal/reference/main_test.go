package main

import (
	"os"
	"strings"
	"testing"
)

func TestPageIsCurrent(t *testing.T) {
	page, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != formats() {
		t.Error("docs/formats.md is not what the code says: run make docs")
	}
}

func TestOutputsAreCurrent(t *testing.T) {
	page, err := os.ReadFile("../../docs/outputs.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), strings.TrimSpace(outputs())) {
		t.Error("docs/outputs.md is not what the code says: run make docs")
	}
}
