package decode

import (
	"encoding/base64"
	"strings"
	"unsafe"

	"goshawk/event"
)

// PubSub reads messages of Google Cloud Pub/Sub.
var PubSub = registerDialect(Format{
	Name:  "pubsub",
	Title: "Google Cloud Pub/Sub messages",
	Doc: "`{\"message\":{\"data\":\"base64\",\"publishTime\":…},\"subscription\":…}`, or the message alone, as sinks of Cloud Logging and subscribers see them.\n\n" +
		"Source: Google Cloud, REST resource PubsubMessage.",
	Carries:  anyField,
	Envelope: true,
}, "subscription ackId publishTime publish_time", dialect{
	names: map[string]meaning{
		"data":                 {aNote, 0},
		"publishTime":          {aTime, 64},
		"publish_time":         {aTime, 64},
		"message.data":         {aNote, 0},
		"message.publishTime":  {aTime, 64},
		"message.publish_time": {aTime, 64},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		data := d.fields.notes[0]
		if data == "" { // if it was published, its attributes do not count
			return d.fields.rank[aTime] > 64, ErrSkip
		}
		env := d.around(e)
		start := len(d.scratch)
		src := strings.TrimRight(data, "=")
		b, err := base64.RawStdEncoding.AppendDecode(d.scratch, unsafe.Slice(unsafe.StringData(src), len(src)))
		d.scratch = b[:max(start, len(b))]
		if err != nil {
			return true, d.fail(0, "the data is not base64")
		}
		return true, d.said(text(d.scratch[start:]), env, e)
	},
})
