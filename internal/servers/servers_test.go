package servers

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"goshawk/decode"
	"goshawk/event"
)

// patience is how long to wait for what must happen. Nothing is judged by it
// but that it did.
const patience = 60 * time.Second

const (
	v4 = "127.0.0.1"
	v6 = "::1"
)

// server is one kind of server and the logs that it writes.
type server struct {
	name  string
	start func(t *testing.T, dir string, addresses []string, port int) *exec.Cmd
	logs  []log
}

// log is one file that a server writes a line into for every request.
type log struct {
	name    string // of the file, without .log
	format  string // by which decode must recognise it
	options decode.Options
	has     event.Fields         // what is in it; an event of it has nothing else
	may     event.Fields         // what a reader may find in it, or not
	headers event.Fields         // of has, what it has of a request only if the request has it
	bytes   func(a answer) int64 // which of an answer's lengths it has
	host    string               // what it has for a host; "" for the one of the request
	sees    func(w *want)        // what it makes of every request, before the request's own departures
	faults  []fault              // of an error log, which has lines of its own and none of most requests: what must be in it
}

// want is what an event must say.
type want struct {
	client, method, host, path, query string
	agent, referer, user, forwarded   string
	status                            int // 0 means the one that was answered
	bytes, bytesIn                    int64
	malformed, absolute               bool
	vague                             bool // it may be called malformed or truncated, or not
}

// answer is what came back for one request.
type answer struct {
	status        int
	body, total   int64 // -1 where other answers came with it
	contentLength int64
}

func body(a answer) int64   { return a.body }
func total(a answer) int64  { return a.total }
func length(a answer) int64 { return a.contentLength }

// seen is a request that was sent, and all that is known about it.
type seen struct {
	*request
	wants   []want
	answers []answer
}

// run starts the server, sends it every request, waits for the lines of each
// in every log before it sends the next, stops it and checks what was written.
func run(t *testing.T, s server) {
	t.Parallel()
	addresses := []string{v4}
	if l, err := net.Listen("tcp", "[::1]:0"); err == nil {
		l.Close()
		addresses = append(addresses, v6)
	}
	begin := time.Now()
	p := launch(t, s, addresses)
	var sent []seen
	lines := make([]int, len(s.logs))
	for i := range requests {
		r := &requests[i]
		if r.from == v6 && len(addresses) == 1 {
			t.Log("this machine has no ::1: not sent: " + r.name)
			continue
		}
		x := seen{request: r, answers: p.exchange(t, r)}
		x.wants = derive(t, r)
		sent = append(sent, x)
		for k, l := range s.logs {
			if l.faults != nil {
				continue
			}
			lines[k] += len(expected(s, l, x))
			p.await(t, l.name, lines[k], r.name)
		}
	}
	p.stop(t)
	end := time.Now()
	for _, l := range s.logs {
		t.Run(l.name, func(t *testing.T) {
			if l.faults != nil {
				l.checkFaults(t, p.file(l.name), begin, end)
			} else {
				check(t, s, l, p.file(l.name), sent, begin, end)
			}
		})
	}
}

// process is a server at work.
type process struct {
	cmd  *exec.Cmd
	dir  string
	port int
	done chan struct{} // closed when it has ended
}

func (p *process) file(name string) string { return filepath.Join(p.dir, name+".log") }

