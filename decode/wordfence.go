package decode

import (
	"strings"

	"goshawk/event"
)

// Wordfence reads the logins that WordPress's plugin Wordfence keeps.
var Wordfence = registerDialect(Format{
	Name:  "wordfence",
	Title: "WordPress with Wordfence, its table of logins as JSON",
	Doc: "Rows of `wfLogins`, one object a line: `loginFailInvalidUsername` and `loginFailValidUsername` are failed logins, `loginOK` is a successful one, " +
		"all others are no requests.",
	Carries: event.HasTime | event.HasClient | event.HasAccount | event.HasUserAgent,
	rank:    1,
}, "hitID", dialect{
	names: map[string]meaning{
		"action": {aNote, 0}, "ctime": {aTime, 3}, "IP": {aClient, 4}, "UA": {aAgent, 3}, "username": {aAccount, 4}, "userID": {},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		switch action := d.fields.notes[0]; {
		case strings.HasPrefix(action, "loginFail"):
			e.Auth = event.AuthFail
		case action == "loginOK":
			e.Auth = event.AuthOK
		default:
			return true, ErrSkip
		}
		d.finish(e)
		if !e.Client.IsValid() && e.Account == "" {
			return true, ErrSkip
		}
		return true, nil
	},
})
