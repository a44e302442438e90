package decode

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// framed frames a log in one write, at every cut into two, and byte by byte, and
// returns what all agree on.
func framed(t *testing.T, log string) string {
	t.Helper()
	var f Framer
	want := string(f.Frame(nil, []byte(log), true))
	check := func(how string, at int, got []byte) {
		t.Helper()
		if string(got) != want {
			t.Fatalf("%q %s %d:\n got %q\nwant %q", log, how, at, got, want)
		}
	}
	check("again", 0, f.Frame(nil, []byte(log), true))
	if len(log) < 5000 {
		for i := range len(log) {
			got := f.Frame(nil, []byte(log[:i]), false)
			check("cut at", i, f.Frame(got, []byte(log[i:]), true))
		}
	}
	var single []byte
	for i := range len(log) {
		single = f.Frame(single, []byte{log[i]}, false)
	}
	check("bytes of", len(log), f.Frame(single, nil, true))
	return want
}

func TestFrame(t *testing.T) {
	f := func(name, log, want string) {
		t.Helper()
		got := framed(t, log)
		if got != want {
			t.Errorf("%s: %s\n got %q\nwant %q", name, log, got, want)
		}
		if fr := NewFramer(log); fr == nil && strings.TrimSuffix(want, "\n") != strings.TrimSuffix(log, "\n") {
			t.Errorf("%s: no framer for %q", name, log)
		} else if fr != nil {
			if got := string(fr.Frame(nil, []byte(log), true)); got != want {
				t.Errorf("%s: the framer chosen makes %q", name, got)
			}
		}
	}

	// Records and text.
	same := func(name, log string) {
		t.Helper()
		f(name, log, strings.TrimSuffix(log, "\n")+"\n")
	}
	same("one object", `{"a":1,"b":{"c":[1,2]}}`+"\n")
	same("objects", `{"a":1}`+"\n"+`{"b":"}{"}  `+"\r\n"+`{}`+"\n")
	same("no newline at the end", `{"a":1}`+"\n"+`{"a":2}`)
	same("text", "GET /a 200\n\n  {\"a\":1}\n\tat main.go:3\n")
	same("text in brackets", "[12/Oct/2023:14:32:45 +0000] \"GET / HTTP/1.1\" 200 1\n[Wed Oct 11 14:32:52 2023] [error] no\n[pid: 1|app: 0|req: 1/1] 192.0.2.1\n[ ] a\n[{main}] b\n{main} c\n[\"a\n[] d\n[")
	same("no object", "{a: 1}\n{\n{ [x]\n{{}}\n")
	same("what nginx writes", `{"rt":-,"a":"\x22","u":0.1, 0.2,"z":,}`+"\n"+`{"time":12:30,"b":1}`+"\n")
	same("text behind an object", `{"a":1} GET /`+"\n"+`{"a":1},`+"\n")
	f("pretty", "{\n  \"a\": 1,\r\n\t\"b\": [\n  {\n \"c\": \" x \" }\n],\n\"d\":\n 4\n}\n", `{"a": 1,"b": [{"c": " x " }],"d":4}`+"\n")
	f("joined", `{"a":1}{"b":"{"} {"c":3},{"d":4}`+"\n"+`{"e":5}`, `{"a":1}`+"\n"+`{"b":"{"}`+"\n"+`{"c":3}`+"\n"+`{"d":4}`+"\n"+`{"e":5}`+"\n")
	f("mixed", "start\n{\n\"a\":1}\nmiddle\n{\"Records\":[{\"b\":2}]}\nend\n", "start\n{\"a\":1}\nmiddle\n{\"b\":2}\nend\n")

	// Containers.
	ab := `{"a":1}` + "\n" + `{"b":"}]\"{"}` + "\n"
	f("CloudTrail", `{"Records":[{"a":1},{"b":"}]\"{"}]}`, ab)
	f("CloudTrail, pretty", "{\n  \"Records\": [\n    {\"a\":1},\n    {\n      \"b\":\"}]\\\"{\"\n    }\n  ]\n}\n", ab)
	f("CloudTrail, unindented", "{\"Records\": [\n{\"a\":1},\n{\"b\":\"}]\\\"{\"}\n]}\n", ab)
	f("CloudTrail among others", `{"x":{"Records":[{"no":1}]},"y":[1,{"z":2}],"Records":[{"a":1},{"b":"}]\"{"}],"n":{"c":[]}}`, ab)
	f("CloudTrail, empty", `{"Records":[]}`+"\n", "")
	f("documents", `{"Records":[{"a":1}]}`+"\n"+`{"Records":[{"b":"}]\"{"}]}{"Records":[{"c":1}]}`, ab+`{"c":1}`+"\n")
	f("Azure", `{"count":2,"records":[ {"a":1} , {"b":"}]\"{"} ]}`, ab)
	f("lookup-events", `{"Events":[{"EventId":"1","CloudTrailEvent":"{\"a\":1}"}],"NextToken":"x"}`, `{"EventId":"1","CloudTrailEvent":"{\"a\":1}"}`+"\n")
	nested := strings.Repeat(`[{"x":`, 80) + `"]}"` + strings.Repeat("}]", 80)
	f("nested", `{"Records":[{"p":`+nested+`,"q":[{},{"forged":1}]},{"b":`+nested+`}]}`, `{"p":`+nested+`,"q":[{},{"forged":1}]}`+"\n"+`{"b":`+nested+"}\n")
	f("nested and cut", `{"p":`+nested[:400]+"\n{\"b\":1}{\"c\":2}\n", `{"p":`+nested[:400]+"\n{\"b\":1}\n{\"c\":2}\n")
	f("value", `{"@odata.context":"x","value":[{"a":1}]}`, `{"a":1}`+"\n")
	f("array", `[{"a":1},{"b":"}]\"{"}]`, ab)
	f("array, pretty", "[\n  {\n    \"a\":1\n  },\n  {\n    \"b\":\"}]\\\"{\"\n  }\n]\n", ab)
	f("array, unindented", "[\n{\"a\":1},\n{\"b\":\"}]\\\"{\"}\n]\ntext\n", ab+"text\n")
	f("array, commas before", "[{\"a\":1}\n,{\"b\":\"}]\\\"{\"}\n]", ab)
	f("array, empty", "[]\n[ \n]\n{\"a\":1}\n", `{"a":1}`+"\n")
	f("array of records with a list", `[{"value":[1],"events":[{"x":1}],"a":1},{"records":[]}]`, `{"value":[1],"events":[{"x":1}],"a":1}`+"\n"+`{"records":[]}`+"\n")
	f("array of empty objects", "[{},{}]", "{}\n{}\n")
	f("array of containers", `[{"Records":[{"a":1}]},{"x":1},{"Records":[{"b":"}]\"{"}]}]`, `{"a":1}`+"\n"+`{"x":1}`+"\n"+`{"b":"}]\"{"}`+"\n")
	f("elements that are no objects", `{"Records":[1,"a,]",null,[1,[2]],{"a":1}, -1.5 ]}`, "1\n\"a,]\"\nnull\n[1,[2]]\n{\"a\":1}\n-1.5\n")
	f("elements of an array that are no objects", `[{"a":1},1,"x",[2]]`, "{\"a\":1}\n1\n\"x\"\n[2]\n")
	f("CloudWatch subscription", `{"messageType":"DATA_MESSAGE","owner":"1","logEvents":[{"id":"1","timestamp":1697121165123,"message":"{\"a\":1}"},{"id":"2","timestamp":1,"message":"x"}],"logGroup":"g"}`+
		`{"messageType":"DATA_MESSAGE","logEvents":[{"id":"3"}]}`, `{"id":"1","timestamp":1697121165123,"message":"{\"a\":1}"}`+"\n"+`{"id":"2","timestamp":1,"message":"x"}`+"\n"+`{"id":"3"}`+"\n")
	f("CloudWatch control", `{"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: x"}]}`, "")
	f("CloudWatch control, type last", `{"logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: x"}],"messageType":"CONTROL_MESSAGE"}`, "")
	f("AWS CLI", `{"events":[{"timestamp":1,"message":"x","logStreamName":"s"}],"searchedLogStreams":[]}`, `{"timestamp":1,"message":"x","logStreamName":"s"}`+"\n")
	f("Lambda", `{"awslogs":{"data":"`+zip64(`{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","message":"a"},{"id":"2","message":"b"}]}`)+`"}}`, `{"id":"1","message":"a"}`+"\n"+`{"id":"2","message":"b"}`+"\n")
	f("Loki", `{"streams":[{"stream":{"app":"x"},"values":[["1697121165123000000","a \"b\""],["2","c",{"m":"1"}]]},{"values":[["3","d"]],"stream":{}}]}`,
		`{"timestamp":"1697121165123000000","message":"a \"b\""}`+"\n"+`{"timestamp":"2","message":"c"}`+"\n"+`{"timestamp":"3","message":"d"}`+"\n")
	f("Loki's answer", `{"status":"success","data":{"resultType":"streams","result":[{"stream":{},"values":[["1","a"]]}],"stats":{}}}`, `{"timestamp":"1","message":"a"}`+"\n")
	f("OpenTelemetry", `{"resourceLogs":[{"resource":{"attributes":[{"key":"k"}]},"scopeLogs":[{"scope":{"name":"s"},"logRecords":[{"a":1},{"b":"}]\"{"}]},{"logRecords":[{"c":1}]}]},{"scopeLogs":[]}]}`, ab+`{"c":1}`+"\n")
	f("Elasticsearch", `{"took":1,"hits":{"total":{"value":2},"max_score":null,"hits":[{"_source":{"a":1}},{"_source":{}}]}}`, `{"_source":{"a":1}}`+"\n"+`{"_source":{}}`+"\n")
	f("Pub/Sub", `{"message":{"data":"`+base64.StdEncoding.EncodeToString([]byte(`{"httpRequest":{"status":200}}`))+`","messageId":"1"},"subscription":"s"}`, `{"httpRequest":{"status":200}}`+"\n")
	f("Pub/Sub, pulled", `[{"ackId":"x","message":{"data":"`+base64.StdEncoding.EncodeToString([]byte("{\n\"a\":1}"))+`"}}]`, `{"a":1}`+"\n")

	// Records with the names of containers.
	same("events of a record", `{"a":1,"events":[]}`+"\n"+`{"events":[{"name":"click"}],"b":1}`+"\n"+`{"value":[1,2]}`+"\n"+`{"records":"x"}`+"\n"+`{"events":1,"value":{"a":1}}`+"\n")
	same("packed by a client", `{"level":"info","message":{"data":"eyJhIjoxfQ=="}}`+"\n"+`{"message":{"data":"eyJhIjoxfQ=="},"level":"info"}`+"\n"+`{"message":{"data":"eyJhIjoxfQ=="},"path":"/x"}`+"\n")
	same("a body in a request", `{"method":"POST","path":"/x","records":[{"method":"GET","path":"/forged"}]}`+"\n")
	same("numbers", `{"data":{"result":[{"metric":{},"values":[[1,"2"]]}]}}`+"\n")
	same("a message", `{"message":{"data":"aGVsbG8="}}`+"\n"+`{"message":{"data":"not base64"}}`+"\n"+`{"awslogs":{"data":"aGVsbG8="}}`+"\n"+`{"message":"x","data":"y","hits":3,"streams":["a"]}`+"\n")

	// Broken documents.
	f("cut in a string", "{\"a\":\"x\n{\"b\":1}\n{\n\"c\":2\n}\n", "{\"a\":\"x\n{\"b\":1}\n{\"c\":2}\n")
	f("cut before a key", "{\"a\":1,\n{\"b\":1}\n{\"c\":\n2}\n", "{\"a\":1,\n{\"b\":1}\n{\"c\":2}\n")
	f("cut before a comma", "{\"a\":1\n{\"b\":1}\n{\"c\":\n2}\n", "{\"a\":1\n{\"b\":1}\n{\"c\":2}\n")
	f("cut before a value", "{\"a\":\n{\"b\":1}\n{\"c\":\n2}\n", "{\"a\":\n{\"b\":1}\n{\"c\":2}\n")
	f("cut after a backslash", "{\"a\":\"x\\\n{\"b\":1}\n{\"c\":\n2}\n", "{\"a\":\"x\\\n{\"b\":1}\n{\"c\":2}\n")
	f("cut at the end", "{\"a\":1}\n{\n \"b\": [1,", "{\"a\":1}\n{\n \"b\": [1,\n")
	f("cut container", `{"Records":[{"a":1},{"b`, `{"a":1}`+"\n"+`{"b`+"\n")
	f("cut container and more", "{\"Records\":[{\"a\":1},{\"b\":\"x\n{\"c\":1}\ntext\n", "{\"a\":1}\n{\"b\":\"x\n{\"c\":1}\ntext\n")
	f("cut element", "{\"Records\":[\n {\"a\":\"x\n },\n {\"b\":1},\n {\"c\":2}\n]}\n", "{\"a\":\"x\n{\"b\":1}\n{\"c\":2}\n")
	f("broken element", `{"Records":[{"a":"x"y"},{"b":1}, {"c":2}]}`, "{\"a\":\"x\"y\n{\"b\":1}\n{\"c\":2}\n")
	f("broken element of an array", `[{},{"a":"x"y"},{"b":1}, {"c":2}]`, "{}\n{\"a\":\"x\"y\n{\"b\":1}\n{\"c\":2}\n")
	same("text that begins like an array", `[{"id"} x] GET /`+"\n"+`[[1] [2]] GET /`+"\n"+`[[{"a":1}]]`+"\n")
	f("wrong bracket", "{\"a\":[1}\n{\"b\":\n1}\n", "{\"a\":[1}\n{\"b\":1}\n")
}

