package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// stateFolder is where this installation remembers things: $GOSHAWK_STATE, else
// $XDG_STATE_HOME/goshawk, else ~/.local/state/goshawk.
func stateFolder() (string, error) {
	if d := os.Getenv("GOSHAWK_STATE"); d != "" {
		return d, nil
	}
	if d := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, "goshawk"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "state", "goshawk"), nil
}

// tagKey is the key of the tags that stand for credentials: 32 random bytes in
// a file that only its owner can read, made at first use, so that one secret has
// the same tag in every report of this installation. Where that fails the key
// is a random one and err says why: it is a warning.
func tagKey() (key [32]byte, err error) {
	dir, err := stateFolder()
	if err == nil {
		err = makeKey(dir)
	}
	if err == nil {
		key, err = readKey(filepath.Join(dir, keyFile))
	}
	if err != nil {
		rand.Read(key[:])
		err = fmt.Errorf("the tags of secrets will differ in the next run: %w", err)
	}
	return key, err
}

const keyFile = "tag_key"

func readKey(path string) (key [32]byte, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return key, err
	}
	if len(b) != len(key) {
		return key, fmt.Errorf("%s holds %d bytes instead of %d: remove it to have a new one made", path, len(b), len(key))
	}
	return [32]byte(b), nil
}

// makeKey makes the file unless there is one. It appears whole or not at all,
// also when two runs make it at the same time.
func makeKey(dir string) error {
	path := filepath.Join(dir, keyFile)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, keyFile+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	var key [32]byte
	rand.Read(key[:])
	if _, err := f.Write(key[:]); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return os.Rename(f.Name(), path)
	}
	return nil
}
