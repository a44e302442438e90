package decode

import (
	"strings"

	"goshawk/event"
)

// IISXML reads IIS's events of the Windows event log.
var IISXML = register(Format{
	Name:  "iis_xml",
	Title: "IIS requests as XML of the Windows event log (event 6200)",
	Doc: "One `<Event>` of `Microsoft-IIS-Logging/Logs` a line, as forwarders write it: each `<Data Name=\"…\">` is a column of the W3C log. " +
		"`time-taken` is milliseconds, the time is UTC, and if the elements have none it is that of `<TimeCreated>`.\n\n" +
		"Source: Microsoft, Windows event schema; IIS, logTargetW3C.",
	Carries: event.HasBytesIn<<1 - 1,
	rank:    0,
	fits:    func(line string) bool { return line[0] == '<' && strings.HasPrefix(line, "<Event") },
	decode:  decodeIISXML,
})

func decodeIISXML(d *Decoder, line string, e *event.Event) error {
	const data, dataEnd = "<EventData", "</EventData>"
	at := strings.Index(line, data)
	if at < 0 {
		return d.fail(len(line), "an event without data")
	}
	system := line[:at]
	id, _ := element(system, "<EventID")
	if id != "" && id != "6200" {
		return ErrSkip
	}
	d.fields = fields{}
	var r row
	i, whole := at, false
	for {
		k := strings.IndexByte(line[i:], '<')
		if k < 0 {
			break
		}
		i += k
		if strings.HasPrefix(line[i:], dataEnd) {
			whole = true
			break
		}
		name, v, next := datum(line, i)
		if next < 0 {
			break
		}
		i = next
		if name == "" {
			continue
		}
		if c := d.named(name); c.means() {
			if c.as == theTaken {
				c = column{meaning: meaning{aMillis, 3}}
			}
			d.cell(&c, d.unentity(v), e, &r, false)
		}
	}
	if missing(r.date) || !d.joined(e, r.date, r.clock, false) {
		if k := strings.Index(system, "SystemTime="); k >= 0 && k+12 < len(system) {
			rest := system[k+12:]
			if end := strings.IndexByte(rest, system[k+11]); end > 0 {
				d.setTime(e, 0, rest[:end])
			}
		}
	}
	if !whole {
		e.Flags |= event.Truncated
	}
	switch {
	case d.request(e, &r):
		return nil
	case whole && id != "":
		return ErrSkip
	}
	return d.fail(len(line), "cut before it is a request")
}

// datum reads the element at line[i]: its name, if it is a Data with one, its
// text, and the index after it, -1 if it does not end. No text holds a raw <.
func datum(line string, i int) (name, v string, next int) {
	end := strings.IndexByte(line[i:], '>')
	if end < 0 {
		return "", "", -1
	}
	tag := line[i : i+end]
	next = i + end + 1
	if !strings.HasPrefix(tag, "<Data ") {
		return "", "", next
	}
	k := strings.Index(tag, "Name=")
	if k < 0 || k+6 > len(tag) {
		return "", "", next
	}
	name, _, _ = strings.Cut(tag[k+6:], tag[k+5:k+6])
	if strings.HasSuffix(tag, "/") {
		return name, "", next
	}
	stop := strings.IndexByte(line[next:], '<')
	if stop < 0 {
		return "", "", -1
	}
	return name, line[next : next+stop], next + stop
}

// element returns the text of the first element that begins with tag.
func element(s, tag string) (string, bool) {
	i := strings.Index(s, tag)
	if i < 0 {
		return "", false
	}
	_, rest, _ := strings.Cut(s[i:], ">")
	v, _, ok := strings.Cut(rest, "<")
	return v, ok
}

// named is what w3cColumn says, remembered.
func (d *Decoder) named(name string) column {
	c, ok := d.names[name]
	if !ok {
		if c = w3cColumn(name); len(name) > 64 {
			return c
		}
		if d.names == nil || len(d.names) >= maxColumns {
			d.names = map[string]column{}
		}
		d.names[strings.Clone(name)] = c
	}
	return c
}

// unentity undoes &amp; and its like.
func (d *Decoder) unentity(s string) string {
	k := strings.IndexByte(s, '&')
	if k < 0 {
		return s
	}
	start := len(d.scratch)
	b := append(d.scratch, s[:k]...)
	for i := k; i < len(s); {
		n := 0
		if s[i] == '&' {
			for _, x := range [...]struct {
				text string
				is   byte
			}{{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&#39;", '\''}, {"&#34;", '"'}} {
				if strings.HasPrefix(s[i:], x.text) {
					b = append(b, x.is)
					n = len(x.text)
					break
				}
			}
		}
		if n == 0 {
			b = append(b, s[i])
			n = 1
		}
		i += n
	}
	d.scratch = b
	return text(b[start:])
}