// launch starts the server on a free port and returns once it listens at every
// address. Somebody else may take the port in between, so it tries twice.
func launch(t *testing.T, s server, addresses []string) *process {
	t.Helper()
	var said []byte
	for range 2 {
		p := &process{dir: folder(t), port: freePort(t, addresses), done: make(chan struct{})}
		p.cmd = s.start(t, p.dir, addresses, p.port)
		out, err := os.Create(filepath.Join(p.dir, "stderr"))
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		p.cmd.Dir = p.dir
		p.cmd.Stderr = out
		if p.cmd.Stdout == nil {
			p.cmd.Stdout = out
		}
		if p.cmd.Env == nil {
			p.cmd.Env = os.Environ()
		}
		p.cmd.Env = append(p.cmd.Env, "TZ=UTC", "HOME="+p.dir)
		if err := p.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go func() {
			p.cmd.Wait()
			close(p.done)
		}()
		t.Cleanup(func() {
			p.cmd.Process.Signal(syscall.SIGTERM) // so that it ends its children
			select {
			case <-p.done:
			case <-time.After(patience):
				p.cmd.Process.Kill()
				<-p.done
			}
			if t.Failed() {
				said, _ := os.ReadFile(out.Name())
				t.Logf("%s said:\n%s", s.name, said[:min(len(said), 4<<10)])
			}
		})
		if p.ready(t, addresses) {
			return p
		}
		said, _ = os.ReadFile(out.Name())
	}
	t.Fatalf("%s does not start:\n%s", s.name, said)
	return nil
}

// ready waits until the server listens, and says false if it ends before.
func (p *process) ready(t *testing.T, addresses []string) bool {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		up := 0
		for _, a := range addresses {
			if listening(a, p.port) {
				up++
			}
		}
		if up == len(addresses) {
			return true
		}
		select {
		case <-p.done:
			t.Logf("ended before it listened: %v", p.cmd.ProcessState)
			return false
		default:
		}
	}
	t.Log("never listened")
	return false
}

// listening asks the kernel, since a connection would leave a line in some logs.
func listening(address string, port int) bool {
	table, text := "/proc/net/tcp", fmt.Sprintf("0100007F:%04X ", port)
	if address == v6 {
		table, text = "/proc/net/tcp6", fmt.Sprintf("00000000000000000000000001000000:%04X ", port)
	}
	b, err := os.ReadFile(table)
	if errors.Is(err, fs.ErrNotExist) {
		c, err := net.Dial("tcp", net.JoinHostPort(address, strconv.Itoa(port)))
		if err == nil {
			c.Close()
		}
		return err == nil
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 3 && f[1]+" " == text && f[3] == "0A" {
			return true
		}
	}
	return false
}

func (p *process) stop(t *testing.T) {
	t.Helper()
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(patience):
		t.Fatal("does not stop")
	}
}

// await waits until the log has so many lines.
func (p *process) await(t *testing.T, name string, lines int, request string) {
	t.Helper()
	var b []byte
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		b, _ = os.ReadFile(p.file(name))
		n := bytes.Count(b, []byte("\n"))
		if n == lines {
			return
		}
		if n > lines {
			t.Fatalf("%s: %s has %d lines instead of %d:\n%s", request, name, n, lines, last(b, n-lines+1))
		}
		select {
		case <-p.done:
			t.Fatalf("%s: the server died: %v", request, p.cmd.ProcessState)
		default:
		}
	}
	t.Fatalf("%s: %s has %d lines instead of %d:\n%s", request, name, bytes.Count(b, []byte("\n")), lines, last(b, 2))
}

func last(b []byte, n int) []byte {
	l := bytes.SplitAfter(b, []byte("\n"))
	b = bytes.Join(l[max(0, len(l)-n-1):], nil)
	return b[max(0, len(b)-2000):]
}

