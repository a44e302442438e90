package decode

import (
	"strings"

	"goshawk/event"
)

// Azure reads the records of Front Door, Application Gateway and App Service.
var Azure = registerDialect(Format{
	Name:  "azure",
	Title: "Azure resource logs: Front Door, Application Gateway, their firewalls, App Service",
	Doc: "One record a line; `properties` may be text. `timeTaken` is in seconds in Front Door and in version 2 of the gateway (instances `appgw_…`), " +
		"in milliseconds in version 1 and App Service.\n\n" +
		"Front Door's `clientIp` is X-Forwarded-For where a request has it: the peer is `socketIp`. Of the firewalls only what they blocked counts.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasBytesIn | event.HasDuration |
		event.HasUserAgent | event.HasReferer | event.HasUser | event.HasKey | event.HasSession | event.HasForwarded | event.HasHost,
}, "category=FrontDoor category=Frontdoor category=ApplicationGateway category=AppServiceHTTPLogs Category=FrontDoor Category=Frontdoor Category=ApplicationGateway Category=AppServiceHTTPLogs",
	dialect{names: azureNames, after: azureRecord})

var azureNames = map[string]meaning{
	"category":                     {aNote, azureCategory},
	"Category":                     {aNote, azureCategory},
	"time":                         {aTime, 5},
	"properties":                   {wrapper, 0},
	"properties.clientIp":          {aNote, azureClient},
	"properties.clientIP":          {aNote, azureClient},
	"properties.CIp":               {aNote, azureClient},
	"properties.socketIp":          {aPeer, 5},
	"properties.socketIP":          {aPeer, 5},
	"properties.httpMethod":        {aMethod, 5},
	"properties.CsMethod":          {aMethod, 5},
	"properties.requestUri":        {aTarget, 3}, // absolute in Front Door
	"properties.CsUriStem":         {aTarget, 5},
	"properties.requestQuery":      {aNote, azureQuery},
	"properties.CsUriQuery":        {aQuery, 5},
	"properties.host":              {aHost, 4},
	"properties.hostname":          {aHost, 4},
	"properties.hostName":          {aHost, 4},
	"properties.originalHost":      {aHost, 5}, // before the gateway changed it
	"properties.CsHost":            {aHost, 5},
	"properties.httpVersion":       {aProto, 5},
	"properties.Protocol":          {aProto, 5},
	"properties.httpStatusCode":    {aStatus, 5},
	"properties.httpStatus":        {aStatus, 5},
	"properties.ScStatus":          {aStatus, 5},
	"properties.responseBytes":     {aBytes, 5},
	"properties.sentBytes":         {aBytes, 5},
	"properties.ScBytes":           {aBytes, 5},
	"properties.requestBytes":      {aBytesIn, 5},
	"properties.receivedBytes":     {aBytesIn, 5},
	"properties.CsBytes":           {aBytesIn, 5},
	"properties.timeTaken":         {aNote, azureTaken},
	"properties.TimeTaken":         {aNote, azureTaken},
	"properties.instanceId":        {aNote, azureInstance},
	"properties.action":            {aNote, azureAction},
	"properties.policyMode":        {aNote, azureMode},
	"properties.userAgent":         {aAgent, 5},
	"properties.UserAgent":         {aAgent, 5},
	"properties.referer":           {aReferer, 5},
	"properties.Referer":           {aReferer, 5},
	"properties.CsUsername":        {aUser, 5},
	"properties.Cookie":            {aCookie, 5},
	"properties.trackingReference": {aTrace, 5},
	"properties.transactionId":     {aTrace, 5},
	"properties.message":           {},
	"properties.details":           {failure, 0},
	"properties.endpoint":          {},

	"properties.originalRequestUriWithArgs": {aTarget, 6},
}

// Notes.
const (
	azureCategory = iota
	azureClient
	azureQuery
	azureTaken
	azureInstance
	azureAction
	azureMode
)

func azureRecord(d *Decoder, e *event.Event) (bool, error) {
	f := &d.fields
	n := &f.notes
	category := n[azureCategory]
	door, service := hasFold(category, "FrontDoor"), category == "AppServiceHTTPLogs"
	if a, ok := parseAddr(n[azureClient]); ok && !door {
		e.Peer = a
		e.Carries |= event.HasClient
	} else if door {
		d.claim(e, n[azureClient])
	}
	old := strings.HasPrefix(n[azureInstance], "ApplicationGatewayRole")
	if q := n[azureQuery]; q != "" {
		if old { // what the gateway adds is no part of the request
			if i := strings.LastIndex(q, "X-AzureApplicationGateway-CACHE-HIT="); i >= 0 {
				q = strings.TrimSuffix(q[:i], "&")
			}
		}
		f.query = q
	}
	switch taken := n[azureTaken]; {
	case taken == "":
	case door, strings.HasPrefix(n[azureInstance], "appgw_"):
		d.setDuration(e, 5, taken, 1e9)
	case service, old && strings.IndexByte(taken, '.') < 0: // a fraction is not version 1's
		d.setDuration(e, 5, taken, 1e6)
	}
	if len(e.Proto) == 7 && strings.HasSuffix(e.Proto, ".0.0") { // 1.1.0.0
		e.Proto = d.join("HTTP/", e.Proto[:3])
	}
	if service { // IIS wrote it
		e.UserAgent = d.blanked(e.UserAgent)
	}
	switch {
	case strings.Contains(category, "Firewall"):
		if !hasFold(n[azureAction], "block") || strings.EqualFold(n[azureMode], "detection") {
			return true, ErrSkip
		}
		e.Action = event.Block
		e.Flags |= event.ErrorLog
		d.finish(e)
		if e.Path == "" && !e.Client.IsValid() {
			return true, ErrSkip
		}
		return true, nil
	case service || strings.Contains(category, "Access"):
		return false, nil
	}
	return true, ErrSkip // of health, of performance
}
