package main

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"goshawk/report"
)

type verifyCmd struct {
	File string `arg:"" help:"An evidence pack, as goshawk scan --bundle writes it."`
	Logs string `placeholder:"FOLDER" help:"Where the logs are now, if not where they were scanned. With it, a log that is missing is an error."`
}

// Help is shown below the flags.
func (verifyCmd) Help() string {
	return `Checks every file of the pack against the manifest's checksums, and every log against the one it had when it was scanned.

Exit status: 0 all is as it was, 1 something differs, 2 this is no evidence pack.`
}

// maxPacked bounds what one file of a pack may unpack to.
const maxPacked = 1 << 30

// Run checks a pack.
func (c *verifyCmd) Run() error {
	z, err := zip.OpenReader(c.File)
	if err != nil {
		warn("%s: this is no evidence pack: %v", c.File, err)
		return status(exitUsage)
	}
	defer z.Close()
	m, err := packed(&z.Reader)
	if err != nil {
		warn("%s: this is no evidence pack: %v", c.File, err)
		return status(exitUsage)
	}
	faults := append(checkFiles(&z.Reader, m), checkLines(&z.Reader, m)...)
	checked, absent, wrong := c.checkLogs(m)
	faults = append(faults, wrong...)
	for _, f := range faults {
		warn("%s: %s", c.File, report.Clean(f))
	}
	if len(faults) > 0 {
		return status(exitSource)
	}
	fmt.Printf("%s: %d files and %d evidence lines are as they were packed; verdict %s.\n", c.File, len(m.Files), m.Evidence, report.Clean(m.Verdict))
	if checked > 0 {
		fmt.Printf("%d of %d logs are as they were scanned.\n", checked, len(m.Sources))
	}
	if len(absent) > 0 {
		fmt.Printf("Not here, so not checked: %s. Say where they are with --logs.\n", report.Clean(strings.Join(absent, ", ")))
	}
	return nil
}

// packed reads the manifest.
func packed(z *zip.Reader) (*manifest, error) {
	b, err := content(z, packManifest)
	if err != nil {
		return nil, err
	}
	var m manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", packManifest, err)
	}
	if m.Schema != packSchema {
		return nil, fmt.Errorf("its schema is %q, and this program knows %q", m.Schema, packSchema)
	}
	return &m, nil
}

func content(z *zip.Reader, name string) ([]byte, error) {
	f, err := z.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s is missing", name)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxPacked))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b, nil
}

// checkFiles compares the files of a pack with the manifest, both ways.
func checkFiles(z *zip.Reader, m *manifest) (faults []string) {
	known := []string{packManifest}
	for _, f := range m.Files {
		known = append(known, f.Name)
		b, err := content(z, f.Name)
		switch {
		case err != nil:
			faults = append(faults, err.Error())
		case sum(b) != f.SHA256:
			faults = append(faults, fmt.Sprintf("%s was changed: its SHA-256 is %s, and was %s", f.Name, sum(b), f.SHA256))
		}
	}
	for _, want := range []string{packReadme, packJSON, packHTML, packLines} {
		if !slices.Contains(known, want) {
			faults = append(faults, want+" is not in the manifest")
		}
	}
	seen := map[string]bool{}
	for _, f := range z.File {
		switch {
		case seen[f.Name]:
			faults = append(faults, f.Name+" is in the pack twice")
		case !slices.Contains(known, f.Name):
			faults = append(faults, f.Name+" was added: the manifest does not name it")
		}
		seen[f.Name] = true
	}
	return faults
}

// checkLines looks whether the evidence and the manifest tell of the same.
func checkLines(z *zip.Reader, m *manifest) (faults []string) {
	b, err := content(z, packLines)
	if err != nil {
		return nil // told already
	}
	n, d := 0, json.NewDecoder(strings.NewReader(string(b)))
	for {
		var x packLine
		if err := d.Decode(&x); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return []string{fmt.Sprintf("%s: %v", packLines, err)}
		}
		n++
		if !slices.ContainsFunc(m.Sources, func(s packSource) bool { return s.Name == x.File }) {
			faults = append(faults, fmt.Sprintf("finding %s rests on %s:%d, which is none of the logs", x.Finding, x.File, x.Line))
		}
	}
	if n != m.Evidence {
		faults = append(faults, fmt.Sprintf("there are %d lines of evidence, and were %d", n, m.Evidence))
	}
	return faults
}

// checkLogs compares the logs with what they were.
func (c *verifyCmd) checkLogs(m *manifest) (checked int, absent, faults []string) {
	for _, s := range m.Sources {
		if s.SHA256 == "" {
			continue
		}
		path := s.Name
		if c.Logs != "" {
			path = filepath.Join(c.Logs, s.Name)
			if _, err := os.Stat(path); err != nil {
				path = filepath.Join(c.Logs, filepath.Base(s.Name))
			}
		}
		now := packSource{Name: path}
		err := measure(&now, nil)
		switch {
		case errors.Is(err, fs.ErrNotExist) && c.Logs == "":
			absent = append(absent, s.Name)
		case err != nil:
			faults = append(faults, fmt.Sprintf("the log %s cannot be read: %v", s.Name, err))
		case now.SHA256 != s.SHA256 && now.Bytes > s.Bytes:
			faults = append(faults, fmt.Sprintf("the log %s was changed or written to: it has %d bytes, and had %d when it was scanned", path, now.Bytes, s.Bytes))
		case now.SHA256 != s.SHA256:
			faults = append(faults, fmt.Sprintf("the log %s was changed: its SHA-256 is %s, and was %s", path, now.SHA256, s.SHA256))
		default:
			checked++
		}
	}
	return checked, absent, faults
}
