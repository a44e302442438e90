package decode

import (
	"strings"

	"goshawk/event"
)

// K8sAudit reads the audit log of the Kubernetes API server.
var K8sAudit = registerDialect(Format{
	Name:  "k8s_audit",
	Title: "Kubernetes API server audit events",
	Doc: "A request counts when it is complete: other stages are skipped. Verbs become methods: get, list and watch are GET, create is POST. " +
		"The duration is the time from reception to that stage.\n\n" +
		"Of `sourceIPs` the last is the peer; the others are what headers say and count as X-Forwarded-For. `system:anonymous` is no user.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasDuration | event.HasUserAgent | event.HasUser |
		event.HasKey | event.HasForwarded,
}, "auditID apiVersion=audit.k8s.io", dialect{
	names: map[string]meaning{
		"apiVersion":               {},
		"kind":                     {},
		"level":                    {},
		"auditID":                  {aTrace, 5},
		"stage":                    {aNote, auditStage},
		"verb":                     {aNote, auditVerb},
		"requestURI":               {aTarget, 5},
		"sourceIPs":                {aForwarded, 5},
		"userAgent":                {aAgent, 5},
		"user":                     {failure, 0},
		"user.username":            {aUser, 5},
		"impersonatedUser":         {failure, 0},
		"responseStatus":           {failure, 0},
		"responseStatus.code":      {aStatus, 5},
		"stageTimestamp":           {aTime, 5},
		"requestReceivedTimestamp": {aNote, auditReceived},
		"objectRef":                {failure, 0},
		"requestObject":            {failure, 0},
		"responseObject":           {failure, 0},
		"annotations":              {failure, 0},

		"user.extra.authentication.kubernetes.io/credential-id": {aKey, 5},
	},
	after: func(d *Decoder, e *event.Event) (bool, error) {
		n := &d.fields.notes
		if n[auditStage] != "ResponseComplete" {
			return true, ErrSkip
		}
		e.Carries |= event.HasMethod
		switch verb := n[auditVerb]; verb {
		case "get", "list", "watch":
			e.Method = "GET"
		case "create":
			e.Method = "POST"
		case "update":
			e.Method = "PUT"
		case "deletecollection":
			e.Method = "DELETE"
		case "delete", "patch", "post", "put", "head", "options":
			e.Method, _ = method(verb)
		}
		if i := strings.LastIndexByte(e.Forwarded, ','); e.Forwarded != "" {
			if a, ok := parseAddr(strings.TrimLeft(e.Forwarded[i+1:], " ")); ok {
				e.Peer = a
			}
			e.Forwarded = e.Forwarded[:max(i, 0)]
			e.Carries |= event.HasClient
		}
		if t, ok := d.clock.any(n[auditReceived]); ok {
			switch {
			case d.fields.rank[aTime] == 0:
				d.setTime(e, 5, n[auditReceived])
			case e.Time >= t.ns:
				e.Duration = e.Time - t.ns
				e.Carries |= event.HasDuration
			}
		}
		if e.User == "system:anonymous" {
			e.User = ""
		}
		return false, nil
	},
})

// Notes.
const (
	auditStage = iota
	auditVerb
	auditReceived
)
