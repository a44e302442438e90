package decode

import (
	"strings"
	"time"

	"goshawk/event"
)

// What CloudTrail's hook needs to see.
const (
	trailSource = iota
	trailName
	trailError
	trailARN
	trailUser
	trailPrincipal
	trailType
	trailLogin
	trailEventType
	trailCategory
	trailRequest
	trailEvent
	trailDigest
	trailTime
	trailObject
	trailInvoker
	trailMFA
	trailConsole
)

// CloudTrail reads the records of AWS CloudTrail, one a line.
var CloudTrail = registerDialect(Format{
	Name:  "cloudtrail",
	Title: "AWS CloudTrail: one record a line",
	Doc: "A call of an AWS API has the method `API` and the path `/<eventSource>/<eventName>`. " +
		"The status is that of the `errorCode`: none 200; denied or badly signed 403; throttled 429; not found 404; the service's own fault 500; any other 400. " +
		"A `ConsoleLogin` that failed is 401. The user is the identity's ARN, else its name, principal or type; what follows the colon of the principal is the session. " +
		"A call made by a service has no client. " +
		"Identity type, key, second factor and the console's mark say as whom a call was made; what its parameters name (a bucket, a secret, a user) is its object.\n\n" +
		"Records may stand alone, in an `Events` element of `lookup-events` (`CloudTrailEvent`), in the `detail` of EventBridge or in an `_source`. " +
		"Digests and Insight events are skipped.\n\n" +
		"Source: AWS, \"CloudTrail record contents\".",
	Carries: trailFields,
	Encode:  appendCloudTrail,
}, "eventSource eventsource CloudTrailEvent digestS3Bucket", dialect{
	names:  trailNames(),
	strict: true,
	after:  afterCloudTrail,
})

const trailFields = event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasUserAgent | event.HasUser |
	event.HasKey | event.HasSession | event.HasHost | event.HasAccount

// trailNames lists the paths of a record. Some stores make all names lower case.
func trailNames() map[string]meaning {
	names := map[string]meaning{"CloudTrailEvent": {aMessage, 64}, "digestS3Bucket": {aNote, trailDigest}}
	for path, m := range map[string]meaning{
		"eventTime":                     {aNote, trailTime},
		"sourceIPAddress":               {aPeer, 64},
		"userAgent":                     {aAgent, 64},
		"userIdentity.accessKeyId":      {aKey, 64},
		"eventSource":                   {aNote, trailSource},
		"eventName":                     {aNote, trailName},
		"errorCode":                     {aNote, trailError},
		"userIdentity.arn":              {aNote, trailARN},
		"userIdentity.userName":         {aNote, trailUser},
		"userIdentity.principalId":      {aNote, trailPrincipal},
		"userIdentity.type":             {aNote, trailType},
		"responseElements.ConsoleLogin": {aNote, trailLogin},
		"eventType":                     {aNote, trailEventType},
		"eventCategory":                 {aNote, trailCategory},
		"requestID":                     {aNote, trailRequest},
		"eventID":                       {aNote, trailEvent},
		"userIdentity.invokedBy":        {aNote, trailInvoker},
		"additionalEventData.MFAUsed":   {aNote, trailMFA},
		"sessionCredentialFromConsole":  {aNote, trailConsole},

		"userIdentity.sessionContext.attributes.mfaAuthenticated": {aNote, trailMFA},
	} {
		names[path] = m
		names[strings.ToLower(path)] = m
	}
	for _, object := range trailObjects {
		names["requestParameters."+object] = meaning{aNote, trailObject}
		names["requestparameters."+strings.ToLower(object)] = meaning{aNote, trailObject}
	}
	return names
}

// trailObjects are the parameters that name what a call is about. Where there
// are several, the last one counts.
var trailObjects = strings.Fields("userName roleName groupName roleArn policyArn bucketName secretId parameterName name names keyId snapshotId dBSnapshotIdentifier " +
	"imageId instanceId functionName tableName detectorId trailName stackName repositoryName queueUrl")

