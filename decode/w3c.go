package decode

import (
	"strings"

	"goshawk/event"
)

// W3C reads what a #Fields line names.
var W3C = register(Format{
	Name:  "w3c",
	Title: "W3C extended log: IIS, CloudFront, Imperva and others whose columns a #Fields line names",
	Doc: "The `#Fields:` line says what the columns are, and may change within a file. Blanks or tabs separate values, quotes may stand around them. Times are UTC but for `time-local`.\n\n" +
		"`time-taken` is milliseconds where IIS's own columns are there too, seconds where CloudFront's are or it has a point, and else ignored. " +
		"IIS writes `+` for a blank: the agent, cookies and forwarded addresses get their blanks back. CloudFront writes `%20`: the same are decoded. Paths stay as they are. " +
		"Without a `#Fields` line, the 15 columns that IIS logs by default and the 26 or 33 of CloudFront are recognised by what is in them.\n\n" +
		"A row with more values than there are columns is not understood, since nobody can tell which value is one too many.\n\n" +
		"Source: W3C, WD-logfile-960323; Microsoft, W3C Extended Log File Format; AWS, CloudFront standard logging reference; Imperva, Log File Structure.",
	Carries: event.HasBytesIn<<1 - 1,
	rank:    0,
	fits:    func(line string) bool { return line[0] != '{' && line[0] != '<' },
	decode:  decodeW3C,
})

func decodeW3C(d *Decoder, line string, e *event.Event) error {
	if line[0] == '#' {
		return d.fail(0, "not a row of a log with #Fields")
	}
	l := d.underHeader(w3cColumns)
	if l == nil {
		if l = headless(line); l == nil {
			return d.fail(0, "no #Fields line, and not the columns that servers log by default")
		}
	}
	if !l.timed {
		return d.fail(0, "#Fields names no time")
	}
	var r row
	err := d.cells(l, line, e, &r)
	if d.mine = d.fields.rank[aTime] != 0; !d.mine {
		if missing(r.date) {
			r.date = l.date
		}
		d.mine = d.joined(e, r.date, r.clock, l.local)
	}
	switch {
	case err != nil:
		d.mine = d.mine && !r.foreign(e)
		return err
	case !d.mine:
		return d.fail(r.clockAt, "no time where #Fields says that it is")
	case r.foreign(e):
		d.mine = false
		return d.fail(0, "no address and no method where #Fields says that they are")
	}
	if !l.web || isFTP(r.method) {
		return ErrSkip
	}
	if !d.request(e, &r) {
		if r.full {
			return ErrSkip
		}
		return d.fail(len(line), "cut before it is a request")
	}
	return nil
}

// isFTP says whether a method is [7]USER, as IIS's FTP service has it.
func isFTP(method string) bool {
	k := strings.IndexByte(method, ']')
	n, ok := number(strings.TrimPrefix(method[:max(k, 0)], "["))
	return k > 1 && method[0] == '[' && ok && n >= 0
}

func compileW3C(l *columns, names string) {
	l.kind = w3cColumns
	l.date = strings.TrimSpace(strings.TrimPrefix(l.date, leadingTag(l.date)))
	l.date = l.date[:min(len(l.date), len("2006-01-02"))]
	l.web = true
	edge, iis := false, false
	for name := range strings.FieldsSeq(names) {
		if len(l.fields) == maxColumns {
			break
		}
		switch low := strings.ToLower(name); {
		case strings.HasPrefix(low, "x-edge-"):
			edge = true
		case low == "sc-substatus", low == "sc-win32-status", low == "s-sitename":
			iis = true
		case low == "time-local":
			l.local = true
		case low == "x-fullpath", low == "x-event": // FTP of IIS 7 and later, RTMP of CloudFront
			l.web = false
		}
		l.name(w3cColumn(name))
	}
	for i := range l.fields {
		c := &l.fields[i]
		switch {
		case c.as == theTaken && edge:
			*c = column{meaning: meaning{aSeconds, 3}}
		case c.as == theTaken && iis:
			*c = column{meaning: meaning{aMillis, 3}}
		case c.as == withPlus && edge:
			c.as = percent
		}
	}
}

// maxColumns bounds what a header can name.
const maxColumns = 512

func leadingTag(s string) string {
	if hasFold(s, dateTag) {
		return s[:len(dateTag)]
	}
	return ""
}

// w3cColumn returns what a name in a #Fields line means. c is the client, s the
// server, and cs what the one sent to the other.
func w3cColumn(name string) column {
	name = strings.ToLower(name)
	if c := w3cName(name); c.means() {
		return c
	}
	header, of := "", atTop
	if i := strings.IndexByte(name, '('); i > 0 && strings.HasSuffix(name, ")") {
		header = name[i+1 : len(name)-1]
		switch name[:i] {
		case "cs", "c":
			of = inHeaders
		case "sc":
			of = inResponseHeaders
		default:
			return column{}
		}
	} else {
		for _, prefix := range [...]string{"s-", "sc-", "sr-", "rs-", "r-", "c-", "cs-", "x-edge-"} {
			if strings.HasPrefix(name, prefix) {
				return column{}
			}
		}
		header = name
	}
	m := lookup(header)
	switch {
	case m.slot >= wrapper, m.slot == aTime && of != atTop, m.slot == aMessage, m.slot == aRoute, counted[of]&(1<<m.slot) == 0,
		m.slot == aTook, m.slot == aBunyan, m.rank == 0:
		return column{}
	}
	return column{meaning: m, where: of}
}

