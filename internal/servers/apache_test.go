package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"goshawk/decode"
	"goshawk/event"
)

const apacheForm = `%h %u %{%Y-%m-%dT%H:%M:%S%z}t \"%r\" %>s %B %I %O %D %{ms}T \"%{X-Forwarded-For}i\" \"%{User-Agent}i\"`

func TestApache(t *testing.T) {
	run(t, server{name: "apache", start: startApache, logs: []log{
		{name: "combined", format: "combined", has: combined, bytes: body},
		{name: "vhost_combined", format: "combined", has: combined | event.HasHost, host: "main.example.com:80", bytes: total},
		{name: "custom", format: "custom", options: decode.Options{LogFormat: apacheForm}, bytes: body,
			has: combined&^event.HasReferer | event.HasForwarded | event.HasDuration | event.HasBytesIn},
		{name: "error", format: "apache_error", faults: append([]fault{{status: 403}}, guesses(fault{path: "/private"})...)}, // of what is denied the path is a file's
	}})
}

func startApache(t *testing.T, dir string, addresses []string, port int) *exec.Cmd {
	apache := Command(t, "apache2", "apache2")
	write(t, filepath.Join(dir, "passwords"), passwords)
	write(t, filepath.Join(dir, "ok"), "ok\n")
	load, user := "", ""
	for _, m := range []string{"mpm_event", "authn_core", "authn_file", "auth_basic", "authz_core", "authz_user", "alias"} {
		load += "LoadModule " + m + "_module /usr/lib/apache2/modules/mod_" + m + ".so\n"
	}
	if os.Getuid() == 0 {
		user = "User www-data\nGroup www-data\n" // it refuses to serve as root
	}
	write(t, filepath.Join(dir, "httpd.conf"), load+user+`
ServerRoot `+dir+`
PidFile pid
DefaultRuntimeDir `+dir+`
ServerName main.example.com
`+listen("Listen %s\n", addresses, port)+`
StartServers 1
ServerLimit 1
ThreadsPerChild 8
MaxRequestWorkers 8
MinSpareThreads 1
MaxSpareThreads 8
LimitRequestLine 32000
LimitRequestFieldSize 32000
AllowEncodedSlashes NoDecode
GracefulShutdownTimeout 1
ErrorLog error.log
LogLevel info
LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"" combined
LogFormat "%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" vhost_combined
LogFormat "`+apacheForm+`" custom
CustomLog combined.log combined
CustomLog vhost_combined.log vhost_combined
CustomLog custom.log custom
<Directory "`+dir+`">
	Require all granted
</Directory>
<Location "/private">
	AuthType Basic
	AuthName test
	AuthUserFile passwords
	Require valid-user
</Location>
<Location "/denied">
	Require all denied
</Location>
Alias /missing `+dir+`/nothing
Redirect 429 /limited
Redirect 500 /broken
AliasMatch ^ `+dir+`/ok
`)
	return exec.Command(apache, "-f", filepath.Join(dir, "httpd.conf"), "-D", "FOREGROUND")
}