func afterCloudTrail(d *Decoder, e *event.Event) (done bool, err error) {
	f := &d.fields
	n := &f.notes
	switch {
	case f.message != "": // CloudTrailEvent
		return false, nil
	case n[trailCategory] == "Insight" || n[trailEventType] == "AwsCloudTrailInsight":
		return true, ErrSkip
	case n[trailSource] == "" && n[trailName] == "":
		return true, d.notCloudTrail(e)
	case strings.HasPrefix(n[trailSource], "aws:"): // what S3 and SQS tell Lambda
		return true, ErrSkip
	}
	e.Carries = trailFields
	if ns, ok := utc(n[trailTime]); ok && f.take(e, aTime, 0) {
		e.Time = ns
	}
	e.Method = "API"
	e.Host = n[trailSource]
	start := len(d.scratch)
	d.scratch = append(append(d.scratch, '/'), n[trailSource]...)
	if n[trailName] != "" {
		d.scratch = append(append(d.scratch, '/'), n[trailName]...)
	}
	f.target = text(d.scratch[start:])
	for _, i := range [...]int{trailARN, trailUser, trailPrincipal, trailType} {
		if e.User = n[i]; e.User != "" {
			break
		}
	}
	_, e.Session, _ = strings.Cut(n[trailPrincipal], ":")
	e.Caller, e.Object = trailCaller(e, n), n[trailObject]
	if e.Trace = n[trailRequest]; e.Trace == "" {
		e.Trace = n[trailEvent]
	}
	switch {
	case n[trailError] != "":
		e.Status = trailStatus(n[trailError])
	case !f.cut: // what is missing of a cut record may be the error
		e.Status = 200
	}
	if n[trailName] == "ConsoleLogin" {
		switch n[trailLogin] {
		case "Failure":
			e.Auth, e.Status = event.AuthFail, 401
		case "Success":
			e.Auth = event.AuthOK
		}
		switch e.Account = n[trailUser]; {
		case e.Account == "":
			e.Account = n[trailARN]
		case strings.HasPrefix(e.Account, "HIDDEN_"): // a name that does not exist may be a password
			e.User, e.Account = "", ""
		}
		if e.Account == "" && n[trailType] == "Unknown" {
			e.User = ""
		}
	}
	if e.Status == 429 {
		e.Action = event.Throttle
	}
	return false, nil
}

// trailCaller says as whom a call was made. What the identity's ARN shows goes
// before its type: some exporters write one type for all.
func trailCaller(e *event.Event, n *[notes]string) (c event.Caller) {
	arn, kind := n[trailARN], n[trailType]
	switch {
	case kind == "AWSService" || strings.HasSuffix(n[trailInvoker], ".amazonaws.com"):
		return event.AsService
	case strings.HasSuffix(arn, ":root") || kind == "Root":
		c = event.AsRoot
	case strings.Contains(arn, ":assumed-role/") || arn == "" && kind == "AssumedRole":
		c = event.AsRole
		_, session, _ := strings.Cut(arn, ":assumed-role/")
		role, session, _ := strings.Cut(session, "/")
		switch {
		case strings.HasPrefix(role, "AWSReservedSSO_"):
			c |= event.AsStaff
		case strings.HasPrefix(role, "AWSServiceRoleFor"):
			return event.AsService
		case machine(session):
			c |= event.AsMachine
		}
	case strings.Contains(arn, ":user/") || kind == "IAMUser":
		c = event.AsUser
	}
	if strings.HasPrefix(e.Key, "AKIA") {
		c |= event.LongKey
	}
	switch n[trailMFA] {
	case "true", "Yes":
		c |= event.WithMFA
	case "false", "No":
		c |= event.WithoutMFA
	}
	if n[trailConsole] == "true" {
		c |= event.FromConsole
	}
	return c
}

