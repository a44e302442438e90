// Package servers lets real servers write the logs that Goshawk reads. It sends
// nginx, Apache httpd, HAProxy, Caddy and an Express application the same
// requests over real sockets, good, hostile and malformed ones, and checks that
// what decode makes of their logs is what was sent and what came back.
//
// The requests are in requests_test.go: bytes for the wire, from which the
// fields that an event must have are derived, and where a server departs from
// that, the departure and its reason.
//
// To add a server, write <name>_test.go with one test that calls run with
//   - start, which writes a configuration into a folder and returns the command
//     that serves at an address until it gets SIGTERM, answering as the others
//     do: 401 at /private unless alice or "bob smith" say "secret", 403 at /denied,
//     404 at /missing, 429 at /limited, 500 at /broken, 200 for all else;
//   - logs, each with the fields that it has and what it does to a text before
//     it writes it. What it does to single requests goes into their table.
//
// Then name its command and package in internal/test.sh, which installs it. A
// server that is not there is skipped with a word on how to get it.
package servers

import (
	"os/exec"
	"testing"
)

// Command returns the path of a server, or skips the test and says which
// package of Debian has it.
func Command(t testing.TB, name, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil { // Debian puts some where an ordinary user does not look
		path, err = exec.LookPath("/usr/sbin/" + name)
	}
	if err != nil {
		t.Skipf("%s is not installed: apt-get install %s, or make test as root, which does it", name, pkg)
	}
	return path
}

// NginxPaths are directives of nginx's http block that keep its files in the
// folder that it runs in, since the usual places are root's.
const NginxPaths = `client_body_temp_path tmp;
proxy_temp_path tmp;
fastcgi_temp_path tmp;
uwsgi_temp_path tmp;
scgi_temp_path tmp;
`
