package decode

import "goshawk/event"

// What WAF's hook needs to see.
const (
	wafAction = iota
	wafRule
	wafCountry
)

// WAF reads the logs of AWS WAF.
var WAF = registerDialect(Format{
	Name:  "waf",
	Title: "AWS WAF: one request a line",
	Doc: "The request is that of `httpRequest`, its headers included. `BLOCK` is a block, of which the status is 403 unless `responseCodeSent` tells another; " +
		"a block by a rate-based rule is a throttled request. `CAPTCHA` and `CHALLENGE` are blocks of unknown status: the request did not pass. " +
		"What was let through has no status, since WAF does not see the answer.\n\n" +
		"Source: AWS, \"Log fields for protection pack (web ACL) traffic\".",
	Carries: wafFields | event.HasTLS | event.HasUser | event.HasBytesIn,
}, "webaclId", dialect{
	names: map[string]meaning{
		"timestamp":               {aTime, 64},
		"action":                  {aNote, wafAction},
		"terminatingRuleType":     {aNote, wafRule},
		"responseCodeSent":        {aStatus, 64},
		"httpRequest.clientIp":    {aPeer, 64},
		"httpRequest.uri":         {aTarget, 64},
		"httpRequest.args":        {aQuery, 64},
		"httpRequest.httpMethod":  {aMethod, 64},
		"httpRequest.httpVersion": {aProto, 64},
		"httpRequest.requestId":   {aTrace, 64},
		"httpRequest.host":        {aHost, 64},
		"httpRequest.scheme":      {aScheme, 64},
		"httpRequest.country":     {aNote, wafCountry},
		"httpRequest.fragment":    {failure, 0},
		"ja4Fingerprint":          {aTLS, 65},
		"ja3Fingerprint":          {aTLS, 64},
		"captchaResponse":         {failure, 0},
		"challengeResponse":       {failure, 0},
	},
	after: afterWAF,
})

const wafFields = event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasUserAgent | event.HasHost |
	event.HasReferer | event.HasForwarded | event.HasKey | event.HasSession // all headers are logged

func afterWAF(d *Decoder, e *event.Event) (done bool, err error) {
	if !d.fields.cut {
		e.Carries |= wafFields
	}
	e.Country = d.fields.notes[wafCountry]
	switch d.fields.notes[wafAction] {
	case "ALLOW":
		e.Action = event.Allow
	case "CAPTCHA", "CHALLENGE":
		e.Action = event.Block
	case "BLOCK":
		e.Action = event.Block
		if d.fields.notes[wafRule] == "RATE_BASED" {
			e.Action = event.Throttle
		}
		if e.Status == 0 {
			e.Status = 403
			e.Flags |= event.StatusInferred
		}
	}
	return false, nil
}
