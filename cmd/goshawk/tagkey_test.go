package main

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// However many runs make the key at once, all have the same one.
func TestTagKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "state")
	t.Setenv("GOSHAWK_STATE", dir)
	var keys [8][32]byte
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = tagKey(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range keys {
		if k != keys[0] || k == [32]byte{} {
			t.Error("two runs have different keys")
		}
	}
	info, err := os.Stat(filepath.Join(dir, keyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}

	os.WriteFile(filepath.Join(dir, keyFile), []byte("short"), 0o600)
	if key, err := tagKey(); err == nil || key == [32]byte{} {
		t.Error("a damaged file went unnoticed")
	}
}

func TestStateFolder(t *testing.T) {
	f := func(state, xdg, want string) {
		t.Helper()
		t.Setenv("GOSHAWK_STATE", state)
		t.Setenv("XDG_STATE_HOME", xdg)
		t.Setenv("HOME", "/home/a")
		if got, err := stateFolder(); got != want || err != nil {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
	f("/x", "/y", "/x")
	f("", "/y", "/y/goshawk")
	f("", "relative", "/home/a/.local/state/goshawk")
	f("", "", "/home/a/.local/state/goshawk")
}
