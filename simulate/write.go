package simulate

import (
	"io"
	"net/netip"
	"strconv"

	"goshawk/decode"
	"goshawk/event"
)

// Hidden returns what a format cannot show, of what a world tells: the fields
// of an event that do not come back when it is written and read again.
func Hidden(f decode.Format) event.Fields {
	e := event.Event{
		Time: 1772600000e9, Duration: 12e6, BytesOut: 345, BytesIn: 678, Status: 200, Method: "GET", Scheme: "https", Host: "api.example.com",
		Path: "/api/v1/items/7", Proto: "HTTP/1.1", Trace: "7", Forwarded: "198.51.100.7", Referer: "https://example.com/", UserAgent: "curl/8.1.2",
		TLS: "t13d1516h2_8daaf6152771_b186095e22b6", User: "user", Key: "key", Session: "session", Account: "account",
		Client: netip.AddrFrom4([4]byte{203, 0, 113, 9}),
	}
	e.Peer = e.Client
	d, err := decode.New(decode.Options{})
	if err != nil {
		return 0
	}
	var got event.Event
	if d.Decode(string(f.Encode(nil, &e)), nil, &got) != nil {
		return ^event.Fields(0)
	}
	var hidden event.Fields
	if f.Name == decode.Combined.Name || f.Name == "apache" {
		hidden |= event.HasUser // it is that of basic authentication, which these APIs do not use
	}
	for _, x := range []struct {
		field event.Fields
		same  bool
	}{
		{event.HasClient, got.Client == e.Client}, {event.HasMethod, got.Method == e.Method}, {event.HasPath, got.Path == e.Path},
		{event.HasStatus, got.Status == e.Status}, {event.HasBytes, got.BytesOut == e.BytesOut}, {event.HasDuration, got.Duration >= 0},
		{event.HasUserAgent, got.UserAgent == e.UserAgent}, {event.HasReferer, got.Referer == e.Referer}, {event.HasUser, got.User == e.User},
		{event.HasKey, got.Key == e.Key}, {event.HasSession, got.Session == e.Session}, {event.HasAccount, got.Account == e.Account},
		{event.HasTLS, got.TLS == e.TLS}, {event.HasHost, got.Host == e.Host}, {event.HasBytesIn, got.BytesIn == e.BytesIn}, {event.HasForwarded, got.Forwarded == e.Forwarded},
	} {
		if !x.same {
			hidden |= x.field
		}
	}
	return hidden
}

// hide removes fields from an event.
func hide(e *event.Event, f event.Fields) {
	for _, x := range []struct {
		field event.Fields
		to    *string
	}{
		{event.HasUser, &e.User}, {event.HasKey, &e.Key}, {event.HasSession, &e.Session}, {event.HasAccount, &e.Account}, {event.HasTLS, &e.TLS},
		{event.HasReferer, &e.Referer}, {event.HasUserAgent, &e.UserAgent}, {event.HasForwarded, &e.Forwarded},
	} {
		if f&x.field != 0 {
			*x.to = ""
		}
	}
}

// Write plays the world into a log of a format that can be encoded, and the
// labels of its attacks beside it: for each line of the log that belongs to a
// campaign, the line's number, its time in Unix milliseconds, the campaign's
// number, behaviour and variant, separated by tabs, under a line of names.
// Nothing is written of what the format cannot show, and the truth does not
// speak of it. The first error of a writer ends the world and is returned.
func (w World) Write(log, labels io.Writer, f decode.Format) (Truth, error) {
	w.Hide |= Hidden(f)
	var fault error
	put := func(to io.Writer, b []byte) {
		if _, err := to.Write(b); err != nil && fault == nil {
			fault = err
		}
	}
	put(labels, []byte("line\ttime\tcampaign\tbehaviour\tvariant\n"))
	var line, label []byte
	n := int64(0)
	truth, err := w.Generate(func(e *event.Event, l Label) {
		n++
		line = append(f.Encode(line[:0], e), '\n')
		put(log, line)
		if l.Campaign == 0 {
			return
		}
		label = strconv.AppendInt(label[:0], n, 10)
		label = strconv.AppendInt(append(label, '\t'), e.Time/1e6, 10)
		label = strconv.AppendInt(append(label, '\t'), int64(l.Campaign), 10)
		label = append(append(label, '\t'), l.Behaviour...)
		label = append(append(label, '\t'), l.Variant...)
		put(labels, append(label, '\n'))
	})
	if err == nil {
		err = fault
	}
	return truth, err
}