// exchange sends a request and reads until the server hangs up.
func (p *process) exchange(t *testing.T, r *request) []answer {
	t.Helper()
	c, err := net.Dial("tcp", net.JoinHostPort(or(r.from, v4), strconv.Itoa(p.port)))
	if err != nil {
		t.Fatalf("%s: %v", r.name, err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	c.Write([]byte(r.send)) // a server may refuse before it has read all
	if r.half {
		c.(*net.TCPConn).CloseWrite()
	}
	b, err := io.ReadAll(c)
	if ne := net.Error(nil); errors.As(err, &ne) && ne.Timeout() {
		t.Fatalf("%s: no answer, and the connection stays open", r.name)
	}
	return answers(b, strings.HasPrefix(r.send, "HEAD "))
}

func answers(b []byte, head bool) []answer {
	method := "GET"
	if head {
		method = "HEAD"
	}
	var all []answer
	for in := bufio.NewReader(bytes.NewReader(b)); ; {
		resp, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			break
		}
		n, _ := io.Copy(io.Discard, resp.Body)
		a := answer{resp.StatusCode, n, int64(len(b)), resp.ContentLength}
		all = append(all, a)
	}
	switch len(all) {
	case 0:
		return []answer{{body: int64(len(b)), total: int64(len(b)), contentLength: -1}}
	case 1:
	default:
		for i := range all {
			all[i].total = -1
		}
	}
	return all
}

// derive reads from the bytes of a request what an event about it must say.
func derive(t *testing.T, r *request) []want {
	t.Helper()
	if r.malformed != "" {
		return []want{{client: or(r.from, v4), path: r.malformed, malformed: true}}
	}
	var all []want
	for _, text := range strings.Split(r.send, "\r\n\r\n") {
		if text == "" || len(all) > 0 && !strings.Contains(text, " HTTP/1.") {
			continue // a body
		}
		w := want{client: or(r.from, v4), status: r.status}
		line, headers, _ := strings.Cut(text, "\r\n")
		method, target, ok := strings.Cut(line, " ")
		if !ok {
			t.Fatalf("%s: say what is malformed", r.name)
		}
		if i := strings.LastIndex(target, " HTTP/"); i >= 0 {
			target = target[:i]
		}
		w.method = method
		if rest, ok := strings.CutPrefix(target, "http://"); ok {
			w.absolute = true
			w.host, target = rest, "/"
			if i := strings.IndexByte(rest, '/'); i >= 0 {
				w.host, target = rest[:i], rest[i:]
			}
		}
		w.path, w.query, _ = strings.Cut(target, "?")
		for h := range strings.SplitSeq(headers, "\r\n") {
			name, value, _ := strings.Cut(h, ":")
			value = strings.Trim(value, " ")
			switch strings.ToLower(name) {
			case "host":
				if !w.absolute {
					w.host = value
				}
			case "user-agent":
				w.agent = value
			case "referer":
				w.referer = value
			case "x-forwarded-for":
				w.forwarded = value
			case "authorization":
				b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(value, "Basic "))
				if err != nil {
					t.Fatal(err)
				}
				w.user, _, _ = strings.Cut(string(b), ":")
			}
		}
		all = append(all, w)
	}
	return all
}

// expected returns what the log's lines about a request must say.
func expected(s server, l log, x seen) []want {
	var all []want
	for i, w := range x.wants {
		w.bytes, w.bytesIn = -1, -1
		if i < len(x.answers) {
			a := x.answers[i]
			if w.status == 0 {
				w.status = a.status
			}
			if l.bytes != nil {
				w.bytes = l.bytes(a)
			}
			if len(x.wants) == 1 && a.status != 400 && !x.half { // else it may not have read all
				w.bytesIn = int64(len(x.send))
			}
		}
		if l.sees != nil {
			l.sees(&w)
		}
		for _, of := range []string{s.name, s.name + "/" + l.name} {
			if but := x.but[of]; but != nil {
				but(&w)
			}
		}
		if !slices.Contains(strings.Fields(x.never), s.name) {
			all = append(all, w)
		}
	}
	return all
}

// check decodes a log, recognised by its content alone, and compares.
func check(t *testing.T, s server, l log, name string, sent []seen, begin, end time.Time) {
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	d, err := decode.New(l.options)
	if err != nil {
		t.Fatal(err)
	}
	in := &decode.Context{Order: d.Guess(string(b))}
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	next := 0
	for _, x := range sent {
		for _, w := range expected(s, l, x) {
			if next == len(lines) {
				t.Fatalf("%s: the log ends before it", x.name)
			}
			line := lines[next]
			next++
			var e event.Event
			if err := d.Decode(line, in, &e); err != nil {
				t.Errorf("%s: not understood: %v\n%s", x.name, err, clip(line))
				continue
			}
			if diff := compare(l, w, &e, begin, end); diff != "" {
				t.Errorf("%s:\n%s%s", x.name, diff, clip(line))
			}
		}
	}
	for ; next < len(lines); next++ {
		if err := d.Decode(lines[next], in, new(event.Event)); err != decode.ErrSkip {
			t.Errorf("a line that no request explains: %v\n%s", err, clip(lines[next]))
		}
	}
}