func w3cName(name string) column {
	switch name {
	case "date", "date-local":
		return column{as: theDate}
	case "time", "time-local":
		return column{as: theClock}
	case "timestamp", "x-timestamp":
		return column{meaning: meaning{aTime, 3}}
	case "c-ip":
		return column{meaning: meaning{aPeer, 4}, as: thePeer}
	case "cs-username", "c-auth-id", "cs-auth-id":
		return column{meaning: meaning{aUser, 4}}
	case "cs-method":
		return column{meaning: meaning{aMethod, 4}, as: theMethod}
	case "cs-uri-stem", "cs-uri-path":
		return column{as: thePath}
	case "cs-uri", "cs-url":
		return column{as: thePlace}
	case "cs-uri-query":
		return column{meaning: meaning{aQuery, 4}}
	case "cs-uri-scheme", "cs-protocol":
		return column{meaning: meaning{aScheme, 3}}
	case "cs-version", "cs-protocol-version":
		return column{meaning: meaning{aProto, 4}}
	case "sc-status":
		return column{meaning: meaning{aStatus, 4}}
	case "sc-bytes":
		return column{meaning: meaning{aBytes, 4}}
	case "cs-bytes":
		return column{meaning: meaning{aBytesIn, 4}}
	case "time-taken":
		return column{as: theTaken}
	case "timetakenms", "time-taken-ms":
		return column{meaning: meaning{aMillis, 3}}
	case "cs-host", "cs(host)":
		return column{meaning: meaning{aHost, 3}}
	case "x-host-header": // the name that the client asked for, where cs(Host) is the distribution's
		return column{meaning: meaning{aHost, 4}}
	case "cs(user-agent)", "cs-user-agent", "csuser-agent", "c-user-agent":
		return column{meaning: meaning{aAgent, 3}, as: withPlus}
	case "cs(referer)", "cs(referrer)", "cs-referer", "cs-referrer", "csreferer":
		return column{meaning: meaning{aReferer, 3}}
	case "cs(cookie)", "cs-cookie", "cscookie":
		return column{meaning: meaning{aCookie, 2}, as: withPlus}
	case "x-forwarded-for", "cs(x-forwarded-for)", "cs-x-forwarded-for", "s-xff":
		return column{meaning: meaning{aForwarded, 3}, as: withPlus}
	case "x-edge-request-id":
		return column{meaning: meaning{aTrace, 3}}
	case "x-edge-result-type", "x-edge-detailed-result-type", "sc-action":
		return column{as: theResult}
	case "cs-postbody":
		return column{meaning: meaning{aBody, 3}}
	}
	return column{}
}

// The columns that are there without a #Fields line to name them.
var (
	iisDefault = compileHeader("#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken")
	edgeRows   = compileHeader(edgeFields)
	edgeShort  = compileHeader(edgeFields[:strings.Index(edgeFields, " c-port")]) // until 2019
)

const edgeFields = "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) " +
	"x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type " +
	"cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end"

// headless returns the columns of a row that no #Fields line came before, nil if
// they are not certain: the number of values must be right, and addresses,
// status and numbers must be where they belong.
func headless(line string) *columns {
	if len(line) < 40 || line[4] != '-' || line[7] != '-' || line[13] != ':' || line[16] != ':' || line[10] != ' ' && line[10] != '\t' {
		return nil
	}
	sep := line[10]
	var at [33]int // where each value begins
	n := 1
	for i := 0; ; n++ {
		k := strings.IndexByte(line[i:], sep)
		if k < 0 {
			break
		}
		if i += k + 1; n == len(at) {
			return nil
		}
		at[n] = i
	}
	value := func(i int) string {
		if i+1 == n {
			return line[at[i]:]
		}
		return line[at[i] : at[i+1]-1]
	}
	isAddr := func(i int) bool { _, ok := parseAddr(value(i)); return ok }
	isNumber := func(i int) bool { _, ok := number(value(i)); return ok && value(i) != "" }
	isStatus := func(i int) bool { return len(value(i)) == 3 && isNumber(i) }
	isMethod := func(i int) bool { _, ok := method(value(i)); return ok && value(i) != "" && value(i) != "-" }
	switch {
	case sep == ' ' && n == 15 && isAddr(2) && isMethod(3) && isNumber(6) && isAddr(8) && isStatus(11) && isNumber(12) && isNumber(13) && isNumber(14):
		return iisDefault
	case sep == '\t' && (n == 33 || n == 26) && isNumber(3) && isAddr(4) && isMethod(5) && isStatus(8) && value(17) != "" && isNumber(17):
		if n == 26 {
			return edgeShort
		}
		return edgeRows
	}
	return nil
}
