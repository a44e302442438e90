package servers

import (
	"os/exec"
	"path/filepath"
	"testing"

	"goshawk/decode"
	"goshawk/event"
)

const (
	clf       = event.HasTime | event.HasClient | event.HasUser | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes
	combined  = clf | event.HasReferer | event.HasUserAgent
	nginxForm = `'$msec|$remote_addr|$remote_user|"$request"|$status|$bytes_sent|$request_length|$request_time|"$http_user_agent"|"$http_x_forwarded_for"'`
)

func TestNginx(t *testing.T) {
	run(t, server{name: "nginx", start: startNginx, logs: []log{
		{name: "combined", format: "combined", has: combined, bytes: body},
		{name: "json", format: "json", has: combined | event.HasForwarded | event.HasHost | event.HasDuration | event.HasBytesIn, bytes: body, sees: nginxVariables},
		{name: "sloppy", format: "json", has: combined | event.HasForwarded | event.HasDuration, bytes: total},
		{name: "custom", format: "custom", options: decode.Options{LogFormat: nginxForm}, bytes: total,
			has: combined&^event.HasReferer | event.HasForwarded | event.HasDuration | event.HasBytesIn},
		{name: "error", format: "nginx_error", faults: nginxFaults()},
	}})
}

// nginxFaults are what its error log must say. The status of who is limited or
// fails to log in is not in it.
func nginxFaults() []fault {
	all := []fault{
		{status: 404, method: "GET", path: "/missing"},
		{status: 403, method: "GET", path: "/denied"},
		{auth: event.AuthFail, method: "GET", path: "/private"}, // no password
	}
	logins := guesses(fault{method: "GET", path: "/private"})
	all = append(all, logins[:2]...)
	all = append(all, fault{action: event.Throttle, method: "GET", path: "/limited"})
	return append(all, logins[2:]...)
}

// nginxVariables is what remains of a request in variables of its parts: of one
// that is none, nothing.
func nginxVariables(w *want) {
	if w.malformed {
		w.path, w.malformed = "", false
	}
}

// startNginx runs it as one process, which keeps the user that started it.
func startNginx(t *testing.T, dir string, addresses []string, port int) *exec.Cmd {
	nginx := Command(t, "nginx", "nginx")
	write(t, filepath.Join(dir, "passwords"), passwords)
	write(t, filepath.Join(dir, "nginx.conf"), `
daemon off;
master_process off;
pid pid;
error_log error.log info;
events { worker_connections 64; }
http {
`+NginxPaths+`
large_client_header_buffers 4 64k;
log_format json escape=json '{"time":"$time_iso8601","remote_addr":"$remote_addr","remote_user":"$remote_user","method":"$request_method","uri":"$request_uri",'
	'"status":$status,"bytes":$body_bytes_sent,"referer":"$http_referer","user_agent":"$http_user_agent","xff":"$http_x_forwarded_for","host":"$http_host",'
	'"request_time":$request_time,"request_length":$request_length}';
log_format sloppy '{"time":$msec,"remote_addr":"$remote_addr","remote_user":"$remote_user","request":"$request","status":"$status","bytes_sent":"$bytes_sent",'
	'"http_referer":"$http_referer","http_user_agent":"$http_user_agent","http_x_forwarded_for":"$http_x_forwarded_for","rt":$request_time,"upstream":$upstream_response_time,}';
log_format custom `+nginxForm+`;
access_log combined.log combined;
access_log json.log json;
access_log sloppy.log sloppy;
access_log custom.log custom;
limit_req_zone $binary_remote_addr zone=tight:64k rate=1r/m;
limit_req_status 429;
server {
`+listen("listen %s;\n", addresses, port)+`
	root `+dir+`;
	location / { return 200 "ok\n"; }
	location = /missing { }
	location ^~ /gone { }
	location = /denied { deny all; }
	location = /broken { return 500; }
	location = /limited {
		limit_req zone=tight;
		try_files /nothing @ok;
	}
	location = /private {
		auth_basic test;
		auth_basic_user_file passwords;
		try_files /nothing @ok;
	}
	location @ok { return 200 "ok\n"; }
}
}
`)
	return exec.Command(nginx, "-p", dir, "-e", "stderr", "-c", filepath.Join(dir, "nginx.conf"))
}
