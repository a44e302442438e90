package decode

import "goshawk/event"

// Loki reads what LogCLI and Grafana export.
var Loki = registerDialect(Format{
	Name:  "loki",
	Title: "exports of Loki (LogCLI, Grafana)",
	Doc: "`{\"labels\":{…},\"line\":\"line\",\"timestamp\":\"…\"}`, with the time in RFC 3339 or in nanoseconds. " +
		"Labels make a request only if the line is not understood.",
	Carries:  anyField,
	Envelope: true,
}, "line", dialect{
	names: map[string]meaning{
		"line":      {aMessage, 4},
		"timestamp": {aTime, 4},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		return true, d.original(d.fields.message, d.around(e), e)
	},
})
