package decode

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"goshawk/event"
)

// sections writes each piece as its header in brackets and its text.
func sections(text, header string) string {
	var b strings.Builder
	for h, piece := range Sections(text, header) {
		fmt.Fprintf(&b, "[%s]%s", h, piece)
	}
	return b.String()
}

func TestSections(t *testing.T) {
	f := func(text, header, want string) {
		t.Helper()
		if got := sections(text, header); got != want {
			t.Errorf("%q under %q\n got %q\nwant %q", text, header, got, want)
		}
	}
	f("", "", "")
	f("a\nb\n", "", "[#]a\nb\n")
	f("\n\na\n", "", "[]\n\n[#]a\n")

	// W3C
	f("#Version: 1.0\n#Fields: date time\nr\n", "", "[]#Version: 1.0\n[#Fields: date time]#Fields: date time\nr\n")
	f("\ufeff#Fields: date time\r\nr\n", "", "[#Fields: date time]\ufeff#Fields: date time\r\nr\n")
	f("r\n#Fields: a b\nr\n", "#Fields: a", "[#Fields: a]r\n[#Fields: a b]#Fields: a b\nr\n")
	f("#Date: 2023-10-12 01:00:00\n#Fields: date time\nr\n#Date: 2023-10-13\n#Fields: date time\n", "",
		"[#Date: 2023-10-12 01:00:00]#Date: 2023-10-12 01:00:00\n[#Fields: date time]#Fields: date time\nr\n#Date: 2023-10-13\n#Fields: date time\n")
	f("#Date: 2023-10-12\n#Fields: time\nr\n#Date: 2023-10-13\nr\n", "",
		"[#Date: 2023-10-12]#Date: 2023-10-12\n[#Date: 2023-10-12\n#Fields: time]#Fields: time\nr\n[#Date: 2023-10-13\n#Fields: time]#Date: 2023-10-13\nr\n")
	const row = "2023-10-12 14:32:44 192.0.2.80 GET / - 443 - 203.0.113.9 - - 200 0 0 31\n"
	f(row+row, "", "["+iisDefault.header+"]"+row+row)

	// Zeek
	f("#separator \\x09\n#path\thttp\n#fields\tts\tuid\nr\n#close\n", "", "[#separator \\x09]#separator \\x09\n#path\thttp\n[#separator \\x09\n#fields\tts\tuid]#fields\tts\tuid\nr\n#close\n")
	f("#fieldsets\nr\n", "", "[]#fieldsets\n[#]r\n")

	// Values: the first line names the columns to the end of the log.
	f("time,client_ip,path\nr\n#Fields: date\ntime,path,client_ip\n", "", "[time,client_ip,path]time,client_ip,path\nr\n#Fields: date\ntime,path,client_ip\n")
	f("r\n", "time,client_ip,path", "[time,client_ip,path]r\n")
	f("r\ntime,client_ip,path\n", "", "[#]r\ntime,client_ip,path\n")
	f("time,client_ip,path\n", "#", "[#]time,client_ip,path\n")

	// A header in a log that began otherwise is late, and stays so.
	f("r\n#Fields: time\nr\n#Date: 2023-10-12\n", "", "[#]r\n[#\n#Fields: time]#Fields: time\nr\n[#\n#Date: 2023-10-12\n#Fields: time]#Date: 2023-10-12\n")
	f("r\n#separator \\x09\n#fields\tts\n", "#", "[#]r\n[#\n#separator \\x09]#separator \\x09\n[#\n#separator \\x09\n#fields\tts]#fields\tts\n")
	f("#Fields: "+strings.Repeat("x ", maxHeader)+"\n", "#Fields: time", "[#Fields: time]#Fields: "+strings.Repeat("x ", maxHeader)+"\n")
}

