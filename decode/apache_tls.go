package decode

import (
	"strings"

	"goshawk/event"
)

// ApacheTLS reads the log that Apache keeps of TLS requests beside its access log.
var ApacheTLS = register(Format{
	Name:  "apache_tls",
	Title: "Apache's ssl_request_log",
	Doc: "`[date] client TLSv1.2 cipher \"request\" bytes`\n\n" +
		"There is no status in it. The access log has the same requests. Source: Apache, httpd-ssl.conf.",
	Carries: event.HasTime | event.HasClient | event.HasMethod | event.HasPath | event.HasBytes | event.HasKey,
	rank:    2,
	fits:    func(s string) bool { return datedCLF(s) && s[29] != '"' },
	decode:  decodeApacheTLS,
})

func decodeApacheTLS(d *Decoder, line string, e *event.Event) error {
	ns, ok := d.clock.clf26(line[1:27])
	if !ok {
		return d.fail(1, "no time")
	}
	d.stamp(e, stamp{ns: ns, zoned: true})
	client, i := word(line, 29)
	if e.Client, ok = parseAddr(client); !ok {
		return d.fail(29, "no client")
	}
	e.Peer = e.Client
	e.Flags |= event.ErrorLog // that is, told a second time
	e.Scheme = "https"
	var w [2]string
	for k := range w {
		if i >= len(line) {
			return d.fail(i, "no TLS version")
		}
		w[k], i = word(line, i+1)
	}
	if !strings.HasPrefix(w[0], "TLSv") && !strings.HasPrefix(w[0], "SSLv") && w[0] != "-" {
		return d.fail(29, "no TLS version")
	}
	e.Carries |= event.HasClient | event.HasMethod | event.HasPath | event.HasBytes
	if i+1 >= len(line) || line[i+1] != '"' {
		return d.fail(i, "no request")
	}
	request := line[i+2:]
	end := closing(request, 0)
	if end < 0 {
		setCutRequest(e, d.plain(request))
		return nil
	}
	size := strings.TrimPrefix(request[end+1:], " ")
	if n, ok := number(size); ok && size != "" {
		e.BytesOut = n
	} else if size == "-" {
		e.BytesOut = 0
	} else {
		e.Flags |= event.Truncated
	}
	d.setRequest(e, request[:end])
	return nil
}
