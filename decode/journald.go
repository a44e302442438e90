package decode

import "goshawk/event"

// Journald reads the journal as journalctl exports it.
var Journald = registerDialect(Format{
	Name:  "journald",
	Title: "systemd's journal (journalctl -o json)",
	Doc: "The text in MESSAGE, which is a list of bytes where it holds what is not printable, with `__REALTIME_TIMESTAMP` for its time. " +
		"The journal's other fields never make a request.\n\n" +
		"Source: systemd, Journal Export Formats, Journal JSON Format.",
	Carries:  anyField,
	Envelope: true,
}, "__REALTIME_TIMESTAMP", dialect{
	names: map[string]meaning{
		"MESSAGE":              {aMessage, 64},
		"__REALTIME_TIMESTAMP": {aTime, 64},
		"SYSLOG_IDENTIFIER":    {aNote, 0},
		"_COMM":                {aNote, 1},
		"PRIORITY":             {aLevel, 64},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		env := d.around(e)
		env.level = severity(env.level)
		if env.program = d.fields.notes[0]; env.program == "" {
			env.program = d.fields.notes[1]
		}
		if isQuiet(env.program) {
			return true, ErrSkip
		}
		return true, d.said(d.fields.message, env, e)
	},
})