// A framer lets go of lines, and of nothing else.
func TestFrameRelease(t *testing.T) {
	f := func(head, pending string, want bool) {
		t.Helper()
		var fr Framer
		out := fr.Frame(nil, []byte(head), false)
		n := len(out)
		out, got := fr.Release(out)
		if got != want || string(out[n:]) != pending {
			t.Errorf("%q: released %v with %q, want %v with %q", head, got, out[n:], want, pending)
		}
		if got && string(out) != head {
			t.Errorf("%q became %q", head, out)
		}
	}
	f("text\nmore", "", true)
	f("1\n2", "2", true)
	f("{\"a\":1}\n{\"b\":", "{\"b\":", true)
	f("{\"a\":1}\n{\"b\":2} ", "{\"b\":2} ", true)
	f("{\"a\":1}", "", false)
	f("{\"a\":1}\n{\n", "", false)
	f("{\"a\":1}{\"b\":1}\n", "", false)
	f("2023-10-12T14:32:45.1Z stdout F a\n", "", false)
}

func zip64(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestFrameJoin(t *testing.T) {
	f := func(name, log, want string) {
		t.Helper()
		if got := framed(t, log); got != want {
			t.Errorf("%s: %s\n got %s\nwant %s", name, log, got, want)
		}
		if NewFramer(log) == nil {
			t.Errorf("%s: no framer", name)
		}
	}
	// Kubernetes.
	f("CRI", "2023-10-12T14:32:45.1Z stdout P a \n2023-10-12T14:32:45.2Z stderr F other\ntext\n2023-10-12T14:32:45.3Z stdout P b\n2023-10-12T14:32:45.4+02:00 stdout F c\n2023-10-12T14:32:45.5Z stdout F d\n",
		"2023-10-12T14:32:45.2Z stderr F other\ntext\n2023-10-12T14:32:45.1Z stdout F a bc\n2023-10-12T14:32:45.5Z stdout F d\n")
	f("CRI, both streams", "2023-10-12T14:32:45.1Z stdout P a\n2023-10-12T14:32:45.2Z stderr P b\n2023-10-12T14:32:45.3Z stdout F A\n2023-10-12T14:32:45.4Z stderr F B\n",
		"2023-10-12T14:32:45.1Z stdout F aA\n2023-10-12T14:32:45.2Z stderr F bB\n")
	f("CRI, orphan", "2023-10-12T14:32:45.1Z stdout F\n2023-10-12T14:32:45.1Z stdout P a\n2023-10-12T14:32:45.2Z stderr F b\n", "2023-10-12T14:32:45.1Z stdout F\n2023-10-12T14:32:45.2Z stderr F b\n2023-10-12T14:32:45.1Z stdout F a\n")
	f("CRI, no tag", "2023-10-12T14:32:45.1Z stdout F a\n2023-10-12T14:32:45.1Z stdout Paris\n2023-10-12T14:32:45.1Z stdout\n", "2023-10-12T14:32:45.1Z stdout F a\n2023-10-12T14:32:45.1Z stdout Paris\n2023-10-12T14:32:45.1Z stdout\n")

	// Docker.
	line := func(log, stream, time string) string {
		return `{"log":"` + log + `","stream":"` + stream + `","time":"` + time + "\"}\n"
	}
	f("Docker", line(`a\\n`, "stdout", "1")+line(`x\n`, "stderr", "2")+line(`b\"`, "stdout", "3")+line(`c\n`, "stdout", "4"),
		line(`x\n`, "stderr", "2")+line(`a\\nb\"c\n`, "stdout", "1"))
	f("Docker, whole", line(`a\n`, "stdout", "1")+line(`b\n`, "stdout", "2"), line(`a\n`, "stdout", "1")+line(`b\n`, "stdout", "2"))
	f("Docker, two parts", line("a", "stdout", "1")+line(`b\n`, "stdout", "2"), line(`ab\n`, "stdout", "1"))
	f("Docker, no newlines", line("a", "stdout", "1")+line("b", "stdout", "2")+line("c", "stdout", "3"), line("a", "stdout", "1")+line("b", "stdout", "2")+line("c", "stdout", "3"))
	f("Docker, orphan", line(`a\n`, "stdout", "1")+line("b", "stdout", "2"), line(`a\n`, "stdout", "1")+line("b", "stdout", "2"))
	long := strings.Repeat("x", 16384)
	f("Docker, split", line(long, "stdout", "1")+line(long, "stdout", "2")+line(`y\n`, "stdout", "3"), line(long+long+`y\n`, "stdout", "1"))

	// API Gateway.
	f("execution log", "(3323ffe5-6ddf) a\n(fd443056-60d0) b\ntext\n(3323ffe5-6ddf) c (d)\n(fd443056-60d0) Method completed with status: 403\n(3323ffe5-6ddf) Method completed with status: 200\n(3323ffe5-6ddf) late\n",
		"text\n(fd443056-60d0) b (fd443056-60d0) Method completed with status: 403\n(3323ffe5-6ddf) a (3323ffe5-6ddf) c (d) (3323ffe5-6ddf) Method completed with status: 200\n(3323ffe5-6ddf) late\n")
	f("execution log, times", "2023-10-12T14:32:45.123Z (3323ffe5-6ddf) a\n2023-10-12T14:32:45.200Z 0123abc (fd443056-60d0) b\n2023-10-12T14:33:15.124Z (3323ffe5-6dd0) c\n2023-10-12T14:33:15.124Z (fd443056-60d0) Method completed with status: 200\n",
		"2023-10-12T14:32:45.123Z (3323ffe5-6ddf) a\n2023-10-12T14:32:45.200Z 0123abc (fd443056-60d0) b (fd443056-60d0) Method completed with status: 200\n2023-10-12T14:33:15.124Z (3323ffe5-6dd0) c\n")
	f("execution log, claimed end", "(3323ffe5-6ddf) Method request headers: {User-Agent=Method completed with status: 200}\n(3323ffe5-6ddf) Method completed with status: 401\n",
		"(3323ffe5-6ddf) Method request headers: {User-Agent=Method completed with status: 200} (3323ffe5-6ddf) Method completed with status: 401\n")
	f("execution log of a WebSocket API", "(K2eZXHHtIAMFmkw=) a\n(K2eZXHHtIAMFmkw=) b\n", "(K2eZXHHtIAMFmkw=) a (K2eZXHHtIAMFmkw=) b\n")
	f("execution log in events", `{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","timestamp":1697121165123,"message":"(3323ffe5-6ddf) a \"b\"\nc"},{"id":"2","timestamp":1697121165000,"message":"(x) y"},{"timestamp":1697121165200,"message":"(3323ffe5-6ddf) Method completed with status: 200"}]}`,
		`{"id":"2","timestamp":1697121165000,"message":"(x) y"}`+"\n"+`2023-10-12T14:32:45.123Z (3323ffe5-6ddf) a "b" c (3323ffe5-6ddf) Method completed with status: 200`+"\n")
	f("execution log, packed", `{"awslogs":{"data":"`+zip64(`{"logEvents":[{"timestamp":1697121165123,"message":"(3323ffe5-6ddf) a"}]}`)+`"}}`+"\n"+`{"awslogs":{"data":"`+zip64(`{"logEvents":[{"timestamp":1697121165123,"message":"(3323ffe5-6ddf) b"}]}`)+`"}}`,
		"2023-10-12T14:32:45.123Z (3323ffe5-6ddf) a (3323ffe5-6ddf) b\n")
	if fr := NewFramer("(main) a\n(1234) b\n1 (3323ffe5-6ddf) c\nx (3323ffe5-6ddf) d\n2023-10-12T14:32:45.123Z a b c (3323ffe5-6ddf) d\n"); fr != nil {
		t.Error("a framer for text with brackets")
	}
}

// What is too long is cut, and nothing behind it is lost.
func TestFrameLong(t *testing.T) {
	huge := strings.Repeat("x", 3<<20)
	cut := func(s string) string { return s[:keepBytes] + "\n" }
	f := func(name, log, want string) {
		t.Helper()
		for _, block := range []int{1 << 30, 1 << 20, 64 << 10, 1000} {
			var fr Framer
			var got []byte
			held := 0
			for rest := log; rest != ""; {
				n := min(block, len(rest))
				got = fr.Frame(got, []byte(rest[:n]), false)
				rest = rest[n:]
				held = max(held, cap(fr.hold))
			}
			if got = fr.Frame(got, nil, true); string(got) != want {
				t.Fatalf("%s by %d: %d bytes, want %d: %.100q, want %.100q", name, block, len(got), len(want), got, want)
			}
			if held > 2*maxRecord {
				t.Errorf("%s: %d bytes held", name, held)
			}
		}
	}
	f("object", `{"a":"`+huge+`"}`+"\n"+`{"b":1}{"c":2}`, cut(`{"a":"`+huge)+"{\"b\":1}\n{\"c\":2}\n")
	f("element", `{"Records":[{"a":"`+huge+`"},{"b":1}]}`, cut(`{"a":"`+huge)+"{\"b\":1}\n")
	f("key before", `{"a":"`+huge+`","Records":[{"b":1}]}`+"\nend", "{\"b\":1}\nend\n")
	endless := `{"a":["` + strings.Repeat("x\",\n\"", 1<<20)
	f("endless object", endless+"\n{\"b\":1}\n", cut(endless)+"{\"b\":1}\n")
	f("text", huge+"\n1"+huge+"\n("+huge+"\n{\"b\":1}{\"c\":2}", huge+"\n1"+huge+"\n("+huge+"\n{\"b\":1}\n{\"c\":2}\n")
	part := strings.Repeat("y", 16<<10)
	var cri strings.Builder
	for range 100 {
		cri.WriteString("2023-10-12T14:32:45.1Z stdout P " + part + "\n")
	}
	cri.WriteString("2023-10-12T14:32:45.1Z stdout F end\n2023-10-12T14:32:45.1Z stdout F next\n")
	f("CRI", cri.String(), ("2023-10-12T14:32:45.1Z stdout F " + strings.Repeat(part, 5))[:keepBytes]+"\n2023-10-12T14:32:45.1Z stdout F next\n")
	var api, joined strings.Builder
	for i := range 300 {
		fmt.Fprintf(&api, "(%08d) a\n", i)
		fmt.Fprintf(&joined, "(%08d) a\n", i)
	}
	f("requests", api.String(), joined.String())
}

// FuzzFrame holds that what comes out does not depend on how the log was cut,
// that it is whole lines and little more than came in, and that text passes.
func FuzzFrame(f *testing.F) {
	for _, log := range []string{
		"", "text\n{\"a\":1}\n", `{"Records":[{"a":1},{"b":"}]\"{"}]}`, "[\n{\"a\":1},\n[2],3\n]", "{\n \"a\": [\n1 ] }{}", `{"a":"` + "\n" + `{"b":1}`,
		`{"logEvents":[{"timestamp":1,"message":"(01234567) a\n"}]}`, `{"streams":[{"values":[["1","a"]]}]}`, `{"awslogs":{"data":"` + zip64(`{"a":1}`) + `"}}`,
		`[{"message":{"data":"eyJhIjoxfQ=="}}]`, `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}`, `{"hits":{"hits":[{}]}}`, `[{"x":"y"z},{"b":1}`,
		"2023-10-12T14:32:45.1Z stdout P a\n2023-10-12T14:32:45.1Z stdout F b\n", `{"log":"a","stream":"stdout"}` + "\n" + `{"log":"b\n","stream":"stdout"}`,
		"(01234567) a\n2023-10-12T14:32:45Z (01234567) Method completed with status: 1", `{"records":[{}],"Events":[{"a":[[[{"b":"\\"}]]]}]}` + "\n\"},{\"a\":1}",
	} {
		f.Add(log, uint16(3), uint16(7))
	}
	f.Fuzz(func(t *testing.T, log string, a, b uint16) {
		var whole, cut Framer
		want := string(whole.Frame(nil, []byte(log), true))
		i := min(int(a), len(log))
		j := min(i+int(b), len(log))
		got := cut.Frame(nil, []byte(log[:i]), false)
		got = cut.Frame(got, []byte(log[i:j]), false)
		got = cut.Frame(got, []byte(log[j:]), false)
		got = cut.Frame(got, nil, true)
		if string(got) != want {
			t.Fatalf("cut at %d and %d\n got %q\nwant %q", i, j, got, want)
		}
		got = got[:0]
		for k := range len(log) {
			got = cut.Frame(got, []byte{log[k]}, false)
		}
		if got = cut.Frame(got, nil, true); string(got) != want {
			t.Fatalf("by bytes\n got %q\nwant %q", got, want)
		}
		if want != "" && want[len(want)-1] != '\n' || len(want) > 8*len(log)+maxUnpack {
			t.Fatalf("%d bytes from %d, the last %q", len(want), len(log), want[max(0, len(want)-10):])
		}
		plain := true
		for line := range strings.Lines(log) {
			if c := line[0]; c == '{' || c == '[' || c == '(' || digit(c) {
				plain = false
			}
		}
		if plain && strings.TrimSuffix(want, "\n") != strings.TrimSuffix(log, "\n") {
			t.Fatalf("text %q became %q", log, want)
		}
		if plain && NewFramer(log) != nil {
			t.Fatalf("a framer for text %q", log)
		}
		if fr := NewFramer(log); fr != nil {
			if s := string(fr.Frame(nil, []byte(log), true)); s != want {
				t.Fatalf("the framer chosen makes %q, want %q", s, want)
			}
		} else if len(log) < maxHead && strings.TrimSuffix(want, "\n") != strings.TrimSuffix(log, "\n") {
			t.Fatalf("no framer for %q, which makes %q", log, want)
		}
	})
}

// trailRecord is an element of a CloudTrail document.
const trailRecord = `{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::123456789012:user/alice","accountId":"123456789012","accessKeyId":"AKIAEXAMPLE","userName":"alice","sessionContext":{"sessionIssuer":{},"attributes":{"creationDate":"2026-11-20T09:42:31Z","mfaAuthenticated":"true"}}},"eventTime":"2026-11-20T09:42:36Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.7","userAgent":"[aws-cli/2.15 \"x\"]","requestParameters":{"bucketName":"b","Host":"b.s3.amazonaws.com","key":"a/b/c.txt"},"responseElements":null,"additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"ECDHE-RSA-AES128-GCM-SHA256","bytesTransferredIn":0,"bytesTransferredOut":375},"requestID":"CC9X0N62QREGTBMN","eventID":"293ba626-3be5-4a26-ab1b-0f4c54f49959","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"123456789012","eventCategory":"Management"}`

// steady are logs that a framer must read without allocating.
func steady() map[string]string {
	part := strings.Repeat("x", 16384)
	return map[string]string{
		"cloudtrail": `{"Records":[` + strings.Repeat(trailRecord+",", 999) + trailRecord + "]}\n",
		"pretty":     strings.Repeat("{\n  \"a\": 1,\n  \"b\": \"some text\"\n}\n", 1000),
		"cloudwatch": `{"messageType":"DATA_MESSAGE","logEvents":[` + strings.Repeat(`{"id":"1","timestamp":1697121165123,"message":"(01234567) some text"},{"id":"2","timestamp":1697121165123,"message":"(01234567) Method completed with status: 200"},`, 500) + "]}\n",
		"loki":       `{"streams":[{"stream":{},"values":[` + strings.Repeat(`["1697121165123000000","some text that was logged"],`, 1000) + "]}]}\n",
		"cri":        strings.Repeat("2023-10-12T14:32:45.123456789Z stdout F some text that was logged\n", 500) + strings.Repeat("2023-10-12T14:32:45.123456789Z stdout P "+part+"\n2023-10-12T14:32:45.123456789Z stdout F x\n", 3),
		"docker":     strings.Repeat(`{"log":"some text\n","stream":"stdout","time":"1"}`+"\n", 500) + strings.Repeat(`{"log":"`+part+`","stream":"stdout","time":"1"}`+"\n"+`{"log":"x\n","stream":"stdout","time":"1"}`+"\n", 3),
		"execution":  strings.Repeat("2023-10-12T14:32:45.123Z (01234567) some text\n2023-10-12T14:32:45.123Z (01234567) Method completed with status: 200\n", 500),
		"access":     strings.Repeat(nginxLine+"\n", 1000),
		"json":       strings.Repeat(jsonLine+"\n", 1000),
		"text":       strings.Repeat("some text that was logged\n", 1000),
	}
}

func TestFrameAllocations(t *testing.T) {
	for name, log := range steady() {
		var f Framer
		var dst []byte
		src := []byte(log)
		run := func() {
			for rest := src; len(rest) > 0; {
				n := min(64<<10, len(rest))
				dst = f.Frame(dst[:0], rest[:n], false)
				rest = rest[n:]
			}
		}
		run()
		if n := testing.AllocsPerRun(3, run); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	for name, log := range steady() {
		b.Run(name, func(b *testing.B) {
			var f Framer
			var dst []byte
			src := []byte(log)
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				for rest := src; len(rest) > 0; {
					n := min(64<<10, len(rest))
					dst = f.Frame(dst[:0], rest[:n], false)
					rest = rest[n:]
				}
			}
		})
	}
}
