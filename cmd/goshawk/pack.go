package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"goshawk/detect"
	"goshawk/engine"
	"goshawk/enrich"
	"goshawk/report"
	"goshawk/source"
)

// packSchema names what an evidence pack holds; fields may be added within /1.
const packSchema = "goshawk.evidence/1"

// The files of a pack, in their order.
const (
	packReadme   = "README.txt"
	packJSON     = "report.json"
	packHTML     = "report.html"
	packLines    = "evidence.jsonl"
	packConfig   = "configuration.yaml"
	packManifest = "manifest.json"
)

// manifest says what is in a pack and what it rests on. It is the last file,
// and holds the checksums of all others.
type manifest struct {
	Schema   string       `json:"schema"`
	Version  string       `json:"version"`
	Verdict  string       `json:"verdict"`
	Summary  string       `json:"summary"`
	Options  packOptions  `json:"options"`
	Sources  []packSource `json:"sources"`
	Files    []packedFile `json:"files"`
	Evidence int          `json:"evidence_lines"`
	Masked   bool         `json:"masked"`
}

// packOptions are what of the command line and the configuration changes what
// is found.
type packOptions struct {
	Since         string `json:"since,omitempty"`
	Until         string `json:"until,omitempty"`
	Format        string `json:"format,omitempty"`
	LogFormat     string `json:"log_format,omitempty"`
	Baseline      string `json:"baseline_sha256,omitempty"`
	Configuration string `json:"configuration_sha256,omitempty"` // of the file itself; the pack has it masked
}

// packSource is a file that was read. Text is unpacked.
type packSource struct {
	Name      string    `json:"name"`
	SHA256    string    `json:"sha256,omitempty"`
	Bytes     int64     `json:"bytes"`
	TextBytes int64     `json:"text_bytes"`
	Lines     int64     `json:"lines"`
	Format    string    `json:"format,omitempty"`
	First     string    `json:"first,omitempty"`
	Last      string    `json:"last,omitempty"`
	Logged    string    `json:"logged,omitempty"`
	NotLogged string    `json:"not_logged,omitempty"`
	Gaps      []packGap `json:"gaps"` // of the whole log, where it was rotated
	Note      string    `json:"note,omitempty"`
}

