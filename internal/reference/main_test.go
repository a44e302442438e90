package main

import (
	"os"
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
