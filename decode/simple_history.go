package decode

import "goshawk/event"

// SimpleHistory reads the records of WordPress's plugin Simple History.
var SimpleHistory = registerDialect(Format{
	Name:  "simple_history",
	Title: "WordPress with Simple History, as JSON",
	Doc: "Records with `_message_key`: `user_login_failed` and `user_unknown_login_failed` are failed logins, `user_logged_in` is a successful one; all others are no requests. " +
		"The client is `_server_remote_addr`, and what proxies said of it `_server_http_x_forwarded_for_0`.",
	Carries: event.HasTime | event.HasClient | event.HasForwarded | event.HasAccount | event.HasUserAgent | event.HasReferer | event.HasHost,
	rank:    1,
}, "_message_key", dialect{
	names: map[string]meaning{
		"_message_key":                   {aNote, 0},
		"_server_remote_addr":            {aPeer, 4},
		"_server_http_x_forwarded_for":   {aForwarded, 3},
		"_server_http_x_forwarded_for_0": {aForwarded, 4},
		"_server_http_referer":           {aReferer, 3},
		"server_http_user_agent":         {aAgent, 3},
		"_server_http_user_agent":        {aAgent, 3},
		"failed_username":                {aAccount, 4},
		"failed_login":                   {aAccount, 4},
		"login":                          {aAccount, 2},
		"user_login":                     {aAccount, 3},
		"_user_login":                    {aAccount, 1},
		"date":                           {aTime, 3},
		"message":                        {},
		"level":                          {aLevel, 3},
		"id":                             {}, "user": {}, "user_id": {}, "user_email": {}, "_user_id": {}, "_user_email": {}, "login_id": {}, "login_email": {},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		switch d.fields.notes[0] {
		case "user_login_failed", "user_unknown_login_failed":
			e.Auth = event.AuthFail
		case "user_logged_in", "user_unknown_logged_in":
			e.Auth = event.AuthOK
		default:
			return true, ErrSkip
		}
		d.finish(e)
		e.User = ""
		e.Carries = e.Carries&^event.HasUser | event.HasAccount
		if !e.Client.IsValid() && e.Forwarded == "" && e.Account == "" {
			return true, ErrSkip
		}
		return true, nil
	},
})