type packGap struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type packedFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// packLine is a line of evidence: where it stands, and its text, masked. Offset
// and Length are bytes of the unpacked text, without the line's end.
type packLine struct {
	Finding string `json:"finding"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Offset  *int64 `json:"offset,omitempty"`
	Length  *int64 `json:"length,omitempty"`
	Text    string `json:"text"`
}

// pack writes the evidence pack.
func (s *scan) pack(r *engine.Result, o report.Options) error {
	still := *r
	still.Input.Seconds = 0 // what differs from run to run proves nothing
	o.Color = false
	m := manifest{Schema: packSchema, Version: o.Version, Verdict: string(r.Verdict), Summary: r.Summary, Masked: true, Options: s.packOptions()}
	lines := s.evidence(r)
	m.Evidence = len(lines)
	m.Sources = s.packSources(&still, o.Footprints, lines)
	contents := map[string][]byte{packReadme: []byte(packText), packLines: jsonLines(lines)}
	for name, f := range map[string]report.Format{packJSON: report.JSON, packHTML: report.HTML} {
		var b bytes.Buffer
		if err := f.Write(&b, &still, o); err != nil {
			return err
		}
		contents[name] = b.Bytes()
	}
	if s.conf != nil {
		contents[packConfig] = s.maskedConfig()
	}
	for _, name := range []string{packReadme, packJSON, packHTML, packLines, packConfig} {
		if c, ok := contents[name]; ok {
			m.Files = append(m.Files, packedFile{name, sum(c), int64(len(c))})
		}
	}
	var err error
	if contents[packManifest], err = json.MarshalIndent(m, "", "  "); err != nil {
		return err
	}
	if err := writePack(s.Bundle, m.Files, contents); err != nil {
		return err
	}
	b, err := os.ReadFile(s.Bundle)
	if err != nil {
		return err
	}
	warn("%s is written; keep its SHA-256 apart from it: %s", s.Bundle, sum(b))
	return nil
}

// writePack writes the zip file: the same bytes for the same contents. It
// appears whole or not at all.
func writePack(path string, files []packedFile, contents map[string][]byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".goshawk-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	z := zip.NewWriter(f)
	for _, name := range append(names(files), packManifest) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err == nil {
			_, err = w.Write(contents[name])
		}
		if err != nil {
			f.Close()
			return err
		}
	}
	if err := errors.Join(z.Close(), f.Chmod(0o600), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func names(files []packedFile) (l []string) {
	for _, f := range files {
		l = append(l, f.Name)
	}
	return l
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

func jsonLines(lines []packLine) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for i := range lines {
		e.Encode(lines[i]) // a buffer takes all
	}
	return b.Bytes()
}

func (s *scan) packOptions() packOptions {
	o := packOptions{Format: s.scanCmd.Format, LogFormat: s.scanCmd.LogFormat, Since: moment(s.Options.Since), Until: moment(s.Options.Until)}
	if s.conf != nil {
		o.Configuration = sum(s.conf)
	}
	if b, err := os.ReadFile(s.scanCmd.Baseline); err == nil && s.scanCmd.Baseline != s.scanCmd.Learn {
		o.Baseline = sum(b)
	}
	return o
}

func moment(ns int64) string {
	if ns == 0 {
		return ""
	}
	return time.Unix(0, ns).UTC().Format(time.RFC3339Nano)
}

// maskedConfig is the configuration without what is secret in it: keys of the
// allow list may stand there in clear.
func (s *scan) maskedConfig() []byte {
	var keys []string
	for _, a := range s.allowKeys {
		keys = append(keys, a.Key)
	}
	tag := enrich.NewTagger(s.Enrich.TagKey, false)
	var b strings.Builder
	for line := range strings.Lines(string(s.conf)) {
		text := strings.TrimSuffix(line, "\n")
		b.WriteString(tag.Mask(text, keys...) + line[len(text):])
	}
	return []byte(b.String())
}

// evidence are the lines that findings rest on, in the order of the findings.
func (s *scan) evidence(r *engine.Result) []packLine {
	lines := []packLine{}
	for i := range r.Findings {
		for _, x := range r.Findings[i].Evidence.Lines {
			lines = append(lines, s.packLine(r.Findings[i].ID, x))
		}
	}
	return lines
}

func (s *scan) packLine(finding string, x detect.Line) packLine {
	file, n := s.at(x.Source, x.Line)
	return packLine{Finding: finding, File: file, Line: n, Text: report.Clean(x.Text)}
}

// packSources tells of each file that was read, and puts into lines which bytes
// of it they are.
func (s *scan) packSources(r *engine.Result, p *report.Footprints, lines []packLine) []packSource {
	all := []packSource{}
	for i, x := range s.found.Sources {
		stat := r.Input.Sources[i]
		parts := x.Files()
		if len(parts) == 0 { // it has no line
			parts = []source.Span{{Name: x.Name()}}
		}
		for _, part := range parts {
			ps := packSource{Name: part.Name, Lines: int64(part.Lines), Format: stat.Format, First: moment(stat.First), Last: moment(stat.Last), Gaps: []packGap{}, Note: stat.Error}
			if p != nil {
				c := &p.Sources[i]
				ps.Logged, ps.NotLogged = c.Carries.String(), c.Lacks().String()
				for _, g := range c.Silent() {
					ps.Gaps = append(ps.Gaps, packGap{moment(g.From), moment(g.To)})
				}
			}
			if part.Name == source.Stdin {
				ps.Note = "Standard input leaves no file to check."
			} else if err := measure(&ps, lines); err != nil {
				ps.Note = err.Error()
			}
			all = append(all, ps)
		}
	}
	return all
}

// measure reads a file once more for its checksum and for the places of lines.
func measure(ps *packSource, lines []packLine) error {
	f, err := os.Open(ps.Name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if ps.Bytes, err = io.Copy(h, f); err != nil {
		return err
	}
	ps.SHA256 = hex.EncodeToString(h.Sum(nil))
	text, err := source.Unpacked(ps.Name)
	if err != nil {
		ps.Note = err.Error()
		return nil
	}
	defer text.Close()
	var wanted []*packLine
	for i := range lines {
		if lines[i].File == ps.Name {
			wanted = append(wanted, &lines[i])
		}
	}
	slices.SortStableFunc(wanted, func(a, b *packLine) int { return a.Line - b.Line })
	n, size, err := locate(bufio.NewReaderSize(text, 256<<10), wanted)
	ps.TextBytes = size
	if err != nil {
		ps.Note = err.Error()
	}
	if n != ps.Lines {
		for _, x := range wanted {
			x.Offset, x.Length = nil, nil
		}
		if ps.Note == "" {
			ps.Note = fmt.Sprintf("Lines are counted as records: the text has %d of its own, so no bytes are told. Either it is a document, or it was written to meanwhile.", n)
		}
	}
	return nil
}

// locate puts into lines, which are in order, which bytes they are. It returns
// the number of lines and of bytes.
func locate(r *bufio.Reader, lines []*packLine) (n, size int64, err error) {
	start, open := int64(0), false
	for {
		part, err := r.ReadSlice('\n')
		size += int64(len(part))
		open = open || len(part) > 0
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if open {
			n++
			end := size
			if err == nil {
				end--
			}
			for len(lines) > 0 && int64(lines[0].Line) <= n {
				if int64(lines[0].Line) == n {
					offset, length := start, end-start
					lines[0].Offset, lines[0].Length = &offset, &length
				}
				lines = lines[1:]
			}
		}
		start, open = size, false
		switch {
		case errors.Is(err, io.EOF):
			return n, size, nil
		case err != nil:
			return n, size, err
		}
	}
}

const packText = `This is an evidence pack of Goshawk: what was found in logs, and what it rests on.

report.html         the report for people; it needs no network
report.json         the same for programs, with everything (goshawk.report/1)
evidence.jsonl      each line that a finding rests on: its file, its number, its bytes in the
                    unpacked text, and its text with secrets masked
configuration.yaml  what the scan was configured with, with secrets masked; absent if nothing
manifest.json       checksums (SHA-256) of all these and of every log that was read; which
                    fields the logs carry and which not; when they were silent

Check it with:

    goshawk verify FILE.zip

or by hand: compare sha256sum of each file, and of each log, with manifest.json. A line is then

    tail -c +$((offset + 1)) LOG | head -c $length

of the log, which is unpacked first if it is packed. Secrets are shown by tags, the same for one
secret throughout; their clear text is in the logs alone. A checksum shows that nothing changed
since the pack was made, not who made it: keep the checksum of the pack itself apart from it.
`