// fault is what an error log says about a request: what is not zero, which is
// not all that it may say.
type fault struct {
	status             int
	auth               event.Auth
	action             event.Action
	method, path, user string
}

// checkFaults decodes an error log and finds the faults in it, in their order.
// It may have other lines, events or not, but every one is understood, and none
// is of a client that only a client's text names: better none at all.
func (l *log) checkFaults(t *testing.T, name string, begin, end time.Time) {
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	d, err := decode.New(l.options)
	if err != nil {
		t.Fatal(err)
	}
	in := &decode.Context{Order: d.Guess(string(b))}
	next := 0
	for line := range strings.Lines(string(b)) {
		var e event.Event
		if err := d.Decode(line, in, &e); err == decode.ErrSkip {
			continue
		} else if err != nil {
			t.Errorf("not understood: %v\n%s", err, clip(line))
			continue
		}
		if e.Format != l.format {
			t.Errorf("format %s, want %s\n%s", e.Format, l.format, clip(line))
		}
		if e.Client.IsValid() && e.Client.String() != v4 && e.Client.String() != v6 {
			t.Errorf("client %v\n%s", e.Client, clip(line))
		}
		if e.Path == "/forged" || strings.Contains(e.Host, "forged") {
			t.Errorf("forged\n%s", clip(line))
		}
		if at := time.Unix(0, e.Time); e.Flags&event.NoTime != 0 || at.Before(begin.Add(-time.Second)) || at.After(end.Add(time.Second)) {
			t.Errorf("time %v\n%s", at.UTC(), clip(line))
		}
		if next < len(l.faults) && l.faults[next].in(&e) {
			next++
		}
	}
	if next < len(l.faults) {
		t.Errorf("after %d others, this is not in it: %+v\n%s", next, l.faults[next], clip(string(b)))
	}
}

func (f fault) in(e *event.Event) bool {
	return (f.status == 0 || f.status == e.Status) && (f.auth == event.AuthUnknown || f.auth == e.Auth) &&
		(f.action == event.NoAction || f.action == e.Action) && (f.method == "" || f.method == e.Method) &&
		(f.path == "" || f.path == e.Path) && (f.user == "" || f.user == e.User || f.user == e.Account) &&
		e.Client.IsValid()
}

// guesses are the logins that fail, by the names of the users.
func guesses(f fault) []fault {
	var all []fault
	f.auth = event.AuthFail
	for _, r := range requests {
		if r.status != 401 {
			continue
		}
		_, f.user, _ = strings.Cut(r.send, "Basic ")
		f.user, _, _ = strings.Cut(f.user, "\r\n")
		b, _ := base64.StdEncoding.DecodeString(f.user)
		if f.user, _, _ = strings.Cut(string(b), ":"); f.user != "" {
			all = append(all, f)
		}
	}
	return all
}

func clip(s string) string {
	if len(s) > 700 {
		return s[:350] + " … " + s[len(s)-350:]
	}
	return s
}

