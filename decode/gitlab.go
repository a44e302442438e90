package decode

import "goshawk/event"

// GitLab reads GitLab's own log of requests.
var GitLab = registerDialect(Format{
	Name:  "gitlab",
	Title: "GitLab, production_json.log",
	Doc: "One object a request, as lograge writes it, durations in seconds. A login answers 302 if it succeeds; " +
		"status 0 (GitLab leaves the answer to its failure page), a refused second factor and a failed callback of a provider are failures.\n\n" +
		"Source: GitLab, \"Log system\".",
	Carries: event.HasBytesIn<<1 - 1,
	rank:    1,
}, "target_duration_s", dialect{
	names: map[string]meaning{
		"controller":              {aNote, 0},
		"action":                  {aNote, 1},
		"duration_s":              {aSeconds, 4},
		"target_duration_s":       {},
		"queue_duration_s":        {},
		"username":                {aUser, 3},
		"params":                  {failure, 0}, // the client's
		"params.user":             {aBody, 0},
		"params.user.otp_attempt": {aNote, 2},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		f := &d.fields
		e.Body = ""
		switch {
		case f.notes[1] == "failure":
			e.Auth = event.AuthFail
		case e.Method != "POST" || f.notes[0] != "SessionsController" || f.notes[1] != "create":
		case e.Status == 0, e.Status == 200 && f.notes[2] != "":
			e.Auth = event.AuthFail
		case e.Status == 302:
			e.Auth = event.AuthOK
		}
		return false, nil
	},
})
