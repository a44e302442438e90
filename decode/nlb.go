package decode

import (
	"strings"

	"goshawk/event"
)

// NLB knows the access logs of AWS Network Load Balancers.
var NLB = register(Format{
	Name:  "nlb",
	Title: "AWS Network Load Balancer access log: connections, which are skipped",
	Doc: "`tls version time elb listener client:port …`\n\nIt logs TLS connections, not requests: its lines are recognised, and skipped.\n\n" +
		"Source: AWS, \"Access logs for your Network Load Balancer\".",
	fits: func(line string) bool {
		return strings.HasPrefix(line, "tls ") && len(line) > 18 && digit(line[4]) && line[5] == '.' && line[7] == ' ' && digit(line[8]) && line[12] == '-' && line[18] == 'T'
	},
	decode: func(*Decoder, string, *event.Event) error { return ErrSkip },
})