// compare returns a line for each field that is not as it must be.
func compare(l log, w want, e *event.Event, begin, end time.Time) string {
	var b strings.Builder
	field := func(has event.Fields, name string, got, want any) {
		none := fmt.Sprint(got) == "" || got == 0 || got == int64(-1)
		switch {
		case l.may&has != 0 && none:
		case l.has&has == 0 && l.may&has == 0 && none:
		case l.has&has == 0 && l.may&has == 0:
			fmt.Fprintf(&b, "  %s: got %q, which this log does not have\n", name, fmt.Sprint(got))
		case got != want:
			fmt.Fprintf(&b, "  %s: got %q, want %q\n", name, clip(fmt.Sprint(got)), clip(fmt.Sprint(want)))
		}
	}
	always := ^event.Fields(0)
	client := ""
	if e.Client.IsValid() {
		client = e.Client.String()
	}
	if l.format != "" {
		field(always, "format", e.Format, l.format)
	}
	field(event.HasClient, "client", client, w.client)
	field(event.HasMethod, "method", e.Method, w.method)
	field(event.HasPath, "path", e.Path, w.path)
	field(event.HasPath, "query", e.Query, w.query)
	field(event.HasStatus, "status", e.Status, w.status)
	field(event.HasUserAgent, "agent", e.UserAgent, missing(w.agent))
	field(event.HasReferer, "referer", e.Referer, missing(w.referer))
	field(event.HasUser, "user", e.User, missing(w.user))
	field(event.HasForwarded, "forwarded", e.Forwarded, missing(w.forwarded))
	if l.has&event.HasHost != 0 {
		if l.host != "" && !w.absolute {
			w.host = l.host
		}
		field(event.HasHost, "host", e.Host, w.host)
	}
	if w.bytes >= 0 {
		field(event.HasBytes, "bytes", e.BytesOut, w.bytes)
	}
	if w.bytesIn >= 0 && l.has&event.HasBytesIn != 0 {
		field(event.HasBytesIn, "bytes in", e.BytesIn, w.bytesIn)
	}
	for _, f := range []struct {
		name string
		flag event.Flags
		want bool
	}{{"malformed", event.Malformed, w.malformed}, {"absolute form", event.AbsoluteForm, w.absolute}, {"truncated", event.Truncated, false}} {
		if got := e.Flags&f.flag != 0; got != f.want && !(w.vague && f.flag != event.AbsoluteForm) {
			fmt.Fprintf(&b, "  %s: got %v\n", f.name, got)
		}
	}
	if l.has&event.HasTime != 0 {
		at := time.Unix(0, e.Time)
		if e.Flags&event.NoTime != 0 || at.Before(begin.Add(-time.Second)) || at.After(end.Add(time.Second)) {
			fmt.Fprintf(&b, "  time: got %v, want one from %v to %v\n", at.UTC(), begin.UTC(), end.UTC())
		}
	} else if e.Flags&event.NoTime == 0 {
		fmt.Fprintf(&b, "  time: got one, which this log does not have\n")
	}
	if l.has&event.HasDuration != 0 {
		if e.Duration < 0 && l.may&event.HasDuration == 0 && !w.malformed && !w.vague || e.Duration > int64(end.Sub(begin)) {
			fmt.Fprintf(&b, "  duration: got %v\n", time.Duration(e.Duration))
		}
	} else if e.Duration >= 0 && l.may&event.HasDuration == 0 {
		fmt.Fprintf(&b, "  duration: got %v, which this log does not have\n", time.Duration(e.Duration))
	}
	for f := event.Fields(1); f <= event.HasBytesIn; f <<= 1 {
		if l.has&^l.headers&f != 0 && e.Carries&f == 0 && !w.malformed && !w.vague {
			fmt.Fprintf(&b, "  does not say that it carries %v\n", f)
		}
	}
	return b.String()
}

// missing is v unless it is how logs write that there is no value.
func missing(v string) string {
	if v == "-" {
		return ""
	}
	return v
}

func or(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}

// folder returns a new folder that a server which gives up root can enter too.
func folder(t *testing.T) string {
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func freePort(t *testing.T, addresses []string) int {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", v4+":0")
		if err != nil {
			t.Fatal(err)
		}
		port := int(netip.MustParseAddrPort(l.Addr().String()).Port())
		err = nil
		if slices.Contains(addresses, v6) {
			var l6 net.Listener
			if l6, err = net.Listen("tcp", net.JoinHostPort(v6, strconv.Itoa(port))); err == nil {
				l6.Close()
			}
		}
		l.Close()
		if err == nil {
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// listen returns a directive for each address, with its %s replaced.
func listen(directive string, addresses []string, port int) string {
	var b strings.Builder
	for _, a := range addresses {
		fmt.Fprintf(&b, directive, net.JoinHostPort(a, strconv.Itoa(port)))
	}
	return b.String()
}

// passwords are the users that nginx and Apache let in, in a file for both.
const passwords = "alice:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\nbob smith:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n" // secret
