package decode

import "goshawk/event"

// EventBridge reads objects that hold a line, or another object, in one field.
var EventBridge = registerDialect(Format{
	Name:  "eventbridge",
	Title: "EventBridge events, Elasticsearch hits and Splunk HEC events",
	Doc: "`{\"detail-type\":…,\"detail\":{…}}`, `{\"_index\":…,\"_source\":{…}}`, `{\"sourcetype\":…,\"event\":{…}}`. " +
		"What is inside, an object or text, is decoded as if it stood alone.\n\n" +
		"Source: AWS, Amazon EventBridge events; Splunk, Format events for HTTP Event Collector.",
	Carries:  anyField,
	Envelope: true,
}, "detail-type _source sourcetype", dialect{
	names: map[string]meaning{
		"detail":  {aMessage, 64},
		"_source": {aMessage, 64},
		"event":   {aMessage, 64},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		return true, d.said(d.fields.message, d.around(e), e)
	},
})
