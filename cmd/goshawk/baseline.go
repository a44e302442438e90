package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// remember reads the baseline that --baseline names, and returns what writes the
// one that --learn names once the scan is over: whole, which an interrupted scan's
// is not, or not at all, and for its owner's eyes only.
func (s *scan) remember() (finish func(err error, interrupted bool) error, err error) {
	if s.scanCmd.Baseline != "" {
		b, err := os.ReadFile(s.scanCmd.Baseline)
		if err != nil {
			return nil, fmt.Errorf("--baseline: %w; a scan with --learn %s writes it", err, s.scanCmd.Baseline)
		}
		s.Options.Baseline = bytes.NewReader(b)
	}
	path := s.scanCmd.Learn
	if path == "" {
		return func(err error, _ bool) error { return err }, nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("--learn: %w", err)
	}
	s.Options.Learn = f
	return func(err error, interrupted bool) error {
		if e := f.Close(); err == nil {
			err = e
		}
		if err == nil && !interrupted {
			if err = os.Rename(f.Name(), path); err == nil {
				return nil
			}
		}
		os.Remove(f.Name())
		return err
	}, nil
}