func TestIsColumns(t *testing.T) {
	f := func(line string, want bool) {
		t.Helper()
		if got := isColumns(line); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
	f("timestamp,client_ip,method,path,status", true)
	f(`"@timestamp","source.ip","http.request.method","url.path","http.response.status_code","user_agent.original"`, true)
	f("Date;Time;IP Address;Method;URL;Status Code", true)
	f("date\ttime\tc_ip\tcs_method\tcs_uri_stem\tsc_status", true)
	f("id,hitID,ctime,fail,action,username,userID,IP,UA", true)
	f("Event ID,Severity,Date,User,IP,Object,Event Type,Message", true)
	f("insertId,httpRequest.requestMethod,httpRequest.requestUrl,httpRequest.status,httpRequest.remoteIp,timestamp", true)
	f("@timestamp,@message", true)
	f("_time,_raw", true)
	f("Loaded: path,status,method", false)
	f("time, path, status, method", false)
	f("name,age", false)
	f("time,path", false)
	f("method=GET, path=/a, status=200", false)
	f(`2023-10-12T14:32:45Z,GET,/a,200`, false)
	f(`203.0.113.9 - - [12/Oct/2023:14:32:45 +0000] "GET /a,method,path,status HTTP/1.1" 200 12`, false)
	f(`{"method":"GET","path":"/a","status":200}`, false)
	f("Error, the method, path and status are wrong, sorry, friend, but, so, it, is", false)
	f("", false)
}

// TestLateHeader holds that whoever writes line breaks into a log changes what no
// line after them means, but for what nothing understands.
func TestLateHeader(t *testing.T) {
	d, _ := New(Options{})
	read := func(line string, in *Context) string {
		var e event.Event
		if err := d.Decode(line, in, &e); err != nil {
			return err.Error()
		}
		return e.Format + " " + show(&e)
	}
	victims := []string{
		nginxLine, jsonLine, pinoLine, trapLine, errorLine,
		"2023-10-12 14:32:45 WARN 403 Access Denied - /v2/reports/7 - IP: 192.0.2.61",
		"2023-10-12 14:32:45 INFO nothing happened",
	}
	injected := []string{
		"#Fields: date time x x x x x x x x x cs-uri-stem c-ip",
		"#Fields: date time level sc-status x x x cs-uri-stem x x c-ip",
		"#Fields: timestamp x x",
		"#Fields: c-ip x x time x x x x x x",
		"#Date: 2023-10-12\n#Fields: x time x x x x x x x x c-ip",
		"#separator \\x20\n#fields ts method uri id.orig_h",
		"#separator \\x2c\n#fields,ts,method,uri,id.orig_h",
		"timestamp,client_ip,method,path,status",
	}
	for _, victim := range victims {
		for _, other := range victims {
			for _, attack := range injected {
				log := other + "\n" + attack + "\n" + victim + "\n"
				order := d.Guess(log)
				want := read(victim, &Context{Order: order})
				for header, text := range Sections(log, "") {
					if strings.HasSuffix(text, victim+"\n") {
						if got := read(victim, &Context{Order: order, Header: header}); got != want && !strings.HasPrefix(want, "byte") {
							t.Errorf("%s\n%s\n got %s\nwant %s", attack, victim, got, want)
						}
					}
				}
			}
		}
	}
}

// FuzzSections holds that the pieces are the text, and that a line has the same
// header however the text before it is cut into whole lines.
func FuzzSections(f *testing.F) {
	f.Add("#Fields: a\nr\n#Date: 2023-10-12\n#Fields: time\nr\n", uint64(0x5555))
	f.Add("\n\n#Version\n#separator \\x09\n#fields\tts\nr\n\xef\xbb\xbf#Fields: b\nr", uint64(3))
	f.Add("time,client_ip,path\nr\n#Fields: a\n", uint64(1))
	f.Add("r\n#Fields: a\nr\n#fields|ts\n", uint64(2))
	headers := func(text, header string, to []string) ([]string, string) {
		joined := ""
		for h, piece := range Sections(text, header) {
			header = h
			joined += piece
			for range strings.Lines(piece) {
				to = append(to, h)
			}
		}
		if joined != text {
			panic("the pieces are not the text: " + joined)
		}
		return to, header
	}
	f.Fuzz(func(t *testing.T, text string, cuts uint64) {
		want, _ := headers(text, "", nil)
		var got []string
		header, piece, i := "", "", 0
		for line := range strings.Lines(text) {
			if piece += line; cuts>>(i%64)&1 != 0 {
				got, header = headers(piece, header, got)
				piece = ""
			}
			i++
		}
		if got, _ = headers(piece, header, got); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%q, cut by %x\n got %q\nwant %q", text, cuts, got, want)
		}
	})
}