// machine says whether a role's session is named after an instance: i- and its
// number.
func machine(session string) bool {
	id, ok := strings.CutPrefix(session, "i-")
	if !ok || len(id) < 8 {
		return false
	}
	for i := range len(id) {
		if c := id[i]; c-'0' > 9 && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// notCloudTrail is what an object is that has some key of CloudTrail's, but no
// record: a digest, or somebody else's.
func (d *Decoder) notCloudTrail(e *event.Event) error {
	if d.fields.notes[trailDigest] != "" {
		return ErrSkip
	}
	return d.fail(0, "no eventSource")
}

// trailStatus maps an errorCode; those of EC2 begin with Client. or Server.
func trailStatus(code string) int {
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(code, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("AccessDenied", "Unauthorized", "NotAuthorized", "UnrecognizedClient", "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken"):
		return 403
	case has("Throttl", "RequestLimitExceeded", "TooManyRequests", "SlowDown", "Rate exceeded", "ThroughputExceeded"):
		return 429
	case has("NoSuch", "NotFound"):
		return 404
	case strings.HasPrefix(code, "Server.") || has("InternalFailure", "InternalError", "InternalServer", "InternalService", "ServiceUnavailable"):
		return 500
	}
	return 400
}

// trailErrors are error codes for statuses; others are 400.
var trailErrors = map[int]string{401: "AccessDenied", 403: "AccessDenied", 404: "ResourceNotFoundException", 429: "ThrottlingException"}

// appendCloudTrail appends e as a record of a management event. It has no place
// for the method, the query and sizes. The first part of the path is the event's
// source and the rest its name; a path that has not both is the name of an event
// of API Gateway.
func appendCloudTrail(dst []byte, e *event.Event) []byte {
	source, name := trailPath(e.Path)
	str := func(before, v string) {
		dst = append(dst, before...)
		dst = append(dst, '"')
		dst = appendUnicode(dst, v)
		dst = append(dst, '"')
	}
	user, kind := e.User, "IAMUser"
	if user == "" {
		kind = "Unknown"
	}
	str(`{"eventVersion":"1.09","userIdentity":{"type":`, kind)
	principal := e.User
	if i := strings.IndexByte(principal, ':'); i >= 0 || principal == "" {
		principal = "AIDAEXAMPLE"
	}
	dst = append(dst, `,"principalId":"`...)
	dst = appendUnicode(dst, principal)
	if e.Session != "" {
		dst = append(dst, ':')
		dst = appendUnicode(dst, e.Session)
	}
	dst = append(dst, '"')
	if user != "" {
		str(`,"arn":`, user)
	}
	if e.Key != "" {
		str(`,"accessKeyId":`, e.Key)
	}
	if e.Account != "" {
		str(`,"userName":`, e.Account)
	}
	dst = append(dst, `},"eventTime":"`...)
	dst = time.Unix(0, e.Time).UTC().AppendFormat(dst, "2006-01-02T15:04:05Z")
	str(`","eventSource":`, source)
	str(`,"eventName":`, name)
	dst = append(dst, `,"awsRegion":"us-east-1","sourceIPAddress":"`...)
	dst = appendClient(dst, e, "AWS Internal")
	str(`","userAgent":`, e.UserAgent)
	login := ""
	switch {
	case name == "ConsoleLogin" && (e.Auth == event.AuthFail || e.Auth == event.AuthUnknown && e.Status == 401):
		login = "Failure"
	case name == "ConsoleLogin" && (e.Auth == event.AuthOK || e.Auth == event.AuthUnknown && e.Status == 200):
		login = "Success"
	case e.Status >= 500:
		str(`,"errorCode":`, "InternalFailure")
	case e.Status >= 400:
		code := trailErrors[e.Status]
		if code == "" {
			code = "ValidationException"
		}
		str(`,"errorCode":`, code)
	}
	dst = append(dst, `,"requestParameters":null,"responseElements":`...)
	if login == "" {
		dst = append(dst, "null"...)
	} else {
		str(`{"ConsoleLogin":`, login)
		dst = append(dst, '}')
	}
	if e.Trace != "" {
		str(`,"requestID":`, e.Trace)
	}
	readOnly := e.Method == "GET" || e.Method == "HEAD"
	for _, verb := range [...]string{"Get", "List", "Describe"} {
		readOnly = readOnly || strings.HasPrefix(name, verb)
	}
	if readOnly {
		dst = append(dst, `,"readOnly":true`...)
	} else {
		dst = append(dst, `,"readOnly":false`...)
	}
	return append(dst, `,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"123456789012","eventCategory":"Management"}`...)
}

func trailPath(path string) (source, name string) {
	path = strings.TrimPrefix(path, "/")
	source, name, _ = strings.Cut(path, "/")
	if missing(source) || missing(name) || strings.HasPrefix(source, "aws:") {
		source, name = "apigateway.amazonaws.com", path
		if missing(name) {
			name = "Invoke"
		}
	}
	return source, name
}
