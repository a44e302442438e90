package servers

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"unicode/utf8"

	"goshawk/event"
)

func TestExpress(t *testing.T) {
	request := event.HasTime | event.HasMethod | event.HasPath | event.HasStatus
	headers := event.HasUserAgent | event.HasReferer | event.HasForwarded | event.HasHost | event.HasUser
	run(t, server{name: "express", start: startExpress, logs: []log{
		{name: "morgan-combined", format: "combined", has: combined, bytes: length, sees: nodeText},
		{name: "morgan-common", format: "combined", has: clf, bytes: length, sees: nodeText},
		{name: "morgan-default", format: "combined", has: combined, bytes: length, sees: nodeText},
		{name: "morgan-short", format: "morgan", has: clf&^event.HasTime | event.HasDuration, bytes: length, sees: nodeText},
		{name: "morgan-tiny", format: "morgan", has: request&^event.HasTime | event.HasBytes | event.HasDuration, bytes: length, sees: nodeText},
		{name: "morgan-dev", format: "morgan", has: request&^event.HasTime | event.HasBytes | event.HasDuration, bytes: length, sees: nodeText},
		{name: "pino-http", format: "pino", has: request | headers | event.HasClient | event.HasBytes | event.HasDuration, headers: headers, bytes: length, sees: nodeBytes},
		{name: "express-winston", has: request | headers | event.HasDuration, headers: headers, sees: nodeBytes},
		{name: "winston", has: request | event.HasClient | event.HasUserAgent | event.HasDuration, headers: headers, sees: nodeText},
		{name: "bunyan", has: request | headers | event.HasClient, headers: headers, sees: nodeBytes},
	}})
}

// nodeBytes is what Node makes of bytes: it takes them for Latin-1. Credentials
// stay as they came.
func nodeBytes(w *want) {
	for _, s := range []*string{&w.path, &w.query, &w.agent, &w.referer, &w.forwarded} {
		var b []byte
		for _, c := range []byte(*s) {
			b = utf8.AppendRune(b, rune(c))
		}
		*s = string(b)
	}
}

// nodeText also takes the credentials apart, as UTF-8.
func nodeText(w *want) {
	nodeBytes(w)
	w.user = string([]rune(w.user)) // U+FFFD for each byte that is none
}

func startExpress(t *testing.T, dir string, addresses []string, port int) *exec.Cmd {
	node := Command(t, "node", "nodejs")
	app := install(t, Command(t, "npm", "npm"))
	cmd := exec.Command(node, append([]string{filepath.Join(app, "app.js"), strconv.Itoa(port), dir}, addresses...)...)
	cmd.Env = append(os.Environ(), "NODE_ENV=production")
	return cmd
}

// install puts the application and its packages into the user's cache, once for
// each state of it, and returns that folder.
func install(t *testing.T, npm string) string {
	t.Helper()
	files := map[string][]byte{}
	sum := sha256.New()
	for _, name := range []string{"app.js", "package.json", "package-lock.json"} {
		b, err := os.ReadFile(filepath.Join("testdata", "app", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
		sum.Write(b)
	}
	cache, err := os.UserCacheDir()
	if err == nil {
		cache = filepath.Join(cache, "goshawk-test")
		err = os.MkdirAll(cache, 0o755)
	}
	if err != nil {
		cache = t.TempDir()
	}
	home := filepath.Join(cache, "app-"+hex.EncodeToString(sum.Sum(nil)[:8]))
	if _, err := os.Stat(home); err == nil {
		return home
	}
	work, err := os.MkdirTemp(cache, "new-") // whole or not at all, whoever else does the same
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(work)
	for name, b := range files {
		write(t, filepath.Join(work, name), string(b))
	}
	cmd := exec.Command(npm, "ci", "--omit=dev", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = work
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install express, morgan, pino and others, for which it needs the npm registry: %v: %s", err, bytes.TrimSpace(out))
	}
	if err := os.Rename(work, home); err != nil {
		if _, err := os.Stat(home); err != nil {
			t.Fatal(err)
		}
	}
	return home
}
