package decode

import "strings"

// slot is what a named field of a log means.
type slot uint8

const (
	noSlot slot = iota
	aTime
	aPeer       // address of the socket's other end, as the server sees it
	aSocket     // the same, before the server put a header's address in its place
	aClient     // address of who asked
	aRealIP     // the same, from a header that anyone can send
	aForwarded  // X-Forwarded-For
	aMethod     //
	aRequest    // a request line, or an object about the request
	aTarget     // path and query, or an absolute URL
	aRoute      // a template such as /pets/{id}, or "GET /pets/{id}"
	aQuery      // query text, or an object of its parameters
	aStatus     //
	aCode       // a status, if it is between 100 and 599
	aBytes      // bytes of the answer
	aBytesIn    // bytes of the request
	aLength     // Content-Length of whichever message it stands in
	aSeconds    // durations, by unit
	aMillis     //
	aMicros     //
	aNanos      //
	aElapsed    // a duration whose unit only a suffix can tell
	aLatency    // milliseconds in bunyan, else as aElapsed
	aTook       // request_time: seconds with a point, a time if it is a date
	aAgent      //
	aReferer    //
	aUser       // the principal, or an object about it
	aUserName   // the principal, and the account aimed at
	aAccount    // the account aimed at
	aKey        //
	aAuthorized // the Authorization header
	aSession    // a session id, or an object about it
	aCookie     // the Cookie header
	aTLS        // JA4 or JA3
	aHost       //
	aScheme     //
	aProto      //
	aTrace      //
	anID        // "id": means something only inside another object
	aLevel      //
	aBody       //
	aMessage    // text that may itself be a log line
	anOutcome   // errorResponseType of API Gateway, limit_req_status of nginx
	aBunyan     // "v", the version of bunyan's records
	aNote       // kept as it is for a dialect's own use; its rank says where
	aName       // "name": means something only inside another object
	wrapper     // objects only, from here on: one that adds nothing
	headers     //
	response    //
	cookies     //
	failure     // errors, with texts and codes of their own
	slots
)

// meaning is a slot and how surely a name means it: of two fields for one slot
// the higher rank wins, and the later of equals.
type meaning struct {
	slot slot
	rank uint8
}

// key is a name in its place: what it means, its path and whether the dialect
// says so. With more than four fields it would be copied through memory.
type key struct {
	path uint64
	meaning
	role role
	tell uint8 // where in tellers it is, plus one
}

// role is what a dialect has to do with a key.
type role uint8

const (
	own role = 1 << iota // it gives it its meaning
	way                  // it gives one to something in it
)

func (k key) is(r role) bool { return k.role&r != 0 }

// keyCache remembers what names mean by their position on the line, since the
// lines of a log repeat their keys in order. A miss costs time, never a result.
type keyCache [64]struct {
	parent uint64
	key
	n   uint8
	raw [28]byte
}

// lookup returns what the name means that is the i-th of its line, in an object
// whose path is parent.
func (c *keyCache) lookup(i int, l *dialect, parent uint64, name string) key {
	if i >= len(c) || len(name) > len(c[0].raw) {
		return l.lookup(parent, name)
	}
	k := &c[i]
	if k.parent != parent || string(k.raw[:k.n]) != name || k.n == 0 {
		k.key, k.parent = l.lookup(parent, name), parent
		k.n = uint8(copy(k.raw[:], name))
	}
	return k.key
}

// lookup returns what a name means: lower-cased, without its _ - . and spaces.
func lookup(name string) meaning {
	var buf [40]byte
	b := buf[:0]
	for i := range len(name) {
		c := name[i]
		if c == '_' || c == '-' || c == '.' || c == ' ' || c == '@' || c == '$' || c == ':' {
			continue
		}
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if len(b) == len(buf) {
			return meaning{}
		}
		b = append(b, c)
	}
	return synonym(text(b))
}

