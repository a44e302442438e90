package enrich

import (
	"strings"

	"goshawk/event"
)

// role is what a path is for, as far as its words say.
type role uint8

const (
	noRole role = iota
	login
	wpLogin // a success redirects, a failure shows the form again with 200
	xmlrpc  // always 200, so that only a refusal says something
	register
	people // a collection of accounts: who posts to it without one makes one
	refresh
	logout
	reset
)

var roles = map[string]role{
	"login": login, "signin": login, "sign-in": login, "sign_in": login, "log-in": login, "logon": login, "authenticate": login, "session": login, "sessions": login,
	"j_spring_security_check": login, "token": login, "auth": login, "wp-login.php": wpLogin, "xmlrpc.php": xmlrpc,
	"wp-signup": register, "wp-register": register, "register": register, "signup": register, "sign-up": register, "sign_up": register, "registration": register,
	"create-account": register, "create_account": register, "createaccount": register, "create-user": register, "createuser": register, "enroll": register, "enrol": register,
	"users": people, "accounts": people, "customers": people, "members": people, "user": people, "account": people, "customer": people, "member": people,
	"refresh": refresh, "refresh-token": refresh, "refresh_token": refresh, "logout": logout, "signout": logout, "log-out": logout, "revoke": logout, "introspect": logout,
	"reset": reset, "reset-password": reset, "forgot-password": reset, "forgot": reset, "password-reset": reset,
	"lostpassword": reset, "lost-password": reset, "lost_password": reset,
}

func newShape(text string, asset bool) *Shape {
	s := &Shape{Text: text, asset: asset}
	_, path, _ := strings.Cut(text, " ")
	whole := path
	path, rest, query := strings.Cut(path, "?")
	if route, ok := strings.CutPrefix(rest, restRoute+"="); ok {
		path, _, query = strings.Cut(route, "&")
	}
	path = strings.TrimSuffix(path, "/")
	last := path[strings.LastIndexByte(path, '/')+1:]
	word := strings.ToLower(last)
	if r, ok := roles[strings.TrimSuffix(word, ".php")]; ok {
		s.role = r
	} else {
		s.role = roles[word]
	}
	if above := path[:max(len(path)-len(last)-1, 0)]; word == "create" || word == "new" {
		if roles[strings.ToLower(above[strings.LastIndexByte(above, '/')+1:])] == people {
			s.role = register // /account/create
		}
	}
	s.list = !asset && !query && !strings.HasPrefix(last, "{")
	if CloudCall(text) {
		s.role, s.list, s.traits = noRole, false, event.Cloud
		call := deedOf(whole)
		s.deed, s.nth = call.deed, call.nth
		service, _, _ := strings.Cut(strings.TrimPrefix(whole, "/"), "/")
		s.serves = uint8(hashName(service) >> 24)
		return s
	}
	s.traits = traitsOf(whole, s.role)
	return s
}

// classify says which classes an event belongs to.
func classify(e *event.Event, s *Shape) (c event.Class) {
	post := e.Method == "POST" || e.Method == "PUT"
	r := s.role
	if r == wpLogin && e.Query != "" {
		r = wpAction(e.Query)
	}
	switch {
	case e.Auth != event.AuthUnknown && (e.Account != "" || e.Path == "" || s.traits&event.Cloud != 0):
		c |= event.Login | outcome(e, r) // a log of attempts need not tell where
	case s.asset:
		c |= event.Asset
	case post && r == register, e.Method == "POST" && r == people && e.User == "" && e.Key == "":
		c |= event.Register | event.Create
	case post && (r == login || r == wpLogin || r == xmlrpc):
		c |= event.Login | outcome(e, r)
	case len(e.IDs) > 0:
		c |= event.Object
	case s.list && e.Method == "GET" && e.Status/100 == 2:
		c |= event.List
	}
	switch e.Method {
	case "POST", "PUT", "PATCH", "DELETE":
		c |= event.Write
	}
	switch e.Status {
	case 429:
		c |= event.Refusal | event.Throttled
	case 401, 403, 404, 405, 410:
		c |= event.Refusal
	}
	if e.Action == event.Throttle {
		c |= event.Throttled
	}
	return c
}

// wpAction says what wp-login.php is asked to do.
func wpAction(query string) role {
	for more := true; more; {
		var pair string
		pair, query, more = strings.Cut(query, "&")
		switch action, ok := strings.CutPrefix(pair, "action="); {
		case !ok || action == "" || action == "login":
		case action == "register":
			return register
		case action == "lostpassword" || action == "retrievepassword" || action == "rp" || action == "resetpass":
			return reset
		case action == "logout":
			return logout
		default: // postpass opens a protected post, confirmaction a request
			return noRole
		}
	}
	return wpLogin
}

// outcome of a login: what the format says, else the status. WordPress answers
// a failure with 200 and a success with a redirect, but for its XML-RPC, which
// answers either with 200; others refuse with 400,
// 401, 403, 422 or 423; a throttled attempt did not get in either. A failing
// server decides nothing.
func outcome(e *event.Event, r role) event.Class {
	switch e.Auth {
	case event.AuthFail:
		return event.Failed
	case event.AuthOK:
		return event.Succeeded
	}
	switch {
	case r == wpLogin && e.Status == 200:
		return event.Failed
	case r == xmlrpc && e.Status < 400:
		return 0
	case e.Status >= 200 && e.Status < 400:
		return event.Succeeded
	}
	switch e.Status {
	case 400, 401, 403, 404, 422, 423, 429:
		return event.Failed
	}
	return 0
}
