package decode

import (
	"strings"

	"goshawk/event"
)

// VPCFlow knows the flow logs of AWS VPC.
var VPCFlow = register(Format{
	Name:  "vpcflow",
	Title: "AWS VPC flow logs: connections, which are skipped",
	Doc: "`version account interface source destination ports protocol packets bytes start end ACCEPT|REJECT OK|NODATA|SKIPDATA`\n\n" +
		"They log connections, not requests: their lines are recognised, and skipped. Layouts of one's own are recognised if they begin with these three fields.\n\n" +
		"Source: AWS, \"Flow log records\".",
	fits:   isFlow,
	decode: func(*Decoder, string, *event.Event) error { return ErrSkip },
})

// isFlow looks for a version, an account and an interface, or for a header.
func isFlow(s string) bool {
	if strings.HasPrefix(s, "version account-id interface-id ") {
		return true
	}
	if len(s) < 20 || !digit(s[0]) || s[1] != ' ' {
		return false
	}
	for i := 2; i < 14; i++ {
		if !digit(s[i]) {
			return strings.HasPrefix(s[2:], "unknown eni-") || strings.HasPrefix(s[2:], "unknown - ")
		}
	}
	return strings.HasPrefix(s[14:], " eni-") || s[14:] == " -" || strings.HasPrefix(s[14:], " - ")
}
