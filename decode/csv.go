package decode

import (
	"strings"

	"goshawk/event"
)

// CSV reads tables whose first line names the columns.
var CSV = register(Format{
	Name:  "csv",
	Title: "comma, semicolon or tab separated values with a header row: exports of SIEMs, Athena, BigQuery, Wordfence",
	Doc: "The first line of the log names the columns, by the names that JSON objects are understood by (`timestamp`, `client_ip`, `method`, `path`, `status`, `user_agent` …), " +
		"the W3C's, or those of an export; at least three must mean something, or a time and a message, whose text is then decoded as a line of its own. " +
		"The same line in the middle of a log, as after a rotation, is skipped; another one does not rename the columns. " +
		"Quotes in quoted values are doubled. A value with a line break in it is not supported: such rows are errors, and the rest of one can look like a row.\n\n" +
		"A row of logins, as Wordfence (`fail`) and the activity log of WordPress (event 1000, 1002, 1003) export them, is a POST of /wp-login.php.\n\n" +
		"Source: RFC 4180.",
	Carries: event.HasBytesIn<<1 - 1,
	rank:    loose - 1,
	fits:    func(line string) bool { return line[0] != '{' && line[0] != '#' && line[0] != '<' },
	decode:  decodeCSV,
})

func decodeCSV(d *Decoder, line string, e *event.Event) error {
	l := d.underHeader(csvColumns)
	if l == nil {
		return d.fail(0, "no header row")
	}
	d.mine = true // whatever it looks like: values may hold line breaks
	if line == l.header {
		return ErrSkip
	}
	var r row
	if err := d.cells(l, line, e, &r); err != nil {
		return err
	}
	if r.n < 2 {
		return d.fail(len(line), "one value where there are more columns")
	}
	if r.clock != "" && d.fields.rank[aTime] == 0 && !d.joined(e, r.date, r.clock, true) {
		d.set(e, atTop, meaning{aTime, 2}, r.clock)
	}
	if r.date != "" && d.fields.rank[aTime] == 0 {
		d.set(e, atTop, meaning{aTime, 1}, r.date)
	}
	switch r.code {
	case "1000":
		e.Auth = event.AuthOK
	case "1002", "1003":
		e.Auth = event.AuthFail
	}
	if e.Auth != event.AuthUnknown && e.Status == 0 && e.Method == "" && d.fields.target == "" && (e.User != "" || e.Account != "") {
		e.Method, d.fields.target = "POST", "/wp-login.php"
		if e.Account == "" {
			e.Account = e.User
		}
		e.User = ""
		e.Carries |= event.HasAccount | event.HasMethod | event.HasPath
	}
	if d.request(e, &r) {
		return nil
	}
	if e.Auth = event.AuthUnknown; !r.full {
		return d.fail(len(line), "cut before it is a request")
	}
	if d.fields.message == "" {
		return ErrSkip
	}
	env := envelope{level: e.Level, undone: true}
	if env.timed = e.Flags&event.NoTime == 0; env.timed {
		env.time = stamp{ns: e.Time, zoned: e.Flags&event.TimeInferred == 0}
	}
	if err := d.inside(d.fields.message, env, e); err != nil {
		return ErrSkip // what an application says is no failure of ours
	}
	return nil
}

func compileCSV(l *columns) {
	l.kind, l.web = csvColumns, true
	sep := separatorOf(l.header)
	l.sep = string(rune(sep))
	for name := range strings.SplitSeq(l.header, l.sep) {
		if len(l.fields) == maxColumns {
			break
		}
		l.name(csvColumn(unquoted(name)))
	}
}

// csvColumn returns what the name of a column means: what the W3C, an export or
// a JSON object calls so.
func csvColumn(name string) column {
	if len(name) > 64 {
		return column{}
	}
	low := strings.ToLower(name)
	switch strings.NewReplacer("_", "", "-", "", " ", "").Replace(low) {
	case "date", "date(utc)":
		return column{as: theDate}
	case "time", "time(utc)":
		return column{as: theClock}
	case "ctime", "attacklogtime", "creationtime", "requesttimestamp":
		return column{meaning: meaning{aTime, 1}}
	case "raw":
		return column{meaning: meaning{aMessage, 2}}
	case "fail":
		return column{as: theOutcome}
	case "eventid", "alertid":
		return column{as: theCode}
	case "uripath", "uristem":
		return column{meaning: meaning{aTarget, 2}}
	case "uriquery":
		return column{meaning: meaning{aQuery, 3}}
	case "requestverb":
		return column{meaning: meaning{aMethod, 4}, as: theMethod}
	case "requestproto":
		return column{meaning: meaning{aProto, 4}}
	case "elbstatuscode", "edgeresponsestatus":
		return column{meaning: meaning{aStatus, 4}}
	case "receivedbytes":
		return column{meaning: meaning{aBytesIn, 4}}
	case "sentbytes":
		return column{meaning: meaning{aBytes, 4}}
	case "requestip", "ipaddr", "userip", "remoteaddr(ip)":
		return column{meaning: meaning{aClient, 3}}
	}
	if rest, ok := strings.CutPrefix(low, "httprequest."); ok {
		low = rest
	}
	if w := strings.ReplaceAll(low, "_", "-"); strings.HasPrefix(w, "c") || strings.HasPrefix(w, "sc-") || strings.HasPrefix(w, "x-") {
		if c := w3cName(w); c.means() {
			if c.as == withPlus || c.as == theTaken {
				c.as = asIs
			}
			return c
		}
	}
	m := lookup(low)
	if m.slot >= wrapper || m.slot == anID || m.slot == aBunyan || counted[atTop]&(1<<m.slot) == 0 {
		return column{}
	}
	if m.slot == aMethod {
		return column{meaning: m, as: theMethod}
	}
	return column{meaning: m}
}
