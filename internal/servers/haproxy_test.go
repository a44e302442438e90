package servers

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"goshawk/event"
)

func TestHAProxy(t *testing.T) {
	has := event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasDuration
	may := event.HasUserAgent | event.HasForwarded | event.HasReferer // captured headers have no names
	run(t, server{name: "haproxy", start: startHAProxy, logs: []log{
		{name: "raw", format: "haproxy", has: has, may: may, sees: haproxySees},
		{name: "syslog", format: "haproxy", has: has, may: may, sees: haproxySees},
	}})
}

// haproxySees is what HAProxy keeps of a request: nothing of one that it
// refuses, and of others 1023 bytes, after which the quote is closed as ever.
func haproxySees(w *want) {
	if w.status == 400 {
		*w = want{client: w.client, status: w.status, bytes: -1, vague: true}
		return
	}
	if start := w.method + " "; len(start+w.path+"?"+w.query+" HTTP/1.1") > 1023 {
		w.path, w.query, w.vague = w.path[:1023-len(start)], "", true
	}
}

// startHAProxy lets it log to its standard output and, as most do, over UDP.
func startHAProxy(t *testing.T, dir string, addresses []string, port int) *exec.Cmd {
	haproxy := Command(t, "haproxy", "haproxy")
	syslog := collect(t, filepath.Join(dir, "syslog.log"))
	write(t, filepath.Join(dir, "haproxy.cfg"), `
global
	log stdout len 16384 format raw local0
	log `+syslog+` len 16384 format rfc3164 local0
defaults
	mode http
	log global
	option httplog
	timeout client 30s
	timeout connect 30s
	timeout server 30s
userlist users
	user alice insecure-password secret
	user "bob smith" insecure-password secret
frontend in
`+listen("\tbind %s\n", addresses, port)+`
	capture request header User-Agent len 4096
	capture request header X-Forwarded-For len 4096
	http-request return status 404 if { path /missing }
	http-request deny deny_status 403 if { path /denied }
	http-request deny deny_status 429 if { path /limited }
	http-request deny deny_status 500 if { path /broken }
	http-request auth realm test if { path /private } !{ http_auth(users) }
	http-request return status 200 content-type text/plain string ok
`)
	cmd := exec.Command(haproxy, "-db", "-f", filepath.Join(dir, "haproxy.cfg"))
	out, err := os.Create(filepath.Join(dir, "raw.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	cmd.Stdout = out
	return cmd
}

// collect writes what comes over UDP into a file, a line for each datagram.
func collect(t *testing.T, name string) (address string) {
	t.Helper()
	c, err := net.ListenPacket("udp", v4+":0")
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer f.Close()
		for b := make([]byte, 1<<16); ; {
			n, _, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			if n > 0 && b[n-1] != '\n' {
				b[n] = '\n'
				n++
			}
			f.Write(b[:n])
		}
	}()
	t.Cleanup(func() {
		c.Close()
		<-done
	})
	return c.LocalAddr().String()
}