// synonym is the dictionary. Ranks: 4 and above name one thing only, 3 nearly
// so, 2 and 1 are common words, 0 are abbreviations.
func synonym(s string) meaning {
	switch s {
	case "msec", "timeiso8601", "timelocal", "requesttimeepoch", "startedat", "starttime", "timestampms":
		return meaning{aTime, 3}
	case "time", "timestamp", "ts", "datetime", "eventtime", "date", "asctime":
		return meaning{aTime, 2}
	case "t":
		return meaning{aTime, 0}

	case "remoteaddr", "remoteaddress", "remoteip", "peer", "peerip", "networkpeeraddress":
		return meaning{aPeer, 3}
	case "realipremoteaddr", "socketip":
		return meaning{aSocket, 3}
	case "remotehost":
		return meaning{aPeer, 1}
	case "clientip", "clientaddress", "clientaddr":
		return meaning{aClient, 4}
	case "sourceip", "srcip", "sourceaddress", "ipaddress", "ip", "address":
		return meaning{aClient, 3}
	case "client", "source":
		return meaning{aClient, 2}
	case "xrealip", "httpxrealip":
		return meaning{aRealIP, 1}
	case "xforwardedfor", "httpxforwardedfor", "xff", "proxyaddxforwardedfor", "forwardedfor":
		return meaning{aForwarded, 3}

	case "requestmethod", "httpmethod", "httprequestmethod":
		return meaning{aMethod, 4}
	case "method", "verb":
		return meaning{aMethod, 3}
	case "m":
		return meaning{aMethod, 0}
	case "request", "req", "httprequest", "requestline":
		return meaning{aRequest, 5}
	case "requesturi", "originalurl", "requesturl", "httptarget", "urloriginal":
		return meaning{aTarget, 4}
	case "url", "uri", "target", "httpurl", "urlfull", "requestpath":
		return meaning{aTarget, 3}
	case "path", "urlpath", "pathname":
		return meaning{aTarget, 2}
	case "u":
		return meaning{aTarget, 0}
	case "routekey", "resourcepath", "route", "resource", "endpoint":
		return meaning{aRoute, 1}
	case "args", "query", "querystring", "urlquery", "requestquery", "params", "queryparams", "parameters":
		return meaning{aQuery, 3}
	case "scheme", "requestscheme", "urlscheme", "xforwardedproto", "httpxforwardedproto":
		return meaning{aScheme, 3}
	case "serverprotocol", "httpprotocol", "requestprotocol", "requestproto":
		return meaning{aProto, 4}
	case "protocol", "proto", "httpversion":
		return meaning{aProto, 3}
	case "httphost", "domainname", "requesthost":
		return meaning{aHost, 4}
	case "host", "authority", "urldomain":
		return meaning{aHost, 3}
	case "servername", "vhost", "virtualhost":
		return meaning{aHost, 1}

	case "statuscode", "responsestatus", "responsestatuscode", "responsecode", "httpstatus", "httpstatuscode", "httpresponsestatuscode":
		return meaning{aStatus, 4}
	case "status":
		return meaning{aStatus, 3}
	case "code":
		return meaning{aCode, 1}
	case "s":
		return meaning{aCode, 0}
	case "bodybytessent", "bytessent", "responsesize", "responselength", "responsebytes", "responsebodysize", "bytesout", "httpresponsebodybytes":
		return meaning{aBytes, 4}
	case "bytes", "size":
		return meaning{aBytes, 2}
	case "length":
		return meaning{aBytes, 1}
	case "contentlength":
		return meaning{aLength, 2}
	case "httpcontentlength":
		return meaning{aBytesIn, 2}
	case "requestlength", "requestsize", "reqsize", "reqbytes", "bytesin", "bytesreceived", "requestbytes":
		return meaning{aBytesIn, 4}

	case "requesttime":
		return meaning{aTook, 3}
	case "rt", "durations", "durationsec", "durationsecs", "durationseconds", "elapsedseconds", "elapsedsec", "latencyseconds", "responsetimeseconds", "responsetimes":
		return meaning{aSeconds, 3}
	case "responsetime", "responselatency", "durationms", "elapsedms", "latencyms", "tookms", "timems", "responsetimems", "requesttimems", "durationmillis", "elapsedtimems":
		return meaning{aMillis, 3}
	case "durationus", "elapsedus", "latencyus", "responsetimeus", "requesttimeus", "durationmicros":
		return meaning{aMicros, 3}
	case "durationns", "elapsedns", "latencyns", "durationnanos", "durationnano":
		return meaning{aNanos, 3}
	case "duration", "elapsed", "elapsedtime", "took":
		return meaning{aElapsed, 2}
	case "latency":
		return meaning{aLatency, 2}

	case "httpuseragent", "useragent", "useragentoriginal", "requestuseragent":
		return meaning{aAgent, 3}
	case "agent", "ua":
		return meaning{aAgent, 1}
	case "httpreferer", "httpreferrer", "referer", "referrer", "requestreferer", "httprequestreferrer":
		return meaning{aReferer, 3}

	case "remoteuser", "userid", "uid", "userarn", "enduserid", "authuser":
		return meaning{aUser, 4}
	case "user", "principalid", "authorizerprincipalid", "principal":
		return meaning{aUser, 3}
	case "sub", "caller", "consumer", "consumername", "subject":
		return meaning{aUser, 2}
	case "username":
		return meaning{aUserName, 1}
	case "account", "email", "login", "loginname", "useremail":
		return meaning{aAccount, 3}
	case "apikeyid", "apikey", "xapikey", "httpxapikey", "apikeyhash", "accesskeyid", "httpapikey":
		return meaning{aKey, 4}
	case "keyid", "clientid", "consumerid":
		return meaning{aKey, 2}
	case "authorization", "httpauthorization":
		return meaning{aAuthorized, 3}
	case "session", "sessionid", "sid", "sessid", "connectsid", "phpsessid", "jsessionid", "aspnetsessionid", "httpsession":
		return meaning{aSession, 3}
	case "cookie", "httpcookie":
		return meaning{aCookie, 2}

	case "requestid", "xrequestid", "httpxrequestid", "rayid", "reqid", "correlationid", "xcorrelationid":
		return meaning{aTrace, 3}
	case "traceid", "xraytraceid", "xamzntraceid", "traceparent":
		return meaning{aTrace, 2}
	case "id":
		return meaning{anID, 1}
	case "level", "severity", "lvl", "loglevel", "levelname", "severitytext":
		return meaning{aLevel, 3}
	case "body", "requestbody", "reqbody":
		return meaning{aBody, 3}
	case "message", "msg", "log":
		return meaning{aMessage, 3}
	case "event":
		return meaning{aMessage, 1}
	case "errorresponsetype", "limitreqstatus", "limitconnstatus":
		return meaning{anOutcome, 3}
	case "v":
		return meaning{aBunyan, 1}
	case "name":
		return meaning{aName, 1}

	case "headers", "reqheaders", "requestheaders", "httpheaders":
		return meaning{headers, 3}
	case "res", "response", "httpresponse", "resheaders", "responseheaders":
		return meaning{response, 3}
	case "meta", "metadata", "http", "context", "ctx", "data", "fields", "extra", "properties", "attributes", "payload":
		return meaning{wrapper, 3}
	case "cookies":
		return meaning{cookies, 3}
	case "err", "error", "exception", "stack", "trace", "errors", "file":
		return meaning{failure, 3}
	}
	switch {
	case strings.HasSuffix(s, "ja4"), strings.HasSuffix(s, "ja4hash"):
		return meaning{aTLS, 4}
	case strings.HasSuffix(s, "ja3"), strings.HasSuffix(s, "ja3hash"):
		return meaning{aTLS, 3}
	case strings.HasPrefix(s, "wordpressloggedin"):
		return meaning{aSession, 2}
	}
	return meaning{}
}
