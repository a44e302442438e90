package decode

import (
	"strings"
	"testing"

	"goshawk/event"
)

const (
	nginxLine = `203.0.113.57 - - [12/Oct/2023:14:32:45 +0000] "GET /api/v1/orders/48213?expand=items&page=2 HTTP/1.1" 200 1843 "https://shop.example.com/account/orders" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/117.0.0.0 Safari/537.36"`
	jsonLine  = `{"time_iso8601":"2023-10-12T14:32:45+00:00","remote_addr":"203.0.113.57","remote_user":"","request_method":"GET","request_uri":"/api/v1/orders/48213?expand=items&page=2","server_protocol":"HTTP/1.1","status":200,"body_bytes_sent":1843,"request_length":412,"request_time":0.034,"upstream_response_time":"0.031","http_referer":"https://shop.example.com/account/orders","http_user_agent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/117.0.0.0 Safari/537.36","http_host":"shop.example.com","request_id":"8f14e45fceea167a5a36dedd4bea2543"}`
	pinoLine  = `{"level":30,"time":1697200005250,"pid":7,"hostname":"a1","req":{"id":1,"method":"GET","url":"/v2/teams/31?expand=all","query":{"expand":"all"},"params":{},"headers":{"host":"api.example.com","user-agent":"curl/8.1.2","x-api-key":"pk_live_77aa","x-forwarded-for":"203.0.113.9, 10.0.0.3"},"remoteAddress":"::ffff:10.0.0.3","remotePort":50412},"res":{"statusCode":200,"headers":{"content-length":"118"}},"responseTime":7,"msg":"request completed"}`
	trapLine  = `www.example.com:443 203.0.113.57 - Mary Jones [12/Oct/2023:14:32:45 +0200] "GET /find?term=\x22tea\x22 HTTP/1.1" 200 1843 "-" "a \x22quoted\x22 agent" "10.0.0.1" 0.034`
	errorLine = `2023-10-12T14:32:45.123Z ERROR 403 Access Denied - /v2/reports/7 - IP: 192.0.2.61 - User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/93.0.4577.82 Safari/537.36`
)

const (
	uvicornLine = `INFO:     203.0.113.9:54321 - "GET /api/v1/orders/48213?expand=items&page=2 HTTP/1.1" 200 OK`
	logfmtLine  = `time=2023-10-12T14:32:45.123Z level=info msg="request handled" method=GET uri="/api/v1/orders/48213?expand=items&page=2" status=200 remote_ip=203.0.113.9 latency=1.25ms user_agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"`
	attemptLine = `2023-10-12 14:32:45,123 WARN [auth] Login failed for bob@example.com from 192.0.2.61`
)

// Lines of servers and proxies.
const (
	haproxyLine    = `203.0.113.9:51234 [12/Oct/2023:14:32:45.123] fe_api~ be_api/srv1 0/0/1/12/13 200 532 - - ---- 3/2/1/1/0 0/0 {api.example.com|Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/93.0.4577.82 Safari/537.36|198.51.100.4} {118|} "GET /api/items?q=#22x#22 HTTP/1.1"`
	envoyLine      = `[2023-10-12T14:32:45.123Z] "GET /api/items?page=2 HTTP/2" 200 - via_upstream - "-" 0 1245 17 16 "203.0.113.9" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/93.0.4577.82 Safari/537.36" "d5f0c5c1-8a35-9b3c-9f5e-4a2a1f7d3c11" "api.example.com" "10.0.0.7:8080" outbound|80||items.shop.svc.cluster.local 10.0.0.2:41000 10.0.0.2:8080 203.0.113.9:50000 api.example.com default`
	nginxErrorLine = `2023/10/12 14:32:45 [error] 812#812: *7 limiting requests, excess: 5.428 by zone "api", client: 203.0.113.9, server: api.example.com, request: "GET /v1/items?page=2 HTTP/1.1", host: "api.example.com", referrer: "https://shop.example.com/"`
	apacheErrLine  = `[Thu Oct 12 14:32:45.123456 2023] [auth_basic:error] [pid 812:tid 140] [client 2001:db8::9:51386] AH01617: user al\"ice: authentication failure for "/private": Password Mismatch, referer: https://example.com/login`
	modsecLine     = `[client 203.0.113.9] ModSecurity: Access denied with code 403 (phase 2). [data "a \"b\""] [hostname "example.com"] [uri "/a\"b"] [unique_id "YVW7KjiKxXlACWj0"]`
	squidLine      = `1697121165.123     12 203.0.113.9 TCP_MISS/200 4099 GET http://www.example.com/a?b=1 alice HIER_DIRECT/198.51.100.1 text/html`
	zoraxyLine     = `2023/10/12 14:32:45 [2023-10-12 14:32:45.123456] [router:host-http] [origin:www.example.com] [client: 203.0.113.9] [useragent: Mozilla/5.0 (X11; Linux x86_64)] POST /xmlrpc.php?a=1 404`
	lighttpdLine   = `2023-10-12 14:32:45: (mod_auth.c.853) password doesn't match for /private/ username: alice, IP: 203.0.113.9`
	npmLine        = `[12/Oct/2023:14:32:45 +0000] - 404 404 - GET https shop.example.com "/x?q=\x22" [Client 203.0.113.9] [Length 192] [Gzip 3.10] [Sent-to 10.0.0.1] "Mozilla/5.0 (X11; Linux x86_64)" "https://shop.example.com/"`
	npmPlusLine    = `[12/Oct/2023:14:32:45 +0200] shop.example.com 203.0.113.9 0.227 "REPORT /dav/alice/ HTTP/2.0" 207 125 440 - Mozilla/5.0 (X11; Linux x86_64) Thunderbird/115.0`
	apacheTLSLine  = `[12/Oct/2023:14:32:45 +0200] 203.0.113.9 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 "GET /a\" b HTTP/1.1" 5`
)