// FuzzColumns holds of any header and line what FuzzDecode holds of lines.
func FuzzColumns(f *testing.F) {
	for _, line := range hostile {
		f.Add(w3cHeader, line)
		f.Add("timestamp,client_ip,method,path,status,user_agent", line)
		f.Add("#separator "+line+"\n#fields\tts\tmethod\turi", line)
	}
	f.Add(w3cHeader, w3cLine)
	f.Add(edgeFields, edgeLine)
	f.Add(zeekHeader, zeekLine)
	f.Add(late+zeekHeader, zeekLine)
	f.Add(csvHeader, csvLine)
	used, _ := New(Options{})
	f.Fuzz(func(t *testing.T, header, line string) {
		fresh, _ := New(Options{})
		var e, e2 event.Event
		in := &Context{Header: header}
		err := used.Decode(line, in, &e)
		err2 := fresh.Decode(line, in, &e2)
		if (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
			t.Fatalf("got %v from a used decoder, %v from a new one", err, err2)
		}
		if a, b := show(&e), show(&e2); a != b || e.Format != e2.Format {
			t.Fatalf("got %s from a used decoder, %s from a new one", a, b)
		}
		if bad, ok := err.(*Error); ok && (bad.Offset < 0 || bad.Offset > len(line)) {
			t.Fatalf("offset %d in a line of %d", bad.Offset, len(line))
		}
		if err == nil && (e.Format == "" || e.Carries == 0) {
			t.Fatalf("an event without format or fields: %s", show(&e))
		}
	})
}

const (
	w3cHeader  = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken"
	w3cLine    = "2023-10-12 14:32:45 192.0.2.80 GET /api/v1/orders/48213 expand=items&page=2 443 - 203.0.113.57 Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)+AppleWebKit/537.36+(KHTML,+like+Gecko)+Chrome/117.0.0.0+Safari/537.36 https://shop.example.com/account/orders 200 0 0 1843 412 34"
	edgeLine   = "2023-10-12\t14:32:45\tFRA2\t1843\t203.0.113.57\tGET\td111111abcdef8.cloudfront.net\t/api/v1/orders/48213\t200\thttps://shop.example.com/account/orders\tMozilla/5.0%20(Windows%20NT%2010.0;%20Win64;%20x64)%20AppleWebKit/537.36%20(KHTML,%20like%20Gecko)%20Chrome/117.0.0.0%20Safari/537.36\texpand=items&page=2\t-\tMiss\tMRVMF7KydIvxMWfJIglgwHQwZsbG2IhRJ07sn9AkKUFSHS9EXAMPLE==\tshop.example.com\thttps\t412\t0.034\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tMiss\tHTTP/2.0\t-\t-\t51754\t0.034\tMiss\tapplication/json\t1201\t-\t-"
	zeekHeader = "#separator \\x09\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\ttrans_depth\tmethod\thost\turi\treferrer\tversion\tuser_agent\torigin\trequest_body_len\tresponse_body_len\tstatus_code\tstatus_msg\tinfo_code\tinfo_msg\ttags\tusername\tpassword\tproxied"
	zeekLine   = "1697121165.123456\tCXHB1X22027MRWU6D\t203.0.113.57\t55548\t192.0.2.80\t80\t1\tGET\tshop.example.com\t/api/v1/orders/48213?expand=items&page=2\thttps://shop.example.com/account/orders\t1.1\tMozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/117.0.0.0 Safari/537.36\t-\t0\t1843\t200\tOK\t-\t-\t(empty)\t-\t-\tVIA -> 1.1 proxy (squid/4.10),X-FORWARDED-FOR -> 198.51.100.7"
	csvHeader  = "timestamp,client_ip,method,host,path,query,status,bytes,request_time,referer,user_agent,request_id"
	csvLine    = `2023-10-12T14:32:45.000Z,203.0.113.57,GET,shop.example.com,/api/v1/orders/48213,expand=items&page=2,200,1843,0.034,https://shop.example.com/account/orders,"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/117.0.0.0 Safari/537.36",8f14e45fceea167a5a36dedd4bea2543`
)

