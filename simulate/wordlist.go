package simulate

import "strings"

// What probers ask for, and what the servers of a world say to it.

// wordlist is what scanners try first, whoever wrote them.
var wordlist = strings.Fields(`/.env /.env.local /.env.production /.env.bak /.env.save /.git/config /.git/HEAD /.git/index /.svn/entries /.DS_Store
/.aws/credentials /.ssh/id_rsa /.npmrc /.htpasswd /.htaccess /.vscode/sftp.json /.docker/config.json /.kube/config /.well-known/openid-configuration
/admin /admin/ /admin/login /administrator/ /admin.php /adminer.php /phpmyadmin/ /pma/ /mysql/ /myadmin/ /manager/html /console /console/ /dashboard
/actuator /actuator/health /actuator/env /actuator/heapdump /actuator/mappings /actuator/gateway/routes /jolokia /metrics /health /status /debug/pprof/ /debug/vars
/server-status /server-info /info.php /phpinfo.php /test.php /config.php /config.json /config.yml /configuration.php.bak /web.config /settings.py /appsettings.json
/swagger.json /swagger-ui.html /swagger/v1/swagger.json /swagger-ui/index.html /api-docs /v2/api-docs /v3/api-docs /openapi.json /openapi.yaml /redoc /docs /graphql /graphiql
/api /api/ /api/v1 /api/v1/ /api/v2 /api/v3 /api/internal /api/private /api/users /api/v1/users /api/admin /api/v1/admin /api/debug /api/config /api/keys /api/v1/export
/backup.zip /backup.tar.gz /backup.sql /db.sql /dump.sql /database.sql /site.zip /www.zip /old/ /backup/ /bak/ /tmp/ /logs/ /log/access.log /error.log /storage/logs/laravel.log
/wp-login.php /wp-config.php.bak /xmlrpc.php /wp-json/ /wp-content/debug.log /vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php /cgi-bin/luci /cgi-bin/test-cgi /boaform/admin/formLogin
/solr/admin/info/system /_cat/indices /_search /kibana /grafana/login /jenkins/login /script /hudson /nacos/ /druid/index.html /geoserver/web/ /owa/ /autodiscover/autodiscover.xml
/robots.txt /sitemap.xml /security.txt /.well-known/security.txt /crossdomain.xml /favicon.ico /package.json /composer.json /composer.lock /Dockerfile /docker-compose.yml /Makefile
/telescope/requests /horizon/dashboard /_profiler/phpinfo /_ignition/execute-solution /elmah.axd /trace.axd /remote/login /dana-na/ /vpn/index.html /+CSCOE+/logon.html /HNAP1 /shell /sdk`)

// roots and leaves make the rest of a wordlist.
var (
	roots  = strings.Fields("api v1 v2 app internal private dev test staging beta old new admin user users account accounts auth order orders data export upload files file public static system service services config backup report reports billing payment payments")
	leaves = strings.Fields("list all search new edit delete debug config settings status info export import dump backup logs keys tokens secrets users roles permissions audit health env test tmp old v1 v2 admin login reset download")
)

// probed returns the i-th path of a wordlist.
func probed(d dice, i int) string {
	if i < len(wordlist) && d.chance(0.9) {
		return wordlist[i]
	}
	path := "/" + d.pick(roots) + "/" + d.pick(leaves)
	if d.chance(0.3) {
		path += "." + d.pick([]string{"php", "json", "bak", "zip", "txt", "old", "yml", "sql"})
	}
	return path
}

// probe asks for a path that is in no document, and is answered as this
// world's server always answers it.
func (c *client) probe(method, path string) int {
	h := mix(c.api.seed^0x9b0b, 17)
	for _, b := range []byte(path) {
		h = mix(h, uint64(b))
	}
	a := ask{method: method, path: path, status: 404, out: 146, slow: 0.3}
	inDocs := strings.Contains(path, "swagger") || strings.Contains(path, "openapi") || strings.Contains(path, "api-docs") || path == "/docs" || path == "/redoc"
	switch {
	case method == "TRACE" || method == "TRACK" || method == "DEBUG" || method == "PROPFIND":
		a.status, a.out = 405, 90
	case path == "/robots.txt" || path == "/favicon.ico" || path == "/sitemap.xml":
		a.status, a.out = 200, 420
	case inDocs && h%7 == 0:
		a.status, a.out = 200, 61000
	case strings.HasPrefix(path, "/.") && c.api.waf:
		a.status, a.out = 403, 210
	case (strings.Contains(path, "health") || strings.Contains(path, "status") || strings.Contains(path, "metrics")) && h%3 == 0:
		a.status, a.out = 200, 60
	case (strings.Contains(path, "admin") || strings.Contains(path, "internal") || strings.Contains(path, "private")) && h%3 == 0:
		a.status, a.out = []int{401, 403}[h>>8%2], 80
	case h%97 == 0:
		a.status, a.out = 301, 0
	case h%211 == 0:
		a.status, a.out = 500, 520
	case h%331 == 0: // forgotten, and there
		a.status, a.out = 200, 2400
	}
	return c.send(a)
}
