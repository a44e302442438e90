package enrich

import (
	"strings"

	"goshawk/event"
)

// left are segments that only those ask for who look for what was left behind:
// consoles, management endpoints, shells, files of settings and of credentials.
// Sources: the lists of OWASP's WSTG-CONF-04 and -05, SecLists' "Common" and
// CrowdSec's http-sensitive-files, read for what they have in common.
var left = map[string]bool{
	"phpmyadmin": true, "pma": true, "myadmin": true, "mysqladmin": true, "adminer": true, "adminer.php": true, "phpinfo.php": true, "info.php": true, "phpinfo": true,
	"web.config": true, "server-status": true, "server-info": true, "id_rsa": true, "id_dsa": true, "id_ed25519": true, "authorized_keys": true,
	"actuator": true, "heapdump": true, "threaddump": true, "jolokia": true, "jmx-console": true, "web-console": true, "pprof": true, "trace.axd": true, "elmah.axd": true,
	"cgi-bin": true, "eval-stdin.php": true, "phpunit": true, "shell.php": true, "cmd.php": true, "c99.php": true, "r57.php": true, "webshell.php": true, "wso.php": true, "alfa.php": true,
	"boaform": true, "hnap1": true, "setup.cgi": true, "luci": true, "solr": true, "nacos": true, "druid": true, "geoserver": true, "jenkins": true, "hudson": true, "kibana": true,
	"_cat": true, "_cluster": true, "_ignition": true, "telescope": true, "horizon": true, "owa": true, "ecp": true, "autodiscover": true, "wlwmanifest.xml": true,
	"docker-compose.yml": true, "docker-compose.yaml": true, "dockerfile": true, "composer.lock": true, "composer.json": true, "appsettings.json": true, "laravel.log": true, "debug.log": true,
	"wp-config": true, "localsettings.php": true, "credentials.json": true, "secrets.json": true, "secrets.yml": true, "settings.py": true, "config.php": true, "database.yml": true, "parameters.yml": true,
	"latest/meta-data": true, "meta-data": true, "computemetadata": true, "manager": false,
}

// inside are words of what developers and operators keep for themselves. An API
// may well serve them: only where it does not do they say something.
var inside = map[string]bool{
	"debug": true, "config": true, "configs": true, "configuration": true, "conf": true, "env": true, "environment": true, "backup": true, "backups": true, "bak": true, "dump": true, "dumps": true,
	"log": true, "logs": true, "private": true, "secret": true, "secrets": true, "hidden": true, "internal": true, "legacy": true, "old": true, "tmp": true, "temp": true,
	"dev": true, "test": true, "testing": true, "staging": true, "beta": true, "console": true, "shell": true, "cmd": true, "exec": true, "root": true, "setup": true, "install": true, "installer": true,
	"swagger": true, "swagger-ui": true, "swagger-resources": true, "openapi": true, "api-docs": true, "redoc": true, "graphiql": true, "playground": true, "altair": true, "voyager": true,
	"phpmyadmin": true, "jmx": true, "mbeans": true, "pprof": true, "vars": true, "grafana": true, "prometheus": true, "script": true, "scripts": true, "portal": true, "db": true, "database": true, "sql": true,
	"credentials": true, "passwd": true, "passwords": true, "tokens": true, "permissions": true, "roles": true, "superuser": true, "sysadmin": true, "webadmin": true, "cpanel": true, "whm": true,
	"v0": true, "services": false,
}

// leftBehind says whether a segment, in lower case, is of that kind.
func leftBehind(seg string) (t event.Traits) {
	base, ext := seg, ""
	if i := strings.IndexByte(seg, '.'); i > 0 {
		base, ext = seg[:i], seg[strings.LastIndexByte(seg, '.')+1:]
	}
	switch {
	case seg[0] == '.' && len(seg) > 2 && seg[1] != '.' || left[seg] || base == "wp-config":
		t = event.Sensitive
	case strings.HasSuffix(seg, "~"):
		t = event.Sensitive
	}
	switch ext {
	case "bak", "old", "orig", "save", "swp", "swo", "sql", "sqlite", "mdb", "pem", "ppk", "kdbx", "pfx", "env", "git", "ini", "cfg":
		t = event.Sensitive
	case "zip", "tar", "gz", "tgz", "rar", "7z":
		switch base {
		case "backup", "www", "site", "db", "dump", "database", "web", "html", "public_html", "old", "src", "source", "code", "wwwroot", "website":
			t = event.Sensitive
		}
	}
	if inside[seg] || inside[base] {
		t |= event.Inside
	}
	return t
}