func benchmarkUnder(b *testing.B, header, line string) {
	d, _ := New(Options{})
	var e event.Event
	in := &Context{Order: d.Guess(header + "\n" + line), Header: header}
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Decode(line, in, &e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkW3C(b *testing.B)        { benchmarkUnder(b, w3cHeader, w3cLine) }
func BenchmarkCloudFront(b *testing.B) { benchmarkUnder(b, edgeFields, edgeLine) }
func BenchmarkZeek(b *testing.B)       { benchmarkUnder(b, zeekHeader, zeekLine) }
func BenchmarkCSV(b *testing.B)        { benchmarkUnder(b, csvHeader, csvLine) }

func TestAllocationsUnderHeaders(t *testing.T) {
	d, _ := New(Options{})
	var e event.Event
	const xml = `<Event><System><EventID>6200</EventID></System><EventData><Data Name="date">2023-10-12</Data><Data Name="time">14:32:45</Data><Data Name="c-ip">203.0.113.9</Data>` +
		`<Data Name="cs-method">GET</Data><Data Name="cs-uri-stem">/a</Data><Data Name="cs-uri-query">a&amp;b</Data><Data Name="csUser-Agent">a+b</Data><Data Name="sc-status">200</Data></EventData></Event>`
	for _, c := range [][2]string{{w3cHeader, w3cLine}, {edgeFields, edgeLine}, {zeekHeader, zeekLine}, {csvHeader, csvLine}, {"#", edgeLine}, {"", xml}, {late + w3cHeader, w3cLine}} {
		in := &Context{Header: c[0]}
		if err := d.Decode(c[1], in, &e); err != nil {
			t.Errorf("%v: %s", err, c[1])
		}
		if n := testing.AllocsPerRun(100, func() { d.Decode(c[1], in, &e) }); n != 0 {
			t.Errorf("%v allocations: %s", n, c[1])
		}
	}
}

func decodedAlone(line string) string {
	d, _ := New(Options{})
	var e event.Event
	d.Decode(line, nil, &e)
	s, _, _ := strings.Cut(show(&e), " carries=")
	return e.Format + " " + s
}

// TestColumnsOfMany holds what a user may not expect.
func TestColumnsOfMany(t *testing.T) {
	f := func(header, line, want string) {
		t.Helper()
		d, _ := New(Options{})
		var e event.Event
		got := ""
		if err := d.Decode(line, &Context{Header: header}, &e); err != nil {
			got = err.Error()
		} else {
			got, _, _ = strings.Cut(show(&e), " carries=")
			got = e.Format + " " + got
		}
		if got != want {
			t.Errorf("%s\n%s\n got %s\nwant %s", header, line, got, want)
		}
	}
	// The unit of time-taken is known by the other columns, or by a point.
	f("#Fields: time c-ip cs-method cs-uri-stem time-taken", "14:32:45 203.0.113.9 GET / 370879", "w3c client=203.0.113.9 method=GET path=/ flags=no_time")
	f("#Fields: time c-ip cs-method cs-uri-stem time-taken", "14:32:45 203.0.113.9 GET / 0.5", "w3c client=203.0.113.9 method=GET path=/ duration=500ms flags=no_time")
	f("#Fields: time c-ip cs-method cs-uri-stem time-taken sc-substatus", "14:32:45 203.0.113.9 GET / 5 0", "w3c client=203.0.113.9 method=GET path=/ duration=5ms flags=no_time")
	f("#Fields: time c-ip cs-method cs-uri-stem time-taken x-edge-location", "14:32:45 203.0.113.9 GET / 5 FRA2", "w3c client=203.0.113.9 method=GET path=/ duration=5s flags=no_time")

	// What was cut is not taken for what it is not, and other logs' lines not for rows.
	const fields = "#Fields: date time c-ip cs-method cs-uri-stem cs-username sc-status time-taken"
	f(fields, "2023-10-12 14:32:45 203.0.113.9 GET /a bob 200 12", "w3c time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a status=200 user=bob")
	f(fields, "2023-10-12 14:32:45 203.0.113.9 GET /a bob 200", "w3c time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a status=200 user=bob flags=truncated")
	f(fields, "2023-10-12 14:32:45 203.0.113.9 GET /a bob 20", "w3c time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a user=bob flags=truncated")
	f(fields, "2023-10-12 14:32:45 203.0.113.9 GET /a bo", "w3c time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a flags=truncated")
	f(fields, "2023-10-12 14:32:45 203.0.113.9 GET /", "w3c time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/ flags=truncated")
	f(fields, "2023-10-12 14:32:45 203.0.113.9 GE", "byte 34: cut before it is a request")
	f(fields, "2023-10-12 14:32:45 203.0", "byte 25: cut before it is a request")
	f(fields, "2023-10-12 14:32:45 ERROR 403 Access Denied - /v2/reports/7 - IP: 192.0.2.61", "text time=2023-10-12T14:32:45Z client=192.0.2.61 level=ERROR path=/v2/reports/7 status=403 flags=time_inferred+signature")
	f(fields, "2023-10-12 14:32:45 ERROR 403 /v2/reports/7 - 192.0.2.61", "text time=2023-10-12T14:32:45Z level=ERROR path=/v2/reports/7 status=403 flags=time_inferred")
	f(fields, nginxLine, decodedAlone(nginxLine))

	// A late header's rows are read if nothing else understands them.
	f(late+fields, "2023-10-12 14:32:45 203.0.113.9 GET /a bob 200 12", "w3c time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a status=200 user=bob")
	f("#", `{"message":"2023-10-12 14:32:44 192.0.2.80 GET /a b=1 443 - 203.0.113.9 Mozilla/5.0+(X11) - 200 0 0 31"}`,
		"w3c time=2023-10-12T14:32:44Z client=203.0.113.9 method=GET path=/a query=b=1 status=200 duration=31ms agent=\"Mozilla/5.0 (X11)\"")
	f("#Fields: date time x-edge-location c-ip x-event sc-bytes cs-uri-stem", "2023-10-12\t14:32:45\tFRA2\t203.0.113.9\tplay\t12\trtmp://a/b", ErrSkip.Error())

	// Exports.
	f("id,hitID,ctime,fail,action,username,userID,IP,UA", "7,9,1697121165.5,1,loginFailValidUsername,bob,3,203.0.113.9,curl/8.1.2",
		"csv time=2023-10-12T14:32:45.5Z client=203.0.113.9 method=POST path=/wp-login.php agent=curl/8.1.2 account=bob auth=fail")
	f("Event ID,Severity,Date,User,IP,Object,Event Type,Message", "1000,Low,2023-10-12 14:32:45,bob,203.0.113.9,User,Login,logged in",
		"csv time=2023-10-12T14:32:45Z client=203.0.113.9 level=Low method=POST path=/wp-login.php account=bob auth=ok flags=time_inferred")
	f("Event ID,Severity,Date,User,IP,Object,Event Type,Message", "2065,Low,2023-10-12 14:32:45,bob,203.0.113.9,Post,Modified,edited a post", ErrSkip.Error())
	f("insertId,httpRequest.requestMethod,httpRequest.requestUrl,httpRequest.status,httpRequest.remoteIp,timestamp", "x1,GET,https://api.example.com/a?b=1,200,203.0.113.9,2023-10-12T14:32:45Z",
		"csv time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET scheme=https host=api.example.com path=/a query=b=1 status=200 flags=absolute")
	f("type,time,elb,client_ip,client_port,elb_status_code,received_bytes,sent_bytes,request_verb,request_url,request_proto,user_agent",
		`https,2023-10-12T14:32:45.1Z,app/x,203.0.113.9,4711,403,12,34,GET,https://api.example.com:443/a,HTTP/2.0,"a, b"`,
		`csv time=2023-10-12T14:32:45.1Z client=203.0.113.9 method=GET scheme=https host=api.example.com:443 path=/a proto=HTTP/2.0 status=403 out=34 in=12 agent="a, b" flags=absolute`)
	f("date;time;c_ip;cs_method;cs_uri_stem;sc_status", "2023-10-12;14:32:45;203.0.113.9;GET;/a?b;200",
		"csv time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a?b status=200 flags=time_inferred")
	f("@timestamp,@message", `2023-10-12 14:32:46.000,"203.0.113.9 - - [12/Oct/2023:14:32:45 +0000] ""GET /a HTTP/1.1"" 200 12"`,
		"combined time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a proto=HTTP/1.1 status=200 out=12")

	const tabs = "timestamp\tclient_ip\tmethod\tpath\tuser_agent\treferer\tstatus"
	f(tabs, "2023-10-12T14:32:45Z\t203.0.113.9\tGET\t/a\t\"x\ty\"\t200", `csv time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a status=200 agent="\"x" referer="y\""`)
	f(tabs, "2023-10-12T14:32:45Z\t203.0.113.9\tGET\t/a\t\"x\ty\"\t-\t200", `csv time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a status=200 agent="x\ty"`)
	f(tabs, "\"2023-10-12T14:32:45Z\"\t\"203.0.113.9\"\t\"GET\"\t\"/a\"\t\"a \"\"b\"\"\"\t\"-\"\t\"200\"", `csv time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/a status=200 agent="a \"b\""`)

	// What a client puts between separators is never another column.
	f(csvHeader, `2023-10-12T14:32:45Z,203.0.113.9,GET,h,/a,q,200,1,0.1,r,"x"",6.6.6.6,""",id`,
		`csv time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET host=h path=/a query=q status=200 out=1 duration=100ms agent="x\",6.6.6.6,\"" referer=r trace=id`)
	f(csvHeader, `x [12/Oct/2023:14:32:45 +0000] "GET / HTTP/1.1" 200 12`, "byte 54: one value where there are more columns")
	f("#Fields: date time c-ip cs-method cs-uri-stem cs(User-Agent) sc-status", `2023-10-12 14:32:45 203.0.113.9 GET / a - IP: 6.6.6.6 403 Access Denied /x 200`, "byte 42: more values than columns")
	f("#Fields: date time c-ip cs-method cs-uri-stem cs(User-Agent) cs(Referer) sc-status", `2023-10-12 14:32:45 203.0.113.9 GET / "a b" 200`,
		`w3c time=2023-10-12T14:32:45Z client=203.0.113.9 method=GET path=/ status=200 agent="\"a" referer="b\""`)
}

func TestBlanked(t *testing.T) {
	d, _ := New(Options{})
	for seed := range uint64(20000) { // every run of + in every place
		in := make([]byte, 24)
		x := seed * 0x9E3779B97F4A7C15
		for i := range in {
			if in[i] = 'a'; x>>i&1 != 0 {
				in[i] = '+'
			}
		}
		want := strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(string(in), "++", "\x00"), "+", " "), "\x00", " +")
		if got := d.blanked(string(in)); got != want {
			t.Fatalf("%s: got %q, want %q", in, got, want)
		}
		d.scratch = d.scratch[:0]
	}
}

// TestZones holds that the W3C's times are UTC wherever the server is, unless the
// columns say that they are local.
func TestZones(t *testing.T) {
	d, _ := New(Options{Zone: time.FixedZone("", 7200)})
	f := func(header, line, want string) {
		t.Helper()
		var e event.Event
		if err := d.Decode(line, &Context{Header: header}, &e); err != nil || time.Unix(0, e.Time).UTC().Format(time.TimeOnly)+" "+flagNames(e.Flags) != want {
			t.Errorf("%s: %v: %s", line, err, show(&e))
		}
	}
	f("#Fields: date time c-ip cs-method cs-uri-stem", "2023-10-12 14:32:45 203.0.113.9 GET /", "14:32:45 ")
	f("#Fields: date-local time-local c-ip cs-method cs-uri-stem", "2023-10-12 14:32:45 203.0.113.9 GET /", "12:32:45 time_inferred")
	f("timestamp,client_ip,method,path", "2023-10-12 14:32:45,203.0.113.9,GET,/", "12:32:45 time_inferred")
	f("timestamp,client_ip,method,path", "2023-10-12T14:32:45Z,203.0.113.9,GET,/", "14:32:45 ")
}
