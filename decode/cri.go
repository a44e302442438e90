package decode

import (
	"strings"

	"goshawk/event"
)

// CRI reads the files of Kubernetes' containers.
var CRI = register(Format{
	Name:  "cri",
	Title: "container logs of Kubernetes and Podman (containerd, CRI-O, k8s-file)",
	Doc: "`2023-10-12T14:32:45.123456789Z stdout F line`\n\n" +
		"P instead of F marks a part of a longer line.\n\n" +
		"Source: Kubernetes, CRI logging design.",
	Carries:  anyField,
	Envelope: true,
	fits:     func(line string) bool { _, at := readCRI(line); return at > 0 },
	decode: func(d *Decoder, line string, e *event.Event) error {
		n, at := readCRI(line)
		t, k := d.clock.iso(line[:n])
		if k != n {
			return d.fail(0, "no such time")
		}
		return d.said(line[at:], envelope{time: t, timed: true, at: at}, e)
	},
})

// readCRI returns the length of the time and the index of the message, 0 if
// there is no such header.
func readCRI(s string) (n, message int) {
	n = isoTime(s)
	if n == 0 || !strings.HasPrefix(s[n:], " stdout ") && !strings.HasPrefix(s[n:], " stderr ") {
		return 0, 0
	}
	message = n + len(" stdout ")
	tag, end := word(s, message)
	if tag != "F" && tag != "P" && !strings.HasPrefix(tag, "F:") && !strings.HasPrefix(tag, "P:") {
		return 0, 0
	}
	return n, min(end+1, len(s))
}
