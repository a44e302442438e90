package decode

import (
	"strings"

	"goshawk/event"
)

// CLB reads the access logs of AWS Classic Load Balancers.
var CLB = register(Format{
	Name:  "clb",
	Title: "AWS Classic Load Balancer access log",
	Doc: "`time elb client:port backend:port request_time backend_time response_time elb_status backend_status received sent \"request\" [\"user agent\" cipher protocol]`\n\n" +
		"As the log of an Application Load Balancer, without the type before it. Lines of TCP listeners hold no requests and are skipped.\n\n" +
		"Source: AWS, \"Access logs for your Classic Load Balancer\".",
	Carries: balancerFields,
	fits:    isClassic,
	decode: func(d *Decoder, line string, e *event.Event) error {
		_, err := d.balancer(line, 0, e)
		return err
	},
})

// isClassic looks for a time, a name, a client with its port and a backend.
func isClassic(s string) bool {
	if len(s) < 40 || !digit(s[0]) || s[4] != '-' || s[10] != 'T' {
		return false
	}
	c := cursor{s, 0}
	w := c.word()
	c.word()
	client, backend := c.word(), c.word()
	if w == "" || w[len(w)-1] != 'Z' || strings.IndexByte(client, ':') < 0 {
		return false
	}
	if _, ok := parseAddr(client); !ok {
		return false
	}
	_, ok := parseAddr(backend)
	return ok || backend == "" && c.i < len(s)
}
