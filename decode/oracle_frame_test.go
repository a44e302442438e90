package decode

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Documents of real services give the records that encoding/json finds in them.
func TestOracleFrame(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "samples")
	files, _ := filepath.Glob(filepath.Join(dir, "aws-cloudtrail", "aws_dataset__*.json"))
	azure, _ := filepath.Glob(filepath.Join(dir, "azure", "*.json"))
	if files = append(files, azure...); len(files) == 0 {
		t.Skip("no samples beside the project")
	}
	records := 0
	for _, path := range files {
		log, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var document struct{ Records []json.RawMessage } // whatever the case of its letters
		if err := json.Unmarshal(log, &document); err != nil && !strings.HasSuffix(path, "agw-access-log.json") {
			t.Errorf("%s: %v", path, err)
		}
		fr := NewFramer(string(log))
		if fr == nil {
			t.Errorf("%s: no framer", path)
			continue
		}
		lines := bytes.SplitAfter(fr.Frame(nil, log, true), newlineByte)
		lines = lines[:len(lines)-1]
		if len(lines) != len(document.Records) {
			t.Errorf("%s: %d records, want %d", path, len(lines), len(document.Records))
			continue
		}
		for i, line := range lines {
			var got, want bytes.Buffer
			if err := json.Compact(&got, line); err != nil {
				t.Errorf("%s: record %d: %v", path, i+1, err)
			}
			json.Compact(&want, document.Records[i])
			if got.String() != want.String() {
				t.Errorf("%s: record %d: %s\nwant %s", path, i+1, &got, &want)
			}
		}
		records += len(lines)
	}
	t.Logf("%d documents, %d records", len(files), records)
}

// Every sample whose records are lines passes: with a framer too, byte for byte.
func TestOracleFrameLines(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "samples")
	files, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
	if len(files) == 0 {
		t.Skip("no samples beside the project")
	}
	plain := 0
	for _, path := range files {
		log, err := os.ReadFile(path)
		if err != nil || len(log) == 0 || bytes.HasPrefix(log, []byte("\x1f\x8b")) || NewFramer(string(log)) != nil {
			continue
		}
		plain++
		var f Framer
		if got := f.Frame(nil, log, true); string(bytes.TrimSuffix(got, newlineByte)) != string(bytes.TrimSuffix(log, newlineByte)) {
			t.Errorf("%s is changed, but there is no framer for it", path)
		}
	}
	t.Logf("%d of %d samples need no framer", plain, len(files))
}
