package decode

import "goshawk/event"

// Fastly reads the JSON of Fastly's own example, whose keys have common names.
var Fastly = registerDialect(Format{
	Name:  "fastly",
	Title: "Fastly real-time logs in JSON",
	Doc:   "The keys are the user's choice; those of Fastly's example, and common names, are understood. `time_elapsed` is in microseconds.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn | event.HasDuration |
		event.HasUserAgent | event.HasReferer | event.HasUser | event.HasKey | event.HasSession | event.HasForwarded | event.HasHost | event.HasTLS,
}, "fastly_server fastly_is_edge fastly_info fastly_info_state", dialect{
	names: map[string]meaning{"time_elapsed": {aMicros, 5}},
})
