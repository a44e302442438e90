package servers

import (
	"encoding/base64"
	"encoding/json"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"goshawk/event"
)

func TestCaddy(t *testing.T) {
	headers := event.HasUserAgent | event.HasReferer | event.HasForwarded
	run(t, server{name: "caddy", start: startCaddy, logs: []log{
		{name: "access", has: combined | headers | event.HasHost, may: event.HasDuration, headers: headers, bytes: body, sees: caddySees},
	}})
}

// caddySees is what Caddy keeps of a request: only users whom it let in, and
// text that is UTF-8.
func caddySees(w *want) {
	if w.status != 200 || w.path != "/private" {
		w.user = ""
	}
	for _, s := range []*string{&w.path, &w.query, &w.agent, &w.referer} {
		*s = string([]rune(*s)) // U+FFFD for each byte that is none
	}
}

func startCaddy(t *testing.T, dir string, addresses []string, port int) *exec.Cmd {
	caddy := Command(t, "caddy", "caddy")
	type object = map[string]any
	type list = []any
	answer := func(path string, status int) object {
		return object{"match": list{object{"path": list{path}}}, "handle": list{object{"handler": "static_response", "status_code": status, "body": strconv.Itoa(status) + "\n"}}, "terminal": true}
	}
	hash := base64.StdEncoding.EncodeToString([]byte(caddyHash))
	basic := object{"handler": "authentication", "providers": object{"http_basic": object{
		"hash_cache": object{},
		"accounts":   list{object{"username": "alice", "password": hash}, object{"username": "bob smith", "password": hash}},
	}}}
	var at list
	for _, a := range addresses {
		at = append(at, net.JoinHostPort(a, strconv.Itoa(port)))
	}
	b, err := json.Marshal(object{
		"admin": object{"disabled": true, "config": object{"persist": false}},
		"logging": object{"logs": object{
			"access":  object{"writer": object{"output": "file", "filename": filepath.Join(dir, "access.log")}, "encoder": object{"format": "json"}, "include": list{"http.log.access"}},
			"default": object{"exclude": list{"http.log.access"}},
		}},
		"apps": object{"http": object{"servers": object{"test": object{
			"listen":          at,
			"automatic_https": object{"disable": true},
			"logs":            object{},
			"routes": list{
				answer("/missing", 404), answer("/denied", 403), answer("/limited", 429), answer("/broken", 500),
				object{"match": list{object{"path": list{"/private"}}}, "handle": list{basic}},
				object{"handle": list{object{"handler": "static_response", "status_code": 200, "body": "ok\n"}}},
			},
		}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "caddy.json"), string(b))
	return exec.Command(caddy, "run", "--config", filepath.Join(dir, "caddy.json"))
}

// caddyHash is bcrypt of "secret", as cheap as it gets.
const caddyHash = "$2a$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"
