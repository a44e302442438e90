package report

import (
	"fmt"
	"reflect"
	"time"

	"goshawk/correlate"
	"goshawk/detect"
	"goshawk/engine"
	"goshawk/event"
)

func at(s string) int64 {
	t, err := time.Parse(time.DateTime, s)
	if err != nil {
		panic(err)
	}
	return t.UnixNano()
}

// samples are results by name: one with something of everything, and the three
// short ones.
func samples() map[string]*engine.Result {
	return map[string]*engine.Result{"abuse": abuse(), "clean": clean(), "insufficient": insufficient(), "many": many(), "empty": {Verdict: engine.Insufficient}}
}

func abuse() *engine.Result {
	ip := func(s string) event.Actor { return event.Actor{Scope: event.IP, Value: s} }
	key := event.Actor{Scope: event.Key, Value: "ak_live_·9f2c41d07be88a13"}
	login := event.Actor{Scope: event.Endpoint, Value: "POST /api/v1/auth/login"}
	orders := event.Actor{Scope: event.Endpoint, Value: "GET /api/v1/orders/{id}"}
	var crowd []event.Actor
	for i := range 64 {
		crowd = append(crowd, ip(fmt.Sprintf("198.51.100.%d", i+1)))
	}
	stuffing := detect.Standards{OAT: []string{"OAT-008"}, OWASPAPI: []string{"API2:2023"}, Attack: []string{"T1110.004"}, CWE: []string{"CWE-307"}}
	return &engine.Result{
		Verdict: engine.Abuse,
		Summary: "67 actors abuse the API; 2 incidents.",
		Input: engine.Input{
			Sources: []engine.SourceStat{
				{Name: "web1/access.log", Format: "combined", Lines: 1204331, Events: 1204300, Unparsed: 31, First: at("2026-11-20 00:00:03"), Last: at("2026-11-20 23:59:59")},
				{Name: "web2/access.log", Format: "json", Lines: 8120, Events: 8120, First: at("2026-11-19 22:10:00"), Last: at("2026-11-20 23:40:11"), Error: "unexpected EOF in gzip data"},
			},
			Lines: 1212451, Events: 1212420, Unparsed: 31, Bytes: 214_310_552, Seconds: 2.417, Late: 12, Skewed: 1, Evicted: 40211,
			Samples: []engine.Sample{
				{Source: 0, Line: 77, Reason: "no request between the quotes", Text: `203.0.113.80 - - [20/Nov/2026:00:01:12 +0000] "-" 408 0 "-" "-"`},
				{Source: 0, Line: 9131, Reason: "no address where the client should stand", Text: "\x16\x03\x01\x02 binary \xff\xfe and then some"},
			},
			Notes: []string{"Some times carry no zone and were read as UTC; set decode.timezone if that is wrong."},
		},
		Incidents: []correlate.Incident{
			{
				ID: "inc-f-7d31c0aa", Title: "One source fails to log in to many accounts; One principal reads objects of others", Probability: 0.9984, Severity: detect.Critical,
				Tags: []string{"attack"}, FirstSeen: at("2026-11-20 09:14:03"), LastSeen: at("2026-11-20 11:02:45"),
				Stages: []correlate.Stage{
					{Name: "access", At: at("2026-11-20 09:14:41"), Finding: "f-7d31c0aa"},
					{Name: "enumeration", At: at("2026-11-20 10:31:00"), Finding: "f-11f09e52"},
				},
				Members: []event.Actor{ip("203.0.113.7"), key}, MembersTotal: 2,
				Findings: []string{"f-7d31c0aa", "f-11f09e52"}, Blast: correlate.Blast{Accounts: 8, Objects: 2310, Bytes: 18_400_000},
			},
			{
				ID: "inc-f-c4e8a911", Title: "One source fails to log in to many accounts", Probability: 0.9312, Severity: detect.High,
				Tags: []string{"attack"}, FirstSeen: at("2026-11-20 03:00:00"), LastSeen: at("2026-11-21 01:12:00"),
				Stages:  []correlate.Stage{{Name: "access", At: at("2026-11-20 04:20:00"), Finding: "f-c4e8a911"}},
				Members: crowd, MembersTotal: len(crowd), Findings: []string{"f-c4e8a911"},
			},
		},
		Findings: []detect.Finding{
			{
				ID: "f-c4e8a911", Detector: "credential_stuffing", Threat: "credential-stuffing", Title: "One source fails to log in to many accounts",
				Severity: detect.High, Score: 0.9312, LLR: 9.4, Actor: event.Actor{Scope: event.Group, Value: "g-5b1e77"}, Members: crowd, MembersTotal: 12064,
				Target: login, FirstSeen: at("2026-11-20 03:00:00"), LastSeen: at("2026-11-21 01:12:00"), DetectedAt: at("2026-11-20 04:20:00"), Events: 24911,
				Evidence: detect.Evidence{
					Summary: "11,870 of 12,064 accounts refused (98 %), where peers are refused 6 %; 0 attempts succeeded.",
					Facts: []detect.Fact{
						{Name: "accounts tried", Value: 12064, Unit: "accounts", Limit: 5, HasLimit: true},
						{Name: "share refused", Value: 98.39, Unit: "%", Peer: 6.1, HasPeer: true},
						{Name: "addresses", Value: 64, Unit: "addresses"},
					},
					Lines: []detect.Line{{Source: 0, Line: 104221, Text: `198.51.100.1 - - [20/Nov/2026:03:00:00 +0000] "POST /api/v1/auth/login HTTP/1.1" 401 52 "-" "okhttp/4.9.3"`}},
				},
				WouldNotFire: []string{"accounts tried had stayed at 5 accounts or below (it was 12064 accounts)"},
				Standards:    stuffing,
				Advice:       []string{"Challenge or throttle the members listed, not the whole fingerprint or network."},
				Impact:       detect.High, Family: "auth",
			},
			{
				ID: "f-7d31c0aa", Detector: "credential_stuffing", Threat: "credential-stuffing", Title: "One source fails to log in to many accounts",
				Severity: detect.Critical, Score: 0.9961, LLR: 7.12, Actor: ip("203.0.113.7"), Target: login,
				FirstSeen: at("2026-11-20 09:14:03"), LastSeen: at("2026-11-20 10:26:09"), DetectedAt: at("2026-11-20 09:14:41"), Events: 420,
				Evidence: detect.Evidence{
					Summary: "412 of 420 accounts refused (98 %), where peers are refused 6 %; 8 attempts succeeded.",
					Facts: []detect.Fact{
						{Name: "accounts tried", Value: 420, Unit: "accounts", Limit: 5, HasLimit: true},
						{Name: "share refused", Value: 98.1, Unit: "%", Peer: 6.1, HasPeer: true},
						{Name: "successes", Value: 8, Unit: "log-ins"},
					},
					Lines: []detect.Line{
						{Source: 0, Line: 301877, Text: `203.0.113.7 - - [20/Nov/2026:09:14:03 +0000] "POST /api/v1/auth/login HTTP/1.1" 401 52 "-" "python-requests/2.31.0"`},
						{Source: 0, Line: 301880, Text: `203.0.113.7 - - [20/Nov/2026:09:14:05 +0000] "POST /api/v1/auth/login HTTP/1.1" 401 52 "-" "python-requests/2.31.0"`},
						{Source: 0, Line: 309104, Text: `203.0.113.7 - - [20/Nov/2026:10:21:40 +0000] "POST /api/v1/auth/login HTTP/1.1" 200 911 "-" "python-requests/2.31.0"`},
					},
					Counter: []string{"8 log-ins from it succeeded: its own, or accounts that are lost."},
				},
				WouldNotFire: []string{"accounts tried had stayed at 5 accounts or below (it was 420 accounts)", "the allow list named ip 203.0.113.7"},
				Standards:    stuffing,
				Advice: []string{
					"Throttle or block 203.0.113.7; if people share the address, challenge instead.",
					"Reset the passwords of the accounts that were entered and end their sessions.",
					"Limit failed log-ins for each source and account together; never lock the account for everyone.",
				},
				Impact: detect.Critical, Family: "auth",
			},
			{
				ID: "f-11f09e52", Detector: "bola", Threat: "broken-object-level-authorization", Title: "One principal reads objects of others",
				Severity: detect.High, Score: 0.9984, LLR: 8, Actor: key, Members: []event.Actor{ip("203.0.113.7")}, MembersTotal: 1, Target: orders,
				FirstSeen: at("2026-11-20 10:30:12"), LastSeen: at("2026-11-20 11:02:45"), DetectedAt: at("2026-11-20 10:31:00"), Events: 2604,
				Evidence: detect.Evidence{
					Summary: "2310 objects that another principal owns were returned, 294 were refused; 99 % of what it touched is not its own.",
					Facts: []detect.Fact{
						{Name: "foreign objects returned", Value: 2310, Unit: "objects", Limit: 3, HasLimit: true},
						{Name: "bytes returned", Value: 18.4e6, Unit: "B"},
					},
					Lines: []detect.Line{
						{Source: 1, Line: 5071, Text: `{"time":"2026-11-20T10:30:12Z","remote_addr":"203.0.113.7","request":"GET /api/v1/orders/48213","status":200,"api_key":"ak_live_·9f2c41d07be88a13"}`},
						{Source: 1, Line: 5072, Text: "short"}, {Source: 1, Line: 5073, Text: "short"}, {Source: 1, Line: 5074, Text: "short"},
						{Source: 1, Line: 5075, Text: "short"}, {Source: 1, Line: 5076, Text: "short"}, {Source: 1, Line: 5077, Text: "short"},
					},
					Counter: []string{"Support staff and resellers read objects of many owners too; allow them by user or key."},
				},
				Standards: detect.Standards{OWASPAPI: []string{"API1:2023"}, CWE: []string{"CWE-639"}},
				Advice:    []string{"Rotate key ak_live_·9f2c41d07be88a13 and ask its owner; it may be leaked.", "Read more: goshawk explain broken-object-level-authorization"},
				Impact:    detect.High, Family: "enumeration",
			},
			{
				ID: "f-90aa10bc", Detector: "rate", Threat: "request-rate-abuse", Title: "One client asks far more often than its peers",
				Severity: detect.Low, Score: 0.6, LLR: 1.2, Actor: event.Actor{Scope: event.Fingerprint, Value: "t13d1516h2_8daaf6152771_02713d6af862"},
				FirstSeen: at("2026-11-20 12:00:00"), LastSeen: at("2026-11-20 12:00:00"), DetectedAt: at("2026-11-20 12:00:00"), Events: 1,
				Evidence: detect.Evidence{Summary: "0.042 requests a second at its slowest.", Facts: []detect.Fact{{Name: "requests a second", Value: 0.0421}}},
				Impact:   detect.Medium, Family: "rate",
			},
		},
		Actors: []engine.ActorScore{
			{Actor: key, Score: 0.9984, Severity: detect.High, Findings: []string{"f-11f09e52"}},
			{Actor: ip("203.0.113.7"), Score: 0.9961, Severity: detect.Critical, Findings: []string{"f-7d31c0aa", "f-11f09e52"}},
		},
		Signatures: []engine.Signature{{
			Name: "access denied", Threat: "unauthorized-api-access", Source: 0, Line: 88120, Client: "192.168.1.100",
			Text: "2026-11-20T14:32:45.123Z ERROR 403 Access Denied - /api/user/data - IP: 192.168.1.100 - User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
			Note: "Look for more lines of the same address, and for paths that it was not refused.",
		}},
		Detectors: []engine.DetectorRun{
			{Name: "bola", Ran: true}, {Name: "credential_stuffing", Ran: true},
			{Name: "missing_headers", AbstainedBecause: "the log does not carry user_agent"},
			{Name: "own_baseline", AbstainedBecause: "the log does not carry user_agent"},
			{Name: "uuid_guessing", AbstainedBecause: "it is turned off in the configuration"},
		},
		Allowed: []engine.Allowed{
			{Actor: ip("192.0.2.10"), Reason: "our own scanner", Events: 12031, Detector: "enumeration", Score: 0.987},
			{Actor: event.Actor{Scope: event.User, Value: "backup"}, Events: 1},
		},
		Described: &engine.Described{Files: []string{"api.yaml"}, Operations: 41, Seen: 36, Total: 2, Shadows: []engine.Shadow{
			{Endpoint: "GET /api/v1/debug/users", Requests: 40, Answered: 31},
			{Endpoint: "DELETE /api/v1/orders/{orderId}", Method: true, Requests: 3, Answered: 1},
		}},
	}
}

