package decode

import "goshawk/event"

// Beats reads what Filebeat and Logstash ship.
var Beats = registerDialect(Format{
	Name:  "beats",
	Title: "Filebeat, Logstash and other shippers of Elastic",
	Doc: "The line in `event.original`, else in `message`, counts for more than what a shipper's filters read out of it, since these give " +
		"`path` and `host` meanings of their own. Fluentd and Fluent Bit (`log`) need no format of their own: json reads them.",
	Carries:  anyField,
	Envelope: true,
}, "@metadata @version", dialect{
	names: map[string]meaning{
		"message":        {aMessage, 3},
		"event.original": {aMessage, 4},
		"@timestamp":     {aTime, 3},
		"host":           {aNote, 0}, // that the shipper runs on
		"hostname":       {aNote, 0},
		"log":            {aNote, 0}, // where the line was
		"input":          {aNote, 0},
		"agent":          {aAgent, 1},
	},
	added: true,
	after: func(d *Decoder, e *event.Event) (bool, error) {
		return true, d.original(d.fields.message, d.around(e), e)
	},
})
