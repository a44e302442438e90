// Command reference writes docs/formats.md, the list of what Goshawk reads,
// from the registry of formats; with -outputs it prints the list of what Goshawk
// writes, which is a part of docs/outputs.md.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"strings"

	"goshawk/decode"
	"goshawk/report"
)

func main() {
	log.SetFlags(0)
	out := flag.String("o", "docs/formats.md", "file to write")
	list := flag.Bool("outputs", false, "print the outputs instead")
	flag.Parse()
	if *list {
		fmt.Print(outputs())
		return
	}
	if err := os.WriteFile(*out, []byte(formats()), 0o644); err != nil {
		log.Fatal(err)
	}
}

// outputs is the list.
func outputs() string {
	var b strings.Builder
	for _, f := range report.Formats() {
		fmt.Fprintf(&b, "### %s\n\n%s.\n\n%s\n\n", f.Name, strings.TrimSuffix(f.Title, "."), f.Doc)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// formats is the page.
func formats() string {
	var b strings.Builder
	b.WriteString("# Formats\n\n" +
		"What Goshawk reads, recognised by content, line by line: a log may mix formats and change them. " +
		"This page is written by `make docs` from the code; `goshawk explain NAME` prints the same, and `goshawk doctor FILE` says how a log of yours is understood.\n\n")
	table := func(title string, envelope bool) {
		fmt.Fprintf(&b, "| %s | | written too |\n|---|---|---|\n", title)
		for _, f := range decode.Formats() {
			if f.Envelope != envelope {
				continue
			}
			written := ""
			if f.Encode != nil {
				written = "yes"
			}
			fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", f.Name, f.Name, strings.ReplaceAll(f.Title, "|", `\|`), written)
		}
		b.WriteByte('\n')
	}
	table("format", false)
	b.WriteString("Around any of them, up to four deep:\n\n")
	table("envelope", true)
	for _, f := range decode.Formats() {
		fmt.Fprintf(&b, "## %s\n\n%s.\n\n%s\n\n", f.Name, strings.TrimSuffix(f.Title, "."), f.Doc)
		if !f.Envelope {
			fmt.Fprintf(&b, "Carries: %s.\n\n", f.Carries)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
