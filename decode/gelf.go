package decode

import "goshawk/event"

// GELF reads what Graylog's inputs are sent.
var GELF = registerDialect(Format{
	Name:  "gelf",
	Title: "Graylog (GELF)",
	Doc: "The line in `full_message`, else in `short_message`; the additional fields (`_request_verb` …) make a request only if neither is understood. " +
		"`host` is where the message comes from, not what was asked for.\n\n" +
		"Source: Graylog, GELF payload specification 1.1.",
	Carries:  anyField,
	Envelope: true,
}, "short_message", dialect{
	names: map[string]meaning{
		"short_message": {aMessage, 4},
		"full_message":  {aNote, 1},
		"timestamp":     {aTime, 4},
		"host":          {aNote, 0},
		"_host":         {aHost, 3},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		e.Level = severity(e.Level)
		short, full, env := d.fields.message, d.fields.notes[1], d.around(e)
		if full != "" && full != short {
			fields, outer := d.fields, *e
			if d.said(full, env, e) == nil {
				return true, nil
			}
			d.fields, *e = fields, outer
		}
		return true, d.original(short, env, e)
	},
})
