package enrich

import "strings"

// sensitiveParts are segments of paths, and what they hold, that hardly anybody
// asks for who does not look for a hole: configuration, backups, consoles,
// shells, keys. Sources: OWASP WSTG-CONF-04 and -05; nuclei-templates,
// http/exposures; CrowdSec, http-sensitive-files.
var sensitiveParts = []string{
	".env", ".git", ".svn", ".hg", ".aws", ".ssh", ".htaccess", ".htpasswd", ".ds_store", ".vscode", ".idea", ".npmrc", ".dockerenv", ".bash_history",
	"wp-config", "web.config", "phpinfo", "phpmyadmin", "adminer", "pma", "server-status", "server-info", "cgi-bin", "actuator", "heapdump", "jolokia",
	"jmx-console", "web-console", "hudson", "jenkins", "solr", "druid", "telescope", "_profiler", "elmah.axd", "trace.axd", "_cat", "_cluster",
	"id_rsa", "credentials", "secrets", "passwd", "shadow", "docker-compose", "dockerfile", "kubeconfig", "terraform.tfstate", "phpunit", "eval-stdin.php",
	"shell.php", "cmd.php", "c99.php", "r57.php", "boaform", "hnap1", "autodiscover", "ecp", "struts", "invoker", "swagger", "swagger-ui", "api-docs", "openapi.json", "swagger.json", "graphiql", "metadata",
}

// sensitiveEnds are endings of files that do not belong on a server.
var sensitiveEnds = []string{".sql", ".bak", ".old", ".swp", ".orig", ".tar.gz", ".tgz", ".zip", ".7z", ".rar", ".pem", ".key", ".pfx", ".log", ".ini", ".conf", ".yml", ".yaml", ".sqlite", ".db", ".dump", "~"}

// sensitive says whether a path is of that kind. Where the API itself answers
// there it says nothing: what was found counts for nobody.
func sensitive(path string) bool {
	for seg := range strings.SplitSeq(strings.ToLower(path), "/") {
		if seg == "" || seg[0] == '{' {
			continue
		}
		for _, p := range sensitiveParts {
			if seg == p || strings.HasPrefix(seg, p) && (p[0] == '.' || len(seg) > len(p) && !isLetter(seg[len(p)])) {
				return true
			}
		}
		for _, x := range sensitiveEnds {
			if strings.HasSuffix(seg, x) {
				return true
			}
		}
	}
	return false
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