// many is more incidents than anybody reads, each of a finding without evidence.
func many() *engine.Result {
	r := abuse()
	r.Findings, r.Incidents = nil, nil
	for i := range 23 {
		f := detect.Finding{ID: fmt.Sprintf("f-%02d", i), Detector: "rate", Title: "Requests far above what one client does", Severity: detect.Severity(1 + i%4), Score: 0.9, Events: 7,
			Actor: event.Actor{Scope: event.IP, Value: fmt.Sprintf("192.0.2.%d", i)}, FirstSeen: at("2026-11-20 09:14:03"), LastSeen: at("2026-11-20 10:26:09")}
		r.Findings = append(r.Findings, f)
		r.Incidents = append(r.Incidents, correlate.Incident{ID: "inc-" + f.ID, Title: f.Title, Severity: f.Severity, Probability: f.Score, Members: []event.Actor{f.Actor}, MembersTotal: 1 + i,
			FirstSeen: f.FirstSeen, LastSeen: f.LastSeen, Findings: []string{f.ID}})
	}
	return r
}

func clean() *engine.Result {
	return &engine.Result{
		Verdict: engine.Clean,
		Summary: "Nobody stands out among 5,012 events.",
		Input: engine.Input{
			Sources: []engine.SourceStat{{Name: "-", Format: "combined", Lines: 5012, Events: 5012, First: at("2026-11-20 00:00:00"), Last: at("2026-11-23 04:00:00")}},
			Lines:   5012, Events: 5012, Bytes: 912, Seconds: 0.04,
		},
		Detectors: []engine.DetectorRun{{Name: "rate", Ran: true}},
	}
}

func insufficient() *engine.Result {
	r := abuse()
	return &engine.Result{
		Verdict: engine.Insufficient,
		Summary: "A known signature matched, which proves nothing alone; more of the log is needed.",
		Input: engine.Input{
			Sources: []engine.SourceStat{{Name: "-", Format: "text", Lines: 1, Events: 1}},
			Lines:   1, Events: 1, Bytes: 201,
		},
		Signatures: r.Signatures,
		Detectors:  r.Detectors,
	}
}

// hostile fills every text of a result with s.
func hostileResult(s string) *engine.Result {
	r := abuse()
	fill(reflect.ValueOf(r).Elem(), s)
	r.Verdict = engine.Abuse
	for i := range r.Findings {
		r.Findings[i].ID = fmt.Sprint(s, i)
	}
	r.Incidents[0].Findings = []string{r.Findings[0].ID, r.Findings[1].ID}
	r.Incidents[1].Findings = []string{r.Findings[2].ID}
	return r
}

func fill(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), s)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), s)
		}
	}
}