func benchmark(b *testing.B, o Options, line string) {
	d, err := New(o)
	if err != nil {
		b.Fatal(err)
	}
	var e event.Event
	in := &Context{Order: d.Guess(line)}
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Decode(line, in, &e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCombined(b *testing.B) { benchmark(b, Options{}, nginxLine) }
func BenchmarkPlain(b *testing.B)    { benchmark(b, Options{}, trapLine) }
func BenchmarkJSON(b *testing.B)     { benchmark(b, Options{}, jsonLine) }
func BenchmarkPino(b *testing.B)     { benchmark(b, Options{}, pinoLine) }
func BenchmarkText(b *testing.B)     { benchmark(b, Options{}, errorLine) }
func BenchmarkUvicorn(b *testing.B)  { benchmark(b, Options{}, uvicornLine) }
func BenchmarkLogfmt(b *testing.B)   { benchmark(b, Options{}, logfmtLine) }
func BenchmarkAttempt(b *testing.B)  { benchmark(b, Options{}, attemptLine) }
func BenchmarkSyslog(b *testing.B) {
	benchmark(b, Options{}, "<190>Oct 12 14:32:45 web1 nginx: "+nginxLine)
}
func BenchmarkCRI(b *testing.B) {
	benchmark(b, Options{}, "2023-10-12T14:32:45.123456789Z stdout F "+nginxLine)
}
func BenchmarkDocker(b *testing.B) {
	benchmark(b, Options{}, `{"log":"`+strings.ReplaceAll(nginxLine, `"`, `\"`)+`\n","stream":"stdout","time":"2023-10-12T14:32:45.123456789Z"}`)
}
func BenchmarkHAProxy(b *testing.B)    { benchmark(b, Options{}, haproxyLine) }
func BenchmarkEnvoy(b *testing.B)      { benchmark(b, Options{}, envoyLine) }
func BenchmarkNginxError(b *testing.B) { benchmark(b, Options{}, nginxErrorLine) }
func BenchmarkTraefik(b *testing.B)    { benchmark(b, Options{}, firstOf(b, "traefik")) }
func BenchmarkCaddy(b *testing.B)      { benchmark(b, Options{}, firstOf(b, "caddy")) }
func BenchmarkCloudflare(b *testing.B) { benchmark(b, Options{}, firstOf(b, "cloudflare")) }
func BenchmarkCustom(b *testing.B)     { benchmark(b, Options{LogFormat: nginxCombined}, nginxLine) }
func BenchmarkALB(b *testing.B)        { benchmark(b, Options{}, albLine) }
func BenchmarkS3(b *testing.B)         { benchmark(b, Options{}, s3Line) }
func BenchmarkCloudTrail(b *testing.B) { benchmark(b, Options{}, cloudTrailLine) }
func BenchmarkWAF(b *testing.B)        { benchmark(b, Options{}, wafLine) }

const (
	albLine = `https 2023-10-12T14:32:45.186641Z app/api/50dc6c495c0c9188 203.0.113.57:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 311 1843 "GET https://shop.example.com:443/api/v1/orders/48213?expand=items&page=2 HTTP/1.1" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/117.0.0.0 Safari/537.36" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/api/73e2d6bc24d8a067 "Root=1-58337281-1d84f3d73c47ec4e58577259" "shop.example.com" "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012" 1 2023-10-12T14:32:45.015000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234abcd5678ef90`
	s3Line  = `79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be books [12/Oct/2023:14:32:45 +0000] 203.0.113.57 arn:aws:iam::123456789012:user/alice 3E57427F33A59F07 REST.GET.OBJECT covers/48213.jpg "GET /books/covers/48213.jpg?x-id=GetObject HTTP/1.1" 200 - 1843 1843 7 5 "https://shop.example.com/account/orders" "aws-cli/2.13.5 Python/3.11.4 Linux/5.10" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader books.s3.eu-west-1.amazonaws.com TLSv1.2 - -`

	cloudTrailLine = `{"eventVersion":"1.09","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:bob@example.com","arn":"arn:aws:sts::123456789012:assumed-role/ops/bob@example.com","accountId":"123456789012","accessKeyId":"ASIAEXAMPLE2","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::123456789012:role/ops","accountId":"123456789012","userName":"ops"},"attributes":{"creationDate":"2023-10-12T14:00:00Z","mfaAuthenticated":"true"}}},"eventTime":"2023-10-12T14:32:46Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.57","userAgent":"[aws-cli/2.13.5 Python/3.11.4 Linux/5.10]","requestParameters":{"bucketName":"books","Host":"books.s3.eu-west-1.amazonaws.com","key":"covers/48213.jpg"},"responseElements":null,"additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"ECDHE-RSA-AES128-GCM-SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","bytesTransferredOut":1843},"requestID":"3E57427F33A59F07","eventID":"a07f3a5e-0c97-45db-840c-6f206dce8c5b","readOnly":true,"resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::books/covers/48213.jpg"},{"accountId":"123456789012","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::books"}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"123456789012","eventCategory":"Data","tlsDetails":{"tlsVersion":"TLSv1.2","cipherSuite":"ECDHE-RSA-AES128-GCM-SHA256","clientProvidedHostHeader":"books.s3.eu-west-1.amazonaws.com"}}`
	wafLine        = `{"timestamp":1697121165123,"formatVersion":1,"webaclId":"arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/api/1","terminatingRuleId":"Default_Action","terminatingRuleType":"REGULAR","action":"ALLOW","terminatingRuleMatchDetails":[],"httpSourceName":"ALB","httpSourceId":"app/api/1","ruleGroupList":[],"rateBasedRuleList":[],"nonTerminatingMatchingRules":[],"requestHeadersInserted":null,"responseCodeSent":null,"httpRequest":{"clientIp":"203.0.113.57","country":"NL","headers":[{"name":"Host","value":"api.example.com"},{"name":"User-Agent","value":"Mozilla/5.0 (X11; Linux x86_64)"},{"name":"x-api-key","value":"ak_live_1"},{"name":"accept","value":"*/*"}],"uri":"/books/17","args":"expand=all","httpVersion":"HTTP/2.0","httpMethod":"GET","requestId":"n6LHLPqblIh_4qRsVj0940K9"},"ja4Fingerprint":"t13d1717h2_5b57614c22b0_3cbfd9057e0d"}`
)

const nginxCombined = `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`

// TestAllocations holds the promise that a line costs no garbage, whatever its
// format and whether it is understood or not.
func TestAllocations(t *testing.T) {
	d, _ := New(Options{})
	var e event.Event
	check := func(line string, in *Context) {
		t.Helper()
		if n := testing.AllocsPerRun(10, func() { d.Decode(line, in, &e) }); n != 0 {
			t.Errorf("%v allocations: %s", n, line)
		}
	}
	for _, line := range []string{nginxLine, jsonLine, pinoLine, trapLine, errorLine, "not a log line", `{"msg":"listening"}`} {
		check(line, &Context{Order: d.Guess(line)})
	}
	for _, f := range Formats() {
		log, format := logOf(t, f.Name)
		if format != "" {
			continue
		}
		order := d.Guess(log)
		for header, text := range Sections(log, "") {
			in := &Context{Order: order, Header: header, Written: sampled}
			for line := range strings.Lines(text) {
				check(strings.TrimSuffix(line, "\n"), in)
			}
		}
	}
}

// BenchmarkGuess recognises a log that mixes all formats, which is the slowest
// to recognise.
func BenchmarkGuess(b *testing.B) {
	d, _ := New(Options{})
	var all strings.Builder
	for all.Len() < guessBytes {
		for _, f := range Formats() {
			log, _ := logOf(b, f.Name)
			all.WriteString(log)
		}
	}
	for b.Loop() {
		d.Guess(all.String())
	}
}

// firstOf is the first line of a format's sample.
func firstOf(t testing.TB, format string) string {
	log, _ := logOf(t, format)
	line, _, _ := strings.Cut(log, "\n")
	return line
}
